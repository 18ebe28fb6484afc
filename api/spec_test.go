package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/go-cmp/cmp"

	"trailcat/docs/openapi"
	"trailcat/internal/apitest"
	"trailcat/internal/binding"
	"trailcat/internal/errcode"
	"trailcat/internal/export"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// undocumented lists routes of files that documented pages load, and a documented path
// that shares the route of /v1/cats/{id}, because routes have no suffixes, and the assessment
// form, which is for people.
var undocumented = []string{"GET /docs/*", "GET /v1/cats/{id}.jsonld", "GET /assess", "POST /assess", "GET /assess/*"}

// The routes of the server and the paths of the OpenAPI document are the same.
func TestSpec_DescribesEveryRoute(t *testing.T) {
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

// Clients can filter by every field that the index can filter by.
func TestSpec_EveryIndexFieldIsAParameter(t *testing.T) {
	t.Parallel()

	for _, info := range search.Fields() {
		if !slices.ContainsFunc(binding.Parameters(reflect.TypeFor[filters.CatQuery]()), func(p binding.Parameter) bool { return p.Name == string(info.Field) }) {
			t.Errorf("there is no parameter for %s", info.Field)
		}
	}
}

// spec validates responses against the OpenAPI document.
type spec struct {
	router routers.Router
	bodies *bodySchemas
}

// parseSpec returns the OpenAPI document, which tests must not change.
func parseSpec(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := parsedSpec()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var parsedSpec = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(openapi.JSON) })

// loadSpec returns a validator, or nil with -update: examples are written first, and
// the document is generated with them.
func loadSpec(t *testing.T) *spec {
	t.Helper()
	if apitest.Update() {
		return nil
	}
	s, err := loadedSpec()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var loadedSpec = sync.OnceValues(func() (*spec, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.JSON)
	if err != nil {
		return nil, err
	}
	const linked = "/v1/cats/{id}" + linkedSuffix // this router has no suffixes either
	doc.Paths.Set("/v1/cats/{id}/jsonld", doc.Paths.Value(linked))
	doc.Paths.Delete(linked)
	for _, schema := range doc.Components.Schemas {
		if schema.Value.AdditionalProperties.Schema == nil && len(schema.Value.Properties) > 0 {
			schema.Value.AdditionalProperties.Has = new(false) // an undescribed field is an error
		}
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		return nil, err
	}
	bodies, err := newBodySchemas(doc)
	return &spec{router: router, bodies: bodies}, err
})

// anyStatus are the statuses of errors that every request can have, whatever it asks for.
// The default response describes them.
var anyStatus = []int{
	http.StatusMethodNotAllowed, http.StatusRequestTimeout, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge,
	httpkit.StatusClientClosedRequest, http.StatusInternalServerError,
}

// checkStatuses returns a handler that fails the test if the document does not declare the
// status of a response for its operation. It does not see responses to real connections.
func checkStatuses(tb testing.TB, next http.Handler) http.Handler {
	tb.Helper()
	t, ok := tb.(*testing.T)
	if !ok {
		return next // a benchmark
	}
	s := loadSpec(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		rec, ok := w.(*httptest.ResponseRecorder)
		if s == nil || !ok || slices.Contains(anyStatus, rec.Code) {
			return
		}
		if strings.HasSuffix(r.URL.Path, "/") && r.URL.Path != "/" {
			return // the router of the document ignores the slash, ours does not
		}
		if route, _, err := s.findRoute(r); err == nil && route.Operation.Responses.Status(rec.Code) == nil {
			t.Errorf("%s %s answers %d, which the document does not declare for %s: %s", r.Method, r.URL, rec.Code, route.Operation.OperationID, rec.Body)
		}
	})
}

// findRoute returns the operation of a request.
func (s *spec) findRoute(r *http.Request) (*routers.Route, map[string]string, error) {
	found := r.Clone(r.Context())
	if r.Method == http.MethodHead {
		found.Method = http.MethodGet
	}
	if path, linked := strings.CutSuffix(r.URL.Path, linkedSuffix); linked {
		found.URL.Path = path + "/jsonld"
	}
	return s.router.FindRoute(found)
}

// check fails the test if a response does not match the document.
func (s *spec) check(t *testing.T, req *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	if s == nil || req.Method == http.MethodHead {
		return // HEAD is the answer to GET, without the body that could be judged
	}
	route, params, err := s.findRoute(req)
	if err != nil {
		return // a conversation may well ask for what is not there
	}
	kind := rec.Header().Get("Content-Type")
	if !strings.Contains(kind, "json") || kind == export.MimeNDJSON {
		return
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 rec.Code,
		Header:                 rec.Header(),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: true},
	})
	if err == nil {
		err = s.bodies.validate(route, rec.Code, kind, rec.Body.Bytes())
	}
	if err == nil && rec.Code >= http.StatusBadRequest {
		err = checkCode(rec)
	}
	if err != nil {
		t.Errorf("%s %s answers %d, not as described: %v", req.Method, req.URL, rec.Code, err)
	}
}

// checkCode returns an error if the table of codes does not have the code of a problem
// with the status of its response.
func checkCode(rec *httptest.ResponseRecorder) error {
	var p httpkit.Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Code == "" {
		return err // an error of another form, which the schema described
	}
	for _, group := range errcode.Table() {
		for _, entry := range group.Entries {
			if entry.Code == p.Code && slices.Contains(entry.Statuses, rec.Code) {
				return nil
			}
		}
	}
	return fmt.Errorf("the table of codes has no %s with this status", p.Code)
}
