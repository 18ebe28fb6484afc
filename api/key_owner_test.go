package api

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// keyOwnerServer is a server with two keys without a partner, app and rival. The first has a
// webhook and a saved search.
type keyOwnerServer struct {
	*testServer
	hook, search string // IDs
}

func newKeyOwnerServer(t *testing.T, s *store.Store, change ...func(*Config)) *keyOwnerServer {
	t.Helper()
	api := &keyOwnerServer{testServer: newServer(t, s, change...), hook: "", search: ""}
	for _, name := range []string{"app", "rival"} {
		api.addKey(t, catalog.NewKey{Name: name, Scopes: []access.Scope{access.ListingsRead, access.Webhooks}})
	}
	api.hook, api.search = api.register(t, "app")
	return api
}

// register creates a webhook and a saved search with a key, and returns their IDs.
func (s *keyOwnerServer) register(t *testing.T, key string) (hook, search string) {
	t.Helper()
	created := decodeBody[wire.WebhookWithSecret](t, s.ask(t, http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/`+key+`"}`, key, http.StatusCreated))
	saved := s.ask(t, http.MethodPost, "/v1/searches", `{"name":"Siamese","query":"breed=Siamese","webhook_id":"`+created.Webhook.ID+`"}`, key, http.StatusCreated)
	return created.Webhook.ID, decodeBody[wire.SavedSearch](t, saved).ID
}

// ask sends a request and checks the status of the response.
func (s *keyOwnerServer) ask(t *testing.T, method, path, body, key string, want int) *httptest.ResponseRecorder {
	t.Helper()
	rec := send(t, s.testServer, method, path, body, key)
	if rec.Code != want {
		t.Fatalf("%s %s with the key %q: got %d %s, want %d", method, path, key, rec.Code, rec.Body, want)
	}
	return rec
}

// rotate rotates the key old into one that is called name.
func (s *keyOwnerServer) rotate(t *testing.T, old, name string) {
	t.Helper()
	made := decodeBody[wire.KeyWithSecret](t, s.ask(t, http.MethodPost, "/v1/keys/"+keyOf(t, s.testServer, old).ID+"/rotate", "", old, http.StatusCreated))
	s.keys[name] = made.Key
}

// list returns the IDs of the webhooks and saved searches that a key lists.
func (s *keyOwnerServer) list(t *testing.T, key string) []string {
	t.Helper()
	ids := []string{}
	for _, w := range decodeBody[wire.WebhookPage](t, s.ask(t, http.MethodGet, "/v1/webhooks", "", key, http.StatusOK)).Data {
		ids = append(ids, w.ID)
	}
	for _, found := range decodeBody[wire.SavedSearchPage](t, s.ask(t, http.MethodGet, "/v1/searches", "", key, http.StatusOK)).Data {
		ids = append(ids, found.ID)
	}
	slices.Sort(ids)
	return ids
}

func (s *keyOwnerServer) checkLists(t *testing.T, want map[string][]string) {
	t.Helper()
	for key, ids := range want {
		if got := s.list(t, key); !slices.Equal(got, slices.Sorted(slices.Values(ids))) {
			t.Errorf("key %s lists %v, want %v", key, got, ids)
		}
	}
}

// A webhook and a saved search of a key without a partner are found by that key and by
// operators, and by no one else.
func TestKeyOwner_OthersGet404(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newKeyOwnerServer(t, s)
		adminHook, adminSearch := api.register(t, "admin")
		hook, search := "/v1/webhooks/"+api.hook, "/v1/searches/"+api.search
		requests := []struct {
			method, path, body string
			want               int // for the owner
		}{
			{http.MethodGet, hook, "", http.StatusOK},
			{http.MethodPatch, hook, `{"description":"Copies"}`, http.StatusOK},
			{http.MethodPost, hook + "/test", "", http.StatusOK},
			{http.MethodGet, hook + "/deliveries", "", http.StatusOK},
			{http.MethodPost, hook + "/replay?from=latest", "", http.StatusAccepted},
			{http.MethodPost, hook + "/rotate-secret", "", http.StatusOK},
			{http.MethodGet, search, "", http.StatusOK},
			{http.MethodPatch, search, `{"name":"Renamed"}`, http.StatusOK},
			{http.MethodDelete, search, "", http.StatusNoContent},
			{http.MethodDelete, hook, "", http.StatusNoContent},
		}
		api.checkLists(t, map[string][]string{"app": {api.hook, api.search}, "rival": {}, "other": {}, "admin": {api.hook, api.search, adminHook, adminSearch}})
		for _, r := range requests {
			for _, key := range []string{"rival", "other"} {
				api.ask(t, r.method, r.path, r.body, key, http.StatusNotFound)
			}
			api.ask(t, r.method, strings.NewReplacer(api.hook, adminHook, api.search, adminSearch).Replace(r.path), r.body, "app", http.StatusNotFound)
		}
		for _, key := range []string{"rival", "other", "admin"} { // a search has the owner of its webhook
			api.ask(t, http.MethodPost, "/v1/searches", `{"name":"Any","query":"breed=Siamese","webhook_id":"`+api.hook+`"}`, key, http.StatusUnprocessableEntity)
		}
		read := decodeBody[wire.Webhook](t, api.ask(t, http.MethodGet, hook, "", "admin", http.StatusOK))
		if id := keyOf(t, api.testServer, "app").ID; read.PartnerID != nil || read.KeyID == nil || *read.KeyID != id {
			t.Errorf("the webhook has the partner %v and the key %v as its owners, want only the key %s", read.PartnerID, read.KeyID, id)
		}
		for _, r := range requests {
			api.ask(t, r.method, r.path, r.body, "app", r.want)
		}
		api.checkLists(t, map[string][]string{"app": {}, "admin": {adminHook, adminSearch}})
	})
}

// A rotated key gives what it owns to the new one. Until it ends, it acts for the new one.
func TestKeyOwner_RotationMovesWebhooksAndSearches(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newKeyOwnerServer(t, s)
		api.rotate(t, "app", "app2")
		both := []string{api.hook, api.search}
		api.checkLists(t, map[string][]string{"app": both, "app2": both, "rival": {}})
		hook, search := api.register(t, "app")
		all := []string{api.hook, api.search, hook, search}
		api.checkLists(t, map[string][]string{"app": all, "app2": all})
		api.rotate(t, "app2", "app3")
		api.checkLists(t, map[string][]string{"app": all, "app2": all, "app3": all})
		if got := api.ask(t, http.MethodGet, "/v1/webhooks/"+api.hook, "", "app3", http.StatusOK); !strings.Contains(got.Body.String(), `"key_id":"`+keyOf(t, api.testServer, "app3").ID+`"`) {
			t.Errorf("got %s, want the new key as the owner", got.Body)
		}
		for _, old := range []string{"app", "app2"} { // the new key ends the old ones early
			api.ask(t, http.MethodDelete, "/v1/keys/"+keyOf(t, api.testServer, old).ID, "", "app3", http.StatusNoContent)
			api.ask(t, http.MethodGet, "/v1/webhooks", "", old, http.StatusUnauthorized)
		}
		api.checkLists(t, map[string][]string{"app3": all})
		if got := decodeBody[wire.Webhook](t, api.ask(t, http.MethodGet, "/v1/webhooks/"+api.hook, "", "app3", http.StatusOK)); got.Status != string(catalog.WebhookActive) {
			t.Errorf("the webhook is %s after the replaced keys were revoked, want active", got.Status)
		}
	})
}

// A webhook and a saved search that are created while their key is rotated belong to the new
// key.
func TestKeyOwner_RotationDuringACreation(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newKeyOwnerServer(t, s)
		before := []access.Owner{keyOf(t, api.testServer, "app").Principal().Owner()} // of requests that were authenticated before
		api.rotate(t, "app", "lost")
		before = append(before, keyOf(t, api.testServer, "app").Principal().Owner())
		api.rotate(t, "app", "app2")
		for _, owner := range before {
			hook, err := api.catalog.CreateWebhook(t.Context(), catalog.Webhook{KeyID: owner.KeyID, URL: "https://hooks.example.org/late"}, 0)
			if err != nil {
				t.Fatal(err)
			}
			search, err := api.catalog.CreateSearch(t.Context(), catalog.SavedSearch{KeyID: owner.KeyID, WebhookID: hook.ID, Name: "Late"})
			if want := keyOf(t, api.testServer, "app2").ID; err != nil || hook.KeyID != want || search.KeyID != want {
				t.Errorf("got the owners %s and %s (%v), want %s", hook.KeyID, search.KeyID, err, want)
			}
		}
	})
}

// Who lost the response of a rotation rotates again. Once the new key is in use, only it can
// be rotated.
func TestKeyOwner_RotationIsRepeatedUntilTheNewKeyIsUsed(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newKeyOwnerServer(t, s)
		api.rotate(t, "app", "lost")
		api.rotate(t, "app", "app2")
		if lost, kept := keyOf(t, api.testServer, "lost"), keyOf(t, api.testServer, "app2"); lost.RevokedAt.IsZero() || !kept.ExpiresAt.IsZero() {
			t.Errorf("got %+v and %+v, want the lost key revoked and a key that does not expire", lost, kept)
		}
		api.checkLists(t, map[string][]string{"app2": {api.hook, api.search}})
		rec := api.ask(t, http.MethodPost, "/v1/keys/"+keyOf(t, api.testServer, "app").ID+"/rotate", "", "app", http.StatusConflict)
		if !strings.Contains(rec.Body.String(), `"already_rotated"`) || !strings.Contains(rec.Body.String(), keyOf(t, api.testServer, "app2").ID) {
			t.Errorf("got %s, want already_rotated and the key to rotate", rec.Body)
		}
	})
}

// The webhooks of a revoked key are paused, which the response and the audit log say.
// Operators see why, and cannot resume them.
func TestKeyOwner_RevocationPausesWebhooks(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newKeyOwnerServer(t, s)
		paused := createdWebhook(t, api, "app")
		api.ask(t, http.MethodPatch, "/v1/webhooks/"+paused, `{"status":"paused"}`, "app", http.StatusOK)
		rival, _ := api.register(t, "rival")
		rec := api.ask(t, http.MethodDelete, "/v1/keys/"+keyOf(t, api.testServer, "app").ID, "", "app", http.StatusNoContent)
		if got := rec.Header().Get("Trailcat-Paused-Webhooks"); got != "1" {
			t.Errorf("got Trailcat-Paused-Webhooks %q, want 1", got)
		}
		want := map[string]string{api.hook: "The key " + keyOf(t, api.testServer, "app").ID + ", which owns it, was revoked.", paused: "Paused by its owner.", rival: ""}
		if got := reasons(t, api); !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		api.ask(t, http.MethodPatch, "/v1/webhooks/"+api.hook, `{"status":"active"}`, "admin", http.StatusOK)
		if got := reasons(t, api); !maps.Equal(got, want) {
			t.Errorf("after an operator resumed it: got %v, want %v", got, want)
		}
		audit := api.ask(t, http.MethodGet, "/v1/audit?limit=1000", "", "admin", http.StatusOK).Body.String()
		_, entry, _ := strings.Cut(audit, `"what":"revoke_key"`)
		entry, _, _ = strings.Cut(entry, `"what":`)
		if !strings.Contains(entry, `"id":"`+api.hook+`"`) || !strings.Contains(entry, `"fields":["status"]`) {
			t.Errorf("got the entry %s, want the paused webhook in it", entry)
		}
	})
}

// The webhooks of a key that expires are paused, and those of others are not.
func TestKeyOwner_ExpiryPausesWebhooks(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newKeyOwnerServer(t, s)
		api.addKey(t, catalog.NewKey{Name: "brief", Scopes: []access.Scope{access.Webhooks}, ExpiresAt: api.now.Add(time.Hour)})
		hook, _ := api.register(t, "brief")
		for _, step := range []struct{ after, want int }{{0, 0}, {1, 1}, {2, 0}} {
			*api.now = api.now.Add(time.Duration(step.after) * time.Hour)
			if got, err := api.catalog.PauseWebhooksOfExpiredKeys(t.Context()); err != nil || got != step.want {
				t.Errorf("after %d hours: paused %d, error %v, want %d", step.after, got, err, step.want)
			}
		}
		want := map[string]string{api.hook: "", hook: "The key " + keyOf(t, api.testServer, "brief").ID + ", which owns it, has expired."}
		if got := reasons(t, api); !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// reasons returns why webhooks are not active, by ID.
func reasons(t *testing.T, api *keyOwnerServer) map[string]string {
	t.Helper()
	hooks, err := api.store.AllWebhooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, w := range hooks {
		found[w.ID] = w.StatusReason
	}
	return found
}

// createdWebhook creates a webhook with a key and returns its ID.
func createdWebhook(t *testing.T, api *keyOwnerServer, key string) string {
	t.Helper()
	rec := api.ask(t, http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/second"}`, key, http.StatusCreated)
	return decodeBody[wire.WebhookWithSecret](t, rec).Webhook.ID
}

// A key without a partner has the default quotas, each key for itself.
func TestKeyOwner_HasTheDefaultQuotas(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newKeyOwnerServer(t, s, func(c *Config) { c.Quotas = catalog.Quotas{Webhooks: new(int64(1)), Searches: new(int64(1))} })
		rec := api.ask(t, http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/"}`, "app", http.StatusConflict)
		if !strings.Contains(rec.Body.String(), `"quota_exceeded"`) {
			t.Errorf("got %s, want quota_exceeded", rec.Body)
		}
		api.ask(t, http.MethodPost, "/v1/searches", `{"name":"Any","query":"sex=male","webhook_id":"`+api.hook+`"}`, "app", http.StatusConflict)
		me := decodeBody[Me](t, api.ask(t, http.MethodGet, "/v1/me", "", "app", http.StatusOK))
		if me.Quotas == nil || me.Quotas.Webhooks != (wire.Quota{Used: 1, Limit: me.Quotas.Webhooks.Limit}) || *me.Quotas.Webhooks.Limit != 1 {
			t.Errorf("got the quotas %+v, want one of one webhook", me.Quotas)
		}
		api.register(t, "rival")
		api.register(t, "admin")
		createdWebhook(t, api, "admin")
	})
}

// Whoever lacks a scope learns which one is needed and which ones the key has.
func TestScopes_RefusalNamesNeededAndPresentScopes(t *testing.T) {
	t.Parallel()

	api := newKeyOwnerServer(t, newFixtureStore(t))
	api.keys["none"] = keyOf(t, api.testServer, "app").IssueToken(api.now.Add(time.Hour), nil)
	for _, test := range []struct{ method, path, key, detail, challenge string }{
		{http.MethodPost, "/v1/shelters/MD1/cats", "app", "lacks the scope listings:write. Its scopes are: listings:read webhooks.", `scope="listings:write"`},
		{http.MethodPost, "/v1/shelters", "writer", "lacks the scope admin. Its scopes are: listings:read listings:write assessments:write webhooks.", `scope="admin"`},
		{http.MethodGet, "/v1/imports", "none", "lacks the scope listings:read or listings:write. Its scopes are: none.", `scope="listings:read"`},
	} {
		rec := api.ask(t, test.method, test.path, "{}", test.key, http.StatusForbidden)
		if !strings.Contains(rec.Body.String(), test.detail) || !strings.Contains(rec.Header().Get("WWW-Authenticate"), `error="insufficient_scope", `+test.challenge) {
			t.Errorf("%s %s with the key %s: got %v %s, want %s", test.method, test.path, test.key, rec.Header(), rec.Body, test.detail)
		}
	}
	rec := api.ask(t, http.MethodGet, "/v1/shelters/MD1/cats", "", "app", http.StatusForbidden)
	if !strings.Contains(rec.Body.String(), "Your API key has no partner") {
		t.Errorf("got %s, want an explanation for a key without a partner", rec.Body)
	}
}
