package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestImports_SnapshotsOfMontgomeryCounty imports real lists of one shelter in order. Then
// exactly the cats of the last list are listed.
func TestImports_SnapshotsOfMontgomeryCounty(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		may2020 := readGzip(t, "../internal/ingest/testdata/montgomery_adoptable_2020-05.csv.gz")
		june2021 := readGzip(t, "../internal/demo/data/montgomery_adoptable_2021-06.csv.gz")
		header, rows, _ := strings.Cut(june2021, "\n")
		lines := slices.Collect(strings.Lines(rows))
		earlier := header + "\n" + strings.Join(lines[:60], "")
		later := header + "\n" + strings.Join(lines[30:], "")
		send := func(file string, removed int) {
			t.Helper()
			rec := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery&mode=snapshot&as_of=2021-06-02", file)
			if got := decodeBody[wire.ImportRun](t, rec); rec.Code != http.StatusCreated || got.Report.Removed != removed {
				t.Fatalf("%d: %+v, want %d removed", rec.Code, got.Report, removed)
			}
		}
		gone := 0
		for id := range idsInCSV(earlier) {
			if !idsInCSV(later)[id] {
				gone++
			}
		}
		if gone < 5 {
			t.Fatalf("the lists differ by %d cats only", gone)
		}
		send(may2020, 0)
		send(earlier, 0)
		send(later, gone)
		shelter, _ := api.index.ShelterInfo("MD1")
		if diff := cmp.Diff(idsInCSV(later), api.listedIDs(t, shelter.ID, "montgomery")); diff != "" {
			t.Errorf("listed (-want +got):\n%s", diff)
		}
		if others := api.listedIDs(t, shelter.ID, "test"); len(others) != 5 {
			t.Errorf("of another source got %v, want all 5", others)
		}
		tombstones := 0
		for _, change := range api.changes(t) {
			if change.Op != catalog.OpRemoved || change.Fields[0] != "status" {
				continue
			}
			cat, err := s.Cat(t.Context(), change.ResourceID)
			if err != nil || cat.StatusReason != catalog.AbsentFromSnapshot {
				continue
			}
			tombstones++
			if rec := get(t, api, "/v1/cats/"+cat.ID); rec.Code != http.StatusGone || !strings.Contains(rec.Body.String(), catalog.AbsentFromSnapshot) {
				t.Errorf("%s: %d %s", cat.ExternalID, rec.Code, rec.Body)
			}
		}
		if tombstones != gone {
			t.Errorf("%d tombstones, want %d", tombstones, gone)
		}
	})
}

// idsInCSV returns the ids of the cats in a file of Montgomery County.
func idsInCSV(file string) map[string]bool {
	ids := map[string]bool{}
	for line := range strings.Lines(file) {
		if fields := strings.Split(line, ","); slices.Contains(fields, "CAT") || slices.Contains(fields, "KITTEN") {
			ids[fields[0]] = true
		}
	}
	return ids
}

func TestImports_ConcurrentSnapshotsDoNotMix(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		const url = "/v1/shelters/MD1/imports?format=montgomery&mode=snapshot"
		for round := range 5 {
			var files [2]string
			var codes [2]int
			var both sync.WaitGroup
			for i := range files {
				files[i] = montgomeryCSV(20, func(n int) string { return fmt.Sprintf("R%dF%dN%d", round, i, n) })
				both.Go(func() {
					rec := api.postFile(t, "writer", url, files[i])
					if rec.Header().Get("Trailcat-Confirm") != "" {
						rec = api.postFile(t, "writer", url+"&confirm="+rec.Header().Get("Trailcat-Confirm"), files[i])
					}
					codes[i] = rec.Code
				})
			}
			both.Wait()
			shelter, _ := api.index.ShelterInfo("MD1")
			got := api.listedIDs(t, shelter.ID, "montgomery")
			whole := slices.ContainsFunc(files[:], func(file string) bool { return cmp.Equal(got, idsInCSV(file)) })
			if !whole || !slices.Contains(codes[:], http.StatusCreated) {
				t.Errorf("round %d: got statuses %v and cats of both files: %v", round, codes, got)
			}
		}
	})
}

// The client disconnects after the first batch.
func TestImports_DisconnectLeavesWholeBatches(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, disconnect := context.WithCancel(t.Context())
		api := newServer(t, s, afterWrites(s, map[int64]func(){3: disconnect})) // the import begins and stores the file, then a batch
		req := api.newFileRequest(t, "writer", "/v1/shelters/MD1/imports?format=montgomery&mode=snapshot", montgomeryCSV(1200, sequentialID))
		api.ServeHTTP(httptest.NewRecorder(), req.WithContext(ctx))
		imports, err := s.Imports(t.Context(), nil, "", 10)
		if err != nil || len(imports) != 1 || imports[0].Status != catalog.ImportInterrupted || imports[0].FinishedAt.IsZero() {
			t.Fatalf("%+v, %v; want one import, interrupted", imports, err)
		}
		var report wire.ImportReport
		if err := json.Unmarshal(imports[0].Report, &report); err != nil {
			t.Fatal(err)
		}
		if left := api.listedIDs(t, imports[0].ShelterID, "montgomery"); report.Created != 500 || len(left) != 500 {
			t.Errorf("the report says %d, listed are %d, want 500", report.Created, len(left))
		}
		// Another import may start at once.
		if rec := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(3, sequentialID)); rec.Code != http.StatusCreated {
			t.Errorf("after it: %d %s", rec.Code, rec.Body)
		}
	})
}

// An import makes no progress for longer than its lease while another starts.
func TestImports_ExpiredImportStops(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var api *testServer
		shelterID := ""
		api = newServer(t, s, afterWrites(s, map[int64]func(){3: func() {
			*api.now = api.now.Add(catalog.ImportLease + time.Second)
			if _, err := api.catalog.BeginImport(t.Context(), catalog.Import{ShelterID: shelterID, Format: "montgomery", Mode: catalog.ModeSnapshot}); err != nil {
				t.Error(err)
			}
		}}))
		shelter, _ := api.index.ShelterInfo("MD1")
		shelterID = shelter.ID
		rec := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery&mode=snapshot", montgomeryCSV(1200, sequentialID))
		if rec.Code != http.StatusConflict || !strings.Contains(rec.Body.String(), "import_running") || !strings.Contains(rec.Body.String(), "expires after 2 minutes") {
			t.Errorf("%d %s; want 409 import_running and when an import without progress expires", rec.Code, rec.Body)
		}
		if left := api.listedIDs(t, shelterID, "montgomery"); len(left) != 500 {
			t.Errorf("%d cats were written, want the first batch only", len(left))
		}
		imports, err := s.Imports(t.Context(), nil, "", 10)
		status := map[bool]catalog.ImportStatus{} // by whether it is the first
		for _, i := range imports {
			status[i.FileSize > 0] = i.Status
		}
		if want := map[bool]catalog.ImportStatus{true: catalog.ImportInterrupted, false: catalog.ImportRunning}; err != nil || !cmp.Equal(status, want) {
			t.Errorf("got %v, want %v (%v)", status, want, err)
		}
	})
}

// Two imports run; a third gets 503, and may be sent again with the same Idempotency-Key.
func TestImports_AtMostTwoRunAtOnce(t *testing.T) {
	t.Parallel()

	s := newFixtureStore(t)
	started, finish := make(chan struct{}), make(chan struct{})
	wait := func() {
		started <- struct{}{}
		<-finish
	}
	api := newServer(t, s, afterWrites(s, map[int64]func(){1: wait, 2: wait}), func(c *Config) { c.ImportWait = 0 })
	post := func(query string) *httptest.ResponseRecorder {
		req := api.newFileRequest(t, "writer", "/v1/shelters/MD1/imports?format=montgomery"+query, montgomeryCSV(3, sequentialID))
		req.Header.Set("Idempotency-Key", "third"+query)
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		return rec
	}
	var both sync.WaitGroup
	for _, query := range []string{"&dry_run=true", "&dry_run=true&mode=snapshot"} {
		both.Go(func() {
			if rec := post(query); rec.Code != http.StatusOK {
				t.Errorf("first imports: got %d %s", rec.Code, rec.Body)
			}
		})
		<-started
	}
	if rec := post(""); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") != "5" || !strings.Contains(rec.Body.String(), "too_many_imports") {
		t.Errorf("third import: got %d %s, want 503 too_many_imports with Retry-After", rec.Code, rec.Body)
	}
	close(finish)
	both.Wait()
	if rec := post(""); rec.Code != http.StatusCreated {
		t.Errorf("third import again: got %d %s, want 201", rec.Code, rec.Body)
	}
}

// A file that does not fit into memory is imported, repeated by its key and returned, and
// no temporary file remains.
func TestImports_LargeFile(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var dir string
		api := newServer(t, s, func(c *Config) { dir = c.TempDir })
		file := montgomeryCSV(3, sequentialID) + strings.Repeat(",,,,,,,,\n", 200_000)
		for i, replayed := range []string{"", "true"} {
			req := api.newFileRequest(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", file)
			req.Header.Set("Idempotency-Key", "large")
			rec := httptest.NewRecorder()
			api.ServeHTTP(rec, req)
			if rec.Code != http.StatusCreated || rec.Header().Get("Idempotency-Replayed") != replayed {
				t.Fatalf("request %d: got %d %s, replayed %q", i, rec.Code, rec.Body, rec.Header().Get("Idempotency-Replayed"))
			}
			if got := get(t, api, rec.Header().Get("Location")+"/file", api.bearer("writer")); got.Body.String() != file || got.Header().Get("Content-Length") != strconv.Itoa(len(file)) {
				t.Errorf("got %d bytes of the file, want the %d that were sent", got.Body.Len(), len(file))
			}
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
			t.Errorf("got temporary files %v and error %v, want none", entries, err)
		}
	})
}

// A dry run is not recorded, so it has no location.
func TestImports_OnlyRecordedImportsHaveALocation(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for query, recorded := range map[string]bool{"": true, "&dry_run=true": false} {
		rec := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery"+query, montgomeryCSV(3, sequentialID))
		if got := rec.Header().Get("Location"); rec.Code >= 300 || (got != "") != recorded {
			t.Errorf("query %q: got status %d and Location %q, want a location: %t", query, rec.Code, got, recorded)
		}
	}
}

// TestImports_IndexesEachBatch imports two batches. When the second one is rated, the index
// has the first one, so that indexing and writing do not run at the same time.
func TestImports_IndexesEachBatch(t *testing.T) {
	t.Parallel()

	const rows, batch = 600, 500
	var index *search.Index
	rated, indexed := 0, int64(0)
	api := newSQLiteServer(t, func(c *Config) {
		index = c.Index
		c.Catalog = c.Catalog.WithRater(func(catalog.Cat, []catalog.Assessment, []catalog.HealthItem, time.Time) (catalog.Rating, catalog.ListingReading) {
			if rated++; rated == batch+1 {
				indexed = index.Head().Seq
			}
			return catalog.Rating{}, catalog.ListingReading{}
		})
	})
	before := index.Head().Seq
	if rec := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(rows, sequentialID)); rec.Code != http.StatusCreated {
		t.Fatalf("%d: %s", rec.Code, rec.Body)
	}
	if rated != rows || indexed < before+batch {
		t.Errorf("%d cats rated, index at %d after the first batch, want at least %d", rated, indexed, before+batch)
	}
}

func TestBodyLimits_Defaults(t *testing.T) {
	t.Parallel()

	for path, want := range map[string]int64{"/v1/shelters/MD1/imports": 50 << 20, "/v1/shelters/MD1/cats/bulk-upsert": 32 << 20, "/v1/shelters/MD1/cats": 8 << 20} {
		if got := (BodyLimits{}).maxBody(path); got != want {
			t.Errorf("%s: got %d bytes, want %d", path, got, want)
		}
	}
}

func TestImports_FileTooLarge(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, func(c *Config) { c.BodyLimits.Import, c.BodyLimits.ImportText = 1<<20, 1<<20 })
	blank := bytes.Repeat([]byte{'\n'}, 1<<20)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(blank); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		body io.Reader
		size int64
		code string
	}{
		"declared size, not read": {unreadableBody{t}, 1<<20 + 1, "body_too_large"},
		"unknown size":            {io.LimitReader(endless{}, 1<<20+1), -1, "body_too_large"},
		"decompressed size":       {bytes.NewReader(bytes.Repeat(packed.Bytes(), 2)), -1, "file_too_large"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/shelters/MD1/imports?format=montgomery", tt.body)
			req.ContentLength = tt.size
			req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
			rec := httptest.NewRecorder()
			api.ServeHTTP(rec, req)
			if got := decodeBody[httpkit.Problem](t, rec); got.Status != http.StatusRequestEntityTooLarge || string(got.Code) != tt.code {
				t.Errorf("%+v", got)
			}
		})
	}
}

// The upload of a file takes longer than the server's timeouts.
func TestImports_SlowUploadOutlastsServerTimeouts(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		const timeout = 5 * time.Second
		api := newSQLiteServer(t, useRealTime)
		client := startPipeServer(t, api, timeout, timeout)
		body, file := io.Pipe()
		go func() {
			for line := range strings.Lines(montgomeryCSV(4, sequentialID)) {
				_, _ = io.WriteString(file, line) // a line that is lost is missing in the report
				time.Sleep(timeout - time.Second) // in the time of synctest
			}
			_ = file.Close() // never fails
		}()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://trailcat/v1/shelters/MD1/imports?format=montgomery", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }() // it is read
		var got wire.ImportRun
		if err := json.NewDecoder(res.Body).Decode(&got); err != nil || res.StatusCode != http.StatusCreated || got.Report.Created != 4 {
			t.Errorf("got status %d, %+v and error %v; want 201 and 4 created cats", res.StatusCode, got, err)
		}
	})
}

type unreadableBody struct{ t *testing.T }

func (b unreadableBody) Read([]byte) (int, error) {
	b.t.Error("the body is read")
	return 0, io.EOF
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestImports_Examples compares responses with the examples of the documentation.
func TestImports_Examples(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	file := montgomeryCSV(2, sequentialID) + ",04/11/2026,*NONAME,CAT,2 YEARS,MED,BLACK,DOMESTIC SH,S\n"
	created := api.postFile(t, "writer", "/v1/shelters/MD1/imports?mode=snapshot", file)
	checkExample(t, "createImport", created.Body.Bytes())
	for id, path := range map[string]string{
		"getImport":         created.Header().Get("Location"),
		"listImports":       "/v1/imports",
		"listImportFormats": "/v1/import-formats",
		"getQuality":        "/v1/shelters/MD1/quality?limit=2",
	} {
		checkExample(t, id, get(t, api, path, api.bearer("writer")).Body.Bytes())
	}
}
