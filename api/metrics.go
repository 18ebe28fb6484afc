package api

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"trailcat/internal/search"
)

// metrics counts what the server does.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(index *search.Index) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "trailcat_http_request_duration_seconds",
			Help:    "How long requests took, by method, route and status.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
	}
	gauge := func(name, help string, value func(search.State) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(index.State()) })
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests,
		gauge("trailcat_index_cats", "Cats in the index, whatever their status.", func(s search.State) float64 { return float64(s.Cats) }),
		gauge("trailcat_index_available_cats", "Cats in the index that can be adopted.", func(s search.State) float64 { return float64(s.Available) }),
		gauge("trailcat_index_log_number", "The number of the last change that the index reflects.", func(s search.State) float64 { return float64(s.Head.Seq) }),
		gauge("trailcat_index_ready", "1 once the index is filled.", func(s search.State) float64 {
			if s.Ready {
				return 1
			}
			return 0
		}),
	)
	return m
}

// observe counts one request. Methods that nobody defined count as one.
func (m *metrics) observe(method, route string, status int, took time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}
