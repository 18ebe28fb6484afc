package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// publicOperations are the operations that need no key. Any other operation needs one.
var publicOperations = []string{
	"createToken", "exportCats", "exportShelters", "getAdventure", "getAdventureImage", "getAdventurePicture", "getAtom", "getCalibration", "getCat", "getDocs",
	"getImportTemplate", "getJSONFeed", "getLinkedCat", "getLive", "getMetrics", "getOpenAPI", "getReady", "getRoot", "getRubric", "getShelter",
	"getSitemap", "getSitemapPart", "getVocabulary", "listCats", "listChanges", "listImportFormats", "listPlaces", "listRubrics", "listShelters",
	"listSimilarCats", "matchCats", "previewAdventure", "getPhoto",
}

// privateMarker is part of every text of the first partner that only it and the operator may read.
const privateMarker = "private-4f7d"

// operation is an operation of the OpenAPI document.
type operation struct {
	id, method, path string
	scope            access.Scope // empty if any key may use it
	params           []string     // in the path
	query            []string     // parameters that name a resource
	body             string       // an example
	contentType      string
}

// operations returns the operations of the OpenAPI document.
func operations(t *testing.T) []operation {
	t.Helper()
	var all []operation
	for path, item := range parseSpec(t).Paths.Map() {
		for method, o := range item.Operations() {
			op := operation{id: o.OperationID, method: method, path: path}
			for _, requirement := range *o.Security {
				for _, scope := range requirement["OAuth2"] {
					op.scope = access.Scope(scope)
				}
			}
			for _, p := range o.Parameters {
				switch {
				case p.Value.In == openapi3.ParameterInPath:
					op.params = append(op.params, p.Value.Name)
				case p.Value.In == openapi3.ParameterInQuery && p.Value.Name == "shelter":
					op.query = append(op.query, p.Value.Name)
				}
			}
			if o.RequestBody != nil {
				op.setBody(t, o.RequestBody.Value.Content)
			}
			if public := slices.Contains(publicOperations, op.id); public != (len(*o.Security) == 0) {
				t.Errorf("%s %s: public in the document: %t, in publicOperations: %t", method, path, !public, public)
			}
			all = append(all, op)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return all
}

func (op *operation) setBody(t *testing.T, content openapi3.Content) {
	t.Helper()
	for _, contentType := range slices.Sorted(maps.Keys(content)) {
		op.contentType = contentType
		if example := content[contentType].Example; example != nil {
			body, err := json.Marshal(example)
			if err != nil {
				t.Fatal(err)
			}
			op.body = string(body)
			return
		}
	}
	op.body = "external_id,name\nA1,Renamed\n" // of a file
}

func (op *operation) public() bool { return slices.Contains(publicOperations, op.id) }

// crossPartnerServer is a server on which two partners have resources of every kind.
type crossPartnerServer struct {
	*testServer
	first, second map[string][]string // ids by path parameter; a parameter id has the name of its collection
}

// paramKind returns the key of a path parameter in crossPartnerServer.
func paramKind(path, param string) string {
	if param != "id" {
		return param
	}
	_, rest, _ := strings.Cut(path, "/v1/")
	collection, _, _ := strings.Cut(rest, "/")
	return collection
}

func newCrossPartnerServer(t *testing.T) *crossPartnerServer {
	t.Helper()
	s := &crossPartnerServer{testServer: newSQLiteServer(t)}
	s.first = s.addResources(t, "writer", "MD1", "A1", "1", privateMarker)
	s.second = s.addResources(t, "other", "WA1", "K1", "7", "second partner")
	s.addLoneKeys(t)
	scopes := scopesBelowAdmin()
	for _, missing := range access.Scopes() {
		s.addKey(t, catalog.NewKey{PartnerID: s.first["partners"][0], Name: keyWithout(missing), Scopes: slices.DeleteFunc(slices.Clone(scopes), func(scope access.Scope) bool {
			return scope == missing || missing == access.ListingsRead && scope == access.ListingsWrite // which includes reads
		})})
	}
	for name := range s.keys { // records the time of use
		send(t, s.testServer, http.MethodGet, "/v1/me", "", name)
	}
	return s
}

// addLoneKeys adds two keys without a partner: lone, and another one with a webhook and a saved
// search, which are added to the resources of the first partner.
func (s *crossPartnerServer) addLoneKeys(t *testing.T) {
	t.Helper()
	for _, name := range []string{"lone", privateMarker + " lone"} {
		s.addKey(t, catalog.NewKey{Name: name, Scopes: scopesBelowAdmin()})
	}
	owner := keyOf(t, s.testServer, privateMarker+" lone")
	hook, err := s.catalog.CreateWebhook(t.Context(), catalog.Webhook{KeyID: owner.ID, URL: "https://hooks.example.org/" + privateMarker, Description: privateMarker}, 0)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := s.catalog.CreateSearch(t.Context(), catalog.SavedSearch{KeyID: owner.ID, WebhookID: hook.ID, Name: privateMarker, Query: "breed=Siamese"})
	if err != nil {
		t.Fatal(err)
	}
	for kind, id := range map[string]string{"key_id": owner.ID, "webhooks": hook.ID, "searches": saved.ID} {
		s.first[kind] = append(s.first[kind], id)
	}
}

// keyWithout returns the name of a key of the first partner that lacks a scope.
func keyWithout(scope access.Scope) string { return privateMarker + " without " + string(scope) }

// idOfNew matches the id of a created resource.
var idOfNew = regexp.MustCompile(`\b(whk|srch|imp|asm)_[0-9a-z]{26}\b`)

// addResources adds resources of every kind for the partner of a key, with texts that contain the marker.
func (s *crossPartnerServer) addResources(t *testing.T, key, shelter, externalID, number, marker string) map[string][]string {
	t.Helper()
	create := func(method, path, body string) (id string) {
		t.Helper()
		headers := []string{"Content-Type: application/json"}
		if strings.HasSuffix(path, "format=trailcat") {
			headers = []string{"Content-Type: text/csv"}
		}
		rec := send(t, s.testServer, method, path, body, key, headers...)
		if rec.Code >= http.StatusBadRequest {
			t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return idOfNew.FindString(rec.Body.String())
	}
	var me struct{ Partner struct{ ID string } }
	unmarshal(t, send(t, s.testServer, http.MethodGet, "/v1/me", "", key), &me)
	home, _ := s.index.ShelterInfo(shelter)
	cat, err := s.store.CatByExternalID(t.Context(), home.ID, externalID)
	if err != nil {
		t.Fatal(err)
	}
	hook := create(http.MethodPost, "/v1/webhooks", `{"url":"https://hooks.example.org/`+url.PathEscape(marker)+`","description":"`+marker+`"}`)
	create(http.MethodPost, "/v1/webhooks/"+hook+"/test", "")
	ids := map[string][]string{
		"partners": {me.Partner.ID}, "key_id": {keyOf(t, s.testServer, key).ID}, "shelters": {home.ID, shelter}, "cats": {cat.ID, number}, "external_id": {externalID}, "webhooks": {hook},
		"searches":      {create(http.MethodPost, "/v1/searches", `{"name":"`+marker+`","webhook_id":"`+hook+`","query":"breed=Siamese"}`)},
		"imports":       {create(http.MethodPost, "/v1/shelters/"+shelter+"/imports?format=trailcat", "external_id,name,microchip\n"+externalID+"9,Newcomer,981020005127831 "+marker+"\n")},
		"assessment_id": {create(http.MethodPost, "/v1/cats/"+cat.ID+"/assessments", `{"observed_on":"2026-04-28","context":"shelter_room","assessor":{"id":"s1","role":"staff"},"note":"`+marker+`","levels":{"baseline_calm":4}}`)},
		"code":          {"ID.CHIP"}, "name": {"own"}, "version": {"1.1.0"}, "part": {"cats-1.xml"}, "hash": {"0123456789abcdef0123456789abcdef"}, "file": {"300.jpg"},
	}
	create(http.MethodPut, "/v1/shelters/"+shelter+"/import-formats/own", "name: own\nid: Nr\nfields: {name: Called} # "+marker+"\n")
	create(http.MethodPost, "/v1/cats/"+cat.ID+"/status", `{"status":"adopted","date":"2026-02-01"}`)
	create(http.MethodPost, "/v1/cats/"+cat.ID+"/outcomes", `{"activity":"leash_walk","tried":true,"reported_on":"2026-04-30","days_after_adoption":60,"calm_outings":2,"note":"`+marker+`"}`)
	create(http.MethodPut, "/v1/cats/"+cat.ID+"/health/ID.CHIP", `{"status":"ok","verified_on":"2026-04-01","verified_by":"vet"}`)
	return ids
}

// sharedParams are path parameters whose values belong to no partner.
var sharedParams = []string{"code", "external_id", "file", "hash", "name", "part", "version"}

// paths returns the paths of an operation with ids of the first partner: of the kind
// that the parameter expects, and with all, of every kind. If there are several
// parameters, the others are those of either partner.
func (s *crossPartnerServer) paths(t *testing.T, op operation, all bool) []string {
	t.Helper()
	found := map[string]bool{}
	for _, param := range op.params {
		wanted := s.first[paramKind(op.path, param)]
		if wanted == nil {
			t.Fatalf("%s %s: addResources has no ids for the parameter %s", op.method, op.path, param)
		}
		if slices.Contains(sharedParams, param) && !op.public() {
			continue
		}
		if all {
			wanted = slices.Concat(slices.Collect(maps.Values(s.first))...)
		}
		for _, id := range wanted {
			for _, ids := range []map[string][]string{s.first, s.second} {
				path := strings.Replace(op.path, "{"+param+"}", url.PathEscape(id), 1)
				for _, other := range op.params {
					path = strings.Replace(path, "{"+other+"}", url.PathEscape(ids[paramKind(op.path, other)][0]), 1)
				}
				found[path] = true
			}
		}
	}
	if len(op.params) == 0 {
		found[op.path] = true
		for _, name := range op.query {
			found[op.path+"?"+name+"="+s.first["shelters"][0]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// idOfExample matches an id of a partner, shelter, webhook or cat in an example.
var idOfExample = regexp.MustCompile(`\b(prt|shl|whk|cat)_[0-9a-z]{26}\b`)

// send sends the example of an operation with the ids in it replaced by those of the first partner.
func (s *crossPartnerServer) send(t *testing.T, op operation, path, key string) *httptest.ResponseRecorder {
	t.Helper()
	kinds := map[string]string{"prt": "partners", "shl": "shelters", "whk": "webhooks", "cat": "cats"}
	body := idOfExample.ReplaceAllStringFunc(op.body, func(id string) string { return s.first[kinds[id[:3]]][0] })
	return send(t, s.testServer, op.method, path, body, key, "Content-Type: "+op.contentType)
}

// state returns what the operator and the first partner can read, by URL.
func (s *crossPartnerServer) state(t *testing.T, all []operation) map[string]string {
	t.Helper()
	state := map[string]string{}
	for _, op := range all {
		if op.method != http.MethodGet || op.public() {
			continue
		}
		for _, path := range s.paths(t, op, false) {
			if rec := s.send(t, op, path, "admin"); rec.Code == http.StatusOK {
				state[path] = rec.Body.String()
			}
		}
	}
	return state
}

// log returns the position of the change log and the audit log.
func (s *crossPartnerServer) log(t *testing.T) string {
	t.Helper()
	head, err := s.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	audit := send(t, s.testServer, http.MethodGet, "/v1/audit?limit=100", "", "admin").Body.String()
	if !strings.Contains(audit, `"has_more":false`) {
		t.Fatal("the audit log is longer than a page")
	}
	return fmt.Sprint(head, audit)
}

// TestCrossPartner_EveryOperation sends every operation of the OpenAPI document with every
// id of the first partner, and with the keys of the second partner, without a key, with a key
// without a partner, and with keys of the first partner that lack the scope. None of them may change anything or
// return anything private.
func TestCrossPartner_EveryOperation(t *testing.T) {
	t.Parallel()

	s, all := newCrossPartnerServer(t), operations(t)
	before, requests, readable := s.state(t, all), 0, 0
	for _, content := range before {
		readable += strings.Count(content, privateMarker)
	}
	if len(before) < 20 || readable < 15 {
		t.Fatalf("the operator reads %d URLs with %d private texts: too little is compared", len(before), readable)
	}
	for _, op := range all {
		log, fitting := s.log(t), s.paths(t, op, false)
		for _, path := range s.paths(t, op, true) {
			for key, want := range refusals(op, slices.Contains(fitting, path)) {
				rec := s.send(t, op, path, key)
				requests++
				if want != nil && !slices.Contains(want, rec.Code) {
					t.Errorf("%s %s with the key %q: got %d, want one of %d: %.300s", op.method, path, key, rec.Code, want, rec.Body)
				}
				if rec.Code >= http.StatusInternalServerError {
					t.Errorf("%s %s with the key %q: got %d %s", op.method, path, key, rec.Code, rec.Body)
				}
				if (key == "" || key == "other" || key == "lone") && strings.Contains(fmt.Sprint(rec.Body, rec.Header()), privateMarker) {
					t.Errorf("%s %s with the key %q returns something private: %.300s", op.method, path, key, rec.Body)
				}
			}
		}
		if after := s.log(t); after != log {
			t.Errorf("%s %s changed something (-before +after):\n%s", op.method, op.path, cmp.Diff(log, after))
		}
	}
	after := s.state(t, all)
	for path, content := range before {
		if after[path] != content {
			t.Errorf("%s changed (-before +after):\n%s", path, cmp.Diff(content, after[path]))
		}
	}
	t.Logf("%d requests of %d operations", requests, len(all))
	if requests < 1000 {
		t.Errorf("sent %d requests, want at least 1000", requests)
	}
}

// refusals returns the statuses that may answer an operation, by key; nil for any. A key
// without a partner is refused what another partner is refused.
// fitting reports whether every id in the path is of the kind that the parameter expects.
func refusals(op operation, fitting bool) map[string][]int {
	want := refusalsOfPartners(op, fitting)
	if statuses, ok := want["other"]; ok {
		want["lone"] = statuses
	}
	return want
}

func refusalsOfPartners(op operation, fitting bool) map[string][]int {
	if op.public() {
		return map[string][]int{"": nil, "other": nil}
	}
	want := map[string][]int{}
	if fitting { // keys are checked before IDs
		want[""] = []int{http.StatusUnauthorized}
	}
	if op.scope == "" && op.method == http.MethodGet {
		want["other"] = nil
		return want
	}
	if fitting && op.scope != "" {
		want[keyWithout(op.scope)] = []int{http.StatusForbidden}
	}
	switch {
	case op.scope == access.Admin:
		want["other"] = []int{http.StatusForbidden}
	case len(op.params) > 0 && fitting:
		want["other"] = []int{http.StatusForbidden, http.StatusNotFound}
	case len(op.params) > 0:
		want["other"] = []int{http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest}
	case op.method == http.MethodGet:
		want["other"] = []int{http.StatusOK, http.StatusForbidden, http.StatusNotFound}
	case idOfExample.MatchString(op.body):
		want["other"] = []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}
	}
	return want
}

// TestCrossPartner_OwnersAreNotRefused checks the test above: it sends the same requests with the key
// of the owner, which does not store writes, and none is answered by the statuses of a refusal.
func TestCrossPartner_OwnersAreNotRefused(t *testing.T) {
	t.Parallel()

	s := newCrossPartnerServer(t)
	checked := 0
	for _, op := range operations(t) {
		if op.public() || op.scope == access.Admin {
			continue
		}
		path := op.path
		for _, param := range op.params {
			path = strings.Replace(path, "{"+param+"}", url.PathEscape(s.first[paramKind(op.path, param)][0]), 1)
		}
		checked++
		if rec := s.send(t, op, path, "test"); rec.Code == http.StatusUnauthorized || rec.Code == http.StatusForbidden || rec.Code == http.StatusNotFound {
			t.Errorf("%s %s with the key of the owner: got %d %s", op.method, path, rec.Code, rec.Body)
		}
	}
	if checked < 30 {
		t.Errorf("checked %d operations, want at least 30", checked)
	}
}
