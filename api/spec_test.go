package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/go-cmp/cmp"

	"trailcat/docs/openapi"
	"trailcat/internal/apitest"
	"trailcat/internal/binding"
	"trailcat/internal/export"
	"trailcat/internal/filters"
	"trailcat/internal/search"
)

// undocumented are the routes that a browser fetches for a documented page, and
// what is described but shares the route of /v1/cats/{id}: routes know no suffixes.
var undocumented = []string{"GET /docs/{file}", "GET /v1/cats/{id}.jsonld"}

// TestEveryRouteIsDescribed holds the routes against the description, both ways.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()

	served, described := slices.Clone(undocumented), slices.Clone(undocumented)
	for _, r := range newEcho(&API{}).Routes() {
		served = append(served, r.Method+" "+regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}"))
	}
	for path, item := range parseSpec(t).Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	if diff := cmp.Diff(slices.Compact(served), slices.Compact(described)); diff != "" {
		t.Errorf("(-served +described):\n%s", diff)
	}
}

// TestQueryTagsAgree: our binder reads the query tag, swag the form tag.
func TestQueryTagsAgree(t *testing.T) {
	t.Parallel()

	for _, query := range []any{filters.CatQuery{}, filters.SearchFilters{}, SearchListQuery{}, OneCatQuery{}, AdventureQuery{}, AdventurePictureQuery{}, SimilarQuery{}, CatExportQuery{}, ShelterExportQuery{}, SyndicationQuery{}, ShelterQuery{}, PlaceQuery{}, AuditQuery{}, ImportQuery{}, ChangesQuery{}, ImportsQuery{}, QualityQuery{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(query)) {
			if q, f := f.Tag.Get("query"), f.Tag.Get("form"); q != f {
				t.Errorf("query:%q beside form:%q", q, f)
			}
		}
	}
}

// TestEveryFieldOfTheIndexIsAFilter: what the index can filter by, callers can.
func TestEveryFieldOfTheIndexIsAFilter(t *testing.T) {
	t.Parallel()

	for _, info := range search.Fields() {
		if !slices.ContainsFunc(binding.Parameters(reflect.TypeFor[filters.CatQuery]()), func(p binding.Parameter) bool { return p.Name == string(info.Field) }) {
			t.Errorf("there is no parameter for %s", info.Field)
		}
	}
}

// spec is the description, ready to judge what the API says. Where a caller
// chose fields, no card has all that are required.
type spec struct{ whole, chosen routers.Router }

func parseSpec(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi.JSON)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func loadSpec(t *testing.T) *spec {
	t.Helper()
	if apitest.Update() {
		return nil // examples come first, the description is made with them
	}
	chosen := parseSpec(t)
	chosen.Components.Schemas["CatCard"].Value.Required = nil
	return &spec{whole: newRouter(t, parseSpec(t)), chosen: newRouter(t, chosen)}
}

func newRouter(t *testing.T, doc *openapi3.T) routers.Router {
	t.Helper()
	const linked = "/v1/cats/{id}" + linkedSuffix // this router knows no suffixes either
	doc.Paths.Set("/v1/cats/{id}/jsonld", doc.Paths.Value(linked))
	doc.Paths.Delete(linked)
	for _, schema := range doc.Components.Schemas {
		if schema.Value.AdditionalProperties.Schema == nil && len(schema.Value.Properties) > 0 {
			schema.Value.AdditionalProperties.Has = new(false) // a field that nobody described is a fault
		}
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// check fails t where an answer is not as described.
func (s *spec) check(t *testing.T, req *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	if s == nil || req.Method == http.MethodHead {
		return // HEAD is the answer to GET, without the body that could be judged
	}
	router := s.whole
	if req.URL.Query().Has("fields") {
		router = s.chosen
	}
	found := req
	if path, linked := strings.CutSuffix(req.URL.Path, linkedSuffix); linked {
		found = req.Clone(t.Context())
		found.URL.Path = path + "/jsonld"
	}
	route, params, err := router.FindRoute(found)
	if err != nil {
		return // a conversation may well ask for what is not there
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 rec.Code,
		Header:                 rec.Header(),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if kind := rec.Header().Get("Content-Type"); strings.Contains(kind, "json") && kind != export.MimeNDJSON {
		input.SetBodyBytes(bytes.Clone(rec.Body.Bytes()))
		if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
			t.Errorf("%s %s answers %d, not as described: %v", req.Method, req.URL, rec.Code, err)
		}
	}
}
