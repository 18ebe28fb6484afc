package match

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
	"trailcat/internal/vocab"
)

var today = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

func drawBool(t *rapid.T, label string) *bool {
	return rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(t, label)
}

func drawHours(t *rapid.T, label string) *float64 {
	if rapid.Bool().Draw(t, label+"?") {
		return nil
	}
	return new(float64(rapid.IntRange(0, 48).Draw(t, label)) / 2)
}

func drawProfile(t *rapid.T) Profile {
	p := Profile{
		Home: Home{
			Type:       rapid.SampledFrom([]HomeType{"", House, Apartment}).Draw(t, "home"),
			Outdoors:   rapid.SampledFrom([]Outdoors{"", Catio, Yard, Balcony, NoOutdoors}).Draw(t, "outdoors"),
			IndoorOnly: drawBool(t, "indoor only"),
			Noise:      rapid.SampledFrom([]Noise{"", Quiet, Normal, Busy}).Draw(t, "noise"),
		},
		Dogs: drawBool(t, "dogs"), Cats: drawBool(t, "cats"),
		Children:   rapid.SampledFrom([][]int{nil, {}, {3}, {9, 12}}).Draw(t, "children"),
		Experience: rapid.SampledFrom([]Experience{"", FirstTime, SomeExperience, Experienced}).Draw(t, "experience"),
		Activities: rapid.Permutation(catalog.Activities()).Draw(t, "activities")[:rapid.IntRange(0, 4).Draw(t, "n")],
		HoursAway:  drawHours(t, "away"), HoursForCat: drawHours(t, "for"), TrainingWeeks: drawHours(t, "weeks"),
		Prefers: Preferences{
			AgeGroups:  rapid.SampledFrom([][]string{nil, {"kitten"}, {"young", "adult"}}).Draw(t, "ages"),
			Sex:        rapid.SampledFrom([]string{"", "female", "male"}).Draw(t, "sex"),
			TakesPairs: drawBool(t, "pairs"),
		},
		RadiusKm: rapid.SampledFrom([]float64{0, 40}).Draw(t, "radius"),
	}
	if rapid.Bool().Draw(t, "max fee") {
		p.Prefers.MaxFee = catalog.Fee{Minor: new(int64(10000)), Currency: "USD"}
	}
	return p
}

func drawCandidate(t *rapid.T) Candidate {
	c := catalog.Cat{Number: int64(rapid.IntRange(1, 1e6).Draw(t, "number"))}
	c.Sex = rapid.SampledFrom([]vocab.Sex{vocab.SexFemale, vocab.SexMale, vocab.SexUnknown}).Draw(t, "cat's sex")
	c.AgeGroup = rapid.SampledFrom([]vocab.AgeGroup{"", "kitten", "young", "adult", "senior"}).Draw(t, "age")
	c.GoodWith = catalog.GoodWith{Children: drawBool(t, "with children"), Dogs: drawBool(t, "with dogs"), Cats: drawBool(t, "with cats")}
	c.FIV, c.FeLV, c.IndoorOnly, c.SpecialNeeds = drawBool(t, "fiv"), drawBool(t, "felv"), drawBool(t, "indoors"), drawBool(t, "needs")
	if rapid.Bool().Draw(t, "fee?") {
		c.Fee = catalog.Fee{Minor: new(int64(rapid.IntRange(0, 20000).Draw(t, "fee"))), Currency: rapid.SampledFrom([]string{"USD", "CAD"}).Draw(t, "currency")}
	}
	if rapid.Bool().Draw(t, "bonded") {
		c.BondedWith = []string{"x"}
	}
	if rapid.Bool().Draw(t, "rated") {
		for _, activity := range catalog.Activities() {
			c.Rating.Activities = append(c.Rating.Activities, drawActivity(t, activity))
		}
	}
	for _, fact := range []string{"good_with_children", "good_with_dogs", "good_with_cats", "indoor_only"} {
		if likely := drawBool(t, "likely "+fact); likely != nil {
			c.Reading.Household = append(c.Reading.Household, catalog.HouseholdReading{Fact: fact, Likely: *likely, Quote: "as " + fact})
		}
	}
	for _, term := range rapid.SliceOfNDistinct(rapid.SampledFrom(vocab.Temperaments()), 0, 3, rapid.ID[string]).Draw(t, "terms") {
		c.Reading.Temperament = append(c.Reading.Temperament, catalog.TemperamentReading{Term: term, Quote: "so " + term})
	}
	out := Candidate{Cat: c, DistanceKm: float64(rapid.IntRange(-1, 40).Draw(t, "km"))}
	if len(c.Rating.Activities) > 0 {
		out.Outlook = drawOutlook(t, c.Rating.Activities)
	}
	return out
}

func drawOutlook(t *rapid.T, rated []catalog.ActivityRating) *rating.Outlook {
	var out rating.Outlook
	for _, a := range rated {
		o := rating.ActivityOutlook{Activity: a.Activity, Clearance: rapid.SampledFrom([]rating.Clearance{rating.ClearanceClear, rating.ClearanceRestricted}).Draw(t, "clearance")}
		if o.Clearance == rating.ClearanceRestricted {
			o.Limits = []string{"Deaf: Never near roads."}
		}
		if a.Low != nil {
			low := float64(rapid.IntRange(0, 10).Draw(t, "low weeks")) / 2
			o.TrainingWeeks = &rating.Weeks{Low: low, High: low + float64(rapid.IntRange(1, 20).Draw(t, "more weeks"))/2}
		}
		out.Activities = append(out.Activities, o)
	}
	if mean := drawHours(t, "calm"); mean != nil {
		out.Traits = []rating.TraitEstimate{{Trait: "baseline_calm", Marks: 1, Mean: new(*mean * 100 / 24)}}
	}
	return &out
}

func drawActivity(t *rapid.T, activity string) catalog.ActivityRating {
	a := catalog.ActivityRating{Activity: activity, Readiness: rapid.SampledFrom(catalog.Readinesses()).Draw(t, activity)}
	if a.Readiness != catalog.ReadinessNotAssessed && (a.Readiness != catalog.ReadinessOnHold || rapid.Bool().Draw(t, "scored")) {
		low := rapid.Float64Range(0, 80).Draw(t, "low")
		a.Low, a.Score = &low, new(low+10)
	}
	return a
}

func drawCandidates(t *rapid.T) []Candidate {
	return rapid.SliceOfNDistinct(rapid.Custom(drawCandidate), 1, 12, func(c Candidate) int64 { return c.Cat.Number }).Draw(t, "cats")
}

func TestProperty_FitIs50AndPointsOfReasons(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		matches, _ := Rank(drawProfile(t), drawCandidates(t), today, 100)
		for _, m := range matches {
			sum := 500.0
			for _, r := range slices.Concat(m.For, m.Against, m.Unknown) {
				sum += math.Round(10 * r.Points)
				if r.Text == "" || r.Text[0] == '{' || r.Text[len(r.Text)-1] != '.' {
					t.Fatalf("%s: got text %q, want a sentence", r.Code, r.Text)
				}
			}
			if math.Round(10*m.Fit) != sum || m.Fit < 0 || m.Fit > 100 {
				t.Fatalf("got fit %v, want the sum of the reasons %v: %+v", m.Fit, sum/10, m)
			}
			for _, r := range m.Unknown {
				if risky := r.Code == "dogs" || r.Code == "children"; r.Points > 0 || r.Points < 0 && !risky {
					t.Fatalf("unknown component: got %+v, want 0 points, or fewer for small children and dogs", r)
				}
			}
		}
	})
}

func TestProperty_InputOrderDoesNotMatter(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p, cats := drawProfile(t), drawCandidates(t)
		want, wantExcluded := Rank(p, slices.Clone(cats), today, 5)
		got, gotExcluded := Rank(p, rapid.Permutation(cats).Draw(t, "order"), today, 5)
		if diff := cmp.Diff(want, got) + cmp.Diff(wantExcluded, gotExcluded); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestProperty_ExcludedCatsAreNotReturned(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p, cats := drawProfile(t), drawCandidates(t)
		matches, excluded := Rank(p, cats, today, 100)
		for _, m := range matches {
			c := m.Cat
			switch {
			case isKnown(p.Dogs, true) && isKnown(c.GoodWith.Dogs, false), isKnown(p.Cats, true) && (isKnown(c.GoodWith.Cats, false) || isKnown(c.FeLV, true)),
				len(p.Children) > 0 && isKnown(c.GoodWith.Children, false), isKnown(p.Prefers.TakesPairs, false) && len(c.BondedWith) > 0:
				t.Fatalf("got %+v for %+v, want it excluded", c, p)
			}
		}
		if missing := len(cats) - len(matches); missing > 0 && len(excluded) == 0 || missing == 0 && len(excluded) > 0 {
			t.Fatalf("got %d of %d cats and exclusions %+v, want exclusions exactly if cats are missing", len(matches), len(cats), excluded)
		}
	})
}

// improvements returns copies of a cat that each suit the home better in one
// respect.
func improvements(p Profile, original Candidate) map[string]Candidate {
	out := map[string]Candidate{}
	add := func(how string, change func(*Candidate)) {
		improved := original
		improved.Cat.Rating.Activities = slices.Clone(original.Cat.Rating.Activities)
		change(&improved)
		out[how] = improved
	}
	add("lives with dogs", func(c *Candidate) { c.Cat.GoodWith.Dogs = new(true) })
	add("lives with cats", func(c *Candidate) { c.Cat.GoodWith.Cats = new(true) })
	add("lives with children", func(c *Candidate) { c.Cat.GoodWith.Children = new(true) })
	add("costs nothing", func(c *Candidate) { c.Cat.Fee = catalog.Fee{Waived: new(true)} })
	add("may leave alone", func(c *Candidate) { c.Cat.BondedWith = nil })
	if original.DistanceKm > 0 {
		add("is nearer", func(c *Candidate) { c.DistanceKm /= 2 })
	}
	if isKnown(original.Cat.SpecialNeeds, true) {
		add("has no special needs", func(c *Candidate) { c.Cat.SpecialNeeds = new(false) })
	}
	if isKnown(original.Cat.FIV, true) {
		add("has no FIV", func(c *Candidate) { c.Cat.FIV = new(false) })
	}
	for fact, answer := range map[string]*bool{"good_with_dogs": original.Cat.GoodWith.Dogs, "good_with_children": original.Cat.GoodWith.Children, "good_with_cats": original.Cat.GoodWith.Cats} {
		if answer == nil {
			add("has a listing that says "+fact, func(c *Candidate) {
				others := slices.DeleteFunc(slices.Clone(c.Cat.Reading.Household), func(h catalog.HouseholdReading) bool { return h.Fact == fact })
				c.Cat.Reading.Household = slices.Concat(others, []catalog.HouseholdReading{{Fact: fact, Likely: true, Quote: "loves them"}})
			})
		}
	}
	add("is called adventurous", func(c *Candidate) {
		c.Cat.Reading.Temperament = append(slices.Clone(c.Cat.Reading.Temperament), catalog.TemperamentReading{Term: "adventurous", Quote: "bold"})
	})
	for i, a := range original.Cat.Rating.Activities {
		change := func(how string, to func(*rating.ActivityOutlook)) {
			add(how+" "+a.Activity, func(c *Candidate) {
				c.Outlook = &rating.Outlook{Activities: slices.Clone(c.Outlook.Activities), Traits: c.Outlook.Traits}
				to(&c.Outlook.Activities[i])
			})
		}
		change("is not restricted for", func(o *rating.ActivityOutlook) { o.Clearance, o.Limits = rating.ClearanceClear, nil })
		if a.Low != nil {
			change("needs little training for", func(o *rating.ActivityOutlook) { o.TrainingWeeks = &rating.Weeks{Low: 0, High: 0.5} })
		}
		if a.Low == nil || !slices.Contains(p.Activities, a.Activity) {
			continue
		}
		add("suits "+a.Activity+" more", func(c *Candidate) { c.Cat.Rating.Activities[i].Low = new(min(80, *a.Low+7)) })
		if at := slices.Index(catalog.Readinesses(), a.Readiness); at == 2 || at == 3 {
			add("is readier for "+a.Activity, func(c *Candidate) { c.Cat.Rating.Activities[i].Readiness = catalog.Readinesses()[at+1] })
		}
	}
	return out
}

func TestProperty_BetterCandidateNeverRanksLower(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p, cats := drawProfile(t), drawCandidates(t)
		index := func(list []Match) int {
			return slices.IndexFunc(list, func(m Match) bool { return m.Cat.Number == cats[0].Cat.Number })
		}
		before, _ := Rank(p, cats, today, 100)
		i := index(before)
		if i < 0 {
			return // excluded
		}
		for how, improved := range improvements(p, cats[0]) {
			after, _ := Rank(p, append([]Candidate{improved}, cats[1:]...), today, 100)
			if j := index(after); j < 0 || j > i || after[j].Fit < before[i].Fit {
				t.Fatalf("a cat that %s: got rank %d, want at most %d and no lower fit", how, j, i)
			}
		}
	})
}

func TestProperty_UnknownFitsBetweenYesAndNo(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p := drawProfile(t)
		p.Dogs = new(true)
		c := drawCandidate(t)
		cs := p.buildComponents(today)
		fit := func(answer *bool) int {
			c.Cat.GoodWith.Dogs = answer
			return cs.fit(&c)
		}
		if yes, unknown, no := fit(new(true)), fit(nil), fit(new(false)); yes <= unknown || unknown <= no {
			t.Fatalf("got fit %d for yes, %d for unknown and %d for no, want a descending order", yes, unknown, no)
		}
	})
}

// Where a mistake would be dangerous, being known to be good weighs more than any
// activities: a cat of which nobody has said never ranks above one that is known.
func TestProperty_UnknownRanksBelowKnownGoodAtRisk(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p := drawProfile(t)
		p.Home, p.TrainingWeeks, p.HoursAway = Home{}, nil, nil
		p.Activities = rapid.Permutation(catalog.Activities()).Draw(t, "wanted")[:rapid.IntRange(0, 3).Draw(t, "n wanted")]
		withDogs := rapid.Bool().Draw(t, "dogs or a small child")
		if p.Dogs, p.Children = nil, []int{2}; withDogs {
			p.Dogs, p.Children = new(true), nil
		}
		known := Candidate{Cat: drawCandidate(t).Cat}
		known.Cat.Rating, known.Cat.BondedWith = catalog.Rating{}, nil
		known.Cat.Reading = catalog.ListingReading{}
		known.Cat.FeLV, known.Cat.GoodWith = new(false), catalog.GoodWith{Cats: new(true), Children: new(true), Dogs: new(true)}
		natural := known
		natural.Cat.Number = known.Cat.Number + 1
		natural.Cat.GoodWith = catalog.GoodWith{Cats: new(true)}
		for _, activity := range catalog.Activities() {
			natural.Cat.Rating.Activities = append(natural.Cat.Rating.Activities, catalog.ActivityRating{Activity: activity, Score: new(82.0), Low: new(70.0), Readiness: catalog.ReadinessNow})
		}
		matches, _ := Rank(p, []Candidate{natural, known}, today, 2)
		if matches[0].Cat.Number != known.Cat.Number {
			t.Fatalf("got %+v first, want the cat that is known to live well with them", matches[0])
		}
	})
}

// What nobody has said is said only where neither the facts nor the listing say it.
func TestProperty_NobodyHasSaidWhereNobodyHas(t *testing.T) {
	t.Parallel()

	facts := map[string]string{"dogs": "good_with_dogs", "cats": "good_with_cats", "children": "good_with_children", "going_out": "indoor_only"}
	rapid.Check(t, func(t *rapid.T) {
		matches, _ := Rank(drawProfile(t), drawCandidates(t), today, 100)
		for _, m := range matches {
			for _, r := range slices.Concat(m.For, m.Against, m.Unknown) {
				quoted := slices.ContainsFunc(m.Cat.Reading.Household, func(h catalog.HouseholdReading) bool { return h.Fact == facts[r.Code] })
				if quoted && strings.HasPrefix(r.Text, "Nobody has said") {
					t.Fatalf("got %q although the listing says it: %+v", r.Text, m.Cat.Reading)
				}
			}
		}
	})
}
