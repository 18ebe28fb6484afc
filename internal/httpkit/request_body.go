package httpkit

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"trailcat/internal/errcode"
)

const (
	// bodyTime is how long a body may take to arrive, unless the path has large bodies.
	bodyTime      = 30 * time.Second
	largeBodyTime = 15 * time.Minute
	// drainTime is how long a response waits for the rest of a body that the handler did
	// not read. If that is complete by then, the connection can be used again.
	drainTime = 200 * time.Millisecond
)

// BodyTimes limits how long the server waits for the bodies of requests. Handlers read
// them with errors for the caller: status 408 for a body that is too slow, after which the
// connection is closed, and status 400 for one that ends early.
type BodyTimes struct {
	Rate  TransferRate
	Large func(path string) bool // reports whether bodies of requests to a path may take 15 minutes, instead of 30 seconds
	Now   func() time.Time
}

// Wrap returns a handler whose requests have such bodies. If it responds before it has
// read the body, the response is sent without waiting for the rest.
func (t BodyTimes) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		limit := bodyTime
		if t.Large(r.URL.Path) {
			ExtendDeadlines(w, t.Now())
			limit = largeBodyTime
		}
		body := &timedBody{
			ReadCloser: r.Body, controller: http.NewResponseController(w), now: t.Now,
			timer: newTransferTimer(t.Rate), end: t.Now().Add(limit), complete: false,
		}
		body.setDeadline(body.end)
		r = r.WithContext(r.Context()) // net/http needs the body of its own request
		r.Body = body
		next.ServeHTTP(&drainWriter{ResponseWriter: w, body: body, fullDuplex: false}, r)
		body.limitDrain()
	})
}

// timedBody is a body that must arrive at a least rate and before its end.
type timedBody struct {
	io.ReadCloser
	controller *http.ResponseController
	now        func() time.Time
	timer      transferTimer
	end        time.Time
	complete   bool
}

func (b *timedBody) setDeadline(at time.Time) {
	_ = b.controller.SetReadDeadline(at) // a connection without deadlines needs none
}

func (b *timedBody) Read(p []byte) (int, error) {
	rated, start := b.timer.rate.BytesPerSecond > 0, b.now()
	if late := start.Add(b.timer.left); rated && late.Before(b.end) {
		b.setDeadline(late)
	} else {
		b.setDeadline(b.end)
	}
	n, err := b.ReadCloser.Read(p)
	if rated {
		b.timer.record(n, b.now().Sub(start))
	}
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		b.complete = true
		b.setDeadline(time.Time{}) // otherwise the server cancels the request when it expires
		return n, io.EOF
	}
	b.end = start // there is no use in waiting for the rest
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, fmt.Errorf("%w: %w", errSlowBody, err)
	}
	return n, fmt.Errorf("%w: %w", errIncompleteBody, err)
}

var (
	errSlowBody       = NewHTTPError(http.StatusRequestTimeout, errcode.BodyTooSlow, "The request body did not arrive in time. Send it again over a faster connection, or in several smaller requests.")
	errIncompleteBody = NewHTTPError(http.StatusBadRequest, errcode.IncompleteBody, "The request body ended early. Send it again.")
)

// limitDrain limits how long net/http waits for the rest of the body.
func (b *timedBody) limitDrain() {
	if b.complete {
		return
	}
	if at := b.now().Add(drainTime); at.Before(b.end) {
		b.end = at
		b.setDeadline(at)
	}
}

// drainWriter limits the wait for the rest of the body when a response begins, unless the
// handler goes on reading then.
type drainWriter struct {
	http.ResponseWriter
	body       *timedBody
	fullDuplex bool
}

// EnableFullDuplex implements the interface that http.ResponseController looks for.
func (w *drainWriter) EnableFullDuplex() error {
	w.fullDuplex = true
	return http.NewResponseController(w.ResponseWriter).EnableFullDuplex()
}

func (w *drainWriter) WriteHeader(status int) {
	if !w.fullDuplex {
		w.body.limitDrain()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Flush implements http.Flusher, which the compression middleware looks for.
func (w *drainWriter) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // a writer that cannot flush sends at the end
}

// Unwrap implements the interface that http.ResponseController looks for.
func (w *drainWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
