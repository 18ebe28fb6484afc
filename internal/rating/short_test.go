package rating

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	diffs "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// inShort is the short of a whole rating.
func inShort(r Rating) Summary {
	out := Summary{Rubric: r.Rubric, AsOf: r.AsOf, Overall: r.Overall, BestFit: r.BestFit}
	for _, a := range r.Activities[1:] {
		out.Activities = append(out.Activities, ActivitySummary{Activity: a.Activity, Readiness: a.Readiness, Estimate: a.Estimate, Grade: a.Grade})
	}
	return out
}

func TestTheShortSaysWhatTheWholeRatingSays(t *testing.T) {
	t.Parallel()
	property(t, func(t *rapid.T, r *Rubric) {
		s := draw(t, r, 40)
		spoil(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "spoilt"), 1)), &s)
		if diff := diffs.Diff(inShort(r.Rate(s.cat, s.marks, s.health, s.asOf)), r.RateSummary(s.cat, s.marks, s.health, s.asOf)); diff != "" {
			t.Fatalf("-whole +short:\n%s", diff)
		}
	})
}

// spoil makes of a sketch what also comes: a cat of which only its listing
// speaks, health that failed or was only reported, an observation from tomorrow.
func spoil(random *rand.Rand, s *sketch) {
	if random.IntN(2) == 0 {
		all := fullOfHints(1 + random.IntN(5))
		slices.SortFunc(all, func(a, b Observation) int { return cmp.Compare(a.ID, b.ID) })
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		s.marks = all[random.IntN(len(all)):]
	}
	if len(s.marks) > 0 && random.IntN(2) == 0 {
		s.marks[0].ObservedOn = s.asOf + 1
	}
	for i := range s.health {
		s.health[i].Reported = random.IntN(2) == 0
		if random.IntN(4) == 0 {
			s.health[i].Status = []HealthStatus{HealthFail, HealthUnknown, HealthNotApplicable}[random.IntN(3)]
		}
	}
	s.health = s.health[random.IntN(len(s.health)+1):]
}
