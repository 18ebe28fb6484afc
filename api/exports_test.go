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

// Each line of an export is, byte by byte, what GET /v1/cats/{id} answers, for
// every cat of the demo that is listed and for no other.
func TestAnExportShowsCatsAsTheyAreShownOneByOne(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		stage, _ := exportStage(t, s)
		if _, err := demo.LoadListings(t.Context(), stage.catalog, geo.Default(), *stage.now); err != nil {
			t.Fatal(err)
		}
		cats := stage.export(t, "/v1/exports/cats")
		if state := stage.index.State(); len(cats.lines) != state.Cats || len(cats.lines) < 50 || cats.header.Seq != state.Head.Seq {
			t.Errorf("%d cats as of %d, the index has %d as of %d", len(cats.lines), cats.header.Seq, state.Cats, state.Head.Seq)
		}
		for _, line := range cats.lines {
			var cat struct{ ID string }
			if err := json.Unmarshal([]byte(line), &cat); err != nil {
				t.Fatal(err)
			}
			if alone := ask(t, stage, "/v1/cats/"+cat.ID).Body.String(); alone != line {
				t.Fatalf("alone and in the export (-alone +export):\n%s", cmp.Diff(alone, line))
			}
		}
		shelters := stage.export(t, "/v1/exports/shelters")
		for _, line := range shelters.lines {
			var shelter struct{ ID string }
			if err := json.Unmarshal([]byte(line), &shelter); err != nil {
				t.Fatal(err)
			}
			if alone := ask(t, stage, "/v1/shelters/"+shelter.ID).Body.String(); alone != line {
				t.Fatalf("alone and in the export (-alone +export):\n%s", cmp.Diff(alone, line))
			}
		}
		if len(shelters.lines) != 4 {
			t.Errorf("%d shelters, want 4", len(shelters.lines))
		}
	})
}

func TestWhoeverAsksAtOnceOrNextGetsTheSameExport(t *testing.T) {
	t.Parallel()

	stage, views := exportStage(t, storetest.New(t))
	bodies := make([]string, 8)
	var asking sync.WaitGroup
	for i := range bodies {
		asking.Go(func() {
			rec := httptest.NewRecorder()
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/exports/cats", http.NoBody)
			stage.ServeHTTP(rec, req)
			bodies[i] = rec.Body.String()
		})
	}
	asking.Wait()
	if n := len(slices.Compact(bodies)); n != 1 || views.begun.Load() != 1 {
		t.Errorf("%d different exports from %d snapshots, want one from one", n, views.begun.Load())
	}
	for _, coding := range []string{"zstd", "gzip", "identity"} {
		if body := unpackedBody(t, ask(t, stage, "/v1/exports/cats", "Accept-Encoding: "+coding)); body != bodies[0] {
			t.Errorf("packed with %s it is another", coding)
		}
	}
	if views.begun.Load() != 1 {
		t.Errorf("%d snapshots, want no more than one", views.begun.Load())
	}
}

func TestWhenAnExportIsMadeAnew(t *testing.T) {
	t.Parallel()

	stage, views := exportStage(t, storetest.New(t))
	shelter, _, _ := stage.index.Shelter("MD1")
	steps := []struct {
		what string
		do   func() []string // more headers
		made int64           // exports so far
		cats int
	}{
		{"the first time", func() []string { return nil }, 1, 8},
		{"not while nothing has changed", func() []string { *stage.now = stage.now.Add(time.Hour); return nil }, 1, 8},
		{"when something has changed and it is older than a minute", func() []string {
			putCats(t, stage.catalog, shelter.ID, cat("N1", "New", 5, nil))
			return nil
		}, 2, 9},
		{"not for a change within the minute", func() []string {
			putCats(t, stage.catalog, shelter.ID, cat("N2", "Newer", 5, nil))
			return nil
		}, 2, 9},
		{"unless the caller knows of that change", func() []string {
			head, err := stage.store.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return []string{"Trailcat-Min-Seq: " + strings.TrimSpace(string(mustJSON(t, head.Seq)))}
		}, 3, 10},
		{"on another day, when cats are older", func() []string { *stage.now = stage.now.Add(24 * time.Hour); return nil }, 4, 10},
	}
	for _, step := range steps {
		got := stage.export(t, "/v1/exports/cats", step.do()...)
		if views.begun.Load() != step.made || len(got.lines) != step.cats {
			t.Fatalf("%s: %d exports made and %d cats, want %d and %d", step.what, views.begun.Load(), len(got.lines), step.made, step.cats)
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

// What a shelter withholds from aggregators is at once in no export of theirs. Who
// copies without a key is one; whose partner reads as the public is none.
func TestAnExportLeavesOutWhatIsWithheld(t *testing.T) {
	t.Parallel()

	stage, _ := exportStage(t, storetest.New(t))
	kent, _, _ := stage.index.Shelter("WA1")
	withhold := func(from ...catalog.AudienceClass) {
		t.Helper()
		_, err := stage.catalog.ChangeShelter(t.Context(), geo.Default(), kent.ID, 0, func(p *catalog.Profile) { p.WithheldFrom.Classes = from })
		if err != nil {
			t.Fatal(err)
		}
	}
	counts := func() map[string]int {
		out := map[string]int{}
		for name, header := range map[string]string{"nobody": "Accept: */*", "reader": stage.bearer("reader"), "other": stage.bearer("other"), "admin": stage.bearer("admin")} {
			cats := stage.export(t, "/v1/exports/cats", header)
			out[name] = len(cats.lines)
			for _, line := range stage.export(t, "/v1/exports/shelters", header).lines {
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
		"nobody": 8, "reader": 8, "other": 8, "admin": 8,
		"nobody MD1": 5, "reader MD1": 5, "other MD1": 5, "admin MD1": 5, "nobody WA1": 2, "reader WA1": 2, "other WA1": 2, "admin WA1": 2,
	}
	if diff := cmp.Diff(all, counts()); diff != "" {
		t.Errorf("nothing is withheld (-want +got):\n%s", diff)
	}
	withhold(catalog.AggregatorReader)
	some := map[string]int{
		"nobody": 5, "reader": 8, "other": 8, "admin": 8,
		"nobody MD1": 5, "reader MD1": 5, "other MD1": 5, "admin MD1": 5, "nobody WA1": 0, "reader WA1": 2, "other WA1": 2, "admin WA1": 2,
	}
	if diff := cmp.Diff(some, counts()); diff != "" {
		t.Errorf("Kent withholds (-want +got):\n%s", diff)
	}
	withhold()
	if diff := cmp.Diff(all, counts()); diff != "" {
		t.Errorf("Kent withholds no longer (-want +got):\n%s", diff)
	}
}

// An export that was begun for one reader is not given to another from whom, by
// its moment, a shelter withheld what is in it: their cursor would never tell them.
func TestAnExportSuitsOnlyThoseWhoMaySeeAllOfIt(t *testing.T) {
	t.Parallel()

	var shelter catalog.Shelter
	shelter.ID, shelter.WithheldFrom.Classes = "shl_a", []catalog.AudienceClass{catalog.AggregatorReader}
	all := &export.File{Start: export.Start{Head: catalog.LogPosition{Seq: 7}, Shelters: []catalog.Shelter{shelter}}}
	some := &export.File{Start: all.Start, Hidden: map[string]struct{}{"shl_a": {}}}
	aggregator, public := catalog.Audience{Class: catalog.AggregatorReader}, catalog.Audience{Class: catalog.PublicReader}
	for name, test := range map[string]struct {
		export *export.File
		ask    export.Request
		suits  bool
	}{
		"who may see all":                    {all, export.Request{Reader: public}, true},
		"who was to see all when they asked": {all, export.Request{Reader: aggregator}, false},
		"who may see some":                   {some, export.Request{Reader: aggregator, Hidden: some.Hidden}, true},
		"who may see all gets no less":       {some, export.Request{Reader: public}, false},
		"who knows as much of the log":       {all, export.Request{Reader: public, AtLeast: 7}, true},
		"who knows more of the log":          {all, export.Request{Reader: public, AtLeast: 8}, false},
	} {
		if got := test.export.Satisfies(test.ask); got != test.suits {
			t.Errorf("%s: got %v, want %v", name, got, test.suits)
		}
	}
}

// The table of an export goes back in, and nothing changes by that.
func TestTheTableOfAnExportGoesBackIn(t *testing.T) {
	t.Parallel()

	stage, _ := exportStage(t, storetest.New(t))
	shelter, _, _ := stage.index.Shelter("MD1")
	rec := ask(t, stage, "/v1/exports/cats?format=csv")
	if got := rec.Header().Get("Content-Type"); got != export.MimeCSV || rec.Header().Get("Trailcat-Cursor") == "" {
		t.Errorf("it is %q with the cursor %q", got, rec.Header().Get("Trailcat-Cursor"))
	}
	rows, err := csv.NewReader(strings.NewReader(unpackedBody(t, rec))).ReadAll()
	if err != nil || len(rows) != 9 {
		t.Fatalf("%d rows, want a header and 8 cats: %v", len(rows), err)
	}
	theirs := slices.Index(rows[0], "shelter_id")
	others := slices.DeleteFunc(rows[1:], func(row []string) bool { return row[theirs] != shelter.ID })
	var file bytes.Buffer
	if err := csv.NewWriter(&file).WriteAll(append(rows[:1:1], others...)); err != nil {
		t.Fatal(err)
	}
	before := stage.facts(t)
	sent := stage.send(t, "writer", "/v1/shelters/MD1/imports", file.String())
	report := answered[wire.Import](t, sent).Report
	if sent.Code != http.StatusCreated || report.Rows != 5 || report.Updated+report.Unchanged != 5 {
		t.Fatalf("%d: %+v", sent.Code, report)
	}
	if diff := cmp.Diff(before, stage.facts(t)); diff != "" {
		t.Errorf("the import changed (-before +after):\n%s", diff)
	}
}

// facts are what is known of every listed cat, but for words that were not understood.
func (s *stage) facts(t *testing.T) map[string]catalog.Facts {
	t.Helper()
	var mu sync.Mutex
	out := map[string]catalog.Facts{}
	err := s.store.ScanCats(t.Context(), func(cats []catalog.Cat) error {
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

func TestSheltersAreExportedAsAMapAndAsATable(t *testing.T) {
	t.Parallel()

	stage, _ := exportStage(t, storetest.New(t))
	rec := ask(t, stage, "/v1/exports/shelters?format=geojson")
	body := unpackedBody(t, rec)
	var got export.ShelterMap
	strict := json.NewDecoder(strings.NewReader(body))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if got.Type != "FeatureCollection" || len(got.Features) != 2 || got.End.Count != 2 || got.Export.Cursor != rec.Header().Get("Trailcat-Cursor") {
		t.Errorf("the map is %+v", got)
	}
	holdExample(t, "exportShelters", []byte(body))
	kent := got.Features[1]
	if kent.Geometry.Coordinates != [2]float64{-122.26, 47.4} || kent.Properties.Code != "WA1" || kent.ID != kent.Properties.ID {
		t.Errorf("Kent is %+v", kent)
	}
	rows, err := csv.NewReader(strings.NewReader(unpackedBody(t, ask(t, stage, "/v1/exports/shelters?format=csv")))).ReadAll()
	if err != nil || len(rows) != 3 || rows[2][1] != "WA1" || rows[1][slices.Index(rows[0], "phone")] != "'+1 240 555 0100" {
		t.Errorf("the table is %q: %v", rows, err)
	}
	if lng := rows[2][slices.Index(rows[0], "lng")]; lng != "-122.26" {
		t.Errorf("the longitude is %q, want a number", lng)
	}
}

func TestWhatIsNoExportIsRefused(t *testing.T) {
	t.Parallel()

	stage, views := exportStage(t, storetest.New(t))
	for path, want := range map[string]string{
		"/v1/exports/cats?format=geojson":  "unknown_value",
		"/v1/exports/cats?format=xml":      "unknown_value",
		"/v1/exports/shelters?fromat=csv":  "unknown_parameter",
		"/v1/exports/cats?cursor=AUCH8WXo": "unknown_parameter",
	} {
		if rec := ask(t, stage, path); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: %d %s, want 400 and %s", path, rec.Code, rec.Body, want)
		}
	}
	if views.begun.Load() != 0 {
		t.Errorf("%d exports were made", views.begun.Load())
	}
}
