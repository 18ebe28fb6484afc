package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/photo/files"
)

// hashOf returns the hash of a photo for a test.
func hashOf(n int) string { return fmt.Sprintf("%032x", n) }

// content returns the file of a size. It differs by photo and size.
func content(n, size int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "photo %d in size %d. ", n, size), size)
}

// photo returns the files of a photo in three sizes.
func photo(n int) map[int][]byte {
	return map[int][]byte{300: content(n, 300), 600: content(n, 600), 1200: content(n, 1200)}
}

var photoSizes = []int{300, 600, 1200}

func put(t *testing.T, store files.Store, n int) {
	t.Helper()
	if err := store.Put(t.Context(), hashOf(n), photo(n)); err != nil {
		t.Fatal(err)
	}
}

func checkHas(t *testing.T, store files.Store, n int, want bool) {
	t.Helper()
	if got, err := store.Has(t.Context(), hashOf(n), photoSizes); err != nil || got != want {
		t.Errorf("photo %d: got %t, error %v, want %t", n, got, err, want)
	}
}

// read returns the content of a file.
func read(t *testing.T, store files.Store, hash string, size int) []byte {
	t.Helper()
	file, err := store.Open(t.Context(), hash, size)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	got, err := io.ReadAll(file)
	if err != nil || int64(len(got)) != file.Size() {
		t.Errorf("photo %s in size %d: got %d bytes, error %v, want %d", hash, size, len(got), err, file.Size())
	}
	return got
}

// checkContent fails unless the files of a photo are those that put stores.
func checkContent(t *testing.T, store files.Store, n int) {
	t.Helper()
	for _, size := range photoSizes {
		if got := read(t, store, hashOf(n), size); !bytes.Equal(got, content(n, size)) {
			t.Errorf("photo %d in size %d: got %d bytes that differ from those stored", n, size, len(got))
		}
	}
}

// all returns what All returns, in the order of the hashes.
func all(t *testing.T, store files.Store) []files.Entry {
	t.Helper()
	var entries []files.Entry
	for entry, err := range store.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry)
	}
	slices.SortFunc(entries, func(a, b files.Entry) int { return strings.Compare(a.Hash, b.Hash) })
	return entries
}

// storage is a store, with direct access to the files that it has stored.
type storage struct {
	store files.Store
	write func(t *testing.T, name string)     // writes a file that is not ours
	names func(t *testing.T) map[string]int64 // all files, with their lengths
}

// testStore runs the tests that every store passes, each on an empty store.
func testStore(t *testing.T, open func(t *testing.T) storage) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, s storage){
		"what was put can be opened":               testPutAndOpen,
		"layout is hash and size":                  testLayout,
		"absent photos":                            testAbsent,
		"names that are no photos":                 testInvalidNames,
		"has needs all sizes":                      testHas,
		"put replaces":                             testReplace,
		"delete":                                   testDelete,
		"all lists photos only":                    testAll,
		"all can be deleted while listed":          testDeleteWhileListed,
		"ranges":                                   testRanges,
		"seek and read":                            testSeek,
		"check leaves nothing":                     testCheck,
		"two writers of one photo":                 testTwoWriters,
		"writers and deleters of one photo":        testWritersAndDeleters,
		"a context that has ended ends the action": testEndedContext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func testPutAndOpen(t *testing.T, s storage) {
	t.Helper()
	before := time.Now().Add(-5 * time.Second) // clocks of servers and file systems count coarsely
	put(t, s.store, 1)
	put(t, s.store, 2)
	checkContent(t, s.store, 1)
	checkContent(t, s.store, 2)
	file, err := s.store.Open(t.Context(), hashOf(1), 300)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if got := file.ModTime(); got.Before(before) || got.After(time.Now().Add(5*time.Second)) {
		t.Errorf("got time %v, want now", got)
	}
}

func testLayout(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	want := map[string]int64{}
	for size, content := range photo(1) {
		want[fmt.Sprintf("%s/%d.jpg", hashOf(1), size)] = int64(len(content))
	}
	if diff := cmp.Diff(want, s.names(t)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func testAbsent(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	checkHas(t, s.store, 2, false)
	for hash, size := range map[string]int{hashOf(2): 300, hashOf(1): 2048} {
		if _, err := s.store.Open(t.Context(), hash, size); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open %s in size %d: got error %v, want %v", hash, size, err, fs.ErrNotExist)
		}
	}
}

func testInvalidNames(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	for _, hash := range []string{"", ".", "..", "../" + hashOf(1), hashOf(1) + "/", strings.ToUpper(hashOf(0xab)), hashOf(1)[:31], hashOf(1) + "0", "*"} {
		if _, err := s.store.Open(t.Context(), hash, 300); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open %q: got error %v, want %v", hash, err, fs.ErrNotExist)
		}
		if got, err := s.store.Has(t.Context(), hash, []int{300}); got || err != nil {
			t.Errorf("has %q: got %t, error %v, want false", hash, got, err)
		}
		if err := s.store.Put(t.Context(), hash, photo(1)); err == nil {
			t.Errorf("put %q: got no error", hash)
		}
		if err := s.store.Delete(t.Context(), hash); err == nil {
			t.Errorf("delete %q: got no error", hash)
		}
	}
	for name, photo := range map[string]map[int][]byte{"no files": nil, "size 0": {0: {1}}, "negative size": {-300: {1}}, "empty file": {300: {}}} {
		if err := s.store.Put(t.Context(), hashOf(2), photo); err == nil {
			t.Errorf("put %s: got no error", name)
		}
	}
	if got := len(s.names(t)); got != len(photoSizes) {
		t.Errorf("got %d files, want the %d of the one photo", got, len(photoSizes))
	}
	checkContent(t, s.store, 1)
}

func testHas(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	for _, tt := range []struct {
		sizes []int
		want  bool
	}{{photoSizes, true}, {[]int{600}, true}, {[]int{300, 600, 1200, 2048}, false}, {[]int{2048}, false}, {nil, false}} {
		if got, err := s.store.Has(t.Context(), hashOf(1), tt.sizes); err != nil || got != tt.want {
			t.Errorf("sizes %v: got %t, error %v, want %t", tt.sizes, got, err, tt.want)
		}
	}
}

// testReplace stores a photo again, with the same and with other content.
func testReplace(t *testing.T, s storage) {
	t.Helper()
	for _, n := range []int{1, 1, 7, 1} {
		if err := s.store.Put(t.Context(), hashOf(1), photo(n)); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s.store, hashOf(1), 600); !bytes.Equal(got, content(n, 600)) {
			t.Errorf("got %.30q, want %.30q", got, content(n, 600))
		}
	}
	if got := len(s.names(t)); got != len(photoSizes) {
		t.Errorf("got %d files, want %d", got, len(photoSizes))
	}
}

func testDelete(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	put(t, s.store, 2)
	for range 2 {
		if err := s.store.Delete(t.Context(), hashOf(1)); err != nil {
			t.Fatal(err)
		}
		checkHas(t, s.store, 1, false)
	}
	checkContent(t, s.store, 2)
	if got := len(s.names(t)); got != len(photoSizes) {
		t.Errorf("got %d files, want those of the other photo", got)
	}
	put(t, s.store, 1)
	checkContent(t, s.store, 1)
}

func testAll(t *testing.T, s storage) {
	t.Helper()
	if got := all(t, s.store); got != nil {
		t.Errorf("empty store: got %v", got)
	}
	foreign := []string{"README.txt", "thumbs/" + hashOf(1) + "/300.jpg", hashOf(9) + "/original.png", hashOf(9) + "/0300.jpg", hashOf(1) + "0/300.jpg", "cat/300.jpg", hashOf(1) + "/copy/300.jpg"}
	put(t, s.store, 1)
	if err := s.store.Put(t.Context(), hashOf(2), map[int][]byte{2048: content(2, 2048), 300: content(2, 300)}); err != nil {
		t.Fatal(err)
	}
	for _, name := range foreign {
		s.write(t, name)
	}
	got := all(t, s.store)
	for i := range got {
		if age := time.Since(got[i].ModTime); age < -5*time.Second || age > time.Minute {
			t.Errorf("photo %s: got time %v, want now", got[i].Hash, got[i].ModTime)
		}
		got[i].ModTime = time.Time{}
	}
	want := []files.Entry{
		{Hash: hashOf(1), Bytes: int64(len(content(1, 300)) + len(content(1, 600)) + len(content(1, 1200))), Sizes: photoSizes},
		{Hash: hashOf(2), Bytes: int64(len(content(2, 300)) + len(content(2, 2048))), Sizes: []int{300, 2048}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("photos (-want +got):\n%s", diff)
	}
	if n, err := s.store.Clean(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("clean: got %d, error %v, want nothing removed", n, err)
	}
	names := s.names(t)
	for _, name := range foreign {
		if _, ok := names[name]; !ok {
			t.Errorf("file %s is missing, which is not the file of a photo", name)
		}
	}
}

func testDeleteWhileListed(t *testing.T, s storage) {
	t.Helper()
	for n := range 30 {
		if err := s.store.Put(t.Context(), hashOf(n), map[int][]byte{300: {1}}); err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	for entry, err := range s.store.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen++
		if err := s.store.Delete(t.Context(), entry.Hash); err != nil {
			t.Fatal(err)
		}
	}
	if seen != 30 || len(s.names(t)) != 0 {
		t.Errorf("got %d photos, %d files left, want 30 and none", seen, len(s.names(t)))
	}
}

// testRanges serves a file over HTTP.
func testRanges(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, err := s.store.Open(r.Context(), hashOf(1), 1200)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = file.Close() }()
		w.Header().Set("Content-Type", "image/jpeg")
		http.ServeContent(w, r, "", file.ModTime(), file)
	})
	whole := content(1, 1200)
	last := len(whole) - 1
	for _, tt := range []struct {
		method, header string
		status         int
		want           string
	}{
		{http.MethodGet, "", http.StatusOK, string(whole)},
		{http.MethodHead, "", http.StatusOK, ""},
		{http.MethodGet, "bytes=0-9", http.StatusPartialContent, string(whole[:10])},
		{http.MethodGet, "bytes=1000-20999", http.StatusPartialContent, string(whole[1000:21000])},
		{http.MethodGet, fmt.Sprintf("bytes=%d-", last), http.StatusPartialContent, string(whole[last:])},
		{http.MethodGet, "bytes=-100", http.StatusPartialContent, string(whole[len(whole)-100:])},
		{http.MethodGet, fmt.Sprintf("bytes=%d-", len(whole)), http.StatusRequestedRangeNotSatisfiable, "invalid range: failed to overlap\n"},
	} {
		request := httptest.NewRequestWithContext(t.Context(), tt.method, "/", nil)
		if tt.header != "" {
			request.Header.Set("Range", tt.header)
		}
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		if got := response.Body.String(); response.Code != tt.status || got != tt.want {
			t.Errorf("%s %s: got %d with %d bytes, want %d with %d", tt.method, tt.header, response.Code, len(got), tt.status, len(tt.want))
		}
	}
}

func testSeek(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	file, err := s.store.Open(t.Context(), hashOf(1), 1200)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	want := bytes.NewReader(content(1, 1200))
	for _, seek := range []struct {
		offset int64
		whence int
	}{{0, io.SeekEnd}, {100, io.SeekStart}, {50, io.SeekCurrent}, {-10, io.SeekEnd}, {1 << 30, io.SeekStart}, {0, io.SeekStart}, {-20000, io.SeekEnd}} {
		wantAt, _ := want.Seek(seek.offset, seek.whence)
		gotAt, err := file.Seek(seek.offset, seek.whence)
		if err != nil || gotAt != wantAt {
			t.Fatalf("seek %+v: got %d, error %v, want %d", seek, gotAt, err, wantAt)
		}
		wantText, wantErr := io.ReadAll(io.LimitReader(want, 30))
		gotText, err := io.ReadAll(io.LimitReader(file, 30))
		if err != nil || wantErr != nil || !bytes.Equal(gotText, wantText) {
			t.Errorf("after %+v: got %q, error %v, want %q", seek, gotText, err, wantText)
		}
	}
	if _, err := file.Seek(-1, io.SeekStart); err == nil {
		t.Error("seek before the file: got no error")
	}
}

func testCheck(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	if err := s.store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if got := len(s.names(t)); got != len(photoSizes) {
		t.Errorf("got %v, want only the files of the photo", s.names(t))
	}
}

func testTwoWriters(t *testing.T, s storage) {
	t.Helper()
	errs := make(chan error)
	for range 2 {
		go func() {
			var all []error
			for range 5 {
				all = append(all, s.store.Put(t.Context(), hashOf(1), photo(1)))
			}
			errs <- errors.Join(all...)
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	checkContent(t, s.store, 1)
	if got := len(s.names(t)); got != len(photoSizes) {
		t.Errorf("got %v, want only the files of the photo", s.names(t))
	}
}

// testWritersAndDeleters writes the same photo with different content and deletes it at the same
// time. The last call decides, and no other files remain.
func testWritersAndDeleters(t *testing.T, s storage) {
	t.Helper()
	errs := make(chan error)
	actions := []func() error{
		func() error { return s.store.Put(t.Context(), hashOf(1), photo(1)) },
		func() error { return s.store.Put(t.Context(), hashOf(1), photo(2)) },
		func() error { return s.store.Delete(t.Context(), hashOf(1)) },
	}
	for _, action := range actions {
		go func() {
			var err error
			for range 10 {
				err = errors.Join(err, action())
			}
			errs <- err
		}()
	}
	for range actions {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	put(t, s.store, 1)
	checkContent(t, s.store, 1)
	if err := s.store.Delete(t.Context(), hashOf(1)); err != nil {
		t.Error(err)
	}
	if got := s.names(t); len(got) != 0 {
		t.Errorf("got %v, want no files", got)
	}
}

func testEndedContext(t *testing.T, s storage) {
	t.Helper()
	put(t, s.store, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for entry, err := range s.store.All(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("all: got %v, error %v, want %v", entry, err, context.Canceled)
		}
	}
	if err := s.store.Check(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("check: got error %v, want %v or none", err, context.Canceled)
	}
}

// checkStorageError fails unless an error is of a kind and its text names what the operator
// needs, which the caller does not get.
func checkStorageError(t *testing.T, err error, kind catalog.Kind, text ...string) {
	t.Helper()
	var caller *catalog.Error
	if !errors.As(err, &caller) || caller.Kind != kind {
		t.Errorf("got error %v of kind %q, want %q", err, catalog.KindOf(err), kind)
		return
	}
	for _, want := range text {
		if !strings.Contains(err.Error(), want) || strings.Contains(caller.Detail, want) {
			t.Errorf("got %q for the log and %q for the caller, want %q in the first only", err, caller.Detail, want)
		}
	}
}
