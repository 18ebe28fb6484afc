package rating

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const tiny = 1e-9

// property checks one row of the reference's table of properties, for every
// published rubric: with hints among the marks where it takes them.
func property(t *testing.T, holds func(t *rapid.T, r *Rubric)) {
	t.Helper()
	for version, r := range publishedRubrics(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { holds(t, r) })
		})
	}
}

func TestBoundsScoresStayBetween0And100AndInTheirRange(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		_, raw := r.rawScores(s.cat, s.marks, s.asOf)
		for i := range raw {
			x := &raw[i]
			if x.exact < -tiny || x.exact > 100+tiny {
				t.Fatalf("%s: %v is out of bounds", r.activities[i].code, x.exact)
			}
			if !slices.IsSorted([]int{0, x.low, x.value, x.high, 1000}) {
				t.Fatalf("%s: %d not within %d to %d", r.activities[i].code, x.value, x.low, x.high)
			}
			gains := 0.0
			for _, k := range x.gain {
				if k < 0 {
					t.Fatalf("a trait has a negative gain %v", k)
				}
				gains += k
			}
			if gains > 1+tiny {
				t.Fatalf("gains sum to %v", gains)
			}
		}
	})
}

func TestAdditivityFiftyAndAllPointsAreTheScore(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		_, raw := r.rawScores(s.cat, s.marks, s.asOf)
		for i := range raw {
			sum := 500
			for _, p := range raw[i].points {
				sum += p
			}
			if sum != raw[i].value {
				t.Fatalf("%s: base and points make %d tenths, the score is %d", r.activities[i].code, sum, raw[i].value)
			}
		}
	})
}

func TestMonotoneABetterLevelNeverHarms(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		var raisable []int
		for i := range s.marks {
			if s.marks[i].Level < 5 {
				raisable = append(raisable, i)
			}
		}
		if len(raisable) == 0 {
			return
		}
		better := slices.Clone(s.marks)
		better[rapid.SampledFrom(raisable).Draw(t, "raised")].Level++
		before, after := r.Rate(s.cat, s.marks, s.health, s.asOf), r.Rate(s.cat, better, s.health, s.asOf)
		for i := range before.Traits {
			if after.Traits[i].Estimate < before.Traits[i].Estimate {
				t.Fatalf("estimate of %s fell from %v to %v", before.Traits[i].Trait, before.Traits[i].Estimate, after.Traits[i].Estimate)
			}
		}
		for i := range before.Activities {
			fallen(t, before.Activities[i], after.Activities[i])
		}
	})
}

func fallen(t *rapid.T, before, after Activity) {
	t.Helper()
	if order(after.BehavioralReadiness) < order(before.BehavioralReadiness) || order(after.Readiness) < order(before.Readiness) {
		t.Fatalf("%s fell from %s to %s", before.Activity, before.BehavioralReadiness, after.BehavioralReadiness)
	}
	if before.Estimate == nil {
		return
	}
	if after.Estimate.Score < before.Estimate.Score || after.Estimate.Low < before.Estimate.Low {
		t.Fatalf("%s fell from %+v to %+v", before.Activity, before.Estimate, after.Estimate)
	}
	if after.TrainingWeeks.Low > before.TrainingWeeks.Low || after.TrainingWeeks.High > before.TrainingWeeks.High {
		t.Fatalf("%s takes %v weeks after %v", before.Activity, after.TrainingWeeks, before.TrainingWeeks)
	}
}

func order(r Readiness) int { return slices.Index(append(rankWords[:], Suitable), r) }

func TestOrderOfMarksAndHealthItemsChangesNoByte(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 25)
		if len(s.marks) > 1 && rapid.Bool().Draw(t, "same id twice") {
			s.marks[0].ID = s.marks[1].ID
		}
		shuffled := rapid.Permutation(s.marks).Draw(t, "shuffled")
		health := slices.Clone(s.health)
		slices.Reverse(health)
		if a, b := r.Rate(s.cat, s.marks, s.health, s.asOf), r.Rate(s.cat, shuffled, health, s.asOf); !reflect.DeepEqual(a, b) {
			t.Fatalf("the order shows:\n%+v\n%+v", a, b)
		}
	})
}

func TestWideningLessEvidenceNeverNarrows(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		if len(s.marks) == 0 {
			return
		}
		i := rapid.IntRange(0, len(s.marks)-1).Draw(t, "removed")
		_, all := r.rawScores(s.cat, s.marks, s.asOf)
		_, fewer := r.rawScores(s.cat, slices.Delete(slices.Clone(s.marks), i, i+1), s.asOf)
		noMoreCertain(t, r, all, fewer)
	})
}

func TestAgeingNeverMakesMarksMoreCertain(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		later := s.asOf + Day(rapid.IntRange(1, 500).Draw(t, "days later"))
		_, now := r.rawScores(s.cat, s.marks, s.asOf)
		_, then := r.rawScores(s.cat, s.marks, later)
		noMoreCertain(t, r, now, then)
	})
}

func noMoreCertain(t *rapid.T, r *Rubric, before, after []score) {
	t.Helper()
	for i := range before {
		b, a := &before[i], &after[i]
		if a.exactHigh-a.exactLow < b.exactHigh-b.exactLow-tiny || a.reliable > b.reliable+tiny || a.assessors > b.assessors {
			t.Fatalf("%s: width %v after %v, reliability %v after %v, assessors %v after %v", r.activities[i].code,
				a.exactHigh-a.exactLow, b.exactHigh-b.exactLow, a.reliable, b.reliable, a.assessors, b.assessors)
		}
	}
}

func TestRepeatOneAssessorNeverWeighsTwiceTheBestMark(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		for i := range s.marks {
			s.marks[i].AssessorID = "a0"
		}
		marks, _ := r.weightObservations(s.cat, s.marks, s.asOf)
		var sum, best [2][maxTraits]int64 // a listing is an assessor of its own
		for _, m := range marks {
			sum[m.hintOrder()][m.trait] += m.weight
			best[m.hintOrder()][m.trait] = max(best[m.hintOrder()][m.trait], m.base*repeatUnit)
		}
		for who := range sum {
			for tr := range sum[who] {
				if sum[who][tr] > 0 && sum[who][tr] >= 2*best[who][tr] {
					t.Fatalf("marks weigh %d, the best %d", sum[who][tr], best[who][tr])
				}
			}
		}
	})
}

func TestGatesNeverImproveReadinessOrTouchTheScore(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		i := rapid.IntRange(0, len(s.health)-1).Draw(t, "gate")
		s.health[i].Status = HealthOK
		worse := slices.Clone(s.health)
		worse[i].Status = rapid.SampledFrom([]HealthStatus{HealthFail, HealthUnknown}).Draw(t, "status")
		if names := r.Severities(worse[i].Code); len(names) > 0 {
			worse[i].Severity = rapid.SampledFrom(append(slices.Clip(names), "")).Draw(t, "severity")
		}
		before, after := r.Rate(s.cat, s.marks, s.health, s.asOf), r.Rate(s.cat, s.marks, worse, s.asOf)
		for j := range before.Activities {
			b, a := before.Activities[j], after.Activities[j]
			if order(a.Readiness) > order(b.Readiness) || order(a.BehavioralReadiness) > order(b.BehavioralReadiness) {
				t.Fatalf("%s rose from %s to %s with %s", b.Activity, b.Readiness, a.Readiness, worse[i].Code)
			}
			if !reflect.DeepEqual(a.Estimate, b.Estimate) || !reflect.DeepEqual(a.Contributions, b.Contributions) {
				t.Fatalf("%s moved with %s", b.Activity, worse[i].Code)
			}
		}
	})
}

func TestNeutralAllThreesAreFifty(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		for i := range s.marks {
			s.marks[i].Level = 3
		}
		_, raw := r.rawScores(s.cat, s.marks, s.asOf)
		for i := range raw {
			if raw[i].exact != 50 {
				t.Fatalf("%s: %v, want 50", r.activities[i].code, raw[i].exact)
			}
		}
	})
}

func TestNullNothingSeenIsNotYetAssessed(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 0)
		got := r.Rate(s.cat, nil, s.health, s.asOf)
		if got.Overall != nil || got.BestFit != "indoor_enrichment" {
			t.Fatalf("overall %+v, best fit %s", got.Overall, got.BestFit)
		}
		for _, a := range got.Activities[1:] {
			if a.Estimate != nil || a.BehavioralReadiness != NotYetAssessed || len(a.NextObservations) == 0 {
				t.Fatalf("%s: %+v", a.Activity, a)
			}
		}
	})
}

func TestSymmetryMirroredLevelsMirrorTheScore(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		mirrored := slices.Clone(s.marks)
		for i := range mirrored {
			mirrored[i].Level = 6 - mirrored[i].Level
		}
		_, a := r.rawScores(s.cat, s.marks, s.asOf)
		_, b := r.rawScores(s.cat, mirrored, s.asOf)
		for i := range a {
			if math.Abs(a[i].exact+b[i].exact-100) > tiny {
				t.Fatalf("%s: %v and %v", r.activities[i].code, a[i].exact, b[i].exact)
			}
		}
	})
}

func TestBreedBlindLooksAndMeasuresMoveNoActivity(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 25)
		other := s.cat
		other.LongCoat, other.WarmClimate = new(true), new(true)
		other.WeightKg, other.GirthCm = new(8.5), new(52.0)
		before, after := r.Rate(s.cat, s.marks, s.health, s.asOf), r.Rate(other, s.marks, s.health, s.asOf)
		if !reflect.DeepEqual(before.Activities, after.Activities) {
			t.Fatal("looks moved a rating")
		}
	})
}

func TestBreedBlindACatHasNoBreedSexOrColour(t *testing.T) {
	t.Parallel()
	for _, shape := range []reflect.Type{reflect.TypeFor[Cat](), reflect.TypeFor[Observation](), reflect.TypeFor[HealthItem]()} {
		for field := range shape.Fields() {
			for _, word := range []string{"breed", "sex", "gender", "colo"} {
				if strings.Contains(strings.ToLower(field.Name), word) {
					t.Errorf("%s.%s lets %s in", shape.Name(), field.Name, word)
				}
			}
		}
	}
}
