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
	"trailcat/internal/publicnet"
)

var loopback = publicnet.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

// newSender returns a sender that may call loopback addresses.
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

// startReceiver starts an HTTP server and returns a webhook for it.
func startReceiver(t *testing.T, handle http.HandlerFunc) catalog.Webhook {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // only then does the server notice a closed connection
		r.Body = io.NopCloser(bytes.NewReader(body))
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return catalog.Webhook{ID: "whk_1", URL: server.URL + "/hook", Secret: catalog.NewWebhookSecret([32]byte{1}), Version: 1}
}

// TestSender_SignaturesVerify checks signatures with the reference library of
// Standard Webhooks, during and after a rotation of secrets.
func TestSender_SignaturesVerify(t *testing.T) {
	t.Parallel()
	w := catalog.Webhook{ID: "whk_1", Secret: catalog.NewWebhookSecret([32]byte{2}), PreviousSecret: catalog.NewWebhookSecret([32]byte{1})}
	for name, test := range map[string]struct {
		until    time.Duration
		secret   string
		verified bool
	}{
		"current secret":                  {0, w.Secret, true},
		"current secret during rotation":  {time.Hour, w.Secret, true},
		"previous secret during rotation": {time.Hour, w.PreviousSecret, true},
		"previous secret after rotation":  {-time.Second, w.PreviousSecret, false},
		"unknown secret":                  {time.Hour, catalog.NewWebhookSecret([32]byte{3}), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := w
			var got *http.Request
			var body []byte
			at := startReceiver(t, func(_ http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
			})
			w.URL, w.PreviousUntil = at.URL, time.Now().Add(test.until)
			d, err := newSender(t).Test(t.Context(), w)
			if err != nil || !d.Succeeded() {
				t.Fatalf("test failed: %s %v", d.Failure, err)
			}
			verifier, err := standardwebhooks.NewWebhook(test.secret)
			if err != nil {
				t.Fatal(err)
			}
			if err := verifier.Verify(body, got.Header); (err == nil) != test.verified {
				t.Errorf("got verification error %v for signature %s, want verified %v", err, got.Header.Get("webhook-signature"), test.verified)
			}
			if got.Header.Get("webhook-id") != d.MessageID || !strings.HasPrefix(d.MessageID, "msg_") || got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("got headers %v, want JSON and the message ID of %+v", got.Header, d)
			}
		})
	}
}

// TestSign_SpecificationExample uses the example of the Standard Webhooks
// specification.
func TestSign_SpecificationExample(t *testing.T) {
	t.Parallel()
	got, err := sign([]string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want || err != nil {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

func TestCheckWebhookSecret(t *testing.T) {
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
			t.Errorf("secret %q: got error %v, want accepted %v", secret, err, good)
		}
	}
}

// TestSender_ClassifiesResponses covers what endpoints may do with a call.
func TestSender_ClassifiesResponses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handle  http.HandlerFunc
		failure string // substring; empty if the message is accepted
		status  int
		answer  string
	}{
		"accepts": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "", 204, ""},
		"long response": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("é", 100_000)) },
			"", 200, strings.Repeat("é", 512),
		},
		"response is not valid text": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{'a', 0, 0xff}) }, "", 200, "a\uFFFD\uFFFD"},
		"server error":               {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) }, "The endpoint responded with status 500.", 500, "no\n"},
		"redirect": {
			func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/hook" {
					t.Error("the redirect was followed")
				}
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			},
			"Redirects are not followed", 307, "",
		},
		"no response": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "No response within", 0, ""},
		"slow response": {
			func(w http.ResponseWriter, r *http.Request) {
				for tick := time.Tick(20 * time.Millisecond); r.Context().Err() == nil; <-tick {
					_, _ = io.WriteString(w, ".")
					_ = http.NewResponseController(w).Flush()
				}
			},
			"No response within", 200, "...",
		},
		"closes the connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "closed the connection", 0, ""},
		"closes the connection after status 200": {
			func(w http.ResponseWriter, _ *http.Request) {
				writeRaw(t, w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
			},
			"The response was incomplete", 200, "abc",
		},
		"not HTTP": {func(w http.ResponseWriter, _ *http.Request) { writeRaw(t, w, "220 mail.example ESMTP\r\n") }, "connection failed", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sender := newSender(t, func(c *SenderConfig) {
				if test.failure == "No response within" {
					c.Timeout = 500 * time.Millisecond
				}
			})
			d, err := sender.Test(t.Context(), startReceiver(t, test.handle))
			if err != nil || d.StatusCode != test.status || !strings.HasPrefix(d.Response, test.answer) || len(d.Response) > 1100 {
				t.Errorf("got status %d, response %q (%v), want %d, %q", d.StatusCode, d.Response, err, test.status, test.answer)
			}
			if d.Succeeded() != (test.failure == "") || !strings.Contains(d.Failure, test.failure) {
				t.Errorf("got failure %q, want %q", d.Failure, test.failure)
			}
		})
	}
}

// writeRaw writes text to the connection of a request and closes it.
func writeRaw(t *testing.T, w http.ResponseWriter, text string) {
	t.Helper()
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.WriteString(conn, text)
	_ = conn.Close()
}

// TestSender_ChecksAddressesAtEachCall covers DNS rebinding: a host that resolves
// to a private address after it was validated.
func TestSender_ChecksAddressesAtEachCall(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	resolver := fakeResolver{"moving.example": {"93.184.216.34"}}
	s := newSender(t, func(c *SenderConfig) { c.Policy, c.Resolver = publicnet.Policy{}, resolver })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	w := catalog.Webhook{ID: "whk_1", URL: "https://moving.example:" + port + "/", Secret: catalog.NewWebhookSecret([32]byte{1})}
	if message := s.ValidateURL(t.Context(), w.URL); message != "" {
		t.Fatal(message)
	}
	resolver["moving.example"] = []string{"127.0.0.1"}
	d, err := s.Test(t.Context(), w)
	const want = "The endpoint was not called: the host was not found or is not on the public internet."
	if err != nil || d.Failure != want {
		t.Errorf("got failure %q (%v), want %q", d.Failure, err, want)
	}
	for _, direct := range []string{"https://nowhere.example/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]:" + port, "https://[64:ff9b::7f00:1]:" + port} {
		w.URL = direct
		if d, err = s.Test(t.Context(), w); err != nil || d.Failure != want {
			t.Errorf("%s: got failure %q (%v), want %q", direct, d.Failure, err, want)
		}
	}
}

func TestSender_IgnoresTheProxyOfTheEnvironment(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	w := startReceiver(t, func(http.ResponseWriter, *http.Request) {})
	w.URL = strings.Replace(w.URL, "127.0.0.1", "hook.example", 1)
	s := newSender(t, func(c *SenderConfig) { c.Resolver = fakeResolver{"hook.example": {"127.0.0.1"}} })
	if d, err := s.Test(t.Context(), w); err != nil || !d.Succeeded() {
		t.Errorf("got failure %q (%v), want a direct call", d.Failure, err)
	}
}

func TestSender_RejectsAnInvalidCertificate(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	defer server.Close()
	d, err := newSender(t).Test(t.Context(), catalog.Webhook{ID: "whk_1", URL: server.URL, Secret: catalog.NewWebhookSecret([32]byte{1})})
	if err != nil || !strings.Contains(d.Failure, "certificate") {
		t.Errorf("got failure %q (%v), want it to name the certificate", d.Failure, err)
	}
}
