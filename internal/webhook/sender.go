package webhook

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"trailcat/internal/catalog"
)

// CallTimeout is how long an endpoint may take to answer.
const CallTimeout = 15 * time.Second

// SenderConfig is what a Sender needs.
type SenderConfig struct {
	Policy      AddressPolicy
	Resolver    Resolver      // nil: that of the machine
	Timeout     time.Duration // of a call; 0: CallTimeout
	Now         func() time.Time
	NewDelivery func() catalog.Delivery // with an id of its own
	UserAgent   string
}

// Sender posts messages.
type Sender struct {
	policy      AddressPolicy
	resolver    Resolver
	dialer      net.Dialer
	client      *http.Client
	now         func() time.Time
	newDelivery func() catalog.Delivery
	userAgent   string
}

// NewSender returns a sender. It knows no proxy and follows no redirect: both
// would lead past the guard.
func NewSender(config SenderConfig) *Sender {
	s := &Sender{
		policy: config.Policy, resolver: config.Resolver, dialer: net.Dialer{Timeout: 5 * time.Second},
		now: config.Now, newDelivery: config.NewDelivery, userAgent: config.UserAgent,
	}
	if s.resolver == nil {
		s.resolver = net.DefaultResolver
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
			DialContext:            s.dial,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // what is kept of an answer is what came
			MaxIdleConns:           1000,
			MaxIdleConnsPerHost:    8, // several webhooks may share a host
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    5 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
	return s
}

// Test posts a test and tells how it went. It counts as no attempt with anything.
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

// send posts a message and notes in d how it went. What it returns goes beyond
// that: what the endpoint asks of us.
func (s *Sender) send(ctx context.Context, w catalog.Webhook, m Message, d *catalog.Delivery) retryDirective {
	d.WebhookID, d.MessageID, d.Type, d.At = w.ID, m.ID, m.Type, s.now()
	d.After, d.Upto, d.Events = m.After, m.Upto, m.Events
	request, err := s.request(ctx, w, m, d.At)
	if err != nil {
		d.Failure = "The request could not be made: " + err.Error() + "."
		return retryDirective{}
	}
	response, err := s.client.Do(request)
	if err != nil {
		d.Latency, d.Failure = s.now().Sub(d.At), describeFailure(err, s.client.Timeout)
		return retryDirective{}
	}
	return s.classifyResponse(response, d)
}

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
