package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"

	"trailcat/internal/catalog"
	"trailcat/internal/tempfile"
)

// fakeStore has one shelter and no cats. Its log position counts the snapshots.
type fakeStore struct {
	shelter   catalog.Shelter
	snapshots atomic.Int64
	wait      func(ctx context.Context) error // called within each snapshot; may be nil
}

func (s *fakeStore) Snapshot(_ context.Context, fn func(catalog.Snapshot) error) error {
	return fn(fakeSnapshot{fakeStore: s, seq: s.snapshots.Add(1)})
}

type fakeSnapshot struct {
	*fakeStore
	seq int64
}

func (s fakeSnapshot) Head() catalog.LogPosition {
	return catalog.LogPosition{Seq: s.seq, Epoch: "epoch"}
}

func (s fakeSnapshot) Shelters(ctx context.Context) ([]catalog.Shelter, error) {
	if s.wait != nil {
		return []catalog.Shelter{s.shelter}, s.wait(ctx)
	}
	return []catalog.Shelter{s.shelter}, nil
}

func (s fakeSnapshot) CountCats(context.Context, catalog.Status) (map[string]int, error) {
	return map[string]int{}, nil
}

func (s fakeSnapshot) RestrictedCats(context.Context) ([]catalog.Cat, error) { return nil, nil }

func (s fakeSnapshot) Cats(context.Context, func(func() ([]catalog.Cat, error)) error) error {
	return nil
}

func newTestCache(t *testing.T, store *fakeStore) *Cache {
	t.Helper()
	var ids atomic.Int64
	return NewCache(CacheConfig{
		Store: store, Log: slog.New(slog.DiscardHandler), Now: time.Now, Dir: t.TempDir(), PublicURL: "",
		NewID: func() string { return strings.Repeat("x", int(ids.Add(1))) },
	})
}

var catsAsNDJSON = Request{Resource: Cats, Format: NDJSON, Head: catalog.LogPosition{Epoch: "epoch"}}

func acquire(t *testing.T, c *Cache, r Request) *File {
	t.Helper()
	f, err := c.Acquire(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// text returns the decompressed content of a file.
func text(t *testing.T, c *Cache, f *File, encoding Encoding) string {
	t.Helper()
	content, err := c.Content(t.Context(), f, encoding)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if encoding == Gzip {
		reader, err := gzip.NewReader(content)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(&out, reader)
		if err != nil {
			t.Fatal(err)
		}
	} else if err := Decompress(&out, content); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCache_ConcurrentRequestsShareOneCreation(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		store := &fakeStore{wait: func(context.Context) error { <-proceed; return nil }}
		c := newTestCache(t, store)
		files := make(chan *File)
		for range 5 {
			go func() {
				f, err := c.Acquire(t.Context(), catsAsNDJSON)
				if err != nil {
					t.Error(err)
				}
				files <- f
			}()
		}
		synctest.Wait()
		close(proceed)
		first := <-files
		for range 4 {
			if f := <-files; f != first {
				t.Errorf("got file %s, want %s", f.ID, first.ID)
			}
		}
		if n := store.snapshots.Load(); n != 1 {
			t.Errorf("got %d snapshots, want 1", n)
		}
		if got := text(t, c, first, Gzip); got != text(t, c, first, Zstd) || len(got) != int(first.Size) {
			t.Errorf("got gzip content %q, want that of zstd with %d bytes", got, first.Size)
		}
	})
}

func TestCache_CallerWhoLeavesDoesNotStopTheCreation(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		store := &fakeStore{wait: func(ctx context.Context) error {
			select {
			case <-proceed:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		c := newTestCache(t, store)
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := c.Acquire(ctx, catsAsNDJSON)
			left <- err
		}()
		synctest.Wait()
		stayed := make(chan error)
		go func() {
			_, err := c.Acquire(t.Context(), catsAsNDJSON)
			stayed <- err
		}()
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v for the caller who left, want %v", err, context.Canceled)
		}
		close(proceed)
		if err := <-stayed; err != nil {
			t.Errorf("got %v for the caller who stayed", err)
		}
		if n := store.snapshots.Load(); n != 1 {
			t.Errorf("got %d snapshots, want 1", n)
		}
	})
}

func TestCache_FailedExportIsNotKept(t *testing.T) {
	t.Parallel()

	failure := errors.New("the database is down")
	store := &fakeStore{wait: func(context.Context) error { return failure }}
	c := newTestCache(t, store)
	if _, err := c.Acquire(t.Context(), catsAsNDJSON); !errors.Is(err, failure) {
		t.Errorf("got error %v, want %v", err, failure)
	}
	store.wait = nil
	acquire(t, c, catsAsNDJSON).Release()
	if entries, err := os.ReadDir(c.Dir); err != nil || len(entries) != 0 {
		t.Errorf("got files %v in the directory, want none: %v", entries, err)
	}
}

// An evicted file stays readable for those who acquired it, and is closed after that.
func TestCache_EvictedFileIsClosedAfterItsLastReader(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		c := newTestCache(t, &fakeStore{})
		first := acquire(t, c, catsAsNDJSON)
		want := text(t, c, first, Gzip)
		resume := Request{Resource: Cats, Format: NDJSON, FileID: first.ID, Head: catalog.LogPosition{Seq: -1, Epoch: "epoch"}}
		for i := range keptFiles {
			if f := acquire(t, c, resume); f != first {
				t.Fatalf("got file %s after %d newer ones, want %s", f.ID, i, first.ID)
			}
			first.Release()
			time.Sleep(2 * maxAge) // in the time of synctest
			acquire(t, c, catsAsNDJSON).Release()
		}
		if f := acquire(t, c, resume); f == first {
			t.Error("got the evicted file, want a newer one")
		}
		synctest.Wait()
		if got := text(t, c, first, Zstd); got != want {
			t.Errorf("got %q from the evicted file, want %q", got, want)
		}
		first.Release()
		synctest.Wait()
		for name, file := range map[string]*tempfile.File{"zstd": first.zstd, "gzip": first.gzip} {
			if _, err := file.Stat(); !errors.Is(err, os.ErrClosed) {
				t.Errorf("got %v from the %s file, want %v", err, name, os.ErrClosed)
			}
		}
	})
}

// What was erased is in no export that is served afterwards, also not in one that was being
// created from an earlier snapshot.
func TestCache_DropsExportsFromBeforeAnErasure(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		c := newTestCache(t, store)
		cached := acquire(t, c, catsAsNDJSON)
		cached.Release()
		c.DropBefore(catalog.PositionAt("epoch", cached.Head.Seq+1))
		synctest.Wait()
		if _, err := cached.zstd.Stat(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v from the file of a dropped export, want %v", err, os.ErrClosed)
		}
		store.wait = func(context.Context) error {
			c.DropBefore(catalog.PositionAt("epoch", store.snapshots.Load()+1)) // erased after the snapshot
			return nil
		}
		if _, err := c.Acquire(t.Context(), catsAsNDJSON); !errors.Is(err, ErrMismatch) {
			t.Errorf("got %v for an export that was dropped while it was created, want %v", err, ErrMismatch)
		}
		store.wait = nil
		f := acquire(t, c, catsAsNDJSON)
		if f.Head.Seq < c.minHead.Seq {
			t.Errorf("got an export of %d, want one of %d or later", f.Head.Seq, c.minHead.Seq)
		}
		f.Release()
	})
}

// After the log was set back, positions of the earlier log say nothing about exports.
func TestCache_KeepsExportsOfAnotherLogThanTheErasure(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		c := newTestCache(t, store)
		c.DropBefore(catalog.PositionAt("before", 1000))
		f := acquire(t, c, catsAsNDJSON)
		if f.Head.Seq >= 1000 || f.Head.Epoch == "before" {
			t.Fatalf("got an export of %+v, want one of another log", f.Head)
		}
		f.Release()
	})
}

// An export is not served to an audience from whom a shelter, at the moment of the
// export, hid cats that are in it: changes after its cursor would not mention them.
func TestFile_Satisfies(t *testing.T) {
	t.Parallel()

	var shelter catalog.Shelter
	shelter.ID, shelter.HiddenFrom.Classes = "shl_a", []string{string(catalog.AggregatorReader)}
	result := Result{Head: catalog.LogPosition{Seq: 7}, shelters: []catalog.Shelter{shelter}}
	hidden := map[string]struct{}{"shl_a": {}}
	all, some := &File{Result: result}, &File{Result: result, request: Request{Hidden: hidden}}
	aggregator, public := catalog.Audience{Class: catalog.AggregatorReader}, catalog.Audience{Class: catalog.PublicReader}
	for name, test := range map[string]struct {
		file    *File
		request Request
		want    bool
	}{
		"audience that may see all":                              {all, Request{Audience: public}, true},
		"audience that might see all until the snapshot":         {all, Request{Audience: aggregator}, false},
		"export from before the log was set back":                {all, Request{Audience: public, Head: catalog.LogPosition{Epoch: "reset.k3dq6b2a.secret"}}, false},
		"audience that may see some":                             {some, Request{Audience: aggregator, Hidden: hidden}, true},
		"incomplete export for an audience that may see all":     {some, Request{Audience: public}, false},
		"export as new as required":                              {all, Request{Audience: public, MinSeq: 7}, true},
		"export older than required":                             {all, Request{Audience: public, MinSeq: 8}, false},
		"audience that may see some gets no complete export":     {all, Request{Audience: aggregator, Hidden: hidden}, false},
		"hidden shelters of a request that are no longer hidden": {some, Request{Audience: public, Hidden: hidden}, false},
	} {
		if got := test.file.satisfies(test.request); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestCache_CloseStopsAndJoinsTheCreationThatItsClientLeft(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		ended := false
		cache := newTestCache(t, &fakeStore{wait: func(ctx context.Context) error {
			<-ctx.Done()
			ended = true
			return ctx.Err()
		}})
		ctx, hangUp := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() {
			_, err := cache.Acquire(ctx, Request{Resource: Shelters, Format: NDJSON, Head: catalog.LogPosition{Epoch: "epoch"}})
			left <- err
		}()
		synctest.Wait()
		hangUp()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("the client that hung up got %v, want %v", err, context.Canceled)
		}
		synctest.Wait()
		if ended {
			t.Fatal("the creation ended with its client")
		}
		cache.Close()
		if !ended {
			t.Error("Close returned before the creation ended")
		}
	})
}
