package api

import (
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

// While writers write, each export holds every cat in the version that it had at
// the export's place in the log: whoever goes on from there misses nothing and
// gets nothing twice.
func TestAnExportAgreesWithItsPlaceInTheLog(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		stage, _ := exportStage(t, s)
		shelter, _, _ := stage.index.Shelter("MD1")
		stage.fillShelf(t, 700) // several batches
		var writing sync.WaitGroup
		stop := make(chan struct{})
		for w := range 3 {
			writing.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), 1))
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					case <-time.After(time.Millisecond): // readers want a turn
					}
					which := r.IntN(750) // some are new
					edit := cat(fmt.Sprint("F", which), fmt.Sprint("Renamed ", w, n), 5, func(f *catalog.Facts) {
						if f.Status = catalog.Available; which < 700 && r.IntN(4) == 0 {
							f.Status = catalog.Removed
						}
					})
					if _, err := stage.catalog.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{edit}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		var exports []exported
		for i := range 5 {
			var head catalog.LogPosition
			soon(t, "something is written", func() bool {
				var err error
				head, err = s.Head(t.Context())
				return err == nil && (i == 0 || head.Seq > exports[i-1].header.Seq)
			})
			newest := []string{fmt.Sprint("Trailcat-Min-Seq: ", head.Seq), "Accept-Encoding: " + []string{"zstd", "gzip", "identity"}[i%3]}
			rec := ask(t, stage, "/v1/exports/cats", newest...)
			for rec.Code == http.StatusServiceUnavailable { // the node has yet to read so much
				rec = ask(t, stage, "/v1/exports/cats", newest...)
			}
			exports = append(exports, readExport(t, unpackedBody(t, rec)))
		}
		close(stop)
		writing.Wait()
		log := stage.log(t)
		for _, e := range exports {
			if diff := cmp.Diff(versionsAt(log, e.header.Seq), e.versions(t)); diff != "" {
				t.Errorf("at %d (-log +export):\n%s", e.header.Seq, diff)
			}
		}
	})
}

// versionsAt are the versions of the cats that were listed at a place in the log.
func versionsAt(log []catalog.Change, seq int64) map[string]int64 {
	out, removed := map[string]int64{}, map[string]bool{}
	for _, line := range log {
		if line.Seq > seq || line.Resource != catalog.CatResource {
			continue
		}
		if line.Op == catalog.OpRemoved || line.Op == catalog.StatusChanged {
			removed[line.ResourceID] = line.Op == catalog.OpRemoved
		}
		out[line.ResourceID] = line.Version
	}
	maps.DeleteFunc(out, func(id string, _ int64) bool { return removed[id] })
	return out
}

// versions are those of the cats in an export, of which none is there twice.
func (e exported) versions(t *testing.T) map[string]int64 {
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
		if _, twice := out[cat.ID]; twice {
			t.Errorf("%s is there twice", cat.ID)
		}
		out[cat.ID] = cat.Version
	}
	return out
}
