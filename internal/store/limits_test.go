package store_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const (
	testTimeout = 300 * time.Millisecond
	tolerance   = 3 * time.Second // for a busy machine; without limits the calls take longer
)

func openLimited(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.OpenWithLimits(t.Context(), url, store.Limits{Timeout: testTimeout, WriteWait: 0})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// wantUnavailable checks that a call failed as unavailable within the time limit.
func wantUnavailable(t *testing.T, what string, call func() error) {
	t.Helper()
	start := time.Now()
	err := call()
	if kind := catalog.KindOf(err); kind != catalog.Unavailable {
		t.Errorf("%s: got %v of kind %q, want unavailable", what, err, kind)
	}
	if took := time.Since(start); took > testTimeout+tolerance {
		t.Errorf("%s took %v, want about %v", what, took, testTimeout)
	}
}

func TestLimits_LockedDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := openLimited(t, url)
		add := func() error { return appendEntry(t.Context(), s) }
		unlock := storetest.LockLog(t, url)
		wantUnavailable(t, "a write", add)
		if _, err := s.Head(t.Context()); err != nil {
			t.Errorf("a read while a write waits: %v", err)
		}
		if got := s.WriteQueue(); got.TimedOut != 1 || got.Running != 0 {
			t.Errorf("got %+v, want one write that timed out and none running", got)
		}
		unlock()
		if err := add(); err != nil {
			t.Errorf("a write after the lock: %v", err)
		}
		if head, err := s.Head(t.Context()); err != nil || head.Seq != 1 {
			t.Errorf("the log ends at %d (%v), want 1: the write that timed out must not have been applied", head.Seq, err)
		}
	})
}

func TestLimits_WaitForAConnectionIsLimited(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := openLimited(t, url)
		release := s.OccupyReaders(t)
		wantUnavailable(t, "a read", func() error { _, err := s.Head(t.Context()); return err })
		release()
		if _, err := s.Head(t.Context()); err != nil {
			t.Errorf("a read after connections are free: %v", err)
		}
	})
}

// TestLimits_SilentPostgresIsUnavailable connects to a server that never responds.
func TestLimits_SilentPostgresIsUnavailable(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		var silent []net.Conn // referred to, since the garbage collector closes others
		for {
			conn, err := listener.Accept()
			if err != nil {
				break
			}
			silent = append(silent, conn)
		}
		for _, conn := range silent {
			_ = conn.Close()
		}
	}()
	wantUnavailable(t, "opening", func() error {
		_, err := store.OpenWithLimits(t.Context(), "postgres://trailcat@"+listener.Addr().String()+"/trailcat", store.Limits{Timeout: testTimeout, WriteWait: 0})
		return err
	})
}

func TestLimits_PostgresEndsStatementsByItself(t *testing.T) {
	t.Parallel()
	s := openLimited(t, storetest.PostgresURL(t))
	for _, setting := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		var got string
		if err := s.SQL().QueryRowContext(t.Context(), "SHOW "+setting).Scan(&got); err != nil || got != "1300ms" {
			t.Errorf("got %s = %q (%v), want 1300ms", setting, got, err)
		}
	}
}

// TestLimits_StatementTimeoutOfTheURLIsKept reads what applies to calls and to jobs.
func TestLimits_StatementTimeoutOfTheURLIsKept(t *testing.T) {
	t.Parallel()
	for _, parameter := range []string{"statement_timeout=7000", "options=-c%20statement_timeout%3D7000"} {
		s := openLimited(t, storetest.PostgresURL(t)+"&"+parameter)
		for _, workload := range []catalog.Workload{catalog.InteractiveWorkload, catalog.JobWorkload} {
			if got, err := s.StatementTimeout(catalog.WithWorkload(t.Context(), workload)); err != nil || got != "7s" {
				t.Errorf("%s: a write with workload %v has %q (%v), want 7s", parameter, workload, got, err)
			}
		}
	}
}

// TestLimits_JobsHaveMoreTime runs a write of a job for longer than the usual limit.
func TestLimits_JobsHaveMoreTime(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := openLimited(t, url)
		unlock := storetest.LockLog(t, url)
		wait := map[string]time.Duration{"sqlite": 2 * testTimeout, "postgres": 5 * testTimeout}[s.Engine()] // on Postgres longer than its own limit
		timer := time.AfterFunc(wait, unlock)
		defer timer.Stop()
		ctx := catalog.WithWorkload(t.Context(), catalog.JobWorkload)
		if err := appendEntry(ctx, s); err != nil {
			t.Errorf("a write of a job that waits for %v: %v", wait, err)
		}
	})
}

func TestLimits_JobsHaveAtLeastTheTimeOfOtherCalls(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]string{time.Second: "statement_timeout = 300000;", time.Hour: "statement_timeout = 3600000;"} {
		s, err := store.OpenWithLimits(t.Context(), storetest.PostgresURL(t), store.Limits{Timeout: timeout, WriteWait: 0})
		if err != nil {
			t.Fatal(err)
		}
		var statements strings.Builder
		ctx := store.WithStatementHook(catalog.WithWorkload(t.Context(), catalog.JobWorkload), func(sql string) { statements.WriteString(sql) })
		err = s.Write(ctx, func(catalog.Tx) error { return nil })
		if got := statements.String(); err != nil || !strings.Contains(got, want) {
			t.Errorf("a limit of %v: got the statements %q (%v), want %q", timeout, got, err, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
