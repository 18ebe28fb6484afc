package demo

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
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

// list is what a shelter published on some day.
type list struct {
	format string
	file   []byte
	day    time.Time // the latest date that stands in it; its lists do not tell their own
}

func lists() []list {
	return []list{
		{format: "montgomery", file: montgomery, day: time.Date(2021, 6, 1, 0, 0, 0, 0, time.UTC)},
		{format: "kingcounty", file: kingCounty, day: time.Date(2019, 1, 26, 0, 0, 0, 0, time.UTC)},
	}
}

// Loaded says what is there after a load.
type Loaded struct {
	Shelters int
	Cats     int
	Created  int // cats that were not there before
}

// LoadListings puts the lists of two real shelters into a catalog as if they
// were published today: their dates are moved by as many days, and ages count
// from today. A cat that is there already stays as it is, whatever became of it,
// so that a load may be repeated on any day, and taken up after it broke off.
func LoadListings(ctx context.Context, c *catalog.Catalog, places *geo.Gazetteer, today time.Time) (Loaded, error) {
	var all Loaded
	for _, l := range lists() {
		if err := l.load(ctx, c, places, today.UTC(), &all); err != nil {
			return all, fmt.Errorf("load the demo list %s: %w", l.format, err)
		}
	}
	return all, nil
}

func (l list) load(ctx context.Context, c *catalog.Catalog, places *geo.Gazetteer, today time.Time, all *Loaded) error {
	format, err := ingest.Find(l.format)
	if err != nil {
		return err
	}
	listing, err := ingest.Read(bytes.NewReader(l.file), format, ingest.Options{AsOf: today, Now: today})
	if err != nil {
		return err
	}
	profile := format.Shelter.Profile
	profile.Demo = true
	shelter, _, err := c.PutShelter(ctx, places, "demo-"+format.Shelter.ExternalID, profile)
	if err != nil {
		return err
	}
	report, err := ingest.Load(ctx, createOnlyWriter{catalog: c, moved: days(l.day, today), now: today}, shelter.ID, listing, nil)
	if err != nil {
		return err
	}
	if report.Refused > 0 {
		r := report.Refusals[0]
		return fmt.Errorf("line %d: %s %q: %s", r.Line, r.Column, r.Value, r.Reason)
	}
	all.Shelters++
	all.Cats += report.Created + report.Unchanged
	all.Created += report.Created
	return nil
}

// createOnlyWriter writes the cats that a catalog does not have yet, so many days later
// than they were.
type createOnlyWriter struct {
	catalog *catalog.Catalog
	moved   int
	now     time.Time
}

// UpsertCats leaves cats that are there as they are.
func (n createOnlyWriter) UpsertCats(ctx context.Context, shelterID string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	moved := make([]catalog.CatUpdate, len(edits))
	for i, e := range edits {
		moved[i] = catalog.CatUpdate{ExternalID: e.ExternalID, Source: e.Source, Edit: func(f *catalog.Facts) {
			if f.Name != "" {
				return
			}
			e.Edit(f)
			for _, t := range []*time.Time{&f.ListedAt, &f.StatusChangedAt, &f.AvailableOn, &f.AdoptedOn} {
				if !t.IsZero() {
					*t = earlier(t.AddDate(0, 0, n.moved), n.now) // what was listed today was not listed later
				}
			}
		}}
	}
	return n.catalog.UpsertCats(ctx, shelterID, moved)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// days is how many days lie between two.
func days(from, to time.Time) int {
	return int(to.Truncate(24*time.Hour).Sub(from) / (24 * time.Hour))
}
