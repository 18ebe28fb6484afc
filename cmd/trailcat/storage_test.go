package main

import (
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/resourcetest"
	"trailcat/internal/store/storetest"
)

// createPartner writes to the database and returns status and body.
func (s testServer) createPartner(t *testing.T, key string) (int, string) {
	t.Helper()
	res := s.exchange(t, http.MethodPost, "/v1/partners", key, jsonContent(), `{"name":"Ada's Cats"}`)
	return res.status, res.body
}

// metric returns the value of a metric without labels.
func (s testServer) metric(t *testing.T, name string) string {
	t.Helper()
	_, text := s.get(t, "/metrics")
	found := regexp.MustCompile(`(?m)^` + name + ` (.*)$`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("metric %s is missing", name)
	}
	return found[1]
}

// checkNotWritable fails unless a write gets a status and code, and readiness, the metric and
// the log state the cause.
func (s testServer) checkNotWritable(t *testing.T, key string, status int, code, name string) {
	t.Helper()
	if got, body := s.createPartner(t, key); got != status || !strings.Contains(body, `"code":"`+code+`"`) || strings.Contains(body, name) {
		t.Errorf("write: got %d %s, want %d %s without the name of the database", got, body, status, code)
	}
	if got, body := s.get(t, "/readyz"); got != http.StatusServiceUnavailable || !strings.Contains(body, `"database":"`+code+`"`) {
		t.Errorf("readiness: got %d %s, want 503 %s", got, body, code)
	}
	if got := s.metric(t, "trailcat_database_writable"); got != "0" {
		t.Errorf("got trailcat_database_writable %s, want 0", got)
	}
	within(t, "the log has an error that names the database", func() bool {
		return regexp.MustCompile(`"level":"ERROR","msg":"the database accepts no writes","cause":"` + code + `".*` + regexp.QuoteMeta(name)).MatchString(s.stderr.String())
	})
}

// checkWritableAgain waits until the server is ready, and fails if a write does not succeed
// then.
func (s testServer) checkWritableAgain(t *testing.T, key string) {
	t.Helper()
	within(t, "the server is ready again", func() bool { got, _ := s.get(t, "/readyz"); return got == http.StatusOK })
	if got, body := s.createPartner(t, key); got != http.StatusCreated {
		t.Errorf("write: got %d %s, want 201", got, body)
	}
}

func TestServe_RemovedDatabaseFileIsNotWritable(t *testing.T) {
	t.Parallel()

	url := storetest.URL(t, "sqlite")
	key, file := adminKey(t, url), strings.TrimPrefix(url, "sqlite:")
	server := serve(t, "--database", url)
	if err := os.Rename(file, file+".old"); err != nil {
		t.Fatal(err)
	}
	within(t, "readiness fails without a write", func() bool { got, _ := server.get(t, "/readyz"); return got == http.StatusServiceUnavailable })
	server.checkNotWritable(t, key, http.StatusServiceUnavailable, "database_file_replaced", file)
	if err := os.Rename(file+".old", file); err != nil {
		t.Fatal(err)
	}
	server.checkWritableAgain(t, key)
}

// TestServe_FullDiskIsNotWritable fills a file system of 4 MiB.
func TestServe_FullDiskIsNotWritable(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	resourcetest.MountSmall(t, dir)
	url := "sqlite:" + dir + "/trailcat.db"
	key := adminKey(t, url)
	server := serve(t, "--database", url)
	filler, err := os.Create(dir + "/filler")
	if err != nil {
		t.Fatal(err)
	}
	for n := 64 << 10; n > 0; n /= 2 {
		for err = nil; err == nil; {
			_, err = filler.Write(make([]byte, n))
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	within(t, "writes fail", func() bool { got, _ := server.createPartner(t, key); return got == http.StatusInsufficientStorage })
	server.checkNotWritable(t, key, http.StatusInsufficientStorage, "storage_full", dir)
	if err := errors.Join(filler.Truncate(0), filler.Close()); err != nil {
		t.Fatal(err)
	}
	server.checkWritableAgain(t, key)
}

// TestServe_DemotedPrimaryIsNotWritable makes new sessions read-only, as those of a
// standby are.
func TestServe_DemotedPrimaryIsNotWritable(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	key := adminKey(t, url)
	server := serve(t, "--database", url)
	admin, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	admin.SetMaxOpenConns(1) // opened before new sessions are read-only
	var name string
	if err := admin.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	execute := func(statement string) {
		t.Helper()
		if _, err := admin.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	execute("ALTER DATABASE " + name + " SET default_transaction_read_only = on")
	execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	within(t, "readiness fails without a write", func() bool { got, _ := server.get(t, "/readyz"); return got == http.StatusServiceUnavailable })
	server.checkNotWritable(t, key, http.StatusServiceUnavailable, "database_read_only", name)
	execute("ALTER DATABASE " + name + " RESET default_transaction_read_only")
	server.checkWritableAgain(t, key)
	if err := admin.Close(); err != nil {
		t.Fatal(err)
	}
}

// brokenListener is a listener of a process that has too many open files.
type brokenListener struct{ net.Listener }

func (brokenListener) Accept() (net.Conn, error) {
	return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
}

func TestHTTPServer_TooManyOpenFilesIsAnErrorInTheLog(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		var log output
		l := &loggingListener{Listener: brokenListener{}, log: slog.New(slog.NewJSONHandler(&log, nil))}
		for end := time.Now().Add(25 * time.Second); time.Now().Before(end); time.Sleep(time.Second) {
			if _, err := l.Accept(); !errors.Is(err, syscall.EMFILE) {
				t.Fatalf("got error %v, want EMFILE", err)
			}
		}
		if got := strings.Count(log.String(), `"level":"ERROR"`); got != 3 || !strings.Contains(log.String(), "too many open files") {
			t.Errorf("got %d errors in 25 seconds, want 3: %s", got, &log)
		}
	})
}
