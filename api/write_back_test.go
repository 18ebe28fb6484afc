package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestWriteBack_CatIsReadChangedAndSentBack reads every cat of a shelter, sends it back
// unchanged and with one change, by PUT and by PATCH.
func TestWriteBack_CatIsReadChangedAndSentBack(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		page := decodeBody[struct{ Data []map[string]any }](t, send(t, api, http.MethodGet, "/v1/cats?shelter=MD1&limit=100", "", "writer"))
		if len(page.Data) != 5 {
			t.Fatalf("%d cats", len(page.Data))
		}
		for _, card := range page.Data {
			for _, expand := range []string{"", "?expand=shelter"} {
				checkWriteBack(t, api, card["id"].(string), expand)
			}
		}
	})
}

// checkWriteBack sends a cat back. Only what was changed may differ then.
func checkWriteBack(t *testing.T, api *testServer, id, expand string) {
	t.Helper()
	read := func() map[string]any {
		return decodeBody[map[string]any](t, send(t, api, http.MethodGet, "/v1/cats/"+id+expand, "", "writer"))
	}
	write := func(method string, cat map[string]any) (result string) {
		body, err := json.Marshal(cat)
		if err != nil {
			t.Fatal(err)
		}
		path, contentType := "/v1/cats/"+id, "Content-Type: "+httpkit.MergePatchType
		if method == http.MethodPut {
			path, contentType = "/v1/shelters/MD1/cats/"+cat["external_id"].(string), "Content-Type: application/json"
		}
		rec := send(t, api, method, path, string(body), "writer", contentType)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return rec.Header().Get("Trailcat-Result")
	}
	write(http.MethodPut, read()) // its source is now the API
	for _, method := range []string{http.MethodPut, http.MethodPatch} {
		if result := write(method, read()); result != "unchanged" {
			t.Errorf("%s of the cat as it was read: %s, want unchanged", method, result)
		}
		changed := read()
		changed["name"] = changed["name"].(string) + " Jr."
		write(method, changed)
		got := read()
		for _, derived := range []string{"version", "updated_at", "attribution"} {
			delete(got, derived)
			delete(changed, derived)
		}
		if want, got := canonicalJSON(t, changed), canonicalJSON(t, got); want != got {
			t.Errorf("%s with another name: got %s, want %s", method, got, want)
		}
	}
}

func canonicalJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestWriteBack_StatusChangeHasDatesOfItsOwn changes only the status of a cat that was read.
func TestWriteBack_StatusChangeHasDatesOfItsOwn(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	put := func(cat map[string]any) map[string]any {
		rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/A1", canonicalJSON(t, cat), "writer")
		if rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return decodeBody[map[string]any](t, rec)
	}
	put(map[string]any{"name": "Kenny", "status": "adopted", "adopted_on": "2026-04-20", "status_changed_at": "2026-04-20T00:00:00Z"})
	cat := decodeBody[map[string]any](t, send(t, api, http.MethodGet, "/v1/cats/1", "", "writer"))
	cat["status"] = "available"
	got := put(cat)
	if got["status"] != "available" || got["adopted_on"] != nil || !strings.HasPrefix(got["status_changed_at"].(string), "2026-05-01") {
		t.Errorf("got %v, %v, %v", got["status"], got["adopted_on"], got["status_changed_at"])
	}
}

// TestWriteBack_ReadOnlyFieldThatDiffersIsRefused sends a read-only field with another value.
func TestWriteBack_ReadOnlyFieldThatDiffersIsRefused(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for name, test := range map[string]struct{ method, path, body, want string }{
		"put":              {http.MethodPut, "/v1/shelters/MD1/cats/A1", `{"name":"Kenny","version":9}`, `Field \"version\" is read-only and is 1; got 9.`},
		"put of an object": {http.MethodPut, "/v1/shelters/MD1/cats/A1", `{"name":"Kenny","listing_reading":{}}`, `Field \"listing_reading\" is read-only and differs`},
		"put of a new cat": {http.MethodPut, "/v1/shelters/MD1/cats/A99", `{"name":"Kenny","version":1}`, `Field \"version\" is read-only; omit it.`},
		"patch":            {http.MethodPatch, "/v1/cats/1", `{"number":2}`, `Field \"number\" is read-only and is 1; got 2.`},
		"create":           {http.MethodPost, "/v1/shelters/MD1/cats", `{"external_id":"A98","name":"Kenny","version":1}`, `Field \"version\" is read-only; omit it.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rec := send(t, api, test.method, test.path, test.body, "writer")
			if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), test.want) {
				t.Errorf("got %d %s, want 422 and %s", rec.Code, rec.Body, test.want)
			}
		})
	}
}
