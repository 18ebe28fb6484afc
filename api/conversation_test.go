package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the API answers into testdata, and the examples of the documentation")

// TestConversations replays every file in testdata. A file is a conversation as
// a caller sees it: requests, and under each the whole answer. The scene is
// that of scene_test.go.
func TestConversations(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations in testdata", err)
	}
	spec := loadSpec(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()

			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, onSQLite(t), spec, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("run go test ./api -update, and read the diff (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExamples asks one question of each operation, and holds the answers
// against the examples of the documentation.
func TestExamples(t *testing.T) {
	t.Parallel()

	api, spec := onSQLite(t), loadSpec(t)
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
		holdExample(t, id, rec.Body.Bytes())
	}
}

// holdExample holds JSON against an example of the documentation, which is named
// for its operation, as in createPartner or createPartner.request.
func holdExample(t *testing.T, name string, body []byte) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, body, "", "  "); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	shown := masked(got.String() + "\n")
	file := filepath.Join("..", "docs", "openapi", "examples", name+".json")
	if *update {
		if err := os.WriteFile(file, []byte(shown), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != shown {
		t.Errorf("%s is stale, run go test ./api -update (%v):\n%s", file, err, cmp.Diff(string(want), shown))
	}
}

// replay sends the requests of a conversation and returns it with the answers
// that came. A word in braces in a request stands for something that the file
// does not show: {next} is the next page of the answer before, {etag}, {location},
// {confirm} and {cursor} are the latest ETag, Location, Trailcat-Confirm and Trailcat-Cursor, {answer.id} is
// the latest id that an answer gave, as of any text in its objects, and {writer},
// {reader}, {test}, {other} and {admin} are the keys of the scene.
func replay(t *testing.T, api *stage, spec *spec, text string) string {
	t.Helper()
	var out []string
	words := maps.Clone(api.keys)
	for exchange := range strings.SplitSeq(text, "\n###\n") {
		asked, _, _ := strings.Cut(exchange, "\n\nHTTP/1.1 ")
		asked = strings.TrimSpace(asked)
		req := parseRequest(t, fillIn(asked, words))
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		spec.check(t, req, rec)
		note(words, rec)
		out = append(out, asked+"\n\n"+show(t, rec.Result()))
	}
	return strings.Join(out, "\n###\n")
}

// fillIn puts in what the words in braces stand for.
func fillIn(asked string, words map[string]string) string {
	for word, text := range words {
		asked = strings.ReplaceAll(asked, "{"+word+"}", text)
	}
	return asked
}

// note remembers what later requests may refer to.
func note(words map[string]string, rec *httptest.ResponseRecorder) {
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
	noteTexts(words, "answer", answer)
}

func noteTexts(words map[string]string, at string, object map[string]any) {
	for name, value := range object {
		switch value := value.(type) {
		case string:
			words[at+"."+name] = value
		case map[string]any:
			noteTexts(words, at+"."+name, value)
		}
	}
}

func parseRequest(t *testing.T, text string) *http.Request {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\n\n")))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	req.Body = io.NopCloser(strings.NewReader(body))
	req.ContentLength = int64(len(body))
	req.RemoteAddr = "192.0.2.1:1234"
	return req.WithContext(t.Context())
}

// shownHeaders are those that a caller should see in a conversation, in this order.
var shownHeaders = []string{"Content-Type", "Location", "ETag", "Trailcat-Result", "Trailcat-Confirm", "Trailcat-Cursor", "Content-Range", "Idempotency-Replayed", "Content-Disposition", "WWW-Authenticate", "Link", "Allow", "Retry-After", "RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods"}

func show(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\n", res.Status)
	for _, name := range shownHeaders {
		if v := res.Header.Get(name); v != "" && !slices.Contains([]string{"Access-Control-Allow-Origin: *"}, name+": "+v) {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(body), "", "  "); err != nil {
		pretty.Reset()
		pretty.Write(body)
	}
	return masked(b.String() + "\n" + pretty.String() + "\n")
}

var (
	cursorInBody = regexp.MustCompile(`"next_cursor": "[^"]+"`)
	cursorInLink = regexp.MustCompile(`cursor=[^&>"\s]+`)
	exportCursor = regexp.MustCompile(`(Trailcat-Cursor: |"cursor": ?")[\w-]+`)
	weakTag      = regexp.MustCompile(`W/"[^"]+"`)
)

// masked is an answer without what is another in each database: cursors, and
// the hashes of answers that hold one.
func masked(answer string) string {
	if cursorInBody.MatchString(answer) || cursorInLink.MatchString(answer) {
		answer = weakTag.ReplaceAllString(answer, `W/"…"`)
	}
	answer = cursorInBody.ReplaceAllString(answer, `"next_cursor": "AUCH8WXoIiEO…"`)
	answer = exportCursor.ReplaceAllString(answer, "${1}weYTxTyw…")
	return cursorInLink.ReplaceAllString(answer, "cursor=…")
}
