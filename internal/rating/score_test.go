package rating

import (
	"math"
	"slices"
	"testing"
)

func TestGoldenGC02_ModelValues(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	e, scores := r.rawScores(adult, observations(visit{"staff", "s1", "shelter_room", 5, 10, "sr5"}), today)
	leash, sound := &scores[0], r.traitIndex["sound_recovery"]
	for name, v := range map[string]struct{ got, want, tolerance float64 }{
		"w":  {float64(e.weight[sound]) / weightUnit, 0.648, 0},
		"a":  {e.information[sound], 0.44579, 5e-6},
		"P":  {e.precision, 3.77912, 5e-6},
		"G":  {leash.general, 0.95007, 5e-6},
		"k":  {leash.coefficient[sound], 0.16200, 5e-6},
		"c":  {fromTenths(leash.points[sound]), 8.1, 0},
		"sd": {math.Sqrt(leash.variance + 100), 17.10, 5e-3},
	} {
		if !near(v.got, v.want, v.tolerance) {
			t.Errorf("%s: got %v, want %v", name, v.got, v.want)
		}
	}
}

// rateLeashWalk rates an adult cat without gates and returns the leash walk.
func rateLeashWalk(t *testing.T, visits ...visit) Activity {
	t.Helper()
	r := rubric100(t)
	return r.Rate(adult, observations(visits...), allOK(r), today).Activities[1]
}

func requirePoints(t *testing.T, got []Contribution, want []TraitPoints) {
	t.Helper()
	for i, c := range got {
		w := TraitPoints{c.Trait, 0}
		if i < len(want) {
			w = want[i]
		}
		if c.Trait != w.Trait || c.Points != w.Points {
			t.Errorf("contribution %d: got %s %v, want %s %v", i, c.Trait, c.Points, w.Trait, w.Points)
		}
		if !near(c.Direct+c.Shared, c.Points, 0) {
			t.Errorf("%s: got %v direct and %v shared, want a sum of %v", c.Trait, c.Direct, c.Shared, c.Points)
		}
	}
}

func TestGoldenGC11_LeashContributions(t *testing.T) {
	t.Parallel()
	leash := rateLeashWalk(t, packCat)
	requirePoints(t, leash.Contributions, []TraitPoints{
		{"harness_comfort", -3.6},
		{"novelty_response", -2.6},
		{"carrier_comfort", 2},
		{"baseline_calm", 1.8},
		{"food_motivation", 1.8},
		{"person_bond", 1.8},
	})
	if carrier := leash.Contributions[2]; carrier.Direct != 0 {
		t.Errorf("unweighted trait: got %v direct points, want 0", carrier.Direct)
	}
	if leash.Reliability != 0.77 || leash.Assessors != 1 || leash.Estimate.Band != "gentle_start" || leash.ReassessOn.String() != "2026-02-18" {
		t.Errorf("got %+v, %+v", leash, leash.Estimate)
	}
}

func TestGoldenGC11_BackpackFirst(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(adult, observations(packCat), allOK(r), today)
	if got.BestFit != "backpack" || !got.Plan.BackpackFirst || got.Plan.Steps[0].Code != "B" {
		t.Errorf("got best fit %s and first step %s, want backpack and B", got.BestFit, got.Plan.Steps[0].Code)
	}
	for _, a := range got.Activities[1:4] {
		if a.RecommendedFirstStep.Code != "step_B" {
			t.Errorf("%s: got first step %s, want step_B", a.Activity, a.RecommendedFirstStep.Code)
		}
	}
}

func TestGoldenGC04_ContributionsAndOpportunities(t *testing.T) {
	t.Parallel()
	leash := rateLeashWalk(t, hider...)
	requirePoints(t, leash.Contributions, []TraitPoints{
		{"sound_recovery", -6},
		{"novelty_response", -4},
		{"stranger_ease", -2.5},
		{"handling_comfort", -2.4},
		{"baseline_calm", -2.1},
		{"adaptability", -1.6},
		{"carrier_comfort", -1},
	})
	if want := []TraitPoints{{"sound_recovery", 12}, {"novelty_response", 10}, {"handling_comfort", 7}}; !slices.Equal(leash.Opportunities, want) {
		t.Errorf("got opportunities %v, want %v", leash.Opportunities, want)
	}
	requireNext(t, leash, "harness_comfort", "person_bond", "novelty_response")
}

func requireNext(t *testing.T, a Activity, want ...string) {
	t.Helper()
	got := codes(a.NextObservations, func(n NextObservation) string { return n.Trait })
	if !slices.Equal(got, want) {
		t.Errorf("%s: got next observations %v, want %v", a.Activity, got, want)
	}
}

func TestGoldenGC10_NextObservations(t *testing.T) {
	t.Parallel()
	leash := rateLeashWalk(t, disagreers...)
	requireNext(t, leash, "adaptability", "harness_comfort", "person_bond")
	if !slices.ContainsFunc(leash.Reasons, func(r Reason) bool { return r.Code == "EVID.CONFLICT" }) {
		t.Errorf("got reasons %v, want EVID.CONFLICT", leash.Reasons)
	}
}

func TestNextObservations_WithoutEvidence(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(Cat{}, nil, nil, today)
	requireNext(t, got.Activities[1], "novelty_response", "sound_recovery", "outdoor_interest")
	requireNext(t, got.Activities[2], "carrier_comfort", "baseline_calm", "sound_recovery")
	requireNext(t, got.Activities[4], "sound_recovery", "stranger_ease", "baseline_calm")
}

func TestScore_ValueOfOneLevel(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	for trait, want := range map[string]struct {
		activity int
		points   float64
	}{"sr": {0, 2.4}, "nr": {0, 2.4}, "oi": {0, 1.8}, "hc": {0, 1.8}, "cc": {1, 3.6}} {
		neutral := visit{"foster", "f1", "foster_home", 5, 20, "oi3 nr3 sr3 bc3 ad3 fm3 hc3 ha3 cc3 pb3 se3 ae3 pd3 oe3"}
		observed := observations(neutral)
		for i := range observed {
			if observed[i].Trait == shortNames[trait] {
				observed[i].Level++
			}
		}
		_, scores := r.rawScores(adult, observed, today)
		if got := scores[want.activity].exact - 50; !near(got, want.points, 0.05) {
			t.Errorf("one level of %s: got %v points, want %v", shortNames[trait], got, want.points)
		}
	}
}

func TestGoldenCases_ExpectedOrder(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	score := func(visits ...visit) []score {
		_, scores := r.rawScores(adult, observations(visits...), today)
		return scores
	}
	shy, later, recent, old := score(hider...), score(laterHider...), score(explorer...), score(older(400, explorer...)...)
	for i := range shy {
		if shy[i].value >= later[i].value {
			t.Errorf("got GC04 %d and GC05 %d, want GC04 below GC05", shy[i].value, later[i].value)
		}
		if old[i].value >= recent[i].value || old[i].high-old[i].low <= recent[i].high-recent[i].low {
			t.Errorf("got %d (%d to %d) for old observations and %d for recent ones, want a lower score and a wider range", old[i].value, old[i].low, old[i].high, recent[i].value)
		}
	}
	two := []visit{{"volunteer", "v1", "shelter_room", 5, 20, "sr5 nr5 bc5 oi5 hc5"}, {"volunteer", "v2", "shelter_room", 5, 20, "sr5 nr5 bc5 oi5 hc5"}}
	one, both := score(tenTimes...)[0], score(two...)[0]
	if both.value != 810 || both.low != 662 || both.high != 959 || one.high-one.low <= both.high-both.low {
		t.Errorf("got %d (%d to %d) for two volunteers and %d to %d for one volunteer ten times, want 810 (662 to 959) and a wider range", both.value, both.low, both.high, one.low, one.high)
	}
	if got := rateLeashWalk(t, two...).Grade; got != "B" {
		t.Errorf("two volunteers: got grade %s, want B", got)
	}
	e, _ := r.rawScores(adult, observations(tenTimes...), today)
	if w := float64(e.weight[r.traitIndex["sound_recovery"]]) / weightUnit; !near(w, 1.085, 1e-9) {
		t.Errorf("ten observations: got weight %v, want 1.085", w)
	}
}
