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
	"testing/synctest"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
)

// nextCursor returns the next_cursor of a page.
func nextCursor(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	var page struct {
		Page struct {
			Next string `json:"next_cursor"`
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK || page.Page.Next == "" {
		t.Fatalf("got %d %s, want a page with a cursor (%v)", rec.Code, rec.Body, err)
	}
	return page.Page.Next
}

// A cursor is too old once the log was truncated past it, unless the client began without
// data after that.
func TestChanges_CursorBeforeTheRetainedLog(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	early := nextCursor(t, get(t, api, "/v1/changes?limit=3"))
	latest := nextCursor(t, get(t, api, "/v1/changes?cursor=latest"))
	if _, err := api.store.Compact(t.Context(), api.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for name, cursor := range map[string]string{"of a client that began at the start of the log": early, "of the end": latest} {
		if rec := get(t, api, "/v1/changes?cursor="+cursor); rec.Code != http.StatusOK {
			t.Errorf("cursor %s: got %d %s, want 200", name, rec.Code, rec.Body)
		}
	}
	head := api.index.Head()
	old := changefeed.Cursor{Epoch: head.Epoch, Seq: 2, Start: 2}.Encode()
	rec := get(t, api, "/v1/changes?cursor="+old)
	if rec.Code != http.StatusGone || rec.Header().Get("Link") != `</v1/exports/cats>; rel="start"` || !strings.Contains(rec.Body.String(), "cursor_too_old") {
		t.Errorf("cursor before the retained log: got %d %v %s, want 410 with a link to the export", rec.Code, rec.Header(), rec.Body)
	}
}

// askAsync sends a request in the background.
func askAsync(ctx context.Context, api http.Handler, path string) <-chan *httptest.ResponseRecorder {
	responses := make(chan *httptest.ResponseRecorder, 1)
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
	go func() {
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		responses <- rec
	}()
	return responses
}

// A request waits for the first event that concerns its client, not for others.
func TestChanges_WaitEndsWithTheFirstEvent(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		api := newSQLiteServer(t)
		matching := askAsync(t.Context(), api, "/v1/changes?resource=cat&status=adopted&wait=30&cursor=latest")
		other := askAsync(t.Context(), api, "/v1/changes?resource=cat&sex=female&wait=1&cursor=latest")
		synctest.Wait()
		for _, status := range []string{"pending", "adopted"} {
			if rec := send(t, api, http.MethodPost, "/v1/cats/1/status", `{"status":"`+status+`"}`, "writer"); rec.Code != http.StatusOK {
				t.Fatal(rec.Code, rec.Body)
			}
		}
		started := time.Now()
		if rec := <-matching; rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"type":"cat.status_changed"`) {
			t.Errorf("matching filters: got %d %s, want the event", rec.Code, rec.Body)
		}
		if waited := time.Since(started); waited >= time.Second {
			t.Errorf("matching filters: got the event after %s, want it at once", waited)
		}
		if rec := <-other; rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `{"data":[],`) {
			t.Errorf("other filters: got %d %s, want an empty page", rec.Code, rec.Body)
		}
	})
}

// Waiting ends when the client leaves and when the server stops.
func TestChanges_WaitEndsWhenTheClientLeavesOrTheServerStops(t *testing.T) {
	t.Parallel()

	for name, end := range map[string]func(leave func(), stopping *atomic.Bool){
		"client leaves": func(leave func(), _ *atomic.Bool) { leave() },
		"server stops":  func(_ func(), stopping *atomic.Bool) { stopping.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				var stopping atomic.Bool
				api := newSQLiteServer(t, func(c *Config) { c.Draining = stopping.Load })
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				response := askAsync(ctx, api, "/v1/changes?cursor=latest&wait=30")
				synctest.Wait()
				started := time.Now()
				end(leave, &stopping)
				if rec := <-response; rec.Code != http.StatusOK {
					t.Errorf("got %d %s, want 200", rec.Code, rec.Body)
				}
				if waited := time.Since(started); waited > shutdownPoll {
					t.Errorf("got the response after %s, want it within %s", waited, shutdownPoll)
				}
			})
		})
	}
}

func TestChanges_WaitOutlastsTheReadTimeoutOfTheServer(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		const timeout = 5 * time.Second
		api := newSQLiteServer(t, useRealTime)
		client := startPipeServer(t, api, timeout, time.Minute)
		cat, ctx := storedCat(t, api, 1), t.Context()
		time.AfterFunc(3*timeout, func() {
			_, _, err := api.catalog.ChangeCat(ctx, cat, 0, func(f *catalog.Facts) { f.Name = "Late" })
			if err := errors.Join(err, api.index.CatchUp(ctx)); err != nil {
				t.Error(err)
			}
		})
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://trailcat/v1/changes?cursor=latest&wait=30", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil || !strings.Contains(string(body), `"type":"cat.updated"`) {
			t.Errorf("got %s %s, want the event (%v)", res.Status, body, err)
		}
	})
}

// Every response states the log position of the node, errors included; the response to a
// write states the position of the write.
func TestSeqHeader_InEveryResponse(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	seq := func(rec *httptest.ResponseRecorder) int64 {
		n, err := strconv.ParseInt(rec.Header().Get(seqHeader), 10, 64)
		if err != nil {
			t.Errorf("got %d %v without a log position", rec.Code, rec.Header())
		}
		return n
	}
	before := seq(get(t, api, "/v1/cats/1"))
	for _, path := range []string{"/v1/cats", "/v1/shelters/MD1", "/v1/nothing", "/v1/cats?colour=red", "/v1/audit", "/v1/changes?wait=99"} {
		if got := seq(get(t, api, path)); got != before {
			t.Errorf("%s: got seq %d, want %d", path, got, before)
		}
	}
	if got := seq(send(t, api, http.MethodPost, "/v1/cats/1/status", `{"status":"pending"}`, "writer")); got != before+1 {
		t.Errorf("write: got seq %d, want %d", got, before+1)
	}
	if got := get(t, api, "/livez").Header().Get(seqHeader); got != "" {
		t.Errorf("/livez: got seq %q, want none", got)
	}
}

// A node that has not reached the required log position reads the log, waits, and then
// returns 503.
func TestMinSeqHeader(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	seq := api.index.Head().Seq
	minSeq := func(seq int64) *httptest.ResponseRecorder {
		return send(t, api, http.MethodGet, "/v1/cats/1", "", "", minSeqHeader+": "+strconv.FormatInt(seq, 10))
	}
	if _, _, err := api.catalog.ChangeCat(t.Context(), storedCat(t, api, 1), 0, func(f *catalog.Facts) { f.Name = "Elsewhere" }); err != nil {
		t.Fatal(err) // written by another node
	}
	if got := minSeq(seq); got.Code != http.StatusOK || got.Header().Get(seqHeader) != strconv.FormatInt(seq, 10) {
		t.Errorf("position of the index: got %d %v", got.Code, got.Header())
	}
	if got := minSeq(seq + 1); got.Code != http.StatusOK || got.Header().Get(seqHeader) != strconv.FormatInt(seq+1, 10) || !strings.Contains(got.Body.String(), "Elsewhere") {
		t.Errorf("position written by another node: got %d %v %s", got.Code, got.Header(), got.Body)
	}
	if got := minSeq(seq + 2); got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" {
		t.Errorf("position that does not exist: got %d %v %s", got.Code, got.Header(), got.Body)
	}
	if got := minSeq(-1); got.Code != http.StatusBadRequest {
		t.Errorf("negative position: got %d %s", got.Code, got.Body)
	}
}

// catID returns the ID of the cat with a number.
// storedCat returns a cat by its number.
func storedCat(t *testing.T, api *testServer, number int64) catalog.Cat {
	t.Helper()
	cat, err := api.store.CatByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}
