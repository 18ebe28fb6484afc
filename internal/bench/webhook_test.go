//go:build bench

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"trailcat/api"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/demo"
	"trailcat/internal/publicnet"
	"trailcat/internal/webhook"
)

// The load of the measurement, and its limits.
const (
	endpointCount     = 50
	changesPerSecond  = 200
	webhookDuration   = 15 * time.Second
	concurrentWriters = 4
	deliveryBudgetMs  = 500
	deliveryGrace     = 10 * time.Second
)

// TestWebhooks measures only webhooks, at the size of TestBudgets.
func TestWebhooks(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	s := benchSize(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	b := loadedBenchServer(t, s)
	b.index = b.newIndex()
	if err := b.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	measureWebhooks(t, b, table)
	table.addNote("Load average: %s.", loadAverage())
}

// measureWebhooks writes changes at a steady rate and measures the time from the
// commit of each until every endpoint has received it.
func measureWebhooks(t *testing.T, b *benchServer, table *table) {
	t.Helper()
	endpoints := &receiver{t: t, received: make([]map[string]time.Time, endpointCount)}
	server := httptest.NewServer(endpoints)
	defer server.Close()
	sender := webhook.NewSender(webhook.SenderConfig{
		Policy: publicnet.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, Now: time.Now, NewDelivery: b.catalog.NewDelivery,
	})
	head, err := b.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range endpointCount {
		endpoints.received[n] = map[string]time.Time{}
		w, err := b.catalog.CreateWebhook(t.Context(), catalog.Webhook{URL: server.URL + "/" + strconv.Itoa(n), Secret: catalog.NewWebhookSecret([32]byte{byte(n)})}, head.Seq)
		if err == nil {
			_, err = b.catalog.VerifyWebhook(t.Context(), w, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	feed := changefeed.NewWebhookFeed(changefeed.Config{Log: b.store, Index: b.index, Places: b.places, Now: time.Now, PublicURL: ""})
	deliverer := webhook.New(webhook.Config{
		Store: b.store, Feed: feed, Pauser: b.catalog, Sender: sender, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, Jitter: rand.Float64, Node: "bench", ExportURL: "/v1/exports/cats",
	})
	delivering, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { deliverer.Run(delivering) })
	committed := b.writeSteadily(t)
	endpoints.waitFor(len(committed), time.Now().Add(deliveryGrace))
	stop()
	running.Wait()

	var latency samples
	missing := 0
	for n := range endpointCount {
		for change, at := range committed {
			if got, ok := endpoints.received[n][change]; ok {
				latency = append(latency, max(0, milliseconds(got.Sub(at))))
			} else {
				missing++
			}
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d events were not delivered", missing, missing+len(latency))
	}
	table.addRow(fmt.Sprintf("a write, delivered to %d webhooks, at %.0f changes/s", endpointCount, float64(len(committed))/webhookDuration.Seconds()),
		formatLatency(latency), "", "", fmt.Sprintf("≤ %d ms", deliveryBudgetMs), percentile(latency, 99) <= deliveryBudgetMs)
}

// writeSteadily changes cats at a steady rate and returns the time at which each
// change was committed.
func (b *benchServer) writeSteadily(t *testing.T) map[string]time.Time {
	t.Helper()
	shelters := slices.Collect(b.set.Shelters())
	started := time.Now()
	var mu sync.Mutex
	var writing sync.WaitGroup
	committed := map[string]time.Time{}
	for w := range concurrentWriters {
		writing.Go(func() {
			of := shelters[w]
			for n := 0; ; n++ {
				due := started.Add(time.Duration(n*concurrentWriters+w) * time.Second / changesPerSecond)
				time.Sleep(time.Until(due))
				if time.Since(started) >= webhookDuration {
					return
				}
				change, at := b.writeChange(t, of, n)
				mu.Lock()
				committed[change] = at
				mu.Unlock()
			}
		})
	}
	writing.Wait()
	return committed
}

// writeChange changes a cat and returns the change and the time of its commit.
func (b *benchServer) writeChange(t *testing.T, of demo.Shelter, n int) (change string, at time.Time) {
	t.Helper()
	id, version, _ := b.updateCat(t, of, n)
	return fmt.Sprint(id, " ", version), time.Now()
}

// receiver records when each endpoint received each change.
type receiver struct {
	t        *testing.T
	mu       sync.Mutex
	received []map[string]time.Time
	count    int
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, request *http.Request) {
	n, err := strconv.Atoi(request.URL.Path[1:])
	var message api.ChangesMessage
	if err == nil {
		err = json.NewDecoder(request.Body).Decode(&message)
	}
	if err != nil {
		r.t.Error(err)
		return
	}
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range message.Data.Events {
		if change := fmt.Sprint(e.ID, " ", e.Version); e.Resource == "cat" && r.received[n][change].IsZero() {
			r.received[n][change] = now
			r.count++
		}
	}
}

// waitFor waits until all endpoints have received n changes, or until the deadline.
func (r *receiver) waitFor(n int, deadline time.Time) {
	for time.Now().Before(deadline) {
		r.mu.Lock()
		seen := r.count
		r.mu.Unlock()
		if seen >= n*endpointCount {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
