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
	"trailcat/internal/webhook"
)

// What webhooks are measured with.
const (
	endpoints        = 50
	changesASecond   = 200
	webhooksWatched  = 15 * time.Second
	writersAtOnce    = 4
	deliveredWithin  = 1000 // milliseconds
	lastOnesDelivery = 10 * time.Second
)

// TestWebhooks measures webhooks alone, at the size of TestBudgets.
func TestWebhooks(t *testing.T) { //nolint:paralleltest // it wants the machine for itself
	s := sizeWanted(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	h := furnished(t, s)
	h.index = h.newIndex()
	if err := h.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	measureWebhooks(t, h, table)
	table.note("Load average: %s.", loadAverage())
}

// measureWebhooks writes so many changes a second and sees how long it takes from
// the commit of each until every endpoint was told.
func measureWebhooks(t *testing.T, h *house, table *table) {
	t.Helper()
	inbox := &receiver{t: t, got: make([]map[string]time.Time, endpoints)}
	server := httptest.NewServer(inbox)
	defer server.Close()
	sender := webhook.NewSender(webhook.SenderConfig{
		Policy: webhook.AddressPolicy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, Now: time.Now, NewDelivery: h.catalog.NewDelivery,
	})
	head, err := h.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range endpoints {
		inbox.got[n] = map[string]time.Time{}
		w, err := h.catalog.CreateWebhook(t.Context(), catalog.Webhook{URL: server.URL + "/" + strconv.Itoa(n), Secret: catalog.NewWebhookSecret([32]byte{byte(n)})}, head.Seq)
		if err == nil {
			_, err = h.catalog.VerifyWebhook(t.Context(), w, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	feed := changefeed.NewWebhookFeed(changefeed.Config{Log: h.store, Index: h.index, Places: h.places, Now: time.Now, PublicURL: ""})
	deliverer := webhook.New(webhook.Config{
		Store: h.store, Feed: feed, Pauser: h.catalog, Sender: sender, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, Jitter: rand.Float64, Node: "bench", ExportURL: "/v1/exports/cats",
	})
	delivering, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { deliverer.Run(delivering) })
	committed := h.changeSteadily(t)
	inbox.await(len(committed), time.Now().Add(lastOnesDelivery))
	stop()
	running.Wait()

	var took spread
	missing := 0
	for n := range endpoints {
		for change, at := range committed {
			if got, ok := inbox.got[n][change]; ok {
				took = append(took, max(0, ms(got.Sub(at))))
			} else {
				missing++
			}
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d were not delivered", missing, missing+len(took))
	}
	table.row(fmt.Sprintf("a write, told to %d webhooks, at %.0f changes/s", endpoints, float64(len(committed))/webhooksWatched.Seconds()),
		p99(took), "", "", fmt.Sprintf("≤ %d ms", deliveredWithin), percentile(took, 99) <= deliveredWithin)
}

// changeSteadily changes cats at a steady pace, and notes when each was committed.
func (h *house) changeSteadily(t *testing.T) map[string]time.Time {
	t.Helper()
	shelters := slices.Collect(h.set.Shelters())
	began := time.Now()
	var mu sync.Mutex
	var writing sync.WaitGroup
	committed := map[string]time.Time{}
	for w := range writersAtOnce {
		writing.Go(func() {
			of := shelters[w]
			for n := 0; ; n++ {
				due := began.Add(time.Duration(n*writersAtOnce+w) * time.Second / changesASecond)
				time.Sleep(time.Until(due))
				if time.Since(began) >= webhooksWatched {
					return
				}
				change, at := h.changeOne(t, of, n)
				mu.Lock()
				committed[change] = at
				mu.Unlock()
			}
		})
	}
	writing.Wait()
	return committed
}

func (h *house) changeOne(t *testing.T, of demo.Shelter, n int) (change string, at time.Time) {
	t.Helper()
	id, version, _ := h.rewrite(t, of, n)
	return fmt.Sprint(id, " ", version), time.Now()
}

// receiver notes when each endpoint was told of each change.
type receiver struct {
	t    *testing.T
	mu   sync.Mutex
	got  []map[string]time.Time
	seen int
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
		if change := fmt.Sprint(e.ID, " ", e.Version); e.Resource == "cat" && r.got[n][change].IsZero() {
			r.got[n][change] = now
			r.seen++
		}
	}
}

// await waits until all endpoints were told of n changes, or it is too late.
func (r *receiver) await(n int, late time.Time) {
	for time.Now().Before(late) {
		r.mu.Lock()
		seen := r.seen
		r.mu.Unlock()
		if seen >= n*endpoints {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
