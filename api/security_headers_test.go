package api

import (
	"net/http"
	"strings"
	"testing"
)

// Every response has a content security policy that keeps other sites from showing it in
// a frame, also files, problems and responses of middleware.
func TestResponses_HaveAContentSecurityPolicy(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, path := range []string{
		"/", "/docs", "/docs/start.js", "/docs/swagger-ui.css", "/docs/nothing", "/docs/errors", "/docs/guides.css", "/docs/images/adventure-badge-ready.png", "/assess", "/assess?token=x", "/assess/sheet", "/assess/form.js", "/assess/worker.js", "/assess/nothing", "/openapi.json", "/nowhere", "/sitemap.xml", "/v1/cats.atom",
		"/v1/cats/1", "/v1/cats/1/adventure.svg", "/v1/cats/1/adventure.svg?style=badge", "/v1/cats/1/adventure.png", "/v1/me",
	} {
		rec := get(t, api, path)
		policy := rec.Header().Values("Content-Security-Policy")
		if len(policy) != 1 || !strings.HasPrefix(policy[0], "default-src 'none';") || !strings.Contains(policy[0], "frame-ancestors 'none'") {
			t.Errorf("%s (%d): got Content-Security-Policy %q, want one that denies everything by default and frames", path, rec.Code, policy)
		}
	}
	if rec := send(t, api, http.MethodOptions, "/v1/cats", "", "", "Origin: https://a.example", "Access-Control-Request-Method: GET"); rec.Header().Get("Content-Security-Policy") == "" {
		t.Error("preflight: got no Content-Security-Policy")
	}
}
