package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/export"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// Each line of an export equals, byte by byte, the response of GET /v1/cats/{id} without
// bonded_cats, for every listed cat of the demo and no other.
func TestExport_LinesEqualSingleResources(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api, _ := newExportServer(t, s)
		if _, err := demo.LoadListings(t.Context(), api.catalog, geo.Default(), *api.now, false); err != nil {
			t.Fatal(err)
		}
		cats := api.export(t, "/v1/exports/cats")
		if state := api.index.State(); len(cats.lines) != state.Cats || len(cats.lines) < 50 || cats.header.Seq != state.Head.Seq {
			t.Errorf("got %d cats at seq %d, want %d at seq %d", len(cats.lines), cats.header.Seq, state.Cats, state.Head.Seq)
		}
		for _, line := range cats.lines {
			var cat struct{ ID string }
			if err := json.Unmarshal([]byte(line), &cat); err != nil {
				t.Fatal(err)
			}
			if single := bondedCats.ReplaceAllString(get(t, api, "/v1/cats/"+cat.ID).Body.String(), ""); single != line {
				t.Fatalf("cat %s (-single +export):\n%s", cat.ID, cmp.Diff(single, line))
			}
		}
		shelters := api.export(t, "/v1/exports/shelters")
		for _, line := range shelters.lines {
			var shelter struct{ ID string }
			if err := json.Unmarshal([]byte(line), &shelter); err != nil {
				t.Fatal(err)
			}
			if single := get(t, api, "/v1/shelters/"+shelter.ID).Body.String(); single != line {
				t.Fatalf("shelter %s (-single +export):\n%s", shelter.ID, cmp.Diff(single, line))
			}
		}
		if len(shelters.lines) != 4 {
			t.Errorf("got %d shelters, want 4", len(shelters.lines))
		}
	})
}

func TestExport_ClientsShareOneFile(t *testing.T) {
	t.Parallel()

	api, snapshots := newExportServer(t, newFixtureStore(t))
	bodies := make([]string, 8)
	var requests sync.WaitGroup
	for i := range bodies {
		requests.Go(func() {
			rec := httptest.NewRecorder()
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/exports/cats", http.NoBody)
			api.ServeHTTP(rec, req)
			bodies[i] = rec.Body.String()
		})
	}
	requests.Wait()
	if n := len(slices.Compact(bodies)); n != 1 || snapshots.count.Load() != 1 {
		t.Errorf("got %d different exports from %d snapshots, want 1 from 1", n, snapshots.count.Load())
	}
	for _, encoding := range []string{"zstd", "gzip", "identity"} {
		if body := decompressedBody(t, get(t, api, "/v1/exports/cats", "Accept-Encoding: "+encoding)); body != bodies[0] {
			t.Errorf("%s: got another export", encoding)
		}
	}
	if snapshots.count.Load() != 1 {
		t.Errorf("got %d snapshots, want 1", snapshots.count.Load())
	}
}

func TestExport_IsCreatedAgain(t *testing.T) {
	t.Parallel()

	api, snapshots := newExportServer(t, newFixtureStore(t))
	shelter, _ := api.index.ShelterInfo("MD1")
	steps := []struct {
		name    string
		prepare func() []string // returns headers of the request
		created int64           // exports so far
		cats    int
	}{
		{"first request", func() []string { return nil }, 1, 8},
		{"not while the log is unchanged", func() []string { *api.now = api.now.Add(time.Hour); return nil }, 1, 8},
		{"after a change, if it is older than a minute", func() []string {
			putCats(t, api.catalog, shelter.ID, cat("N1", "New", 5, nil))
			return nil
		}, 2, 9},
		{"not after a change within a minute", func() []string {
			putCats(t, api.catalog, shelter.ID, cat("N2", "Newer", 5, nil))
			return nil
		}, 2, 9},
		{"unless the caller requires that change", func() []string {
			head, err := api.store.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return []string{"Trailcat-Min-Seq: " + strings.TrimSpace(string(mustJSON(t, head.Seq)))}
		}, 3, 10},
		{"on another day, because cats are older", func() []string { *api.now = api.now.Add(24 * time.Hour); return nil }, 4, 10},
	}
	for _, step := range steps {
		got := api.export(t, "/v1/exports/cats", step.prepare()...)
		if snapshots.count.Load() != step.created || len(got.lines) != step.cats {
			t.Fatalf("%s: got %d exports and %d cats, want %d and %d", step.name, snapshots.count.Load(), len(got.lines), step.created, step.cats)
		}
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A shelter that hides its cats from aggregators is immediately absent from their
// exports. A client without a key counts as an aggregator; a partner with the audience
// of the public does not.
func TestExport_OmitsHiddenCats(t *testing.T) {
	t.Parallel()

	api, _ := newExportServer(t, newFixtureStore(t))
	kent, _ := api.index.ShelterInfo("WA1")
	hideFrom := func(classes ...string) {
		t.Helper()
		_, err := api.catalog.ChangeShelter(t.Context(), geo.Default(), kent.ID, 0, func(p *catalog.Profile) { p.HiddenFrom.Classes = classes })
		if err != nil {
			t.Fatal(err)
		}
	}
	counts := func() map[string]int {
		out := map[string]int{}
		for name, header := range map[string]string{"anonymous": "Accept: */*", "reader": api.bearer("reader"), "other": api.bearer("other"), "admin": api.bearer("admin")} {
			cats := api.export(t, "/v1/exports/cats", header)
			out[name] = len(cats.lines)
			for _, line := range api.export(t, "/v1/exports/shelters", header).lines {
				var shelter wire.Shelter
				if err := json.Unmarshal([]byte(line), &shelter); err != nil {
					t.Fatal(err)
				}
				out[name+" "+shelter.Code] = shelter.AvailableCats
			}
		}
		return out
	}
	all := map[string]int{
		"anonymous": 8, "reader": 8, "other": 8, "admin": 8,
		"anonymous MD1": 5, "reader MD1": 5, "other MD1": 5, "admin MD1": 5, "anonymous WA1": 2, "reader WA1": 2, "other WA1": 2, "admin WA1": 2,
	}
	if diff := cmp.Diff(all, counts()); diff != "" {
		t.Errorf("nothing is hidden (-want +got):\n%s", diff)
	}
	hideFrom(string(catalog.AggregatorReader))
	some := map[string]int{
		"anonymous": 5, "reader": 8, "other": 8, "admin": 8,
		"anonymous MD1": 5, "reader MD1": 5, "other MD1": 5, "admin MD1": 5, "anonymous WA1": 0, "reader WA1": 2, "other WA1": 2, "admin WA1": 2,
	}
	if diff := cmp.Diff(some, counts()); diff != "" {
		t.Errorf("Kent is hidden (-want +got):\n%s", diff)
	}
	hideFrom()
	if diff := cmp.Diff(all, counts()); diff != "" {
		t.Errorf("Kent is no longer hidden (-want +got):\n%s", diff)
	}
}

// Importing a CSV export changes nothing.
func TestExport_CSVRoundTrip(t *testing.T) {
	t.Parallel()

	api, _ := newExportServer(t, newFixtureStore(t))
	shelter, _ := api.index.ShelterInfo("MD1")
	rec := get(t, api, "/v1/exports/cats?format=csv")
	if got := rec.Header().Get("Content-Type"); got != export.MimeCSV || rec.Header().Get("Trailcat-Cursor") == "" {
		t.Errorf("got type %q with cursor %q", got, rec.Header().Get("Trailcat-Cursor"))
	}
	rows, err := csv.NewReader(strings.NewReader(decompressedBody(t, rec))).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("got %d rows, want a header and 8 cats: %v", len(rows), err)
	}
	column := slices.Index(rows[0], "shelter_id")
	cats := slices.DeleteFunc(rows[1:], func(row []string) bool { return row[column] != shelter.ID })
	var file bytes.Buffer
	if err := csv.NewWriter(&file).WriteAll(append(rows[:1:1], cats...)); err != nil {
		t.Fatal(err)
	}
	before := api.facts(t)
	sent := api.postFile(t, "writer", "/v1/shelters/MD1/imports", file.String())
	report := decodeBody[wire.ImportRun](t, sent).Report
	if sent.Code != http.StatusCreated || report.Rows != 5 || report.Updated+report.Unchanged != 5 {
		t.Fatalf("got %d %+v, want 5 rows without a rejection", sent.Code, report)
	}
	if diff := cmp.Diff(before, api.facts(t)); diff != "" {
		t.Errorf("facts (-before +after the import):\n%s", diff)
	}
}

// facts returns the facts of every listed cat by external ID, without unparsed words.
func (s *testServer) facts(t *testing.T) map[string]catalog.Facts {
	t.Helper()
	var mu sync.Mutex
	out := map[string]catalog.Facts{}
	err := s.store.ScanCats(t.Context(), func(cats []catalog.Cat, _ catalog.LogPosition) error {
		mu.Lock()
		defer mu.Unlock()
		for _, cat := range cats {
			cat.Unparsed = nil
			out[cat.ExternalID] = cat.Facts
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestExport_SheltersAsGeoJSONAndCSV(t *testing.T) {
	t.Parallel()

	api, _ := newExportServer(t, newFixtureStore(t))
	rec := get(t, api, "/v1/exports/shelters?format=geojson")
	body := decompressedBody(t, rec)
	var got export.ShelterMap
	strict := json.NewDecoder(strings.NewReader(body))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if got.Type != "FeatureCollection" || len(got.Features) != 2 || got.End.Count != 2 || got.Export.Cursor != rec.Header().Get("Trailcat-Cursor") {
		t.Errorf("got the map %+v", got)
	}
	checkExample(t, "exportShelters", []byte(body))
	kent := got.Features[1]
	if kent.Geometry.Coordinates != [2]float64{-122.26, 47.4} || kent.Properties.Code != "WA1" || kent.ID != kent.Properties.ID {
		t.Errorf("got %+v for Kent", kent)
	}
	rows, err := csv.NewReader(strings.NewReader(decompressedBody(t, get(t, api, "/v1/exports/shelters?format=csv")))).ReadAll()
	if err != nil || len(rows) != 3 || rows[2][1] != "WA1" || rows[1][slices.Index(rows[0], "phone")] != "'+1 240 555 0100" {
		t.Errorf("got the table %q: %v", rows, err)
	}
	if lng := rows[2][slices.Index(rows[0], "lng")]; lng != "-122.26" {
		t.Errorf("got longitude %q, want -122.26", lng)
	}
}

func TestExport_RejectsUnknownParameters(t *testing.T) {
	t.Parallel()

	api, snapshots := newExportServer(t, newFixtureStore(t))
	for path, want := range map[string]string{
		"/v1/exports/cats?format=geojson":  "unknown_value",
		"/v1/exports/cats?format=xml":      "unknown_value",
		"/v1/exports/shelters?fromat=csv":  "unknown_parameter",
		"/v1/exports/cats?cursor=AUCH8WXo": "unknown_parameter",
	} {
		if rec := get(t, api, path); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: got %d %s, want 400 and %s", path, rec.Code, rec.Body, want)
		}
	}
	if snapshots.count.Load() != 0 {
		t.Errorf("got %d exports, want none", snapshots.count.Load())
	}
}
