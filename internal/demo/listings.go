package demo

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/ingest"
)

var (
	//go:embed data/montgomery_adoptable_2021-06.csv.gz
	montgomery []byte
	//go:embed data/kingcounty_listings_2019-02.csv.gz
	kingCounty []byte
)

// list is a list of adoptable cats that a shelter published.
type list struct {
	format string
	file   []byte
	day    time.Time // the latest date in the file, which does not state its own
	drawn  bool      // pictures may replace its photos
}

func lists() []list {
	return []list{
		{format: "montgomery", file: montgomery, day: time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC), drawn: true},
		{format: "kingcounty", file: kingCounty, day: time.Date(2019, 1, 26, 0, 0, 0, 0, time.UTC), drawn: false},
	}
}

// Loaded counts what a load found and created.
type Loaded struct {
	Shelters int
	Cats     int
	Created  int // cats that did not exist before
}

// LoadListings writes the lists of two real shelters into a catalog as if they had
// been published today: their dates are moved forward, and ages count from today.
// Cats that already exist stay unchanged, whatever became of them, so a load may
// be repeated on any day and resumes after an interruption.
//
// With pictures, new cats of the first list have pictures of KeepPictures instead of their
// photos, which were taken down when the cats were adopted.
func LoadListings(ctx context.Context, c *catalog.Catalog, places *geo.Gazetteer, today time.Time, pictures bool) (Loaded, error) {
	ctx = catalog.WithWorkload(ctx, catalog.JobWorkload)
	var total Loaded
	for _, l := range lists() {
		l.drawn = l.drawn && pictures
		if err := l.load(ctx, c, places, today.UTC(), &total); err != nil {
			return total, fmt.Errorf("load the demo list %s: %w", l.format, err)
		}
	}
	return total, nil
}

// ListedPictures returns the pictures that LoadListings uses.
func ListedPictures(ctx context.Context, today time.Time) ([]Picture, error) {
	finder := pictureFinder{urls: map[string]bool{}}
	for _, l := range lists() {
		if !l.drawn {
			continue
		}
		dataset, err := l.read(today.UTC())
		if err == nil {
			_, err = ingest.Load(ctx, finder, "", dataset, nil)
		}
		if err != nil {
			return nil, fmt.Errorf("read the demo list %s: %w", l.format, err)
		}
	}
	return slices.DeleteFunc(Pictures(), func(p Picture) bool { return !finder.urls[p.URL()] }), nil
}

// pictureFinder notes the URLs of pictures instead of writing cats.
type pictureFinder struct{ urls map[string]bool }

// UpsertCats implements ingest.Writer.
func (f pictureFinder) UpsertCats(_ context.Context, _ string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	for _, e := range edits {
		var facts catalog.Facts
		e.Edit(&facts)
		for _, p := range picturesFor(e.ExternalID, facts) {
			f.urls[p.URL] = true
		}
	}
	return make([]catalog.CatResult, len(edits)), nil
}

// picturesFor returns as many pictures as a cat has photos.
func picturesFor(externalID string, facts catalog.Facts) []catalog.Photo {
	return photosOf(facts.Colors, facts.Breed.Primary, len(facts.Photos), uint64(crc32.ChecksumIEEE([]byte(externalID))))
}

func (l list) read(today time.Time) (*ingest.Dataset, error) {
	format, err := ingest.Find(l.format)
	if err != nil {
		return nil, err
	}
	return ingest.Read(bytes.NewReader(l.file), format, ingest.Options{AsOf: today, Now: today})
}

func (l list) load(ctx context.Context, c *catalog.Catalog, places *geo.Gazetteer, today time.Time, total *Loaded) error {
	dataset, err := l.read(today)
	if err != nil {
		return err
	}
	shelter, err := putShelter(ctx, c, places, dataset.Format)
	if err != nil {
		return err
	}
	report, err := ingest.Load(ctx, createOnlyWriter{catalog: c, shiftDays: daysBetween(l.day, today), now: today, drawn: l.drawn}, shelter.ID, dataset, nil)
	if err != nil {
		return err
	}
	if report.Rejected > 0 {
		e := report.Errors[0]
		return fmt.Errorf("line %d: %s %q: %s", e.Line, e.Column, e.Value, e.Reason)
	}
	total.Shelters++
	total.Cats += report.Created + report.Unchanged
	total.Created += report.Created
	return nil
}

// FirstShelter is the external ID of the shelter that LoadListings writes first.
const FirstShelter = "demo-us-md-montgomery"

// putShelter returns the demo's shelter of a format, which it creates if necessary.
func putShelter(ctx context.Context, c *catalog.Catalog, places *geo.Gazetteer, format *ingest.Format) (catalog.Shelter, error) {
	profile := format.Shelter.Profile
	profile.Demo = true
	shelter, _, err := c.PutShelter(ctx, places, "demo-"+format.Shelter.ExternalID, profile)
	return shelter, err
}

// createOnlyWriter writes the cats that a catalog does not have yet, with their
// dates moved forward by a number of days.
type createOnlyWriter struct {
	catalog   *catalog.Catalog
	shiftDays int
	now       time.Time
	drawn     bool // pictures replace photos
}

// UpsertCats writes new cats and leaves existing ones unchanged. The ID of the sample
// cat is SampleID.
func (w createOnlyWriter) UpsertCats(ctx context.Context, shelterID string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	shifted := make([]catalog.CatUpdate, len(edits))
	for i, e := range edits {
		shifted[i] = catalog.CatUpdate{ExternalID: e.ExternalID, Source: e.Source, Edit: func(f *catalog.Facts) {
			if f.Name != "" {
				return
			}
			e.Edit(f)
			if w.drawn {
				f.Photos = picturesFor(e.ExternalID, *f)
			}
			for _, t := range []*time.Time{&f.ListedAt, &f.StatusChangedAt, &f.AvailableOn, &f.AdoptedOn} {
				if !t.IsZero() {
					*t = earlier(t.AddDate(0, 0, w.shiftDays), w.now) // a cat listed today was not listed later today
				}
			}
		}}
	}
	i := slices.IndexFunc(shifted, func(u catalog.CatUpdate) bool { return u.ExternalID == sampleCat })
	if i < 0 {
		return w.catalog.UpsertCats(ctx, shelterID, shifted)
	}
	var results []catalog.CatResult
	for _, batch := range []struct {
		catalog *catalog.Catalog
		updates []catalog.CatUpdate
	}{{w.catalog, shifted[:i]}, {withSampleIDs(w.catalog), shifted[i : i+1]}, {w.catalog, shifted[i+1:]}} {
		written, err := batch.catalog.UpsertCats(ctx, shelterID, batch.updates)
		if results = append(results, written...); err != nil {
			return results, err
		}
	}
	return results, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func daysBetween(from, to time.Time) int {
	return int(to.Truncate(24*time.Hour).Sub(from) / (24 * time.Hour))
}
