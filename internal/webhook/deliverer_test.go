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

// world is a log, webhooks, and nodes that deliver, where time is made: in it
// three days pass in a moment.
type world struct {
	t       *testing.T
	store   *store.Store
	catalog *catalog.Catalog
	ids     atomic.Uint64
	inboxes map[string]*inbox
}

func newWorld(t *testing.T, s *store.Store) *world {
	t.Helper()
	w := &world{t: t, store: s, inboxes: map[string]*inbox{}}
	w.catalog = catalog.New(s, time.Now, w.newUUID)
	return w
}

// newUUID counts, so that ids sort by when they were made.
func (w *world) newUUID() (id [16]byte) {
	n := w.ids.Add(1)
	for i := range 8 {
		id[15-i] = byte(n >> (8 * i))
	}
	return id
}

// happen writes n lines to the log: partners, as they are the least to write.
func (w *world) happen(n int) {
	w.t.Helper()
	for range n {
		if _, err := w.catalog.CreatePartner(w.t.Context(), "Somebody", catalog.PublicReader); err != nil {
			w.t.Fatal(err)
		}
	}
}

// hook registers a webhook that took its test, and its inbox.
func (w *world) hook(name string, in *inbox) catalog.Webhook {
	w.t.Helper()
	w.inboxes[name+".example"] = in
	in.t = w.t
	head, err := w.store.Head(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	hook, err := w.catalog.CreateWebhook(w.t.Context(), catalog.Webhook{URL: "https://" + name + ".example/", Secret: catalog.NewWebhookSecret([32]byte{1}), Filters: in.filters}, head.Seq)
	if err == nil {
		hook, err = w.catalog.VerifyWebhook(w.t.Context(), hook, "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return hook
}

// node delivers until stop is called.
func (w *world) node(name string, change ...func(*Config)) (stop func()) {
	w.t.Helper()
	config := Config{
		Store: w.store, Feed: w, Pauser: w.catalog, Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)), Now: time.Now, Jitter: func() float64 { return 0.5 },
		Node: name, ExportURL: "https://trailcat.example/v1/exports/cats",
		Sender: NewSender(SenderConfig{Now: time.Now, NewDelivery: w.catalog.NewDelivery}),
	}
	for _, c := range change {
		c(&config)
	}
	config.Sender.client.Transport = w
	ctx, cancel := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	running.Go(func() { New(config).Run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// Batch tells of partners; a filter wants the last digit of the number of a line.
func (w *world) Batch(ctx context.Context, hook catalog.Webhook, after, upto int64, limit int) (catalog.Batch, error) {
	if hook.Filters == "no such shelter" {
		return catalog.Batch{}, fmt.Errorf("filters: %w", &catalog.Error{Kind: catalog.Invalid, Detail: "There is no such shelter."})
	}
	lines, err := w.store.Changes(ctx, after, 1000)
	batch := catalog.Batch{Upto: upto, Cursor: fmt.Sprintf("after %d", upto)}
	for _, line := range lines {
		if line.Seq > upto {
			break
		}
		if line.Resource == catalog.PartnerResource && (hook.Filters == "" || strings.HasSuffix(strconv.FormatInt(line.Seq, 10), hook.Filters)) {
			batch.Events = append(batch.Events, fmt.Appendf(nil, `{"seq":%d}`, line.Seq))
			batch.At = line.At
		}
		if len(batch.Events) == limit || line.Seq == after+1000 {
			batch.Upto = line.Seq
			break
		}
	}
	return batch, err
}

func (w *world) Cursor(_ context.Context, after int64) (string, error) {
	return fmt.Sprintf("after %d", after), nil
}

// RoundTrip is the network.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	return w.inboxes[r.URL.Host].take(r)
}

// inbox is a receiver, and what it was sent.
type inbox struct {
	t       *testing.T
	filters string
	answer  func(n int) (status int, after time.Duration) // the n-th call, from 1; nil: 204 at once
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

func (in *inbox) take(r *http.Request) (*http.Response, error) {
	var body struct {
		Type string
		Data struct {
			Events []struct{ Seq int64 }
			Cursor string `json:"next_cursor"`
			URL    string `json:"export_url"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		in.t.Error(err)
	}
	got := call{id: r.Header.Get("webhook-id"), at: time.Now(), kind: body.Type, status: 204, cursor: body.Data.Cursor}
	for _, e := range body.Data.Events {
		got.seqs = append(got.seqs, e.Seq)
	}
	in.mu.Lock()
	if in.busy++; in.busy > 1 {
		in.t.Error("two calls at a time")
	}
	n, wait := len(in.calls)+1, time.Duration(0)
	if in.answer != nil {
		got.status, wait = in.answer(n)
	}
	in.calls = append(in.calls, got)
	in.mu.Unlock()
	defer func() {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.busy--
	}()
	select {
	case <-time.After(wait):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if got.status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: got.status, Header: in.header, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

// all are the calls so far.
func (in *inbox) all() []call {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.calls)
}

// taken are the numbers that the inbox took, in order of coming.
func (in *inbox) taken() []int64 {
	var seqs []int64
	for _, c := range in.all() {
		if c.status == 204 {
			seqs = append(seqs, c.seqs...)
		}
	}
	return seqs
}

// partners are the numbers of all lines that there is to tell of after a number.
func (w *world) partners(after int64, filters string) []int64 {
	w.t.Helper()
	var seqs []int64
	lines, err := w.store.Changes(w.t.Context(), after, 100_000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, line := range lines {
		if line.Resource == catalog.PartnerResource && strings.HasSuffix(strconv.FormatInt(line.Seq, 10), filters) {
			seqs = append(seqs, line.Seq)
		}
	}
	return seqs
}

// rarely is for tests in which much time passes.
func rarely(c *Config) { c.PollInterval, c.LeaseDuration = 10*time.Minute, time.Hour }

// inBubble runs a test in a world of its own where time is made.
func inBubble(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t, storetest.New(t))) })
}

func TestWhatHappensIsToldInOrder(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		w.happen(3) // before there is a webhook: not for it
		all, few := &inbox{}, &inbox{filters: "7"}
		first := w.hook("all", all)
		w.hook("few", few)
		defer w.node("a")()
		for range 5 {
			w.happen(50)
			time.Sleep(time.Second)
		}
		if got, want := all.taken(), w.partners(5, ""); !slices.Equal(got, want) {
			t.Errorf("told\n%v, want\n%v", got, want)
		}
		if got, want := few.taken(), w.partners(5, "7"); !slices.Equal(got, want) {
			t.Errorf("who asked for some was told %v, want %v", got, want)
		}
		w.happen(250)
		time.Sleep(time.Second)
		for _, c := range all.all() {
			if len(c.seqs) > 100 {
				t.Errorf("%d events in a call", len(c.seqs))
			}
		}
		last, err := w.store.Deliveries(t.Context(), first.ID, "", 1)
		if err != nil || len(last) != 1 || !last[0].Succeeded() || last[0].Attempt != 1 || last[0].StatusCode != 204 {
			t.Errorf("the last delivery: %+v %v", last, err)
		}
	})
}

func TestAFailingEndpointGetsAllWhenItRecovers(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{answer: func(n int) (int, time.Duration) {
			if n <= 6 {
				return []int{500, 503, 0, 302, 404, 429}[n-1], 0
			}
			return 204, 0
		}}
		hook := w.hook("bad", in)
		defer w.node("a")()
		for range 20 {
			w.happen(1)
			time.Sleep(30 * time.Second)
		}
		if got, want := in.taken(), w.partners(2, ""); !slices.Equal(got, want) {
			t.Errorf("took %v, want %v", got, want)
		}
		calls := in.all()
		for i, c := range calls[:7] {
			if c.id != calls[0].id || !slices.Equal(c.seqs, calls[0].seqs) {
				t.Errorf("attempt %d is another message: %+v", i+1, c)
			}
			if wait := 5 * time.Second << max(i-1, 0); i > 0 && (c.at.Sub(calls[i-1].at) < wait || c.at.Sub(calls[i-1].at) > wait+time.Second) {
				t.Errorf("attempt %d came after %s, want %s", i+1, c.at.Sub(calls[i-1].at), wait)
			}
		}
		if calls[7].id == calls[0].id {
			t.Error("another message has the same id")
		}
		tries, err := w.store.Deliveries(t.Context(), hook.ID, "", 100)
		if err != nil || len(tries) != len(calls) || tries[len(tries)-3].Attempt != 3 || tries[len(tries)-3].Failure != "The connection failed: connection refused." {
			t.Errorf("%+v %v", tries, err)
		}
	})
}

func TestOneThatHangsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		hangs := &inbox{answer: func(int) (int, time.Duration) { return 204, time.Hour }}
		slow := &inbox{answer: func(int) (int, time.Duration) { return 204, 10 * time.Second }}
		good := &inbox{}
		w.hook("hangs", hangs)
		w.hook("slow", slow)
		w.hook("good", good)
		defer w.node("a")()
		time.Sleep(time.Second)
		for range 100 {
			w.happen(1)
			began := time.Now()
			time.Sleep(300 * time.Millisecond)
			if calls := good.all(); len(calls) == 0 || calls[len(calls)-1].at.Before(began) {
				t.Fatalf("the good one had to wait: %v %v", began, calls)
			}
		}
		time.Sleep(30 * time.Second)
		if got, want := slow.taken(), w.partners(6, ""); !slices.Equal(got, want) {
			t.Errorf("the slow one took %v, want %v", got, want)
		}
	})
}

func TestAfterThreeDaysAnEndpointIsPaused(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{answer: func(int) (int, time.Duration) { return 500, 0 }}
		hook := w.hook("bad", in)
		stop := w.node("a", rarely)
		w.happen(1)
		time.Sleep(36 * time.Hour)
		stop() // the time counts on when another node takes over
		stop = w.node("b", rarely)
		time.Sleep(35 * time.Hour)
		now := func() catalog.Webhook {
			t.Helper()
			now, err := w.store.Webhook(t.Context(), hook.ID)
			if err != nil {
				t.Fatal(err)
			}
			return now
		}
		if got := now(); got.Status != catalog.WebhookActive {
			t.Fatalf("after 71 hours: %s", got.Status)
		}
		time.Sleep(3 * time.Hour)
		if got := now(); got.Status != catalog.WebhookPaused || got.StatusReason != "It took nothing for 3 days. The last attempt: It answered 500." {
			t.Errorf("%s: %s", got.Status, got.StatusReason)
		}
		calls := len(in.all())
		if calls < 72 || calls > 110 {
			t.Errorf("%d calls in three days", calls)
		}
		w.happen(5)
		time.Sleep(24 * time.Hour)
		if more := len(in.all()); more != calls {
			t.Errorf("%d calls while it was paused", more-calls)
		}
		in.mu.Lock()
		in.answer = nil
		in.mu.Unlock()
		if _, err := w.catalog.VerifyWebhook(t.Context(), hook, ""); err != nil { // its owner has mended it
			t.Fatal(err)
		}
		time.Sleep(30 * time.Minute)
		if got, want := in.taken(), w.partners(2, ""); !slices.Equal(got, want) {
			t.Errorf("taken up again it took %v, want %v", got, want)
		}
		stop()
	})
}

func TestGoneEndsIt(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{answer: func(int) (int, time.Duration) { return http.StatusGone, 0 }}
		hook := w.hook("gone", in)
		defer w.node("a", rarely)()
		w.happen(1)
		time.Sleep(time.Hour)
		got, err := w.store.Webhook(t.Context(), hook.ID)
		if err != nil || got.Status != catalog.WebhookPaused || len(in.all()) != 1 || !strings.Contains(got.StatusReason, "410") {
			t.Errorf("%s: %s, after %d calls (%v)", got.Status, got.StatusReason, len(in.all()), err)
		}
	})
}

func TestOneThatAsksForWhatIsNoLongerKnownIsPaused(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{filters: "no such shelter"}
		hook := w.hook("odd", in)
		defer w.node("a")()
		w.happen(1)
		time.Sleep(time.Second)
		got, err := w.store.Webhook(t.Context(), hook.ID)
		if err != nil || got.Status != catalog.WebhookPaused || !strings.Contains(got.StatusReason, "There is no such shelter.") {
			t.Errorf("%s: %s (%v)", got.Status, got.StatusReason, err)
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{header: http.Header{"Retry-After": {"7200"}}, answer: func(n int) (int, time.Duration) {
			return map[bool]int{true: 503, false: 204}[n == 1], 0
		}}
		w.hook("busy", in)
		defer w.node("a", rarely)()
		w.happen(1)
		time.Sleep(2*time.Hour - time.Second)
		if n := len(in.all()); n != 1 {
			t.Errorf("%d calls within the two hours that it asked for", n)
		}
		time.Sleep(30 * time.Minute)
		if n := len(in.all()); n != 2 {
			t.Errorf("%d calls after that, want 2", n)
		}
	})
}

func TestAReplayTellsItAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{}
		hook := w.hook("again", in)
		defer w.node("a")()
		w.happen(10)
		time.Sleep(time.Second)
		before := in.all()
		if _, err := w.catalog.ReplayWebhook(t.Context(), hook.ID, 5); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.happen(1)
		time.Sleep(time.Second)
		again := in.all()[len(before):]
		if len(again) != 2 || again[0].seqs[0] != 6 || again[0].id == before[0].id || again[1].seqs[0] != 14 {
			t.Errorf("told again: %+v", again)
		}
	})
}

// What was passed over by other filters counts as told, until a replay says
// otherwise; which often begins where the last message ended.
func TestAReplayTellsWhatOtherFiltersPassedOver(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		idle, busy := &inbox{filters: "5"}, &inbox{filters: "5", answer: func(int) (int, time.Duration) { return 204, 5 * time.Second }}
		one, two := w.hook("idle", idle), w.hook("busy", busy)
		defer w.node("a")()
		widenAndReplay := func(hook catalog.Webhook) {
			t.Helper()
			if _, err := w.catalog.ChangeWebhook(t.Context(), hook.ID, 0, func(w *catalog.Webhook) { w.Filters = "" }); err != nil {
				t.Fatal(err)
			}
			if _, err := w.catalog.ReplayWebhook(t.Context(), hook.ID, 5); err != nil {
				t.Fatal(err)
			}
		}
		w.happen(1)
		time.Sleep(10 * time.Second) // both were told of line 5
		w.happen(6)
		time.Sleep(time.Second) // all of that was passed over
		widenAndReplay(one)
		w.happen(4)
		time.Sleep(time.Second) // the busy one is being told of line 15
		widenAndReplay(two)
		time.Sleep(time.Minute)
		if got, want := idle.taken(), w.partners(4, ""); !slices.Equal(got, want) {
			t.Errorf("the idle one took %v, want %v", got, want)
		}
		if got, want := busy.taken(), append([]int64{5, 15}, w.partners(5, "")...); !slices.Equal(got, want) {
			t.Errorf("the busy one took %v, want %v", got, want)
		}
	})
}

// Where a database is set back, its next lines have numbers that were told already.
func TestAfterADatabaseWasSetBackItGoesOnFromThere(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{}
		hook := w.hook("a", in)
		log := &setBack{Store: w.store}
		log.by.Store(100)
		w.happen(1)
		defer w.node("a", func(c *Config) { c.Store = log })()
		time.Sleep(time.Second)
		log.by.Store(0)
		if _, err := w.catalog.ReplayWebhook(t.Context(), hook.ID, 3); err != nil { // the bookmark is set back, too
			t.Fatal(err)
		}
		w.happen(2)
		time.Sleep(30 * time.Second)
		if got, want := in.taken(), w.partners(2, ""); !slices.Equal(got, want) {
			t.Errorf("took %v, want %v", got, want)
		}
	})
}

// setBack is a log that ended so much later.
type setBack struct {
	*store.Store
	by atomic.Int64
}

func (s *setBack) Head(ctx context.Context) (catalog.LogPosition, error) {
	head, err := s.Store.Head(ctx)
	head.Seq += s.by.Load()
	return head, err
}

// Else one could pass the test elsewhere, and have others called.
func TestATestOfAnotherAddressVerifiesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		tested := w.hook("mine", &inbox{})
		if _, err := w.catalog.ChangeWebhook(t.Context(), tested.ID, 0, func(w *catalog.Webhook) { w.URL = "https://victim.example/" }); err != nil {
			t.Fatal(err)
		}
		got, err := w.catalog.VerifyWebhook(t.Context(), tested, "")
		if err != nil || got.Status != catalog.WebhookUnverified {
			t.Errorf("%s %v", got.Status, err)
		}
	})
}

func TestPausedDeletedAndUnverifiedOnesAreNotCalled(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		paused, deleted, unverified := &inbox{}, &inbox{}, &inbox{}
		one, two := w.hook("paused", paused), w.hook("deleted", deleted)
		w.inboxes["unverified.example"] = unverified
		if _, err := w.catalog.CreateWebhook(t.Context(), catalog.Webhook{URL: "https://unverified.example", Secret: one.Secret}, 0); err != nil {
			t.Fatal(err)
		}
		defer w.node("a")()
		time.Sleep(time.Second)
		if _, err := w.catalog.PauseWebhook(t.Context(), one.ID, "holiday"); err != nil {
			t.Fatal(err)
		}
		if err := w.catalog.DeleteWebhook(t.Context(), two.ID, 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.happen(3)
		time.Sleep(time.Minute)
		for _, in := range []*inbox{paused, deleted, unverified} {
			if n := len(in.all()); n != 0 {
				t.Errorf("%d calls", n)
			}
		}
	})
}
