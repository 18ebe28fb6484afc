package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestShelterCats_Filters lists the cats of a shelter by each kind of filter.
func TestShelterCats_Filters(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		if rec := send(t, api, http.MethodPost, "/v1/cats/2/status", `{"status":"adopted"}`, "writer"); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		if rec := send(t, api, http.MethodPatch, "/v1/cats/3", `{"hidden_from":{"classes":["petfinder"]}}`, "writer"); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		for query, want := range map[string]string{
			"":                                    "A1 A2 A3 A4 A5",
			"?limit=2":                            "A1 A2 A3 A4 A5",
			"?status=removed":                     "A6",
			"?status=removed,adopted":             "A2 A6",
			"?status=removed&q=goner":             "A6",
			"?status=removed&q=kenny":             "",
			"?status=available":                   "A1 A3 A4 A5",
			"?external_id=A6":                     "A6",
			"?external_id=A6&status=available":    "",
			"?external_id=K1":                     "",
			"?q=birds":                            "A1 A2",
			"?q=birds&limit=1":                    "A1 A2",
			"?color=Black":                        "A2",
			"?bonded=true&limit=1":                "A4 A5",
			"?age_months_max=12":                  "A4 A5",
			"?special_needs=true":                 "A3",
			"?stale=true":                         "",
			"?near=21201&radius_km=5":             "A3",
			"?tag=Lap cat&good_with_dogs=false":   "A1",
			"?readiness=not_yet_assessed&limit=3": "A1 A2 A3 A4 A5",
		} {
			if got := strings.Join(externalIDsOf(t, api, strings.ReplaceAll(query, " ", "+")), " "); got != want {
				t.Errorf("%s: got %q, want %q", query, got, want)
			}
		}
		whole := decodeBody[wire.OwnCatPage](t, send(t, api, http.MethodGet, "/v1/shelters/MD1/cats?external_id=A3", "", "reader"))
		if len(whole.Data) != 1 || whole.Data[0].HiddenFrom == nil {
			t.Errorf("got %+v, want the hidden cat with whom it is hidden from", whole.Data)
		}
	})
}

// Removed cats that the list has get no warning that they were not found.
func TestShelterCats_WarnOnlyOfCatsThatAreNotFound(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	removed := decodeBody[wire.OwnCatPage](t, send(t, api, http.MethodGet, "/v1/shelters/MD1/cats?external_id=A6", "", "reader")).Data[0]
	for query, want := range map[string]string{
		"ids=" + removed.ID: removed.ID,
		"status=removed&ids=99999," + removed.ID + "&not_ids=6": "99999",
		"status=removed,adopted&ids=" + removed.ID:              "",
		"external_id=A6&ids=" + removed.ID:                      "",
	} {
		var got []string
		for _, w := range decodeBody[wire.OwnCatPage](t, send(t, api, http.MethodGet, "/v1/shelters/MD1/cats?"+query, "", "reader")).Warnings {
			got = append(got, w.Value)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got warnings about %v, want %s", query, got, want)
		}
	}
}

// externalIDsOf follows all pages.
func externalIDsOf(t *testing.T, api *testServer, query string) []string {
	t.Helper()
	var ids []string
	for path := "/v1/shelters/MD1/cats" + query; path != ""; {
		rec := send(t, api, http.MethodGet, path, "", "reader")
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
		}
		for _, cat := range decodeBody[wire.OwnCatPage](t, rec).Data {
			ids = append(ids, cat.ExternalID)
		}
		next, _, _ := strings.Cut(strings.TrimPrefix(rec.Header().Get("Link"), "<"), ">")
		path = next
	}
	return ids
}

// TestShelterCats_ListedCatCanBeSentBack changes each cat of the list and puts it back.
func TestShelterCats_ListedCatCanBeSentBack(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	page := decodeBody[struct{ Data []map[string]any }](t, send(t, api, http.MethodGet, "/v1/shelters/MD1/cats?status=available,removed", "", "writer"))
	for _, cat := range page.Data {
		cat["urgent"] = true
		body, err := json.Marshal(cat)
		if err != nil {
			t.Fatal(err)
		}
		rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/"+cat["external_id"].(string), string(body), "writer")
		got := decodeBody[map[string]any](t, rec)
		if rec.Code != http.StatusOK || got["urgent"] != true || got["status"] != cat["status"] {
			t.Errorf("%s: %d %s", cat["external_id"], rec.Code, rec.Body)
		}
	}
}

// TestShelterCats_Errors lists with what is not understood.
func TestShelterCats_Errors(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for query, want := range map[string]string{
		"?cursor=x":            `"bad_cursor"`,
		"?status=gone":         `"unknown_value"`,
		"?sort=name":           `"unknown_parameter"`,
		"?breed=Dachshund":     `"unknown_value"`,
		"?radius_km=5":         `"needs_near"`,
		"?score_min=1&limit=0": `"limit"`,
	} {
		if rec := send(t, api, http.MethodGet, "/v1/shelters/MD1/cats"+query, "", "writer"); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: got %d %s, want 400 and %s", query, rec.Code, rec.Body, want)
		}
	}
}

// TestCats_HasVideos finds the cat that has a video, for everyone and for its shelter.
func TestCats_HasVideos(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	if rec := send(t, api, http.MethodPatch, "/v1/cats/2", `{"videos":["https://youtu.be/dQw4w9WgXcQ"]}`, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for query, want := range map[string]int{"/v1/cats?has_videos=true": 1, "/v1/cats?has_videos=false&shelter=MD1": 4, "/v1/shelters/MD1/cats?has_videos=true": 1, "/v1/shelters/MD1/cats?has_videos=false": 4} {
		if got := len(decodeBody[struct{ Data []struct{ ID string } }](t, send(t, api, http.MethodGet, query, "", "writer")).Data); got != want {
			t.Errorf("%s: got %d cats, want %d", query, got, want)
		}
	}
}
