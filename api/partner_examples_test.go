package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/httpkit"
)

// TestPartners_Examples sends one request to each operation of operators and compares
// request and response with the examples of the documentation.
func TestPartners_Examples(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	partner := ownedResources(t, api)["/partners/:id"]
	for _, ask := range []struct{ id, method, path, key, body string }{
		{"listPartners", "GET", "/v1/partners", "admin", ""},
		{"createPartner", "POST", "/v1/partners", "admin", `{"name":"Frederick Cats","audience":"public"}`},
		{"getPartner", "GET", "/v1/partners/" + partner, "admin", ""},
		{"changePartner", "PATCH", "/v1/partners/" + partner, "admin", `{"name":"Montgomery County Animal Services"}`},
		{"createKey", "POST", "/v1/partners/" + partner + "/keys", "admin", `{"name":"nightly export","scopes":["listings:read","listings:write"],"expires_at":"2027-05-01T00:00:00Z"}`},
		{"listKeys", "GET", "/v1/partners/" + partner + "/keys", "admin", ""},
		{"createOwnKey", "POST", "/v1/keys", "writer", `{"name":"inventory","scopes":["listings:read"]}`},
		{"rotateOwnKey", "POST", "/v1/keys/" + keyOf(t, api, "reader").ID + "/rotate", "writer", ""},
		{"listOwnKeys", "GET", "/v1/keys", "writer", ""},
		{"getMe", "GET", "/v1/me", "writer", ""},
		{"listCatsOfShelter", "GET", "/v1/shelters/MD1/cats?external_id=A6", "writer", ""},
		{"createShelter", "POST", "/v1/shelters", "admin", `{"partner_id":"` + partner + `","name":"Frederick Cat House","kind":"rescue","address":{"street":"1 Mouse Way","postal_code":"21701","country":"US"},"location":{"lat":39.42,"lng":-77.41},"hours":{"saturday":"10 am to 5 pm"},"stale_after_days":14}`},
		{"changeShelter", "PATCH", "/v1/shelters/MD1", "writer", `{"phone":"+1 240 555 0199","hours":{"sunday":"closed"},"hidden_from":{"classes":["aggregator"]}}`},
		{"listAudit", "GET", "/v1/audit?cursor=audit_14", "admin", ""},
	} {
		rec := send(t, api, ask.method, ask.path, ask.body, ask.key)
		if rec.Code >= http.StatusBadRequest {
			t.Fatalf("%s: %d %s", ask.id, rec.Code, rec.Body)
		}
		checkExample(t, ask.id, rec.Body.Bytes())
		if ask.body != "" {
			checkExample(t, ask.id+".request", []byte(ask.body))
		}
	}
	rec := send(t, api, http.MethodPost, tokenPath, "grant_type=client_credentials&client_secret="+api.keys["writer"], "", "Content-Type: application/x-www-form-urlencoded")
	checkExample(t, "createToken", rec.Body.Bytes())
}

// Each POST that needs a key accepts an Idempotency-Key, and its description says so.
func TestSpec_EveryPostDescribesItsRepetition(t *testing.T) {
	t.Parallel()

	for path, item := range parseSpec(t).Paths.Map() {
		if item.Post == nil || !strings.HasPrefix(path, "/v1/") || item.Post.Security == nil || len(*item.Post.Security) == 0 {
			continue
		}
		if item.Post.Parameters.GetByInAndName("header", httpkit.IdempotencyKey) == nil {
			t.Errorf("the description of POST %s lacks %s", path, httpkit.IdempotencyKey)
		}
	}
}

// Requests with a test key get full responses, and nothing is stored, not even in the
// audit log.
func TestTestKey_ChangesNothing(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	whole := func() string {
		audit := get(t, api, "/v1/audit?limit=1000", api.bearer("admin"))
		shelter := get(t, api, "/v1/shelters/MD1")
		return shelter.Body.String() + audit.Body.String()
	}
	before := whole()
	rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", `{"phone":"+1 240 555 0199"}`, "test")
	var answer wire.Shelter
	if err := json.NewDecoder(bytes.NewReader(rec.Body.Bytes())).Decode(&answer); err != nil || wire.StringOrEmpty(answer.Phone) != "+1 240 555 0199" {
		t.Errorf("%d %s (%v), want the shelter as it would be", rec.Code, rec.Body, err)
	}
	if after := whole(); after != before {
		t.Errorf("the state changed:\n%s\n%s", before, after)
	}
}
