package api

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocs_EveryFileOfThePageIsServed requests the scripts and styles that the page of
// the documentation names.
func TestDocs_EveryFileOfThePageIsServed(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	files := regexp.MustCompile(`(?:src|<link rel="\w+" href)="(/docs/[^"]+)"`).FindAllStringSubmatch(get(t, api, "/docs").Body.String(), -1)
	if len(files) != 5 {
		t.Fatalf("the page names %d files, want 5: %v", len(files), files)
	}
	for _, file := range files {
		rec := get(t, api, file[1])
		if rec.Code != http.StatusOK || rec.Body.Len() == 0 || strings.HasPrefix(rec.Body.String(), "\x1f\x8b") || strings.HasPrefix(rec.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s: got %d, %s with %d bytes, want the uncompressed file", file[1], rec.Code, rec.Header().Get("Content-Type"), rec.Body.Len())
		}
	}
	if rec := get(t, api, "/docs/swagger-ui.js"); rec.Code != http.StatusNotFound {
		t.Errorf("a file that the page does not use: got %d, want 404", rec.Code)
	}
}

// TestRoot_RedirectsBrowsersToTheDocumentation requests / as clients of several kinds do.
func TestRoot_RedirectsBrowsersToTheDocumentation(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for name, test := range map[string]struct {
		accept string
		want   int
	}{
		"browser":           {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", http.StatusSeeOther},
		"HTML alone":        {"text/html", http.StatusSeeOther},
		"HTML with more":    {"application/json;q=0.5, text/html;q=0.6", http.StatusSeeOther},
		"no header":         {"", http.StatusOK},
		"curl":              {"*/*", http.StatusOK},
		"JSON":              {"application/json", http.StatusOK},
		"both equally":      {"application/json, text/html", http.StatusOK},
		"HTML with less":    {"text/html;q=0.5, application/json", http.StatusOK},
		"HTML not accepted": {"text/html;q=0", http.StatusOK},
		"malformed":         {"text/html;q=high, ;", http.StatusOK},
	} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		req.Header.Set("Accept", test.accept)
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		if rec.Code != test.want || !slices.Contains(rec.Header().Values("Vary"), "Accept") {
			t.Errorf("%s: got %d with Vary %q, want %d with Accept", name, rec.Code, rec.Header().Values("Vary"), test.want)
		}
		if want := map[int]string{http.StatusSeeOther: "/docs"}[rec.Code]; rec.Header().Get("Location") != want {
			t.Errorf("%s: got Location %q, want %q", name, rec.Header().Get("Location"), want)
		}
	}
}
