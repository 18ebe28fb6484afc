package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"trailcat/internal/store/storetest"
)

// hungTimeout is the time limit of the database, and hungTolerance what a request may take
// longer on a busy machine. Without limits requests take minutes.
const (
	hungTimeout   = 400 * time.Millisecond
	hungTolerance = 5 * time.Second
)

// TestServe_HungDatabaseIsAnsweredInTime makes a database hang: another node holds the lock
// of the log, or the link to Postgres forwards nothing. Requests that need what hangs get
// 503 in time, and succeed afterwards.
func TestServe_HungDatabaseIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines() {
		t.Run("log locked on "+engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			s, key := hungServer(t, url, url)
			unlock := storetest.LockLog(t, url)
			s.wantUnavailable(t, http.MethodPut, "/v1/shelters/MD1/cats/hung", key)
			s.wantUnavailable(t, http.MethodPost, "/v1/shelters/MD1/cats", key)
			if got := s.total(t); got != 75 {
				t.Errorf("got %d listed cats meanwhile, want 75", got)
			}
			unlock()
			s.wantCreated(t, http.MethodPut, "/v1/shelters/MD1/cats/hung", key)
			s.wantCreated(t, http.MethodPost, "/v1/shelters/MD1/cats", key)
		})
	}
	t.Run("stalled link to Postgres", func(t *testing.T) {
		t.Parallel()
		url := storetest.PostgresURL(t)
		host := localHost(url)
		if host == "" {
			t.Skipf("Postgres at %s is not on this machine, so its connections cannot be stalled", url)
		}
		link := newLink(t, host)
		s, key := hungServer(t, url, strings.Replace(url, host, link.address, 1))
		resume := link.stall()
		defer resume()
		for range 2 { // the second time there are no open connections left
			s.wantUnavailable(t, http.MethodGet, "/v1/cats/1", "")
			s.wantUnavailable(t, http.MethodPut, "/v1/shelters/MD1/cats/hung", key)
		}
		resume()
		s.wantCreated(t, http.MethodPut, "/v1/shelters/MD1/cats/hung", key)
	})
}

// hungServer starts a server and returns it with a key. The key is made through adminURL.
func hungServer(t *testing.T, adminURL, url string) (server testServer, key string) {
	t.Helper()
	key = adminKey(t, adminURL, "--demo")
	return serve(t, "--migrate", "--database", url, "--database-timeout", hungTimeout.String()), key
}

// send sends a request, which creates a cat unless it is a GET.
func (s testServer) send(t *testing.T, method, path, key string) response {
	t.Helper()
	header, content := jsonContent(), `{"name":"Hung","status":"available"}`
	switch method {
	case http.MethodPost:
		header["Idempotency-Key"], content = "hung", `{"external_id":"hung-post","name":"Hung","status":"available"}`
	case http.MethodGet:
		content = ""
	}
	return s.exchange(t, method, path, key, header, content)
}

func (s testServer) wantUnavailable(t *testing.T, method, path, key string) {
	t.Helper()
	start := time.Now()
	res := s.send(t, method, path, key)
	if res.status != http.StatusServiceUnavailable || res.header.Get("Retry-After") == "" {
		t.Errorf("%s %s: got %d %s and Retry-After %q, want 503 and a time", method, path, res.status, res.body, res.header.Get("Retry-After"))
	}
	if took := time.Since(start); took > hungTimeout+hungTolerance {
		t.Errorf("%s %s: answered after %v, want about %v", method, path, took, hungTimeout)
	}
}

func (s testServer) wantCreated(t *testing.T, method, path, key string) {
	t.Helper()
	if res := s.send(t, method, path, key); res.status != http.StatusCreated {
		t.Errorf("%s %s afterwards: got %d %s, want 201", method, path, res.status, res.body)
	}
}

// TestServe_WritesThatWaitTooLongAreRejected keeps writes from ending. Bulk writes wait,
// and another write is rejected.
func TestServe_WritesThatWaitTooLongAreRejected(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t, "sqlite")
	key := adminKey(t, url, "--demo")
	s := serve(t, "--database", url, "--write-wait", "50ms", "--database-timeout", "30s")
	unlock := storetest.LockLog(t, url)
	var bulkWrites sync.WaitGroup
	defer bulkWrites.Wait()
	defer unlock()
	for _, id := range []string{"bulk-1", "bulk-2"} {
		bulkWrites.Go(func() {
			status, body, err := request(t.Context(), http.MethodPost, s.base+"/v1/shelters/MD1/cats/bulk-upsert", key, `{"cats":[{"external_id":"`+id+`","name":"Bulk","status":"available"}]}`)
			if err != nil || status != http.StatusOK {
				t.Errorf("bulk write: got %d %s (%v), want 200", status, body, err)
			}
		})
	}
	within(t, "one write runs and another waits", func() bool {
		_, metrics := s.get(t, "/metrics")
		return strings.Contains(metrics, "\ntrailcat_writes_running 1\n") && !strings.Contains(metrics, "\ntrailcat_writes_waiting 0\n")
	})
	res := s.send(t, http.MethodPut, "/v1/shelters/MD1/cats/single", key)
	if res.status != http.StatusServiceUnavailable || !strings.Contains(res.body, `"code":"overloaded"`) || res.header.Get("Retry-After") == "" {
		t.Errorf("single write: got %d %s, want 503 overloaded with Retry-After", res.status, res.body)
	}
	if _, metrics := s.get(t, "/metrics"); !strings.Contains(metrics, "\ntrailcat_writes_rejected_total 1\n") {
		t.Error("the metrics do not count the rejected write")
	}
}
