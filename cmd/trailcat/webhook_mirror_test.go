//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// webhookMirror is a client's copy of all cats, kept by a webhook as docs/webhooks.md
// describes.
type webhookMirror struct {
	t      *testing.T
	secret *standardwebhooks.Webhook

	mu     sync.Mutex
	cats   map[string]json.RawMessage
	events map[string]string // of each message, by its ID
	resets int
}

const mirrorSecret = "whsec_zSZiFU5tdrKyuS5wwMrDzPU0+bdOtbiYGexQkIPQClA="

// startWebhookMirror loads an export of a node and registers a webhook that continues from
// there.
func startWebhookMirror(t *testing.T, n *node, key string) *webhookMirror {
	t.Helper()
	secret, err := standardwebhooks.NewWebhook(mirrorSecret)
	if err != nil {
		t.Fatal(err)
	}
	m := &webhookMirror{t: t, secret: secret, events: map[string]string{}} //nolint:exhaustruct // loaded next
	cats, cursor, err := loadExport(t.Context(), n.base()+"/v1/exports/cats", "")
	if err != nil {
		t.Fatal(err)
	}
	m.cats = cats
	receiver := httptest.NewServer(m)
	t.Cleanup(receiver.Close)
	body := fmt.Sprintf(`{"url":%q,"secret":%q,"expand":true,"from":%q,"filters":{"resource":"cat"}}`, receiver.URL, mirrorSecret, cursor)
	if code, text, err := n.send(t.Context(), http.MethodPost, "/v1/webhooks", key, body); err != nil || code != http.StatusCreated {
		t.Fatalf("register the webhook: got %d %s %v, want 201", code, text, err)
	}
	return m
}

// ServeHTTP receives a message.
func (m *webhookMirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = m.secret.Verify(body, r.Header)
	}
	if err == nil {
		err = m.receive(r.Context(), r.Header.Get("webhook-id"), body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

func (m *webhookMirror) receive(ctx context.Context, id string, body []byte) error {
	var message struct {
		Type string
		Data struct {
			Events    []webhookEvent
			ExportURL string `json:"export_url"`
		}
	}
	if err := json.Unmarshal(body, &message); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch message.Type {
	case "changes":
		m.apply(id, message.Data.Events)
	case "log.reset", "log.truncated":
		cats, _, err := loadExport(ctx, message.Data.ExportURL, "")
		if err != nil {
			return err
		}
		m.cats = cats
		m.resets++
	}
	return nil
}

type webhookEvent struct {
	Seq, Version int64
	Type, ID     string
	Data         json.RawMessage
}

// apply applies the events of a message unless the copy is at least as new.
func (m *webhookMirror) apply(id string, events []webhookEvent) {
	var text strings.Builder
	for _, event := range events {
		fmt.Fprintln(&text, event.Seq, event.Type, event.ID, event.Version)
		switch {
		case event.Type == "cat.removed" || event.Type == "cat.left" || string(event.Data) == "null" || len(event.Data) == 0:
			delete(m.cats, event.ID)
		case versionOf(m.cats[event.ID]) < event.Version:
			m.cats[event.ID] = event.Data
		}
	}
	content := text.String()
	if first, ok := m.events[id]; ok && first != content {
		m.t.Errorf("message %s was sent again with other events: got\n%swant\n%s", id, content, first)
	}
	m.events[id] = content
}

// versionOf returns the version of a cat, 0 if there is no cat.
func versionOf(cat json.RawMessage) int64 {
	var v struct{ Version int64 }
	_ = json.Unmarshal(cat, &v)
	return v.Version
}

// copy returns the cats of the mirror.
func (m *webhookMirror) copy() map[string]json.RawMessage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.cats)
}

// resetCount returns how often a message made the mirror start over.
func (m *webhookMirror) resetCount() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.resets
}
