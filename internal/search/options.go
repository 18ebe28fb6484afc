package search

import (
	"context"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// Source is what the index is filled from, and what it follows.
type Source interface {
	// Head is where the log ends.
	Head(ctx context.Context) (catalog.LogPosition, error)
	// Shelters are all of them; SheltersByID those that exist.
	Shelters(ctx context.Context) ([]catalog.Shelter, error)
	SheltersByID(ctx context.Context, ids []string) ([]catalog.Shelter, error)
	// ScanCats shows every cat once. Each may be called from several goroutines.
	ScanCats(ctx context.Context, each func(batch []catalog.Cat) error) error
	// CatsByID are those of the cats that exist, removed ones too.
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
	// Changes are the first lines of the log after a number.
	Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error)
}

// Options say how an index works. Card, PostalPoint and Now are needed.
type Options struct {
	// Card encodes what a list shows of a cat: a JSON object without anything
	// that depends on the day or on the question. It may be called from several
	// goroutines.
	Card func(catalog.Cat, catalog.Shelter) []byte
	// Shrink are pieces of text that come in many cards, to begin with; the
	// index finds more by itself.
	Shrink []string
	// PostalPoint is where a postal code of a country is.
	PostalPoint func(postalCode, country string) (geo.Point, bool)
	// Now is the time.
	Now func() time.Time
	// History is how many changes of what cats are sorted by are kept, so that
	// running walks through pages stay whole; 0 means 262,144.
	History int
}
