package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// fakeDatabase counts how often services used it before it was closed.
type fakeDatabase struct {
	closed atomic.Bool
	uses   atomic.Int64
	err    error
}

func (f *fakeDatabase) use() {
	if !f.closed.Load() {
		f.uses.Add(1)
	}
}

func (f *fakeDatabase) Close() error {
	f.closed.Store(true)
	return f.err
}

// finishing returns a service that uses the database after its context ended and
// wait has returned.
func finishing(db *fakeDatabase, name string, wait func()) service {
	return service{name: name, run: func(ctx context.Context) error {
		<-ctx.Done()
		wait()
		db.use()
		return nil
	}}
}

func TestRunServices_JoinsAllBeforeTheStoreCloses(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	tests := map[string]struct {
		stop     bool // end the context
		service  service
		closeErr error
		want     []error
		message  string
	}{
		"context ends":               {stop: true, service: service{name: "idle", run: func(ctx context.Context) error { <-ctx.Done(); return nil }}},
		"service fails":              {service: service{name: "index", run: func(context.Context) error { return broken }}, want: []error{broken}, message: "index: broken"},
		"service and closing fail":   {service: service{name: "index", run: func(context.Context) error { return broken }}, closeErr: context.Canceled, want: []error{broken, context.Canceled}},
		"service returns early":      {stop: true, service: service{name: "short", run: func(context.Context) error { return nil }}},
		"service fails while ending": {stop: true, service: service{name: "http", run: func(ctx context.Context) error { <-ctx.Done(); return broken }}, want: []error{broken}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				db := &fakeDatabase{err: tt.closeErr}
				services := []service{finishing(db, "quick", func() {}), tt.service, finishing(db, "last", synctest.Wait)}
				if tt.stop {
					time.AfterFunc(time.Second, cancel)
				}
				err := runServices(ctx, db, services)
				if !db.closed.Load() || db.uses.Load() != 2 {
					t.Errorf("store closed: %v, used %d times before; want closed after 2 uses", db.closed.Load(), db.uses.Load())
				}
				if (err == nil) != (len(tt.want) == 0) {
					t.Errorf("got error %v, want %v", err, tt.want)
				}
				for _, want := range tt.want {
					if !errors.Is(err, want) {
						t.Errorf("got error %v, want it to wrap %v", err, want)
					}
				}
				if err != nil && !strings.Contains(err.Error(), tt.message) {
					t.Errorf("got error %q, want it to name the service: %q", err, tt.message)
				}
			})
		})
	}
}

// TestServe_EveryBackgroundTaskIsAService checks that nothing of the server runs
// outside runServices, and that retention can be switched off.
func TestServe_EveryBackgroundTaskIsAService(t *testing.T) {
	t.Parallel()
	all := "http_server quality_reviews search_index webhook_deliverer save_index_checkpoint compare_index photo_processor note_unused_photos delete_unused_photos mark_unknown_photo_files queue_earlier_photos photo_fetcher measure_clock check_writes prune_idempotent_responses end_interrupted_imports pause_webhooks_of_expired_keys purge_erased mark_stale_listings recompute_ratings"
	for name, tt := range map[string]struct {
		retention int
		want      string
	}{
		"with retention":          {14, all + " truncate_log delete_import_files erase_addresses"},
		"everything kept forever": {0, all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &serveCommand{Listen: "127.0.0.1:0", LogRetention: tt.retention, ImportRetention: tt.retention, AddressRetention: tt.retention, FetchPhotos: true}
			c.Database = "sqlite:" + t.TempDir() + "/trailcat.db"
			db, err := c.open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			clock, err := db.OpenClock(t.Context(), time.Now)
			if err != nil {
				t.Fatal(err)
			}
			services, err := c.services(&process{ctx: t.Context(), stdout: &output{}, stderr: &output{}, now: time.Now}, db, clock)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, s := range services {
				names = append(names, s.name)
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("got services %s, want %s", got, tt.want)
			}
			stopped, cancel := context.WithCancel(t.Context())
			cancel()
			if err := runServices(stopped, db, services); err != nil {
				t.Errorf("stopping all services: %v", err)
			}
		})
	}
}

func TestPeriodic_RetriesAfterAFailureUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var runs []time.Duration
		started := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		s := periodic(slog.New(slog.NewTextHandler(&log, nil)), "sweep", time.Minute, 4*time.Minute, func(context.Context) error {
			runs = append(runs, time.Since(started))
			if len(runs) == 1 {
				return errors.New("broken")
			}
			return nil
		})
		if err := s.run(ctx); err != nil {
			t.Errorf("got error %v, want nil", err)
		}
		if got, want := fmt.Sprint(runs), "[1m0s 5m0s 9m0s]"; got != want {
			t.Errorf("got runs after %s, want %s", got, want)
		}
		if got := strings.Count(log.String(), "task=sweep"); got != 1 {
			t.Errorf("got %d failures logged, want 1: %s", got, &log)
		}
	})
}

// TestRunIfDue_RunsOnceADayOnOneOfManyNodes includes a failed run, which does not
// count.
func TestRunIfDue_RunsOnceADayOnOneOfManyNodes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		broken := errors.New("broken")
		if err := runIfDue(t.Context(), db, now, "task", "node", func(context.Context) error { return broken }); !errors.Is(err, broken) {
			t.Fatalf("got error %v, want %v", err, broken)
		}
		var runs atomic.Int64
		var nodes sync.WaitGroup
		for node := range 4 {
			nodes.Go(func() {
				for range 2 {
					if err := runIfDue(t.Context(), db, now, "task", fmt.Sprint("node ", node), func(context.Context) error { runs.Add(1); return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		nodes.Wait()
		if got := runs.Load(); got != 1 {
			t.Errorf("got %d runs, want 1", got)
		}
	})
}

// TestHTTPServer_StopsCleanlyAtAnyMoment stops servers right after they start.
func TestHTTPServer_StopsCleanlyAtAnyMoment(t *testing.T) {
	t.Parallel()
	for range 200 {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		var draining atomic.Bool
		if err := newHTTPServer(listener, http.NotFoundHandler(), slog.New(slog.DiscardHandler), &draining, 0, time.Second).run(ctx); err != nil {
			t.Fatalf("got error %v, want nil", err)
		}
	}
}
