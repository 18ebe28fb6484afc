package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// Of two writes that lock the same two shelters in opposite order, Postgres aborts
// one, which is retried.
func TestWrite_RetriesAfterDeadlock(t *testing.T) {
	t.Parallel()

	s := storetest.NewOn(t, "postgres")
	ids := []string{"shl_a", "shl_b"}
	for _, id := range ids {
		shelterNamed(t, s, id)
	}
	var both, wg sync.WaitGroup
	both.Add(2)
	runs := make([]int, 2)
	for w := range runs {
		wg.Go(func() {
			err := s.Write(t.Context(), func(tx catalog.Tx) error {
				runs[w]++
				if _, err := tx.Shelters.Shelter(t.Context(), ids[w]); err != nil {
					return err
				}
				if runs[w] == 1 {
					both.Done()
					both.Wait()
				}
				_, err := tx.Shelters.Shelter(t.Context(), ids[1-w])
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if slices.Sort(runs); runs[0] != 1 || runs[1] < 2 {
		t.Errorf("the two writes ran %v times, want one of them again", runs)
	}
}

func TestWrite_SerializesWritesToOneShelter(t *testing.T) {
	t.Parallel()

	const writers, writes = 4, 10
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		cat := plainCat(1, "shl_a")
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), []catalog.Cat{cat}, nil) })
		count := func(tx catalog.Tx) error {
			if _, err := tx.Shelters.Shelter(t.Context(), "shl_a"); err != nil {
				return err
			}
			cats, err := tx.Cats.CatsByExternalID(t.Context(), "shl_a", []string{cat.ExternalID})
			if err != nil {
				return err
			}
			known := cats[cat.ExternalID]
			known.Version++
			return tx.Cats.SaveCats(t.Context(), nil, []catalog.Cat{known})
		}
		together(t, writers, func() error {
			for range writes {
				if err := s.Write(t.Context(), count); err != nil {
					return err
				}
			}
			return nil
		})
		got, err := s.Cat(t.Context(), cat.ID)
		if want := int64(1 + writers*writes); err != nil || got.Version != want {
			t.Errorf("got version %d (%v), want %d", got.Version, err, want)
		}
	})
}

func TestNextNumbers_ReservesEachNumberOnce(t *testing.T) {
	t.Parallel()

	const takers, takes = 8, 15
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		seen := map[int64]bool{}
		together(t, takers, func() error {
			for n := 1; n <= takes; n++ {
				var first int64
				err := s.Write(t.Context(), func(tx catalog.Tx) (err error) {
					first, err = tx.Log.NextNumbers(t.Context(), "cat", n)
					return err
				})
				if err != nil {
					return err
				}
				mu.Lock()
				for i := range int64(n) {
					if number := first + i; number < 1 || seen[number] {
						t.Errorf("number %d was reserved twice or is not positive", number)
					}
					seen[first+i] = true
				}
				mu.Unlock()
			}
			return nil
		})
		write(t, s, func(tx catalog.Tx) error {
			first, err := tx.Log.NextNumbers(t.Context(), "shelter MD", 1)
			if first != 1 {
				t.Errorf("another counter starts at %d, want 1", first)
			}
			return err
		})
	})
}

func TestSQLite_TwoStoresShareAFile(t *testing.T) {
	t.Parallel()

	url := storetest.URL(t, "sqlite")
	stores := make(chan *store.Store, 2)
	stores <- storetest.Open(t, url)
	stores <- storetest.Open(t, url)
	together(t, 2, func() error {
		s := <-stores
		for range 50 {
			if err := s.Write(t.Context(), func(tx catalog.Tx) error { return appendLog(tx, t.Context(), make([]catalog.Change, 1)) }); err != nil {
				return err
			}
		}
		return nil
	})
	head, err := storetest.Open(t, url).Head(t.Context())
	if err != nil || head.Seq != 100 {
		t.Errorf("the log ends at %d (%v), want 100", head.Seq, err)
	}
}

func TestErrors_Kinds(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.SaveCats(t.Context(), []catalog.Cat{plainCat(1, "shl_a")}, nil)
		})
		next := 1
		create := func(change func(*catalog.Cat)) func(context.Context) error {
			return func(ctx context.Context) error {
				next++ // a new cat each time
				cat := plainCat(next, "shl_a")
				change(&cat)
				return s.Write(ctx, func(tx catalog.Tx) error { return tx.Cats.SaveCats(ctx, []catalog.Cat{cat}, nil) })
			}
		}
		inTx := func(read func(context.Context, catalog.Tx) error) func(context.Context) error {
			return func(ctx context.Context) error {
				return s.Write(ctx, func(tx catalog.Tx) error { return read(ctx, tx) })
			}
		}
		tests := map[string]struct {
			do   func(context.Context) error
			want catalog.Kind
		}{
			"an unknown cat":     {func(ctx context.Context) error { _, err := s.Cat(ctx, "unknown"); return err }, catalog.NotFound},
			"an unknown number":  {func(ctx context.Context) error { _, err := s.CatByNumber(ctx, 99); return err }, catalog.NotFound},
			"an unknown shelter": {func(ctx context.Context) error { _, err := s.Shelter(ctx, "unknown"); return err }, catalog.NotFound},
			"an unknown code":    {func(ctx context.Context) error { _, err := s.ShelterByCode(ctx, "XX1"); return err }, catalog.NotFound},
			"an unknown shelter in a write": {inTx(func(ctx context.Context, tx catalog.Tx) error {
				_, err := tx.Shelters.Shelter(ctx, "unknown")
				return err
			}), catalog.NotFound},
			"an empty external id": {inTx(func(ctx context.Context, tx catalog.Tx) error {
				_, err := tx.Shelters.ShelterByExternalID(ctx, "")
				return err
			}), catalog.NotFound},
			"a second cat with the same id":          {create(func(c *catalog.Cat) { c.ID = plainCat(1, "").ID }), catalog.Conflict},
			"a second cat with the same external id": {create(func(c *catalog.Cat) { c.ExternalID = "A1" }), catalog.Conflict},
			"a second cat with the same number":      {create(func(c *catalog.Cat) { c.Number = 1 }), catalog.Conflict},
			"a cat of an unknown shelter":            {create(func(c *catalog.Cat) { c.ShelterID = "unknown" }), catalog.Internal},
			"a valid cat":                            {create(func(*catalog.Cat) {}), ""},
		}
		for name, tt := range tests {
			if err := tt.do(t.Context()); catalog.KindOf(err) != tt.want {
				t.Errorf("%s: got %v of kind %q, want kind %q", name, err, catalog.KindOf(err), tt.want)
			}
		}
	})
}

func TestOpen_InvalidURL(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ url, want string }{
		"no scheme":                {"trailcat.db", "expected sqlite:FILE"},
		"another engine":           {"mysql://localhost/cats", `unknown scheme "mysql"`},
		"no file":                  {"sqlite:", "names no file"},
		"memory":                   {"sqlite::memory:", "not supported"},
		"parameters":               {"sqlite:x.db?mode=ro", "does not support"},
		"an unknown directory":     {"sqlite:" + filepath.Join(t.TempDir(), "no", "x.db"), "does not exist"},
		"no server at the address": {"postgres://trailcat@127.0.0.1:1/trailcat", "open postgres"},
		"an invalid port":          {"postgres://trailcat@127.0.0.1:x/trailcat", "open postgres"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), tt.url)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want it to contain %q", err, tt.want)
			}
		})
	}
}

func TestSQLite_FileNames(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	for i, name := range []string{"a b.db", "100%25.db", "#1.db", "é&=.db"} {
		for _, scheme := range []string{"sqlite:", "sqlite://"} {
			s := storetest.Open(t, scheme+filepath.Join(dir, name))
			if _, err := s.SQL().ExecContext(t.Context(), "CREATE TABLE IF NOT EXISTS cats (name text)"); err != nil {
				t.Fatal(err)
			}
		}
		if files, err := filepath.Glob(filepath.Join(dir, "*.db")); err != nil || len(files) != i+1 {
			t.Errorf("after %q: got files %q (%v)", name, files, err)
		}
	}
}

// together runs fn n times concurrently.
func together(t *testing.T, n int, fn func() error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = fn() })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(fmt.Errorf("together: %w", err))
	}
}
