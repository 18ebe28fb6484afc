package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A restarted server fills its index from the copy that it left, answers the same, and reads
// all cats when the copy is damaged.
func TestIndexCheckpoint_OutlivesARestart(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		dir := t.TempDir()
		flags = append(flags, "--index-checkpoint", dir)
		const list = "/v1/cats?limit=100&sort=name&facets=all&q=shy"
		first := serve(t, append(flags, "--demo")...)
		_, want := first.get(t, list)
		if code := first.stop(); code != exitOK {
			t.Fatalf("got code %d: %s", code, first.stderr)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*-index"))
		if err != nil || len(files) != 1 {
			t.Fatalf("got files %v, error %v, want one", files, err)
		}
		for _, start := range []struct {
			damage bool
			want   string
		}{{false, `"from_checkpoint":true`}, {true, "its checksum is wrong"}, {false, `"from_checkpoint":true`}} {
			if start.damage {
				damage(t, files[0])
			}
			server := serve(t, flags...)
			if log := server.stderr.String(); !strings.Contains(log, start.want) {
				t.Errorf("got log %s, want %s", log, start.want)
			}
			if _, got := server.get(t, list); got != want {
				t.Errorf("damaged %t: got %s, want %s", start.damage, got, want)
			}
			server.stop()
		}
	})
}

// damage changes a byte in the middle of a file.
func damage(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is erased is in no copy of the index: neither in that of a server that is stopped, nor
// in one that a running server has written or writes when it stops.
func TestIndexCheckpoint_HasNothingOfWhatWasErased(t *testing.T) {
	t.Parallel()

	database := "sqlite:" + filepath.Join(t.TempDir(), "cats.db")
	file := strings.TrimPrefix(database, "sqlite:") + "-index"
	exists := func() bool {
		_, err := os.Stat(file)
		return !errors.Is(err, fs.ErrNotExist)
	}
	server := serve(t, "--database", database, "--demo")
	erased := firstCat(t, server).ID
	server.stop()
	if !exists() {
		t.Fatal("a server that stopped left no copy")
	}
	do(t, exitOK, "erase", "cat", erased, "--yes", "--database", database)
	if exists() {
		t.Error("the command left the copy")
	}
	serve(t, "--database", database).stop()
	if !exists() {
		t.Fatal("a server that filled its index after the erasure left no copy")
	}
	server = serve(t, "--database", database)
	do(t, exitOK, "erase", "cat", firstCat(t, server).ID, "--yes", "--database", database)
	server.stop()
	if exists() {
		t.Error("the server that applied the erasure left a copy")
	}
}
