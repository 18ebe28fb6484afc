package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

const schemaPrefix = "#/components/schemas/"

// schemas iterates over every schema of the document; the parts of a schema come
// before it.
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

// findSchemas yields the schemas under the key "schema" at any depth. It reports
// false if yield did.
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

// walkSchema yields the parts of a schema, then the schema. It does not descend into
// examples and defaults. It reports false if yield did.
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

// unwrapRefs writes references with sibling keys as in OpenAPI 3.1; Swagger 2.0
// needs an allOf around them.
func unwrapRefs(doc object) {
	for s := range schemas(doc) {
		all, _ := s["allOf"].([]any)
		if len(all) != 1 {
			continue
		}
		if part, ok := all[0].(object); ok && part["$ref"] != nil {
			s["$ref"] = part["$ref"]
			delete(s, "allOf")
		}
	}
}

// nameNulls adds null to the types of nullable schemas.
func nameNulls(doc object) {
	for s := range schemas(doc) {
		if s["nullable"] != true {
			continue
		}
		delete(s, "nullable")
		allowNull(s)
	}
}

// allowNull adds null to the values of a schema.
func allowNull(s object) {
	null := object{"type": "null"}
	switch types := typesOf(s); {
	case s["$ref"] != nil:
		s["anyOf"] = []any{object{"$ref": s["$ref"]}, null}
		delete(s, "$ref")
	case s["oneOf"] != nil:
		choice := object{"oneOf": s["oneOf"]}
		if discriminator, ok := s["discriminator"]; ok {
			choice["discriminator"] = discriminator
		}
		s["anyOf"] = []any{choice, null}
		delete(s, "oneOf")
		delete(s, "discriminator")
	case types[0] != nil && !slices.Contains(types, any("null")):
		s["type"] = append(types, "null")
	}
}

// typesOf returns the types of a schema.
func typesOf(schema object) []any {
	if types, ok := schema["type"].([]any); ok {
		return types
	}
	return []any{schema["type"]}
}

// widenFloats gives numbers the format double. Without a format, generated Go
// clients use float32.
func widenFloats(doc object) {
	for s := range schemas(doc) {
		if s["type"] == "number" && s["format"] == nil || s["format"] == "float" {
			s["format"] = "double"
		}
	}
}

// widenIntegers gives integers without a maximum the format int64. Without a format,
// generated Go and Java clients use 32 bits, which do not hold every sequence number.
func widenIntegers(doc object) {
	for s := range schemas(doc) {
		if slices.Contains(typesOf(s), any("integer")) && s["format"] == nil && s["maximum"] == nil {
			s["format"] = "int64"
		}
	}
}

// listExamples turns the example of a schema into the examples of JSON Schema.
func listExamples(doc object) {
	for s := range schemas(doc) {
		if example, ok := s["example"]; ok {
			s["examples"] = []any{example}
			delete(s, "example")
		}
	}
}

// shortenNames removes package names from the names of schemas: api.Cat becomes Cat,
// and api.Page of api.Cat becomes CatPage.
func shortenNames(doc object) error {
	named := within(doc, "components", "schemas")
	renamed, origin := object{}, map[string]string{}
	for _, long := range slices.Sorted(maps.Keys(named)) {
		short := shortName(long)
		if other, taken := origin[short]; taken {
			return fmt.Errorf("%s and %s would both have the name %s; rename one with @name", other, long, short)
		}
		origin[short] = long
		renamed[short] = named[long]
	}
	within(doc, "components")["schemas"] = renamed
	for s := range schemas(doc) {
		if ref, ok := s["$ref"].(string); ok {
			s["$ref"] = schemaPrefix + shortName(strings.TrimPrefix(ref, schemaPrefix))
		}
	}
	return nil
}

// shortName returns the short form of a name such as
// package.Generic-package_Argument. The arguments of a generic type come first.
func shortName(long string) string {
	generic, arguments, _ := strings.Cut(long, "-")
	var short strings.Builder
	for argument := range strings.SplitSeq(arguments, "-") {
		short.WriteString(withoutPackage(argument))
	}
	return short.String() + withoutPackage(generic)
}

func withoutPackage(name string) string {
	return name[strings.LastIndexAny(name, "._")+1:]
}

// resolveOneOf turns x-one-of=A|B and x-discriminator=field into oneOf and
// discriminator. On an array they apply to the items.
func resolveOneOf(doc object) error {
	named := within(doc, "components", "schemas")
	for s := range schemas(doc) {
		names, ok := s["x-one-of"].(string)
		if !ok {
			continue
		}
		field, _ := s["x-discriminator"].(string)
		delete(s, "x-one-of")
		delete(s, "x-discriminator")
		target := s
		if s["type"] == "array" {
			target = within(s, "items")
		}
		delete(target, "type")
		delete(target, "additionalProperties")
		if err := writeOneOf(target, named, strings.Split(names, "|"), field); err != nil {
			return err
		}
	}
	return nil
}

// writeOneOf sets the variants of a schema, and with a field its discriminator.
func writeOneOf(s, named object, names []string, field string) error {
	var refs []any
	mapping := object{}
	for _, name := range names {
		variant, ok := named[name].(object)
		if !ok {
			return fmt.Errorf("x-one-of=%s: schema %s does not exist; use it in a response or on an @x-schemas route", strings.Join(names, "|"), name)
		}
		refs = append(refs, object{"$ref": schemaPrefix + name})
		if field == "" {
			continue
		}
		values, _ := within(variant, "properties", field)["enum"].([]any)
		if len(values) == 0 {
			return fmt.Errorf("x-discriminator=%s: %s.%s needs an enum", field, name, field)
		}
		for _, value := range values {
			mapping[fmt.Sprint(value)] = schemaPrefix + name
		}
	}
	s["oneOf"] = refs
	if field != "" {
		s["discriminator"] = object{"propertyName": field, "mapping": mapping}
	}
	return nil
}
