package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/zstd"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// get sends a GET request with headers such as "Accept-Encoding: gzip".
func get(t *testing.T, h http.Handler, url string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Add(name, value)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

func TestSizeLimits_RejectUnread(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	big := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/cats", unreadable{})
	big.ContentLength = 60 << 20
	tests := map[string]struct {
		req  *http.Request
		want int
	}{
		"URL":     {httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/cats?q="+strings.Repeat("a", httpkit.MaxURL), http.NoBody), http.StatusRequestURITooLong},
		"headers": {newRequestWithHeader(t, "X-Big", strings.Repeat("a", httpkit.MaxHeader)), http.StatusRequestHeaderFieldsTooLarge},
		"a body":  {big, http.StatusRequestEntityTooLarge},
	}
	for name, tt := range tests {
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, tt.req)
		if rec.Code != tt.want || rec.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, want %d and a problem", name, rec.Code, rec.Header().Get("Content-Type"), tt.want)
		}
	}
}

// unreadable is a body that fails when it is read.
type unreadable struct{}

func (unreadable) Read([]byte) (int, error) { return 0, errors.New("was read") }

func newRequestWithHeader(t *testing.T, name, value string) *http.Request {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/cats", http.NoBody)
	req.Header.Set(name, value)
	return req
}

func TestCompression_EachEncoding(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	plain := get(t, api, "/v1/cats").Body.Bytes()
	unpack := map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	}
	for coding, open := range unpack {
		rec := get(t, api, "/v1/cats", "Accept-Encoding: "+coding)
		if got := rec.Header().Get("Content-Encoding"); got != coding {
			t.Errorf("Accept-Encoding %s: got %q", coding, got)
			continue
		}
		r, err := open(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: the decompressed body differs (%v)", coding, err)
		}
		etag := rec.Header().Get("ETag")
		if again := get(t, api, "/v1/cats", "Accept-Encoding: "+coding, "If-None-Match: "+etag); again.Code != http.StatusNotModified {
			t.Errorf("%s: If-None-Match %s: got %d, want 304", coding, etag, again.Code)
		}
	}
}

func TestRateLimit_HeadersAndLimit(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.RatePerMinute = 60 })
	for i := range 30 {
		if rec := get(t, api, "/v1/cats/1"); rec.Code != http.StatusOK || rec.Header().Get("RateLimit") != fmt.Sprintf(`"address";r=%d;t=%d`, 29-i, i+1) {
			t.Fatalf("request %d: %d, RateLimit %s", i+1, rec.Code, rec.Header().Get("RateLimit"))
		}
	}
	over := get(t, api, "/v1/cats/1")
	if over.Code != http.StatusTooManyRequests || over.Header().Get("Retry-After") != "1" {
		t.Errorf("over the limit: got %d, Retry-After %q; want 429 and 1", over.Code, over.Header().Get("Retry-After"))
	}
}

func TestRateLimit_ForwardedAddressesOfTrustedProxiesOnly(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		trusted []netip.Prefix
		want    int
	}{
		"no trusted proxy: all clients share one address": {nil, http.StatusTooManyRequests},
		"trusted proxy: each client has its own address":  {[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, http.StatusOK},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			api := newSQLiteServer(t, func(c *Config) { c.RatePerMinute, c.TrustedProxies = 4, tt.trusted })
			var last int
			for i := range 5 {
				last = get(t, api, "/v1/cats/1", fmt.Sprintf("X-Forwarded-For: 203.0.113.%d", i)).Code
			}
			if last != tt.want {
				t.Errorf("the fifth client got %d, want %d", last, tt.want)
			}
		})
	}
}

func TestRequestID_OfTheClientOrNew(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	if got := get(t, api, "/livez", "X-Request-Id: mine-1").Header().Get("X-Request-Id"); got != "mine-1" {
		t.Errorf("got %q for the client's id mine-1", got)
	}
	if got := get(t, api, "/livez", "X-Request-Id: <script>").Header().Get("X-Request-Id"); !strings.HasPrefix(got, "req_") {
		t.Errorf("got %q for an invalid id, want a new one", got)
	}
}

// brokenStore returns an error whose text must not reach clients.
type brokenStore struct{ Store }

var errSecret = fmt.Errorf("dial tcp db.internal: password authentication failed: %w",
	&catalog.Error{Kind: catalog.Unavailable, Detail: "The database does not answer."})

func (brokenStore) Cat(context.Context, string) (catalog.Cat, error) { return catalog.Cat{}, errSecret }

func (brokenStore) CatsWithPosition(context.Context, []string) ([]catalog.Cat, catalog.LogPosition, error) {
	return nil, catalog.LogPosition{}, errSecret
}

func (brokenStore) Ping(context.Context) error { return errSecret }

func TestDatabaseFailure_ListsStillAnswer(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.Store = brokenStore{c.Store} })
	tests := map[string]struct {
		path string
		want int
	}{
		"lists are available":    {"/v1/cats", http.StatusOK},
		"shelters are available": {"/v1/shelters/MD1", http.StatusOK},
		"one cat is not":         {"/v1/cats/1", http.StatusServiceUnavailable},
		"readiness fails":        {"/readyz", http.StatusServiceUnavailable},
		"liveness does not":      {"/livez", http.StatusOK},
	}
	for name, tt := range tests {
		rec := get(t, api, tt.path)
		if rec.Code != tt.want {
			t.Errorf("%s: %s: got %d, want %d", name, tt.path, rec.Code, tt.want)
		}
		if strings.Contains(rec.Body.String(), "db.internal") {
			t.Errorf("%s: %s contains internal text: %s", name, tt.path, rec.Body)
		}
	}
}

// panickyStore panics.
type panickyStore struct{ Store }

func (panickyStore) CatsWithPosition(context.Context, []string) ([]catalog.Cat, catalog.LogPosition, error) {
	panic("oh")
}

func TestPanic_IsAProblem(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.Store = panickyStore{c.Store} })
	if rec := get(t, api, "/v1/cats/1"); rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), "request_id") {
		t.Errorf("got %d %s, want 500 with a request id", rec.Code, rec.Body)
	}
}

func TestMetrics_CountByRoute(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	get(t, api, "/v1/cats/1")
	get(t, api, "/v1/cats/2")
	get(t, api, "/nowhere")
	got := get(t, api, "/metrics").Body.String()
	for _, want := range []string{
		`trailcat_http_request_duration_seconds_count{method="GET",route="/v1/cats/:id",status="200"} 2`,
		`trailcat_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1`,
		`trailcat_index_available_cats 7`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

// The cache returns no cat older than the index.
func TestCatCache_NeverOlderThanTheIndex(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	before := get(t, api, "/v1/cats/2")
	shelter, _ := api.index.ShelterInfo("MD1")
	putCats(t, api.catalog, shelter.ID, catalog.CatUpdate{ExternalID: "A2", Source: "test", Edit: func(f *catalog.Facts) { f.Name = "Ruby" }})
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := get(t, api, "/v1/cats/2", "If-None-Match: "+before.Header().Get("ETag"))
	if after.Code != http.StatusOK || !strings.Contains(after.Body.String(), `"name":"Ruby"`) {
		t.Errorf("after the change: %d %s", after.Code, after.Body)
	}
	list := get(t, api, "/v1/cats?q=ruby&fields=name").Body.String()
	if !strings.Contains(list, `"Ruby"`) {
		t.Errorf("the list lacks the new name: %s", list)
	}
}

// An IPv6 client has many addresses, so it is counted by its networks.
func TestRateLimit_CountsIPv6ByNetwork(t *testing.T) {
	t.Parallel()

	const burst = 2
	for name, tt := range map[string]struct {
		format string // of the address of the nth request
		want   int    // requests until the limit is exceeded
	}{
		"addresses of a /64":       {"2001:db8:1:2::%x", burst},
		"zones of an address":      {"fe80::1%%eth%d", burst},
		"networks /64 of a /48":    {"2001:db8:1:%x::1", 10 * burst},
		"networks /48":             {"2001:db8:%x::1", 100},
		"IPv4":                     {"203.0.113.%d", 100},
		"one IPv4 address in IPv6": {"::ffff:203.0.113.1", burst},
		"IPv4 addresses in IPv6":   {"::ffff:203.0.113.%d", 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newSQLiteServer(t, func(c *Config) { c.RatePerMinute = 2 * burst })
			n := 0
			for ; n < 100; n++ {
				address := tt.format
				if strings.Contains(address, "%") {
					address = fmt.Sprintf(address, n+1)
				}
				req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/cats/1", http.NoBody)
				req.RemoteAddr = net.JoinHostPort(address, "1234")
				rec := httptest.NewRecorder()
				api.ServeHTTP(rec, req)
				if rec.Code == http.StatusTooManyRequests {
					break
				}
			}
			if n != tt.want {
				t.Errorf("got %d requests until the limit, want %d", n, tt.want)
			}
		})
	}
}

func TestRateLimit_ExemptsMonitoring(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.RatePerMinute = 2 })
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		for range 3 {
			if rec := get(t, api, path, "Authorization: Basic eDp5"); rec.Code != http.StatusOK || rec.Header().Get("RateLimit") != "" {
				t.Errorf("%s: got %d, RateLimit %q; want 200 without a limit", path, rec.Code, rec.Header().Get("RateLimit"))
			}
		}
	}
	if rec := get(t, api, "/v1/cats/1"); rec.Code != http.StatusOK {
		t.Errorf("after them: got %d, want 200", rec.Code)
	}
}

// keyCounter is a store of keys that counts reads of a key.
type keyCounter struct {
	KeyStore
	reads atomic.Int64
}

func (k *keyCounter) Key(ctx context.Context, id string) (access.Key, error) {
	k.reads.Add(1)
	return k.KeyStore.Key(ctx, id)
}

// False keys use up the limit of their address before they reach the database. A key
// that is in use at that address goes on working.
func TestRateLimit_FalseKeysDoNotReachTheDatabase(t *testing.T) {
	t.Parallel()

	const burst = 30
	var keys keyCounter
	api := newSQLiteServer(t, func(c *Config) {
		keys.KeyStore = c.Keys
		c.Keys, c.RatePerMinute = &keys, 2*burst
	})
	valid := func() int { return get(t, api, "/v1/me", api.bearer("writer")).Code }
	if got := valid(); got != http.StatusOK {
		t.Fatalf("got %d with a valid key, want 200", got)
	}
	keys.reads.Store(0)
	var requests sync.WaitGroup
	for i := range 10 * burst {
		requests.Go(func() {
			_, text := access.NewKey(sha256.Sum256([]byte{byte(i), byte(i >> 8)}), false)
			if code := get(t, api, "/v1/me", "Authorization: Bearer "+text).Code; code != http.StatusUnauthorized && code != http.StatusTooManyRequests {
				t.Errorf("got %d with a false key, want 401 or 429", code)
			}
		})
	}
	requests.Wait()
	if n := keys.reads.Load(); n > burst {
		t.Errorf("%d keys were read from the database, want at most %d", n, burst)
	}
	if got := valid(); got != http.StatusOK {
		t.Errorf("got %d with a valid key after the false ones, want 200", got)
	}
	if got := get(t, api, "/v1/cats/1").Code; got != http.StatusOK {
		t.Errorf("got %d without a key after the false ones, want 200", got)
	}
}
