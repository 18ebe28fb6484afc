package catalog

import "context"

// Snapshot is the catalog as it stood at one moment, whatever is written
// meanwhile: all of it agrees with the end of the log that Head tells.
type Snapshot interface {
	// Head is where the log ended at that moment.
	Head() LogPosition
	// Shelters are all shelters, by code.
	Shelters(ctx context.Context) ([]Shelter, error)
	// CountCats counts the cats that are listed, by shelter: all of them, or
	// those of one status.
	CountCats(ctx context.Context, of Status) (map[string]int, error)
	// Cats hands over every cat that is listed, by number, a batch at a time. A
	// batch is read but not decoded: that is done by whoever calls it, and they
	// may do so later, from another goroutine.
	Cats(ctx context.Context, each func(batch func() ([]Cat, error)) error) error
}
