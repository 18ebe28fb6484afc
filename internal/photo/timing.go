package photo

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// timing measures how long photos are processed.
type timing struct{ duration prometheus.Histogram }

func newTiming() *timing {
	return &timing{prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "trailcat_photo_processing_seconds", Help: "Time to process a photo, without waiting.",
		Buckets: []float64{.05, .1, .2, .5, 1, 2, 5, 10, 30, 120},
	})}
}

// start returns the function to call when a photo was processed.
func (t *timing) start(now func() time.Time) (end func()) {
	started := now()
	return func() { t.duration.Observe(now().Sub(started).Seconds()) }
}

// Metrics returns the metrics of a keeper.
func (k *Keeper) Metrics() []prometheus.Collector { return []prometheus.Collector{k.timing.duration} }
