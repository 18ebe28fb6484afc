package api

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/vocab"
)

// TestQuality_LikelyDuplicates compares a cat in Derwood with one that may be the same.
func TestQuality_LikelyDuplicates(t *testing.T) {
	t.Parallel()

	luna := func(f *catalog.Facts) { f.Name, f.Sex = "Luna", vocab.SexFemale }
	chipped := func(f *catalog.Facts) { f.MicrochipHash = catalog.HashMicrochip("985 112 003 456 789") }
	both := func(f *catalog.Facts) { luna(f); chipped(f) }
	const near, far, home = "Rockville", "WA1", "MD1"
	tests := map[string]struct {
		mine    func(*catalog.Facts)
		where   string
		other   catalog.CatUpdate
		because string // empty if not a likely duplicate
	}{
		"same name and looks nearby":         {luna, near, cat("X", "Luna", 24, luna), "looks"},
		"same name and looks far away":       {luna, far, cat("X", "Luna", 24, luna), ""},
		"same source":                        {luna, home, cat("X", "Luna", 24, luna), ""},
		"same shelter, another source":       {luna, home, fromSource("petfinder", cat("X", "Luna", 24, luna)), "looks"},
		"other spelling of the name":         {luna, near, cat("X", "LÚNA ", 24, func(f *catalog.Facts) { f.Sex = vocab.SexFemale }), "looks"},
		"name with the same beginning":       {luna, near, cat("X", "Luna Belle", 24, func(f *catalog.Facts) { f.Sex = vocab.SexFemale }), ""},
		"name in the description of another": {luna, near, cat("X", "Mo", 24, func(f *catalog.Facts) { f.Sex, f.Description = vocab.SexFemale, "Lives with Luna." }), ""},
		"another age":                        {luna, near, cat("X", "Luna", 60, luna), ""},
		"adopted cat":                        {luna, near, cat("X", "Luna", 24, func(f *catalog.Facts) { luna(f); f.Status = catalog.Adopted }), ""},
		"same microchip far away":            {both, far, cat("X", "Mo", 60, chipped), "microchip"},
		"same microchip in one shelter":      {both, home, cat("X", "Luna", 24, both), "microchip"},
		"names without letters":              {func(f *catalog.Facts) { f.Name, f.Sex = `"?"`, vocab.SexMale }, near, cat("X", `"?"`, 24, func(f *catalog.Facts) { f.Sex = vocab.SexMale }), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			api := newSQLiteServer(t)
			putShelter(t, api.catalog, geo.Default(), "rockville", catalog.Profile{Name: "Rockville Cats", Address: catalog.Address{PostalCode: "20850", Country: "US"}})
			if err := api.index.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			ids := map[string]string{near: "MD2", far: "WA1", home: "MD1"}
			shelter := func(code string) string { s, _ := api.index.ShelterInfo(code); return s.ID }
			mine := putCats(t, api.catalog, shelter("MD1"), cat("L", "Luna", 24, tt.mine))[0].Cat
			other := putCats(t, api.catalog, shelter(ids[tt.where]), tt.other)[0].Cat
			if err := api.index.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := decodeBody[Quality](t, get(t, api, "/v1/shelters/MD1/quality?limit=100", api.bearer("writer")))
			var found []LikelyDuplicate
			for _, c := range got.Data {
				if c.ID == mine.ID {
					found = c.LikelyDuplicates
				}
			}
			var want []LikelyDuplicate
			if tt.because != "" {
				want = []LikelyDuplicate{{CatID: other.ID, ShelterID: other.ShelterID, Because: tt.because}}
			} else if found != nil {
				want = []LikelyDuplicate{}
			}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuality_FilterByEachIssue(t *testing.T) {
	t.Parallel()

	var want []string
	for _, issue := range catalog.Issues() {
		want = append(want, string(issue))
	}
	for _, resource := range []any{QualityQuery{}, QualityCat{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(resource)) {
			if field.Name != "Issue" && field.Name != "Issues" {
				continue
			}
			if got := field.Tag.Get("enums"); got != strings.Join(want, ",") {
				t.Errorf("%T has %s, want %s", resource, got, want)
			}
		}
	}
}

func fromSource(source string, edit catalog.CatUpdate) catalog.CatUpdate {
	edit.Source = source
	return edit
}

// TestQuality_StaleListings follows a listing that its source no longer confirms.
func TestQuality_StaleListings(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		found := func(url string) bool { return strings.Contains(get(t, api, url).Body.String(), `"M1"`) }
		const (
			usual = "/v1/cats?shelter=MD1&limit=100"
			stale = "/v1/cats?shelter=MD1&limit=100&stale=true"
		)
		file := montgomeryCSV(2, sequentialID)
		send := func() wire.ImportRun {
			return decodeBody[wire.ImportRun](t, api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery&as_of=2026-05-01", file))
		}
		send()
		if !found(usual) || found(stale) {
			t.Error("a fresh listing is stale or missing")
		}
		*api.now = api.now.Add(31 * 24 * time.Hour)
		if counts, err := api.catalog.MarkStale(t.Context(), true); err != nil || counts.Marked != 9 {
			t.Fatalf("%d marked, want 7 of the fixtures and 2 of the file (%v)", counts.Marked, err)
		}
		if err := api.index.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if found(usual) || !found(stale) {
			t.Error("a stale listing is found by default, or missing with stale=true")
		}
		quality := decodeBody[Quality](t, get(t, api, "/v1/shelters/MD1/quality?issue=stale", api.bearer("writer")))
		if quality.Counts["stale"] != 7 || len(quality.Data) != 7 || quality.Data[0].Issues[0] != "stale" {
			t.Errorf("quality: got %+v", quality)
		}
		if again := send(); again.Report.Updated != 2 {
			t.Errorf("the same file again: %+v", again.Report)
		}
		if !found(usual) || found(stale) {
			t.Error("a confirmed listing is still stale")
		}
	})
}

func TestQuality_History(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	look := func(key string) Quality {
		rec := get(t, api, "/v1/shelters/MD1/quality", api.bearer(key))
		if rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return decodeBody[Quality](t, rec)
	}
	if got := look("test"); len(got.History) != 0 {
		t.Errorf("a test key wrote history: %+v", got.History)
	}
	look("writer")
	*api.now = api.now.AddDate(0, 0, 89)
	api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(3, sequentialID))
	days := func(q Quality) (out []string) {
		for _, d := range q.History {
			out = append(out, d.Day)
		}
		return out
	}
	if diff := cmp.Diff([]string{"2026-05-01", "2026-07-29"}, days(look("writer"))); diff != "" {
		t.Errorf("89 days later (-want +got):\n%s", diff)
	}
	*api.now = api.now.AddDate(0, 0, 1)
	if diff := cmp.Diff([]string{"2026-07-29", "2026-07-30"}, days(look("writer"))); diff != "" {
		t.Errorf("90 days later (-want +got):\n%s", diff)
	}
}
