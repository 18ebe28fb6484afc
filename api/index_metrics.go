package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"trailcat/internal/search"
)

// indexMetrics returns collectors for the state of the index.
func indexMetrics(index *search.Index) []prometheus.Collector {
	gauge := func(name, help string, value func(search.State) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(index.State()) })
	}
	return []prometheus.Collector{
		gauge("trailcat_index_cats", "Cats in the index, whatever their status.", func(s search.State) float64 { return float64(s.Cats) }),
		gauge("trailcat_index_available_cats", "Cats in the index that can be adopted.", func(s search.State) float64 { return float64(s.Available) }),
		gauge("trailcat_index_log_number", "The number of the last change that the index reflects.", func(s search.State) float64 { return float64(s.Head.Seq) }),
		gauge("trailcat_index_ready", "1 once the index is filled.", func(s search.State) float64 {
			if s.Ready {
				return 1
			}
			return 0
		}),
	}
}
