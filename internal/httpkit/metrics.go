package httpkit

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// RequestMetrics measures requests. It has its own registry.
type RequestMetrics struct {
	Registry *prometheus.Registry // for the metrics endpoint
	requests *prometheus.HistogramVec
}

// NewRequestMetrics returns metrics whose registry has the collectors of the Go runtime
// and the process, and others.
func NewRequestMetrics(others ...prometheus.Collector) *RequestMetrics {
	m := &RequestMetrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "trailcat_http_request_duration_seconds",
			Help:    "Duration of HTTP requests by method, route and status.",
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

// observe records one request. All nonstandard methods share one label, which bounds the
// number of time series.
func (m *RequestMetrics) observe(method, route string, status int, duration time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(duration.Seconds())
}
