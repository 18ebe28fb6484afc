package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"trailcat/internal/store/storetest"
)

// TestBackup_RestoredAfterMoreWrites backs up the database of a running server while cats
// are written, and restores it after more writes. The mirror, the index and the ETags
// must notice. See lossyFailover.check.
func TestBackup_RestoredAfterMoreWrites(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	database, backup := "sqlite:"+filepath.Join(dir, "trailcat.db"), filepath.Join(dir, "backup.db")
	f := newLossyFailover(t, database, 1)
	f.check(t, func() {
		stop, written := f.writeContinuously(t)
		within(t, "cats are written", func() bool { return written.Load() > 0 })
		do(t, exitOK, "backup", backup, "--database", database)
		if during := stop(); during == 0 {
			t.Error("no cat was written during the backup")
		}
		if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("got mode %v (%v), want a backup that only its owner can read", info.Mode(), err)
		}
	}, func() {
		if _, stderr := do(t, exitFailed, "restore", backup, "--database", database); !strings.Contains(stderr, "in use; stop the server") {
			t.Errorf("restore while a server runs: got %s, want what to stop", stderr)
		}
		f.kill(t)
		stdout, _ := do(t, exitOK, "restore", backup, "--database", database)
		if kept, err := filepath.Glob(filepath.Join(dir, "trailcat.db.before-restore-*")); err != nil || len(kept) != 1 || !strings.Contains(stdout, kept[0]) {
			t.Errorf("got %s and %v, want the replaced database to be kept", stdout, kept)
		}
		storetest.CheckCatCounts(t, database)
		f.start(t)
	})
	storetest.CheckCatCounts(t, database)
	if left, err := filepath.Glob(filepath.Join(dir, "*.restore*")); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v %v", left, err)
	}
}

// writeContinuously changes a cat through the first node until stop is called, which
// returns the number of writes.
func (f *lossyFailover) writeContinuously(t *testing.T) (stop func() int64, written *atomic.Int64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	written = &atomic.Int64{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			code, _, err := f.nodes[0].send(ctx, http.MethodPut, "/v1/shelters/MD1/cats/busy", f.key, fmt.Sprintf(`{"name":"Busy %d"}`, n))
			if err == nil && code < 300 {
				written.Add(1)
			}
		}
	}()
	return func() int64 { cancel(); <-done; return written.Load() }, written
}

// TestBackup_RefusedUses checks that nothing is overwritten or replaced by mistake.
func TestBackup_RefusedUses(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	file, backup, other := filepath.Join(dir, "trailcat.db"), filepath.Join(dir, "backup.db"), filepath.Join(dir, "other.db")
	database := "sqlite:" + file
	do(t, exitOK, "shelters", "create", "--name", "A", "--country", "US", "--postal-code", "20855", "--database", database)
	do(t, exitOK, "backup", backup, "--database", database)
	text := filepath.Join(dir, "text.db")
	for name, content := range map[string]string{text: "not a database", filepath.Join(dir, "empty.db"): ""} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cut, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged.db")
	if err := os.WriteFile(damaged, cut[:len(cut)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"existing file":            {[]string{"backup", backup, "--database", database}, "--overwrite"},
		"the database itself":      {[]string{"backup", file, "--overwrite", "--database", database}, "is the database itself"},
		"missing database":         {[]string{"backup", other, "--database", "sqlite:" + filepath.Join(dir, "no.db")}, "does not exist"},
		"missing directory":        {[]string{"backup", filepath.Join(dir, "no", "b.db"), "--database", database}, "no such file or directory"},
		"restore of itself":        {[]string{"restore", file, "--database", database}, "is the database itself"},
		"restore of a text":        {[]string{"restore", text, "--database", database}, "not a database"},
		"restore of an empty file": {[]string{"restore", filepath.Join(dir, "empty.db"), "--database", database}, "no Trailcat tables"},
		"restore of half a file":   {[]string{"restore", damaged, "--database", database}, "damaged.db"},
	} {
		if _, stderr := do(t, exitFailed, test.args...); !strings.Contains(stderr, test.want) {
			t.Errorf("%s: got %s, want %q", name, stderr, test.want)
		}
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("the database changed (%v)", err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.restore*")); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v %v", left, err)
	}
	do(t, exitOK, "backup", backup, "--overwrite", "--database", database)
	do(t, exitOK, "restore", backup, "--database", "sqlite:"+other)
	if stdout, _ := do(t, exitOK, "shelters", "list", "--database", "sqlite:"+other); !strings.HasPrefix(stdout, "MD1  A") {
		t.Errorf("restored elsewhere: got %s, want the shelter", stdout)
	}
}

// TestBackup_OfPostgresNamesItsPrograms checks that the errors name what to use instead, and
// starts a new epoch as after such a restore.
func TestBackup_OfPostgresNamesItsPrograms(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, stderr := do(t, exitFailed, "backup", file, "--database", url); !strings.Contains(stderr, "pg_dump") || !strings.Contains(stderr, "trailcat reset-log --database "+shellQuote(url)) {
		t.Errorf("backup: got %s, want pg_dump and trailcat reset-log", stderr)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr := do(t, exitFailed, "restore", file, "--database", url); !strings.Contains(stderr, "pg_restore") {
		t.Errorf("restore: got %s, want pg_restore", stderr)
	}
	server := serve(t, "--database", url)
	_, body := server.get(t, "/v1/changes?limit=1")
	var page struct {
		Page struct {
			NextCursor string `json:"next_cursor"`
		} `json:"page"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil || page.Page.NextCursor == "" {
		t.Fatalf("got %s (%v), want a cursor", body, err)
	}
	changes := "/v1/changes?cursor=" + page.Page.NextCursor
	if code, body := server.get(t, changes); code != http.StatusOK {
		t.Fatalf("before: got %d %s", code, body)
	}
	do(t, exitOK, "reset-log", "--database", url)
	within(t, "the cursor is refused", func() bool {
		code, body := server.get(t, changes)
		return code == http.StatusGone && strings.Contains(body, "log_reset")
	})
}
