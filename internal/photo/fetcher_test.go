package photo_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/photo"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/publicnet"
)

// host is a server with photos.
type host struct {
	*httptest.Server

	requests atomic.Int64
	answer   atomic.Pointer[http.HandlerFunc]
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.requests.Add(1)
		(*h.answer.Load())(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

// serves makes the host respond to each request with a handler.
func (h *host) serves(answer http.HandlerFunc) { h.answer.Store(&answer) }

func sends(file []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(file) }
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func (f *fixture) newFetcher(change ...func(*photo.FetcherConfig)) *photo.Fetcher {
	config := photo.FetcherConfig{
		Sources: f.store, Catalog: f.catalog, Keeper: f.keeper, Policy: publicnet.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}},
		IsOwn: func(string) bool { return false }, UserAgent: "Trailcat/test", Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return f.now }, Jitter: func() float64 { return 0.5 }, Timeout: 10 * time.Second,
	}
	for _, c := range change {
		c(&config)
	}
	return photo.NewFetcher(config)
}

// put puts a cat with photos and returns its id.
func (f *fixture) put(externalID string, urls ...string) string {
	f.Helper()
	var photos []catalog.Photo
	for _, u := range urls {
		photos = append(photos, catalog.Photo{URL: u})
	}
	edit := func(facts *catalog.Facts) {
		facts.Name, facts.Status, facts.Photos = externalID, catalog.Available, photos
	}
	cat, _, err := f.catalog.PutCat(f.Context(), shelterID, catalog.CatUpdate{ExternalID: externalID, Source: "api", Edit: edit}, catalog.Precondition{})
	if err != nil {
		f.Fatal(err)
	}
	return cat.ID
}

// photos returns the photos of a cat.
func (f *fixture) photos(catID string) []catalog.Photo {
	f.Helper()
	cat, err := f.store.Cat(f.Context(), catID)
	if err != nil {
		f.Fatal(err)
	}
	return cat.Photos
}

// source returns the state of a source.
func (f *fixture) source(url string) catalog.PhotoSource {
	f.Helper()
	sources, err := f.store.PhotoSources(f.Context(), []string{url})
	if err != nil || len(sources) != 1 {
		f.Fatal(sources, err)
	}
	return sources[0]
}

// A photo is fetched and shown. A week later it is requested again, and is unchanged, or another
// photo, which replaces it.
func TestFetcher_PhotoIsKeptAndChanges(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		h, first, second := newHost(f.T), jpegFile(f, 700, 500), jpegFile(f, 400, 500)
		file, etag := first, `"1"`
		h.serves(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("User-Agent") != "Trailcat/test" {
				f.Errorf("got User-Agent %q", r.Header.Get("User-Agent"))
			}
			if r.URL.Path == "/moved" {
				http.Redirect(w, r, "/photo", http.StatusFound)
				return
			}
			w.Header().Set("ETag", etag)
			w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
			if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = w.Write(file)
		})
		url := h.URL + "/moved"
		cat := f.put("A1", url)
		fetcher := f.newFetcher()
		for _, step := range []struct {
			name     string
			requests int64
			want     []byte
		}{{"first", 2, first}, {"at once", 2, first}, {"a week later", 4, first}, {"changed", 6, second}} {
			switch step.name {
			case "changed":
				file, etag = second, `"2"`
				fallthrough
			case "a week later":
				f.now = f.now.Add(7 * 24 * time.Hour)
			}
			fetcher.FetchDue(f.Context())
			photos := f.photos(cat)
			if got := photos[0].Hash; got != imaging.Hash(step.want) || photos[0].BlurHash == "" || h.requests.Load() != step.requests {
				f.Errorf("%s: got photo %s after %d requests, want %s after %d", step.name, got, h.requests.Load(), imaging.Hash(step.want), step.requests)
			}
		}
		if s := f.source(url); !s.NextAt.Equal(f.now.Add(7*24*time.Hour)) || s.ETag != `"2"` || s.Failure != "" {
			f.Errorf("got %+v", s)
		}
	})
}

// Each way in which a source can fail has a reason that the shelter understands, and does not
// affect other sources.
func TestFetcher_Failures(t *testing.T) {
	t.Parallel()

	photoFile := jpegFile(t, 700, 500)
	failures := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"private address": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://10.0.0.1/latest/meta-data", http.StatusFound)
		}, "The host was not found or is not on the public internet."},
		"loopback name": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://[::1]:80/", http.StatusFound)
		}, "The host was not found or is not on the public internet."},
		"file scheme": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "neither http nor https"},
		"redirect loop": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, "redirects more than 5 times"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, "larger than 20 MB"},
		"announced too large": {status(http.StatusOK, "Content-Length", "20971521"), "larger than 20 MB"},
		"slow drip": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte{0xff})
				_ = http.NewResponseController(w).Flush()
				time.Sleep(50 * time.Millisecond)
			}
		}, "did not send the photo within 10 seconds"},
		"no response":  {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "within 10 seconds"},
		"web page":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<!DOCTYPE html><p>Kenny") }, "leads to a web page"},
		"text":         {sends([]byte("no photo")), "JPEG, PNG, WebP, GIF or HEIC"},
		"truncated":    {sends(photoFile[:len(photoFile)/2]), "damaged"},
		"closed early": {status(http.StatusOK, "Content-Length", "1000"), "closed the connection"},
		"not found":    {status(http.StatusNotFound), "responded with status 404 (Not Found)."},
		"unmodified":   {status(http.StatusNotModified), "responded with status 304"},
		"server error": {status(http.StatusBadGateway), "responded with status 502 (Bad Gateway)."},
	}
	eachFixture(t, func(f *fixture) {
		urls := map[string]string{}
		for name, failing := range failures {
			h := newHost(f.T)
			h.serves(failing.answer)
			urls[name] = h.URL + "/photo.jpg"
			f.put(name, urls[name])
		}
		good := newHost(f.T)
		good.serves(sends(photoFile))
		cat := f.put("good", good.URL)
		f.newFetcher().FetchDue(f.Context())
		for name, failing := range failures {
			s := f.source(urls[name])
			if !strings.Contains(s.Failure, failing.want) || s.Failures != 1 || s.Missing || s.Hash != "" || !s.NextAt.Equal(f.now.Add(time.Minute)) {
				f.Errorf("%s: got %+v, want %q", name, s, failing.want)
			}
			for _, secret := range []string{"127.0.0.1", "10.0.0.1", "::1"} {
				if strings.Contains(s.Failure, secret) {
					f.Errorf("%s: %q reveals an address", name, s.Failure)
				}
			}
		}
		if f.photos(cat)[0].Hash == "" {
			f.Error("the good photo is not shown")
		}
	})
}

// A source that fails is tried again at growing intervals, is missing after three days, and the
// copy stays. It is no longer missing when it works again.
func TestFetcher_SourceIsMissingAndReturns(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		h, file := newHost(f.T), jpegFile(f, 700, 500)
		h.serves(sends(file))
		cat, fetcher := f.put("A1", h.URL), f.newFetcher()
		fetcher.FetchDue(f.Context())
		f.now = f.now.Add(7 * 24 * time.Hour)
		h.serves(status(http.StatusGone))
		since, waits := f.now, []time.Duration{}
		for !f.photos(cat)[0].SourceMissing && len(waits) < 30 {
			fetcher.FetchDue(f.Context())
			next := f.source(h.URL).NextAt
			waits = append(waits, next.Sub(f.now))
			f.now = next
		}
		if want := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute}; !slices.Equal(waits[:3], want) || slices.Max(waits) != 24*time.Hour {
			f.Errorf("got waits %v, want them to begin with %v and to grow to a day", waits, want)
		}
		if failing := f.now.Sub(since); failing < 3*24*time.Hour || failing > 5*24*time.Hour {
			f.Errorf("the source is missing after %s, want 3 days", failing)
		}
		if p := f.photos(cat)[0]; p.Hash != imaging.Hash(file) {
			f.Errorf("the cat shows %+v, want the copy", p)
		}
		h.serves(sends(file))
		fetcher.FetchDue(f.Context())
		if p := f.photos(cat)[0]; p.SourceMissing || p.Hash != imaging.Hash(file) {
			f.Errorf("the cat shows %+v, want a source that is not missing", p)
		}
	})
}

// A host that asks for fewer requests receives none until the time that it names, also for other
// photos, and its photos are not missing for that reason.
func TestFetcher_RetryAfter(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		h := newHost(f.T)
		h.serves(status(http.StatusTooManyRequests, "Retry-After", "3600"))
		f.put("A1", h.URL+"/1", h.URL+"/2", h.URL+"/3")
		f.now = f.now.Add(time.Minute)
		fetcher := f.newFetcher()
		for range 24 * 4 {
			fetcher.FetchDue(f.Context())
			f.now = f.now.Add(time.Hour)
		}
		if n := h.requests.Load(); n > 24*4 {
			f.Errorf("%d requests within 4 days, want at most one per hour", n)
		}
		for _, path := range []string{"/1", "/2", "/3"} {
			if s := f.source(h.URL + path); s.Missing || !strings.Contains(s.Failure, "429") {
				f.Errorf("got %+v", s)
			}
		}
	})
}

// If the server itself cannot keep photos, sources have not failed, and are fetched when it can.
func TestFetcher_FilesCannotBeStored(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		h, file := newHost(f.T), jpegFile(f, 700, 500)
		h.serves(sends(file))
		cat := f.put("A1", h.URL+"/1", h.URL+"/2")
		f.now = f.now.Add(time.Minute)
		f.files.putError = &catalog.Error{Kind: catalog.StorageFull, Detail: "The disk is full."}
		fetcher := f.newFetcher()
		fetcher.FetchDue(f.Context())
		fetcher.FetchDue(f.Context())
		if s := f.source(h.URL + "/1"); s.Failures != 0 || s.Failure != "" || h.requests.Load() != 1 {
			f.Errorf("got %+v after %d requests, want no failure after one", s, h.requests.Load())
		}
		f.files.putError = nil
		f.now = f.now.Add(time.Minute)
		fetcher.FetchDue(f.Context())
		for _, p := range f.photos(cat) {
			if p.Hash != imaging.Hash(file) {
				f.Errorf("the cat shows %+v", p)
			}
		}
	})
}

// A shelter with as many photos as its quota allows gets no more, and its photos say so; those that
// it has are checked as before.
func TestFetcher_Quota(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		h := newHost(f.T)
		h.serves(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(jpegFile(f, 100+len(r.URL.Path), 100))
		})
		f.quotas.Photos = new(int64(1))
		f.keeper = f.newKeeper(f.read)
		f.put("A1", h.URL+"/a")
		fetcher := f.newFetcher()
		fetcher.FetchDue(f.Context())
		f.now = f.now.Add(time.Minute)
		f.put("A2", h.URL+"/bb")
		fetcher.FetchDue(f.Context())
		if s := f.source(h.URL + "/bb"); !strings.Contains(s.Failure, "The quota of the shelter for photos is used up.") || s.NextAt.Sub(f.now) < 24*time.Hour {
			f.Errorf("got %+v", s)
		}
		if s := f.source(h.URL + "/a"); s.Failure != "" || s.Hash == "" {
			f.Errorf("got %+v", s)
		}
	})
}

// Two nodes fetch each photo once, and each fetches at most two of a host at a time.
func TestFetcher_TwoNodesShareTheQueue(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		const photos = 40
		var mu sync.Mutex
		requests, active, most := map[string]int{}, 0, 0
		h := newHost(f.T)
		h.serves(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			requests[r.URL.Path]++
			active++
			most = max(most, active)
			mu.Unlock()
			_, _ = w.Write(jpegFile(f, 100+len(r.URL.Path), 100))
			mu.Lock()
			active--
			mu.Unlock()
		})
		var cats []string
		for i := range photos {
			cats = append(cats, f.put(fmt.Sprint("A", i), h.URL+"/"+strings.Repeat("x", i+1)))
		}
		f.now = f.now.Add(time.Minute)
		ctx, cancel := context.WithCancel(f.Context())
		defer cancel()
		var nodes sync.WaitGroup
		for range 2 {
			nodes.Go(func() { f.newFetcher(func(c *photo.FetcherConfig) { c.Timeout = time.Minute }).Run(ctx) })
		}
		f.within("all photos are shown", func() bool {
			return !slices.ContainsFunc(cats, func(id string) bool { return f.photos(id)[0].Hash == "" })
		})
		cancel()
		nodes.Wait()
		for path, n := range requests {
			if n != 1 {
				f.Errorf("%s was requested %d times", path, n)
			}
		}
		if len(requests) != photos || most > 4 {
			f.Errorf("%d photos were requested, at most %d at a time; want %d and 4", len(requests), most, photos)
		}
	})
}

// A node that stops makes its sources due immediately.
func TestFetcher_StopsDuringARequest(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		h, requested := newHost(f.T), make(chan struct{}, 10)
		h.serves(func(_ http.ResponseWriter, r *http.Request) { requested <- struct{}{}; <-r.Context().Done() })
		f.put("A1", h.URL)
		ctx, cancel := context.WithCancel(f.Context())
		defer cancel()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			f.newFetcher(func(c *photo.FetcherConfig) { c.Timeout = time.Minute }).Run(ctx)
		}()
		<-requested
		if n, err := f.store.PhotosWaiting(f.Context(), f.now); n != 0 || err != nil {
			f.Errorf("%d sources wait during the request, %v", n, err)
		}
		cancel()
		<-ended
		if n, err := f.store.PhotosWaiting(f.Context(), f.now); n != 1 || err != nil {
			f.Errorf("%d sources wait after the node stopped, %v", n, err)
		}
	})
}

// within waits up to 30 s until condition returns true.
func (f *fixture) within(what string, condition func() bool) {
	f.Helper()
	for end := time.Now().Add(30 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			f.Fatalf("not within 30 s: %s", what)
		}
	}
}

// Addresses of photos may contain secrets. Neither the log nor the host of a redirect gets them.
func TestFetcher_AddressesStaySecret(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		h, file := newHost(f.T), jpegFile(f, 700, 500)
		var referers []string
		h.serves(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/1" {
				http.Redirect(w, r, "/2", http.StatusFound)
				return
			}
			referers = append(referers, r.Header.Get("Referer"))
			_, _ = w.Write(file)
		})
		f.put("A1", h.URL+"/1?token=secret")
		f.now = f.now.Add(time.Minute)
		f.files.putError = &catalog.Error{Kind: catalog.StorageFull, Detail: "The disk is full."}
		var log strings.Builder
		f.newFetcher(func(c *photo.FetcherConfig) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) }).FetchDue(f.Context())
		if got := log.String(); !strings.Contains(got, "The disk is full") || strings.Contains(got, "secret") {
			f.Errorf("got the log %q, want the reason without the address", got)
		}
		if !slices.Equal(referers, []string{""}) {
			f.Errorf("the target of the redirect got the referers %q", referers)
		}
	})
}
