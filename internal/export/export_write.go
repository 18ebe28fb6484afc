package export

import (
	"context"
	"fmt"
	"io"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
)

// Snapshotter shows the catalog as it stood at one moment.
type Snapshotter interface {
	Snapshot(ctx context.Context, fn func(catalog.Snapshot) error) error
}

// Export is all cats that are listed, or all shelters, as they stood at one
// moment, to be written to a file.
type Export struct {
	Resource  string              // cats or shelters
	Format    string              // see Formats
	At        time.Time           // ages are those of this day
	PublicURL string              // where this server is found, for attributions; may be empty
	Hidden    map[string]struct{} // ids of the shelters whose cats are left out
}

// exportSchema counts up when what an export says changes its meaning.
const exportSchema = 1

// Start says what an export is of. Everything up to Head is in it, and
// nothing after.
type Start struct {
	Export
	Head   catalog.LogPosition
	Cursor string // for /v1/changes: what comes after

	Shelters  []catalog.Shelter
	available map[string]int // cats that can be adopted now, by shelter
	home      map[string]catalog.Shelter
}

// Formats lists the formats that a resource can be written in, the usual one first.
func Formats(resource string) []string {
	if resource == Shelters {
		return []string{NDJSON, CSV, GeoJSON}
	}
	return []string{NDJSON, CSV}
}

const (
	Cats     = "cats"
	Shelters = "shelters"

	NDJSON  = "ndjson"
	CSV     = "csv"
	GeoJSON = "geojson"
)

// Write reads a snapshot and writes it. It tells begun before it writes the
// first byte, and progress as it goes; it returns how many things it wrote. It
// needs the same little memory however many there are.
func (e Export) Write(ctx context.Context, from Snapshotter, to io.Writer, begun func(Start), progress func(done int)) (count int, err error) {
	format := FormatOf(e.Resource, e.Format)
	err = from.Snapshot(ctx, func(view catalog.Snapshot) error {
		start, err := e.start(ctx, view)
		if err != nil {
			return err
		}
		begun(start)
		head, err := format.head(&start)
		if err != nil {
			return err
		}
		if _, err := to.Write(head); err != nil {
			return err
		}
		err = orderedParallel(ctx, to, start.tasks(view, format), func(more int) {
			count += more
			progress(count)
		})
		if err != nil {
			return err
		}
		_, err = to.Write(format.foot(&start, count))
		return err
	})
	if err != nil {
		return count, fmt.Errorf("export %s: %w", e.Resource, err)
	}
	return count, nil
}

func (e Export) start(ctx context.Context, view catalog.Snapshot) (Start, error) {
	head := view.Head()
	shelters, err := view.Shelters(ctx)
	if err != nil {
		return Start{}, err
	}
	start := Start{
		Export: e, Head: head, Cursor: changefeed.NewCursor(head.Seq).Encode(head.Epoch),
		Shelters: shelters, available: nil, home: make(map[string]catalog.Shelter, len(shelters)),
	}
	for _, of := range shelters {
		start.home[of.ID] = of
	}
	if e.Resource == Shelters {
		start.available, err = view.CountCats(ctx, catalog.Available)
	}
	return start, err
}

// tasks are to make the pieces of an export, one after the other.
func (s *Start) tasks(view catalog.Snapshot, format format) func(context.Context, func(chunkFunc) error) error {
	if s.Resource == Shelters {
		return func(_ context.Context, put func(chunkFunc) error) error {
			return put(func() (chunk, error) { return format.shelters(s) })
		}
	}
	return func(ctx context.Context, put func(chunkFunc) error) error {
		return view.Cats(ctx, func(batch func() ([]catalog.Cat, error)) error {
			return put(func() (chunk, error) {
				cats, err := batch()
				if err != nil {
					return chunk{}, err
				}
				return format.cats(s, s.shown(cats))
			})
		})
	}
}

// shown are those cats whose shelters are not hidden.
func (s *Start) shown(cats []catalog.Cat) []catalog.Cat {
	if len(s.Hidden) == 0 {
		return cats
	}
	kept := cats[:0]
	for _, cat := range cats {
		if _, hidden := s.Hidden[cat.ShelterID]; !hidden {
			kept = append(kept, cat)
		}
	}
	return kept
}

// withheldFrom are the shelters that, at the moment of the export, withheld their cats from a reader.
func (s *Start) withheldFrom(reader catalog.Audience) map[string]struct{} {
	return withheldAmong(s.Shelters, reader)
}

func withheldAmong(shelters []catalog.Shelter, reader catalog.Audience) map[string]struct{} {
	out := map[string]struct{}{}
	for i := range shelters {
		if shelters[i].HiddenFrom(reader) {
			out[shelters[i].ID] = struct{}{}
		}
	}
	return out
}

// shelter shows a shelter of the export.
func (s *Start) shelter(of catalog.Shelter) wire.Shelter {
	available := s.available[of.ID]
	if _, hidden := s.Hidden[of.ID]; hidden {
		available = 0
	}
	return wire.NewShelter(of, available)
}

// cat shows a cat of the export.
func (s *Start) cat(of catalog.Cat) wire.Cat {
	return wire.NewCat(of, wire.NewAttribution(s.PublicURL, of, s.home[of.ShelterID]), s.At)
}
