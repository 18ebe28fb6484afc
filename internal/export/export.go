package export

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
)

// Resources that can be exported.
const (
	Cats     = "cats"
	Shelters = "shelters"
)

// Snapshotter opens a consistent, read-only view of the catalog.
type Snapshotter interface {
	Snapshot(ctx context.Context, fn func(catalog.Snapshot) error) error
}

// Export describes what to write: all listed cats, or all shelters, at one moment.
type Export struct {
	Resource  string    // Cats or Shelters
	Format    string    // one of Formats(Resource)
	At        time.Time // ages of cats are computed for this day
	PublicURL string    // base URL of this server, for attributions; may be empty
	PhotoBase catalog.PhotoBase
	Hidden    map[string]struct{} // IDs of the shelters whose cats are left out, and of single cats
}

// schemaVersion is increased when the meaning of a line of an export changes.
const schemaVersion = 1

// Result describes an export that was written. It contains everything up to Head and
// nothing after it.
type Result struct {
	Head   catalog.LogPosition
	Cursor string // continues in /v1/changes after Head
	Count  int    // cats or shelters

	shelters   []catalog.Shelter // at the moment of the export
	restricted []catalog.Cat     // with a restriction of their own
}

// Write reads a snapshot from the store and writes it to w. It calls progress with the
// number of cats or shelters written so far. Its memory does not grow with their number.
func (e Export) Write(ctx context.Context, from Snapshotter, w io.Writer, progress func(done int)) (result Result, err error) {
	format := formatFor(e.Resource, e.Format)
	err = from.Snapshot(ctx, func(view catalog.Snapshot) error {
		s, err := e.open(ctx, view)
		if err != nil {
			return err
		}
		result = Result{Head: s.head, Cursor: s.cursor, Count: 0, shelters: s.shelters, restricted: s.restricted}
		begin, err := format.begin(&s)
		if err != nil {
			return err
		}
		if _, err := w.Write(begin); err != nil {
			return err
		}
		err = orderedParallel(ctx, w, s.chunks(view, format), func(count int) {
			result.Count += count
			progress(result.Count)
		})
		if err != nil {
			return err
		}
		_, err = w.Write(format.end(result.Count))
		return err
	})
	if err != nil {
		return result, fmt.Errorf("export %s: %w", e.Resource, err)
	}
	return result, nil
}

// snapshot is what the formats need to know to write an export.
type snapshot struct {
	Export
	head      catalog.LogPosition
	cursor    string
	shelters  []catalog.Shelter
	byID      map[string]catalog.Shelter
	available map[string]int // number of available cats by shelter ID; only for Shelters

	restricted []catalog.Cat
}

func (e Export) open(ctx context.Context, view catalog.Snapshot) (snapshot, error) {
	head := view.Head()
	shelters, err := view.Shelters(ctx)
	if err != nil {
		return snapshot{}, err
	}
	s := snapshot{
		Export: e, head: head, cursor: changefeed.NewCursor(head).Encode(),
		shelters: shelters, byID: make(map[string]catalog.Shelter, len(shelters)), available: nil, restricted: nil,
	}
	if s.restricted, err = view.RestrictedCats(ctx); err != nil {
		return snapshot{}, err
	}
	for _, shelter := range shelters {
		s.byID[shelter.ID] = shelter
	}
	if e.Resource == Shelters {
		if s.available, err = view.CountCats(ctx, catalog.Available); err != nil {
			return snapshot{}, err
		}
		for _, cat := range s.restricted {
			if _, hidden := e.Hidden[cat.ID]; hidden && cat.Status == catalog.Available {
				s.available[cat.ShelterID]--
			}
		}
	}
	return s, nil
}

// chunks returns a function that submits the chunks of the export in order.
func (s *snapshot) chunks(view catalog.Snapshot, format format) func(context.Context, func(chunkFunc) error) error {
	if s.Resource == Shelters {
		return func(_ context.Context, submit func(chunkFunc) error) error {
			return submit(func() (chunk, error) { return format.shelters(s) })
		}
	}
	return func(ctx context.Context, submit func(chunkFunc) error) error {
		return view.Cats(ctx, func(batch func() ([]catalog.Cat, error)) error {
			return submit(func() (chunk, error) {
				cats, err := batch()
				if err != nil {
					return chunk{}, err
				}
				return format.cats(s, s.visible(cats))
			})
		})
	}
}

// visible returns the cats that are not hidden. It reuses the slice.
func (s *snapshot) visible(cats []catalog.Cat) []catalog.Cat {
	if len(s.Hidden) == 0 {
		return cats
	}
	kept := cats[:0]
	for _, cat := range cats {
		_, shelterHidden := s.Hidden[cat.ShelterID]
		if _, hidden := s.Hidden[cat.ID]; !hidden && !shelterHidden {
			kept = append(kept, cat)
		}
	}
	return kept
}

// hiddenFrom returns the IDs of the shelters that, at the moment of the export, hid all
// their cats from an audience, and those of the cats of other shelters that were hidden
// from it.
func (r *Result) hiddenFrom(audience catalog.Audience) map[string]struct{} {
	hidden, byID := map[string]struct{}{}, map[string]*catalog.Shelter{}
	for i := range r.shelters {
		shelter := &r.shelters[i]
		byID[shelter.ID] = shelter
		if shelter.HidesFrom(audience) {
			hidden[shelter.ID] = struct{}{}
		}
	}
	for _, cat := range r.restricted {
		if shelter := cmp.Or(byID[cat.ShelterID], &catalog.Shelter{}); !shelter.HidesFrom(audience) && shelter.HidesCat(cat.HiddenFrom, audience) {
			hidden[cat.ID] = struct{}{}
		}
	}
	return hidden
}

// shelter returns the representation of a shelter.
func (s *snapshot) shelter(shelter catalog.Shelter) wire.Shelter {
	available := s.available[shelter.ID]
	if _, hidden := s.Hidden[shelter.ID]; hidden {
		available = 0
	}
	return wire.NewShelter(shelter, available)
}

// cat returns the representation of a cat.
func (s *snapshot) cat(cat catalog.Cat) wire.Cat {
	return wire.NewCat(cat, wire.NewAttribution(s.PublicURL, cat, s.byID[cat.ShelterID]), s.PhotoBase, s.At)
}
