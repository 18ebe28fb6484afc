//go:build bench

package bench

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/store/storetest"
)

// perPut is how many cats are put at once, as importers do.
const perPut = 500

// job is a batch of one shelter's cats.
type job struct {
	of        demo.Shelter
	at        geo.Point
	shelterID string
	edits     []catalog.CatUpdate
}

// jobs is the whole set in batches, its shelters written already. Cats are made
// beforehand, so that making them costs no one anything.
func jobs(t *testing.T, c *catalog.Catalog, places *geo.Gazetteer, set *demo.Set) []job {
	t.Helper()
	var out []job
	for of := range set.Shelters() {
		shelter, _, err := c.PutShelter(t.Context(), places, of.ExternalID, of.Profile)
		if err != nil {
			t.Fatal(err)
		}
		j := job{of: of, at: shelter.Point, shelterID: shelter.ID, edits: nil}
		for e := range set.Cats(of) {
			if j.edits = append(j.edits, e); len(j.edits) == perPut {
				out = append(out, j)
				j.edits = nil
			}
		}
		if len(j.edits) > 0 {
			out = append(out, j)
		}
	}
	return out
}

// put writes jobs as so many writers at once, and is how many rows that were in a second.
func put(t *testing.T, c *catalog.Catalog, list []job, writers int, want catalog.Result, edit func(catalog.CatUpdate) catalog.CatUpdate) float64 {
	t.Helper()
	var next, rows atomic.Int64
	var work sync.WaitGroup
	began := time.Now()
	for range writers {
		work.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(list); i = next.Add(1) - 1 {
				j := list[i]
				edits := make([]catalog.CatUpdate, len(j.edits))
				for k, e := range j.edits {
					edits[k] = edit(e)
				}
				outcomes, err := c.UpsertCats(t.Context(), j.shelterID, edits)
				if err != nil {
					t.Error(err)
					return
				}
				for _, o := range outcomes {
					if o.Result != want {
						t.Errorf("a cat was %s, want %s: %v", o.Result, want, o.Err)
						return
					}
				}
				rows.Add(int64(len(edits)))
			}
		})
	}
	work.Wait()
	return float64(rows.Load()) / time.Since(began).Seconds()
}

func asItIs(e catalog.CatUpdate) catalog.CatUpdate { return e }

// told changes what a source says of every cat: its description and its fee.
func told(what string) func(catalog.CatUpdate) catalog.CatUpdate {
	return func(e catalog.CatUpdate) catalog.CatUpdate {
		return catalog.CatUpdate{ExternalID: e.ExternalID, Source: e.Source, Edit: func(f *catalog.Facts) {
			e.Edit(f)
			f.Description = what + " " + f.Description
		}}
	}
}

// parts cuts a list into so many of about the same length.
func parts(list []job, n int) [][]job {
	out := make([][]job, n)
	for i, j := range list {
		out[i%n] = append(out[i%n], j)
	}
	return out
}

// measureBulkOnPostgres writes the whole set through the catalog, a part at a
// time in turns with COPY of the same cats into a plain table without indexes.
func measureBulkOnPostgres(t *testing.T, s size, h *house, table *table) {
	t.Helper()
	if _, err := h.plain.Exec(t.Context(), plainTable); err != nil {
		t.Fatal(err)
	}
	list := jobs(t, h.catalog, h.places, h.set)
	rounds := parts(list, s.rounds)
	created, copied := -1, -1
	got := inTurns(s.rounds,
		func() float64 { created++; return put(t, h.catalog, rounds[created], 2, catalog.WasCreated, asItIs) },
		func() float64 { copied++; return h.copyJobs(t, rounds[copied]) },
	)
	ratio := got[0].over(got[1])
	table.row("bulk writes on Postgres, created, 2 writers", got[0].show("rows/s"), "COPY "+got[1].show("rows/s"), ratio.show(""), "≥ 10,000 rows/s", got[0].median() >= 10_000)
	some := rounds[0][:min(len(rounds[0]), 80)]
	n := 0
	got = inTurns(3,
		func() float64 {
			n++
			return put(t, h.catalog, some, 2, catalog.WasUpdated, told(fmt.Sprint("News ", n, ".")))
		},
		func() float64 {
			return put(t, h.catalog, some, 2, catalog.WasUnchanged, told(fmt.Sprint("News ", n, ".")))
		},
	)
	table.row("bulk writes on Postgres, changed", got[0].show("rows/s"), "", "", "≥ 10,000 rows/s", got[0].median() >= 10_000)
	table.row("bulk writes on Postgres, unchanged", got[1].show("rows/s"), "", "", "≥ 10,000 rows/s", got[1].median() >= 10_000)
}

// copyJobs copies the cats of jobs, as 2 connections at once.
func (h *house) copyJobs(t *testing.T, list []job) float64 {
	t.Helper()
	group := func(f catalog.Facts) string { return string(f.AgeGroupOn(time.Now())) }
	batches := make([][][]any, 2)
	rows := 0
	for i, j := range list {
		for _, e := range j.edits {
			row, err := plainRow(catalog.NewID(catalog.CatPrefix, uuid.Must(uuid.NewV7())), j.of, j.at, e, group)
			if err != nil {
				t.Fatal(err)
			}
			batches[i%2] = append(batches[i%2], row)
			rows++
		}
	}
	var work sync.WaitGroup
	began := time.Now()
	for _, b := range batches {
		work.Go(func() {
			if err := h.copyPlain(t.Context(), b); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	return float64(rows) / time.Since(began).Seconds()
}

// measureBulkOnSQLite writes a tenth of the set to a file.
func measureBulkOnSQLite(t *testing.T, s size, table *table) {
	t.Helper()
	places := geo.Default()
	c := newCatalog(t, storetest.New(t))
	list := jobs(t, c, places, made(t, places, max(5000, s.cats/10), max(10, s.shelters/10)))
	rounds := parts(list, s.rounds)
	n := -1
	got := inTurns(s.rounds,
		func() float64 { n++; return put(t, c, rounds[n], 1, catalog.WasCreated, asItIs) },
		func() float64 { return put(t, c, rounds[n], 1, catalog.WasUpdated, told("News.")) },
		func() float64 { return put(t, c, rounds[n], 1, catalog.WasUnchanged, told("News.")) },
	)
	for i, what := range []string{"created", "changed", "unchanged"} {
		table.row("bulk writes on SQLite, "+what, got[i].show("rows/s"), "", "", "≥ 5,000 rows/s", got[i].median() >= 5000)
	}
}
