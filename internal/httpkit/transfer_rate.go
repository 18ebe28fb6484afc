package httpkit

import (
	"net/http"
	"time"
)

// TransferRate is the least rate at which a caller must send or accept bytes. Only the
// time in which the server waits for the caller counts. The zero value sets no limit.
type TransferRate struct {
	BytesPerSecond int           // 0 for no limit
	Grace          time.Duration // how long a caller may be behind the rate
}

// transferTimer decides how long to wait for the caller of one transfer.
type transferTimer struct {
	rate TransferRate
	left time.Duration // how long the caller may be behind the rate from now on
}

func newTransferTimer(rate TransferRate) transferTimer {
	return transferTimer{rate: rate, left: rate.Grace}
}

// due returns the time that n bytes take at the least rate.
func (t *transferTimer) due(n int) time.Duration {
	return time.Duration(float64(n) / float64(t.rate.BytesPerSecond) * float64(time.Second))
}

// record counts n bytes for which the server waited.
func (t *transferTimer) record(n int, waited time.Duration) {
	t.left = min(t.rate.Grace, t.left+t.due(n)-waited)
}

// RatedWriter returns a writer whose connection is closed if its caller accepts bytes more
// slowly than rate. Otherwise a response may take as long as the caller keeps reading.
func RatedWriter(w http.ResponseWriter, rate TransferRate, now func() time.Time) http.ResponseWriter {
	if rate.BytesPerSecond == 0 {
		return w
	}
	return &ratedWriter{ResponseWriter: w, controller: http.NewResponseController(w), now: now, timer: newTransferTimer(rate)}
}

type ratedWriter struct {
	http.ResponseWriter
	controller *http.ResponseController
	now        func() time.Time
	timer      transferTimer
}

// Unwrap implements the interface that http.ResponseController looks for.
func (w *ratedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *ratedWriter) Write(p []byte) (int, error) {
	start := w.now()
	_ = w.controller.SetWriteDeadline(start.Add(w.timer.left + w.timer.due(len(p)))) // a writer without deadlines needs none
	n, err := w.ResponseWriter.Write(p)
	w.timer.record(n, w.now().Sub(start))
	return n, err
}
