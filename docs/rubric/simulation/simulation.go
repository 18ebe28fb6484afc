package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"trailcat/internal/rating"
)

// rubricModel is the part of a rubric's document that the simulation uses.
type rubricModel struct {
	Bands      []struct{ Code string }
	Activities []struct {
		Code    string
		Weights map[string]float64 `json:"weights_percent"`
		Floor   []string
	}
}

func scenarios() []scenario {
	return []scenario{
		{"1 assessor, 40 % of traits", 1, 0.4, -1, false},
		{"1 x 60 %", 1, 0.6, -1, false},
		{"2 x 60 %", 2, 0.6, -1, false},
		{"3 x 70 %", 3, 0.7, -1, false},
		{"5 x 80 %", 5, 0.8, -1, false},
		{"2 x 60 %, all on day 0", 2, 0.6, 0, false},
		{"2 x 60 %, day 20", 2, 0.6, 20, false},
		{"well-specified, no bias, 2 x 60 %", 2, 0.6, -1, true},
	}
}

// Indexes of the scenarios that criteria refer to.
const (
	twoBySixty     = 2
	threeBySeventy = 3
)

// simulate rates cats of every scenario, cats of them per scenario.

func simulate(rubric *rating.Rubric, seed uint64, cats int) (*results, error) {
	var model rubricModel
	if err := json.Unmarshal(rubric.JSON(), &model); err != nil {
		return nil, fmt.Errorf("read rubric: %w", err)
	}
	unguarded, err := perturb(rubric, nil)
	if err != nil {
		return nil, err
	}
	out := &results{}
	for i, s := range scenarios() {
		p := newPopulation(rubric, seed, s.wellSpecified)
		sample := make([]simulatedCat, cats)
		for j := range sample {
			sample[j] = p.newCat(s)
		}
		out.rows = append(out.rows, measureRow(s, &model, p.traits, sample, rubric, unguarded))
		if i == twoBySixty {
			if err := out.measureOutcomes(&model, p.traits, sample, unguarded, rubric, seed); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// trueIndex returns a cat's true score for an activity.
func (m *rubricModel) trueIndex(activity int, traits []string, truth []float64) float64 {
	sum := 0.0
	for t, code := range traits {
		sum += m.Activities[activity].Weights[code] / 100 * truth[t]
	}
	return sum
}

// naiveScore returns the weighted mean of the observed leash-walk traits, or 50
// without any.
func (m *rubricModel) naiveScore(traits []rating.TraitEstimate) float64 {
	var sum, total float64
	for _, t := range traits {
		if w := m.Activities[0].Weights[t.Trait]; t.Mean != nil {
			sum += w * *t.Mean
			total += w
		}
	}
	if total == 0 {
		return 50
	}
	return sum / total
}

// measureRow compares the ratings of a scenario's cats with their true traits.
// Scores come from unguarded, which scores every cat; readiness comes from rubric.
func measureRow(s scenario, m *rubricModel, traits []string, sample []simulatedCat, rubric, unguarded *rating.Rubric) row {
	out := row{scenario: s}
	var truth, score, naive []float64
	labels, health := make([]labelCount, len(m.Activities)), allClear(rubric)
	for _, c := range sample {
		estimated := unguarded.Rate(rating.Cat{}, c.observations, nil, today)
		leash := estimated.Activities[1]
		index := m.trueIndex(0, traits, c.truth)
		truth, score, naive = append(truth, index), append(score, leash.Estimate.Score), append(naive, m.naiveScore(estimated.Traits))
		if leash.Estimate.Low <= index && index <= leash.Estimate.High {
			out.coverage++
		}
		out.width += leash.Estimate.High - leash.Estimate.Low
		out.reliability += leash.Reliability
		labelled := rubric.Rate(rating.Cat{}, c.observations, health, today)
		for a := range labels {
			labels[a].record(m, a, traits, c.truth, labelled.Activities[a+1].Readiness)
		}
	}
	n := float64(len(sample))
	out.rank, out.naiveRank = spearman(score, truth), spearman(naive, truth)
	out.error, out.naiveError = rmse(score, truth), rmse(naive, truth)
	out.coverage, out.width, out.reliability = out.coverage/n, out.width/n, out.reliability/n
	out.unassessed = labels[0].unassessed / n
	for _, l := range labels {
		out.overclaim = max(out.overclaim, l.overclaimed/max(l.unsuited, 1))
		out.shyMislabel = max(out.shyMislabel, l.mislabelled/max(l.sound, 1))
	}
	return out
}

// measureOutcomes draws an outcome for each cat and compares it with the scores,
// and compares the scores with those of other activity weights.
func (out *results) measureOutcomes(m *rubricModel, traits []string, sample []simulatedCat, unguarded, rubric *rating.Rubric, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 11))
	perturbedRubric, err := perturb(rubric, func(weight float64) float64 { return weight * (0.75 + 0.5*random.Float64()) })
	if err != nil {
		return err
	}
	equalRubric, err := perturb(rubric, func(float64) float64 { return 1 })
	if err != nil {
		return err
	}
	var score, perturbed, equal, truth []float64
	var success []bool
	tried, succeeded := make([]float64, len(m.Bands)), make([]float64, len(m.Bands))
	for _, c := range sample {
		estimate := func(r *rating.Rubric) *rating.Estimate {
			return r.Rate(rating.Cat{}, c.observations, nil, today).Activities[1].Estimate
		}
		e, index := estimate(unguarded), m.trueIndex(0, traits, c.truth)
		score, truth = append(score, e.Score), append(truth, index)
		perturbed, equal = append(perturbed, estimate(perturbedRubric).Score), append(equal, estimate(equalRubric).Score)
		successful := random.Float64() < successProbability(index)
		success = append(success, successful)
		for b, band := range m.Bands {
			if band.Code == e.Band {
				tried[len(tried)-1-b]++
				if successful {
					succeeded[len(succeeded)-1-b]++
				}
			}
		}
	}
	for b := range tried {
		out.bands = append(out.bands, succeeded[b]/max(tried[b], 1))
	}
	out.auc, out.ceiling = auc(score, success), auc(truth, success)
	out.perturbed, out.equal = spearman(score, perturbed), spearman(score, equal)
	return nil
}

// successProbability returns the probability that a cat of a true index comes to
// enjoy the activity.
func successProbability(index float64) float64 { return 1 / (1 + math.Exp(-(index-47)/6)) }

// labelCount counts wrong readiness labels of one activity.
type labelCount struct {
	unassessed            float64
	unsuited, overclaimed float64 // true index below 45; of these, labelled ready now
	sound, mislabelled    float64 // true index from 55 and floors from 37.5; of these, labelled build confidence first
}

func (l *labelCount) record(m *rubricModel, activity int, traits []string, truth []float64, ready rating.Readiness) {
	index := m.trueIndex(activity, traits, truth)
	sound := index >= 55
	for t, code := range traits {
		for _, floor := range m.Activities[activity].Floor {
			sound = sound && (code != floor || truth[t] >= 37.5)
		}
	}
	if ready == rating.NotYetAssessed {
		l.unassessed++
	}
	if index < 45 {
		l.unsuited++
		if ready == rating.ReadyNow {
			l.overclaimed++
		}
	}
	if sound {
		l.sound++
		if ready == rating.BuildConfidenceFirst {
			l.mislabelled++
		}
	}
}

// allClear returns an ok item for every gate, so that readiness depends on
// behaviour only.
func allClear(rubric *rating.Rubric) []rating.HealthItem {
	var items []rating.HealthItem
	for _, code := range rubric.HealthCodes() {
		items = append(items, rating.HealthItem{Code: code, Status: rating.HealthOK})
	}
	return items
}

// perturb returns a copy of a rubric that scores a cat however little evidence
// there is. A non-nil change is applied to each activity weight.
func perturb(rubric *rating.Rubric, change func(weight float64) float64) (*rating.Rubric, error) {
	var doc map[string]any
	if err := json.Unmarshal(rubric.JSON(), &doc); err != nil {
		return nil, fmt.Errorf("read rubric: %w", err)
	}
	readiness, _ := doc["readiness"].(map[string]any)
	readiness["core_needed"], readiness["reliability"] = 0, 0
	activities, _ := doc["activities"].([]any)
	for _, a := range activities {
		activity, _ := a.(map[string]any)
		activity["must"] = []string{}
		if weights, ok := activity["weights_percent"].(map[string]any); ok && change != nil {
			activity["weights_percent"] = perturbWeights(weights, change)
		}
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode perturbed rubric: %w", err)
	}
	perturbed, err := rating.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("parse perturbed rubric: %w", err)
	}
	return perturbed, nil
}

// perturbWeights applies change to the weights and scales them to whole percents
// that sum to 100; the largest weight takes the rounding remainder.
func perturbWeights(weights map[string]any, change func(float64) float64) map[string]int {
	traits := slices.Sorted(maps.Keys(weights))
	changed, total := make([]float64, len(traits)), 0.0
	for i, t := range traits {
		w, _ := weights[t].(float64)
		changed[i] = change(w)
		total += changed[i]
	}
	out, remaining, largest := map[string]int{}, 100, traits[0]
	for i, t := range traits {
		out[t] = int(math.Round(100 * changed[i] / total))
		remaining -= out[t]
		if out[t] > out[largest] {
			largest = t
		}
	}
	out[largest] += remaining
	return out
}
