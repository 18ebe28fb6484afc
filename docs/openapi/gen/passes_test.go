package main

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// noError adapts a pass that cannot fail.
func noError(pass func(object)) func(object) error {
	return func(doc object) error {
		pass(doc)
		return nil
	}
}

func TestSchemaPasses(t *testing.T) {
	t.Parallel()

	sex := func(doc object) error {
		return nameEnums(doc, enumNames{"Sex": {"Cat.sex", "Sex of a cat."}})
	}
	tests := map[string]struct {
		pass     func(object) error
		in, want string // components.schemas
	}{
		"enums with the same values have one name": {
			sex,
			`{"Cat": {"properties": {"sex": {"type": "string", "enum": ["f", "not known"], "nullable": true}, "parents": {"type": "array", "items": {"type": "string", "enum": ["not known", "f"]}}}}}`,
			`{"Cat": {"properties": {"sex": {"$ref": "#/components/schemas/Sex", "nullable": true}, "parents": {"type": "array", "items": {"$ref": "#/components/schemas/Sex"}}}},
				"Sex": {"type": "string", "enum": ["f", "not known"], "description": "Sex of a cat.", "x-enum-varnames": ["SexF", "SexNotKnown"]}}`,
		},
		"enums of one value without a name are constants": {
			noError(func(doc object) { _ = nameEnums(doc, nil) }),
			`{"A": {"type": "string", "enum": ["x"]}}`,
			`{"A": {"type": "string", "const": "x"}}`,
		},
		"type names lose the package, generic ones start with the argument": {
			shortenNames,
			`{"api.Cat": {}, "api.Page-api_Cat": {"items": {"$ref": "#/components/schemas/api.Cat"}}}`,
			`{"Cat": {}, "CatPage": {"items": {"$ref": "#/components/schemas/Cat"}}}`,
		},
		"nullable types list null": {
			noError(nameNulls),
			`{"A": {"properties": {"nullable": {"type": "string", "nullable": true}}}}`,
			`{"A": {"properties": {"nullable": {"type": ["string", "null"]}}}}`,
		},
		"nullable references become anyOf": {
			noError(nameNulls),
			`{"A": {"$ref": "#/components/schemas/B", "nullable": true, "description": "d"}}`,
			`{"A": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}], "description": "d"}}`,
		},
		"nullable oneOf keeps its discriminator": {
			noError(nameNulls),
			`{"A": {"oneOf": [{"$ref": "B"}], "discriminator": {"propertyName": "p"}, "nullable": true}}`,
			`{"A": {"anyOf": [{"oneOf": [{"$ref": "B"}], "discriminator": {"propertyName": "p"}}, {"type": "null"}]}}`,
		},
		"references with siblings need no allOf": {
			noError(unwrapRefs),
			`{"A": {"allOf": [{"$ref": "#/components/schemas/B"}], "description": "d"}}`,
			`{"A": {"$ref": "#/components/schemas/B", "description": "d"}}`,
		},
		"numbers have format double": {
			noError(widenFloats),
			`{"A": {"type": "number"}, "B": {"type": "integer"}}`,
			`{"A": {"type": "number", "format": "double"}, "B": {"type": "integer"}}`,
		},
		"integers have format int64 unless they have a maximum": {
			noError(widenIntegers),
			`{"A": {"type": "integer"}, "B": {"type": ["integer", "null"]}, "C": {"type": "integer", "maximum": 100}, "D": {"type": "string"}}`,
			`{"A": {"type": "integer", "format": "int64"}, "B": {"type": ["integer", "null"], "format": "int64"}, "C": {"type": "integer", "maximum": 100}, "D": {"type": "string"}}`,
		},
		"example becomes examples, except as the name of a property": {
			noError(listExamples),
			`{"A": {"properties": {"example": {"type": "string", "example": "x"}}}}`,
			`{"A": {"properties": {"example": {"type": "string", "examples": ["x"]}}}}`,
		},
		"x-one-of on an array applies to its items": {
			resolveOneOf,
			`{"B": {"properties": {"r": {"enum": ["b"]}}}, "L": {"type": "array", "items": {}, "x-one-of": "B", "x-discriminator": "r"}}`,
			`{"B": {"properties": {"r": {"enum": ["b"]}}}, "L": {"type": "array", "items": {
				"oneOf": [{"$ref": "#/components/schemas/B"}],
				"discriminator": {"propertyName": "r", "mapping": {"b": "#/components/schemas/B"}}}}}`,
		},
		"internal keys of swag are dropped": {
			noError(dropLeftovers),
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
			if diff := cmp.Diff(read(t, test.want), normalize(t, within(doc, "components", "schemas"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The schemas of requests describe what the server rejects; those of responses stay open.
func TestTightenRequests(t *testing.T) {
	t.Parallel()

	const id = "prt_01kabq4z8vf3ht2v0xw9r6m5ec"
	doc := read(t, `{
		"components": {"schemas": {
			"Draft": {"required": ["name"], "properties": {
				"name": {"type": "string"}, "kind": {"$ref": "#/components/schemas/Kind", "default": "a"}, "status": {"type": "string", "x-not-null": true},
				"owner": {"type": "string", "examples": ["`+id+`"]}, "address": {"$ref": "#/components/schemas/Address"}, "tags": {"type": "array", "items": {"type": "string"}}}},
			"Limits": {"properties": {"days": {"type": "integer", "description": "days to keep", "default": 30}}},
			"Words": {"x-empty-strings": true, "properties": {"text": {"type": "string"}}},
			"Address": {"properties": {"city": {"type": "string"}}},
			"Kind": {"type": "string", "enum": ["a"]},
			"Shared": {"properties": {"city": {"type": "string"}}}}},
		"paths": {"/a": {
			"get": {"responses": {"200": {"schema": {"$ref": "#/components/schemas/Shared"}}}, "parameters": [
				{"name": "id", "in": "path", "description": "ID or number of it", "example": "`+id+`", "schema": {"type": "string"}},
				{"name": "kind", "in": "query", "description": "Kind", "schema": {"$ref": "#/components/schemas/Kind", "default": "a"}},
				{"name": "expand", "in": "query", "schema": {"type": "array", "items": {"type": "string", "enum": ["a"]}}},
				{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}]},
			"post": {"requestBody": {"content": {"application/json": {"schema": {"anyOf": [{"$ref": "#/components/schemas/Draft"}, {"$ref": "#/components/schemas/Shared"}, {"$ref": "#/components/schemas/Words"}, {"$ref": "#/components/schemas/Limits"}]}}}}},
			"patch": {"requestBody": {"content": {"application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/Draft"}}}}}}}}`)
	if err := tightenRequests(doc); err != nil {
		t.Fatal(err)
	}

	schemas := normalize(t, within(doc, "components", "schemas"))
	want := read(t, `{
		"Draft": {"required": ["name"], "additionalProperties": false, "properties": {
			"name": {"type": "string", "minLength": 1}, "kind": {"anyOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}], "description": "The default is `+"`a`"+`."}, "status": {"type": "string", "minLength": 1},
			"owner": {"type": ["string", "null"], "minLength": 1, "pattern": "^prt_[0-7][0-9a-hjkmnp-tv-z]{25}$", "examples": ["`+id+`"]},
			"address": {"anyOf": [{"$ref": "#/components/schemas/Address"}, {"type": "null"}]},
			"tags": {"type": ["array", "null"], "items": {"type": "string", "minLength": 1}}}},
		"Limits": {"additionalProperties": false, "properties": {"days": {"type": ["integer", "null"], "description": "Days to keep. The default is `+"`30`"+`."}}},
		"Words": {"additionalProperties": false, "properties": {"text": {"type": ["string", "null"]}}},
		"Address": {"additionalProperties": false, "properties": {"city": {"type": ["string", "null"], "minLength": 1}}},
		"Kind": {"type": "string", "enum": ["a"]},
		"Shared": {"properties": {"city": {"type": "string"}}},
		"SharedDraft": {"additionalProperties": false, "properties": {"city": {"type": ["string", "null"], "minLength": 1}}}}`)
	patch := within(schemas, "Patch")
	delete(schemas, "Patch")
	if diff := cmp.Diff(want, schemas); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
	if kind := within(patch, "properties", "kind"); kind["description"] != nil {
		t.Errorf("Patch.kind: got %v, want no default, because an omitted field keeps its value", kind["description"])
	}
	if name := within(patch, "properties", "name"); patch["required"] != nil || name["type"] != "string" {
		t.Errorf("Patch: got %v, want no required fields, and a name that is not null", patch)
	}
	if body := within(doc, "paths", "/a", "patch", "requestBody", "content", mergePatch, "schema"); body["$ref"] != schemaPrefix+"Patch" {
		t.Errorf("body of PATCH: got %v, want Patch", body)
	}
	var got []any
	for param := range objects(within(doc, "paths", "/a", "get")["parameters"]) {
		got = append(got, normalize(t, within(param, "schema")))
	}
	wantParams := []any{
		read(t, `{"type": "string", "minLength": 1, "pattern": "^prt_[0-7][0-9a-hjkmnp-tv-z]{25}$|^[1-9][0-9]{0,17}$"}`),
		read(t, `{"$ref": "#/components/schemas/Kind"}`),
		read(t, `{"type": "array", "minItems": 1, "items": {"type": "string", "enum": ["a"]}}`),
		read(t, `{"type": "string", "pattern": "^[ -~]{0,255}$"}`),
	}
	if diff := cmp.Diff(wantParams, got); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

func TestOperationPasses(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		pass     func(object)
		in, want string // the document
	}{
		"Authorization header becomes bearer, operations without a key are public": {
			finishSecurity,
			`{"components": {"securitySchemes": {"K": {"type": "apiKey", "in": "header", "name": "Authorization"}}},
				"paths": {"/a": {"get": {}, "put": {"security": [{"K": []}]}}}}`,
			`{"components": {"securitySchemes": {"K": {"type": "http", "scheme": "bearer"}}},
				"paths": {"/a": {"get": {"security": []}, "put": {"security": [{"K": []}]}}}}`,
		},
		"default server is that of the document": {
			finishServers, `{}`, `{"servers": [{"url": "/"}]}`,
		},
		"CSV is a string, gzip is binary, JSON keeps its schema": {
			writeTextAsString,
			`{"paths": {"/a": {"get": {"responses": {"200": {"content": {
				"text/csv": {"schema": {"$ref": "A"}}, "application/gzip": {"schema": {"$ref": "A"}}, "application/merge-patch+json": {"schema": {"$ref": "A"}}}}}}}}}`,
			`{"paths": {"/a": {"get": {"responses": {"200": {"content": {
				"text/csv": {"schema": {"type": "string"}}, "application/gzip": {"schema": {"type": "string", "format": "binary"}}, "application/merge-patch+json": {"schema": {"$ref": "A"}}}}}}}}}`,
		},
		"the form of a file has the part file, other forms are unchanged": {
			writeFileForms,
			`{"paths": {
				"/a": {"post": {"requestBody": {"content": {"text/csv": {"schema": {"type": "string"}}, "multipart/form-data": {"schema": {"type": "string"}}}}}},
				"/b": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"p": {"type": "string"}}}}}}}}}}`,
			`{"paths": {
				"/a": {"post": {"requestBody": {"content": {"text/csv": {"schema": {"type": "string"}}, "multipart/form-data": {"schema": {
					"type": "object", "required": ["file"], "properties": {
						"file": {"type": "string", "format": "binary", "description": "The file. Query parameters may be further parts."}}}}}}}},
				"/b": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"p": {"type": "string"}}}}}}}}}}`,
		},
		"webhooks are no paths and need no key": {
			moveWebhooks,
			`{"paths": {"/w": {"post": {"x-webhook": "cat.changed"}}}}`,
			`{"paths": {}, "webhooks": {"cat.changed": {"post": {"security": []}}}}`,
		},
		"webhooks become callbacks of the operation that names their URL": {
			writeCallbacks,
			`{"paths": {"/h": {"get": {}, "post": {"x-callbacks": "{$request.body#/url}"}}}, "webhooks": {"cat.changed": {"post": {"security": []}}}}`,
			`{"paths": {"/h": {"get": {}, "post": {"callbacks": {"cat.changed": {"{$request.body#/url}": {"post": {"security": []}}}}}}}}`,
		},
		"routes that only define schemas are dropped": {
			dropSchemaRoutes,
			`{"paths": {"/a": {"get": {}}, "/s": {"get": {"x-schemas": true}}}}`,
			`{"paths": {"/a": {"get": {}}}}`,
		},
		"parameters keep example and default": {
			finishParameters,
			`{"paths": {"/a": {"get": {"parameters": [{"name": "p", "schema": {"type": "array"}, "x-example": "e", "x-default": "a|b"}]}}}}`,
			`{"paths": {"/a": {"get": {"parameters": [{"name": "p", "schema": {"type": "array", "default": ["a", "b"]}, "example": "e"}]}}}}`,
		},
		"objects with selected fields require only their ID": {
			relaxSelected,
			`{"components": {"schemas": {"Card": {"description": "A card.", "required": ["id", "name"]}}}, "paths": {"/a": {"get": {"parameters": [{"name": "fields", "x-selects": "Card"}]}}}}`,
			`{"components": {"schemas": {"Card": {"description": "A card. With ` + "`fields`, it has only `id`" + ` and these fields; without, every field whose description names no condition.", "required": ["id"]}}},
				"paths": {"/a": {"get": {"parameters": [{"name": "fields"}]}}}}`,
		},
		"excludable parameters have a counterpart": {
			addExclusions,
			`{"paths": {"/a": {"get": {"parameters": [{"name": "p", "in": "query", "description": "d", "schema": {"type": "array"}, "x-excludable": true}, {"name": "q"}]}}}}`,
			`{"paths": {"/a": {"get": {"parameters": [{"name": "p", "in": "query", "description": "d", "schema": {"type": "array"}},
				{"name": "not_p", "in": "query", "description": "Excludes the cats that match any of these values of ` + "`p`" + `. Cats of which it is unknown are not excluded, unless by the value ` + "`unknown`" + `.", "schema": {"type": "array"}}, {"name": "q"}]}}}}`,
		},
		"external docs without a URL are dropped": {
			dropLeftovers, `{"externalDocs": {"url": ""}}`, `{}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			doc := read(t, test.in)
			test.pass(doc)
			got := normalize(t, doc)
			if components, ok := got["components"].(object); ok && len(components) == 0 {
				delete(got, "components")
			}
			if diff := cmp.Diff(read(t, test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEncode_FormsComeFirst(t *testing.T) {
	t.Parallel()

	text, err := encode(read(t, `{"paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {}, "application/zip": {}, "multipart/form-data": {}, "text/csv": {}}}}}}}`))
	if got := strings.Join(strings.Fields(string(text)), ""); err != nil || !strings.Contains(got, `"content":{"application/json":{},"multipart/form-data":{},"application/zip":{},"text/csv":{}}`) {
		t.Errorf("got %s and error %v, want JSON and the form before the files", got, err)
	}
}

func TestShareProblems(t *testing.T) {
	t.Parallel()

	const problem = `{"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, "description": %q}`
	response := func(text string) any { return read(t, strings.Replace(problem, "%q", `"`+text+`"`, 1)) }
	responses := func(r object) object { return object{"get": object{"responses": r}} }
	doc := object{"paths": object{
		"/a": responses(object{"404": response("Rare description"), "default": response("")}),
		"/b": responses(object{"404": response("Common description")}),
		"/c": responses(object{"404": response("Common description")}),
	}}
	shareProblems(doc)

	want := map[string]string{"/a": "", "/b": "#/components/responses/ProblemNotFound", "/c": "#/components/responses/ProblemNotFound"}
	for path, ref := range want {
		got, _ := within(doc, "paths", path, "get", "responses", "404")["$ref"].(string)
		if got != ref {
			t.Errorf("404 of %s: got reference %q, want %q", path, got, ref)
		}
	}
	own := within(doc, "paths", "/a", "get", "responses", "404")
	if own["description"] != "Rare description" || within(own, "content")["application/problem+json"] == nil {
		t.Errorf("rare response: got %v, want it unchanged with media type application/problem+json", own)
	}
	if got := within(doc, "components", "responses", "Problem")["description"]; got != problemText {
		t.Errorf("problem without a description: got %q, want %q", got, problemText)
	}
}

func TestOrderParameters_SortsAndMarksGroups(t *testing.T) {
	t.Parallel()

	params := []any{object{"in": "header", "name": "If-Match"}}
	for _, name := range []string{"limit", "sort", "fiv", "sex", "activity", "q", "radius_km", "near", "breed", "good_with_dogs"} {
		params = append(params, object{"in": "query", "name": name})
	}
	params = append(params, object{"in": "path", "name": "id"})
	doc := object{"paths": object{"/a": object{"get": object{"parameters": params}}}}
	if err := orderParameters(doc); err != nil {
		t.Fatal(err)
	}
	var got []string
	for param := range objects(params) {
		if heading, ok := param["x-heading"]; ok {
			got = append(got, "# "+heading.(string))
		}
		got = append(got, param["name"].(string))
	}
	want := []string{
		"id", "# Place", "near", "radius_km", "# Words", "q", "# Age, sex and looks", "sex", "breed", "# Home and character", "good_with_dogs",
		"# Health", "fiv", "# Adventure", "activity", "# Result and pages", "sort", "limit", "# Headers", "If-Match",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLeaveOptionalEmpty_DescribesTheExample(t *testing.T) {
	t.Parallel()

	optional := object{"name": "breed", "description": "Breed", "example": []any{"Siamese", "Maine Coon"}}
	required := object{"name": "id", "required": true, "example": "cat_1"}
	leaveOptionalEmpty(object{"paths": object{"/a": object{"get": object{"parameters": []any{optional, required}}}}})
	want := object{"name": "breed", "description": "Breed. For example `Siamese,Maine Coon`.", "schema": object{"examples": []any{[]any{"Siamese", "Maine Coon"}}}}
	if diff := cmp.Diff(want, optional); diff != "" {
		t.Errorf("optional (-want +got):\n%s", diff)
	}
	if required["example"] != "cat_1" {
		t.Errorf("required: got example %v, want cat_1, which is filled in", required["example"])
	}
}

func TestNameSamples_ReplacesIDsOfTests(t *testing.T) {
	t.Parallel()

	body := object{"example": object{"webhook_id": "whk_0100000000000000000000000e", "names": []any{"A1"}}}
	nameSamples(object{"paths": object{"/a": object{"post": object{"requestBody": object{"content": object{"application/json": body}}}}}})
	if diff := cmp.Diff(object{"webhook_id": "whk_" + sampleID, "names": []any{"A1"}}, body["example"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPasses_ReportErrors(t *testing.T) {
	t.Parallel()

	const complete = `"summary": "s", "description": "d", "operationId": "id", "tags": ["t"]`
	tests := map[string]struct {
		pass func(object) error
		in   string // the document
		want string
	}{
		"two types with the same short name": {
			shortenNames, `{"components": {"schemas": {"api.Cat": {}, "petfinder.Cat": {}}}}`,
			"api.Cat and petfinder.Cat would both have the name Cat",
		},
		"enum without a name": {
			func(doc object) error { return nameEnums(doc, nil) },
			`{"components": {"schemas": {"A": {"enum": ["x", "y"]}}}}`, "the enum of [x y] has no name",
		},
		"two names for an enum": {
			func(doc object) error { return nameEnums(doc, enumNames{"A": {"C.p", ""}, "B": {"C.p", ""}}) },
			`{"components": {"schemas": {"C": {"properties": {"p": {"enum": ["x", "y"]}}}}}}`, "enums A and B have the same values",
		},
		"name of an enum that does not exist": {
			func(doc object) error { return nameEnums(doc, enumNames{"A": {"C.p", ""}}) },
			`{"components": {"schemas": {"C": {}}}}`, "enum A: C.p has no enum",
		},
		"enum with the name of a type": {
			func(doc object) error { return nameEnums(doc, enumNames{"C": {"C.p", ""}}) },
			`{"components": {"schemas": {"C": {"properties": {"p": {"enum": ["x", "y"]}}}}}}`, "enum C has the name of another schema",
		},
		"unknown variant": {
			resolveOneOf, `{"components": {"schemas": {"A": {"x-one-of": "B"}}}}`, "schema B does not exist",
		},
		"discriminator without an enum": {
			resolveOneOf, `{"components": {"schemas": {"A": {"x-one-of": "B", "x-discriminator": "r"}, "B": {"properties": {"r": {}}}}}}`,
			"B.r needs an enum",
		},
		"operation without a description": {
			checkComplete, `{"paths": {"/a": {"get": {"summary": "s", "operationId": "id", "tags": ["t"]}}}}`,
			"get /a lacks @Description",
		},
		"response without an example": {
			checkComplete, `{"paths": {"/a": {"get": {` + complete + `, "responses": {"200": {"content": {"application/json": {}}}}}}}}`,
			"get /a lacks an example: write id.json",
		},
		"webhook without an example": {
			checkComplete, `{"webhooks": {"w": {"post": {` + complete + `, "requestBody": {"content": {"application/json": {}}}}}}}`,
			"post w lacks an example: write id.request.json",
		},
		"schema without a description": {
			checkDescribed, `{"components": {"schemas": {"Cat": {}}}}`, "schema Cat lacks a description",
		},
		"property without a description": {
			checkDescribed,
			`{"components": {"schemas": {"Cat": {"description": "d", "properties": {"name": {"description": "d"}, "sex": {}}}}}}`,
			"property Cat.sex lacks a description",
		},
		"inner property without a description": {
			checkDescribed,
			`{"components": {"schemas": {"Cat": {"description": "d", "properties": {"photos": {"description": "d", "items": {"properties": {"url": {}}}}}}}}}`,
			"property Cat.photos.url lacks a description",
		},
		"parameter without a description": {
			checkDescribed, `{"paths": {"/a": {"get": {"parameters": [{"name": "p"}]}}}}`, "get /a: parameter p lacks a description",
		},
		"request body without a description": {
			checkDescribed, `{"webhooks": {"w": {"post": {"requestBody": {}}}}}`, "post w: request body lacks a description",
		},
		"response without a description": {
			checkDescribed, `{"paths": {"/a": {"get": {"responses": {"200": {"description": ""}}}}}}`, "get /a: response 200 lacks a description",
		},
		"response with the default description of swag": {
			checkDescribed, `{"paths": {"/a": {"get": {"responses": {"404": {"description": "Not Found."}}}}}}`, "get /a: response 404 lacks a description",
		},
		"header without a description": {
			checkDescribed, `{"paths": {"/a": {"get": {"responses": {"200": {"description": "d", "headers": {"ETag": {}}}}}}}}`,
			"get /a: header ETag of response 200 lacks a description",
		},
		"parameter without a place in the order": {
			orderParameters, `{"paths": {"/a": {"get": {"parameters": [{"in": "query", "name": "whiskers"}]}}}}`,
			"get /a: the parameter whiskers has no place",
		},
		"unused example file": {
			func(doc object) error { return addExamples(doc, fstest.MapFS{"listDogs.json": {Data: []byte("{}")}}) },
			`{"paths": {}}`, "listDogs.json belongs to no JSON body",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			err := test.pass(read(t, test.in))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want it to contain %q", err, test.want)
			}
		})
	}
}

func TestCheckDescribed_AcceptsCompleteDocument(t *testing.T) {
	t.Parallel()

	doc := read(t, `{
		"components": {"schemas": {"Cat": {"description": "d", "properties": {"name": {"description": "d"}, "home": {"description": "d", "$ref": "Home"}}}}},
		"paths": {"/a": {"get": {"parameters": [{"name": "p", "description": "d"}], "responses": {
			"200": {"description": "d", "headers": {"ETag": {"description": "d"}}}, "404": {"$ref": "#/components/responses/Problem"}}}}}
	}`)
	if err := checkDescribed(doc); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

func TestDescriptions(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ got, want string }{
		"words become a sentence":             {sentence("kittens, too"), "Kittens, too."},
		"a sentence stays as it is":           {sentence("Kittens. Cats, too."), "Kittens. Cats, too."},
		"a name at the beginning stays":       {sentence("has_more is false"), "has_more is false."},
		"code at the beginning stays":         {sentence("`csv`: a table"), "`csv`: a table."},
		"an empty text stays empty":           {sentence(" "), ""},
		"type name and verb are removed":      {typeText("Cat", "Cat is a\ncat."), "A cat."},
		"plural verb is removed":              {typeText("Hours", "Hours are opening hours."), "Opening hours."},
		"another verb stays":                  {typeText("Name", "Name identifies a cat."), "Identifies a cat."},
		"later paragraphs are for developers": {typeText("Cat", "Cat is a cat.\n\nSee draft.go."), "A cat."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if test.got != test.want {
				t.Errorf("got %q, want %q", test.got, test.want)
			}
		})
	}
}

func TestValidate_ExamplesMustMatchTheirSchemas(t *testing.T) {
	t.Parallel()

	text := strings.Replace(string(generate(t, "testdata/api")), `"coat": null`, `"coat": "purple"`, 1)
	if err := validate([]byte(text)); err == nil {
		t.Error("got no error for an example with an unknown enum value, want one")
	}
}

// read returns the JSON object in text.
func read(t *testing.T, text string) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// normalize returns an object after encoding and decoding it.
func normalize(t *testing.T, o object) object {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(text))
}
