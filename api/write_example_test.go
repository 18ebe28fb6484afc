package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"trailcat/internal/httpkit"
)

// TestWrites_Examples writes a cat in every way and compares requests and responses with
// the examples of the documentation.
func TestWrites_Examples(t *testing.T) {
	t.Parallel()

	api, spec := newSQLiteServer(t), loadSpec(t)
	for _, ask := range []struct {
		operation, method, path, body string
		status                        int
	}{
		{"putCat", "PUT", "/v1/shelters/MD1/cats/A472536", strings.Replace(bulkCat(1), "B0000001", "A472536", 1), http.StatusCreated},
		{"createCat", "POST", "/v1/shelters/MD1/cats", `{"external_id":"E2","name":"Enid","sex":"Spayed Female","age":"2 years","breed":{"words":"DSH mix"},"good_with":{"cats":true}}`, http.StatusCreated},
		{"patchCat", "PATCH", "/v1/cats/1", `{"weight_kg":5.1,"good_with":{"cats":true},"status_reason":null}`, http.StatusOK},
		{"setCatStatus", "POST", "/v1/cats/1/status", `{"status":"adopted","date":"2026-04-30"}`, http.StatusOK},
		{"putCatPhotos", "PUT", "/v1/cats/1/photos", `{"photos":[{"url":"https://photos.example.org/kenny-2.jpg","alt":"Asleep"},{"url":"https://photos.example.org/kenny.jpg"}]}`, http.StatusOK},
		{"getCatOfShelter", "GET", "/v1/shelters/MD1/cats/A6", "", http.StatusOK},
		{"bulkUpsertCats", "POST", "/v1/shelters/MD1/cats/bulk-upsert", `{"cats":[{"external_id":"E3","name":"Emil","sex":"male","size":"a loaf"},{"external_id":"E4","name":"Edda","breed":{"primary":"Siameese"}}]}`, http.StatusOK},
	} {
		req := httptest.NewRequestWithContext(t.Context(), ask.method, ask.path, strings.NewReader(ask.body))
		req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
		if ask.body != "" {
			req.Header.Set("Content-Type", map[bool]string{true: httpkit.MergePatchType, false: "application/json"}[ask.method == "PATCH"])
			checkExample(t, ask.operation+".request", []byte(ask.body))
		}
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		spec.check(t, req, rec)
		if rec.Code != ask.status {
			t.Fatalf("%s: %d %s", ask.operation, rec.Code, rec.Body)
		}
		checkExample(t, ask.operation, rec.Body.Bytes())
	}
}
