package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// fixture is a database with webhooks, their receivers, and the nodes that deliver
// to them. It is the network and the feed of the nodes.
type fixture struct {
	url       string        // of the database
	startup   time.Duration // after which startNode returns
	t         *testing.T
	store     *store.Store
	catalog   *catalog.Catalog
	ids       atomic.Uint64
	receivers map[string]*receiver
}

func newFixture(t *testing.T, s *store.Store) *fixture {
	t.Helper()
	f := &fixture{t: t, store: s, receivers: map[string]*receiver{}}
	f.catalog = catalog.New(s, time.Now, f.newUUID)
	return f
}

// newUUID returns ascending IDs.
func (f *fixture) newUUID() (id [16]byte) {
	n := f.ids.Add(1)
	for i := range 8 {
		id[15-i] = byte(n >> (8 * i))
	}
	return id
}

// writeChanges writes n entries to the log: it creates partners, the smallest
// resource.
func (f *fixture) writeChanges(n int) {
	f.t.Helper()
	for range n {
		if _, err := f.catalog.CreatePartner(f.t.Context(), "Partner", catalog.PublicReader, catalog.Quotas{}); err != nil {
			f.t.Fatal(err)
		}
	}
}

// addWebhook registers a verified webhook with a receiver.
func (f *fixture) addWebhook(name string, r *receiver) catalog.Webhook {
	f.t.Helper()
	f.receivers[name+".example"] = r
	r.t = f.t
	head, err := f.store.Head(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	webhook, err := f.catalog.CreateWebhook(f.t.Context(), catalog.Webhook{URL: "https://" + name + ".example/", Secret: catalog.NewWebhookSecret([32]byte{1}), Filters: r.filters}, head.Seq)
	if err == nil {
		webhook, err = f.catalog.VerifyWebhook(f.t.Context(), webhook, "")
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return webhook
}

// startNode starts a node, which delivers until stop is called.
func (f *fixture) startNode(name string, change ...func(*Config)) (stop func()) {
	f.t.Helper()
	config := Config{
		Store: f.store, Feed: f, Pauser: f.catalog, Log: slog.New(slog.NewTextHandler(f.t.Output(), nil)), Now: time.Now, Jitter: func() float64 { return 0.5 },
		Node: name, ExportURL: "https://trailcat.example/v1/exports/cats",
		Sender: NewSender(SenderConfig{Now: time.Now, NewDelivery: f.catalog.NewDelivery}),
	}
	for _, c := range change {
		c(&config)
	}
	config.Sender.client.Transport = f
	ctx, cancel := context.WithCancel(f.t.Context())
	var running sync.WaitGroup
	running.Go(func() { New(config).Run(ctx) })
	time.Sleep(f.startup)
	return func() {
		cancel()
		running.Wait()
	}
}

// Batch implements Feed. Events are the entries about partners; a filter is the
// last digit of their sequence number. With the filter "parts", each entry has three
// events and each batch one of them.
func (f *fixture) Batch(ctx context.Context, w catalog.Webhook, from catalog.LogPosition, part catalog.EntryPart, upto int64, limit int) (catalog.Batch, error) {
	if w.Filters == "parts" {
		return f.nextPart(ctx, from.Seq, part, upto)
	}
	if w.Filters == "no such shelter" {
		return catalog.Batch{}, fmt.Errorf("filters: %w", &catalog.Error{Kind: catalog.Invalid, Detail: "The shelter does not exist."})
	}
	after := from.Seq
	changes, err := f.store.Changes(ctx, after, 1000)
	batch := catalog.Batch{Upto: upto, Cursor: fmt.Sprintf("after %d", upto)}
	for _, c := range changes {
		if c.Seq > upto {
			break
		}
		if c.Resource == catalog.PartnerResource && (w.Filters == "" || strings.HasSuffix(strconv.FormatInt(c.Seq, 10), w.Filters)) {
			batch.Events = append(batch.Events, fmt.Appendf(nil, `{"seq":%d}`, c.Seq))
			batch.At = c.At
		}
		if len(batch.Events) == limit || c.Seq == after+1000 {
			batch.Upto = c.Seq
			break
		}
	}
	return batch, err
}

// nextPart returns a batch with one of the three events of an entry, whose numbers are
// those of the entry followed by a digit from 1 to 3.
func (f *fixture) nextPart(ctx context.Context, after int64, part catalog.EntryPart, upto int64) (catalog.Batch, error) {
	changes, err := f.store.Changes(ctx, max(after, part.Seq-1), 1000)
	for _, c := range changes {
		if c.Resource == catalog.PartnerResource && c.Seq <= upto {
			n := len(part.Type) + 1
			batch := catalog.Batch{Events: [][]byte{fmt.Appendf(nil, `{"seq":%d}`, 10*c.Seq+int64(n))}, Upto: c.Seq, Cursor: "", At: c.At}
			if n < 3 {
				batch.Part = catalog.EntryPart{Seq: c.Seq, Type: part.Type + "x"}
			}
			return batch, err
		}
	}
	return catalog.Batch{Upto: upto}, err
}

// Cursor implements Feed.
func (f *fixture) Cursor(after int64, _ catalog.LogPosition) string {
	return fmt.Sprintf("after %d", after)
}

// RoundTrip is the network between nodes and receivers.
func (f *fixture) RoundTrip(r *http.Request) (*http.Response, error) {
	return f.receivers[r.URL.Host].receive(r)
}

// receiver is an endpoint that records its calls.
type receiver struct {
	t       *testing.T
	filters string
	answer  func(n int) (status int, after time.Duration) // for the n-th call, from 1; nil means 204 at once
	header  http.Header

	mu    sync.Mutex
	calls []call
	busy  int
}

type call struct {
	id     string
	at     time.Time
	kind   string
	seqs   []int64
	cursor string
	status int
}

// receive handles a call.
func (r *receiver) receive(request *http.Request) (*http.Response, error) {
	var body struct {
		Type string
		Data struct {
			Events []struct{ Seq int64 }
			Cursor string `json:"next_cursor"`
			URL    string `json:"export_url"`
		}
	}
	if err := json.NewDecoder(request.Body).Decode(&body); err != nil {
		r.t.Error(err)
	}
	got := call{id: request.Header.Get("webhook-id"), at: time.Now(), kind: body.Type, status: 204, cursor: body.Data.Cursor}
	for _, e := range body.Data.Events {
		got.seqs = append(got.seqs, e.Seq)
	}
	r.mu.Lock()
	if r.busy++; r.busy > 1 {
		r.t.Error("got two concurrent calls, want one at a time")
	}
	n, wait := len(r.calls)+1, time.Duration(0)
	if r.answer != nil {
		got.status, wait = r.answer(n)
	}
	r.calls = append(r.calls, got)
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.busy--
	}()
	select {
	case <-time.After(wait):
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
	if got.status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: got.status, Header: r.header, Body: io.NopCloser(strings.NewReader("")), Request: request}, nil
}

// all returns the calls so far.
func (r *receiver) all() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// accepted returns the sequence numbers that the receiver accepted, in order of
// arrival.
func (r *receiver) accepted() []int64 {
	var seqs []int64
	for _, c := range r.all() {
		if c.status == 204 {
			seqs = append(seqs, c.seqs...)
		}
	}
	return seqs
}

// changesAfter returns the sequence numbers of all events after an entry that match
// the filters.
func (f *fixture) changesAfter(after int64, filters string) []int64 {
	f.t.Helper()
	var seqs []int64
	changes, err := f.store.Changes(f.t.Context(), after, 100_000)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range changes {
		if c.Resource == catalog.PartnerResource && strings.HasSuffix(strconv.FormatInt(c.Seq, 10), filters) {
			seqs = append(seqs, c.Seq)
		}
	}
	return seqs
}

// slowPolling configures a node for tests in which days pass.
func slowPolling(c *Config) { c.PollInterval, c.LeaseDuration = 10*time.Minute, time.Hour }

// withFixture runs a test in a world of its own where time is made.
func withFixture(t *testing.T, test func(t *testing.T, f *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		url := storetest.URL(t, "sqlite")
		f := newFixture(t, storetest.Open(t, url))
		// Nodes poll at multiples of 200 ms after their start. What a test does at whole
		// seconds after startNode is then between two polls.
		f.url, f.startup = url, 50*time.Millisecond
		test(t, f)
	})
}

func TestDeliverer_DeliversMatchingEventsInOrder(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		f.writeChanges(3) // before the webhooks exist
		all, filtered := &receiver{}, &receiver{filters: "7"}
		first := f.addWebhook("all", all)
		f.addWebhook("filtered", filtered)
		defer f.startNode("a")()
		for range 5 {
			f.writeChanges(50)
			time.Sleep(time.Second)
		}
		if got, want := all.accepted(), f.changesAfter(5, ""); !slices.Equal(got, want) {
			t.Errorf("got events\n%v, want\n%v", got, want)
		}
		if got, want := filtered.accepted(), f.changesAfter(5, "7"); !slices.Equal(got, want) {
			t.Errorf("with filters: got events %v, want %v", got, want)
		}
		f.writeChanges(250)
		time.Sleep(time.Second)
		for _, c := range all.all() {
			if len(c.seqs) > 100 {
				t.Errorf("got %d events in a call, want at most 100", len(c.seqs))
			}
		}
		last, err := f.store.Deliveries(t.Context(), first.ID, "", 1)
		if err != nil || len(last) != 1 || !last[0].Succeeded() || last[0].Attempt != 1 || last[0].StatusCode != 204 {
			t.Errorf("got last deliveries %+v (%v), want one successful first attempt with status 204", last, err)
		}
	})
}

func TestDeliverer_RetriesTheSameMessageUntilTheEndpointRecovers(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(n int) (int, time.Duration) {
			if n <= 6 {
				return []int{500, 503, 0, 302, 404, 429}[n-1], 0
			}
			return 204, 0
		}}
		webhook := f.addWebhook("bad", in)
		defer f.startNode("a")()
		for range 20 {
			f.writeChanges(1)
			time.Sleep(30 * time.Second)
		}
		if got, want := in.accepted(), f.changesAfter(2, ""); !slices.Equal(got, want) {
			t.Errorf("got accepted events %v, want %v", got, want)
		}
		calls := in.all()
		for i, c := range calls[:7] {
			if c.id != calls[0].id || !slices.Equal(c.seqs, calls[0].seqs) {
				t.Errorf("attempt %d: got message %+v, want that of the first attempt %+v", i+1, c, calls[0])
			}
			if wait := 5 * time.Second << max(i-1, 0); i > 0 && (c.at.Sub(calls[i-1].at) < wait || c.at.Sub(calls[i-1].at) > wait+time.Second) {
				t.Errorf("attempt %d: got delay %s, want %s", i+1, c.at.Sub(calls[i-1].at), wait)
			}
		}
		if calls[7].id == calls[0].id {
			t.Errorf("got ID %s for two messages, want different IDs", calls[0].id)
		}
		attempts, err := f.store.Deliveries(t.Context(), webhook.ID, "", 100)
		if err != nil || len(attempts) != len(calls) || attempts[len(attempts)-3].Attempt != 3 || attempts[len(attempts)-3].Failure != "The connection failed: connection refused." {
			t.Errorf("got deliveries %+v (%v), want %d with the third refused", attempts, err, len(calls))
		}
	})
}

func TestDeliverer_DeliversEntriesInParts(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{filters: "parts", answer: func(n int) (int, time.Duration) {
			if n == 2 || n == 6 {
				return 503, 0
			}
			return 204, 0
		}}
		webhook := f.addWebhook("a", in)
		stop := f.startNode("a")
		f.writeChanges(2) // entries 3 and 4
		time.Sleep(time.Minute)
		want := []int64{31, 32, 33, 41, 42, 43}
		if got := in.accepted(); !slices.Equal(got, want) {
			t.Errorf("got events %v, want %v", got, want)
		}
		calls, ids := in.all(), map[string]bool{}
		for _, c := range calls {
			ids[c.id] = true
		}
		if len(calls) != 8 || len(ids) != 6 || calls[1].id != calls[2].id {
			t.Errorf("got calls %+v, want 8 with 6 IDs", calls)
		}
		if checkpoint, _, err := f.store.Checkpoint(t.Context(), catalog.WebhookLease(webhook.ID)); err != nil || checkpoint != 4 {
			t.Errorf("got checkpoint %d (%v), want 4", checkpoint, err)
		}
		stop()
	})
}

// A node that takes over within an entry begins it again, with the same messages.
func TestDeliverer_RepeatsPartsOfAnEntryAfterAHandover(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{filters: "parts", answer: func(n int) (int, time.Duration) {
			if n == 2 {
				return 503, 0
			}
			return 204, 0
		}}
		f.addWebhook("a", in)
		stop := f.startNode("a")
		f.writeChanges(1) // entry 3
		time.Sleep(time.Second)
		stop()
		defer f.startNode("b")()
		time.Sleep(time.Minute)
		if got, want := in.accepted(), []int64{31, 31, 32, 33}; !slices.Equal(got, want) {
			t.Errorf("got events %v, want %v", got, want)
		}
		if calls := in.all(); calls[0].id != calls[2].id || calls[1].id != calls[3].id {
			t.Errorf("got calls %+v, want the same IDs after the handover", calls)
		}
	})
}

func TestDeliverer_HangingEndpointDoesNotBlockOthers(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		hanging := &receiver{answer: func(int) (int, time.Duration) { return 204, time.Hour }}
		slow := &receiver{answer: func(int) (int, time.Duration) { return 204, 10 * time.Second }}
		good := &receiver{}
		f.addWebhook("hanging", hanging)
		f.addWebhook("slow", slow)
		f.addWebhook("good", good)
		defer f.startNode("a")()
		time.Sleep(time.Second)
		for range 100 {
			f.writeChanges(1)
			started := time.Now()
			time.Sleep(300 * time.Millisecond)
			if calls := good.all(); len(calls) == 0 || calls[len(calls)-1].at.Before(started) {
				t.Fatalf("got calls %v of the good endpoint, want one after %v", calls, started)
			}
		}
		time.Sleep(30 * time.Second)
		if got, want := slow.accepted(), f.changesAfter(6, ""); !slices.Equal(got, want) {
			t.Errorf("slow endpoint: got events %v, want %v", got, want)
		}
	})
}

func TestDeliverer_PausesAnEndpointAfterThreeDaysOfFailures(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(int) (int, time.Duration) { return 500, 0 }}
		webhook := f.addWebhook("bad", in)
		stop := f.startNode("a", slowPolling)
		f.writeChanges(1)
		time.Sleep(36 * time.Hour)
		stop() // the failures before count when another node takes over
		stop = f.startNode("b", slowPolling)
		time.Sleep(35 * time.Hour)
		current := func() catalog.Webhook {
			t.Helper()
			webhook, err := f.store.Webhook(t.Context(), webhook.ID)
			if err != nil {
				t.Fatal(err)
			}
			return webhook
		}
		if got := current(); got.Status != catalog.WebhookActive {
			t.Fatalf("after 71 hours: got status %s, want active", got.Status)
		}
		time.Sleep(3 * time.Hour)
		if got := current(); got.Status != catalog.WebhookPaused || got.StatusReason != "The endpoint accepted nothing for 3 days. Last attempt: The endpoint responded with status 500." {
			t.Errorf("after 74 hours: got status %s (%s), want paused", got.Status, got.StatusReason)
		}
		calls := len(in.all())
		if calls < 72 || calls > 110 {
			t.Errorf("got %d calls in three days, want 72 to 110", calls)
		}
		f.writeChanges(5)
		time.Sleep(24 * time.Hour)
		if more := len(in.all()); more != calls {
			t.Errorf("got %d calls while paused, want 0", more-calls)
		}
		in.mu.Lock()
		in.answer = nil
		in.mu.Unlock()
		if _, err := f.catalog.VerifyWebhook(t.Context(), webhook, ""); err != nil { // the owner has fixed the endpoint
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		if got, want := in.accepted(), f.changesAfter(2, ""); !slices.Equal(got, want) {
			t.Errorf("after resuming: got events %v, want %v", got, want)
		}
		stop()
	})
}

func TestDeliverer_PausesAnEndpointThatRespondsGone(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(int) (int, time.Duration) { return http.StatusGone, 0 }}
		webhook := f.addWebhook("gone", in)
		defer f.startNode("a", slowPolling)()
		f.writeChanges(1)
		time.Sleep(time.Hour)
		got, err := f.store.Webhook(t.Context(), webhook.ID)
		if err != nil || got.Status != catalog.WebhookPaused || len(in.all()) != 1 || !strings.Contains(got.StatusReason, "410") {
			t.Errorf("got status %s (%s) after %d calls (%v), want paused because of 410 after 1 call", got.Status, got.StatusReason, len(in.all()), err)
		}
	})
}

func TestDeliverer_PausesAWebhookWithInvalidFilters(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{filters: "no such shelter"}
		webhook := f.addWebhook("odd", in)
		defer f.startNode("a")()
		f.writeChanges(1)
		time.Sleep(time.Second)
		got, err := f.store.Webhook(t.Context(), webhook.ID)
		if err != nil || got.Status != catalog.WebhookPaused || !strings.Contains(got.StatusReason, "The shelter does not exist.") {
			t.Errorf("got status %s (%s, %v), want paused because of the filters", got.Status, got.StatusReason, err)
		}
	})
}

// A node without the key of a webhook's secret leaves that webhook to the other nodes, and
// delivers to the others.
func TestDeliverer_LeavesAWebhookWhoseKeyItLacksToOtherNodes(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		plain, encrypted := &receiver{}, &receiver{}
		f.addWebhook("plain", plain)
		webhook := f.addWebhook("encrypted", encrypted)
		defer f.startNode("without key")()
		f.writeChanges(3)
		time.Sleep(time.Second)

		keyring, err := store.ParseKeyring([]string{strings.Repeat("A", 43) + "="})
		if err != nil {
			t.Fatal(err)
		}
		other := storetest.Open(t, f.url)
		err = other.SetKeyring(t.Context(), keyring)
		if err == nil {
			_, err = catalog.New(other, time.Now, f.newUUID).RotateWebhookSecret(t.Context(), webhook.ID, catalog.NewWebhookSecret([32]byte{2}))
		}
		if err != nil {
			t.Fatal(err)
		}
		f.writeChanges(3)
		time.Sleep(time.Second)
		if got, want := plain.accepted(), f.changesAfter(0, ""); !slices.Equal(got, want) {
			t.Errorf("the other webhook got events %v, want %v", got, want)
		}
		if got, want := encrypted.accepted(), f.changesAfter(0, "")[:3]; !slices.Equal(got, want) {
			t.Errorf("got events %v without the key, want %v", got, want)
		}
		defer f.startNode("with key", func(c *Config) { c.Store = other })()
		time.Sleep(30 * time.Second) // until both nodes have divided the leases
		f.writeChanges(1)
		time.Sleep(time.Second)
		for name, r := range map[string]*receiver{"plain": plain, "encrypted": encrypted} {
			if got, want := r.accepted(), f.changesAfter(0, ""); !slices.Equal(got, want) {
				t.Errorf("%s: got events %v from both nodes, want %v", name, got, want)
			}
		}
	})
}

func TestDeliverer_HonoursRetryAfter(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{header: http.Header{"Retry-After": {"7200"}}, answer: func(n int) (int, time.Duration) {
			return map[bool]int{true: 503, false: 204}[n == 1], 0
		}}
		f.addWebhook("busy", in)
		defer f.startNode("a", slowPolling)()
		f.writeChanges(1)
		time.Sleep(2*time.Hour - time.Second)
		if n := len(in.all()); n != 1 {
			t.Errorf("got %d calls before Retry-After has passed, want 1", n)
		}
		time.Sleep(30 * time.Minute)
		if n := len(in.all()); n != 2 {
			t.Errorf("got %d calls after Retry-After, want 2", n)
		}
	})
}

func TestDeliverer_ReplayDeliversAgainWithNewIDs(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{}
		webhook := f.addWebhook("again", in)
		defer f.startNode("a")()
		f.writeChanges(10)
		time.Sleep(time.Second)
		before := in.all()
		if _, err := f.catalog.ReplayWebhook(t.Context(), webhook.ID, 5); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		f.writeChanges(1)
		time.Sleep(time.Second)
		replayed := in.all()[len(before):]
		if len(replayed) != 2 || replayed[0].seqs[0] != 6 || replayed[0].id == before[0].id || replayed[1].seqs[0] != 14 {
			t.Errorf("got calls %+v, want one from entry 6 with a new ID and one with entry 14", replayed)
		}
	})
}

// Entries that older filters skipped count as delivered until a replay, which
// often starts where the last message ended.
func TestDeliverer_ReplayDeliversWhatOlderFiltersSkipped(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		idle, busy := &receiver{filters: "5"}, &receiver{filters: "5", answer: func(int) (int, time.Duration) { return 204, 5 * time.Second }}
		idleHook, busyHook := f.addWebhook("idle", idle), f.addWebhook("busy", busy)
		defer f.startNode("a")()
		widenAndReplay := func(webhook catalog.Webhook) {
			t.Helper()
			if _, err := f.catalog.ChangeWebhook(t.Context(), webhook.ID, 0, func(w *catalog.Webhook) { w.Filters = "" }); err != nil {
				t.Fatal(err)
			}
			if _, err := f.catalog.ReplayWebhook(t.Context(), webhook.ID, 5); err != nil {
				t.Fatal(err)
			}
		}
		f.writeChanges(1)
		time.Sleep(10 * time.Second) // both have received entry 5
		f.writeChanges(6)
		time.Sleep(time.Second) // all of these were skipped
		widenAndReplay(idleHook)
		f.writeChanges(4)
		time.Sleep(time.Second) // the busy endpoint is receiving entry 15
		widenAndReplay(busyHook)
		time.Sleep(time.Minute)
		if got, want := idle.accepted(), f.changesAfter(4, ""); !slices.Equal(got, want) {
			t.Errorf("idle endpoint: got events %v, want %v", got, want)
		}
		if got, want := busy.accepted(), append([]int64{5, 15}, f.changesAfter(5, "")...); !slices.Equal(got, want) {
			t.Errorf("busy endpoint: got events %v, want %v", got, want)
		}
	})
}

// After a failover that lost transactions, new entries have sequence numbers that were
// delivered already. Receivers get log.reset, and no message ID is used twice.
func TestDeliverer_TellsThatTheLogWasSetBack(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		failing := func(int) (int, time.Duration) { return 500, 0 }
		in, retried := &receiver{}, &receiver{answer: failing}
		f.addWebhook("a", in)
		f.addWebhook("b", retried)
		f.writeChanges(2)
		defer f.startNode("a")()
		f.writeChanges(3)
		time.Sleep(time.Second)
		delivered := f.head()
		storetest.SetBack(t, f.url, 3)
		if _, err := f.store.HeadSince(t.Context(), delivered); err != nil { // another node notices it first
			t.Fatal(err)
		}
		f.writeChanges(7)
		in.reset()
		retried.mu.Lock()
		retried.answer = nil
		retried.mu.Unlock()
		time.Sleep(30 * time.Second)
		f.writeChanges(1)
		time.Sleep(time.Second)
		calls := in.all()
		// An export may be as old as the new epoch, so what follows begins there.
		if len(calls) < 3 || calls[0].kind != "log.reset" || calls[0].cursor != fmt.Sprintf("after %d", delivered.Seq-3) || calls[1].kind != "changes" || calls[1].seqs[0] != delivered.Seq-2 {
			t.Errorf("got calls %+v, want log.reset at %d and then the changes since", calls, delivered.Seq-3)
		}
		if got, want := in.accepted(), f.changesAfter(delivered.Seq-3, ""); !slices.Equal(got, want) {
			t.Errorf("after log.reset got the changes %v, want %v", got, want)
		}
		ids := map[string]string{}
		for _, c := range append(calls, retried.all()...) {
			content := fmt.Sprint(c.kind, c.seqs)
			if known, ok := ids[c.id]; ok && known != content {
				t.Errorf("message %s has the contents %s and %s", c.id, known, content)
			}
			ids[c.id] = content
		}
		if last := retried.all(); last[len(last)-3].kind != "log.reset" {
			t.Errorf("got calls %+v, want log.reset instead of a retry", last)
		}
	})
}

// A node that stays connected to an old primary sends changes that are lost, after another
// node has sent log.reset to its receivers.
func TestDeliverer_TellsAgainWhatAnotherNodeToldTooEarly(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{}
		w := f.addWebhook("a", in)
		f.writeChanges(2)
		defer f.startNode("a")()
		f.writeChanges(3)
		time.Sleep(time.Second)
		delivered := f.head()
		storetest.SetBack(t, f.url, 3)
		start := f.head()
		told, err := f.store.HeadSince(t.Context(), delivered)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := f.store.AdvanceCheckpoint(t.Context(), w.ID, w.Version, "a", start, told); err != nil || !ok {
			t.Fatalf("record that the receiver was told: got %v %v", ok, err)
		}
		in.reset()
		time.Sleep(30 * time.Second)
		if calls := in.all(); len(calls) != 1 || calls[0].kind != "log.reset" {
			t.Errorf("got calls %+v, want log.reset", calls)
		}
	})
}

// A message with lost changes that is being sent must not be processed after log.reset. The
// receiver reports concurrent calls.
func TestDeliverer_TellsThatTheLogWasSetBackAfterCallsInProgress(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(int) (int, time.Duration) { return 204, 10 * time.Second }}
		f.addWebhook("a", in)
		f.writeChanges(2)
		defer f.startNode("a")()
		f.writeChanges(3)
		time.Sleep(time.Second) // it is receiving the changes
		storetest.SetBack(t, f.url, 3)
		time.Sleep(time.Minute)
		if calls := in.all(); len(calls) < 2 || calls[0].kind != "changes" || calls[1].kind != "log.reset" {
			t.Errorf("got calls %+v, want changes and log.reset", calls)
		}
	})
}

func (f *fixture) head() catalog.LogPosition {
	f.t.Helper()
	head, err := f.store.Head(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return head
}

// reset discards the calls.
func (r *receiver) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = nil
}

// Otherwise a webhook could pass its test at one URL and then call another one.
func TestVerifyWebhook_IgnoresATestOfAnotherURL(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		tested := f.addWebhook("mine", &receiver{})
		if _, err := f.catalog.ChangeWebhook(t.Context(), tested.ID, 0, func(w *catalog.Webhook) { w.URL = "https://victim.example/" }); err != nil {
			t.Fatal(err)
		}
		got, err := f.catalog.VerifyWebhook(t.Context(), tested, "")
		if err != nil || got.Status != catalog.WebhookUnverified {
			t.Errorf("got status %s (%v), want unverified", got.Status, err)
		}
	})
}

func TestDeliverer_DoesNotCallPausedDeletedOrUnverifiedWebhooks(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		paused, deleted, unverified := &receiver{}, &receiver{}, &receiver{}
		pausedHook, deletedHook := f.addWebhook("paused", paused), f.addWebhook("deleted", deleted)
		f.receivers["unverified.example"] = unverified
		if _, err := f.catalog.CreateWebhook(t.Context(), catalog.Webhook{URL: "https://unverified.example", Secret: pausedHook.Secret}, 0); err != nil {
			t.Fatal(err)
		}
		defer f.startNode("a")()
		time.Sleep(time.Second)
		if _, err := f.catalog.PauseWebhook(t.Context(), pausedHook.ID, "holiday"); err != nil {
			t.Fatal(err)
		}
		if err := f.catalog.DeleteWebhook(t.Context(), deletedHook.ID, 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		f.writeChanges(3)
		time.Sleep(time.Minute)
		for name, r := range map[string]*receiver{"paused": paused, "deleted": deleted, "unverified": unverified} {
			if n := len(r.all()); n != 0 {
				t.Errorf("%s webhook: got %d calls, want 0", name, n)
			}
		}
	})
}
