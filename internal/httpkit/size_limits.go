package httpkit

import (
	"fmt"
	"net/http"
	"time"

	"trailcat/internal/errcode"
)

// The sizes, in bytes, above which a request is rejected.
const (
	MaxURL    = 8 << 10
	MaxHeader = 32 << 10 // less than the limit of net/http, so that the response is a problem
	MaxBody   = 8 << 20  // unless the path has another limit
)

// SizeLimits limits the sizes of requests.
type SizeLimits struct {
	Problems Problems
	MaxBody  func(path string) int64 // returns the largest body of a request to a path, in bytes
}

// Wrap returns a handler that rejects a request that is too large before it reads the
// body.
func (l SizeLimits) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maxBody := l.MaxBody(r.URL.Path)
		switch {
		case len(r.RequestURI) > MaxURL:
			l.Problems.Write(w, r, NewHTTPError(http.StatusRequestURITooLong, errcode.URLTooLong, fmt.Sprintf("The URL must have at most %d bytes.", MaxURL)))
		case headerSize(r.Header) > MaxHeader:
			l.Problems.Write(w, r, NewHTTPError(http.StatusRequestHeaderFieldsTooLarge, errcode.HeaderTooLarge, fmt.Sprintf("The headers must have at most %d bytes in total.", MaxHeader)))
		case r.ContentLength > maxBody:
			l.Problems.Write(w, r, bodyTooLarge(maxBody))
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			next.ServeHTTP(w, r)
		}
	})
}

// headerSize returns the size of a header as HTTP/1 sends it.
func headerSize(h http.Header) int {
	size := 0
	for name, values := range h {
		for _, v := range values {
			size += len(name) + len(v) + 4
		}
	}
	return size
}

func bodyTooLarge(limit int64) error {
	return NewHTTPError(http.StatusRequestEntityTooLarge, errcode.BodyTooLarge, fmt.Sprintf("The request body must have at most %d bytes.", limit))
}

// longResponseTime is how long a request with a large body or response may take.
const longResponseTime = 20 * time.Minute

// ExtendDeadlines gives a request 20 minutes to be answered, instead of the server's usual
// limits.
func ExtendDeadlines(w http.ResponseWriter, now time.Time) {
	controller := http.NewResponseController(w)
	_ = controller.SetReadDeadline(time.Time{}) // a writer without deadlines needs none
	_ = controller.SetWriteDeadline(now.Add(longResponseTime))
}
