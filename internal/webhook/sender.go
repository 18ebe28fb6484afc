package webhook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/publicnet"
)

// CallTimeout is how long an endpoint may take to respond.
const CallTimeout = 15 * time.Second

// SenderConfig is the configuration of a Sender.
type SenderConfig struct {
	Policy      publicnet.Policy
	Resolver    publicnet.Resolver // nil means net.DefaultResolver
	Timeout     time.Duration      // of a call; 0 means CallTimeout
	Now         func() time.Time
	NewDelivery func() catalog.Delivery // returns a delivery with a new ID
	UserAgent   string
}

// Sender posts messages to webhooks.
type Sender struct {
	dialer      publicnet.Dialer
	client      *http.Client
	now         func() time.Time
	newDelivery func() catalog.Delivery
	userAgent   string
}

// NewSender returns a sender. It uses no proxy and follows no redirects: both
// would bypass the address policy.
func NewSender(config SenderConfig) *Sender {
	s := &Sender{
		dialer: publicnet.Dialer{Policy: config.Policy, Resolver: config.Resolver},
		now:    config.Now, newDelivery: config.NewDelivery, userAgent: config.UserAgent,
	}
	timeout := config.Timeout
	if timeout == 0 {
		timeout = CallTimeout
	}
	s.client = &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  nil,
			DialContext:            s.dialer.DialContext,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // the stored start of a response is what was sent
			MaxIdleConns:           1000,
			MaxIdleConnsPerHost:    8, // several webhooks may share a host
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    5 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
	return s
}

// Test posts a test message and returns the delivery. Test messages are not
// retried and are not part of the sequence of deliveries.
func (s *Sender) Test(ctx context.Context, w catalog.Webhook) (catalog.Delivery, error) {
	d := s.newDelivery()
	m, err := testMessage(w, d, s.now())
	if err != nil {
		return catalog.Delivery{}, err
	}
	d.Since = s.now()
	s.send(ctx, w, m, &d)
	return d, nil
}

// retryDirective is what a response asks of the sender.
type retryDirective struct {
	gone      bool          // do not call again
	notBefore time.Duration // do not call again within this time
}

// send posts a message and records the result in d.
func (s *Sender) send(ctx context.Context, w catalog.Webhook, m Message, d *catalog.Delivery) retryDirective {
	d.WebhookID, d.MessageID, d.Type, d.At = w.ID, m.ID, m.Type, s.now()
	d.Epoch, d.After, d.Upto, d.Events = m.Epoch, m.After, m.Upto, m.Events
	request, err := s.request(ctx, w, m, d.At)
	if err != nil {
		d.Failure = "The request could not be created: " + err.Error() + "."
		return retryDirective{}
	}
	response, err := s.client.Do(request)
	if err != nil {
		d.Latency, d.Failure = s.now().Sub(d.At), describeFailure(err, s.client.Timeout)
		return retryDirective{}
	}
	return s.classifyResponse(response, d)
}

// request returns the signed request that carries a message.
func (s *Sender) request(ctx context.Context, w catalog.Webhook, m Message, at time.Time) (*http.Request, error) {
	signature, err := sign(w.Secrets(at), m.ID, at, m.Body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(m.Body))
	if err != nil {
		return nil, fmt.Errorf("address %s: %w", w.URL, err)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": s.userAgent,
		"webhook-id": m.ID, "webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": signature,
	} {
		request.Header.Set(name, value)
	}
	return request, nil
}

// maxResponseBytes is how many bytes of a response are read. A connection can be
// reused if its response was read to the end.
const maxResponseBytes = 16 << 10

// classifyResponse reads a response and records in d whether the message was
// accepted, and how the response begins. A response that breaks off within
// maxResponseBytes is a failure whatever its status.
func (s *Sender) classifyResponse(response *http.Response, d *catalog.Delivery) retryDirective {
	defer func() { _ = response.Body.Close() }() // the rest is of no interest
	body, err := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes))
	d.StatusCode, d.Latency = response.StatusCode, s.now().Sub(d.At)
	d.Response = validText(body[:min(len(body), catalog.MaxResponseBytes)])
	switch code := response.StatusCode; {
	case err != nil:
		d.Failure = "The response was incomplete. " + describeFailure(err, s.client.Timeout)
	case 200 <= code && code < 300:
	case 300 <= code && code < 400:
		d.Failure = fmt.Sprintf("The endpoint responded with status %d. Redirects are not followed; change the url of the webhook.", code)
	default:
		d.Failure = fmt.Sprintf("The endpoint responded with status %d.", code)
	}
	return retryDirective{gone: response.StatusCode == http.StatusGone, notBefore: publicnet.RetryAfter(response.Header, s.now())}
}

// validText returns b as text that every database accepts: bytes that are not
// UTF-8, and NUL, are replaced.
func validText(b []byte) string {
	return strings.ReplaceAll(strings.ToValidUTF8(string(b), "\uFFFD"), "\x00", "\uFFFD")
}

// describeFailure returns a sentence that says why there is no complete response.
func describeFailure(err error, timeout time.Duration) string {
	return publicnet.FailureMessages{
		Unreachable: "The endpoint was not called: " + publicnet.ErrUnreachable.Error() + ".",
		Timeout:     fmt.Sprintf("No response within %s.", timeout),
		Closed:      "The endpoint closed the connection before the end of its response.",
	}.Describe(err)
}
