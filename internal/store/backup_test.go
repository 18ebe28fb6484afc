package store_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestRestore_EachCopyHasItsOwnEpoch restores a backup after which nothing was written,
// twice. No reader could notice by itself that the log may differ from now on.
func TestRestore_EachCopyHasItsOwnEpoch(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	url, backup := storetest.URL(t, "sqlite"), filepath.Join(dir, "backup.db")
	source := storetest.Open(t, url)
	shelterNamed(t, source, "shl_1")
	head := appendOne(t, source)
	seq, err := source.BackUp(t.Context(), backup)
	if err != nil || seq != head.Seq {
		t.Fatalf("got change %d (%v), want %d", seq, err, head.Seq)
	}
	epochs := map[string]string{head.Epoch: "source"}
	check := func(name, url string) {
		t.Helper()
		s := storetest.Open(t, url)
		got, err := s.Head(t.Context())
		if err != nil || got.Seq != head.Seq || got.CommitID != head.CommitID {
			t.Errorf("%s: got %+v (%v), want the log of %+v", name, got, err, head)
		}
		if other, ok := epochs[got.Epoch]; ok {
			t.Errorf("%s has the epoch of %s", name, other)
		}
		epochs[got.Epoch] = name
		if shelter, err := s.Shelter(t.Context(), "shl_1"); err != nil || shelter.ID != "shl_1" {
			t.Errorf("%s: got shelter %q (%v)", name, shelter.ID, err)
		}
	}
	for _, name := range []string{"first", "second"} {
		target := "sqlite:" + filepath.Join(dir, name+".db")
		if kept, seq, err := store.Restore(t.Context(), target, backup, time.Now()); err != nil || kept != "" || seq != head.Seq {
			t.Fatalf("got %q, change %d (%v), want change %d of a new file", kept, seq, err, head.Seq)
		}
		check(name, target)
	}
	check("backup", "sqlite:"+backup)
	if _, _, err := store.Restore(t.Context(), url, backup, time.Now()); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("restore over an open database: got %v, want that it is in use", err)
	}
}

func TestResetLog_GivesTheLogANewEpoch(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		before := appendOne(t, s)
		if seq, err := s.ResetLog(t.Context()); err != nil || seq != before.Seq {
			t.Fatalf("got change %d (%v), want %d", seq, err, before.Seq)
		}
		after := headSince(t, s, before)
		if after.Epoch == before.Epoch || after.Seq != before.Seq {
			t.Errorf("got %+v after %+v, want only another epoch", after, before)
		}
		if _, err := s.BackUp(t.Context(), filepath.Join(t.TempDir(), "b.db")); s.Engine() == "postgres" && !errors.Is(err, store.ErrNotSQLite) {
			t.Errorf("backup of Postgres: got %v", err)
		}
	})
}
