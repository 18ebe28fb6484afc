package rating

import (
	"fmt"
	"math"
)

func (r *Rubric) compileActivities() error {
	order := map[string]int{}
	for i, row := range r.doc.Activities {
		order[row.Code] = i
	}
	mix := 0
	r.overall = activity{code: "overall", notAbove: none, readyNeeds: none, progress: none}
	for _, row := range r.doc.Activities {
		a, err := r.compileActivity(row, order)
		if err != nil {
			return fmt.Errorf("activity %s: %w", row.Code, err)
		}
		r.activities = append(r.activities, a)
		mix += row.Mix
		for t := range r.traits {
			r.overall.percent[t] += row.Mix * a.percent[t]
		}
	}
	if mix != 100 {
		return fmt.Errorf("activities: mix_percent sums to %d, want 100", mix)
	}
	for t := range r.traits {
		r.overall.weight[t] = float64(r.overall.percent[t]) / (100 * 100)
	}
	r.overall.prior = r.variance(1, 1/r.doc.Model.SharedVariance, r.overall.spread(r.own, nil))
	for _, code := range r.doc.BestFitTies {
		i, ok := order[code]
		if !ok {
			return fmt.Errorf("best_fit_ties: unknown activity %q", code)
		}
		r.bestFitOrder = append(r.bestFitOrder, i)
	}
	r.allowAll = []string{r.doc.AllowedNow.Always, r.doc.AllowedNow.IndoorSteps}
	r.allowIndoor = r.allowAll[:1:1]
	return nil
}

func (r *Rubric) compileActivity(row activityRow, order map[string]int) (activity, error) {
	a := activity{code: row.Code, notAbove: indexOr(order, row.NotAbove), readyNeeds: indexOr(order, row.ReadyNeeds), progress: none}
	sum := 0
	for code, percent := range row.WeightsPercent {
		t, ok := r.traitIndex[code]
		if !ok {
			return a, fmt.Errorf("unknown trait %q", code)
		}
		a.percent[t] = percent
		a.weight[t] = float64(percent) / 100
		sum += percent
	}
	if sum != 100 {
		return a, fmt.Errorf("weights sum to %d, want 100", sum)
	}
	var err error
	for _, list := range []struct {
		codes []string
		to    *[]int
	}{{row.Core, &a.core}, {row.Must, &a.must}, {row.Floor, &a.floor}} {
		if *list.to, err = r.indexes(list.codes); err != nil {
			return a, err
		}
	}
	for _, choices := range row.Skill {
		var group []skill
		for _, s := range choices {
			group = append(group, skill{r.traitIndex[s.Trait], tenths(s.AtLeast)})
		}
		a.skill = append(a.skill, group)
	}
	if row.Training.ProgressTrait != "" {
		a.progress = r.traitIndex[row.Training.ProgressTrait]
	}
	for _, code := range row.Training.AfterShortestOf {
		a.after = append(a.after, order[code])
	}
	a.prior = r.variance(1, 1/r.doc.Model.SharedVariance, a.spread(r.own, nil))
	return a, nil
}

func (r *Rubric) indexes(traitCodes []string) ([]int, error) {
	var all []int
	for _, code := range traitCodes {
		t, ok := r.traitIndex[code]
		if !ok {
			return nil, fmt.Errorf("unknown trait %q", code)
		}
		all = append(all, t)
	}
	return all, nil
}

func indexOr(order map[string]int, code string) int {
	if i, ok := order[code]; ok {
		return i
	}
	return none
}

// spread is the sum over traits of weight² × (1 − own × a): how much of the
// variance that traits do not share is left.
func (a *activity) spread(own float64, learnt *[maxTraits]float64) float64 {
	sum := 0.0
	for t, w := range a.weight {
		left := 1.0
		if learnt != nil {
			left = 1 - float64(own*learnt[t])
		}
		sum += float64(float64(w*w) * left)
	}
	return sum
}

// variance is the model's variance of an activity's score.
func (r *Rubric) variance(general, precision, spread float64) float64 {
	return float64(r.doc.Model.TraitVariance * (float64(general*general)/precision + float64(r.own*spread)))
}

func tenths(x float64) int { return int(math.Floor(float64(10*x) + 0.5 + roundingEpsilon)) }

func cents(x float64) int { return int(math.Floor(float64(100*x) + 0.5 + roundingEpsilon)) }

// fromTenths and fromCents are the values that callers see; they print as
// written because they are the floats nearest to the decimal.
func fromTenths(n int) float64 { return float64(n) / 10 }

func fromCents(n int) float64 { return float64(n) / 100 }
