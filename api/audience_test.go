package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
)

// A key has the audience of its partner, also with a token. A request for bulk data without
// a key has that of an aggregator.
func TestAudience_OfEachKey(t *testing.T) {
	t.Parallel()

	admin, partner := []access.Scope{access.Admin}, access.Principal{KeyID: "k", PartnerID: "prt_1"}
	tests := map[string]struct {
		who     access.Principal
		syncing bool
		want    catalog.Audience
	}{
		"anonymous":       {access.Principal{}, false, catalog.Audience{Class: catalog.PublicReader}},
		"anonymous bulk":  {access.Principal{}, true, catalog.Audience{Class: catalog.AggregatorReader}},
		"a partner":       {partner, false, catalog.Audience{PartnerID: "prt_1", Class: catalog.PublicReader}},
		"a partner, bulk": {partner, true, catalog.Audience{PartnerID: "prt_1", Class: catalog.PublicReader}},
		"an aggregator": {
			access.Principal{KeyID: "k", PartnerID: "prt_1", Aggregator: true}, false, catalog.Audience{PartnerID: "prt_1", Class: catalog.AggregatorReader},
		},
		"no partner":       {access.Principal{KeyID: "k"}, false, catalog.Audience{Class: catalog.PublicReader}},
		"no partner, bulk": {access.Principal{KeyID: "k"}, true, catalog.Audience{Class: catalog.AggregatorReader}},
		"an operator":      {access.Principal{KeyID: "k", Scopes: admin}, true, catalog.Audience{}},
	}
	for name, tt := range tests {
		if got := audienceOf(tt.who, tt.syncing); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tt.want)
		}
	}
}

// newServerWithHiddenCats returns a server on which the first shelter hides its cats from
// the partner of the second, and the ids and names that would reveal them.
func newServerWithHiddenCats(t *testing.T) (api *testServer, tells []string) {
	t.Helper()
	api = newSQLiteServer(t)
	var partner struct{ Partner struct{ ID string } }
	unmarshal(t, get(t, api, "/v1/me", api.bearer("other")), &partner)
	body := `{"hidden_from":{"partners":["` + partner.Partner.ID + `"],"classes":["petfinder"]}}`
	if rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", body, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	home, _ := api.index.ShelterInfo("MD1")
	err := api.store.ListedCats(t.Context(), home.ID, func(cats []catalog.Cat) error {
		for _, cat := range cats {
			tells = append(tells, cat.ID, cat.Name)
		}
		return nil
	})
	if err != nil || len(tells) < 10 {
		t.Fatal(tells, err)
	}
	return api, tells
}

func unmarshal(t *testing.T, rec *httptest.ResponseRecorder, into any) {
	t.Helper()
	if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
		t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
}

// TestHiddenCats_AreInNoResponse requests every GET route with the key of the partner from
// whom the cats are hidden.
func TestHiddenCats_AreInNoResponse(t *testing.T) {
	t.Parallel()

	api, tells := newServerWithHiddenCats(t)
	for _, path := range readPaths(t, api) {
		rec := get(t, api, path, api.bearer("other"))
		if rec.Code >= http.StatusInternalServerError {
			t.Errorf("%s: %d", path, rec.Code)
		}
		for _, told := range tells {
			if strings.Contains(rec.Body.String(), told) {
				t.Errorf("%s contains %s: %s", path, told, rec.Body)
				break
			}
		}
	}
	if seen := get(t, api, "/v1/cats?limit=100"); !strings.Contains(seen.Body.String(), tells[0]) {
		t.Error("the public does not see a cat that is hidden from one partner only")
	}
	if own := get(t, api, "/v1/cats/1", api.bearer("writer")); own.Code != http.StatusOK {
		t.Errorf("its own partner got %d", own.Code)
	}
}

// readPaths returns a path of every GET route, with resources of the first partner, and of
// more ways to read its cats.
func readPaths(t *testing.T, api *testServer) []string {
	t.Helper()
	things := ownedResources(t, api)
	things[":version"], things[":part"] = "1.0.0", "cats-1.xml"
	paths := []string{
		"/v1/cats/1.jsonld", "/v1/cats/1?expand=shelter", "/v1/cats/1/similar", "/v1/cats/7/similar?limit=50",
		"/v1/cats?limit=100&status=available,pending,on_hold,adopted&facets=all&include_total=true&expand=shelter",
		"/v1/cats?q=kenny", "/v1/cats?near=20850&sort=distance", "/v1/cats?sort=random&seed=1", "/v1/cats?shelter=MD1",
		"/v1/cats.atom?shelter=MD1", "/v1/cats.json-feed?q=kenny",
	}
	for _, route := range newEcho(&API{}).Routes() {
		if withoutData := strings.HasPrefix(route.Path, "/docs") || route.Path == "/openapi.json" || route.Path == "/assess"; route.Method == http.MethodGet && !withoutData { // these contain examples, or need a link
			path := route.Path
			for place, thing := range things {
				before, _, _ := strings.Cut(place, ":")
				path = strings.Replace(path, place, before+thing, 1)
			}
			paths = append(paths, regexp.MustCompile(`:\w+`).ReplaceAllString(path, "1"))
		}
	}
	return paths
}

// TestHiddenCats_KeyWithoutPartnerReadsNoMoreThanNoKey requests every GET route with a key that
// has every scope but admin and no partner. While cats are hidden from aggregators, it reveals
// none that a request without a key does not.
func TestHiddenCats_KeyWithoutPartnerReadsNoMoreThanNoKey(t *testing.T) {
	t.Parallel()

	api, tells := newServerWithHiddenCats(t)
	api.addKey(t, catalog.NewKey{Name: "lone", Scopes: scopesBelowAdmin()})
	if rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", `{"hidden_from":{"classes":["aggregator"]}}`, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	revealed := 0
	for _, path := range readPaths(t, api) {
		public, lone := get(t, api, path), get(t, api, path, api.bearer("lone"))
		if lone.Code >= http.StatusInternalServerError || lone.Code == http.StatusUnauthorized {
			t.Errorf("%s: got %d %s", path, lone.Code, lone.Body)
		}
		for _, told := range tells {
			switch in, publicly := strings.Contains(lone.Body.String(), told), strings.Contains(public.Body.String(), told); {
			case in && !publicly:
				t.Errorf("%s contains %s, which is hidden without a key: %.300s", path, told, lone.Body)
			case in:
				revealed++
			}
		}
	}
	if revealed < 20 {
		t.Errorf("%d texts are in both responses: too little is compared", revealed)
	}
}

// scopesBelowAdmin returns all scopes but admin.
func scopesBelowAdmin() []access.Scope {
	return slices.DeleteFunc(access.Scopes(), func(scope access.Scope) bool { return scope == access.Admin })
}

// A key without a partner that is not an operator's can copy no more than an aggregator,
// and its webhooks and those of operators cannot either.
func TestAudience_KeyWithoutPartnerIsAnAggregator(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	api.addKey(t, catalog.NewKey{Name: "hooks", Scopes: []access.Scope{access.Webhooks}})
	if rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", `{"hidden_from":{"classes":["aggregator"]}}`, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var hooks []catalog.Webhook
	for _, key := range []string{"hooks", "admin"} {
		var created wire.WebhookWithSecret
		unmarshal(t, send(t, api, http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/`+key+`"}`, key), &created)
		hook, err := api.store.Webhook(t.Context(), created.Webhook.ID)
		if err != nil {
			t.Fatal(err)
		}
		hooks = append(hooks, hook)
	}
	before := api.index.Head()
	for number, key := range map[string]string{"1": "writer", "7": "other"} {
		if rec := send(t, api, http.MethodPatch, "/v1/cats/"+number, `{"name":"Renamed"}`, key); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	feed := api.webhookFeed()
	for _, hook := range hooks {
		batch, err := feed.Batch(t.Context(), hook, before, catalog.EntryPart{}, api.index.Head().Seq, 100)
		if got := bytes.Count(bytes.Join(batch.Events, nil), []byte(`"cat.updated"`)); err != nil || got != 1 {
			t.Errorf("webhook %s: got events %s (error %v), want one update, that of the cat that is not hidden", hook.URL, batch.Events, err)
		}
	}
	for key, want := range map[string]int{"": 1, "hooks": 1, "admin": 2} {
		rec := send(t, api, http.MethodGet, "/v1/changes?resource=cat&cursor="+changefeed.NewCursor(before).Encode(), "", key)
		if got := strings.Count(rec.Body.String(), `"cat.updated"`); got != want {
			t.Errorf("changes for key %q: got %d %s, want %d updates", key, rec.Code, rec.Body, want)
		}
	}
}

// A client whose access ends gets the responses for a removed cat, though the cat did not
// change, and when it is shown again, another ETag than before.
func TestHiddenCats_LookRemoved(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	before := get(t, api, "/v1/cats/1", api.bearer("other"))
	var partner struct{ Partner struct{ ID string } }
	unmarshal(t, get(t, api, "/v1/me", api.bearer("other")), &partner)
	for _, body := range []string{`{"hidden_from":{"partners":["` + partner.Partner.ID + `"]}}`, `{"hidden_from":null}`} {
		if rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", body, "writer"); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		rec := get(t, api, "/v1/cats/1", api.bearer("other"), "If-None-Match: "+before.Header().Get("ETag"))
		if want := map[bool]int{true: http.StatusGone, false: http.StatusOK}[strings.Contains(body, "prt_")]; rec.Code != want {
			t.Errorf("after %s: %d, want %d", body, rec.Code, want)
		}
	}
}

// A new name of a shelter changes the attribution of its cats, and their ETags, at once.
func TestAttribution_FollowsTheNameOfTheShelter(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	paths := []string{"/v1/cats/1", "/v1/cats/1.jsonld", "/v1/cats.atom", "/v1/cats.json-feed"}
	before := map[string]*httptest.ResponseRecorder{}
	for _, path := range paths {
		before[path] = get(t, api, path)
	}
	if rec := send(t, api, http.MethodPatch, "/v1/shelters/MD1", `{"name":"Derwood Cat Palace"}`, "writer"); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for _, path := range paths {
		after := get(t, api, path, "If-None-Match: "+before[path].Header().Get("ETag"))
		if after.Code != http.StatusOK || !strings.Contains(after.Body.String(), "Derwood Cat Palace") || strings.Contains(after.Body.String(), "Derwood Animal Center") {
			t.Errorf("%s: %d %s", path, after.Code, after.Body)
		}
	}
}

// Each key that sees different data gets a different ETag.
func TestShelter_HiddenFromIsShownToItsPartnerOnly(t *testing.T) {
	t.Parallel()

	api, _ := newServerWithHiddenCats(t)
	var tags []string
	for key, want := range map[string]bool{"writer": true, "admin": true, "other": false, "": false} {
		var headers []string
		if key != "" {
			headers = append(headers, api.bearer(key))
		}
		rec := get(t, api, "/v1/shelters/MD1", headers...)
		if got := strings.Contains(rec.Body.String(), `"hidden_from"`); got != want {
			t.Errorf("key %q: hidden_from is shown: got %v, want %v", key, got, want)
		}
		tags = append(tags, rec.Header().Get("ETag"))
	}
	slices.Sort(tags)
	if len(slices.Compact(tags)) != 3 { // of the partner, of the operator and of the public
		t.Errorf("got %v", tags)
	}
}
