package search

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/search/dictionary"
)

var aggregator = catalog.Audience{PartnerID: "prt_x", Class: catalog.AggregatorReader}

// TestVisibility_HiddenCatsAreAsIfRemoved compares the answers for an audience from which
// some shelters hide all their cats, and others some, with those of an index in which these
// cats are removed.
func TestVisibility_HiddenCatsAreAsIfRemoved(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		sim := newSimulation(t, rapid.IntRange(1, 40).Draw(t, "cats"))
		removed := &fakeSource{head: catalog.LogPosition{Epoch: "simulation"}, shelters: sim.shelters, cats: slices.Clone(sim.cats)}
		for i := range sim.shelters {
			if rapid.Bool().Draw(t, "hides") {
				sim.editShelter(i+1, func(s *catalog.Shelter) { s.HiddenFrom.Classes = []string{string(catalog.AggregatorReader)} })
				for j := range removed.cats {
					if removed.cats[j].ShelterID == sim.shelters[i].ID {
						removed.cats[j].Status = catalog.Removed
					}
				}
			}
		}
		for range 2 { // so that restrictions are changed and removed, too
			for i := range sim.cats {
				if rapid.Bool().Draw(t, "changes") {
					restriction := randomRestriction(t)
					sim.editCat(i+1, func(c *catalog.Cat) { c.HiddenFrom = restriction })
				}
			}
			sim.catchUp(t)
		}
		for i := range removed.cats {
			removed.cats[i].Version = sim.cats[i].Version
			if sim.cats[i].HiddenFrom.Any() {
				removed.cats[i].Status = catalog.Removed
			}
		}
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
		requireSamePages(t, sim.index, without, q)
		for _, s := range sim.shelters {
			checkSameCounts(t, sim.index, without, s)
		}
		for _, c := range sim.cats {
			checkSameSimilar(t, sim.index, without, c.Number)
		}
	})
}

// requireSamePages compares all pages of two indexes.
func requireSamePages(t *rapid.T, x, without *Index, q Query) {
	operatorQuery := q
	operatorQuery.Audience = catalog.Audience{}
	for {
		got, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := without.Cats(operatorQuery)
		if err != nil {
			t.Fatal(err)
		}
		q.Cursor, operatorQuery.Cursor = got.Next, want.Next
		got.Next, want.Next, got.Seq, want.Seq = "", "", 0, 0
		if diff := cmp.Diff(want, got, cmp.Transformer("text", func(card dictionary.Text) string { return string(card.Append(nil)) })); diff != "" {
			t.Fatalf("%+v (-want +got):\n%s", q, diff)
		}
		if !got.HasMore {
			return
		}
	}
}

func checkSameCounts(t *rapid.T, x, without *Index, s catalog.Shelter) {
	got, err := x.Shelters(ShelterQuery{Audience: aggregator, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := without.Shelter(s.ID, catalog.Audience{})
	for _, hit := range got.Hits {
		if hit.ID == s.ID && hit.AvailableCats != want {
			t.Errorf("%s: got %d available cats, want %d", s.ID, hit.AvailableCats, want)
		}
	}
}

// checkSameSimilar compares the cats similar to a cat, unless that is hidden itself.
func checkSameSimilar(t *rapid.T, x, without *Index, number int64) {
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

func TestVisibility_ChangesApplyAtOnce(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	find := func(audience catalog.Audience) []string {
		t.Helper()
		page, err := x.Cats(Query{Order: OrderName, Audience: audience, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return names(page)
	}
	all := []string{"Ada", "Bo", "Cleo", "Dot", "Élan"}
	for _, step := range []struct {
		hiddenFrom []string
		want       []string
	}{{nil, all}, {[]string{string(catalog.AggregatorReader)}, []string{"Cleo", "Dot", "Élan"}}, {[]string{string(catalog.PetfinderReader)}, all}, {nil, all}} {
		f.editShelter(1, func(s *catalog.Shelter) { s.HiddenFrom.Classes = step.hiddenFrom })
		if err := x.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := find(aggregator); !slices.Equal(got, step.want) {
			t.Errorf("hidden from %v: an aggregator got %q, want %q", step.hiddenFrom, got, step.want)
		}
		if got := find(catalog.Audience{}); !slices.Equal(got, all) {
			t.Errorf("hidden from %v: an operator got %q, want %q", step.hiddenFrom, got, all)
		}
	}
}
