package api

import (
	"encoding/json"
	"net/http"
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

// TestOwnKeys_Conversation lists, creates, rotates and revokes the keys of a partner.
func TestOwnKeys_Conversation(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		ask := func(method, path, body, key string, want int) string {
			t.Helper()
			rec := send(t, api, method, path, body, key)
			if rec.Code != want {
				t.Fatalf("%s %s with the key %q: got %d %s, want %d", method, path, key, rec.Code, rec.Body, want)
			}
			return rec.Body.String()
		}
		made := func(name, body string) string {
			t.Helper()
			var key wire.KeyWithSecret
			if err := json.Unmarshal([]byte(body), &key); err != nil {
				t.Fatal(err)
			}
			api.keys[name] = key.Key
			return key.ID
		}
		writer := keyOf(t, api, "writer").ID
		nightly := made("nightly", ask(http.MethodPost, "/v1/keys", `{"name":"nightly","scopes":["listings:read"]}`, "writer", http.StatusCreated))
		if got := keyOf(t, api, "nightly"); got.PartnerID != keyOf(t, api, "writer").PartnerID || !slices.Equal(got.Scopes, []access.Scope{access.ListingsRead}) {
			t.Errorf("got %+v", got)
		}
		ask(http.MethodGet, "/v1/shelters/MD1/cats", "", "nightly", http.StatusOK)
		if list := ask(http.MethodGet, "/v1/keys", "", "nightly", http.StatusOK); !strings.Contains(list, writer) || strings.Contains(list, keyOf(t, api, "other").ID) {
			t.Errorf("got %s, want the keys of the partner and no others", list)
		}
		ask(http.MethodPost, "/v1/keys", `{"name":"more","scopes":["listings:write"]}`, "nightly", http.StatusForbidden)
		ask(http.MethodPost, "/v1/keys", `{"name":"more","scopes":["admin"]}`, "writer", http.StatusForbidden)
		ask(http.MethodDelete, "/v1/keys/"+writer, "", "nightly", http.StatusForbidden)
		ask(http.MethodPost, "/v1/keys/"+writer+"/rotate", "", "nightly", http.StatusForbidden)
		ask(http.MethodDelete, "/v1/keys/"+writer, "", "other", http.StatusNotFound)

		if body := ask(http.MethodDelete, "/v1/keys/"+writer, "", "writer", http.StatusConflict); !strings.Contains(body, `"last_key"`) || !strings.Contains(body, "listings:write assessments:write webhooks") {
			t.Errorf("got %s, want the scopes that would be lost", body)
		}
		made("rotated", ask(http.MethodPost, "/v1/keys/"+writer+"/rotate", "", "writer", http.StatusCreated))
		if got, old := keyOf(t, api, "rotated"), keyOf(t, api, "writer"); got.Name != old.Name || !slices.Equal(got.Scopes, old.Scopes) || !got.ExpiresAt.IsZero() || !old.ExpiresAt.Equal(got.CreatedAt.Add(24*time.Hour)) {
			t.Errorf("got %+v, of %+v", got, old)
		}
		ask(http.MethodGet, "/v1/me", "", "writer", http.StatusOK) // works for a day
		ask(http.MethodDelete, "/v1/keys/"+writer, "", "rotated", http.StatusNoContent)
		ask(http.MethodGet, "/v1/me", "", "writer", http.StatusUnauthorized)
		ask(http.MethodPost, "/v1/keys/"+writer+"/rotate", "", "rotated", http.StatusConflict)
		made("again", ask(http.MethodPost, "/v1/keys/"+nightly+"/rotate?immediately=true", "", "nightly", http.StatusCreated))
		ask(http.MethodGet, "/v1/me", "", "nightly", http.StatusUnauthorized)
		ask(http.MethodGet, "/v1/me", "", "again", http.StatusOK)
		ask(http.MethodDelete, "/v1/keys/"+keyOf(t, api, "rotated").ID+"?allow_last=true", "", "rotated", http.StatusNoContent)
	})
}

// A key creates, rotates and revokes keys of its partner whose scopes it has, and no others,
// whatever scopes both have.
func TestOwnKeys_StayWithinTheScopesOfTheKey(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	partner, all := keyOf(t, api, "writer").PartnerID, scopesBelowAdmin()
	var sets [][]access.Scope
	for bits := 1; bits < 1<<len(all); bits++ {
		var set []access.Scope
		for i, scope := range all {
			if bits>>i&1 == 1 {
				set = append(set, scope)
			}
		}
		sets = append(sets, set)
		api.addKey(t, catalog.NewKey{PartnerID: partner, Name: access.JoinScopes(set), Scopes: set, Test: true}) // what it writes is not kept
	}
	api.addKey(t, catalog.NewKey{PartnerID: partner, Name: "live", Scopes: all})
	for _, with := range sets {
		for _, scopes := range sets {
			caller, other := access.JoinScopes(with), keyOf(t, api, access.JoinScopes(scopes)).ID
			allowed := !slices.ContainsFunc(scopes, func(scope access.Scope) bool { return !slices.Contains(with, scope) })
			body := canonicalJSON(t, map[string]any{"name": "more", "scopes": scopes})
			for _, request := range []struct{ method, path, body string }{
				{http.MethodPost, "/v1/keys", body}, {http.MethodPost, "/v1/keys/" + other + "/rotate", ""}, {http.MethodDelete, "/v1/keys/" + other, ""},
			} {
				rec := send(t, api, request.method, request.path, request.body, caller)
				refused := rec.Code == http.StatusForbidden && strings.Contains(rec.Body.String(), `"missing_scope"`)
				if refused == allowed || !refused && rec.Code >= http.StatusBadRequest {
					t.Errorf("%s %s for the scopes %v with the scopes %v: got %d %s", request.method, request.path, scopes, with, rec.Code, rec.Body)
				}
			}
		}
	}
	var list wire.KeyList
	unmarshal(t, send(t, api, http.MethodGet, "/v1/keys", "", "listings:read"), &list)
	if len(list.Data) != len(sets)+4 {
		t.Errorf("a key with one scope lists %d keys, want all %d of the partner", len(list.Data), len(sets)+4)
	}
}

// A token with fewer scopes than its key cannot get a key with more.
func TestOwnKeys_TokenCannotExtendItsScopes(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	form := "grant_type=client_credentials&scope=listings:read&client_secret=" + api.keys["writer"]
	var token struct {
		AccessToken string `json:"access_token"`
	}
	unmarshal(t, send(t, api, http.MethodPost, tokenPath, form, "", "Content-Type: application/x-www-form-urlencoded"), &token)
	api.keys["token"] = token.AccessToken
	for path, body := range map[string]string{
		"/v1/keys/" + keyOf(t, api, "writer").ID + "/rotate": "",
		"/v1/keys": `{"name":"more","scopes":["listings:write"]}`,
	} {
		if rec := send(t, api, http.MethodPost, path, body, "token"); rec.Code != http.StatusForbidden {
			t.Errorf("%s: got %d %s, want 403", path, rec.Code, rec.Body)
		}
	}
}

// A key without a partner sees, rotates and revokes itself, makes no other, and says so.
func TestOwnKeys_KeyWithoutPartner(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	api.addKey(t, catalog.NewKey{Name: "unowned", Scopes: []access.Scope{access.ListingsRead, access.ListingsWrite, access.Webhooks}})
	var me Me
	unmarshal(t, send(t, api, http.MethodGet, "/v1/me", "", "unowned"), &me)
	var effective []string
	for _, p := range me.Permissions {
		if p.Effective {
			effective = append(effective, p.Scope)
		}
	}
	if me.Role != "reader" || !slices.Equal(effective, []string{"webhooks"}) {
		t.Errorf("got the role %s and %+v", me.Role, me.Permissions)
	}
	if want := (KeyAudience{Lists: "public", Copies: "aggregator", Webhooks: "aggregator"}); me.Audience != want || len(me.Shelters) != 0 || !strings.Contains(me.Description, "manages no shelters") {
		t.Errorf("got %+v, want the audience %+v, no shelters, and a description that says so", me, want)
	}
	var keys wire.KeyList
	unmarshal(t, send(t, api, http.MethodGet, "/v1/keys", "", "unowned"), &keys)
	if len(keys.Data) != 1 || keys.Data[0].Name != "unowned" {
		t.Errorf("got %+v, want only the key itself", keys.Data)
	}
	for path, want := range map[string]int{
		"/v1/keys": http.StatusForbidden,
		"/v1/keys/" + keyOf(t, api, "admin").ID + "/rotate":   http.StatusNotFound,
		"/v1/keys/" + keyOf(t, api, "unowned").ID + "/rotate": http.StatusCreated,
	} {
		if rec := send(t, api, http.MethodPost, path, `{"name":"more","scopes":["listings:read"]}`, "unowned"); rec.Code != want {
			t.Errorf("%s: got %d %s, want %d", path, rec.Code, rec.Body, want)
		}
	}
}

// A key makes no key that lasts longer than itself, neither by creation nor by rotation, and
// neither does a token of it. Operators give partners keys that last longer than their own.
func TestOwnKeys_DoNotOutliveTheKeyThatMakesThem(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		partner, end := keyOf(t, api, "writer").PartnerID, api.now.Add(48*time.Hour)
		api.addKey(t, catalog.NewKey{PartnerID: partner, Name: "lasting", Scopes: []access.Scope{access.ListingsRead}})
		api.addKey(t, catalog.NewKey{PartnerID: partner, Name: "brief", Scopes: scopesBelowAdmin(), ExpiresAt: end})
		api.addKey(t, catalog.NewKey{Name: "operator", Scopes: []access.Scope{access.Admin}, ExpiresAt: end})
		var token struct {
			AccessToken string `json:"access_token"`
		}
		form := "grant_type=client_credentials&client_secret=" + api.keys["brief"]
		unmarshal(t, send(t, api, http.MethodPost, tokenPath, form, "", "Content-Type: application/x-www-form-urlencoded"), &token)
		api.keys["token"] = token.AccessToken

		expiry := func(hours int) string { return api.now.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339) }
		of := func(path string) string {
			name := strings.TrimSuffix(strings.TrimPrefix(path, "/v1/keys/"), "/rotate")
			return strings.Replace(path, name, keyOf(t, api, name).ID, 1)
		}
		for _, c := range []struct {
			key, path, body string
			want            time.Time // when the new key expires; zero: never
			refused         int
		}{
			{"brief", "/v1/keys", `{"name":"x","scopes":["listings:read"]}`, end, 0},
			{"brief", "/v1/keys", `{"name":"x","scopes":["listings:read"],"expires_at":null}`, end, 0},
			{"brief", "/v1/keys", `{"name":"x","scopes":["listings:read"],"expires_at":"` + expiry(48) + `"}`, end, 0},
			{"brief", "/v1/keys", `{"name":"x","scopes":["listings:read"],"expires_at":"` + expiry(1) + `"}`, api.now.Add(time.Hour), 0},
			{"brief", "/v1/keys", `{"name":"x","scopes":["listings:read"],"expires_at":"` + expiry(49) + `"}`, time.Time{}, http.StatusUnprocessableEntity},
			{"token", "/v1/keys", `{"name":"x","scopes":["listings:read"]}`, end, 0},
			{"operator", "/v1/keys", `{"name":"x","scopes":["admin"]}`, end, 0},
			{"operator", "/v1/partners/" + partner + "/keys", `{"name":"x","scopes":["listings:read"]}`, time.Time{}, 0},
			{"writer", "/v1/keys", `{"name":"x","scopes":["listings:read"]}`, time.Time{}, 0},
			{"brief", of("/v1/keys/lasting/rotate"), "", time.Time{}, http.StatusForbidden},
			{"token", of("/v1/keys/lasting/rotate"), "", time.Time{}, http.StatusForbidden},
			{"operator", of("/v1/keys/admin/rotate"), "", time.Time{}, http.StatusForbidden},
			{"writer", of("/v1/keys/brief/rotate"), "", end, 0},
			{"writer", of("/v1/keys/writer/rotate"), "", time.Time{}, 0},
			{"writer", of("/v1/keys/writer/rotate"), "", time.Time{}, 0}, // the old key ends in a day, and rotates itself again
		} {
			rec := send(t, api, http.MethodPost, c.path, c.body, c.key)
			if c.refused != 0 {
				if rec.Code != c.refused || !strings.Contains(rec.Body.String(), `"outlives_key"`) {
					t.Errorf("%s %s with the key %s: got %d %s, want %d outlives_key", c.path, c.body, c.key, rec.Code, rec.Body, c.refused)
				}
				continue
			}
			var got wire.KeyWithSecret
			unmarshal(t, rec, &got)
			if never := c.want.IsZero(); rec.Code != http.StatusCreated || (got.About.ExpiresAt == nil) != never || !never && !got.About.ExpiresAt.Equal(c.want) {
				t.Errorf("%s %s with the key %s: got %d %s, want a key that expires at %v", c.path, c.body, c.key, rec.Code, rec.Body, c.want)
			}
		}
	})
}
