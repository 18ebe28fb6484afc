// Package petfinder serves version 2 of Petfinder's API, so that clients of that
// discontinued API work again with another base URL.
//
// It implements Petfinder's wire format exactly: the names and order of fields, the
// parameters, the errors and the page numbers. It reads the same index and store as
// /v1 and stores nothing, except a cache of encoded animals and the paging sessions in
// memory. Unlike /v1 it ignores unknown parameters, as its clients require.
//
// It depends on the catalog, search and Echo. It does not know package api: whoever
// serves it adds rate limits, compression and logs, and passes in how to count requests.
package petfinder

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// CatReader reads the current version of cats. Both methods also return removed cats.
type CatReader interface {
	// CatByNumber returns one cat, or a NotFound error.
	CatByNumber(ctx context.Context, number int64) (catalog.Cat, error)
	// CatsByID returns the cats that exist, in any order.
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
}

// Config has the dependencies and settings of the handler.
type Config struct {
	Store   CatReader
	Keys    access.KeyStore // a client's ID and secret are those of a key
	Index   *search.Index
	Places  *geo.Gazetteer
	Log     *slog.Logger
	Now     func() time.Time
	NewSeed func() int64 // for sort=random

	PhotoBase catalog.PhotoBase

	// RateLimit counts a request by its key, or by its address if keyID is empty. It returns
	// an error for the caller if the limit is exceeded. A nil RateLimit counts nothing.
	RateLimit func(h http.Header, r *http.Request, keyID string) error
	// Adventure returns the JSON value of the additional member "adventure" of a cat. If
	// it is nil, the member is null.
	Adventure func(catalog.Cat) json.RawMessage
	// DescriptionLimit truncates descriptions after this number of characters;
	// Petfinder's limit was 100. 0 means unlimited.
	DescriptionLimit int
	// CachedAnimals is the capacity of the cache of encoded animals; 0 means 20,000.
	CachedAnimals int
}

// server has the handlers.
type server struct {
	Config
	auth     access.Authenticator
	animals  *animalCache
	sessions *pagingSessions
}

// New returns a handler of the paths under /v2/.
func New(config Config) (http.Handler, error) {
	animals, err := newAnimalCache(config.CachedAnimals)
	if err != nil {
		return nil, fmt.Errorf("set up the Petfinder API: %w", err)
	}
	sessions, err := newPagingSessions(config.Now)
	if err != nil {
		return nil, fmt.Errorf("set up the Petfinder API: %w", err)
	}
	auth := access.Authenticator{Keys: config.Keys, Log: config.Log, Now: config.Now}
	s := &server{Config: config, auth: auth, animals: animals, sessions: sessions}
	config.Index.OnErased(func(entry catalog.Change) { animals.entries.Remove(entry.ResourceID) })
	e := echo.New()
	e.HTTPErrorHandler = s.handleError
	e.Pre(trimTrailingSlash)
	s.routes(e)
	return e, nil
}

// routes registers the routes of Petfinder's API.
func (s *server) routes(e *echo.Echo) {
	e.POST("/v2/oauth2/token", s.createToken)
	e.GET("/v2/animals", s.listAnimals, s.authenticate)
	e.GET("/v2/animals/:id", s.getAnimal, s.authenticate)
	e.GET("/v2/types", listTypes, s.authenticate)
	e.GET("/v2/types/:type", getType, s.authenticate)
	e.GET("/v2/types/:type/breeds", listBreeds, s.authenticate)
	e.GET("/v2/organizations", s.listOrganizations, s.authenticate)
	e.GET("/v2/organizations/:id", s.getOrganization, s.authenticate)
}

// trimTrailingSlash routes /v2/animals/ as /v2/animals. Some clients add the slash.
func trimTrailingSlash(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if last := len(u.Path) - 1; last > 0 && u.Path[last] == '/' {
			u.Path, u.RawPath = u.Path[:last], ""
		}
		return next(c)
	}
}
