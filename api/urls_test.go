package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestURLs_UnsafeOnesAreRefused sends unsafe URLs in every field that takes one.
func TestURLs_UnsafeOnesAreRefused(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	unsafe := []string{
		`https://hooks.example.org/"onmouseover="x`, "https://hooks.example.org/\u202egpj.exe", "https://hooks.example.org/a\tb",
		"https://user:secret@hooks.example.org/", "https://hooks.example.org:65536/", "https://hooks.example.org:0/", "javascript:alert(1)",
	}
	for _, field := range []struct{ method, path, before, after, pointer string }{
		{http.MethodPost, "/v1/webhooks", `{"url":`, `}`, "/url"},
		{http.MethodPatch, "/v1/shelters/MD1", `{"website":`, `}`, "/website"},
		{http.MethodPatch, "/v1/shelters/MD1", `{"adoption_url":`, `}`, "/adoption_url"},
		{http.MethodPatch, "/v1/cats/1", `{"url":`, `}`, "/url"},
		{http.MethodPatch, "/v1/cats/1", `{"photos":[{"url":`, `}]}`, "/photos/0/url"},
		{http.MethodPatch, "/v1/cats/1", `{"videos":[{"url":`, `}]}`, "/videos/0/url"},
		{http.MethodPatch, "/v1/cats/1", `{"videos":[{"url":"https://hooks.example.org/","embed_url":`, `}]}`, "/videos/0/embed_url"},
		{http.MethodPut, "/v1/cats/1/photos", `{"photos":[{"url":`, `}]}`, "/photos/0/url"},
		{http.MethodPut, "/v1/shelters/MD1/cats/A1", `{"name":"Kenny","url":`, `}`, "/url"},
	} {
		for _, url := range unsafe {
			body := field.before + strconv.Quote(url) + field.after
			rec := send(t, api, field.method, field.path, body, "writer")
			if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), `"pointer":"`+field.pointer+`"`) {
				t.Errorf("%s %s %s: got %d %s, want 422 with the pointer %s", field.method, field.path, body, rec.Code, rec.Body, field.pointer)
			}
		}
		body := field.before + `"https://hooks.example.org/a'b?c=d"` + field.after
		if rec := send(t, api, field.method, field.path, body, "writer"); rec.Code >= http.StatusMultipleChoices {
			t.Errorf("%s %s %s: got %d %s, want it accepted", field.method, field.path, body, rec.Code, rec.Body)
		}
	}
}
