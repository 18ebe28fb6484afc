package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestExportDownload_ResumesAtAnyByte(t *testing.T) {
	t.Parallel()

	api, snapshots := newExportServer(t, newFixtureStore(t))
	for _, encoding := range []string{"gzip", "zstd"} {
		whole := get(t, api, "/v1/exports/cats", "Accept-Encoding: "+encoding)
		body, etag := whole.Body.Bytes(), whole.Header().Get("ETag")
		rapid.Check(t, func(rt *rapid.T) {
			at := rapid.IntRange(1, len(body)-1).Draw(rt, "bytes received before the interruption")
			rest := get(t, api, "/v1/exports/cats", "Accept-Encoding: "+encoding, "If-Range: "+etag, fmt.Sprintf("Range: bytes=%d-", at))
			if rest.Code != http.StatusPartialContent || !bytes.Equal(append(body[:at:at], rest.Body.Bytes()...), body) {
				rt.Fatalf("%s: got %d with %d bytes after %d of %d, %q", encoding, rest.Code, rest.Body.Len(), at, len(body), rest.Header().Get("Content-Range"))
			}
			for _, name := range []string{"Content-Encoding", "Trailcat-Cursor", "ETag"} {
				if got, want := rest.Header().Get(name), whole.Header().Get(name); got != want {
					rt.Fatalf("%s: got %s %q, want %q", encoding, name, got, want)
				}
			}
		})
	}
	if n := snapshots.count.Load(); n != 1 {
		t.Errorf("got %d snapshots, want 1", n)
	}
}

func TestExportDownload_ResumesAnOlderExport(t *testing.T) {
	t.Parallel()

	api, _ := newExportServer(t, newFixtureStore(t))
	shelter, _ := api.index.ShelterInfo("MD1")
	old := get(t, api, "/v1/exports/cats", "Accept-Encoding: zstd")
	resume := func() *httptest.ResponseRecorder {
		return get(t, api, "/v1/exports/cats", "Accept-Encoding: zstd", "Range: bytes=100-", "If-Range: "+old.Header().Get("ETag"))
	}
	for i := range 3 { // as many as are kept
		if rest := resume(); rest.Code != http.StatusPartialContent || rest.Body.String() != old.Body.String()[100:] {
			t.Fatalf("after %d newer exports: got %d with %d bytes", i, rest.Code, rest.Body.Len())
		}
		putCats(t, api.catalog, shelter.ID, cat(fmt.Sprint("N", i), "New", 5, nil))
		*api.now = api.now.Add(2 * time.Minute)
		if got := api.export(t, "/v1/exports/cats"); len(got.lines) != 9+i {
			t.Fatalf("got %d cats, want %d", len(got.lines), 9+i)
		}
	}
	if rest := resume(); rest.Code != http.StatusOK || len(parseExport(t, decompressedBody(t, rest)).lines) != 11 {
		t.Errorf("after the export was evicted: got %d with %d bytes, want the newest", rest.Code, rest.Body.Len())
	}
}

func TestExportDownload_ConditionsAndRanges(t *testing.T) {
	t.Parallel()

	api, _ := newExportServer(t, newFixtureStore(t))
	first := get(t, api, "/v1/exports/cats", "Accept-Encoding: gzip")
	etag, length := first.Header().Get("ETag"), strconv.Itoa(first.Body.Len())
	plain := get(t, api, "/v1/exports/cats")
	plainLength := strconv.Itoa(plain.Body.Len())
	for name, test := range map[string]struct {
		headers []string
		status  int
		want    map[string]string
	}{
		"gzip":                            {[]string{"Accept-Encoding: gzip"}, 200, map[string]string{"Content-Length": length, "Trailcat-Count": "8", "Accept-Ranges": "bytes"}},
		"gzip that the client has":        {[]string{"Accept-Encoding: gzip", "If-None-Match: " + etag}, 304, map[string]string{"Content-Length": ""}},
		"part of gzip":                    {[]string{"Accept-Encoding: gzip", "Range: bytes=10-19"}, 206, map[string]string{"Content-Length": "10", "Content-Range": "bytes 10-19/" + length}},
		"part beyond the end":             {[]string{"Accept-Encoding: gzip", "Range: bytes=99999999-"}, 416, map[string]string{"Content-Type": "application/problem+json", "Content-Range": "bytes */" + length, "Content-Encoding": ""}},
		"identity":                        {nil, 200, map[string]string{"Content-Length": plainLength, "Trailcat-Count": "8", "Accept-Ranges": "none"}},
		"identity that the client has":    {[]string{"If-None-Match: " + plain.Header().Get("ETag")}, 304, nil},
		"part of identity is sent whole":  {[]string{"Range: bytes=10-19"}, 200, map[string]string{"Content-Length": plainLength, "Content-Range": ""}},
		"gzip under the precondition met": {[]string{"Accept-Encoding: gzip", "If-Match: " + etag}, 200, nil},
		"gzip under the other one":        {[]string{"Accept-Encoding: gzip", `If-Match: "other"`}, 412, nil},
	} {
		rec := get(t, api, "/v1/exports/cats", test.headers...)
		if rec.Code != test.status {
			t.Errorf("%s: got %d %s, want %d", name, rec.Code, rec.Body, test.status)
		}
		for header, want := range test.want {
			if got := rec.Header().Get(header); got != want {
				t.Errorf("%s: got %s %q, want %q", name, header, got, want)
			}
		}
	}
}

func TestExportDownload_HEAD(t *testing.T) {
	t.Parallel()

	api, _ := newExportServer(t, newFixtureStore(t))
	for _, encoding := range []string{"zstd", "gzip", "identity"} {
		head := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/v1/exports/cats", http.NoBody)
		req.Header.Set("Accept-Encoding", encoding)
		api.ServeHTTP(head, req)
		whole := get(t, api, "/v1/exports/cats", "Accept-Encoding: "+encoding)
		if head.Code != http.StatusOK || head.Body.Len() != 0 {
			t.Errorf("%s: got %d with %d bytes, want 200 without a body", encoding, head.Code, head.Body.Len())
		}
		for _, name := range []string{"Content-Length", "Trailcat-Cursor", "ETag"} {
			if got, want := head.Header().Get(name), whole.Header().Get(name); got != want || want == "" {
				t.Errorf("%s: got %s %q, want %q", encoding, name, got, want)
			}
		}
	}
}

// download sends a request and returns the response with its whole body.
func download(ctx context.Context, t *testing.T, client *http.Client, path, encoding string) (*http.Response, []byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://trailcat"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", encoding)
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(decompress(t, res.Header.Get("Content-Encoding"), res.Body))
	return res, body, err
}

// The creation of an export takes longer than the server's timeouts.
func TestExportDownload_OutlastsTheTimeoutsOfTheServer(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		const timeout = 5 * time.Second
		api, snapshots := newExportServer(t, newFixtureStore(t), useRealTime)
		api.addFillers(t, 700)
		snapshots.beforeBatch = func(ctx context.Context) error {
			time.Sleep(2 * timeout) // in the time of synctest
			return ctx.Err()
		}
		client := startPipeServer(t, api, timeout, timeout)
		for _, encoding := range []string{"gzip", "identity"} {
			res, body, err := download(t.Context(), t, client, "/v1/exports/cats", encoding)
			if err != nil {
				t.Fatalf("%s: %v after %d bytes", encoding, err, len(body))
			}
			if got := parseExport(t, string(body)); len(got.lines) != 708 || res.Header.Get("Trailcat-Count") != "708" {
				t.Errorf("%s: got %d cats and Trailcat-Count %q, want 708", encoding, len(got.lines), res.Header.Get("Trailcat-Count"))
			}
		}
	})
}

// The creation of an export goes on after the client who caused it has left.
func TestExportDownload_ClientWhoLeavesDoesNotStopOthers(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		api, snapshots := newExportServer(t, newFixtureStore(t), useRealTime)
		proceed := make(chan struct{})
		snapshots.beforeBatch = func(ctx context.Context) error {
			<-proceed
			return ctx.Err()
		}
		client := startPipeServer(t, api, time.Minute, time.Minute)
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, _, err := download(ctx, t, client, "/v1/exports/cats", "zstd")
			left <- err
		}()
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v for the client who left, want %v", err, context.Canceled)
		}
		close(proceed)
		if got := api.export(t, "/v1/exports/cats"); len(got.lines) != 8 || snapshots.count.Load() != 1 {
			t.Errorf("got %d cats from %d snapshots, want 8 from 1", len(got.lines), snapshots.count.Load())
		}
	})
}

func TestExportDownload_FailedExportIsAProblem(t *testing.T) {
	t.Parallel()

	api, snapshots := newExportServer(t, newFixtureStore(t))
	api.addFillers(t, 700)
	batches := 0
	snapshots.beforeBatch = func(context.Context) error {
		if batches++; batches == 2 {
			return errors.New("the disk is full")
		}
		return nil
	}
	for _, encoding := range []string{"zstd", "gzip", "identity"} {
		batches = 0
		rec := get(t, api, "/v1/exports/cats", "Accept-Encoding: "+encoding)
		if rec.Code != http.StatusInternalServerError || rec.Header().Get("Content-Encoding") != "" || rec.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %v %s, want a problem with status 500", encoding, rec.Code, rec.Header(), rec.Body)
		}
	}
	snapshots.beforeBatch = nil
	if got := api.export(t, "/v1/exports/cats"); len(got.lines) != 708 {
		t.Errorf("the next export: got %d cats, want 708", len(got.lines))
	}
}
