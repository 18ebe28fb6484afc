package publicnet

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// MaxRetryAfter is the longest time for which a host can postpone requests.
const MaxRetryAfter = 24 * time.Hour

// RetryAfter returns the delay of a Retry-After header, which is a number of seconds or a date:
// at most MaxRetryAfter, and 0 if the header is missing or invalid.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	var wait time.Duration
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), MaxRetryAfter)
}

// FailureMessages are the sentences for three reasons why a request gets no complete response.
type FailureMessages struct {
	Unreachable string // the host was not found or may not be called
	Timeout     string
	Closed      string // the host closed the connection before the end of the response
}

// Describe returns the sentence for an error of an http.Client, or of reading the body of its
// response. It reveals nothing of the operator's network.
func (m FailureMessages) Describe(err error) string {
	var late net.Error
	switch {
	case errors.Is(err, ErrUnreachable):
		return m.Unreachable
	case errors.As(err, &late) && late.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return m.Timeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return m.Closed
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner // the innermost names neither the URL nor addresses
	}
	return "The connection failed: " + err.Error() + "."
}
