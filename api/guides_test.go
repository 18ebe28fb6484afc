package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trailcat/internal/httpkit"
)

// Guides are sent as other pages are: with an ETag, and without a body for HEAD.
func TestGuides_AreCached(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	first := get(t, api, "/docs/partners")
	if first.Code != http.StatusOK || !strings.HasPrefix(first.Header().Get("Content-Type"), "text/html") || first.Header().Get("Cache-Control") == "" {
		t.Fatalf("got %d with %v, want a page that caches may keep", first.Code, first.Header())
	}
	if again := send(t, api, http.MethodGet, "/docs/partners", "", "", "If-None-Match: "+first.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("with the ETag: got %d, want 304", again.Code)
	}
	if head := send(t, api, http.MethodHead, "/docs/partners", "", ""); head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("ETag") != first.Header().Get("ETag") {
		t.Errorf("HEAD: got %d with %d bytes and ETag %s, want the header of GET", head.Code, head.Body.Len(), head.Header().Get("ETag"))
	}
	if image := get(t, api, "/docs/images/adventure-badge-ready.png"); image.Code != http.StatusOK || image.Header().Get("Content-Type") != "image/png" {
		t.Errorf("image: got %d %s, want a PNG file", image.Code, image.Header().Get("Content-Type"))
	}
}

// Addresses that people guess lead to the pages.
func TestGuides_GuessedAddresses(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for guess, page := range map[string]string{
		"/docs/": "/docs", "/docs/partners/": "/docs/partners", "/docs/partners.md": "/docs/partners",
	} {
		if got := get(t, api, guess); got.Code != http.StatusMovedPermanently || got.Header().Get("Location") != page {
			t.Errorf("%s: got %d to %q, want 301 to %s", guess, got.Code, got.Header().Get("Location"), page)
		}
	}
	for _, wrong := range []string{"/docs/nothing/", "/docs/nothing.md", "/docs/../etc.md"} {
		if got := get(t, api, wrong); got.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", wrong, got.Code)
		}
	}
}

// The type of a problem is the address of a heading that explains its code.
func TestProblems_TypeIsAnAddress(t *testing.T) {
	t.Parallel()

	const public = "https://cats.example.org"
	for base, api := range map[string]*testServer{
		"":     newSQLiteServer(t),
		public: newSQLiteServer(t, func(c *Config) { c.PublicURL = public }),
	} {
		var p httpkit.Problem
		if err := json.Unmarshal(get(t, api, "/v1/nothing").Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if want := base + "/docs/errors#not_found"; p.Type != want {
			t.Fatalf("with the public URL %q: got type %s, want %s", base, p.Type, want)
		}
		address, err := url.Parse(p.Type)
		if err != nil {
			t.Fatal(err)
		}
		if page := get(t, api, address.Path); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), `id="`+address.Fragment+`"`) {
			t.Errorf("%s: got %d, want a page with this heading", p.Type, page.Code)
		}
	}
}
