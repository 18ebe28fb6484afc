package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
)

// A stored value that no draft could contain is not an error of a patch that does not
// name it, and stays.
func TestPatchCat_ErrorsPointToTheBody(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	places := geo.Default()
	long := strings.Repeat("by appointment ", 20)
	known, err := api.store.ShelterByCode(t.Context(), "MD1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := api.catalog.ChangeShelter(t.Context(), places, known.ID, 0, func(p *catalog.Profile) { p.Hours.Friday, p.Demo = long, true }); err != nil {
		t.Fatal(err)
	}
	if rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", `{"phone":"+1 240 555 0199"}`, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	got, err := api.store.ShelterByCode(t.Context(), "MD1")
	if err != nil {
		t.Fatal(err)
	}
	want := known
	want.Hours.Friday, want.Demo, want.Phone, want.Version = long, true, "+1 240 555 0199", known.Version+2
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", `{"hours":{"friday":"`+long+`"}}`, "writer"); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("with the value in the patch: got %d %s", rec.Code, rec.Body)
	}
}

func TestIfMatch_Syntax(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		header string
		want   int64
		fails  bool
	}{
		"nothing":                            {"", 0, false},
		"any version":                        {"*", 0, false},
		"a version":                          {`"v7"`, 7, false},
		"an ETag of a cat":                   {`"v7-41-s2.5"`, 7, false},
		"a weak ETag of a compressing proxy": {`W/"v7-gzip"`, 7, false},
		"the hash of a list":                 {`W/"1w0thkz44uts3"`, 0, true},
		"a number":                           {`"7"`, 0, true},
		"version 0":                          {`"v0"`, 0, true},
		"from another log":                   {`"v7.k3dq6b2a-41"`, 0, true},
	}
	for name, tt := range tests {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/", http.NoBody)
		req.Header.Set("If-Match", tt.header)
		got, err := httpkit.IfMatch(echo.New().NewContext(req, httptest.NewRecorder()), catalog.LogPosition{Epoch: "first"})
		if got != tt.want || (err != nil) != tt.fails || tt.fails && catalog.KindOf(err) != catalog.PreconditionFailed {
			t.Errorf("%s: %s is version %d, %v", name, tt.header, got, err)
		}
	}
}
