package search

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// A loaded index that has followed the log answers as one that was filled, whatever happened
// before and after the checkpoint was written, and in whatever way the index came to the cats
// that it wrote.
func TestCheckpoint_LoadAndFollowEqualsFill(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		sim := newSimulation(t, rapid.IntRange(0, 80).Draw(t, "cats"))
		happen := func(what string) {
			for range rapid.IntRange(0, min(6, len(sim.cats))).Draw(t, what) {
				sim.change(t)
			}
			if n := len(sim.cats); n > 0 && rapid.Bool().Draw(t, "details") {
				sim.editCat(rapid.IntRange(1, n).Draw(t, "of"), func(c *catalog.Cat) { randomDetails(t, c) })
			}
			sim.editShelter(1+rapid.IntRange(0, len(sim.shelters)-1).Draw(t, "shelter"), func(s *catalog.Shelter) {
				s.Address.Region = rapid.SampledFrom([]string{"", "MD", "VA"}).Draw(t, "region")
				if rapid.Bool().Draw(t, "hide") {
					s.HiddenFrom.Partners = []string{"prt_1"}
				}
			})
		}
		happen("before")
		if rapid.Bool().Draw(t, "more before") {
			sim.catchUp(t)
			happen("later")
		}
		checkpoint := checkpointOf(t, sim.index)
		happen("after")

		later := testOptions()
		days := rapid.IntRange(-1, 400).Draw(t, "days")
		later.Now = func() time.Time { return today.AddDate(0, 0, days) }
		loaded, filled := New(sim, later), New(sim, later)
		err := loaded.LoadCheckpoint(t.Context(), bytes.NewReader(checkpoint), int64(len(checkpoint)))
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 2).Draw(t, "rounds") {
			if err := filled.Fill(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, want := answers(t, loaded), answers(t, filled); got != want {
				t.Fatalf("after loading got\n%s\nwant\n%s", got, want)
			}
			happen("at last")
			if err := loaded.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			filled = New(sim, later)
		}
	})
}

func randomDetails(t *rapid.T, c *catalog.Cat) {
	c.Description = rapid.SampledFrom([]string{"", "A short hair with an unpronounceableness.", "Shorthair, purrs; été", "shy"}).Draw(t, "description")
	c.Traits.Tags = rapid.SliceOfN(rapid.SampledFrom([]string{"Lap Cat", "lap cat", "Quiet"}), 0, 3).Draw(t, "tags")
	c.Source = rapid.SampledFrom([]string{"", "api", "rare"}).Draw(t, "source")
	c.Breed.Primary = rapid.SampledFrom([]string{"", "Siamese", "Moggy"}).Draw(t, "breed")
	c.GoodWith.Dogs = rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(t, "dogs")
	c.Birth.On = today.AddDate(0, 0, -rapid.IntRange(0, 4000).Draw(t, "age"))
	c.Fee.Minor = rapid.SampledFrom([]*int64{nil, new(int64(0)), new(int64(5000))}).Draw(t, "fee")
	c.FosterPostalCode = rapid.SampledFrom([]string{"", "20850"}).Draw(t, "foster")
	c.HiddenFrom.Partners = rapid.SampledFrom([][]string{nil, {"prt_1"}, {"prt_2"}}).Draw(t, "hidden from")
}

// answers returns what an index answers to many queries.
func answers(t *rapid.T, x *Index) string {
	var out strings.Builder
	ask := func(q Query) {
		q.Near, q.Limit, q.Total = &geo.Point{Lat: 39, Lng: -77}, 100, true
		for _, info := range Fields() {
			if info.Facet {
				q.Facets = append(q.Facets, info.Field)
			}
		}
		page, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(&out, "%v %v %q: total %v\n", q.Order, q.Where, q.Text, *page.Total)
		for _, field := range q.Facets {
			counts := page.Facets[field]
			slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value)) })
			_, _ = fmt.Fprintln(&out, field, counts)
		}
		for _, hit := range page.Hits {
			_, _ = fmt.Fprintf(&out, "  %s %d %d %s %v %v %.1f %s\n", hit.ID, hit.Number, hit.Version, hit.ShelterID, hit.Birth, hit.AgeGroup, hit.DistanceKm, hit.Card.Append(nil))
		}
	}
	for _, order := range Orders() {
		ask(Query{Order: order})
	}
	for _, text := range []string{"cat", "shorthair", `"short hair"`, "unpronounce", "purring", "ete", "ada"} {
		ask(Query{Text: text})
	}
	ask(Query{Where: where(FieldTag, "lap cat")})
	ask(Query{Where: where(FieldSource, "rare")})
	ask(Query{FeeMin: new(10.0)})
	ask(Query{AgeMonthsMin: new(13)})
	ask(Query{UpdatedSince: today.Add(10 * time.Second)})
	ask(Query{Suitability: []SuitabilityFilter{{ScoreMin: new(40.0)}}})
	ask(Query{RadiusKm: 50})
	ask(Query{Audience: catalog.Audience{PartnerID: "prt_1"}})
	state := x.State()
	_, _ = fmt.Fprintln(&out, state.Head, state.Cats, state.Available)
	shelters, err := x.Shelters(ShelterQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprintf(&out, "%+v\n", shelters)
	return out.String()
}

// failer is a testing.TB or a rapid.T.
type failer interface {
	Context() context.Context
	Fatalf(format string, args ...any)
}

// checkpointOf returns a checkpoint of an index.
func checkpointOf(t failer, x *Index) []byte {
	var file bytes.Buffer
	written, err := x.WriteCheckpoint(t.Context(), &file, func() error { return nil })
	if err != nil || !written {
		t.Fatalf("got written %t and error %v", written, err)
	}
	return file.Bytes()
}

func TestCheckpoint_IsRefusedWhenInDoubt(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		happen  func(f *fakeSource)
		options func(o *Options)
		want    string
	}{
		"another log":       {happen: func(f *fakeSource) { f.head.Epoch = "other" }, want: "another log"},
		"a log set back":    {happen: func(f *fakeSource) { f.log[len(f.log)-1].CommitID = 99 }, want: "replaced"},
		"a shorter log":     {happen: func(f *fakeSource) { f.log, f.head.Seq = f.log[:3], 3 }, want: "replaced"},
		"a compacted log":   {happen: func(f *fakeSource) { f.editCat(1, func(*catalog.Cat) {}); f.head.Floor = f.head.Seq }, want: "replaced"},
		"a long log":        {happen: func(f *fakeSource) { f.head.Seq += minWorthwhile + 1 }, want: "went on"},
		"another build":     {options: func(o *Options) { o.Build = "2" }, want: "another program"},
		"rows of lost cats": {happen: func(f *fakeSource) { f.head.Seq-- }, want: "replaced"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			f := newFixture()
			checkpoint := checkpointOf(t, filled(t, f))
			options := testOptions()
			if test.happen != nil {
				test.happen(f)
			}
			if test.options != nil {
				test.options(&options)
			}
			x := New(f, options)
			err := x.LoadCheckpoint(t.Context(), bytes.NewReader(checkpoint), int64(len(checkpoint)))
			if !errors.Is(err, ErrCheckpoint) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
			if x.State().Ready {
				t.Error("the index is ready")
			}
		})
	}
}

func TestCheckpoint_IsNotWrittenOnceSomethingWasErased(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	f.editCat(1, func(c *catalog.Cat) { c.Facts = catalog.Facts{Status: catalog.Removed} })
	f.log[len(f.log)-1].Op = catalog.OpErased
	for _, step := range []struct {
		what string
		want bool
	}{{"after an erasure", false}, {"after a fill", true}} {
		var file bytes.Buffer
		written, err := x.WriteCheckpoint(t.Context(), &file, func() error { return nil })
		if written != step.want || err != nil || written && (strings.Contains(file.String(), "Ada") || strings.Contains(file.String(), "loud")) {
			t.Errorf("%s: got written %t, error %v, want written %t and nothing of the erased cat", step.what, written, err, step.want)
		}
		if err := x.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// No file but one that was written as it is loads, and none makes the reader panic or allocate
// much.
func FuzzCheckpoint(f *testing.F) {
	source := newFixture()
	x := New(source, testOptions())
	if err := x.Fill(f.Context()); err != nil {
		f.Fatal(err)
	}
	checkpoint := checkpointOf(f, x)
	f.Add(uint(100), byte(1), uint(0), false)
	f.Add(uint(0), byte(255), uint(1), true)
	f.Add(uint(900), byte(128), uint(9000), true)
	f.Fuzz(func(t *testing.T, at uint, flip byte, cut uint, fix bool) {
		file := bytes.Clone(checkpoint[:len(checkpoint)-int(cut%uint(len(checkpoint)))])
		file[at%uint(len(file))] ^= flip
		if fix && len(file) > xxhashSize { // what is wrong passes the checksum: it may load, if it can be decoded
			body := file[:len(file)-xxhashSize]
			file = binary.BigEndian.AppendUint64(body, xxhash.Sum64(body))
		}
		d, err := readCheckpoint(bytes.NewReader(file), int64(len(file)), testOptions())
		if err != nil && !errors.Is(err, ErrCheckpoint) {
			t.Errorf("got error %v", err)
		}
		if d != nil && !fix && !bytes.Equal(file, checkpoint) {
			t.Error("a damaged file loads")
		}
	})
}
