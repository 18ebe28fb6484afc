package search

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

var aggregator = catalog.Audience{PartnerID: "prt_x", Class: catalog.AggregatorReader}

// TestWhatIsWithheldIsNotThere: to a reader from whom some shelters withhold, every
// answer is as if the cats of those shelters had been removed.
func TestWhatIsWithheldIsNotThere(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, rapid.IntRange(1, 40).Draw(t, "cats"))
		removed := &fakeSource{head: catalog.LogPosition{Epoch: "world"}, shelters: w.shelters, cats: slices.Clone(w.cats)}
		for i := range w.shelters {
			if rapid.Bool().Draw(t, "withholds") {
				w.changeShelter(i+1, func(s *catalog.Shelter) { s.WithheldFrom.Classes = []catalog.AudienceClass{catalog.AggregatorReader} })
				for j := range removed.cats {
					if removed.cats[j].ShelterID == w.shelters[i].ID {
						removed.cats[j].Status = catalog.Removed
					}
				}
			}
		}
		w.catchUp(t)
		without := New(removed, testOptions())
		if err := without.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		q := Query{
			Order: rapid.SampledFrom(Orders()).Draw(t, "order"), Near: &rockville, Seed: 7, Audience: aggregator, WithoutCards: true,
			Limit: rapid.IntRange(1, 50).Draw(t, "limit"), Total: rapid.Bool().Draw(t, "total"), Offset: rapid.IntRange(0, 3).Draw(t, "skip"),
			RadiusKm: rapid.SampledFrom([]float64{0, 100}).Draw(t, "radius"), Text: rapid.SampledFrom([]string{"", "cat", "Ada"}).Draw(t, "text"),
		}
		if rapid.Bool().Draw(t, "facets") {
			q.Facets = []Field{FieldSex, FieldShelter, FieldStatus, FieldTag}
		}
		if rapid.Bool().Draw(t, "filtered") {
			q.Where = where(FieldStatus, "available")
		}
		sameWalk(t, w.index, without, q)
		for _, s := range w.shelters {
			sameCounts(t, w.index, without, s)
		}
		for _, c := range w.cats {
			sameNeighbours(t, w.index, without, c.Number)
		}
	})
}

// sameWalk reads all pages of both.
func sameWalk(t *rapid.T, x, without *Index, q Query) {
	open := q
	open.Audience = catalog.Audience{}
	for {
		got, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := without.Cats(open)
		if err != nil {
			t.Fatal(err)
		}
		q.Cursor, open.Cursor = got.Next, want.Next
		got.Next, want.Next, got.Seq, want.Seq = "", "", 0, 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%+v (-want +got):\n%s", q, diff)
		}
		if !got.HasMore {
			return
		}
	}
}

func sameCounts(t *rapid.T, x, without *Index, s catalog.Shelter) {
	got, err := x.Shelters(ShelterQuery{Audience: aggregator, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := without.Shelter(s.ID)
	for _, hit := range got.Hits {
		if hit.ID == s.ID && hit.AvailableCats != want {
			t.Errorf("%s offers %d cats, want %d", s.ID, hit.AvailableCats, want)
		}
	}
}

// sameNeighbours compares what is similar to a cat, unless that is withheld itself.
func sameNeighbours(t *rapid.T, x, without *Index, number int64) {
	want, err := without.Similar(catalog.Audience{}, number, 5)
	if err != nil {
		return
	}
	got, err := x.Similar(aggregator, number, 5)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hitIDs(want), hitIDs(got)); diff != "" {
		t.Errorf("similar to %d (-want +got):\n%s", number, diff)
	}
}

func hitIDs(hits []Hit) []string {
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.ID
	}
	return out
}

// TestToWithholdShowsAtOnce: also in the middle of a walk, and back again.
func TestToWithholdShowsAtOnce(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	found := func(from catalog.Audience) []string {
		t.Helper()
		page, err := x.Cats(Query{Order: OrderName, Audience: from, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return names(page)
	}
	all := []string{"Ada", "Bo", "Cleo", "Dot", "Élan"}
	for _, step := range []struct {
		from []catalog.AudienceClass
		want []string
	}{{nil, all}, {[]catalog.AudienceClass{catalog.AggregatorReader}, []string{"Cleo", "Dot", "Élan"}}, {[]catalog.AudienceClass{catalog.PetfinderReader}, all}, {nil, all}} {
		f.changeShelter(1, func(s *catalog.Shelter) { s.WithheldFrom.Classes = step.from })
		if err := x.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := found(aggregator); !slices.Equal(got, step.want) {
			t.Errorf("withheld from %v: an aggregator finds %q, want %q", step.from, got, step.want)
		}
		if got := found(catalog.Audience{}); !slices.Equal(got, all) {
			t.Errorf("withheld from %v: an operator finds %q, want %q", step.from, got, all)
		}
	}
}
