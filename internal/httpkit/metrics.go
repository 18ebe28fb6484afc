package httpkit

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// RequestMetrics measures requests, in a registry of its own.
type RequestMetrics struct {
	Registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// NewRequestMetrics returns metrics with Go's and the process's own collectors, and others.
func NewRequestMetrics(others ...prometheus.Collector) *RequestMetrics {
	m := &RequestMetrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "trailcat_http_request_duration_seconds",
			Help:    "How long requests took, by method, route and status.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
	}
	m.Registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests,
	)
	m.Registry.MustRegister(others...)
	return m
}

// observe counts one request. Methods that nobody defined count as one.
func (m *RequestMetrics) observe(method, route string, status int, took time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}
