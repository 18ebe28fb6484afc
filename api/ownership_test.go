package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// routesWithoutKey lists the routes with a body that write nothing, by method and path, and that of
// the assessment form, which takes links.
var routesWithoutKey = []string{"POST /v1/adventure/preview", "POST /v1/matches", "POST " + tokenPath, "POST /assess"}

// routesOfOwnResources lists the routes that create resources of the partner who sends the request.
var routesOfOwnResources = []string{"POST /v1/keys", "POST /v1/searches", "POST /v1/webhooks"}

// TestOwnership_EveryWriteRoute sends requests to every route that writes, with resources
// of the first partner in the path.
func TestOwnership_EveryWriteRoute(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	things := ownedResources(t, api)
	things[":assessment_id"] = createAssessment(t, api)
	imported := api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(1, sequentialID))
	things["/imports/:id"] = *decodeBody[wire.ImportRun](t, imported).ID
	checked := 0
	for _, route := range newEcho(&API{}).Routes() {
		if route.Method == http.MethodGet || slices.Contains(routesWithoutKey, route.Method+" "+route.Path) {
			continue
		}
		checked++
		path := fillPath(t, route.Path, things)
		status := func(key string) int { return send(t, api, route.Method, path, "{}", key).Code }
		if got := status(""); got != http.StatusUnauthorized {
			t.Errorf("%s %s without a key: %d, want 401", route.Method, path, got)
		}
		if got := status("reader"); route.Path != "/v1/keys" && got != http.StatusForbidden {
			t.Errorf("%s %s with a key that may only read: %d, want 403", route.Method, path, got)
		}
		if slices.Contains(routesOfOwnResources, route.Method+" "+route.Path) {
			continue
		}
		rec := send(t, api, route.Method, path, "{}", "other")
		other, refused := rec.Code, rec.Code == http.StatusNotFound || strings.Contains(rec.Body.String(), `"not_yours"`)
		if other != http.StatusNotFound && other != http.StatusForbidden {
			t.Errorf("%s %s with another partner's key: %d, want 404 or 403", route.Method, path, other)
		}
		// A resource that is refused to another partner exists for its owner, who may get another error for "{}".
		if got := status("test"); refused && (got == other || got == http.StatusForbidden || got == http.StatusUnauthorized) {
			t.Errorf("%s %s with a key of its owner: %d", route.Method, path, got)
		}
	}
	if checked < 5 {
		t.Errorf("checked only %d routes", checked)
	}
}

// What is public answers 403 to another partner, what is not 404.
func TestOwnership_PublicResourcesAreForbiddenAndOthersNotFound(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	things := ownedResources(t, api)
	if rec := send(t, api, http.MethodPatch, "/v1/cats/2", `{"hidden_from":{"partners":["`+keyOf(t, api, "other").PartnerID+`"]}}`, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	imported := *decodeBody[wire.ImportRun](t, api.postFile(t, "writer", "/v1/shelters/MD1/imports?format=montgomery", montgomeryCSV(1, sequentialID))).ID
	for name, test := range map[string]struct {
		method, path string
		want         int
	}{
		"shelter":                {http.MethodPatch, "/v1/shelters/MD1", http.StatusForbidden},
		"cats of a shelter":      {http.MethodGet, "/v1/shelters/MD1/cats", http.StatusForbidden},
		"cat by its external id": {http.MethodGet, "/v1/shelters/MD1/cats/A1", http.StatusForbidden},
		"quality of a shelter":   {http.MethodGet, "/v1/shelters/MD1/quality", http.StatusForbidden},
		"imports of a shelter":   {http.MethodGet, "/v1/imports?shelter=MD1", http.StatusForbidden},
		"listed cat":             {http.MethodPatch, "/v1/cats/1", http.StatusForbidden},
		"assessments of a cat":   {http.MethodGet, "/v1/cats/1/assessments", http.StatusForbidden},
		"hidden cat":             {http.MethodPatch, "/v1/cats/2", http.StatusNotFound},
		"removed cat":            {http.MethodPatch, "/v1/cats/6", http.StatusNotFound},
		"no such cat":            {http.MethodPatch, "/v1/cats/99", http.StatusNotFound},
		"webhook":                {http.MethodGet, "/v1/webhooks/" + things["/webhooks/:id"], http.StatusNotFound},
		"saved search":           {http.MethodGet, "/v1/searches/" + things["/searches/:id"], http.StatusNotFound},
		"import":                 {http.MethodGet, "/v1/imports/" + imported, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if rec := send(t, api, test.method, test.path, "{}", "other"); rec.Code != test.want {
				t.Errorf("%s %s: got %d %s, want %d", test.method, test.path, rec.Code, rec.Body, test.want)
			}
		})
	}
}

// ownedResources returns resources of the first partner by the parameter that names them in a
// path.
func ownedResources(t *testing.T, api *testServer) map[string]string {
	t.Helper()
	key := keyOf(t, api, "writer")
	hook, err := api.catalog.CreateWebhook(t.Context(), catalog.Webhook{PartnerID: key.PartnerID, URL: "https://example.org/hook"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := api.catalog.CreateSearch(t.Context(), catalog.SavedSearch{PartnerID: key.PartnerID, WebhookID: hook.ID, Name: "Any"})
	if err != nil {
		t.Fatal(err)
	}
	shelter, err := api.store.ShelterByCode(t.Context(), "MD1")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := api.catalog.PutImportFormat(t.Context(), shelter.ID, "own", "name: own\nid: Nr\nfields: {name: Called}\n", 0); err != nil {
		t.Fatal(err)
	}
	return map[string]string{":name": "own", "/webhooks/:id": hook.ID, "/searches/:id": saved.ID, "/shelters/:id": "MD1", "/cats/:id": "1", "/partners/:id": key.PartnerID, ":external_id": "A1", ":key_id": key.ID, ":code": "ID.CHIP", ":hash": "0123456789abcdef0123456789abcdef", ":file": "300.jpg"}
}

// createAssessment records an assessment of the first partner's first cat and returns its id.
func createAssessment(t *testing.T, api *testServer) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "docs", "openapi", "examples", "createAssessment.request.json"))
	if err != nil {
		t.Fatal(err)
	}
	rec := send(t, api, http.MethodPost, "/v1/cats/1/assessments", string(body), "writer")
	var made struct{ ID string }
	if err := json.Unmarshal(rec.Body.Bytes(), &made); err != nil || made.ID == "" {
		t.Fatalf("%d %s %v", rec.Code, rec.Body, err)
	}
	return made.ID
}

func fillPath(t *testing.T, path string, things map[string]string) string {
	t.Helper()
	for place, thing := range things {
		before, _, _ := strings.Cut(place, ":")
		path = strings.Replace(path, place, before+thing, 1)
	}
	if strings.Contains(path, ":") {
		t.Fatalf("%s: ownedResources lacks a parameter of this path", path)
	}
	return path
}

// The prefix of a key determines whether its writes are stored: a live key that is sent as a
// test key must not write.
func TestKey_WithAnotherPrefixIsRefused(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for name, path := range map[string]string{"writer": "/v1/cats/1", "test": "/v1/cats/2"} {
		api.keys["changed"] = strings.NewReplacer("tc_live_", "tc_test_", "tc_test_", "tc_live_").Replace(api.keys[name])
		if rec := send(t, api, http.MethodPatch, path, `{"name":"Renamed"}`, "changed"); rec.Code != http.StatusUnauthorized {
			t.Errorf("PATCH with the key %s: got %d %s, want 401", api.keys["changed"], rec.Code, rec.Body)
		}
		body := `{"grant_type":"client_credentials","client_secret":"` + api.keys["changed"] + `"}`
		if rec := send(t, api, http.MethodPost, "/oauth/token", body, ""); rec.Code != http.StatusUnauthorized {
			t.Errorf("token for the key %s: got %d %s, want 401", api.keys["changed"], rec.Code, rec.Body)
		}
	}
}

// send sends a request with a body and a key; without a key if that is empty.
func send(t *testing.T, api http.Handler, method, path, body, key string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if method == http.MethodPatch {
		req.Header.Set("Content-Type", httpkit.MergePatchType)
	}
	if s, ok := api.(*testServer); ok && key != "" {
		req.Header.Set("Authorization", "Bearer "+s.keys[key])
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, req)
	return rec
}

// TestLog_HasNoSecrets replays the transcripts about keys and searches the log for every
// secret, in plain text and as its stored hash.
func TestLog_HasNoSecrets(t *testing.T) {
	t.Parallel()

	var log lockedBuffer
	var secrets []string
	for _, name := range []string{"keys", "oauth", "partners", "idempotency", "audit"} {
		api := newSQLiteServer(t, func(c *Config) {
			c.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			random := c.Random
			c.Random = func() [32]byte {
				made := random()
				_, text := access.NewKey(made, false)
				secrets = append(secrets, text)
				return made
			}
		})
		for _, text := range api.keys {
			secrets = append(secrets, text)
		}
		text, err := os.ReadFile(filepath.Join("testdata", name+".http"))
		if err != nil {
			t.Fatal(err)
		}
		newReplayer(t, api, nil).Replay(t, string(text))
		// Internal errors are logged in full; they must not contain secrets either.
		api.ServeHTTP(httptest.NewRecorder(), newRequestWithHeader(t, "Authorization", "Bearer "+api.keys["writer"]+"x"))
	}
	if len(secrets) < 10 || !strings.Contains(log.String(), `"path":"/v1/me"`) {
		t.Fatalf("%d secrets, and a log of %d bytes: nothing was tested", len(secrets), len(log.String()))
	}
	for _, text := range secrets {
		_, secret, err := access.SplitKey(text)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log contains the secret of %s", text)
		}
	}
	if strings.Contains(log.String(), "tc_token_") {
		t.Error("the log contains an access token")
	}
}

// lockedBuffer is a buffer that is safe for concurrent use.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Tokens of a revoked key and keys that have expired are rejected as well.
func TestKeys_RevokedOrExpiredKeyIsRejected(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		keyID := ownedResources(t, api)[":key_id"]
		key, err := s.Key(t.Context(), keyID)
		if err != nil {
			t.Fatal(err)
		}
		token := "Authorization: Bearer " + key.IssueToken(api.now.Add(time.Hour), key.Scopes)
		for _, bearer := range []string{api.bearer("writer"), token} {
			if got := get(t, api, "/v1/me", bearer); got.Code != http.StatusOK {
				t.Fatalf("before: %d %s", got.Code, got.Body)
			}
		}
		if _, _, err := api.catalog.RevokeKey(t.Context(), keyID, true); err != nil {
			t.Fatal(err)
		}
		for _, bearer := range []string{api.bearer("writer"), token} {
			if got := get(t, api, "/v1/me", bearer); got.Code != http.StatusUnauthorized || !strings.Contains(got.Body.String(), "was revoked") {
				t.Errorf("after: %d %s", got.Code, got.Body)
			}
		}
		expired, text, err := api.catalog.CreateKey(t.Context(), catalog.NewKey{Name: "short", Scopes: access.Scopes(), ExpiresAt: api.now.Add(time.Second), Random: [32]byte{1}})
		if err != nil {
			t.Fatal(err)
		}
		*api.now = api.now.Add(time.Second)
		if got := get(t, api, "/v1/me", "Authorization: Bearer "+text); got.Code != http.StatusUnauthorized || !strings.Contains(got.Body.String(), "has expired") {
			t.Errorf("%s, expired: %d %s", expired.ID, got.Code, got.Body)
		}
	})
}

// A valid key has its own, higher limit; invalid ones, and the first use of a valid one,
// count for the address, but not for requests without a key.
func TestRateLimit_PerKey(t *testing.T) {
	t.Parallel()

	limits := func(c *Config) { c.RatePerMinute, c.KeyRatePerMinute = 8, 20 }
	api := newSQLiteServer(t, limits)
	for i := range 10 {
		got := get(t, api, "/v1/cats/1", api.bearer("reader"))
		if got.Code != http.StatusOK || !strings.HasPrefix(got.Header().Get("RateLimit"), `"key";r=`) || got.Header().Get("RateLimit-Policy") != `"key";q=20;w=60` {
			t.Fatalf("request %d with a key: %d %v", i+1, got.Code, got.Header())
		}
	}
	if got := get(t, api, "/v1/cats/1", api.bearer("reader")); got.Code != http.StatusTooManyRequests || !strings.Contains(got.Body.String(), "for your API key") {
		t.Errorf("over the limit of the key: got %d %s", got.Code, got.Body)
	}
	for i := range 3 { // of the requests above only the first counted for the address
		if got := get(t, api, "/v1/cats/1", "Authorization: Bearer "+api.keys["reader"]+"x"); got.Code != http.StatusUnauthorized {
			t.Fatalf("invalid key %d: got %d, want 401", i+1, got.Code)
		}
	}
	for name, tt := range map[string]struct {
		header string
		want   int
	}{
		"an invalid key":          {"Authorization: Bearer " + api.keys["admin"][:40] + "x", http.StatusTooManyRequests},
		"another key, not in use": {api.bearer("other"), http.StatusTooManyRequests},
		"no key":                  {"Accept: */*", http.StatusOK},
	} {
		if got := get(t, api, "/v1/cats/1", tt.header); got.Code != tt.want {
			t.Errorf("%s after too many invalid keys: got %d, want %d", name, got.Code, tt.want)
		}
	}
	*api.now = api.now.Add(time.Minute)
	for _, key := range []string{"other", "reader"} {
		if got := get(t, api, "/v1/cats/1", api.bearer(key)); got.Code != http.StatusOK {
			t.Errorf("key %s a minute later: got %d, want 200", key, got.Code)
		}
	}
}

// A request of another partner, or of a key without one, gets 403 if the path names a shelter or
// a cat that it may see, and 404 if it names something that is not public or a hidden cat.
func TestOwnership_EveryOperationAnswers403OnlyForPublicResources(t *testing.T) {
	t.Parallel()

	s := newCrossPartnerServer(t)
	checked := 0
	for _, op := range operations(t) {
		if op.public() || op.scope == access.Admin || op.scope == "" {
			continue
		}
		collection, rest, _ := strings.Cut(strings.TrimPrefix(op.path, "/v1/"), "/{id}")
		if rest == "" && !strings.Contains(op.path, "{id}") {
			continue // names nothing, or the shelter only in its query
		}
		want := http.StatusNotFound
		if collection == "shelters" || collection == "cats" {
			want = http.StatusForbidden
		}
		path := strings.Replace(op.path, "{id}", s.first[collection][0], 1)
		for _, param := range op.params {
			path = strings.Replace(path, "{"+param+"}", s.first[paramKind(op.path, param)][0], 1)
		}
		checked++
		for _, key := range []string{"other", "lone"} {
			if rec := s.send(t, op, path, key); rec.Code != want {
				t.Errorf("%s %s with the key %s: got %d %s, want %d", op.method, path, key, rec.Code, rec.Body, want)
			}
		}
	}
	body := `{"hidden_from":{"classes":["aggregator"],"partners":["` + s.second["partners"][0] + `"]}}`
	if rec := send(t, s.testServer, http.MethodPatch, "/v1/cats/2", body, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for _, op := range operations(t) {
		if op.public() || op.scope == "" || !strings.HasPrefix(op.path, "/v1/cats/{id}") {
			continue
		}
		path := strings.Replace(op.path, "{id}", "2", 1)
		for _, param := range op.params {
			path = strings.Replace(path, "{"+param+"}", s.first[paramKind(op.path, param)][0], 1)
		}
		checked++
		if rec := s.send(t, op, path, "other"); rec.Code != http.StatusNotFound {
			t.Errorf("%s %s, a hidden cat: got %d %s, want 404", op.method, path, rec.Code, rec.Body)
		}
	}
	if checked < 40 {
		t.Errorf("checked %d operations, want at least 40", checked)
	}
}
