package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// catNames returns the names of the cats in a list.
func catNames(t *testing.T, h http.Handler, path string) []string {
	t.Helper()
	var names []string
	for _, card := range catPage(t, h, path).Data {
		names = append(names, card.Name)
	}
	return names
}

// catPage returns a page of a list of cats.
func catPage(t *testing.T, h http.Handler, path string) wire.CatPage {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	var page wire.CatPage
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
	}
	return page
}

// When a vaccine expires, lists, cards and filters follow the rubric for the new day without
// any write.
func TestSuitabilityFilter_SeesExpiredVaccines(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		kenny, err := s.CatByNumber(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		day := api.now.Truncate(24 * time.Hour)
		levels := map[string]int{"novelty_response": 4, "sound_recovery": 4, "outdoor_interest": 5, "baseline_calm": 4, "handling_comfort": 4, "harness_comfort": 4}
		if _, err := api.catalog.RecordAssessment(t.Context(), catalog.Assessment{CatID: kenny.ID, AssessorID: "s1", Role: "staff", Context: "shelter_room", ObservedOn: day, Levels: levels}); err != nil {
			t.Fatal(err)
		}
		vaccine := catalog.HealthItem{CatID: kenny.ID, Code: "MED.RABIES", Status: "ok", ValidUntil: day.AddDate(0, 0, 10)}
		if _, _, err := api.catalog.PutHealth(t.Context(), vaccine); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			days         int
			ready, holds []string
		}{
			{0, []string{"Kenny Chatney"}, nil}, {10, []string{"Kenny Chatney"}, nil}, {11, nil, []string{"Kenny Chatney"}},
		} {
			*api.now = day.AddDate(0, 0, step.days)
			if _, ok, err := api.catalog.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "a", All: false, Progress: nil}); err != nil || !ok {
				t.Fatal(ok, err)
			}
			if err := api.index.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			for path, want := range map[string][]string{"/v1/cats?activity=leash_walk": step.ready, "/v1/cats?activity=leash_walk&readiness=on_hold&q=kenny": step.holds} {
				if got := catNames(t, api, path); !slices.Equal(got, want) {
					t.Errorf("after %d days, %s: got %v, want %v", step.days, path, got, want)
				}
			}
		}
	})
}

func TestSuitabilityFilter_Activities(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	rate := func(number int64, readiness, grade string, score, low float64) {
		t.Helper()
		cat, err := api.store.CatByNumber(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		cat.Rating = catalog.Rating{Rubric: "1.0.0", On: *api.now, Overall: &score, BestFit: "hike", Activities: []catalog.ActivityRating{
			{Activity: "hike", Score: &score, Low: &low, High: &score, Band: "promising", Readiness: readiness, Grade: grade},
		}}
		if err := api.store.Write(t.Context(), func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), nil, []catalog.Cat{cat}) }); err != nil {
			t.Fatal(err)
		}
	}
	rate(1, catalog.ReadinessNow, "A", 80, 40)
	rate(2, catalog.ReadinessWithTraining, "B", 60, 55)
	rate(3, "build_confidence_first", "D", 20, 10)
	if err := api.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"activity=hike&sort=name":                                                   {"Kenny Chatney", "Rutile"},
		"activity=hike,leash_walk&sort=name":                                        {"Kenny Chatney", "Rutile"},
		"activity=hike&activity=leash_walk&sort=name":                               {"Kenny Chatney", "Rutile"},
		"activity[]=hike&activity[]=leash_walk&sort=name":                           {"Kenny Chatney", "Rutile"},
		"activity_all=hike,leash_walk":                                              nil,
		"activity_all=hike&activity=leash_walk":                                     nil,
		"activity_all=hike&sort=name":                                               {"Kenny Chatney", "Rutile"},
		"activity=hike&sort=suitability&limit=3":                                    {"Rutile", "Kenny Chatney", "Scampi"},
		"activity=hike&grade=A,B&sort=suitability":                                  {"Rutile", "Kenny Chatney"},
		"activity=hike&grade=A&grade=B&sort=name":                                   {"Kenny Chatney", "Rutile"},
		"activity=hike&readiness=ready_now&readiness=ready_with_training&sort=name": {"Kenny Chatney", "Rutile"},
		"activity=hike&score_min=60&sort=name":                                      {"Kenny Chatney", "Rutile"},
		"activity=leash_walk&score_min=0":                                           nil,
		"score_min=60.1":                                                            {"Kenny Chatney"},
		"readiness=ready_now,build_confidence_first&sort=name":                      {"Kenny Chatney", "Scampi"},
		"grade=D": {"Scampi"},
		"best_fit=hike&score_min=0&sort=suitability":                           {"Rutile", "Kenny Chatney", "Scampi"},
		"best_fit=unknown&readiness=on_hold&activity=leash_walk&limit=1&q=pip": {"Pip"},
		"best_fit=indoor_enrichment":                                           nil,
	} {
		if got := catNames(t, api, "/v1/cats?"+path); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

// Where nobody has assessed a cat, lists for an activity say so, and impressions of listings
// find cats to ask about.
func TestSuitabilityFilter_NobodyAssessed(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	impressions := map[int64]catalog.Impression{
		1: {Overall: catalog.ImpressionConfident, Activities: [4]string{catalog.ImpressionConfident, catalog.ImpressionMixed, "", ""}, Phrases: 2},
		2: {Overall: catalog.ImpressionShy, Activities: [4]string{catalog.ImpressionShy, catalog.ImpressionMixed, "", catalog.ImpressionConfident}, Phrases: 1},
	}
	for number := int64(1); ; number++ {
		cat, err := api.store.CatByNumber(t.Context(), number)
		if err != nil {
			break
		}
		cat.Rating, cat.Reading.Impression = catalog.Rating{}, impressions[number]
		if err := api.store.Write(t.Context(), func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), nil, []catalog.Cat{cat}) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := api.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"activity=leash_walk":                                            nil,
		"activity=leash_walk&impression=confident":                       {"Kenny Chatney"},
		"activity=leash_walk,patio_visit&impression=confident&sort=name": {"Kenny Chatney", "Rutile"},
		"activity_all=leash_walk,backpack&impression=mixed":              nil,
		"activity_all=leash_walk,backpack&impression=mixed,shy":          {"Rutile"},
		"impression=confident,shy&sort=name":                             {"Kenny Chatney", "Rutile"},
		"activity=patio_visit&impression=unknown&q=kenny":                {"Kenny Chatney"},
		"activity=leash_walk&impression=confident&readiness=ready_now":   nil,
		"activity=backpack&impression=mixed&sort=suitability":            {"Kenny Chatney", "Rutile"},
		"activity=patio_visit&sort=suitability&limit=1":                  {"Rutile"},
	} {
		if got := catNames(t, api, "/v1/cats?"+path); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}

	for path, want := range map[string]string{
		"activity=leash_walk":                      "7 of the 7 cats that match all other filters have not been assessed for leash_walk. Send impression=confident ",
		"activity=hike&readiness=ready_now":        "7 of the 7 cats that match all other filters have not been assessed for hike.",
		"activity=hike&q=zzz":                      "",
		"activity=leash_walk&impression=confident": "",
		"activity=hike&sort=suitability&q=zzz":     "",
		"impression=confident&q=rutile":            "",
	} {
		page := catPage(t, api, "/v1/cats?"+path)
		switch {
		case want == "" && len(page.Warnings) == 0:
		case want == "" || len(page.Warnings) != 1 || page.Warnings[0].Code != errcode.NotAssessed || !strings.Contains(page.Warnings[0].Message, want):
			t.Errorf("%s: got warnings %+v, want %q", path, page.Warnings, want)
		}
	}
	facet := catPage(t, api, "/v1/cats?facets=impression&activity=leash_walk&impression=shy").Facets["impression"]
	if len(facet) != 3 || facet[0].Value != "unknown" || !slices.Contains(facet, wire.Count{Value: "confident", Count: 1}) {
		t.Errorf("got facet %v, want confident, shy and unknown for leash walks", facet)
	}
}
