package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// While cats are written, each export contains every cat in the version that it had at
// the export's log position: a client that continues from there misses nothing and gets
// nothing twice.
func TestExport_AgreesWithItsLogPosition(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api, _ := newExportServer(t, s)
		api.addFillers(t, 700) // several batches
		written, stop := startWriters(t, api, 2)
		var exports []parsedExport
		for i := range 3 { // one of each encoding
			<-written // a change since the last export
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			headers := []string{fmt.Sprint("Trailcat-Min-Seq: ", head.Seq), "Accept-Encoding: " + []string{"zstd", "gzip", "identity"}[i%3]}
			rec := get(t, api, "/v1/exports/cats", headers...)
			for rec.Code == http.StatusServiceUnavailable { // the index has not caught up yet
				rec = get(t, api, "/v1/exports/cats", headers...)
			}
			exports = append(exports, parseExport(t, decompressedBody(t, rec)))
		}
		stop()
		log := api.changes(t)
		for _, e := range exports {
			if diff := cmp.Diff(versionsAt(log, e.header.Seq), e.versions(t)); diff != "" {
				t.Errorf("export at seq %d (-log +export):\n%s", e.header.Seq, diff)
			}
		}
	})
}

// A receiver of log.reset loads an export at once, maybe from a node that has not filled
// its index again.
func TestExport_OfALostPastIsNotSent(t *testing.T) {
	t.Parallel()

	for _, engine := range storetest.Engines() {
		url := storetest.URL(t, engine)
		api, _ := newExportServer(t, storetest.Open(t, url))
		lost := parseExport(t, get(t, api, "/v1/exports/cats", "Accept-Encoding: identity").Body.String())
		storetest.SetBack(t, url, 1)
		if rec := get(t, api, "/v1/exports/cats"); rec.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: got %d before the index was filled again, want 503", engine, rec.Code)
		}
		if err := api.index.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		if e := parseExport(t, get(t, api, "/v1/exports/cats", "Accept-Encoding: identity").Body.String()); e.header.Seq != lost.header.Seq-1 {
			t.Errorf("%s: got an export at seq %d, want %d", engine, e.header.Seq, lost.header.Seq-1)
		}
	}
}

// startWriters changes the fillers, adds some and removes some, until stop is called. It
// sends on the channel when a change was written since the last receive.
func startWriters(t *testing.T, api *testServer, n int) (written <-chan struct{}, stop func()) {
	t.Helper()
	shelter, _ := api.index.ShelterInfo("MD1")
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	stop = func() { cancel(); writers.Wait() }
	t.Cleanup(stop)
	notify := make(chan struct{})
	for w := range n {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for i := 0; ctx.Err() == nil; i++ {
				number := r.IntN(750) // from 700 on they are new
				edit := cat(fmt.Sprint("F", number), fmt.Sprint("Renamed ", w, i), 5, func(f *catalog.Facts) {
					if f.Status = catalog.Available; number < 700 && r.IntN(4) == 0 {
						f.Status = catalog.Removed
					}
				})
				if _, err := api.catalog.UpsertCats(context.WithoutCancel(ctx), shelter.ID, []catalog.CatUpdate{edit}); err != nil {
					t.Error(err)
					return
				}
				select {
				case notify <- struct{}{}:
				case <-ctx.Done():
				case <-time.After(time.Millisecond): // leaves time for readers
				}
			}
		})
	}
	return notify, stop
}

// versionsAt returns the versions of the cats that were listed at a log position.
func versionsAt(log []catalog.Change, seq int64) map[string]int64 {
	out, removed := map[string]int64{}, map[string]bool{}
	for _, change := range log {
		if change.Seq > seq || change.Resource != catalog.CatResource {
			continue
		}
		if change.Op == catalog.OpRemoved || change.Op == catalog.StatusChanged {
			removed[change.ResourceID] = change.Op == catalog.OpRemoved
		}
		out[change.ResourceID] = change.Version
	}
	maps.DeleteFunc(out, func(id string, _ int64) bool { return removed[id] })
	return out
}

// versions returns the versions of the cats in an export and fails the test if a cat is
// in it twice.
func (e parsedExport) versions(t *testing.T) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for _, line := range e.lines {
		var cat struct {
			ID      string
			Version int64
		}
		if err := json.Unmarshal([]byte(line), &cat); err != nil {
			t.Fatalf("%v: %s", err, strings.TrimSpace(line))
		}
		if _, seen := out[cat.ID]; seen {
			t.Errorf("cat %s is in the export twice", cat.ID)
		}
		out[cat.ID] = cat.Version
	}
	return out
}
