package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// retryDirective is what an endpoint asks for by its answer.
type retryDirective struct {
	gone      bool          // never to be called again
	notBefore time.Duration // not to be called again before
}

// maxResponseBytes is how many bytes of an answer are read, so that the connection
// can be used again where no more follow.
const maxResponseBytes = 16 << 10

// classifyResponse reads an answer: whether the message was taken, and how it begins. Who
// breaks off within the part that we read has not taken it, whatever status that
// began with.
func (s *Sender) classifyResponse(response *http.Response, d *catalog.Delivery) retryDirective {
	defer func() { _ = response.Body.Close() }() // whatever is left unread is of no interest
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes))
	d.StatusCode, d.Latency = response.StatusCode, s.now().Sub(d.At)
	d.Answer = validText(body[:min(len(body), catalog.KeptBytesOfAnswers)])
	switch code := response.StatusCode; {
	case err != nil:
		d.Failure = "The answer broke off: " + describeFailure(err, s.client.Timeout)
	case 200 <= code && code < 300:
	case 300 <= code && code < 400:
		d.Failure = fmt.Sprintf("It answered %d; redirects are not followed. Change the webhook's url instead.", code)
	case code == http.StatusGone:
		d.Failure = "It answered 410 Gone."
	default:
		d.Failure = fmt.Sprintf("It answered %d.", code)
	}
	return retryDirective{gone: response.StatusCode == http.StatusGone, notBefore: retryAfter(response.Header.Get("Retry-After"), s.now())}
}

// validText is bytes as text that every database takes.
func validText(b []byte) string {
	return strings.ReplaceAll(strings.ToValidUTF8(string(b), "\uFFFD"), "\x00", "\uFFFD")
}

// maxRetryAfter is how long an endpoint may ask not to be called.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After: seconds, or a date.
func retryAfter(header string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// describeFailure says in a sentence why there is no answer, and nothing of our own network.
func describeFailure(err error, timeout time.Duration) string {
	var refused *addressError
	var notFound *net.DNSError
	var late net.Error
	switch {
	case errors.As(err, &refused):
		return "Not called: " + refused.Error() + "."
	case errors.As(err, &late) && late.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("There was no answer within %s.", timeout)
	case errors.As(err, &notFound):
		return "The host is not found."
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "It hung up before it had answered."
	default:
		return "The connection failed: " + rootCause(err).Error() + "."
	}
}

func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
