package main

import "iter"

const schemaPrefix = "#/components/schemas/"

// schemas goes through every schema of the document, parts before wholes.
func schemas(doc object) iter.Seq[object] {
	return func(yield func(object) bool) {
		for _, s := range sorted(within(doc, "components")["schemas"]) {
			if !walkSchema(s, yield) {
				return
			}
		}
		_ = findSchemas(doc["paths"], yield)
	}
}

// findSchemas looks below paths for what stands under the key "schema".
func findSchemas(v any, yield func(object) bool) bool {
	for key, child := range sorted(v) {
		if key == "schema" {
			if !walkSchema(child, yield) {
				return false
			}
		} else if !findSchemas(child, yield) {
			return false
		}
	}
	in, _ := v.(object)
	for param := range objects(in["parameters"]) {
		if !findSchemas(param, yield) {
			return false
		}
	}
	return true
}

// walkSchema yields the parts of a schema, then the schema. Examples and
// defaults are values and no parts, whatever their keys.
func walkSchema(s object, yield func(object) bool) bool {
	for _, property := range sorted(s["properties"]) {
		if !walkSchema(property, yield) {
			return false
		}
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if part, ok := s[key].(object); ok && !walkSchema(part, yield) {
			return false
		}
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		for part := range objects(s[key]) {
			if !walkSchema(part, yield) {
				return false
			}
		}
	}
	return yield(s)
}

// unwrapRefs writes a reference with neighbors as OpenAPI 3.1 does: Swagger 2.0 needs an allOf around it.
func unwrapRefs(doc object) {
	for s := range schemas(doc) {
		all, _ := s["allOf"].([]any)
		if len(all) != 1 {
			continue
		}
		if part, ok := all[0].(object); ok && part["$ref"] != nil {
			s["$ref"] = part["$ref"]
			delete(s, "allOf")
			delete(s, "enum")
		}
	}
}

// nameNulls lists null among the types of what may be null.
func nameNulls(doc object) {
	for s := range schemas(doc) {
		if s["nullable"] != true {
			continue
		}
		delete(s, "nullable")
		null := object{"type": "null"}
		switch {
		case s["$ref"] != nil:
			s["anyOf"] = []any{object{"$ref": s["$ref"]}, null}
			delete(s, "$ref")
		case s["oneOf"] != nil:
			some := object{"oneOf": s["oneOf"]}
			if discriminator, ok := s["discriminator"]; ok {
				some["discriminator"] = discriminator
			}
			s["anyOf"] = []any{some, null}
			delete(s, "oneOf")
			delete(s, "discriminator")
		case s["type"] != nil:
			s["type"] = []any{s["type"], "null"}
			if values, ok := s["enum"].([]any); ok {
				s["enum"] = append(values, nil)
			}
		}
	}
}

// widenFloats calls numbers double, as they are: unnamed, a generated client makes them float32.
func widenFloats(doc object) {
	for s := range schemas(doc) {
		if s["type"] == "number" && s["format"] == nil || s["format"] == "float" {
			s["format"] = "double"
		}
	}
}

// listExamples turns the example of a schema into the list that JSON Schema has.
func listExamples(doc object) {
	for s := range schemas(doc) {
		if example, ok := s["example"]; ok {
			s["examples"] = []any{example}
			delete(s, "example")
		}
	}
}
