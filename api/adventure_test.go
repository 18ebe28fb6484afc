package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

func rubricForTest(t *testing.T) *rating.Rubric {
	t.Helper()
	return published(t).Latest()
}

// TestAdventure_Examples compares responses with the examples of the documentation, which
// show the beginning of the rubric only.
func TestAdventure_Examples(t *testing.T) {
	t.Parallel()

	api, spec := newSQLiteServer(t), loadSpec(t)
	_, list := fetch(t, api, spec, "/v1/rubrics")
	checkExample(t, "listRubrics", list)

	_, whole := fetch(t, api, spec, "/v1/rubrics/1.0.0")
	var rubric map[string]any
	if err := json.Unmarshal(whole, &rubric); err != nil {
		t.Fatal(err)
	}
	beginnings := map[string]any{}
	for _, key := range []string{"id", "version", "title", "disclaimer", "validation"} {
		beginnings[key] = rubric[key]
	}
	for _, key := range []string{"traits", "activities"} {
		beginnings[key] = rubric[key].([]any)[:1]
	}
	excerpt, err := json.Marshal(beginnings)
	if err != nil {
		t.Fatal(err)
	}
	checkExample(t, "getRubric", excerpt)

	in := goldenPreview(t, "GC11")
	request, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	checkExample(t, "previewAdventure.request", request)
	code, body := preview(t, api, spec, in)
	if code != http.StatusOK {
		t.Fatalf("answers %d: %s", code, body)
	}
	checkExample(t, "previewAdventure", body)
}

func fetch(t *testing.T, api http.Handler, spec *spec, path string) (*http.Response, []byte) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, req)
	spec.check(t, req, rec)
	return rec.Result(), rec.Body.Bytes()
}

// A cat that was never assessed has the activities of the rubric.
func TestAdventureSummary_HasEveryActivity(t *testing.T) {
	t.Parallel()

	if diff := cmp.Diff(rubricForTest(t).ActivityCodes(), catalog.Activities()); diff != "" {
		t.Errorf("(-rubric +short):\n%s", diff)
	}
}
