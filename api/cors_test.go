package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// A web page of another origin can send every operation of the document with all its header
// parameters, and read every header of its responses.
func TestCORS_AllowsEveryOperation(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	list := func(h http.Header, name string) []string { return strings.Split(strings.ToLower(h.Get(name)), ", ") }
	preflight := send(t, api, http.MethodOptions, "/v1/cats", "", "", "Origin: https://a.example", "Access-Control-Request-Method: PUT").Header()
	methods, headers := list(preflight, "Access-Control-Allow-Methods"), list(preflight, "Access-Control-Allow-Headers")
	exposed := list(get(t, api, "/v1/cats").Header(), "Access-Control-Expose-Headers")
	for path, item := range parseSpec(t).Paths.Map() {
		for method, operation := range item.Operations() {
			if !slices.Contains(methods, strings.ToLower(method)) {
				t.Errorf("%s %s: a preflight allows %v", method, path, methods)
			}
			for _, parameter := range operation.Parameters {
				if name := parameter.Value.Name; parameter.Value.In == "header" && !slices.Contains(headers, strings.ToLower(name)) {
					t.Errorf("%s %s: a preflight does not allow the header %s", method, path, name)
				}
			}
			for status, response := range operation.Responses.Map() {
				for name := range response.Value.Headers {
					if !slices.Contains(exposed, strings.ToLower(name)) {
						t.Errorf("%s %s %s: the header %s is not exposed", method, path, status, name)
					}
				}
			}
		}
	}
}
