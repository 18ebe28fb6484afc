package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"trailcat/internal/catalog"
	"trailcat/internal/photo/files"
)

const (
	accessKey = "test-access"
	secretKey = "test-secret"
	// patience is the time that a request may take: with retries a test ends soon after it.
	patience = 20 * time.Second
)

// bucketURL returns the URL of a bucket on a server.
func bucketURL(t *testing.T, endpoint, path string) *url.URL {
	t.Helper()
	u, err := url.Parse("s3://" + path + "?region=us-east-1&endpoint=" + url.QueryEscape(endpoint))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func openBucket(t *testing.T, endpoint, path string) *files.Bucket {
	t.Helper()
	store, err := files.OpenS3With(bucketURL(t, endpoint, path), accessKey, secretKey, patience)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// client returns a client that is not that of the store.
func client(t *testing.T, endpoint string) *minio.Client {
	t.Helper()
	client, err := minio.New(strings.TrimPrefix(endpoint, "http://"), &minio.Options{Creds: credentials.NewStaticV4(accessKey, secretKey, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// newBucket creates a bucket on a server and opens it with a prefix. It has another object outside
// of the prefix.
func newBucket(t *testing.T, endpoint, name string) storage {
	t.Helper()
	client := client(t, endpoint)
	if err := client.MakeBucket(t.Context(), name, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	write := func(t *testing.T, key string) {
		t.Helper()
		content := strings.NewReader("not ours")
		if _, err := client.PutObject(t.Context(), name, key, content, content.Size(), minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	write(t, hashOf(1)+"/300.jpg")
	write(t, "cat/photos2/"+hashOf(1)+"/300.jpg")
	return storage{
		store: openBucket(t, endpoint, name+"/cat/photos/"),
		write: func(t *testing.T, key string) { t.Helper(); write(t, "cat/photos/"+key) },
		names: func(t *testing.T) map[string]int64 {
			t.Helper()
			names := map[string]int64{}
			for object := range client.ListObjects(t.Context(), name, minio.ListObjectsOptions{Recursive: true}) {
				if object.Err != nil {
					t.Fatal(object.Err)
				}
				if key, ok := strings.CutPrefix(object.Key, "cat/photos/"); ok {
					names[key] = object.Size
				}
			}
			return names
		},
	}
}

// fakeS3 starts a server that keeps objects in memory and does not check signatures.
func fakeS3(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(gofakes3.New(s3mem.New()).Server())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it reports requests that were cancelled
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func TestBucket(t *testing.T) {
	t.Parallel()

	testStore(t, func(t *testing.T) storage {
		t.Helper()
		return newBucket(t, fakeS3(t).URL, "photos")
	})
}

// interceptor is a server that passes requests on, unless intercept handles them.
func interceptor(t *testing.T, target *httptest.Server, intercept func(w http.ResponseWriter, r *http.Request) bool) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !intercept(w, r) {
			target.Config.Handler.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func TestBucket_Headers(t *testing.T) {
	t.Parallel()

	backend := fakeS3(t)
	newBucket(t, backend.URL, "photos")
	server := interceptor(t, backend, func(_ http.ResponseWriter, r *http.Request) bool {
		if got, want := r.Header.Get("Cache-Control"), "public, max-age=31536000, immutable"; r.Method == http.MethodPut && got != want {
			t.Errorf("%s %s: got Cache-Control %q, want %q", r.Method, r.URL, got, want)
		}
		if got := r.Header.Get("Content-Type"); r.Method == http.MethodPut && got != "image/jpeg" {
			t.Errorf("%s %s: got Content-Type %q, want image/jpeg", r.Method, r.URL, got)
		}
		return false
	})
	put(t, openBucket(t, server.URL, "photos/cat/photos"), 1)
}

// The largest file is written last: as long as a photo is not complete, Has does not report it,
// and All shows which sizes there are.
func TestBucket_InterruptedPutIsAbsent(t *testing.T) {
	t.Parallel()

	backend := fakeS3(t)
	whole := newBucket(t, backend.URL, "photos").store
	for stop := 1; stop <= len(photoSizes); stop++ {
		var uploads atomic.Int32
		ctx, cancel := context.WithCancel(t.Context())
		server := interceptor(t, backend, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut && int(uploads.Add(1)) == stop {
				cancel()                    // as if the process ended
				panic(http.ErrAbortHandler) // close the connection
			}
			return false
		})
		store := openBucket(t, server.URL, "photos/cat/photos")
		if err := store.Put(ctx, hashOf(stop), photo(stop)); !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted at file %d: got error %v, want %v", stop, err, context.Canceled)
		}
		checkHas(t, whole, stop, false)
	}
	if got := all(t, whole); len(got) != 2 || !slices.Equal(got[0].Sizes, photoSizes[:1]) || !slices.Equal(got[1].Sizes, photoSizes[:2]) {
		t.Errorf("got %+v, want two photos with their smallest one and two files", got)
	}
	for n := range 3 {
		put(t, whole, n+1)
		checkHas(t, whole, n+1, true)
	}
}

// Has does not report a photo whose deletion was interrupted.
func TestBucket_InterruptedDeleteIsAbsent(t *testing.T) {
	t.Parallel()

	backend := fakeS3(t)
	whole := newBucket(t, backend.URL, "photos").store
	put(t, whole, 1)
	var deletions atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	server := interceptor(t, backend, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete && deletions.Add(1) == 2 {
			cancel()
			panic(http.ErrAbortHandler)
		}
		return false
	})
	if err := openBucket(t, server.URL, "photos/cat/photos").Delete(ctx, hashOf(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	checkHas(t, whole, 1, false)
	if _, err := whole.Open(t.Context(), hashOf(1), 1200); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("largest file: got error %v, want %v", err, fs.ErrNotExist)
	}
	if err := whole.Delete(t.Context(), hashOf(1)); err != nil {
		t.Fatal(err)
	}
	if got := all(t, whole); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
}

// Every request is tried again after a failure of the server.
func TestBucket_RetriesFailures(t *testing.T) {
	t.Parallel()

	backend := fakeS3(t)
	newBucket(t, backend.URL, "photos")
	var requests atomic.Int32
	server := interceptor(t, backend, func(w http.ResponseWriter, _ *http.Request) bool {
		if requests.Add(1)%2 == 0 {
			return false
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	store := openBucket(t, server.URL, "photos/cat/photos")
	put(t, store, 1)
	checkContent(t, store, 1)
	checkHas(t, store, 1, true)
	if err := store.Delete(t.Context(), hashOf(1)); err != nil {
		t.Error(err)
	}
}

// actions returns the error of each action on a store.
func actions(ctx context.Context, store files.Store) map[string]error {
	errs := map[string]error{
		"put": store.Put(ctx, hashOf(1), photo(1)), "delete": store.Delete(ctx, hashOf(1)), "check": store.Check(ctx),
	}
	_, errs["open"] = store.Open(ctx, hashOf(1), 300)
	_, errs["has"] = store.Has(ctx, hashOf(1), photoSizes)
	_, errs["clean"] = store.Clean(ctx, time.Now())
	for _, err := range store.All(ctx) {
		errs["all"] = err
	}
	return errs
}

// checkFailures fails unless every action fails because the storage is unavailable, with texts for
// the log.
func checkFailures(t *testing.T, store files.Store, texts ...string) {
	t.Helper()
	for name, err := range actions(t.Context(), store) {
		if err == nil {
			t.Errorf("%s: got no error", name)
			continue
		}
		checkStorageError(t, err, catalog.Unavailable, texts...)
	}
}

func TestBucket_StoppedServerIsUnavailable(t *testing.T) {
	t.Parallel()

	server := fakeS3(t)
	store := newBucket(t, server.URL, "photos").store
	server.Close()
	started := time.Now()
	checkFailures(t, store, "bucket photos", server.URL, "connection refused")
	if took := time.Since(started); took > patience {
		t.Errorf("took %v, want at most %v", took, patience)
	}
}

// Requests to a server that accepts connections and never responds time out.
func TestBucket_HangingServerIsUnavailable(t *testing.T) {
	t.Parallel()

	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hang) })
	const limit = 200 * time.Millisecond
	store, err := files.OpenS3With(bucketURL(t, server.URL, "photos"), accessKey, secretKey, limit)
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	checkFailures(t, store, "no response within 200ms")
	if took := time.Since(started); took > 20*limit {
		t.Errorf("took %v, want at most %v", took, 20*limit)
	}
}

// Requests to a server that stops in the middle of a file or of a list time out.
func TestBucket_HangingResponseIsUnavailable(t *testing.T) {
	t.Parallel()

	backend := fakeS3(t)
	put(t, newBucket(t, backend.URL, "photos").store, 1)
	server := interceptor(t, backend, func(w http.ResponseWriter, r *http.Request) bool {
		recorded := httptest.NewRecorder()
		backend.Config.Handler.ServeHTTP(recorded, r)
		maps.Copy(w.Header(), recorded.Header())
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(recorded.Body.Bytes()[:recorded.Body.Len()/2])
		http.NewResponseController(w).Flush() //nolint:errcheck // the client notices
		<-r.Context().Done()
		return true
	})
	const limit = 200 * time.Millisecond
	store, err := files.OpenS3With(bucketURL(t, server.URL, "photos/cat/photos"), accessKey, secretKey, limit)
	if err != nil {
		t.Fatal(err)
	}
	file, err := store.Open(t.Context(), hashOf(1), 1200)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(file)
	checkStorageError(t, err, catalog.Unavailable, "no response within 200ms")
	if want := content(1, 1200); !bytes.Equal(got, want[:len(want)/2]) {
		t.Errorf("got %d bytes, want the %d that were sent", len(got), len(want)/2)
	}
	_, err = store.Has(t.Context(), hashOf(1), photoSizes)
	checkStorageError(t, err, catalog.Unavailable, "no response within 200ms")
}

// The context of the caller ends the reading of a file.
func TestBucket_ContextEndsReading(t *testing.T) {
	t.Parallel()

	store := newBucket(t, fakeS3(t).URL, "photos").store
	if err := store.Put(t.Context(), hashOf(1), map[int][]byte{2048: bytes.Repeat([]byte{1}, 8<<20)}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	file, err := store.Open(ctx, hashOf(1), 2048)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if n, err := io.Copy(io.Discard, file); !errors.Is(err, context.Canceled) {
		t.Errorf("got %d bytes, error %v, want %v", n, err, context.Canceled)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}

func TestBucket_MissingBucket(t *testing.T) {
	t.Parallel()

	checkFailures(t, openBucket(t, fakeS3(t).URL, "none"), "bucket none", "create it, or correct the URL")
}

func TestBucket_Full(t *testing.T) {
	t.Parallel()

	backend := fakeS3(t)
	newBucket(t, backend.URL, "photos")
	server := interceptor(t, backend, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusInsufficientStorage)
			return true
		}
		return false
	})
	store := openBucket(t, server.URL, "photos/cat/photos")
	checkStorageError(t, store.Put(t.Context(), hashOf(1), photo(1)), catalog.StorageFull, "bucket photos")
}

// Clean removes what an interrupted Check left, if it is old.
func TestBucket_Clean(t *testing.T) {
	t.Parallel()

	s := newBucket(t, fakeS3(t).URL, "photos")
	put(t, s.store, 1)
	s.write(t, ".check-A")
	s.write(t, ".checked")
	for _, tt := range []struct {
		before time.Time
		want   int
	}{{time.Now().Add(-time.Hour), 0}, {time.Now().Add(time.Hour), 1}, {time.Now().Add(time.Hour), 0}} {
		if got, err := s.store.Clean(t.Context(), tt.before); err != nil || got != tt.want {
			t.Errorf("got %d removed, error %v, want %d", got, err, tt.want)
		}
	}
	if got := len(s.names(t)); got != len(photoSizes)+1 {
		t.Errorf("got %v, want the photo and .checked", s.names(t))
	}
}

// All reads lists of several pages.
func TestBucket_AllHasPages(t *testing.T) {
	t.Parallel()

	s := newBucket(t, fakeS3(t).URL, "photos")
	photos := 700
	if testing.Short() {
		photos = 360 // of three files: more than the 1,000 of a page
	}
	for n := range photos {
		if err := s.store.Put(t.Context(), hashOf(n), map[int][]byte{300: {1}, 600: {1, 2}, 1200: {1, 2, 3}}); err != nil {
			t.Fatal(err)
		}
	}
	got := all(t, s.store)
	if len(got) != photos {
		t.Errorf("got %d photos, want %d", len(got), photos)
	}
	for n, entry := range got {
		if entry.Hash != hashOf(n) || entry.Bytes != 6 || len(entry.Sizes) != 3 {
			t.Fatalf("got %+v, want photo %d with three files of 6 bytes", entry, n)
		}
	}
}

func TestOpenS3_URL(t *testing.T) {
	t.Parallel()

	for address, want := range map[string]string{
		"s3://photos":                                            "",
		"s3://photos/":                                           "",
		"s3://photos/a/b?region=eu-central-1":                    "",
		"s3://photos?endpoint=https://s3.example.org/":           "",
		"s3://photos?endpoint=http://127.0.0.1:9000&region=auto": "",
		"https://photos.s3.amazonaws.com":                        "expected the form",
		"s3:///photos":                                           "expected the form",
		"s3://photos:9000/":                                      "expected the form",
		"s3://key:secret@photos":                                 "AWS_ACCESS_KEY_ID",
		"s3://photos?regoin=eu":                                  "unknown parameter",
		"s3://photos?region=":                                    "one value",
		"s3://photos?region=a&region=b":                          "one value",
		"s3://photos?endpoint=s3.example.org":                    "not the address of a server",
		"s3://photos?endpoint=https://s3.example.org/path":       "not the address of a server",
		"s3://photos?endpoint=https://key:secret@s3.example.org": "not the address of a server",
		"s3://photos?endpoint=" + url.QueryEscape("https://s3.example.org?a=b"):  "not the address of a server",
		"s3://photos?endpoint=" + url.QueryEscape("ftp://s3.example.org"):        "not the address of a server",
		"s3://photos?endpoint=" + url.QueryEscape("https://s3.example.org:port"): "not the address of a server",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			_, err = files.OpenS3(u)
			if (err == nil) != (want == "") || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("got error %v, want %q", err, want)
			}
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("the error has the secret: %v", err)
			}
		})
	}
}
