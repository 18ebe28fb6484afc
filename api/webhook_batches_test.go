package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/geo"
)

const maxMessage = 1 << 20 // bytes

// batchReader reads the batches of a webhook as its deliverer does.
type batchReader struct {
	api     *testServer
	feed    changefeed.WebhookFeed
	webhook catalog.Webhook
	after   catalog.LogPosition
	part    catalog.EntryPart
}

func newBatchReader(api *testServer, webhook catalog.Webhook) *batchReader {
	return &batchReader{api: api, feed: api.webhookFeed(), webhook: webhook, after: api.index.Head(), part: catalog.EntryPart{}}
}

// next returns the events of the next batch; none at the end of the log.
func (r *batchReader) next(t *testing.T) ([]wire.Event, catalog.Batch) {
	t.Helper()
	head, err := r.api.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	batch, err := r.feed.Batch(t.Context(), r.webhook, r.after, r.part, head.Seq, 100)
	if err != nil {
		t.Fatal(err)
	}
	if size := len(bytes.Join(batch.Events, []byte(","))); size > maxMessage || len(batch.Events) > 100 {
		t.Errorf("got a batch of %d bytes and %d events, want at most 1 MiB and 100", size, len(batch.Events))
	}
	events := make([]wire.Event, len(batch.Events))
	for i, event := range batch.Events {
		if err := json.Unmarshal(event, &events[i]); err != nil {
			t.Fatal(err)
		}
	}
	if r.part = batch.Part; r.part.Seq == 0 {
		r.after.Seq = batch.Upto
	}
	return events, batch
}

// createSearches saves searches that match every cat, with names of maximum size.
func createSearches(t *testing.T, api *testServer, hook catalog.Webhook, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		s, err := api.catalog.CreateSearch(t.Context(), catalog.SavedSearch{
			PartnerID: hook.PartnerID, WebhookID: hook.ID, Name: strings.Repeat("🐈", catalog.MaxName-5) + fmt.Sprintf("%05d", i),
		})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = s.ID
	}
	return ids
}

// A change that concerns many saved searches is sent in several messages; each search is
// in exactly one of them, also if another one is deleted meanwhile.
func TestWebhookBatches_SplitTheSearchesOfAnEvent(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook := createWebhook(t, api, "MD1")
	hook.Expand = true
	ids := createSearches(t, api, hook, 900)
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	reader := newBatchReader(api, hook)
	for _, name := range []string{"Ada", "Bea"} {
		send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/"+name, `{"name":"`+name+`","description":"`+strings.Repeat("purr ", 12_000)+`"}`, "writer")
	}
	seen, created, last, partial := map[string]int{}, 0, int64(0), 0
	for events, batch := reader.next(t); len(events) > 0; events, batch = reader.next(t) {
		for _, e := range events {
			if e.Seq < last {
				t.Errorf("got event %d after %d, want them in order", e.Seq, last)
			}
			if last = e.Seq; e.Type == "cat.created" {
				created++
			}
			for _, s := range e.Searches {
				seen[fmt.Sprint(e.Seq, s.ID)]++
			}
		}
		if batch.Part.Seq == 0 {
			continue
		}
		if partial++; partial == 1 { // the number of searches before the part changes
			if err := api.catalog.DeleteSearch(t.Context(), ids[0], 0); err != nil {
				t.Fatal(err)
			}
		}
		page := get(t, api, "/v1/changes?limit=1&cursor="+batch.Cursor)
		if want := fmt.Sprintf(`"seq":%d,`, batch.Part.Seq); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), want) {
			t.Errorf("after the cursor of a part: got %d %s, want the entry %d again", page.Code, page.Body, batch.Part.Seq)
		}
	}
	if created != 2 || partial < 2 {
		t.Errorf("got %d events of created cats and %d partial batches, want 2 and at least 2", created, partial)
	}
	for _, seq := range []int64{last - 1, last} {
		for i, id := range ids {
			if n := seen[fmt.Sprint(seq, id)]; n != 1 && (i > 0 || n > 1) {
				t.Fatalf("entry %d: search %d is in %d events, want 1", seq, i, n)
			}
		}
	}
}

// changeLargeShelter changes a shelter with 400 KB of JSON n times.
func changeLargeShelter(t *testing.T, api *testServer, n int) {
	t.Helper()
	home, _ := api.index.ShelterInfo("MD1")
	for i := range n {
		_, err := api.catalog.ChangeShelter(t.Context(), geo.Default(), home.ID, 0, func(p *catalog.Profile) {
			p.Mission, p.Phone = strings.Repeat("mission ", 50_000), strconv.Itoa(i)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWebhookBatches_BoundBytes(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook := createWebhook(t, api, "MD1")
	hook.Expand = true
	reader := newBatchReader(api, hook)
	changeLargeShelter(t, api, 5)
	var seqs []int64
	batches := 0
	for events, _ := reader.next(t); len(events) > 0; events, _ = reader.next(t) {
		batches++
		for _, e := range events {
			seqs = append(seqs, e.Seq)
			if e.Data == nil || e.DataOmitted {
				t.Errorf("event %d has no data", e.Seq)
			}
		}
	}
	if len(seqs) != 5 || seqs[4]-seqs[0] != 4 || batches != 3 {
		t.Errorf("got events %v in %d batches, want 5 in order in 3", seqs, batches)
	}
}

// A shelter whose JSON alone exceeds a message is sent without its data.
func TestWebhookBatches_OmitDataThatIsTooLarge(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	hook := createWebhook(t, api, "MD1")
	hook.Expand = true
	reader := newBatchReader(api, hook)
	home, _ := api.index.ShelterInfo("MD1")
	_, err := api.catalog.ChangeShelter(t.Context(), geo.Default(), home.ID, 0, func(p *catalog.Profile) { p.Mission = strings.Repeat("mission ", maxMessage/8) })
	if err != nil {
		t.Fatal(err)
	}
	events, _ := reader.next(t)
	if len(events) != 1 || events[0].Type != "shelter.updated" || events[0].Data != nil || !events[0].DataOmitted {
		t.Errorf("got %d events, want one without data, with data_omitted", len(events))
	}
}

// A page of changes is bounded in bytes, and the pages together have every change.
func TestChanges_PagesAreBoundedInBytes(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	cursor := changefeed.NewCursor(api.index.Head()).Encode()
	changeLargeShelter(t, api, 12)
	events, pages := 0, 0
	for more := true; more; {
		rec := get(t, api, "/v1/changes?limit=1000&expand=resource&cursor="+cursor)
		var page ChangePage
		unmarshal(t, rec, &page)
		if rec.Body.Len() > maxChangesBytes+1024 {
			t.Errorf("got a page of %d bytes, want at most %d", rec.Body.Len(), maxChangesBytes)
		}
		events, pages = events+len(page.Data), pages+1
		cursor, more = *page.Page.NextCursor, page.Page.HasMore
	}
	if events != 12 || pages != 2 {
		t.Errorf("got %d events in %d pages, want 12 in 2", events, pages)
	}
}
