package demo_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/vocab"
)

const (
	montgomeryCats = 35
	kingCountyCats = 40
)

func load(t *testing.T, m *memory, now time.Time) demo.Loaded {
	t.Helper()
	got, err := demo.LoadListings(t.Context(), newCatalog(m, now), geo.Default(), now, false)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestLoadListings_LoadsTwoShelters(t *testing.T) {
	t.Parallel()
	m := newMemory()
	want := demo.Loaded{Shelters: 2, Cats: montgomeryCats + kingCountyCats, Created: montgomeryCats + kingCountyCats}
	if got := load(t, m, today); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for id, shelter := range m.shelters {
		if !shelter.Demo || !strings.HasPrefix(id, "demo-") {
			t.Errorf("shelter %s: got no demo mark, want one", id)
		}
	}
}

func TestLoadListings_RepeatedLoadChangesNothing(t *testing.T) {
	t.Parallel()
	m := newMemory()
	load(t, m, today)
	for id, cat := range m.cats { // a user changes a cat
		cat.Status, cat.Description = catalog.Adopted, "found a home"
		m.cats[id] = cat
		break
	}
	before, changes := m.facts(), m.changes
	for _, later := range []time.Duration{0, time.Hour, 24 * time.Hour, 400 * 24 * time.Hour} {
		if got := load(t, m, today.Add(later)); got.Created != 0 || got.Cats != montgomeryCats+kingCountyCats {
			t.Errorf("load %v later: got %+v, want the same cats", later, got)
		}
	}
	if !reflect.DeepEqual(m.facts(), before) || m.changes != changes {
		t.Errorf("repeated loads: got %d changes, want 0", m.changes-changes)
	}
}

func TestLoadListings_ResumesAfterInterruption(t *testing.T) {
	t.Parallel()
	complete := newMemory()
	load(t, complete, today)
	for killAt := 1; killAt <= complete.writes; killAt++ {
		m := newMemory()
		m.killAt = killAt
		if _, err := demo.LoadListings(t.Context(), newCatalog(m, today), geo.Default(), today, false); !errors.Is(err, errKilled) {
			t.Fatalf("killed at write %d: got error %v, want %v", killAt, err, errKilled)
		}
		load(t, m, today)
		if len(m.facts()) != montgomeryCats+kingCountyCats || m.changes != complete.changes {
			t.Errorf("killed at write %d: got %d cats and %d changes, want %d and %d", killAt, len(m.facts()), m.changes, len(complete.cats), complete.changes)
		}
	}
}

func TestLoadListings_MovesDatesToToday(t *testing.T) {
	t.Parallel()
	m := newMemory()
	load(t, m, today)
	kittens, newest := 0, time.Time{}
	for id, f := range m.facts() {
		if f.ListedAt.After(today) || f.ListedAt.Before(today.AddDate(-7, 0, 0)) {
			t.Errorf("%s: got listed at %v, want within the last 7 years", id, f.ListedAt)
		}
		if f.ListedAt.After(newest) {
			newest = f.ListedAt
		}
		if f.AgeGroupOn(today) == vocab.Kitten {
			kittens++
		}
	}
	if today.Sub(newest) > 48*time.Hour {
		t.Errorf("newest listing: got %v, want today or yesterday", newest)
	}
	if want := countKittens(t); kittens != want {
		t.Errorf("got %d kittens, want %d as in the lists", kittens, want)
	}
}

// countKittens counts the cats of the lists whose age has no years.
func countKittens(t *testing.T) int {
	t.Helper()
	n := 0
	for _, row := range append(rows(t, "montgomery_adoptable_2021-06"), rows(t, "kingcounty_listings_2019-02")...) {
		age := row["Pet Age"] + row["Age"]
		cat := strings.EqualFold(row["Animal Type"]+row["animal_type"], "cat")
		if cat && row["Record_Type"] != "LOST" && row["Record_Type"] != "FOUND" && age != "" && !strings.Contains(age, "YEAR") && age != "NO AGE" {
			n++
		}
	}
	return n
}

func TestLists_DayIsLatestDate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ column, want string }{
		"montgomery_adoptable_2021-06": {"In Date", "2021-06-01"},
		"kingcounty_listings_2019-02":  {"Date", "2019-01-26"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var days []string
			for _, row := range rows(t, name) {
				if date := row[test.column]; len(date) >= 10 {
					days = append(days, date[6:10]+"-"+date[:2]+"-"+date[3:5])
				}
			}
			if got := slices.Max(days); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func rows(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open("data/" + name + ".csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // only read
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	read := csv.NewReader(text)
	read.LazyQuotes, read.FieldsPerRecord = true, -1
	table, err := read.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range table[1:] {
		named := map[string]string{}
		for i, cell := range row {
			named[strings.TrimSpace(strings.TrimPrefix(table[0][i], "\uFEFF"))] = strings.TrimSpace(cell)
		}
		out = append(out, named)
	}
	return out
}

func TestDemo_SameOnBothEngines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := newMemory() // numbers the IDs
		c := catalog.New(s, func() time.Time { return today }, func() (id [16]byte) {
			m.numbers["id"]++
			id[14], id[15] = byte(m.numbers["id"]>>8), byte(m.numbers["id"])
			return id
		})
		synthetic := syntheticSet(t, 300, 5, 1)
		for range 2 {
			if _, err := demo.LoadListings(t.Context(), c, geo.Default(), today, false); err != nil {
				t.Fatal(err)
			}
			if err := synthetic.Write(t.Context(), c, 1, nil); err != nil {
				t.Fatal(err)
			}
		}
		head, err := s.Head(t.Context())
		if want := int64(2 + montgomeryCats + kingCountyCats + 5 + 300); err != nil || head.Seq != want {
			t.Errorf("got log head %d (%v), want %d: one entry for each shelter and cat", head.Seq, err, want)
		}
	})
}
