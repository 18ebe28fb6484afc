package petfinder

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"trailcat/internal/apitest"
)

// TestTranscripts replays every file of testdata against the fixtures. The variables of
// a request are {id}, {secret}, {whole}, {basic} and {token}, the credentials of the
// test key, and {next}, the next page of the previous list.
func TestTranscripts(t *testing.T) {
	t.Parallel()

	apitest.ReplayFiles(t, func(t *testing.T) *apitest.Replayer {
		t.Helper()
		s := newFixtureServer(t)
		variables := map[string]string{
			"id": s.id, "secret": s.secret, "token": s.token, "whole": "tc_live_" + s.id + "_" + s.secret,
			"basic": base64.StdEncoding.EncodeToString([]byte(s.id + ":" + s.secret)),
		}
		return &apitest.Replayer{
			Handler: s, Variables: variables, Mask: mask,
			Headers: []string{"Content-Type", "ETag", "Link", "Allow", "WWW-Authenticate"},
			Observe: func(_ *http.Request, rec *httptest.ResponseRecorder) {
				var page struct {
					Pagination Pagination `json:"pagination"`
				}
				if json.Unmarshal(rec.Body.Bytes(), &page) == nil && page.Pagination.Links.Next != nil {
					variables["next"] = page.Pagination.Links.Next.Href
				}
			},
		}
	})
}

var (
	tokenInBody  = regexp.MustCompile(`"access_token": "[^"]+"`)
	cursorInLink = regexp.MustCompile(`cursor=[^&>"]+`)
	weakTag      = regexp.MustCompile(`W/"[^"]+"`)
)

// mask returns a response without tokens and cursors, which differ in each database,
// and without the hashes of bodies that contain one.
func mask(response string) string {
	if cursorInLink.MatchString(response) {
		response = weakTag.ReplaceAllString(response, `W/"…"`)
	}
	response = tokenInBody.ReplaceAllString(response, `"access_token": "tc_token_…"`)
	return cursorInLink.ReplaceAllString(response, "cursor=…")
}
