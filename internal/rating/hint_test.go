package rating

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func rubric110(tb testing.TB) *Rubric {
	tb.Helper()
	return publishedRubrics(tb)["1.1.0"]
}

// fullOfHints is a listing that says the best, or the worst, of everything.
func fullOfHints(level int) []Observation {
	var all []Observation
	for _, trait := range shortNames {
		all = append(all, hint(trait, level))
	}
	return all
}

func hint(trait string, level int) Observation {
	return Observation{ID: "h " + trait, Trait: trait, Level: level, AssessorID: "listing", Role: "listing", Context: "history", ObservedOn: today}
}

func TestHintsAloneReachGradeDAndNoScore(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	for level := 1; level <= 5; level++ {
		got := r.Rate(adult, fullOfHints(level), allFine(r), today)
		for _, a := range got.Activities[1:] {
			if a.Readiness != NotYetAssessed || a.Estimate != nil || a.Grade != "D" || a.Assessors != 1 {
				t.Errorf("level %d: %s is %s, grade %s, %v assessors, %+v", level, a.Activity, a.Readiness, a.Grade, a.Assessors, a.Estimate)
			}
			if !slices.ContainsFunc(a.Reasons, func(r Reason) bool { return r.Code == "EVID.HINTS_ONLY" && r.Text != "" }) {
				t.Errorf("level %d: %s does not say that it rests on hints: %v", level, a.Activity, a.Reasons)
			}
		}
		if got.Overall != nil {
			t.Errorf("level %d: overall %+v", level, got.Overall)
		}
	}
}

func TestAFewHintsHaveNoGrade(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	got := r.Rate(adult, []Observation{hint("play_drive", 4), hint("stranger_ease", 2)}, allFine(r), today)
	for _, a := range got.Activities[1:] {
		if a.Grade != "none" {
			t.Errorf("%s has grade %s", a.Activity, a.Grade)
		}
	}
}

// Whatever the listing says beside them, what people saw decides.
func TestHintsNeverRaiseWhatPeopleDidNotEarn(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t, r, 30)
		people := slices.DeleteFunc(slices.Clone(s.marks), func(o Observation) bool { return o.Role == "listing" })
		told := append(slices.Clone(people), fullOfHints(rapid.IntRange(1, 5).Draw(t, "level"))...)
		before, after := r.Rate(s.cat, people, s.health, s.asOf), r.Rate(s.cat, told, s.health, s.asOf)
		for i := range before.Activities[1:] {
			b, a := before.Activities[i+1], after.Activities[i+1]
			if a.Assessors != b.Assessors {
				t.Fatalf("%s: %v assessors after %v", a.Activity, a.Assessors, b.Assessors)
			}
			if a.Readiness == ReadyNow && b.Readiness != ReadyNow {
				t.Fatalf("%s: hints made it ready now", a.Activity)
			}
			if b.Readiness == NotYetAssessed && a.Readiness != NotYetAssessed {
				t.Fatalf("%s: hints made it %s", a.Activity, a.Readiness)
			}
			if a.Grade < b.Grade && a.Grade < "D" {
				t.Fatalf("%s: grade %s after %s", a.Activity, a.Grade, b.Grade)
			}
		}
	})
}

func TestAHintDoesNotTripAFloor(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	marks := observations(visit{"foster", "f1", "foster_home", 5, 30, "sr1 nr4 bc4 oi4 hc4 ad4 cc4"})
	got := r.Rate(adult, append(marks, hint("sound_recovery", 1)), allFine(r), today)
	if walk := got.Activities[1]; walk.Readiness != ReadyWithTraining {
		t.Errorf("%s is %s after one look and a hint", walk.Activity, walk.Readiness)
	}
}

func TestAnOlderRubricCountsNoHint(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	if r.HintRole() != "" {
		t.Errorf("1.0.0 has the hint role %q", r.HintRole())
	}
	got := r.Rate(adult, fullOfHints(5), allFine(r), today)
	if len(got.Observations) != 0 || len(got.Ignored) != len(shortNames) {
		t.Errorf("%d count, %d are ignored", len(got.Observations), len(got.Ignored))
	}
}

func TestReportedHealth(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	reported := func(code string, status HealthStatus) HealthItem {
		return HealthItem{Code: code, Status: status, Reported: true}
	}
	verified := func(code string, status HealthStatus) HealthItem { return HealthItem{Code: code, Status: status} }
	tests := map[string]struct {
		items  []HealthItem
		code   string
		want   *Gate // status, reported and the first effect
		backed Clearance
	}{
		"a reported failure counts": {
			[]HealthItem{reported("ID.CHIP", HealthFail)},
			"ID.CHIP",
			&Gate{Status: HealthFail, Reported: true, Effects: []GateEffect{{Effect: EffectHold}}}, ClearanceHold,
		},
		"a reported ok is shown and leaves the line as unknown": {
			[]HealthItem{reported("ID.CHIP", HealthOK)},
			"ID.CHIP",
			&Gate{Status: HealthOK, Reported: true, Effects: []GateEffect{{Effect: EffectResolveFirst}}}, ClearanceUnverified,
		},
		"a person's ok wins over a reported failure": {
			[]HealthItem{reported("ID.CHIP", HealthFail), verified("ID.CHIP", HealthOK)}, "ID.CHIP", nil, ClearanceClear,
		},
		"a person's failure wins over a reported ok": {
			[]HealthItem{verified("ID.CHIP", HealthFail), reported("ID.CHIP", HealthOK)},
			"ID.CHIP",
			&Gate{Status: HealthFail, Effects: []GateEffect{{Effect: EffectHold}}}, ClearanceHold,
		},
		"a person who does not know wins too": {
			[]HealthItem{verified("ID.CHIP", HealthUnknown), reported("ID.CHIP", HealthFail)},
			"ID.CHIP",
			&Gate{Status: HealthUnknown, Effects: []GateEffect{{Effect: EffectResolveFirst}}}, ClearanceUnverified,
		},
		"reported to be neutered does not rule out that she is pregnant": {
			[]HealthItem{reported("MED.INTACT", HealthOK)},
			"MED.PREGNANT",
			&Gate{Status: HealthUnknown, Effects: []GateEffect{{Effect: EffectResolveFirst}}}, ClearanceUnverified,
		},
		"a reported failure without severity counts as the strictest": {
			[]HealthItem{reported("MED.FIV_POS", HealthFail)},
			"MED.FIV_POS",
			&Gate{Status: HealthFail, Reported: true, Effects: []GateEffect{{Effect: EffectHold}}}, ClearanceHold,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			health := slices.DeleteFunc(allFine(r), func(h HealthItem) bool {
				return h.Code == tt.code || slices.ContainsFunc(tt.items, func(i HealthItem) bool { return i.Code == h.Code })
			})
			got := r.Rate(adult, nil, append(health, tt.items...), today)
			at := slices.IndexFunc(got.Gates, func(g Gate) bool { return g.Code == tt.code })
			if (at < 0) != (tt.want == nil) {
				t.Fatalf("gates %+v", got.Gates)
			}
			if tt.want != nil {
				g := got.Gates[at]
				if g.Status != tt.want.Status || g.Reported != tt.want.Reported || g.Effects[0].Effect != tt.want.Effects[0].Effect {
					t.Errorf("gate %+v, want %+v", g, tt.want)
				}
			}
			if c := got.Activities[1].Clearance; c != tt.backed {
				t.Errorf("clearance %s, want %s", c, tt.backed)
			}
		})
	}
}

// Hints are compared with people's marks in the simulation's eyes as well: the
// same marks give the same rating under both rubrics.
func TestWithoutHintsBothRubricsRateAlike(t *testing.T) {
	t.Parallel()
	older, newer := rubric100(t), rubric110(t)
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t, older, 30)
		a, b := older.Rate(s.cat, s.marks, s.health, s.asOf), newer.Rate(s.cat, s.marks, s.health, s.asOf)
		a.Rubric = b.Rubric
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("1.0.0 says %+v, 1.1.0 %+v", a, b)
		}
	})
}
