package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/webhook"
)

// fakeSender validates URLs but sends nothing: hooks.example.org accepts test messages and
// down.example.org does not.
type fakeSender struct {
	*webhook.Sender
	now         func() time.Time
	newDelivery func() catalog.Delivery
}

func newFakeSender(c *catalog.Catalog, now func() time.Time) fakeSender {
	return fakeSender{webhook.NewSender(webhook.SenderConfig{Resolver: fakeResolver{}, Now: now, NewDelivery: c.NewDelivery}), now, c.NewDelivery}
}

// fakeResolver resolves the hosts of the tests.
type fakeResolver struct{}

func (fakeResolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	switch host {
	case "hooks.example.org", "down.example.org":
		return []netip.Addr{netip.MustParseAddr("93.184.216.34")}, nil
	case "inside.example.org":
		return []netip.Addr{netip.MustParseAddr("10.0.0.7")}, nil
	default:
		return nil, errors.New("no such host")
	}
}

func (s fakeSender) Test(_ context.Context, w catalog.Webhook) (catalog.Delivery, error) {
	d := s.newDelivery()
	d.WebhookID, d.MessageID, d.Type, d.At, d.Since = w.ID, strings.Replace(d.ID, "dlv", "msg", 1), "webhook.test", s.now(), s.now()
	d.StatusCode, d.Latency, d.Response = http.StatusOK, 42*time.Millisecond, "ok"
	if strings.Contains(w.URL, "down") {
		d.StatusCode, d.Response, d.Failure = http.StatusServiceUnavailable, "Down for maintenance", "It answered 503."
	}
	return d, nil
}

func TestWebhooks_Examples(t *testing.T) {
	t.Parallel()

	api, id := newSQLiteServer(t), ""
	for _, request := range []struct{ id, method, path, body string }{
		{"createWebhook", "POST", "/v1/webhooks", `{"url":"https://hooks.example.org/trailcat","types":["cat.created","cat.removed","cat.left"],"filters":{"near":"20850","radius_km":50},"description":"Copies listings to our app"}`},
		{"testWebhook", "POST", "/v1/webhooks/{id}/test", ""},
		{"listWebhooks", "GET", "/v1/webhooks", ""},
		{"getWebhook", "GET", "/v1/webhooks/{id}", ""},
		{"changeWebhook", "PATCH", "/v1/webhooks/{id}", `{"filters":"region=MD","expand":true}`},
		{"listDeliveries", "GET", "/v1/webhooks/{id}/deliveries", ""},
		{"replayWebhook", "POST", "/v1/webhooks/{id}/replay?from=latest", ""},
		{"rotateWebhookSecret", "POST", "/v1/webhooks/{id}/rotate-secret", ""},
	} {
		rec := send(t, api, request.method, strings.Replace(request.path, "{id}", id, 1), request.body, "writer")
		if rec.Code >= http.StatusBadRequest {
			t.Fatalf("%s: %d %s", request.id, rec.Code, rec.Body)
		}
		checkExample(t, request.id, rec.Body.Bytes())
		if request.body != "" {
			checkExample(t, request.id+".request", []byte(request.body))
		}
		if id == "" {
			id = strings.TrimPrefix(rec.Header().Get("Location"), "/v1/webhooks/")
			err := api.store.SaveDelivery(t.Context(), catalog.Delivery{
				ID: "dlv_0100000000000000000000zzzz", WebhookID: id, MessageID: "msg_p5jxn8aqm9lwm0d4lokwxjek2a", Type: "changes", At: *api.now, After: 3, Upto: 9, Events: 4,
				Attempt: 2, Since: api.now.Add(-5 * time.Second), Failure: "There was no answer within 15s.", Latency: 15 * time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// With a test key, responses are complete, but nothing is sent or stored.
func TestWebhooks_TestKeySendsNothing(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.WebhookSender = failingSender{c.WebhookSender, t} })
	hook := createWebhook(t, api, "MD1")
	for path, body := range map[string]string{
		"/v1/webhooks":                               `{"url":"https://hooks.example.org/"}`,
		"/v1/webhooks/" + hook.ID + "/test":          "",
		"/v1/webhooks/" + hook.ID + "/rotate-secret": "",
	} {
		if rec := send(t, api, http.MethodPost, path, body, "test"); rec.Code >= 300 {
			t.Errorf("%s: got %d %s", path, rec.Code, rec.Body)
		}
	}
	rec := send(t, api, http.MethodPatch, "/v1/webhooks/"+hook.ID, `{"status":"active","url":"https://hooks.example.org/"}`, "test")
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"status":"unverified"`) {
		t.Errorf("got %d %s, want an unverified webhook", rec.Code, rec.Body)
	}
	hooks, err := api.store.AllWebhooks(t.Context())
	if err != nil || len(hooks) != 1 || hooks[0].Version != 1 {
		t.Errorf("got webhooks %+v, want the first one unchanged: %v", hooks, err)
	}
	if deliveries, err := api.store.Deliveries(t.Context(), hook.ID, "", 10); err != nil || len(deliveries) != 0 {
		t.Errorf("got deliveries %+v, want none: %v", deliveries, err)
	}
}

// failingSender fails the test if a test message is sent.
type failingSender struct {
	WebhookSender
	t *testing.T
}

func (s failingSender) Test(context.Context, catalog.Webhook) (catalog.Delivery, error) {
	s.t.Error("a test message was sent")
	return catalog.Delivery{}, nil
}

func TestWebhooks_LimitPerPartner(t *testing.T) {
	t.Parallel()

	const limit = 100
	api := newSQLiteServer(t, func(c *Config) { c.Quotas.Webhooks = new(int64(limit)) })
	for range limit {
		createWebhook(t, api, "MD1")
	}
	rec := send(t, api, http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/"}`, "writer")
	if rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "quota_exceeded") {
		t.Errorf("one more than the limit: got %d %s", rec.Code, rec.Body)
	}
	if rec = send(t, api, http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/"}`, "other"); rec.Code != http.StatusCreated {
		t.Errorf("first webhook of another partner: got %d %s", rec.Code, rec.Body)
	}
	page := send(t, api, http.MethodGet, "/v1/webhooks?limit=60", "", "admin")
	next := strings.TrimSuffix(strings.TrimPrefix(page.Header().Get("Link"), "<"), `>; rel="next"`)
	rest := send(t, api, http.MethodGet, next, "", "admin")
	if got := strings.Count(page.Body.String(), `"id":"whk_`) + strings.Count(rest.Body.String(), `"id":"whk_`); got != limit+1 {
		t.Errorf("two pages of an operator: got %d webhooks, want %d", got, limit+1)
	}
}

// A node without the key of a webhook's secret says what its operator must do.
func TestWebhooks_SecretKeyMissing(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		var log lockedBuffer
		api := newServer(t, storetest.Open(t, url), func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		created := send(t, api, http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/"}`, "writer")
		one := created.Header().Get("Location")
		keyring, err := store.ParseKeyring([]string{strings.Repeat("A", 43) + "="})
		if err != nil {
			t.Fatal(err)
		}
		if err := storetest.Open(t, url).SetKeyring(t.Context(), keyring); err != nil {
			t.Fatal(err)
		}
		for _, request := range []struct{ method, path, body string }{
			{http.MethodGet, "/v1/webhooks", ""},
			{http.MethodGet, one, ""},
			{http.MethodGet, one + "/deliveries", ""},
			{http.MethodPatch, one, `{"description":"new"}`},
			{http.MethodPost, one + "/rotate-secret", ""},
			{http.MethodPost, one + "/test", ""},
			{http.MethodDelete, one, ""},
		} {
			rec := send(t, api, request.method, request.path, request.body, "writer")
			if text := rec.Body.String(); rec.Code != http.StatusServiceUnavailable || !strings.Contains(text, `"code":"secret_key_missing"`) || !strings.Contains(text, "TRAILCAT_SECRET_KEY") {
				t.Errorf("%s %s: got %d %s, want 503 secret_key_missing", request.method, request.path, rec.Code, text)
			}
			if retry := rec.Header().Get("Retry-After"); retry != "" {
				t.Errorf("%s %s: got Retry-After %s, want none, because only the operator can correct this", request.method, request.path, retry)
			}
		}
		if strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("each request logs an error:\n%s", log.String())
		}
	})
}

// Secrets are only in the responses that create them, and never in the log.
func TestWebhooks_SecretsAreNotLogged(t *testing.T) {
	t.Parallel()

	var log lockedBuffer
	api := newSQLiteServer(t, func(c *Config) {
		c.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for _, name := range []string{"webhooks", "webhooks_problems"} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".http"))
		if err != nil {
			t.Fatal(err)
		}
		shown := newReplayer(t, api, nil).Replay(t, string(text))
		if n := strings.Count(shown, `"whsec_`); n == 0 || n != strings.Count(shown, `"secret": "whsec_`) {
			t.Errorf("%s shows %d secrets", name, n)
		}
	}
	if !strings.Contains(log.String(), `"path":"/v1/webhooks"`) || strings.Contains(log.String(), "whsec_") {
		t.Errorf("the log tells a secret, or nothing:\n%.2000s", log.String())
	}
}
