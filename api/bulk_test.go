package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// do sends a request with a key.
func (s *testServer) do(ctx context.Context, key, method, path, contentType string, body io.Reader) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(ctx, method, path, body)
	req.Header.Set("Authorization", "Bearer "+s.keys[key])
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	return rec
}

// useRealTime sets the system clock, which deadlines of real connections need.
func useRealTime(c *Config) { c.Now = time.Now }

const bulkPath = "/v1/shelters/MD1/cats/bulk-upsert"

// bulkLines returns a range of cats as NDJSON.
func bulkLines(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		b.WriteString(bulkCat(i) + "\n")
	}
	return b.String()
}

// countBulkCats returns how many cats of bulkCat the shelter MD1 has.
func (s *testServer) countBulkCats(t *testing.T) int {
	t.Helper()
	head, err := s.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	changes, err := s.store.Changes(t.Context(), 0, int(head.Seq))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range changes {
		if c.Resource == catalog.CatResource && c.Op == catalog.Created {
			n++
		}
	}
	const fixtures = 9
	return n - fixtures
}

func TestBulkStream_AnswersWhileTheBodyIsSent(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, useRealTime)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	body, send := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+bulkPath, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
	req.Header.Set("Content-Type", export.MimeNDJSON)
	req.Header.Set("Accept", export.MimeNDJSON)
	sendRest := make(chan struct{})
	go func() {
		_, _ = io.WriteString(send, bulkLines(0, bulkBatch))
		<-sendRest
		_, _ = io.WriteString(send, bulkLines(bulkBatch, bulkBatch+3))
		_ = send.Close()
	}()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	var last string
	for n := 0; lines.Scan(); n++ {
		if last = lines.Text(); n == bulkBatch-1 {
			close(sendRest) // the first batch is reported before the second is sent
		}
	}
	if want := `{"summary":{"rows":503,"created":503,"updated":0,"unchanged":0,"rejected":0}}`; last != want {
		t.Errorf("got %s, want %s", last, want)
	}
}

func TestBulkStream_DisconnectLeavesWholeBatches(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s, useRealTime)
		server := httptest.NewServer(api)
		t.Cleanup(server.Close)
		body, send := io.Pipe()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+bulkPath, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
		req.Header.Set("Content-Type", export.MimeNDJSON)
		go func() {
			_, _ = io.WriteString(send, bulkLines(0, 2*bulkBatch+200))
			_ = send.CloseWithError(errors.New("hung up"))
		}()
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			t.Fatal("got a response to an incomplete request")
		}
		server.Close() // waits for the handler
		if n := api.countBulkCats(t); n%bulkBatch != 0 || n > 2*bulkBatch {
			t.Errorf("%d cats are stored, want a multiple of the batch size", n)
		}
	})
}

func TestBulkStream_TooLargeReportsWhatWasWritten(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.BodyLimits.Stream = 1 << 20 })
	blanks := strings.NewReader(strings.Repeat(strings.Repeat(" ", 1<<10)+"\n", 1<<10))
	body := io.MultiReader(strings.NewReader(bulkLines(0, bulkBatch)), blanks)
	rec := api.do(t.Context(), "writer", http.MethodPost, bulkPath, export.MimeNDJSON, body)
	if rec.Code != http.StatusRequestEntityTooLarge || !strings.Contains(rec.Body.String(), "The first 500 cats were processed, and none after them.") {
		t.Errorf("got %d %s", rec.Code, rec.Body)
	}
	if n := api.countBulkCats(t); n != bulkBatch {
		t.Errorf("%d cats are stored, want %d", n, bulkBatch)
	}
}

func TestBulk_Limits(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	thousand := `{"cats":[` + strings.Repeat(`{},`, maxAtomic) + `{}]}`
	tests := map[string]struct {
		path, contentType string
		body              string
		status            int
		says              string
	}{
		"1,001 cats of JSON":          {bulkPath, "application/json", thousand, http.StatusUnprocessableEntity, "too_many"},
		"1,001 cats, atomic":          {bulkPath + "?atomic=true", export.MimeNDJSON, strings.Repeat("{}\n", maxAtomic+1), http.StatusBadRequest, "too_many"},
		"JSON of more than 8 MB":      {bulkPath, "application/json", `{"cats":[` + strings.Repeat(" ", httpkit.MaxBody) + `]}`, http.StatusRequestEntityTooLarge, "body_too_large"},
		"a body without a media type": {bulkPath, "", `{}`, http.StatusUnsupportedMediaType, "application/x-ndjson"},
		"a form, the default of curl": {bulkPath, "application/x-www-form-urlencoded", `{}`, http.StatusUnsupportedMediaType, "application/json"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rec := api.do(t.Context(), "writer", http.MethodPost, test.path, test.contentType, strings.NewReader(test.body))
			if rec.Code != test.status || !strings.Contains(rec.Body.String(), test.says) {
				t.Errorf("got %d %s, want %d with %s", rec.Code, rec.Body, test.status, test.says)
			}
		})
	}
}

func TestBulkStream_LimitOfCats(t *testing.T) {
	t.Parallel()

	rows := streamRows(strings.NewReader(strings.Repeat("1\n", maxStreamed+1)), time.Time{})
	for n := range maxStreamed {
		if _, err := rows(); err != nil {
			t.Fatalf("row %d: %v", n, err)
		}
	}
	if d, err := rows(); err == nil {
		t.Errorf("got %v", d)
	}
}

func TestBulk_ExternalIDsAreKeptUnchanged(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, id := range []string{"A%2F7", "A%20B", "A%3Fx%23y", "%E7%8C%AB", "bulk-upsert", "A+B"} {
		path := "/v1/shelters/MD1/cats/" + id
		put := api.do(t.Context(), "writer", http.MethodPut, path, "application/json", strings.NewReader(`{"name":"Odd"}`))
		got := api.do(t.Context(), "writer", http.MethodGet, path, "", http.NoBody)
		if put.Code != http.StatusCreated || got.Code != http.StatusOK {
			t.Fatalf("%s: put %d, got %d", id, put.Code, got.Code)
		}
		var cat wire.Cat
		if err := json.Unmarshal(got.Body.Bytes(), &cat); err != nil {
			t.Fatal(err)
		}
		again := api.do(t.Context(), "writer", http.MethodPost, "/v1/shelters/MD1/cats", "application/json", strings.NewReader(fmt.Sprintf(`{"name":"Odd","external_id":%q}`, cat.ExternalID)))
		if again.Code != http.StatusConflict {
			t.Errorf("%s is stored as %q: creating it again: got %d, want 409", id, cat.ExternalID, again.Code)
		}
	}
}

func TestCreateCat_ConcurrentRequestsCreateOne(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		answers := make(chan int, 8)
		for range cap(answers) {
			go func() {
				req := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/v1/shelters/MD1/cats/R1", strings.NewReader(`{"name":"Race"}`))
				req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("If-None-Match", "*")
				rec := httptest.NewRecorder()
				api.ServeHTTP(rec, req)
				answers <- rec.Code
			}()
		}
		counts := map[int]int{}
		for range cap(answers) {
			counts[<-answers]++
		}
		if counts[http.StatusCreated] != 1 || counts[http.StatusPreconditionFailed] != cap(answers)-1 {
			t.Errorf("got %v", counts)
		}
	})
}

func TestStaleCats_AreHiddenUntilConfirmed(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	names := func(query string) string {
		rec := api.do(t.Context(), "writer", http.MethodGet, "/v1/cats?shelter=WA1&fields=name,stale&sort=name"+query, "", http.NoBody)
		return string(bytes.Split(rec.Body.Bytes(), []byte(`,"page"`))[0])
	}
	*api.now = api.now.AddDate(0, 0, 40)
	if _, err := api.catalog.MarkStale(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := names(""), `{"data":[]`; got != want {
		t.Errorf("all are stale: got %s, want %s", got, want)
	}
	rec := api.do(t.Context(), "other", http.MethodPut, "/v1/shelters/WA1/cats/K1", "application/json", strings.NewReader(`{"name":"Hera"}`))
	if rec.Code != http.StatusOK {
		t.Fatal(rec.Code, rec.Body)
	}
	if got, want := names(""), `{"data":[{"id":"cat_01000000000000000000000009","name":"Hera","stale":false}]`; got != want {
		t.Errorf("one was confirmed: got %s, want %s", got, want)
	}
	if got, want := names("&stale=true"), `{"data":[{"id":"cat_0100000000000000000000000b","name":"Nobody","stale":true}]`; got != want {
		t.Errorf("stale=true: got %s, want %s", got, want)
	}
}

// bulkCat returns a cat as the software of a shelter sends it, of about 900 bytes.
func bulkCat(i int) string {
	body, err := json.Marshal(map[string]any{
		"external_id": fmt.Sprintf("B%07d", i), "name": fmt.Sprintf("Whiskers %d", i), "status": "available", "url": fmt.Sprintf("https://shelter.example.org/cats/%d", i),
		"listed_at": "2026-04-02T09:30:00Z", "birth": map[string]any{"date": "2023-04-01", "precision": "month"}, "sex": "female", "altered": true,
		"breed": map[string]any{"primary": "Domestic Short Hair", "mixed": true}, "colors": map[string]any{"primary": "Black", "pattern": "solid"},
		"coat": "short", "size": "medium", "weight_kg": 4.2, "good_with": map[string]any{"children": true, "dogs": nil, "cats": true}, "house_trained": true,
		"special_needs": false, "shots_current": true, "fee": map[string]any{"amount_minor": 12500, "currency": "USD"},
		"photos":      []any{map[string]any{"url": fmt.Sprintf("https://photos.example.org/%d-1.jpg", i)}, map[string]any{"url": fmt.Sprintf("https://photos.example.org/%d-2.jpg", i)}},
		"description": "A gentle cat who came to us from a quiet home. She likes to sit at the window and watch the birds, comes when called, and has met calm dogs. She would do best with people who let her take her time.",
	})
	if err != nil {
		panic(err)
	}
	return string(body)
}
