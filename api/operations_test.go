package api

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestDocs_EveryFileOfThePageIsServed requests the scripts and styles that the page of
// the documentation names.
func TestDocs_EveryFileOfThePageIsServed(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	files := regexp.MustCompile(`(?:src|<link rel="\w+" href)="(/docs/[^"]+)"`).FindAllStringSubmatch(get(t, api, "/docs").Body.String(), -1)
	if len(files) != 4 {
		t.Fatalf("the page names %d files, want 4: %v", len(files), files)
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
