package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/geo"
	"trailcat/internal/publicnet"
	"trailcat/internal/store"
	"trailcat/internal/webhook"
)

// A receiver gets messages over HTTP that equal the examples of the documentation.
func TestWebhookMessages_Examples(t *testing.T) {
	t.Parallel()

	secret := catalog.NewWebhookSecret([32]byte{7})
	messages, receiver := receiveMessages(t, secret)
	var sender *webhook.Sender
	api := newSQLiteServer(t, func(c *Config) {
		sender = webhook.NewSender(webhook.SenderConfig{
			Policy: publicnet.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, Now: c.Now, NewDelivery: c.Catalog.NewDelivery,
		})
		c.WebhookSender = sender
	})
	rec := send(t, api, http.MethodPost, "/v1/webhooks", `{"url":"`+receiver+`/hook","filters":"near=20850&radius_km=50","expand":true,"secret":"`+secret+`"}`, "writer")
	if rec.Code != http.StatusCreated || !strings.Contains(rec.Body.String(), `"status":"active"`) {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	checkExample(t, "webhookTest.request", nextMessage(t, messages))

	stop := runDeliverer(t, api, sender, api.store)
	send(t, api, http.MethodPatch, "/v1/cats/1", `{"weight_kg":4.4}`, "writer")
	changes := nextMessage(t, messages)
	stop()
	checkExample(t, "changes.request", changes)
	var message ChangesMessage
	if err := json.Unmarshal(changes, &message); err != nil || len(message.Data.Events) != 1 {
		t.Fatalf("%s %v", changes, err)
	}
	page := get(t, api, "/v1/changes?cursor="+message.Data.NextCursor)
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), `"data":[]`) {
		t.Errorf("page after the cursor of the message: got %d %s, want an empty page", page.Code, page.Body)
	}

	send(t, api, http.MethodPatch, "/v1/cats/1", `{"weight_kg":4.5}`, "writer")
	stop = runDeliverer(t, api, sender, truncatedLog{api.store})
	checkExample(t, "logTruncated.request", nextMessage(t, messages))
	stop()
	stop = runDeliverer(t, api, sender, resetLog{api.store})
	checkExample(t, "logReset.request", nextMessage(t, messages))
	stop()
}

// receiveMessages starts a server that accepts messages with a valid signature. It returns
// the messages and the URL of the server.
func receiveMessages(t *testing.T, secret string) (<-chan []byte, string) {
	t.Helper()
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	messages := make(chan []byte, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = verifier.VerifyIgnoringTimestamp(body, r.Header) // the clock of the test does not advance
		}
		if err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusForbidden)
			return
		}
		messages <- body
	}))
	t.Cleanup(server.Close)
	return messages, server.URL
}

// nextMessage waits for a message.
func nextMessage(t *testing.T, messages <-chan []byte) []byte {
	t.Helper()
	select {
	case m := <-messages:
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("got no message")
		return nil
	}
}

// webhookFeed returns the feed of the webhooks.
func (s *testServer) webhookFeed() changefeed.WebhookFeed {
	return changefeed.NewWebhookFeed(changefeed.Config{
		Log: s.store, Index: s.index, Places: geo.Default(), Now: func() time.Time { return *s.now }, PublicURL: "https://cats.example.org",
	})
}

// runDeliverer starts a deliverer. stop ends it and waits for its end.
func runDeliverer(t *testing.T, api *testServer, sender *webhook.Sender, store webhook.Store) (stop func()) {
	t.Helper()
	deliverer := webhook.New(webhook.Config{
		Store: store, Feed: api.webhookFeed(), Pauser: api.catalog, Sender: sender, Log: slog.New(slog.DiscardHandler), Node: "one",
		Now: func() time.Time { return *api.now }, Jitter: func() float64 { return 0.5 }, ExportURL: "https://cats.example.org/v1/exports/cats", PollInterval: 10 * time.Millisecond,
	})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { deliverer.Run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// resetLog is a store whose log was set back.
type resetLog struct{ *store.Store }

func (s resetLog) Head(ctx context.Context) (catalog.LogPosition, error) {
	head, err := s.Store.Head(ctx)
	head.Epoch = "reset.k3dq6b2a.secret"
	return head, err
}

func (s resetLog) HeadSince(ctx context.Context, _ catalog.LogPosition, _ ...catalog.LogPosition) (catalog.LogPosition, error) {
	return s.Head(ctx)
}

// truncatedLog is a store whose log retains no entries.
type truncatedLog struct{ *store.Store }

func (s truncatedLog) Head(ctx context.Context) (catalog.LogPosition, error) {
	head, err := s.Store.Head(ctx)
	head.Floor = head.Seq
	return head, err
}

func (s truncatedLog) HeadSince(ctx context.Context, _ catalog.LogPosition, _ ...catalog.LogPosition) (catalog.LogPosition, error) {
	return s.Head(ctx)
}
