package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// requiredLists are the lists that a request is about, by method, path and field. For any
// other list, null is the same as no list.
var requiredLists = []string{
	"POST /v1/keys scopes", "POST /v1/partners/{id}/keys scopes", "POST /v1/shelters/{id}/assessments assessments", "POST /v1/shelters/{id}/cats/bulk-upsert cats",
	"PUT /v1/cats/{id}/health health", "PUT /v1/cats/{id}/photos photos", "PUT /v1/shelters/{id}/cats/{external_id}/health health",
}

// TestNullLists_OfEveryRequest sends null for every list in the body of every operation.
func TestNullLists_OfEveryRequest(t *testing.T) {
	t.Parallel()

	s, doc := newCrossPartnerServer(t), parseSpec(t)
	var required []string
	checked := 0
	for _, op := range operations(t) {
		media := doc.Paths.Value(op.path).GetOperation(op.method).RequestBody
		var example map[string]any
		if media == nil || json.Unmarshal([]byte(op.body), &example) != nil {
			continue
		}
		if slices.Contains(op.params, "external_id") {
			op.body = withMember(t, op.body, []string{"external_id"}, missing)
		}
		for _, list := range listsOf(media.Value.Content[op.contentType].Schema, nil) {
			field, withNull, without := strings.Join(list, "."), op, op
			withNull.body, without.body = withMember(t, op.body, list, nil), withMember(t, op.body, list, missing)
			path := s.paths(t, op, false)[0]
			key := map[bool]string{true: "admin", false: "test"}[op.scope == "admin"]
			null, none := s.send(t, withNull, path, key), s.send(t, without, path, key)
			checked++
			if null.Code != none.Code {
				t.Errorf("%s %s with %s: got %d for null and %d without it: %s", op.method, op.path, field, null.Code, none.Code, null.Body)
			}
			if null.Code >= http.StatusBadRequest {
				required = append(required, fmt.Sprintf("%s %s %s", op.method, op.path, field))
				if !strings.Contains(null.Body.String(), `"/`+strings.Join(list, "/")+`"`) {
					t.Errorf("%s %s with %s null: got %s, want an error that points to it", op.method, op.path, field, null.Body)
				}
			}
		}
	}
	slices.Sort(required)
	if !slices.Equal(slices.Compact(required), requiredLists) {
		t.Errorf("null is refused for %q, want %q", required, requiredLists)
	}
	if checked < 25 {
		t.Errorf("checked %d lists, want at least 25", checked)
	}
}

// missing stands for the value of a member that is removed.
const missing = "\x00missing"

// withMember returns a JSON object with another value of a member at a path.
func withMember(t *testing.T, body string, path []string, value any) string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(body), &object); err != nil {
		t.Fatal(err)
	}
	at := object
	for _, name := range path[:len(path)-1] {
		inner, ok := at[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			at[name] = inner
		}
		at = inner
	}
	if at[path[len(path)-1]] = value; value == missing {
		delete(at, path[len(path)-1])
	}
	return canonicalJSON(t, object)
}

// listsOf returns the paths of the lists in a schema of an object and the objects in it.
func listsOf(schema *openapi3.SchemaRef, under []string) (lists [][]string) {
	if len(under) > 2 {
		return nil
	}
	for name, property := range schema.Value.Properties {
		path := append(slices.Clone(under), name)
		for _, alternative := range append(openapi3.SchemaRefs{property}, slices.Concat(property.Value.OneOf, property.Value.AnyOf)...) {
			if alternative.Value.Type.Includes("array") {
				lists = append(lists, path)
			}
			lists = append(lists, listsOf(alternative, path)...)
		}
	}
	return lists
}

// catLists are the lists of a cat with a value of each.
var catLists = map[string]string{
	"temperament": `["playful"]`, "bonded_with": `["A5"]`, "photos": `["https://photos.example.org/a.jpg"]`,
	"videos": `["https://www.youtube.com/watch?v=dQw4w9WgXcQ"]`, "traits.tags": `["Brave"]`, "hidden_from.classes": `["aggregator"]`, "hidden_from.partners": `[]`,
}

// A list of a cat that is null, empty or, in a PUT, omitted is no list; only who is hidden from
// stays if it is omitted. The photos alone are not replaced by null.
func TestNullLists_OfCats(t *testing.T) {
	t.Parallel()

	for _, fact := range catalog.FactTable() {
		switch fact.At.(type) {
		case func(*catalog.Facts) *[]string, func(*catalog.Facts) *[]catalog.Photo, func(*catalog.Facts) *[]catalog.Video:
			if catLists[fact.Name] == "" {
				t.Errorf("the list %s is not tested", fact.Name)
			}
		}
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		write := func(method, body string) string {
			t.Helper()
			path, contentType := "/v1/shelters/MD1/cats/A4", "Content-Type: application/json"
			if method == http.MethodPatch {
				path, contentType = "/v1/cats/4", "Content-Type: "+httpkit.MergePatchType
			}
			rec := send(t, api, method, path, body, "writer", contentType)
			if rec.Code != http.StatusOK {
				t.Fatalf("%s %s: %d %s", method, body, rec.Code, rec.Body)
			}
			return withoutVersion(t, rec)
		}
		for field, value := range catLists {
			path := strings.Split(field, ".")
			body := func(value any) string { return withMember(t, `{"name":"Pip"}`, path, value) }
			for _, method := range []string{http.MethodPut, http.MethodPatch} {
				write(http.MethodPut, body(json.RawMessage(value)))
				empty := write(method, body([]string{}))
				write(http.MethodPut, body(json.RawMessage(value)))
				null := write(method, body(nil))
				if null != empty {
					t.Errorf("%s with %s null: got %s, want that of []: %s", method, field, null, empty)
				}
				if without := write(http.MethodPut, `{"name":"Pip"}`); without != null {
					t.Errorf("%s with %s null: got %s, want that of an omitted list: %s", method, field, null, without)
				}
			}
		}
		rec := send(t, api, http.MethodPut, "/v1/cats/1/photos", `{"photos":null}`, "writer")
		if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "Send [] to remove all photos.") {
			t.Errorf("photos null: got %d %s, want 422", rec.Code, rec.Body)
		}
		if rec := send(t, api, http.MethodPut, "/v1/cats/1/photos", `{"photos":[]}`, "writer"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"photos":[]`) {
			t.Errorf("no photos: got %d %s, want 200", rec.Code, rec.Body)
		}
	})
}

// withoutVersion returns a cat in a response without its version and times.
func withoutVersion(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	cat := decodeBody[map[string]any](t, rec)
	for _, name := range []string{"version", "updated_at", "confirmed_at"} {
		delete(cat, name)
	}
	return canonicalJSON(t, cat)
}
