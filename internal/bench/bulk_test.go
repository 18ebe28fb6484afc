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

// batchSize is how many cats are written at once, as imports do.
const batchSize = 500

// batch is a number of cats of one shelter.
type batch struct {
	shelter   demo.Shelter
	point     geo.Point
	shelterID string
	updates   []catalog.CatUpdate
}

// shelterBatches writes the shelters of a data set and returns their cats in
// batches. Cats are generated in advance, so that generating them is not measured.
func shelterBatches(t *testing.T, c *catalog.Catalog, places *geo.Gazetteer, set *demo.Set) []batch {
	t.Helper()
	var out []batch
	for of := range set.Shelters() {
		shelter, _, err := c.PutShelter(t.Context(), places, of.ExternalID, of.Profile)
		if err != nil {
			t.Fatal(err)
		}
		j := batch{shelter: of, point: shelter.Point, shelterID: shelter.ID, updates: nil}
		for e := range set.Cats(of) {
			if j.updates = append(j.updates, e); len(j.updates) == batchSize {
				out = append(out, j)
				j.updates = nil
			}
		}
		if len(j.updates) > 0 {
			out = append(out, j)
		}
	}
	return out
}

// upsert writes batches with a number of concurrent writers and returns the rows
// per second. Each write must have the result want.
func upsert(t *testing.T, c *catalog.Catalog, list []batch, writers int, want catalog.Result, edit func(catalog.CatUpdate) catalog.CatUpdate) float64 {
	t.Helper()
	var next, rows atomic.Int64
	var work sync.WaitGroup
	started := time.Now()
	for range writers {
		work.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(list); i = next.Add(1) - 1 {
				j := list[i]
				edits := make([]catalog.CatUpdate, len(j.updates))
				for k, e := range j.updates {
					edits[k] = edit(e)
				}
				outcomes, err := c.UpsertCats(t.Context(), j.shelterID, edits)
				if err != nil {
					t.Error(err)
					return
				}
				for _, o := range outcomes {
					if o.Result != want {
						t.Errorf("got result %s, want %s: %v", o.Result, want, o.Err)
						return
					}
				}
				rows.Add(int64(len(edits)))
			}
		})
	}
	work.Wait()
	return float64(rows.Load()) / time.Since(started).Seconds()
}

func unmodified(e catalog.CatUpdate) catalog.CatUpdate { return e }

// prefixDescription returns a function that puts text before the description of a
// cat.
func prefixDescription(text string) func(catalog.CatUpdate) catalog.CatUpdate {
	return func(e catalog.CatUpdate) catalog.CatUpdate {
		return catalog.CatUpdate{ExternalID: e.ExternalID, Source: e.Source, Edit: func(f *catalog.Facts) {
			e.Edit(f)
			f.Description = text + " " + f.Description
		}}
	}
}

// splitBatches splits a list into n lists of about the same length.
func splitBatches(list []batch, n int) [][]batch {
	out := make([][]batch, n)
	for i, j := range list {
		out[i%n] = append(out[i%n], j)
	}
	return out
}

// measureBulkOnPostgres writes the whole data set through the catalog, in parts,
// alternating with COPY of the same cats into the baseline table without indexes.
func measureBulkOnPostgres(t *testing.T, s size, b *benchServer, table *table) {
	t.Helper()
	if _, err := b.sql.Exec(t.Context(), createSQLTable); err != nil {
		t.Fatal(err)
	}
	list := shelterBatches(t, b.catalog, b.places, b.set)
	rounds := splitBatches(list, s.rounds)
	created, copied := -1, -1
	got := interleave(s.rounds,
		func() float64 {
			created++
			return upsert(t, b.catalog, rounds[created], 2, catalog.ResultCreated, unmodified)
		},
		func() float64 { copied++; return b.copyBatches(t, rounds[copied]) },
	)
	ratio := got[0].ratioTo(got[1])
	table.addRow("bulk writes on Postgres, created, 2 writers", got[0].format("rows/s"), "COPY "+got[1].format("rows/s"), ratio.format(""), "≥ 0.7 of COPY", ratio.median() >= 0.7)
	sample := rounds[0][:min(len(rounds[0]), 80)]
	n := 0
	got = interleave(3,
		func() float64 {
			n++
			return upsert(t, b.catalog, sample, 2, catalog.ResultUpdated, prefixDescription(fmt.Sprint("News ", n, ".")))
		},
		func() float64 {
			return upsert(t, b.catalog, sample, 2, catalog.ResultUnchanged, prefixDescription(fmt.Sprint("News ", n, ".")))
		},
	)
	table.addRow("bulk writes on Postgres, changed", got[0].format("rows/s"), "", "", "", true)
	table.addRow("bulk writes on Postgres, unchanged", got[1].format("rows/s"), "", "", "", true)
}

// copyBatches copies cats to the baseline table over two connections and returns
// the rows per second.
func (b *benchServer) copyBatches(t *testing.T, list []batch) float64 {
	t.Helper()
	group := func(f catalog.Facts) string { return string(f.AgeGroupOn(time.Now())) }
	connections := make([][][]any, 2)
	rows := 0
	for i, j := range list {
		for _, e := range j.updates {
			row, err := sqlRow(catalog.NewID(catalog.CatPrefix, uuid.Must(uuid.NewV7())), j.shelter, j.point, e, group)
			if err != nil {
				t.Fatal(err)
			}
			connections[i%2] = append(connections[i%2], row)
			rows++
		}
	}
	var work sync.WaitGroup
	started := time.Now()
	for _, rows := range connections {
		work.Go(func() {
			if err := b.copyRows(t.Context(), rows); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	return float64(rows) / time.Since(started).Seconds()
}

// measureBulkOnSQLite writes a tenth of the data set to an SQLite file.
func measureBulkOnSQLite(t *testing.T, s size, table *table) {
	t.Helper()
	places := geo.Default()
	c := newCatalog(t, storetest.New(t))
	list := shelterBatches(t, c, places, syntheticSet(t, places, max(5000, s.cats/10), max(10, s.shelters/10)))
	rounds := splitBatches(list, s.rounds)
	n := -1
	got := interleave(s.rounds,
		func() float64 { n++; return upsert(t, c, rounds[n], 1, catalog.ResultCreated, unmodified) },
		func() float64 { return upsert(t, c, rounds[n], 1, catalog.ResultUpdated, prefixDescription("News.")) },
		func() float64 { return upsert(t, c, rounds[n], 1, catalog.ResultUnchanged, prefixDescription("News.")) },
	)
	for i, what := range []string{"created", "changed", "unchanged"} {
		table.addRow("bulk writes on SQLite, "+what, got[i].format("rows/s"), "", "", "", true)
	}
}
