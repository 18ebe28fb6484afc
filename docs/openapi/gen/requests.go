package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// mergePatch is the media type of partial changes (RFC 7396).
const mergePatch = "application/merge-patch+json"

// tightenRequests describes the rules that the server applies to all requests: unknown
// fields are errors, null is the same as omitted, strings and list parameters are not
// empty, and IDs have a form. Schemas of responses stay open, so that fields can be added
// to them. Defaults of fields are only described.
func tightenRequests(doc object) error {
	relaxPatches(doc)
	requests, responses := map[string]bool{}, map[string]bool{}
	for _, op := range operations(doc, "paths") {
		collectRefs(doc, op["requestBody"], requests)
		collectRefs(doc, op["responses"], responses)
		for param := range objects(op["parameters"]) {
			tightenParameter(param)
		}
	}
	collectRefs(doc, within(doc, "components")["responses"], responses)
	collectRefs(doc, doc["webhooks"], responses)
	for name, schema := range sorted(within(doc, "components")["schemas"]) {
		if requests[name] && responses[name] && schema["properties"] != nil {
			if err := splitSchema(doc, name, responses); err != nil {
				return err
			}
			requests[name+"Draft"] = true
		}
	}
	for name, schema := range sorted(within(doc, "components")["schemas"]) {
		if requests[name] && !responses[name] {
			tightenObject(schema)
		}
	}
	return nil
}

// splitSchema makes requests refer to a copy of a schema that responses use as well:
// TermsDraft instead of Terms.
func splitSchema(doc object, name string, responses map[string]bool) error {
	named := within(doc, "components", "schemas")
	draft := name + "Draft"
	if named[draft] == nil {
		var schema object
		if err := convert(named[name], &schema); err != nil {
			return err
		}
		named[draft] = schema
	}
	refer := func(s object) bool {
		if s["$ref"] == schemaPrefix+name {
			s["$ref"] = schemaPrefix + draft
		}
		return true
	}
	for user, schema := range sorted(named) {
		if !responses[user] {
			walkSchema(schema, refer)
		}
	}
	for _, op := range operations(doc, "paths") {
		_ = findSchemas(op["requestBody"], refer)
	}
	return nil
}

// relaxSelected requires only the ID of objects whose fields a parameter with x-selects
// selects.
func relaxSelected(doc object) {
	for _, op := range operations(doc, "paths") {
		for param := range objects(op["parameters"]) {
			if name, ok := param["x-selects"].(string); ok {
				delete(param, "x-selects")
				schema := within(doc, "components", "schemas", name)
				schema["required"] = []any{"id"}
				schema["description"] = fmt.Sprintf("%v With `%v`, it has only `id` and these fields; without, every field whose description names no condition.", schema["description"], param["name"])
			}
		}
	}
}

// collectRefs adds the names of all schemas that v refers to, directly or not, to found.
func collectRefs(doc object, v any, found map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, part := range v {
			collectRefs(doc, part, found)
		}
	case object:
		ref, _ := v["$ref"].(string)
		if name, ok := strings.CutPrefix(ref, schemaPrefix); ok && !found[name] {
			found[name] = true
			collectRefs(doc, within(doc, "components", "schemas")[name], found)
		}
		for _, part := range v {
			collectRefs(doc, part, found)
		}
	}
}

// relaxPatches gives partial changes schemas without required fields: PartnerPatch
// for PartnerDraft.
func relaxPatches(doc object) {
	named := within(doc, "components", "schemas")
	for _, op := range operations(doc, "paths") {
		body, _ := op["requestBody"].(object)
		content, _ := body["content"].(object)
		patch, ok := content[mergePatch].(object)
		if !ok {
			continue
		}
		ref, _ := within(patch, "schema")["$ref"].(string)
		name := strings.TrimPrefix(ref, schemaPrefix)
		schema, _ := named[name].(object)
		if schema["required"] == nil {
			continue
		}
		relaxed := maps.Clone(schema)
		properties := maps.Clone(within(schema, "properties"))
		for field, property := range sorted(properties) {
			property = maps.Clone(property)
			delete(property, "default") // an omitted field keeps its value
			properties[field] = property
		}
		for _, field := range schema["required"].([]any) { // cannot be removed
			within(properties, field.(string))["x-not-null"] = true
		}
		relaxed["properties"] = properties
		delete(relaxed, "required")
		relaxed["description"] = "The fields to change."
		name = strings.TrimSuffix(name, "Draft") + "Patch"
		named[name] = relaxed
		patch["schema"] = object{"$ref": schemaPrefix + name}
	}
}

// tightenObject tightens a schema of an object in a request body, in place. Strings in
// types of the packages that -empty-strings names may be empty.
func tightenObject(schema object) {
	properties, ok := schema["properties"].(object)
	if !ok {
		return
	}
	schema["additionalProperties"] = false
	emptyStrings := schema["x-empty-strings"] == true
	delete(schema, "x-empty-strings")
	required, _ := schema["required"].([]any)
	for name, property := range sorted(properties) {
		property = maps.Clone(property) // schemas of relaxPatches share it
		properties[name] = property
		if !emptyStrings {
			tightenStrings(property)
		}
		describeDefault(property)
		if !slices.Contains(required, any(name)) && property["x-not-null"] != true {
			allowNull(property)
		}
		delete(property, "x-not-null")
	}
}

// describeDefault moves the default of a field to its description. Generated clients send
// defaults, also in partial changes, which would then set fields that the caller left out.
func describeDefault(property object) {
	if value, ok := property["default"]; ok {
		text, _ := property["description"].(string)
		property["description"] = strings.TrimSpace(fmt.Sprintf("%s The default is `%v`.", sentence(text), value))
		delete(property, "default")
	}
}

// tightenParameter tightens the schema of a parameter.
func tightenParameter(param object) {
	schema := within(param, "schema")
	if value, ok := schema["default"]; ok && schema["$ref"] != nil { // Python clients lose the type of an enum with a default
		delete(schema, "default")
		param["default"] = value
		describeDefault(param)
	}
	if schema["examples"] == nil && param["example"] != nil {
		schema["examples"] = []any{param["example"]}
		defer delete(schema, "examples")
	}
	if param["in"] == "header" {
		if pattern, ok := headerPatterns[fmt.Sprint(param["name"])]; ok {
			schema["pattern"] = pattern
		}
		return
	}
	tightenStrings(schema)
	if schema["items"] != nil {
		schema["minItems"] = 1
	}
	if strings.HasPrefix(fmt.Sprint(param["description"]), "ID or number") && schema["pattern"] != nil {
		schema["pattern"] = strings.TrimSuffix(fmt.Sprint(schema["pattern"]), "$") + "$|^[1-9][0-9]{0,17}$"
	}
	if strings.HasPrefix(fmt.Sprint(param["description"]), "ID or code") {
		delete(schema, "pattern")
	}
}

// headerPatterns are the forms of request headers.
var headerPatterns = map[string]string{"Idempotency-Key": `^[ -~]{0,255}$`, "Trailcat-Min-Seq": `^[0-9]{1,18}([.].*)?$`}

// idExample matches examples that are IDs; see catalog.NewID.
var idExample = regexp.MustCompile(`^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$`)

// tightenStrings requires that a string, or each string in an array, is not empty and, if
// its example is an ID, has the form of the ID.
func tightenStrings(schema object) {
	if items, ok := schema["items"].(object); ok {
		tightenStrings(items)
	}
	if !slices.Contains(typesOf(schema), any("string")) || schema["enum"] != nil || schema["format"] != nil {
		return
	}
	if schema["minLength"] == nil {
		schema["minLength"] = 1
	}
	examples, _ := schema["examples"].([]any)
	if len(examples) == 0 {
		return
	}
	if id := idExample.FindStringSubmatch(fmt.Sprint(examples[0])); id != nil {
		schema["pattern"] = "^" + id[1] + "_[0-7][0-9a-hjkmnp-tv-z]{25}$"
	}
}
