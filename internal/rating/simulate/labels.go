package main

import "trailcat/internal/rating"

// labelCount counts how often an activity's label wrongs a cat.
type labelCount struct {
	unassessed            float64
	unsuited, overclaimed float64 // true index below 45, and called ready now
	sound, mislabelled    float64 // true index from 55 and floors from 37.5, and told to build confidence
}

func (l *labelCount) add(s *rubricModel, activity int, traits []string, truth []float64, ready rating.Readiness) {
	index := s.index(activity, traits, truth)
	sound := index >= 55
	for t, code := range traits {
		for _, floor := range s.Activities[activity].Floor {
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

// allClear reports every gate as settled, so that labels are about behaviour.
func allClear(rubric *rating.Rubric) []rating.HealthItem {
	var items []rating.HealthItem
	for _, code := range rubric.HealthCodes() {
		items = append(items, rating.HealthItem{Code: code, Status: rating.HealthOK})
	}
	return items
}
