package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/apitest"
)

// TestTranscripts replays every file of testdata against the fixtures of fixtures_test.go.
func TestTranscripts(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	apitest.ReplayFiles(t, func(t *testing.T) *apitest.Replayer {
		t.Helper()
		return newReplayer(t, newSQLiteServer(t), spec)
	})
}

// TestExamples compares a response of each operation with the example of the documentation.
func TestExamples(t *testing.T) {
	t.Parallel()

	api, spec := newSQLiteServer(t), loadSpec(t)
	for id, path := range map[string]string{
		"listCats":        "/v1/cats?near=20850&radius_km=50&limit=2&facets=sex&include_total=true",
		"getCat":          "/v1/cats/1",
		"listSimilarCats": "/v1/cats/1/similar?limit=1",
		"listChanges":     "/v1/changes?resource=cat&status=available&limit=1&expand=resource",
		"getJSONFeed":     "/v1/cats.json-feed?near=20850&radius_km=50&limit=1&q=kenny",
		"getLinkedCat":    "/v1/cats/1.jsonld",
		"listShelters":    "/v1/shelters?near=Rockville,+MD&limit=1",
		"getShelter":      "/v1/shelters/MD1",
		"listPlaces":      "/v1/places?q=rockv&limit=2",
		"getVocabulary":   "/v1/vocabulary",
		"getRoot":         "/",
		"getLive":         "/livez",
		"getReady":        "/readyz",
	} {
		rec := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		api.ServeHTTP(rec, req)
		spec.check(t, req, rec)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, rec.Code)
		}
		checkExample(t, id, rec.Body.Bytes())
	}
}

// checkExample compares JSON with an example of the documentation, which is named by its
// operation, as in createPartner or createPartner.request.
func checkExample(t *testing.T, name string, body []byte) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, body, "", "  "); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	shown := mask(got.String() + "\n")
	file := filepath.Join("..", "docs", "openapi", "examples", name+".json")
	if apitest.Update() {
		if err := os.WriteFile(file, []byte(shown), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != shown {
		t.Errorf("%s is stale, run go test ./api -update (%v):\n%s", file, err, cmp.Diff(string(want), shown))
	}
}

// newReplayer returns a replayer of transcripts. It checks each exchange against spec,
// unless that is nil. The variables of a request are {next}, the next page of the
// previous response; {etag}, {location}, {confirm} and {cursor}, the latest ETag,
// Location, Trailcat-Confirm and Trailcat-Cursor; {answer.id}, the latest id in a
// response, as of any string in its objects; and {writer}, {reader}, {test}, {other}
// and {admin}, the keys of the fixtures.
func newReplayer(t *testing.T, api *testServer, spec *spec) *apitest.Replayer {
	t.Helper()
	variables := maps.Clone(api.keys)
	return &apitest.Replayer{
		Handler: api, Variables: variables, Headers: shownHeaders, Mask: mask,
		Observe: func(req *http.Request, rec *httptest.ResponseRecorder) {
			spec.check(t, req, rec)
			rememberResponse(variables, rec)
		},
	}
}

// rememberResponse sets the variables that later requests may use.
func rememberResponse(words map[string]string, rec *httptest.ResponseRecorder) {
	words["next"] = strings.TrimPrefix(strings.TrimSuffix(rec.Header().Get("Link"), `>; rel="next"`), "<")
	for word, header := range map[string]string{"etag": "ETag", "location": "Location", "confirm": "Trailcat-Confirm", "cursor": "Trailcat-Cursor"} {
		if text := rec.Header().Get(header); text != "" {
			words[word] = text
		}
	}
	var answer map[string]any
	if json.Unmarshal(rec.Body.Bytes(), &answer) != nil {
		return // not every answer is an object
	}
	rememberStrings(words, "answer", answer)
}

func rememberStrings(words map[string]string, at string, object map[string]any) {
	for name, value := range object {
		switch value := value.(type) {
		case string:
			words[at+"."+name] = value
		case map[string]any:
			rememberStrings(words, at+"."+name, value)
		}
	}
}

// shownHeaders lists the headers that transcripts show, in this order.
var shownHeaders = []string{"Content-Type", "Location", "ETag", "Trailcat-Result", "Trailcat-Confirm", "Trailcat-Cursor", "Content-Range", "Idempotency-Replayed", "Content-Disposition", "WWW-Authenticate", "Link", "Allow", "Retry-After", "RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods"}

var (
	cursorInBody = regexp.MustCompile(`"next_cursor": "[^"]+"`)
	cursorInLink = regexp.MustCompile(`cursor=[^&>"\s]+`)
	exportCursor = regexp.MustCompile(`(Trailcat-Cursor: |"cursor": ?")[\w-]+`)
	weakTag      = regexp.MustCompile(`W/"[^"]+"`)
)

// mask replaces what differs in each database: cursors, and hashes of bodies that contain
// one.
func mask(answer string) string {
	if cursorInBody.MatchString(answer) || cursorInLink.MatchString(answer) {
		answer = weakTag.ReplaceAllString(answer, `W/"…"`)
	}
	answer = cursorInBody.ReplaceAllString(answer, `"next_cursor": "AUCH8WXoIiEO…"`)
	answer = strings.ReplaceAll(answer, "Access-Control-Allow-Origin: *\n", "") // every response has it
	answer = exportCursor.ReplaceAllString(answer, "${1}weYTxTyw…")
	return cursorInLink.ReplaceAllString(answer, "cursor=…")
}
