package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// newSlowReaderServer returns a server on real connections with small buffers, which has
// an export that does not fit into them.
func newSlowReaderServer(t *testing.T, change ...func(*Config)) *httptest.Server {
	t.Helper()
	api := newSQLiteServer(t, append(change, useRealTime)...)
	api.addFillers(t, 200)
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(api)
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(4096); err != nil {
			t.Error(err)
		}
		return ctx
	}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// requestExport requests an export, with an API key unless that is empty, and returns the
// response when it begins.
func requestExport(t *testing.T, server *httptest.Server, encoding, key string) *http.Response {
	t.Helper()
	dialer := func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(4096)
		}
		return conn, err
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/exports/cats", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", encoding)
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := (&http.Transport{DialContext: dialer, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func TestSlowReader_DecompressionIsBounded(t *testing.T) {
	t.Parallel()

	const most = 2
	server := newSlowReaderServer(t, func(c *Config) {
		c.Exports = export.NewCache(export.CacheConfig{Store: c.Store, Log: c.Log, Now: time.Now, NewID: c.NewID, Dir: t.TempDir(), MaxDecompressing: most})
		t.Cleanup(c.Exports.Close)
	})
	slow := make([]*http.Response, most)
	for i := range slow {
		slow[i] = requestExport(t, server, "identity", "")
	}
	over := requestExport(t, server, "identity", "")
	problem, err := io.ReadAll(over.Body)
	if err != nil || over.StatusCode != http.StatusServiceUnavailable || over.Header.Get("Retry-After") != "30" || !strings.Contains(string(problem), `"too_many_downloads"`) {
		t.Errorf("got %s with Retry-After %q: %s (%v); want 503 too_many_downloads", over.Status, over.Header.Get("Retry-After"), problem, err)
	}
	if compressed := requestExport(t, server, "zstd", ""); compressed.StatusCode != http.StatusOK {
		t.Errorf("zstd: got %s, want 200", compressed.Status)
	}
	_ = slow[0].Body.Close()
	within(t, "another caller receives the export", func() bool { return requestExport(t, server, "identity", "").StatusCode == http.StatusOK })
}

// One caller has a share of the exports without compression, so that slow readers do not
// exclude the others.
func TestSlowReader_DecompressionIsShared(t *testing.T) {
	t.Parallel()

	server := newSlowReaderServer(t)
	keys := server.Config.Handler.(*testServer).keys
	const share = 4
	for _, key := range []string{"", keys["writer"], keys["other"]} {
		for n := range share + 1 {
			want := http.StatusOK
			if n == share {
				want = http.StatusServiceUnavailable
			}
			if res := requestExport(t, server, "identity", key); res.StatusCode != want {
				t.Errorf("export %d of a caller: got %s, want %d", n+1, res.Status, want)
			}
		}
	}
}

// within repeats a condition for up to 10 s until it holds.
func within(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !condition(); {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// A caller who accepts an export more slowly than the least rate is disconnected.
func TestSlowReader_LeastRate(t *testing.T) {
	t.Parallel()

	for _, encoding := range []string{"identity", "gzip"} {
		for name, tt := range map[string]struct {
			perSecond int
			complete  bool
		}{
			"slower":  {200, false},
			"as slow": {2000, true},
			"no rate": {0, false},
		} {
			t.Run(fmt.Sprint(encoding, " ", name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					rate := httpkit.TransferRate{BytesPerSecond: 1024, Grace: 10 * time.Second}
					api := newSQLiteServer(t, useRealTime, func(c *Config) { c.ExportRate = rate })
					api.addFillers(t, 200)
					client := startPipeServer(t, api, 0, time.Minute)
					req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://trailcat/v1/exports/cats", http.NoBody)
					if err != nil {
						t.Fatal(err)
					}
					req.Header.Set("Accept-Encoding", encoding)
					res, err := client.Do(req)
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _ = res.Body.Close() }()
					n, err := readAtRate(res.Body, tt.perSecond)
					if complete := err == nil && n == res.ContentLength; complete != tt.complete {
						t.Errorf("received %d of %d bytes (%v), want all: %t", n, res.ContentLength, err, tt.complete)
					}
				})
			})
		}
	}
}

// readAtRate reads to the end at a number of bytes a second; at 0, after an hour.
func readAtRate(r io.Reader, perSecond int) (int64, error) {
	if perSecond == 0 {
		time.Sleep(time.Hour) // in the time of synctest
		return io.Copy(io.Discard, r)
	}
	for total := int64(0); ; {
		n, err := io.CopyN(io.Discard, r, int64(perSecond))
		total += n
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		time.Sleep(time.Second)
	}
}
