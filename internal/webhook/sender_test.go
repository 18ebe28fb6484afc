package webhook

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"trailcat/internal/catalog"
)

var loopback = AddressPolicy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

// newSender is a sender that may call this machine.
func newSender(t *testing.T, change ...func(*SenderConfig)) *Sender {
	t.Helper()
	var ids atomic.Int64
	config := SenderConfig{
		Policy: loopback, Now: time.Now, Timeout: 2 * time.Second, UserAgent: "Trailcat/test",
		NewDelivery: func() catalog.Delivery {
			return catalog.Delivery{ID: fmt.Sprintf("dlv_%026d", ids.Add(1))}
		},
	}
	for _, c := range change {
		c(&config)
	}
	return NewSender(config)
}

func receiver(t *testing.T, handle http.HandlerFunc) catalog.Webhook {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // only then the server notices who hangs up
		r.Body = io.NopCloser(bytes.NewReader(body))
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return catalog.Webhook{ID: "whk_1", URL: server.URL + "/hook", Secret: catalog.NewWebhookSecret([32]byte{1}), Version: 1}
}

// The library of Standard Webhooks takes what we sign, with the current secret
// and for a day with the one before.
func TestSignaturesAreGood(t *testing.T) {
	t.Parallel()
	w := catalog.Webhook{ID: "whk_1", Secret: catalog.NewWebhookSecret([32]byte{2}), PreviousSecret: catalog.NewWebhookSecret([32]byte{1})}
	for name, test := range map[string]struct {
		until      time.Duration
		secret     string
		goodSecret bool
	}{
		"the current secret":                      {0, w.Secret, true},
		"during rotation the current one":         {time.Hour, w.Secret, true},
		"during rotation the one before":          {time.Hour, w.PreviousSecret, true},
		"after rotation the one before no longer": {-time.Second, w.PreviousSecret, false},
		"never another one":                       {time.Hour, catalog.NewWebhookSecret([32]byte{3}), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w
			var got *http.Request
			var body []byte
			at := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
			})
			w.URL, w.PreviousUntil = at.URL, time.Now().Add(test.until)
			d, err := newSender(t).Test(t.Context(), w)
			if err != nil || !d.Succeeded() {
				t.Fatal(d.Failure, err)
			}
			verifier, err := standardwebhooks.NewWebhook(test.secret)
			if err != nil {
				t.Fatal(err)
			}
			if err := verifier.Verify(body, got.Header); (err == nil) != test.goodSecret {
				t.Errorf("verified: %v; signature %s", err, got.Header.Get("webhook-signature"))
			}
			if got.Header.Get("webhook-id") != d.MessageID || !strings.HasPrefix(d.MessageID, "msg_") || got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("headers %v, delivery %+v", got.Header, d)
			}
		})
	}
}

// The signature of the example in the specification of Standard Webhooks.
func TestSignatureOfTheSpecification(t *testing.T) {
	t.Parallel()
	got, err := sign([]string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want || err != nil {
		t.Errorf("%s %v, want %s", got, err, want)
	}
}

func TestSecretsBroughtAlong(t *testing.T) {
	t.Parallel()
	for secret, good := range map[string]bool{
		catalog.NewWebhookSecret([32]byte{1}):    true,
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": true,
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw":       false,
		"whsec_c2hvcnQ=":                         false,
		"whsec_!":                                false,
		"":                                       false,
		"whsec_" + strings.Repeat("MfKQ9r8GKYqr", 9): false,
	} {
		if err := catalog.CheckWebhookSecret(secret); (err == nil) != good {
			t.Errorf("%q: %v", secret, err)
		}
	}
}

// TestReceivers: what receivers do, and what is made of it.
func TestReceivers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handle  http.HandlerFunc
		failure string // a part of it; empty: the message was taken
		status  int
		answer  string
	}{
		"takes it": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "", 204, ""},
		"answers at length": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("é", 100_000)) },
			"", 200, strings.Repeat("é", 512),
		},
		"answers bytes that are no text": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{'a', 0, 0xff}) }, "", 200, "a\uFFFD\uFFFD"},
		"fails":                          {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) }, "It answered 500.", 500, "no\n"},
		"redirects": {
			func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/hook" {
					t.Error("the redirect was followed")
				}
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			},
			"redirects are not followed", 307, "",
		},
		"hangs": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no answer within", 0, ""},
		"drips": {
			func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					_, _ = io.WriteString(w, ".")
					_ = http.NewResponseController(w).Flush()
					time.Sleep(50 * time.Millisecond)
				}
			},
			"no answer within", 200, "...",
		},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "hung up", 0, ""},
		"says 200 and hangs up": {
			func(w http.ResponseWriter, _ *http.Request) {
				lie(t, w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
			},
			"broke off", 200, "abc",
		},
		"speaks no HTTP": {func(w http.ResponseWriter, _ *http.Request) { lie(t, w, "220 mail.example ESMTP\r\n") }, "connection failed", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := newSender(t).Test(t.Context(), receiver(t, test.handle))
			if err != nil || d.StatusCode != test.status || !strings.HasPrefix(d.Answer, test.answer) || len(d.Answer) > 1100 {
				t.Errorf("status %d, answer %q (%v), want %d, %q", d.StatusCode, d.Answer, err, test.status, test.answer)
			}
			if d.Succeeded() != (test.failure == "") || !strings.Contains(d.Failure, test.failure) {
				t.Errorf("failure %q, want %q", d.Failure, test.failure)
			}
		})
	}
}

func lie(t *testing.T, w http.ResponseWriter, text string) {
	t.Helper()
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.WriteString(conn, text)
	_ = conn.Close()
}

// A name that leads elsewhere after it was registered is looked at again.
func TestAnAddressThatMovesInsideIsNotCalled(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	names := nameService{"moving.example": {"93.184.216.34"}}
	s := newSender(t, func(c *SenderConfig) { c.Policy, c.Resolver = AddressPolicy{}, names })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	w := catalog.Webhook{ID: "whk_1", URL: "https://moving.example:" + port + "/", Secret: catalog.NewWebhookSecret([32]byte{1})}
	if refusal := s.ValidateURL(t.Context(), w.URL); refusal != "" {
		t.Fatal(refusal)
	}
	names["moving.example"] = []string{"127.0.0.1"}
	d, err := s.Test(t.Context(), w)
	if err != nil || !strings.Contains(d.Failure, "leads to 127.0.0.1, which is not on the public internet") {
		t.Errorf("%q %v", d.Failure, err)
	}
	for _, direct := range []string{"http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]:" + port, "https://[64:ff9b::7f00:1]:" + port} {
		w.URL = direct
		if d, err = s.Test(t.Context(), w); err != nil || !strings.Contains(d.Failure, "not on the public internet") {
			t.Errorf("%s: %q %v", direct, d.Failure, err)
		}
	}
}

func TestTheEnvironmentsProxyIsNotAsked(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	w := receiver(t, func(http.ResponseWriter, *http.Request) {})
	w.URL = strings.Replace(w.URL, "127.0.0.1", "hook.example", 1)
	s := newSender(t, func(c *SenderConfig) { c.Resolver = nameService{"hook.example": {"127.0.0.1"}} })
	if d, err := s.Test(t.Context(), w); err != nil || !d.Succeeded() {
		t.Errorf("%q %v", d.Failure, err)
	}
}

func TestACertificateMustBeGood(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	defer server.Close()
	d, err := newSender(t).Test(t.Context(), catalog.Webhook{ID: "whk_1", URL: server.URL, Secret: catalog.NewWebhookSecret([32]byte{1})})
	if err != nil || !strings.Contains(d.Failure, "certificate") {
		t.Errorf("%q %v", d.Failure, err)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-5": 0, "soon": 0, "9999999": 24 * time.Hour,
		"Sun, 22 Nov 2026 12:00:30 GMT": 30 * time.Second, "Sun, 22 Nov 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
