package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
)

// cursorIn is the cursor that an answer gives to go on.
func cursorIn(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	var page struct {
		Page struct {
			Next string `json:"next_cursor"`
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK || page.Page.Next == "" {
		t.Fatalf("%d %s (%v)", rec.Code, rec.Body, err)
	}
	return page.Page.Next
}

// TestACursorGetsTooOld once the log was shortened past it; one that began
// without any does not.
func TestACursorGetsTooOld(t *testing.T) {
	t.Parallel()

	api := onSQLite(t)
	early := cursorIn(t, ask(t, api, "/v1/changes?limit=3"))
	latest := cursorIn(t, ask(t, api, "/v1/changes?cursor=latest"))
	if _, err := api.store.Compact(t.Context(), api.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for name, cursor := range map[string]string{"of a walk that began at the start": early, "of the end": latest} {
		if rec := ask(t, api, "/v1/changes?cursor="+cursor); rec.Code != http.StatusOK {
			t.Errorf("cursor %s: %d %s", name, rec.Code, rec.Body)
		}
	}
	head := api.index.Head()
	old := changefeed.Cursor{Seq: 2, Start: 2}.Encode(head.Epoch)
	rec := ask(t, api, "/v1/changes?cursor="+old)
	if rec.Code != http.StatusGone || rec.Header().Get("Link") != `</v1/exports/cats>; rel="start"` || !strings.Contains(rec.Body.String(), "cursor_too_old") {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
}

// answerLater asks in the background.
func answerLater(ctx context.Context, t *testing.T, api http.Handler, path string) <-chan *httptest.ResponseRecorder {
	t.Helper()
	answers := make(chan *httptest.ResponseRecorder, 1)
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
	go func() {
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		answers <- rec
	}()
	return answers
}

// TestWaitingEndsWithTheFirstChangeFor the reader, and with none for others.
func TestWaitingEndsWithTheFirstChange(t *testing.T) {
	t.Parallel()

	api := onSQLite(t)
	var now ChangePage // so that it does not matter who comes first, who waits or who writes
	if err := json.Unmarshal(ask(t, api, "/v1/changes?cursor=latest").Body.Bytes(), &now); err != nil {
		t.Fatal(err)
	}
	answer := answerLater(t.Context(), t, api, "/v1/changes?resource=cat&status=adopted&wait=30&cursor="+*now.Page.NextCursor)
	quiet := answerLater(t.Context(), t, api, "/v1/changes?resource=cat&sex=female&wait=1&cursor="+*now.Page.NextCursor)
	time.Sleep(100 * time.Millisecond)
	for _, status := range []string{"pending", "adopted"} {
		if rec := send(t, api, http.MethodPost, "/v1/cats/1/status", `{"status":"`+status+`"}`, "writer"); rec.Code != http.StatusOK {
			t.Fatal(rec.Code, rec.Body)
		}
	}
	select {
	case rec := <-answer:
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"type":"cat.status_changed"`) {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
	if rec := <-quiet; rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `{"data":[],`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// TestWaitingEndsAtOnce when the client leaves or the server is to stop.
func TestWaitingEndsAtOnce(t *testing.T) {
	t.Parallel()

	var stopping atomic.Bool
	api := onSQLite(t, func(c *Config) { c.Draining = stopping.Load })
	ctx, leave := context.WithCancel(t.Context())
	left := answerLater(ctx, t, api, "/v1/changes?cursor=latest&wait=30")
	stopped := answerLater(t.Context(), t, api, "/v1/changes?cursor=latest&wait=30")
	time.Sleep(50 * time.Millisecond)
	leave()
	stopping.Store(true)
	for name, answers := range map[string]<-chan *httptest.ResponseRecorder{"left": left, "stopped": stopped} {
		select {
		case rec := <-answers:
			if rec.Code != http.StatusOK {
				t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: still waiting", name)
		}
	}
}

// TestWaitingOutlastsTheTimeForReading that a server gives its clients.
func TestWaitingOutlastsTheTimeForReading(t *testing.T) {
	t.Parallel()

	api := onSQLite(t, func(c *Config) { c.Now = time.Now })
	server := httptest.NewUnstartedServer(api)
	server.Config.ReadTimeout = 300 * time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	id, ctx := idOf(t, api, "1"), t.Context()
	time.AfterFunc(time.Second, func() {
		_, _, err := api.catalog.ChangeCat(ctx, id, 0, "api", func(f *catalog.Facts) { f.Name = "Late" })
		if err := errors.Join(err, api.index.CatchUp(ctx)); err != nil {
			t.Error(err)
		}
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/changes?cursor=latest&wait=20", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || !strings.Contains(string(body), `"type":"cat.updated"`) {
		t.Errorf("%s %s (%v)", answer.Status, body, err)
	}
}

// TestEveryAnswerSaysHowNewItIs: also a refusal, and a write says its own number.
func TestEveryAnswerSaysHowNewItIs(t *testing.T) {
	t.Parallel()

	api := onSQLite(t)
	seq := func(rec *httptest.ResponseRecorder) int64 {
		n, err := strconv.ParseInt(rec.Header().Get(seqHeader), 10, 64)
		if err != nil {
			t.Errorf("%d %v", rec.Code, rec.Header())
		}
		return n
	}
	before := seq(ask(t, api, "/v1/cats/1"))
	for _, path := range []string{"/v1/cats", "/v1/shelters/MD1", "/v1/nothing", "/v1/cats?colour=red", "/v1/audit", "/v1/changes?wait=99"} {
		if got := seq(ask(t, api, path)); got != before {
			t.Errorf("%s: %d, want %d", path, got, before)
		}
	}
	if got := seq(send(t, api, http.MethodPost, "/v1/cats/1/status", `{"status":"pending"}`, "writer")); got != before+1 {
		t.Errorf("a write says %d, want %d", got, before+1)
	}
	if got := ask(t, api, "/livez").Header().Get(seqHeader); got != "" {
		t.Errorf("/livez says %q", got)
	}
}

// TestMinSeq: a node that does not know enough looks, waits, and then says so.
func TestMinSeq(t *testing.T) {
	t.Parallel()

	api := onSQLite(t)
	at := api.index.Head().Seq
	minSeq := func(seq int64) *httptest.ResponseRecorder {
		return send(t, api, http.MethodGet, "/v1/cats/1", "", "", minSeqHeader+": "+strconv.FormatInt(seq, 10))
	}
	if _, _, err := api.catalog.ChangeCat(t.Context(), idOf(t, api, "1"), 0, "api", func(f *catalog.Facts) { f.Name = "Elsewhere" }); err != nil {
		t.Fatal(err) // written by another node
	}
	if got := minSeq(at); got.Code != http.StatusOK || got.Header().Get(seqHeader) != strconv.FormatInt(at, 10) {
		t.Errorf("what is known: %d %v", got.Code, got.Header())
	}
	if got := minSeq(at + 1); got.Code != http.StatusOK || got.Header().Get(seqHeader) != strconv.FormatInt(at+1, 10) || !strings.Contains(got.Body.String(), "Elsewhere") {
		t.Errorf("what another wrote: %d %v %s", got.Code, got.Header(), got.Body)
	}
	if got := minSeq(at + 2); got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" {
		t.Errorf("what nobody wrote: %d %v %s", got.Code, got.Header(), got.Body)
	}
	if got := minSeq(-1); got.Code != http.StatusBadRequest {
		t.Errorf("less than nothing: %d %s", got.Code, got.Body)
	}
}

func idOf(t *testing.T, api *stage, number string) string {
	t.Helper()
	var shown struct{ ID string }
	if err := json.Unmarshal(ask(t, api, "/v1/cats/"+number).Body.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	return shown.ID
}
