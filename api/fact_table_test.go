package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"trailcat/internal/catalog"
)

// TestFactTable_TriStatesReachEveryCaller writes each tri-state fact as true, false
// and unknown, and expects it in the cat that is read back, in the list filter and
// in the facet: a row in the table of facts, with a field of wire.Cat, is enough.
func TestFactTable_TriStatesReachEveryCaller(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	yes, no := new(true), new(false)
	for id, value := range map[string]*bool{"true": yes, "false": no, "unknown": nil} {
		rec := api.do(t.Context(), "writer", http.MethodPut, "/v1/shelters/MD1/cats/"+id, "application/json", strings.NewReader(catJSON(t, id, value)))
		if rec.Code != http.StatusCreated {
			t.Fatalf("PUT with every fact %s: got %d %s, want 201", id, rec.Code, rec.Body)
		}
		var answer map[string]any
		body := api.do(t.Context(), "writer", http.MethodGet, "/v1/shelters/MD1/cats/"+id, "", nil).Body.Bytes()
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("GET cat %s: %v in %s", id, err, body)
		}
		for _, fact := range triStates() {
			var want any
			if value != nil {
				want = *value
			}
			if got, found := member(answer, fact.Name); !found || got != want {
				t.Errorf("%s of cat %s: got %v, want %v", fact.Name, id, got, want)
			}
		}
	}
	for _, fact := range triStates() {
		if fact.Filter == "" {
			continue
		}
		for _, value := range []string{"true", "false", "unknown"} {
			path := fmt.Sprintf("/v1/cats?shelter=MD1&%s=%s&limit=100&facets=%s", fact.Filter, value, fact.Filter)
			if found := catNames(t, api, path); !slices.Contains(found, value) || slices.ContainsFunc([]string{"true", "false", "unknown"}, func(other string) bool { return other != value && slices.Contains(found, other) }) {
				t.Errorf("%s: got %q, want only %q of the three cats", path, found, value)
			}
			var page struct {
				Facets map[string][]struct{ Value string }
			}
			if err := json.Unmarshal(get(t, api, path).Body.Bytes(), &page); err != nil {
				t.Fatal(err)
			}
			if counts := page.Facets[fact.Filter]; !slices.ContainsFunc(counts, func(c struct{ Value string }) bool { return c.Value == value }) {
				t.Errorf("%s: got the facet %v, want the value %s in it", path, counts, value)
			}
		}
	}
}

// TestFactTable_IsDocumented expects every fact in the schemas of the OpenAPI
// document, with a description, and every filter among the parameters of the list.
func TestFactTable_IsDocumented(t *testing.T) {
	t.Parallel()

	doc := parseSpec(t)
	schemas := doc.Components.Schemas
	for _, fact := range catalog.FactTable() {
		if property(schemas, "CatDraft", fact.Name) == nil {
			t.Errorf("CatDraft has no property %s", fact.Name)
		}
		if shown := property(schemas, "Cat", fact.Name) != nil; shown == fact.Private && fact.Object() != "hidden_from" { // which its owner sees
			t.Errorf("Cat shows %s: got %t, want %t", fact.Name, shown, !fact.Private)
		}
		if shown := property(schemas, "CatCard", fact.Name) != nil; fact.Kind == catalog.KindTriState && shown != fact.OnCard {
			t.Errorf("CatCard shows %s: got %t, want %t", fact.Name, shown, fact.OnCard)
		}
		if fact.Filter != "" && doc.Paths.Value("/v1/cats").Get.Parameters.GetByInAndName("query", fact.Filter) == nil {
			t.Errorf("GET /v1/cats has no parameter %s", fact.Filter)
		}
	}
}

func triStates() []catalog.Fact {
	return slices.DeleteFunc(slices.Clone(catalog.FactTable()), func(f catalog.Fact) bool { return f.Kind != catalog.KindTriState })
}

// catJSON returns a cat with every tri-state fact set to a value, or with none.
func catJSON(t *testing.T, name string, value *bool) string {
	t.Helper()
	cat := map[string]any{"name": name}
	for _, fact := range triStates() {
		at, names := cat, strings.Split(fact.Name, ".")
		for _, object := range names[:len(names)-1] {
			if at[object] == nil {
				at[object] = map[string]any{}
			}
			at = at[object].(map[string]any)
		}
		at[names[len(names)-1]] = value
	}
	text, err := json.Marshal(cat)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// member returns the value at a dotted path within nested objects.
func member(object map[string]any, path string) (any, bool) {
	name, rest, nested := strings.Cut(path, ".")
	value, found := object[name]
	if !nested {
		return value, found
	}
	inner, _ := value.(map[string]any)
	return member(inner, rest)
}

// property returns the schema of a fact within a schema, or nil.
func property(schemas openapi3.Schemas, schema, path string) *openapi3.SchemaRef {
	at := schemas[schema]
	for name := range strings.SplitSeq(path, ".") {
		for _, alternatives := range []openapi3.SchemaRefs{at.Value.OneOf, at.Value.AnyOf, at.Value.AllOf} {
			for _, ref := range alternatives {
				if len(ref.Value.Properties) > 0 {
					at = ref
				}
			}
		}
		if at = at.Value.Properties[name]; at == nil {
			return nil
		}
	}
	return at
}
