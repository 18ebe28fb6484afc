package rating

import (
	"fmt"
	"math"
	"testing"
)

func TestGoldenCases(t *testing.T) {
	t.Parallel()
	for version, r := range publishedRubrics(t) {
		for name, tt := range goldenCases() {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				marks := observations(tt.visits...)
				got := r.Rate(tt.cat, marks, allFine(r, tt.health...), today)
				_, raw := r.rawScores(tt.cat, marks, today)
				for i, want := range tt.want {
					checkGolden(t, got.Activities[i+1], &raw[i], want)
				}
				switch {
				case tt.overall < 0 && got.Overall != nil:
					t.Errorf("overall is %v, want none", got.Overall.Score)
				case tt.overall >= 0 && (got.Overall == nil || !near(got.Overall.Score, tt.overall, 0)):
					t.Errorf("overall is %+v, want %v", got.Overall, tt.overall)
				}
			})
		}
	}
}

// publishedRubrics are all of them, by version.
func publishedRubrics(tb testing.TB) map[string]*Rubric {
	tb.Helper()
	all, err := Open()
	if err != nil {
		tb.Fatal(err)
	}
	rubrics := map[string]*Rubric{}
	for _, v := range all.Versions() {
		if rubrics[v], err = all.Version(v); err != nil {
			tb.Fatal(err)
		}
	}
	return rubrics
}

// rawScores are the scores before judgement, which a cat that is not yet
// assessed does not show.
func (r *Rubric) rawScores(cat Cat, observations []Observation, asOf Day) (*evidence, []score) {
	marks, _ := r.weightObservations(cat, observations, asOf)
	e := &evidence{asOf: asOf}
	r.gather(e, marks)
	scores := make([]score, len(r.activities))
	for i := range scores {
		r.score(&scores[i], e, &r.activities[i])
	}
	return e, scores
}

func checkGolden(t *testing.T, got Activity, raw *score, want golden) {
	t.Helper()
	wantReady := want.ready
	if wantReady == "" {
		wantReady = want.behavior
	}
	if got.BehavioralReadiness != want.behavior || got.Readiness != wantReady {
		t.Errorf("%s is %s, %s by behavior; want %s, %s", got.Activity, got.Readiness, got.BehavioralReadiness, wantReady, want.behavior)
	}
	if (got.Estimate == nil) != (want.behavior == NotYetAssessed) {
		t.Errorf("%s: estimate %+v with %s", got.Activity, got.Estimate, want.behavior)
	}
	if want.score >= 0 && !near(fromTenths(raw.value), want.score, 0) {
		t.Errorf("%s: score %v, want %v", got.Activity, fromTenths(raw.value), want.score)
	}
	if want.low >= 0 && !(near(fromTenths(raw.low), want.low, 0.1) && near(fromTenths(raw.high), want.high, 0.1)) {
		t.Errorf("%s: range %v to %v, want %v to %v", got.Activity, fromTenths(raw.low), fromTenths(raw.high), want.low, want.high)
	}
	if want.reliability >= 0 && !near(got.Reliability, want.reliability, 0.01) {
		t.Errorf("%s: reliability %v, want %v", got.Activity, got.Reliability, want.reliability)
	}
	if want.grade != "" && got.Grade != want.grade {
		t.Errorf("%s: grade %s, want %s", got.Activity, got.Grade, want.grade)
	}
	if want.clearance != "" && got.Clearance != want.clearance {
		t.Errorf("%s: clearance %s, want %s", got.Activity, got.Clearance, want.clearance)
	}
	if want.weeks != "" && weeksText(got.TrainingWeeks) != want.weeks {
		t.Errorf("%s: %s weeks, want %s", got.Activity, weeksText(got.TrainingWeeks), want.weeks)
	}
}

func weeksText(w *Weeks) string {
	if w == nil {
		return "no"
	}
	return fmt.Sprintf("%v-%v", w.Low, w.High)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance+1e-9 }
