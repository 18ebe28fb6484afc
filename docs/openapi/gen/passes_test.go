package main

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// never makes a pass of one that cannot fail.
func never(pass func(object)) func(object) error {
	return func(doc object) error {
		pass(doc)
		return nil
	}
}

func TestSchemaPasses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		pass     func(object) error
		in, want string // components.schemas
	}{
		"a type loses its package, a generic one takes its argument in front": {
			shortenNames,
			`{"api.Cat": {}, "api.Page-api_Cat": {"items": {"$ref": "#/components/schemas/api.Cat"}}}`,
			`{"Cat": {}, "CatPage": {"items": {"$ref": "#/components/schemas/Cat"}}}`,
		},
		"what may be null lists null": {
			never(nameNulls),
			`{"A": {"properties": {"nullable": {"type": "string", "nullable": true}}}}`,
			`{"A": {"properties": {"nullable": {"type": ["string", "null"]}}}}`,
		},
		"an enum that may be null has null among its values": {
			never(nameNulls),
			`{"A": {"type": "string", "enum": ["x"], "nullable": true}}`,
			`{"A": {"type": ["string", "null"], "enum": ["x", null]}}`,
		},
		"a reference that may be null is one of two": {
			never(nameNulls),
			`{"A": {"$ref": "#/components/schemas/B", "nullable": true, "description": "d"}}`,
			`{"A": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}], "description": "d"}}`,
		},
		"a choice that may be null keeps its discriminator to itself": {
			never(nameNulls),
			`{"A": {"oneOf": [{"$ref": "B"}], "discriminator": {"propertyName": "p"}, "nullable": true}}`,
			`{"A": {"anyOf": [{"oneOf": [{"$ref": "B"}], "discriminator": {"propertyName": "p"}}, {"type": "null"}]}}`,
		},
		"a reference needs no allOf to have neighbors": {
			never(unwrapRefs),
			`{"A": {"allOf": [{"$ref": "#/components/schemas/B"}], "description": "d"}}`,
			`{"A": {"$ref": "#/components/schemas/B", "description": "d"}}`,
		},
		"numbers are double": {
			never(widenFloats),
			`{"A": {"type": "number"}, "B": {"type": "integer"}}`,
			`{"A": {"type": "number", "format": "double"}, "B": {"type": "integer"}}`,
		},
		"an example becomes a list, a property of that name does not": {
			never(listExamples),
			`{"A": {"properties": {"example": {"type": "string", "example": "x"}}}}`,
			`{"A": {"properties": {"example": {"type": "string", "examples": ["x"]}}}}`,
		},
		"x-one-of on a list speaks of its items": {
			resolveOneOf,
			`{"B": {"properties": {"r": {"enum": ["b"]}}}, "L": {"type": "array", "items": {}, "x-one-of": "B", "x-discriminator": "r"}}`,
			`{"B": {"properties": {"r": {"enum": ["b"]}}}, "L": {"type": "array", "items": {
				"oneOf": [{"$ref": "#/components/schemas/B"}],
				"discriminator": {"propertyName": "r", "mapping": {"b": "#/components/schemas/B"}}}}}`,
		},
		"names for generated Go are no part of the contract": {
			never(dropLeftovers),
			`{"A": {"enum": ["x"], "x-enum-varnames": ["AX"], "collectionFormat": "csv"}}`,
			`{"A": {"enum": ["x"]}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			doc := object{"components": object{"schemas": read(t, test.in)}}
			if err := test.pass(doc); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(read(t, test.want), normal(t, within(doc, "components", "schemas"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOperationPasses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		pass     func(object)
		in, want string // the document
	}{
		"a key in the Authorization header is bearer, and what asks for none is public": {
			finishSecurity,
			`{"components": {"securitySchemes": {"K": {"type": "apiKey", "in": "header", "name": "Authorization"}}},
				"paths": {"/a": {"get": {}, "put": {"security": [{"K": []}]}}}}`,
			`{"components": {"securitySchemes": {"K": {"type": "http", "scheme": "bearer"}}},
				"paths": {"/a": {"get": {"security": []}, "put": {"security": [{"K": []}]}}}}`,
		},
		"without servers, the API is where its description is": {
			finishServers, `{}`, `{"servers": [{"url": "/"}]}`,
		},
		"CSV is text, JSON keeps its schema": {
			writeTextAsString,
			`{"paths": {"/a": {"get": {"responses": {"200": {"content": {
				"text/csv": {"schema": {"$ref": "A"}}, "application/merge-patch+json": {"schema": {"$ref": "A"}}}}}}}}}`,
			`{"paths": {"/a": {"get": {"responses": {"200": {"content": {
				"text/csv": {"schema": {"type": "string"}}, "application/merge-patch+json": {"schema": {"$ref": "A"}}}}}}}}}`,
		},
		"a webhook is no path, and asks for no key of ours": {
			moveWebhooks,
			`{"paths": {"/w": {"post": {"x-webhook": "cat.changed"}}}}`,
			`{"paths": {}, "webhooks": {"cat.changed": {"post": {"security": []}}}}`,
		},
		"a route that only carries schemas is no path": {
			dropSchemaRoutes,
			`{"paths": {"/a": {"get": {}}, "/s": {"get": {"x-schemas": true}}}}`,
			`{"paths": {"/a": {"get": {}}}}`,
		},
		"parameters get back example and default": {
			finishParameters,
			`{"paths": {"/a": {"get": {"parameters": [{"name": "p", "schema": {"type": "array"}, "x-example": "e", "x-default": "a|b"}]}}}}`,
			`{"paths": {"/a": {"get": {"parameters": [{"name": "p", "schema": {"type": "array", "default": ["a", "b"]}, "example": "e"}]}}}}`,
		},
		"external docs without a place are none": {
			dropLeftovers, `{"externalDocs": {"url": ""}}`, `{}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			doc := read(t, test.in)
			test.pass(doc)
			got := normal(t, doc)
			if components, ok := got["components"].(object); ok && components["securitySchemes"] == nil {
				delete(got, "components")
			}
			if diff := cmp.Diff(read(t, test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblemsAreShared(t *testing.T) {
	t.Parallel()

	const problem = `{"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, "description": %q}`
	answer := func(text string) any { return read(t, strings.Replace(problem, "%q", `"`+text+`"`, 1)) }
	responses := func(r object) object { return object{"get": object{"responses": r}} }
	doc := object{"paths": object{
		"/a": responses(object{"404": answer("Gone astray"), "default": answer("")}),
		"/b": responses(object{"404": answer("Not there")}),
		"/c": responses(object{"404": answer("Not there")}),
	}}
	shareProblems(doc)

	want := map[string]string{"/a": "", "/b": "#/components/responses/ProblemNotFound", "/c": "#/components/responses/ProblemNotFound"}
	for path, ref := range want {
		got, _ := within(doc, "paths", path, "get", "responses", "404")["$ref"].(string)
		if got != ref {
			t.Errorf("404 of %s refers to %q, want %q", path, got, ref)
		}
	}
	own := within(doc, "paths", "/a", "get", "responses", "404")
	if own["description"] != "Gone astray" || within(own, "content")["application/problem+json"] == nil {
		t.Errorf("the rarer answer became %v", own)
	}
	if got := within(doc, "components", "responses", "Problem")["description"]; got != problemText {
		t.Errorf("a problem without a text says %q", got)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	t.Parallel()

	const complete = `"summary": "s", "description": "d", "operationId": "id", "tags": ["t"]`
	tests := map[string]struct {
		pass func(object) error
		in   string // the document
		want string
	}{
		"two types of one name": {
			shortenNames, `{"components": {"schemas": {"api.Cat": {}, "petfinder.Cat": {}}}}`,
			"api.Cat and petfinder.Cat would both be called Cat",
		},
		"a choice that is not there": {
			resolveOneOf, `{"components": {"schemas": {"A": {"x-one-of": "B"}}}}`, "there is no schema B",
		},
		"a choice that cannot be told": {
			resolveOneOf, `{"components": {"schemas": {"A": {"x-one-of": "B", "x-discriminator": "r"}, "B": {"properties": {"r": {}}}}}}`,
			"B.r needs enums",
		},
		"an operation without a description": {
			checkComplete, `{"paths": {"/a": {"get": {"summary": "s", "operationId": "id", "tags": ["t"]}}}}`,
			"get /a lacks @Description",
		},
		"an answer without an example": {
			checkComplete, `{"paths": {"/a": {"get": {` + complete + `, "responses": {"200": {"content": {"application/json": {}}}}}}}}`,
			"get /a lacks an example: write id.json",
		},
		"a webhook without an example": {
			checkComplete, `{"webhooks": {"w": {"post": {` + complete + `, "requestBody": {"content": {"application/json": {}}}}}}}`,
			"post w lacks an example: write id.request.json",
		},
		"an example that nothing reads": {
			func(doc object) error { return addExamples(doc, fstest.MapFS{"listDogs.json": {Data: []byte("{}")}}) },
			`{"paths": {}}`, "listDogs.json belongs to no JSON body",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := test.pass(read(t, test.in))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestExamplesMustFitTheirSchemas(t *testing.T) {
	t.Parallel()

	text := strings.Replace(string(generate(t, "testdata/api")), `"coat": null`, `"coat": "purple"`, 1)
	if err := validate([]byte(text)); err == nil {
		t.Error("a purple coat was let through")
	}
}

func read(t *testing.T, text string) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// normal is an object as JSON would have it.
func normal(t *testing.T, o object) object {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(text))
}
