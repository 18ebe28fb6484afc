package search

import (
	"context"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// Source is the catalog that the index is filled from and whose log it follows.
type Source interface {
	// Head returns the end of the log.
	Head(ctx context.Context) (catalog.LogPosition, error)
	// Shelters returns all shelters, and the end of the log when they were read, as do all
	// methods that return rows. The epoch of such a position is unknown.
	Shelters(ctx context.Context) ([]catalog.Shelter, catalog.LogPosition, error)
	// ScanCats calls each for batches of cats, every cat once. It may call each from
	// several goroutines.
	ScanCats(ctx context.Context, each func(batch []catalog.Cat, at catalog.LogPosition) error) error
	// Changes returns the first log entries after a sequence number.
	Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error)

	rowSource
}

// rowSource returns the cats and shelters that log entries refer to.
type rowSource interface {
	// SheltersByID returns those of the shelters that exist.
	SheltersByID(ctx context.Context, ids []string) ([]catalog.Shelter, catalog.LogPosition, error)
	// CatsWithPosition returns those of the cats that exist, including removed ones.
	CatsWithPosition(ctx context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error)
	// HeadSince returns the end of the log. Its epoch differs from that of known if the
	// log does not contain known and all positions at which something was read.
	HeadSince(ctx context.Context, known catalog.LogPosition, read ...catalog.LogPosition) (catalog.LogPosition, error)
}

// Options configure an index. Card, PostalPoint and Now are required.
type Options struct {
	// Card encodes what a list shows of a cat: a JSON object without anything that
	// depends on the day, the query or the shelter. It must be safe for concurrent use.
	Card func(catalog.Cat) []byte
	// Shrink lists substrings that are frequent in cards, as a start for the
	// compression. The index finds more.
	CardFragments []string
	// PostalPoint returns the location of a postal code in a country.
	PostalPoint func(postalCode, country string) (geo.Point, bool)
	// Now returns the current time.
	Now func() time.Time
	// Build identifies the program and everything else that decides what the index has of
	// a cat. A checkpoint of another build is refused.
	Build string
	// History is the number of old sort keys to keep for scans that started before
	// the change; 0 means 262,144.
	History int
	// Blocked, if not nil, is called each time that a change of the index blocked queries,
	// with how long. It must return soon.
	Blocked func(time.Duration)
}
