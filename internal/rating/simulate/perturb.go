package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"trailcat/internal/rating"
)

// perturb makes a rubric that shows its score however little was seen, with each
// activity's weights changed by change if there is one.
func perturb(rubric *rating.Rubric, change func(weight float64) float64) (*rating.Rubric, error) {
	var doc map[string]any
	if err := json.Unmarshal(rubric.JSON(), &doc); err != nil {
		return nil, fmt.Errorf("read rubric: %w", err)
	}
	ready, _ := doc["readiness"].(map[string]any)
	ready["core_needed"], ready["reliability"] = 0, 0
	activities, _ := doc["activities"].([]any)
	for _, a := range activities {
		activity, _ := a.(map[string]any)
		activity["must"] = []string{}
		if weights, ok := activity["weights_percent"].(map[string]any); ok && change != nil {
			activity["weights_percent"] = bendWeights(weights, change)
		}
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("write bent rubric: %w", err)
	}
	bent, err := rating.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("read bent rubric: %w", err)
	}
	return bent, nil
}

// bendWeights changes weights and brings them back to whole percent of 100;
// what rounding leaves goes to the largest.
func bendWeights(weights map[string]any, change func(float64) float64) map[string]int {
	traits := slices.Sorted(maps.Keys(weights))
	changed, total := make([]float64, len(traits)), 0.0
	for i, t := range traits {
		w, _ := weights[t].(float64)
		changed[i] = change(w)
		total += changed[i]
	}
	out, left, largest := map[string]int{}, 100, traits[0]
	for i, t := range traits {
		out[t] = int(math.Round(100 * changed[i] / total))
		left -= out[t]
		if out[t] > out[largest] {
			largest = t
		}
	}
	out[largest] += left
	return out
}
