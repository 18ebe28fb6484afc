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

// hintsAtLevel returns a hint at one level for every trait.
func hintsAtLevel(level int) []Observation {
	var all []Observation
	for _, trait := range shortNames {
		all = append(all, hint(trait, level))
	}
	return all
}

func hint(trait string, level int) Observation {
	return Observation{ID: "h " + trait, Trait: trait, Level: level, AssessorID: "listing", Role: "listing", Context: "history", ObservedOn: today}
}

func TestHints_AloneGiveGradeDAndNoScore(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	for level := 1; level <= 5; level++ {
		got := r.Rate(adult, hintsAtLevel(level), allOK(r), today)
		for _, a := range got.Activities[1:] {
			if a.Readiness != NotYetAssessed || a.Estimate != nil || a.Grade != "D" || a.Assessors != 1 {
				t.Errorf("level %d, %s: got readiness %s, grade %s, %v assessors and estimate %+v; want not_yet_assessed, D, 1 and nil",
					level, a.Activity, a.Readiness, a.Grade, a.Assessors, a.Estimate)
			}
			if !slices.ContainsFunc(a.Reasons, func(r Reason) bool { return r.Code == "EVID.HINTS_ONLY" && r.Text != "" }) {
				t.Errorf("level %d, %s: got reasons %v, want EVID.HINTS_ONLY", level, a.Activity, a.Reasons)
			}
		}
		if got.Overall != nil {
			t.Errorf("level %d: got overall %+v, want nil", level, got.Overall)
		}
	}
}

func TestHints_TwoHintsGiveNoGrade(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	got := r.Rate(adult, []Observation{hint("play_drive", 4), hint("stranger_ease", 2)}, allOK(r), today)
	for _, a := range got.Activities[1:] {
		if a.Grade != "none" {
			t.Errorf("%s: got grade %s, want none", a.Activity, a.Grade)
		}
	}
}

func TestHints_NeverRaiseReadinessOrGrade(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t, r, 30)
		people := slices.DeleteFunc(slices.Clone(s.observations), func(o Observation) bool { return o.Role == "listing" })
		withHints := append(slices.Clone(people), hintsAtLevel(rapid.IntRange(1, 5).Draw(t, "level"))...)
		before, after := r.Rate(s.cat, people, s.health, s.asOf), r.Rate(s.cat, withHints, s.health, s.asOf)
		for i := range before.Activities[1:] {
			b, a := before.Activities[i+1], after.Activities[i+1]
			if a.Assessors != b.Assessors {
				t.Fatalf("%s: got %v assessors with hints, want %v", a.Activity, a.Assessors, b.Assessors)
			}
			if a.Readiness == ReadyNow && b.Readiness != ReadyNow {
				t.Fatalf("%s: got ready_now with hints, %s without", a.Activity, b.Readiness)
			}
			if b.Readiness == NotYetAssessed && a.Readiness != NotYetAssessed {
				t.Fatalf("%s: got %s with hints, not_yet_assessed without", a.Activity, a.Readiness)
			}
			if a.Grade < b.Grade && a.Grade < "D" {
				t.Fatalf("%s: got grade %s with hints, %s without", a.Activity, a.Grade, b.Grade)
			}
		}
	})
}

func TestHints_DoNotTripFloor(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	observed := observations(visit{"foster", "f1", "foster_home", 5, 30, "sr1 nr4 bc4 oi4 hc4 ad4 cc4"})
	got := r.Rate(adult, append(observed, hint("sound_recovery", 1)), allOK(r), today)
	if walk := got.Activities[1]; walk.Readiness != ReadyWithTraining {
		t.Errorf("%s: got %s after one observation and a hint, want %s", walk.Activity, walk.Readiness, ReadyWithTraining)
	}
}

func TestHints_IgnoredByOlderRubric(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	if r.HintRole() != "" {
		t.Errorf("got hint role %q in 1.0.0, want none", r.HintRole())
	}
	got := r.Rate(adult, hintsAtLevel(5), allOK(r), today)
	if len(got.Observations) != 0 || len(got.Ignored) != len(shortNames) {
		t.Errorf("got %d counted and %d ignored, want 0 and %d", len(got.Observations), len(got.Ignored), len(shortNames))
	}
}

func TestGate_ReportedItems(t *testing.T) {
	t.Parallel()
	r := rubric110(t)
	reported := func(code string, status HealthStatus) HealthItem {
		return HealthItem{Code: code, Status: status, Reported: true}
	}
	verified := func(code string, status HealthStatus) HealthItem { return HealthItem{Code: code, Status: status} }
	tests := map[string]struct {
		items     []HealthItem
		code      string
		want      *Gate     // status, reported and first effect; nil for no open gate
		clearance Clearance // of the leash walk
	}{
		"reported failure counts": {
			[]HealthItem{reported("ID.CHIP", HealthFail)},
			"ID.CHIP",
			&Gate{Status: HealthFail, Reported: true, Effects: []GateEffect{{Effect: EffectHold}}}, ClearanceHold,
		},
		"reported ok leaves the gate unverified": {
			[]HealthItem{reported("ID.CHIP", HealthOK)},
			"ID.CHIP",
			&Gate{Status: HealthOK, Reported: true, Effects: []GateEffect{{Effect: EffectResolveFirst}}}, ClearanceUnverified,
		},
		"person's ok overrides a reported failure": {
			[]HealthItem{reported("ID.CHIP", HealthFail), verified("ID.CHIP", HealthOK)}, "ID.CHIP", nil, ClearanceClear,
		},
		"person's failure overrides a reported ok": {
			[]HealthItem{verified("ID.CHIP", HealthFail), reported("ID.CHIP", HealthOK)},
			"ID.CHIP",
			&Gate{Status: HealthFail, Effects: []GateEffect{{Effect: EffectHold}}}, ClearanceHold,
		},
		"person's unknown overrides a reported failure": {
			[]HealthItem{verified("ID.CHIP", HealthUnknown), reported("ID.CHIP", HealthFail)},
			"ID.CHIP",
			&Gate{Status: HealthUnknown, Effects: []GateEffect{{Effect: EffectResolveFirst}}}, ClearanceUnverified,
		},
		"reported neutering does not rule out pregnancy": {
			[]HealthItem{reported("MED.INTACT", HealthOK)},
			"MED.PREGNANT",
			&Gate{Status: HealthUnknown, Effects: []GateEffect{{Effect: EffectResolveFirst}}}, ClearanceUnverified,
		},
		"reported failure without severity counts as the strictest": {
			[]HealthItem{reported("MED.FIV_POS", HealthFail)},
			"MED.FIV_POS",
			&Gate{Status: HealthFail, Reported: true, Effects: []GateEffect{{Effect: EffectHold}}}, ClearanceHold,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			health := slices.DeleteFunc(allOK(r), func(h HealthItem) bool {
				return h.Code == tt.code || slices.ContainsFunc(tt.items, func(i HealthItem) bool { return i.Code == h.Code })
			})
			got := r.Rate(adult, nil, append(health, tt.items...), today)
			index := slices.IndexFunc(got.Gates, func(g Gate) bool { return g.Code == tt.code })
			if (index < 0) != (tt.want == nil) {
				t.Fatalf("got gates %+v, want %s: %+v", got.Gates, tt.code, tt.want)
			}
			if tt.want != nil {
				g := got.Gates[index]
				if g.Status != tt.want.Status || g.Reported != tt.want.Reported || g.Effects[0].Effect != tt.want.Effects[0].Effect {
					t.Errorf("got gate %+v, want %+v", g, tt.want)
				}
			}
			if c := got.Activities[1].Clearance; c != tt.clearance {
				t.Errorf("got clearance %s, want %s", c, tt.clearance)
			}
		})
	}
}

// Rubric 1.1.0 added hints; people's observations give the same rating as before.
func TestRubrics_RateAlikeWithoutHints(t *testing.T) {
	t.Parallel()
	older, newer := rubric100(t), rubric110(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawSample(t, older, 30)
		a, b := older.Rate(s.cat, s.observations, s.health, s.asOf), newer.Rate(s.cat, s.observations, s.health, s.asOf)
		a.Rubric = b.Rubric
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("1.0.0 gives %+v, 1.1.0 gives %+v", a, b)
		}
	})
}
