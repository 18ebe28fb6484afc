// Package petfinder answers as version 2 of Petfinder's API did, so that the
// clients it left behind work again once they are given another base URL.
//
// It knows Petfinder's wire format, word for word: the names and order of
// fields, the parameters, the errors, paging by number. What it shows comes from
// the same index and store as /v1; it keeps nothing of its own but copies of
// what was asked for last. Where /v1 is strict this is lenient, as its clients
// need it: parameters that it does not know are ignored.
//
// It does not know how cats are found, nor what stands around every request:
// limits, compression and logs are put around it by whoever serves it.
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

// Reader reads cats whole and as they are now.
type Reader interface {
	CatByNumber(ctx context.Context, number int64) (catalog.Cat, error)
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
}

// Keys keeps the keys, whose ids and secrets are the client ids and secrets here.
type Keys interface {
	Key(ctx context.Context, id string) (access.Key, error)
	TouchKey(ctx context.Context, id string, at time.Time) error
}

// Config is what the handler needs and may be told.
type Config struct {
	Store   Reader
	Keys    Keys
	Index   *search.Index
	Places  *geo.Gazetteer
	Log     *slog.Logger
	Now     func() time.Time
	NewSeed func() int64 // for sort=random

	// Count counts a request by the key that it showed, or by its address where
	// that was no good key and keyID is empty. An error is for the caller, and says
	// that it is one too many. Nil counts nothing.
	Count func(h http.Header, r *http.Request, keyID string) error
	// Adventure is what the extra member "adventure" says of a cat, as JSON; nil says null.
	Adventure func(catalog.Cat) json.RawMessage
	// CutDescriptions is after how many letters descriptions end, as Petfinder's
	// did after 100; 0 shows them whole.
	CutDescriptions int
	// CachedAnimals is how many animals are kept encoded, 0 for the usual 20,000.
	CachedAnimals int
}

// server holds what the handlers need.
type server struct {
	Config
	animals *animalCache
	walks   *pagingSessions
}

// New returns a handler of the paths that begin with /v2/.
func New(config Config) (http.Handler, error) {
	animals, err := newAnimalCache(config.CachedAnimals)
	if err != nil {
		return nil, fmt.Errorf("set up the Petfinder API: %w", err)
	}
	walks, err := newWalks(config.Now)
	if err != nil {
		return nil, fmt.Errorf("set up the Petfinder API: %w", err)
	}
	s := &server{Config: config, animals: animals, walks: walks}
	e := echo.New()
	e.HTTPErrorHandler = s.problem
	e.Pre(withoutTrailingSlash)
	s.routes(e)
	return e, nil
}

// routes is the map of Petfinder's API.
func (s *server) routes(e *echo.Echo) {
	e.POST("/v2/oauth2/token", s.postToken)
	e.GET("/v2/animals", s.listAnimals, s.authenticate)
	e.GET("/v2/animals/:id", s.getAnimal, s.authenticate)
	e.GET("/v2/types", listTypes, s.authenticate)
	e.GET("/v2/types/:type", getType, s.authenticate)
	e.GET("/v2/types/:type/breeds", listBreeds, s.authenticate)
	e.GET("/v2/organizations", s.listOrganizations, s.authenticate)
	e.GET("/v2/organizations/:id", s.getOrganization, s.authenticate)
}

// withoutTrailingSlash makes /v2/animals/ mean /v2/animals: some clients ask so.
func withoutTrailingSlash(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u := c.Request().URL
		if last := len(u.Path) - 1; last > 0 && u.Path[last] == '/' {
			u.Path, u.RawPath = u.Path[:last], ""
		}
		return next(c)
	}
}
