package rating

import (
	"math"
	"slices"
	"testing"
)

func TestGC02ByHand(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	e, scores := r.rawScores(adult, observations(visit{"staff", "s1", "shelter_room", 5, 10, "sr5"}), today)
	leash, sound := &scores[0], r.traitIndex["sound_recovery"]
	for name, v := range map[string]struct{ got, want, tolerance float64 }{
		"w":  {float64(e.weight[sound]) / weightUnit, 0.648, 0},
		"a":  {e.learnt[sound], 0.44579, 5e-6},
		"P":  {e.precision, 3.77912, 5e-6},
		"G":  {leash.general, 0.95007, 5e-6},
		"k":  {leash.gain[sound], 0.16200, 5e-6},
		"c":  {fromTenths(leash.points[sound]), 8.1, 0},
		"sd": {math.Sqrt(leash.variance + 100), 17.10, 5e-3},
	} {
		if !near(v.got, v.want, v.tolerance) {
			t.Errorf("%s is %v, want %v", name, v.got, v.want)
		}
	}
}

// leashOf rates a golden case and returns its leash walk.
func leashOf(t *testing.T, visits ...visit) Activity {
	t.Helper()
	r := rubric100(t)
	return r.Rate(adult, observations(visits...), allFine(r), today).Activities[1]
}

func wantPoints(t *testing.T, got []Contribution, want []TraitPoints) {
	t.Helper()
	for i, c := range got {
		w := TraitPoints{c.Trait, 0}
		if i < len(want) {
			w = want[i]
		}
		if c.Trait != w.Trait || c.Points != w.Points {
			t.Errorf("contribution %d is %s %v, want %s %v", i, c.Trait, c.Points, w.Trait, w.Points)
		}
		if !near(c.Direct+c.Shared, c.Points, 0) {
			t.Errorf("%s: %v direct and %v shared make no %v", c.Trait, c.Direct, c.Shared, c.Points)
		}
	}
}

func TestGC11LeashPoints(t *testing.T) {
	t.Parallel()
	leash := leashOf(t, packCat)
	wantPoints(t, leash.Contributions, []TraitPoints{
		{"harness_comfort", -3.6},
		{"novelty_response", -2.6},
		{"carrier_comfort", 2},
		{"baseline_calm", 1.8},
		{"food_motivation", 1.8},
		{"person_bond", 1.8},
	})
	if carrier := leash.Contributions[2]; carrier.Direct != 0 {
		t.Errorf("a trait without weight has %v direct points", carrier.Direct)
	}
	if leash.Reliability != 0.77 || leash.Assessors != 1 || leash.Estimate.Band != "gentle_start" || leash.ReassessOn.String() != "2026-02-18" {
		t.Errorf("got %+v, %+v", leash, leash.Estimate)
	}
}

func TestGC11TakesTheBackpackFirst(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(adult, observations(packCat), allFine(r), today)
	if got.BestFit != "backpack" || !got.Plan.BackpackFirst || got.Plan.Steps[0].Code != "B" {
		t.Errorf("best fit %s, plan begins with %s", got.BestFit, got.Plan.Steps[0].Code)
	}
	for _, a := range got.Activities[1:4] {
		if a.RecommendedFirstStep.Code != "step_B" {
			t.Errorf("%s begins with %s, want step_B", a.Activity, a.RecommendedFirstStep.Code)
		}
	}
}

func TestGC04LeashPointsAndWhatToDo(t *testing.T) {
	t.Parallel()
	leash := leashOf(t, hider...)
	wantPoints(t, leash.Contributions, []TraitPoints{
		{"sound_recovery", -6},
		{"novelty_response", -4},
		{"stranger_ease", -2.5},
		{"handling_comfort", -2.4},
		{"baseline_calm", -2.1},
		{"adaptability", -1.6},
		{"carrier_comfort", -1},
	})
	if want := []TraitPoints{{"sound_recovery", 12}, {"novelty_response", 10}, {"handling_comfort", 7}}; !slices.Equal(leash.Opportunities, want) {
		t.Errorf("opportunities %v, want %v", leash.Opportunities, want)
	}
	wantNext(t, leash, "harness_comfort", "person_bond", "novelty_response")
}

func wantNext(t *testing.T, a Activity, want ...string) {
	t.Helper()
	got := codes(a.NextObservations, func(n NextObservation) string { return n.Trait })
	if !slices.Equal(got, want) {
		t.Errorf("%s: next observations %v, want %v", a.Activity, got, want)
	}
}

func TestGC10NextObservations(t *testing.T) {
	t.Parallel()
	leash := leashOf(t, disagreers...)
	wantNext(t, leash, "adaptability", "harness_comfort", "person_bond")
	if !slices.ContainsFunc(leash.Reasons, func(r Reason) bool { return r.Code == "EVID.CONFLICT" }) {
		t.Errorf("no EVID.CONFLICT in %v", leash.Reasons)
	}
}

func TestAnEmptyCatIsAskedForTheTraitsThatMatterMost(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(Cat{}, nil, nil, today)
	wantNext(t, got.Activities[1], "novelty_response", "sound_recovery", "outdoor_interest")
	wantNext(t, got.Activities[2], "carrier_comfort", "baseline_calm", "sound_recovery")
	wantNext(t, got.Activities[4], "sound_recovery", "stranger_ease", "baseline_calm")
}

func TestWhatOneLevelIsWorth(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	for trait, want := range map[string]struct {
		activity int
		points   float64
	}{"sr": {0, 2.4}, "nr": {0, 2.4}, "oi": {0, 1.8}, "hc": {0, 1.8}, "cc": {1, 3.6}} {
		all := visit{"foster", "f1", "foster_home", 5, 20, "oi3 nr3 sr3 bc3 ad3 fm3 hc3 ha3 cc3 pb3 se3 ae3 pd3 oe3"}
		marks := observations(all)
		for i := range marks {
			if marks[i].Trait == shortNames[trait] {
				marks[i].Level++
			}
		}
		_, scores := r.rawScores(adult, marks, today)
		if got := scores[want.activity].exact - 50; !near(got, want.points, 0.05) {
			t.Errorf("a level of %s is worth %v, want %v", shortNames[trait], got, want.points)
		}
	}
}

func TestGoldenCasesStandInOrder(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	score := func(visits ...visit) []score {
		_, scores := r.rawScores(adult, observations(visits...), today)
		return scores
	}
	shy, grown, fresh, stale := score(hider...), score(blossomed...), score(explorer...), score(older(400, explorer...)...)
	for i := range shy {
		if shy[i].value >= grown[i].value {
			t.Errorf("GC04 scores %d, GC05 %d", shy[i].value, grown[i].value)
		}
		if stale[i].value >= fresh[i].value || stale[i].high-stale[i].low <= fresh[i].high-fresh[i].low {
			t.Errorf("stale marks make %d within %d to %d, fresh ones %d", stale[i].value, stale[i].low, stale[i].high, fresh[i].value)
		}
	}
	two := []visit{{"volunteer", "v1", "shelter_room", 5, 20, "sr5 nr5 bc5 oi5 hc5"}, {"volunteer", "v2", "shelter_room", 5, 20, "sr5 nr5 bc5 oi5 hc5"}}
	one, both := score(tenTimes...)[0], score(two...)[0]
	if both.value != 810 || both.low != 662 || both.high != 959 || one.high-one.low <= both.high-both.low {
		t.Errorf("two volunteers make %d within %d to %d; one ten times %d to %d", both.value, both.low, both.high, one.low, one.high)
	}
	if got := leashOf(t, two...).Grade; got != "B" {
		t.Errorf("two volunteers are grade %s, want B", got)
	}
	e, _ := r.rawScores(adult, observations(tenTimes...), today)
	if w := float64(e.weight[r.traitIndex["sound_recovery"]]) / weightUnit; !near(w, 1.085, 1e-9) {
		t.Errorf("ten marks weigh %v, want 1.085", w)
	}
}
