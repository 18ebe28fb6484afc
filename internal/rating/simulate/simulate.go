package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"trailcat/internal/rating"
)

// rubricModel is what the simulation reads out of a rubric.
type rubricModel struct {
	Bands      []struct{ Code string }
	Activities []struct {
		Code    string
		Weights map[string]float64 `json:"weights_percent"`
		Floor   []string
	}
}

// row is one row of the table of results, for leash walks.
type row struct {
	evidence
	rank, naiveRank   float64
	error, naiveError float64
	coverage, width   float64
	reliability       float64
	unassessed        float64
	overclaim         float64 // the worst activity's
	shyMislabel       float64 // the worst activity's
}

// results are all rows and what only the row of 2 × 60 % is asked for.
type results struct {
	rows         []row
	bands        []float64 // success by band, worst band first
	auc, ceiling float64
	bent, equal  float64 // rank correlation with bent and with equal weights
}

func table() []evidence {
	return []evidence{
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

// rows of the table that aims are about.
const (
	twoBySixty   = 2
	threeBySeven = 3
)

func simulate(rubric *rating.Rubric, seed uint64, cats int) (*results, error) {
	var s rubricModel
	if err := json.Unmarshal(rubric.JSON(), &s); err != nil {
		return nil, fmt.Errorf("read rubric: %w", err)
	}
	open, err := perturb(rubric, nil)
	if err != nil {
		return nil, err
	}
	out := &results{}
	for i, e := range table() {
		w := newWorld(rubric, seed, e.fitting)
		population := make([]simulatedCat, cats)
		for j := range population {
			population[j] = w.creature(e)
		}
		out.rows = append(out.rows, measureRow(e, &s, w, population, rubric, open))
		if i == twoBySixty {
			if err := out.measureOutcomes(&s, w, population, open, rubric, seed); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// index is a cat's true score for an activity.
func (s *rubricModel) index(activity int, traits []string, truth []float64) float64 {
	sum := 0.0
	for t, code := range traits {
		sum += s.Activities[activity].Weights[code] / 100 * truth[t]
	}
	return sum
}

// naive is the weighted mean of what was seen, 50 if nothing was.
func (s *rubricModel) naive(traits []rating.TraitEstimate) float64 {
	var sum, total float64
	for _, t := range traits {
		if w := s.Activities[0].Weights[t.Trait]; t.Mean != nil {
			sum += w * *t.Mean
			total += w
		}
	}
	if total == 0 {
		return 50
	}
	return sum / total
}

func measureRow(e evidence, s *rubricModel, w *population, population []simulatedCat, rubric, open *rating.Rubric) row {
	out := row{evidence: e}
	var truth, score, naive []float64
	labels := make([]labelCount, len(s.Activities))
	for _, c := range population {
		estimated := open.Rate(rating.Cat{}, c.marks, nil, today)
		leash := estimated.Activities[1]
		index := s.index(0, w.traits, c.truth)
		truth, score, naive = append(truth, index), append(score, leash.Estimate.Score), append(naive, s.naive(estimated.Traits))
		if leash.Estimate.Low <= index && index <= leash.Estimate.High {
			out.coverage++
		}
		out.width += leash.Estimate.High - leash.Estimate.Low
		out.reliability += leash.Reliability
		labelled := rubric.Rate(rating.Cat{}, c.marks, allClear(rubric), today)
		for a := range labels {
			labels[a].add(s, a, w.traits, c.truth, labelled.Activities[a+1].Readiness)
		}
	}
	n := float64(len(population))
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

func (out *results) measureOutcomes(s *rubricModel, w *population, population []simulatedCat, open, rubric *rating.Rubric, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 11))
	bentRubric, err := perturb(rubric, func(weight float64) float64 { return weight * (0.75 + 0.5*random.Float64()) })
	if err != nil {
		return err
	}
	equalRubric, err := perturb(rubric, func(float64) float64 { return 1 })
	if err != nil {
		return err
	}
	var score, bent, equal, truth []float64
	var success []bool
	tried, went := make([]float64, len(s.Bands)), make([]float64, len(s.Bands))
	for _, c := range population {
		estimate := func(r *rating.Rubric) *rating.Estimate {
			return r.Rate(rating.Cat{}, c.marks, nil, today).Activities[1].Estimate
		}
		e, index := estimate(open), s.index(0, w.traits, c.truth)
		score, truth = append(score, e.Score), append(truth, index)
		bent, equal = append(bent, estimate(bentRubric).Score), append(equal, estimate(equalRubric).Score)
		happy := random.Float64() < calmOutings(index)
		success = append(success, happy)
		for b, band := range s.Bands {
			if band.Code == e.Band {
				tried[len(tried)-1-b]++
				if happy {
					went[len(went)-1-b]++
				}
			}
		}
	}
	for b := range tried {
		out.bands = append(out.bands, went[b]/max(tried[b], 1))
	}
	out.auc, out.ceiling = auc(score, success), auc(truth, success)
	out.bent, out.equal = spearman(score, bent), spearman(score, equal)
	return nil
}
