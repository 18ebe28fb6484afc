package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/store/storetest"
)

// A download that broke off anywhere goes on where it was, whatever it is packed
// with, and ends as if it had never broken.
func TestABrokenDownloadGoesOn(t *testing.T) {
	t.Parallel()

	stage, views := exportStage(t, storetest.New(t))
	for _, coding := range []string{"identity", "gzip", "zstd"} {
		whole := ask(t, stage, "/v1/exports/cats", "Accept-Encoding: "+coding)
		body, tag := whole.Body.Bytes(), whole.Header().Get("ETag")
		rapid.Check(t, func(rt *rapid.T) {
			at := rapid.IntRange(1, len(body)-1).Draw(rt, "broke off after")
			rest := ask(t, stage, "/v1/exports/cats", "Accept-Encoding: "+coding, "If-Range: "+tag, fmt.Sprintf("Range: bytes=%d-", at))
			if rest.Code != http.StatusPartialContent || !bytes.Equal(append(body[:at:at], rest.Body.Bytes()...), body) {
				rt.Fatalf("%s: %d with %d bytes after %d of %d, %q", coding, rest.Code, rest.Body.Len(), at, len(body), rest.Header().Get("Content-Range"))
			}
			if rest.Header().Get("Content-Encoding") != whole.Header().Get("Content-Encoding") || rest.Header().Get("Trailcat-Cursor") != whole.Header().Get("Trailcat-Cursor") {
				rt.Fatalf("the rest is of another sort: %v", rest.Header())
			}
		})
	}
	if n := views.begun.Load(); n != 1 {
		t.Errorf("%d snapshots, want one", n)
	}
}

// Whoever comes back for the rest gets it while the export is kept, although
// there is a newer one; after that, the newest from its beginning.
func TestTheRestOfAnOlderExport(t *testing.T) {
	t.Parallel()

	stage, _ := exportStage(t, storetest.New(t))
	shelter, _, _ := stage.index.Shelter("MD1")
	old := ask(t, stage, "/v1/exports/cats")
	for i := range export.KeptExports {
		rest := ask(t, stage, "/v1/exports/cats", "Range: bytes=100-", "If-Range: "+old.Header().Get("ETag"))
		if rest.Code != http.StatusPartialContent || rest.Body.String() != old.Body.String()[100:] {
			t.Fatalf("after %d newer ones: %d %s", i, rest.Code, rest.Body)
		}
		putCats(t, stage.catalog, shelter.ID, cat(fmt.Sprint("N", i), "New", 5, nil))
		*stage.now = stage.now.Add(2 * export.ExportAge)
		if got := stage.export(t, "/v1/exports/cats"); len(got.lines) != 9+i {
			t.Fatalf("%d cats, want %d", len(got.lines), 9+i)
		}
	}
	rest := ask(t, stage, "/v1/exports/cats", "Range: bytes=100-", "If-Range: "+old.Header().Get("ETag"))
	if rest.Code != http.StatusOK || len(readExport(t, rest.Body.String()).lines) != 8+export.KeptExports {
		t.Errorf("after all: %d %s", rest.Code, rest.Body)
	}
}

func TestWhatMayBeAskedOfAnExport(t *testing.T) {
	t.Parallel()

	stage, _ := exportStage(t, storetest.New(t))
	first := ask(t, stage, "/v1/exports/cats", "Accept-Encoding: gzip")
	tag, length := first.Header().Get("ETag"), strconv.Itoa(first.Body.Len())
	for name, test := range map[string]struct {
		headers []string
		status  int
		want    map[string]string
	}{
		"whole, once it is made":        {nil, 200, map[string]string{"Content-Length": length, "Trailcat-Count": "8", "Accept-Ranges": "bytes"}},
		"nothing for who holds it":      {[]string{"If-None-Match: " + tag}, 304, map[string]string{"Content-Length": ""}},
		"a part":                        {[]string{"Range: bytes=10-19"}, 206, map[string]string{"Content-Length": "10", "Content-Range": "bytes 10-19/" + length}},
		"no part that it does not have": {[]string{"Range: bytes=99999999-"}, 416, map[string]string{"Content-Type": "application/problem+json", "Content-Range": "bytes */" + length, "Content-Encoding": ""}},
	} {
		rec := ask(t, stage, "/v1/exports/cats", append(test.headers, "Accept-Encoding: gzip")...)
		if rec.Code != test.status {
			t.Errorf("%s: %d %s, want %d", name, rec.Code, rec.Body, test.status)
		}
		for header, want := range test.want {
			if got := rec.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
	head := httptest.NewRecorder()
	stage.ServeHTTP(head, httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/v1/exports/cats", http.NoBody))
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Trailcat-Cursor") == "" {
		t.Errorf("HEAD: %d with %d bytes, %v", head.Code, head.Body.Len(), head.Header())
	}
}

// inReal puts a stage behind a real server that is as impatient as ours.
func inReal(t *testing.T, stage *stage, patience time.Duration) string {
	t.Helper()
	server := httptest.NewUnstartedServer(stage)
	server.Config.ReadTimeout, server.Config.WriteTimeout = patience, patience
	server.Start()
	t.Cleanup(server.Close)
	return server.URL + "/v1/exports/cats"
}

func really(c *Config) { c.Now = time.Now }

func get(ctx context.Context, t *testing.T, url, coding string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", coding)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// fillShelf writes so many cats that a snapshot of them has several batches.
func (s *stage) fillShelf(t *testing.T, n int) {
	t.Helper()
	shelter, _, _ := s.index.Shelter("MD1")
	edits := make([]catalog.CatUpdate, n)
	for i := range edits {
		edits[i] = cat(fmt.Sprint("F", i), "Filler", 5, nil)
	}
	putCats(t, s.catalog, shelter.ID, edits...)
}

// An export takes longer than a server gives an answer, and is sent whole.
func TestALongExportIsNotCutOff(t *testing.T) {
	t.Parallel()

	stage, views := exportStage(t, storetest.New(t), really)
	stage.fillShelf(t, 1700)
	naps := 0
	views.pace = func(context.Context) error { // the first is longer than the server waits, and so are the others together
		naps++
		time.Sleep(time.Duration(100+400/naps) * time.Millisecond)
		return nil
	}
	url := inReal(t, stage, 300*time.Millisecond)
	for _, coding := range []string{"gzip", "identity"} {
		res := get(t.Context(), t, url, coding)
		body, err := io.ReadAll(plain(t, res.Header.Get("Content-Encoding"), res.Body))
		if err != nil {
			t.Fatalf("%s: %v after %d bytes", coding, err, len(body))
		}
		if got := readExport(t, string(body)); len(got.lines) != 1708 {
			t.Errorf("%s: %d cats", coding, len(got.lines))
		}
		if count := res.Trailer.Get("Trailcat-Count") + res.Header.Get("Trailcat-Count"); count != "1708" {
			t.Errorf("%s: the count is %q", coding, count)
		}
	}
}

// When the only one who reads an export goes away while it is made, its making
// ends: the transaction, the goroutines, the files. Another's goes on.
func TestAnInterruptedExportFreesWhatItHeld(t *testing.T) {
	t.Parallel()

	for _, coding := range []string{"zstd", "gzip", "identity"} {
		t.Run(coding, func(t *testing.T) {
			t.Parallel()

			stage, views, shelf := shelfStage(t)
			stage.fillShelf(t, 1700)
			batches := 0
			views.pace = func(ctx context.Context) error {
				if batches++; batches > 3 { // until it is ended
					<-ctx.Done()
				}
				return ctx.Err()
			}
			url := inReal(t, stage, time.Minute)
			ctx, goAway := context.WithCancel(t.Context())
			_ = get(ctx, t, url, coding)
			other, goToo := context.WithCancel(t.Context())
			_ = get(other, t, url, coding)
			files := cachedFiles(shelf)
			if len(files) == 0 || views.begun.Load() != 1 {
				t.Fatalf("%d files of %d snapshots", len(files), views.begun.Load())
			}
			goAway()
			time.Sleep(50 * time.Millisecond)
			if views.ended.Load() != 0 {
				t.Error("it ended although another reads it")
			}
			goToo()
			soon(t, "the snapshot ends", func() bool { return views.ended.Load() == 1 })
			soon(t, "the files are closed", func() bool {
				for _, file := range files {
					if _, err := file.Stat(); !errors.Is(err, os.ErrClosed) {
						return false
					}
				}
				return len(cachedFiles(shelf)) == 0
			})
			views.pace = nil
			res := get(t.Context(), t, url, coding)
			if body, err := io.ReadAll(plain(t, res.Header.Get("Content-Encoding"), res.Body)); err != nil || len(readExport(t, string(body)).lines) != 1708 {
				t.Errorf("the next export: %v", err)
			}
		})
	}
}

// shelfStage is a stage in real time, of which the shelf can be looked at.
func shelfStage(t *testing.T) (*stage, *viewed, *export.Cache) {
	t.Helper()
	var config Config
	stage, views := exportStage(t, storetest.New(t), really, func(c *Config) { config = *c })
	config.Store, config.ExportDir = views, t.TempDir()
	a, err := newAPI(config)
	if err != nil {
		t.Fatal(err)
	}
	if stage.Handler, err = a.withMiddleware(newEcho(a)); err != nil {
		t.Fatal(err)
	}
	return stage, views, a.exports
}

// files are those that a shelf holds.
func cachedFiles(s *export.Cache) (out []*os.File) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	for _, x := range s.Exports {
		for _, e := range []*export.Artifact{x.Packed, x.Zipped} {
			if e != nil && !e.Closed {
				out = append(out, e.File.File)
			}
		}
	}
	return out
}

// An export that fails on its way must not look whole to who reads it, and is
// not given to anybody else.
func TestAnExportThatFailsIsBrokenOff(t *testing.T) {
	t.Parallel()

	stage, views := exportStage(t, storetest.New(t), really)
	stage.fillShelf(t, 1700)
	batches := 0
	views.pace = func(context.Context) error {
		if batches++; batches == 4 {
			return errors.New("the disk is full")
		}
		return nil
	}
	url := inReal(t, stage, time.Minute)
	for _, coding := range []string{"zstd", "gzip", "identity"} {
		batches = 0
		res := get(t.Context(), t, url, coding)
		if body, err := io.ReadAll(res.Body); err == nil && res.StatusCode == http.StatusOK {
			t.Errorf("%s: %d bytes without an error", coding, len(body))
		}
	}
	views.pace = nil
	res := get(t.Context(), t, url, "identity")
	if body, err := io.ReadAll(res.Body); err != nil || len(readExport(t, string(body)).lines) != 1708 {
		t.Errorf("the next export: %v", err)
	}
}
