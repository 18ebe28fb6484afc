package match

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

func TestFitIsFiftyAndItsReasons(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		matches, _ := Rank(drawProfile(t), drawCandidates(t), today, 100)
		for _, m := range matches {
			sum := 500.0
			for _, r := range slices.Concat(m.For, m.Against, m.Unknown) {
				sum += math.Round(10 * r.Points)
				if r.Text == "" || r.Text[0] == '{' || r.Text[len(r.Text)-1] != '.' {
					t.Fatalf("%s says %q", r.Code, r.Text)
				}
			}
			if math.Round(10*m.Fit) != sum || m.Fit < 0 || m.Fit > 100 {
				t.Fatalf("fit %v, reasons sum to %v: %+v", m.Fit, sum/10, m)
			}
			for _, r := range m.Unknown {
				if r.Points != 0 {
					t.Fatalf("the unknown moves the fit: %+v", r)
				}
			}
		}
	})
}

func TestTheOrderOfCatsDoesNotMatter(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p, cats := drawProfile(t), drawCandidates(t)
		want, wantOut := Rank(p, slices.Clone(cats), today, 5)
		got, gotOut := Rank(p, rapid.Permutation(cats).Draw(t, "order"), today, 5)
		if diff := cmp.Diff(want, got) + cmp.Diff(wantOut, gotOut); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWhoIsExcludedIsNotShown(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p, cats := drawProfile(t), drawCandidates(t)
		matches, excluded := Rank(p, cats, today, 100)
		for _, m := range matches {
			c := m.Cat
			switch {
			case is(p.Dogs, true) && is(c.GoodWith.Dogs, false), is(p.Cats, true) && (is(c.GoodWith.Cats, false) || is(c.FeLV, true)),
				len(p.Children) > 0 && is(c.GoodWith.Children, false), is(p.Prefers.TakesPairs, false) && len(c.BondedWith) > 0:
				t.Fatalf("%+v is shown to %+v", c, p)
			}
		}
		if gone := len(cats) - len(matches); gone > 0 && len(excluded) == 0 || gone == 0 && len(excluded) > 0 {
			t.Fatalf("%d of %d are shown, excluded: %+v", len(matches), len(cats), excluded)
		}
	})
}

// betterments are ways to make a cat a better match in one respect.
func betterments(p Profile, was Candidate) map[string]Candidate {
	out := map[string]Candidate{}
	try := func(how string, change func(*Candidate)) {
		now := was
		now.Cat.Rating.Activities = slices.Clone(was.Cat.Rating.Activities)
		change(&now)
		out[how] = now
	}
	try("lives with dogs", func(c *Candidate) { c.Cat.GoodWith.Dogs = new(true) })
	try("lives with cats", func(c *Candidate) { c.Cat.GoodWith.Cats = new(true) })
	try("lives with children", func(c *Candidate) { c.Cat.GoodWith.Children = new(true) })
	try("costs nothing", func(c *Candidate) { c.Cat.Fee = catalog.Fee{Waived: new(true)} })
	try("may leave alone", func(c *Candidate) { c.Cat.BondedWith = nil })
	if was.DistanceKm > 0 {
		try("is nearer", func(c *Candidate) { c.DistanceKm /= 2 })
	}
	if is(was.Cat.SpecialNeeds, true) {
		try("has no special needs", func(c *Candidate) { c.Cat.SpecialNeeds = new(false) })
	}
	if is(was.Cat.FIV, true) {
		try("has no FIV", func(c *Candidate) { c.Cat.FIV = new(false) })
	}
	for i, a := range was.Cat.Rating.Activities {
		if a.Low == nil || !slices.Contains(p.Activities, a.Activity) {
			continue
		}
		try("suits "+a.Activity+" more", func(c *Candidate) { c.Cat.Rating.Activities[i].Low = new(min(80, *a.Low+7)) })
		if at := slices.Index(catalog.Readinesses(), a.Readiness); at == 2 || at == 3 {
			try("is readier for "+a.Activity, func(c *Candidate) { c.Cat.Rating.Activities[i].Readiness = catalog.Readinesses()[at+1] })
		}
	}
	return out
}

func TestABetterMatchNeverRanksLower(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p, cats := drawProfile(t), drawCandidates(t)
		place := func(list []Match) int {
			return slices.IndexFunc(list, func(m Match) bool { return m.Cat.Number == cats[0].Cat.Number })
		}
		before, _ := Rank(p, cats, today, 100)
		was := place(before)
		if was < 0 {
			return // a limit leaves it out
		}
		for how, now := range betterments(p, cats[0]) {
			after, _ := Rank(p, append([]Candidate{now}, cats[1:]...), today, 100)
			if is := place(after); is < 0 || is > was || after[is].Fit < before[was].Fit {
				t.Fatalf("a cat that %s goes from %d to %d", how, was, is)
			}
		}
	})
}

// To know nothing of a wish is neither for nor against a cat.
func TestTheUnknownLiesBetweenYesAndNo(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p := drawProfile(t)
		p.Dogs = new(true)
		c := drawCandidate(t)
		w := p.wishes(today)
		fit := func(answer *bool) int {
			c.Cat.GoodWith.Dogs = answer
			return w.fit(&c)
		}
		if yes, unknown, no := fit(new(true)), fit(nil), fit(new(false)); yes <= unknown || unknown <= no {
			t.Fatalf("yes %d, unknown %d, no %d", yes, unknown, no)
		}
	})
}
