package api

import (
	"context"
	"fmt"
	"io"
	"time"

	"trailcat/internal/catalog"
)

// Snapshotter shows the catalog as it stood at one moment.
type Snapshotter interface {
	Snapshot(ctx context.Context, fn func(catalog.Snapshot) error) error
}

// Export is all cats that are listed, or all shelters, as they stood at one
// moment, to be written to a file.
type Export struct {
	Resource  string              // cats or shelters
	Format    string              // see ExportFormats
	At        time.Time           // ages are those of this day
	PublicURL string              // where this server is found, for attributions; may be empty
	Hidden    map[string]struct{} // ids of the shelters whose cats are left out
}

// exportSchema counts up when what an export says changes its meaning.
const exportSchema = 1

// ExportStart says what an export is of. Everything up to Head is in it, and
// nothing after.
type ExportStart struct {
	Export
	Head   catalog.LogPosition
	Cursor string // for /v1/changes: what comes after

	shelters  []catalog.Shelter
	available map[string]int // cats that can be adopted now, by shelter
	home      map[string]catalog.Shelter
}

// ExportFormats lists the formats that a resource can be written in, the usual one first.
func ExportFormats(resource string) []string {
	if resource == shelterExport {
		return []string{ndjsonExport, csvExport, geoJSONExport}
	}
	return []string{ndjsonExport, csvExport}
}

const (
	catExport     = "cats"
	shelterExport = "shelters"

	ndjsonExport  = "ndjson"
	csvExport     = "csv"
	geoJSONExport = "geojson"
)

// Write reads a snapshot and writes it. It tells begun before it writes the
// first byte, and progress as it goes; it returns how many things it wrote. It
// needs the same little memory however many there are.
func (e Export) Write(ctx context.Context, from Snapshotter, to io.Writer, begun func(ExportStart), progress func(done int)) (count int, err error) {
	format := exportFormatOf(e.Resource, e.Format)
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

func (e Export) start(ctx context.Context, view catalog.Snapshot) (ExportStart, error) {
	head := view.Head()
	shelters, err := view.Shelters(ctx)
	if err != nil {
		return ExportStart{}, err
	}
	start := ExportStart{
		Export: e, Head: head, Cursor: logCursor{seq: head.Seq, began: head.Seq}.encode(head.Epoch),
		shelters: shelters, available: nil, home: make(map[string]catalog.Shelter, len(shelters)),
	}
	for _, of := range shelters {
		start.home[of.ID] = of
	}
	if e.Resource == shelterExport {
		start.available, err = view.CountCats(ctx, catalog.Available)
	}
	return start, err
}

// tasks are to make the pieces of an export, one after the other.
func (s *ExportStart) tasks(view catalog.Snapshot, format exportFormat) func(context.Context, func(chunkFunc) error) error {
	if s.Resource == shelterExport {
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
func (s *ExportStart) shown(cats []catalog.Cat) []catalog.Cat {
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
func (s *ExportStart) withheldFrom(reader catalog.Audience) map[string]struct{} {
	return withheldAmong(s.shelters, reader)
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
func (s *ExportStart) shelter(of catalog.Shelter) Shelter {
	available := s.available[of.ID]
	if _, hidden := s.Hidden[of.ID]; hidden {
		available = 0
	}
	return newShelter(of, available)
}

// cat shows a cat of the export.
func (s *ExportStart) cat(of catalog.Cat) Cat {
	return newCat(of, newAttribution(s.PublicURL, of, s.home[of.ShelterID]), s.At)
}
