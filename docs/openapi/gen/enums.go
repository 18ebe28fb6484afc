package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// enumNames are the names of enums, each with a description and a place that has the
// values: Schema.property or operationId.parameter.
type enumNames map[string]struct{ At, Description string }

// readEnumNames reads the names of enums from a file.
func readEnumNames(file string) (enumNames, error) {
	names := enumNames{}
	if file == "" {
		return names, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return names, nil
}

// nameEnums writes each enum as a schema of its own, so that clients have one type for
// all places with the same values. An enum of a single value without a name becomes a
// constant; it is an error if any other enum has no name.
func nameEnums(doc object, names enumNames) error {
	var failed error
	byValues := map[string]string{}
	named := object{}
	for name, enum := range names {
		found := enumAt(doc, enum.At)
		if found == nil {
			failed = errors.Join(failed, fmt.Errorf("enum %s: %s has no enum", name, enum.At))
			continue
		}
		key := valuesKey(found)
		if other, taken := byValues[key]; taken {
			failed = errors.Join(failed, fmt.Errorf("enums %s and %s have the same values", min(name, other), max(name, other)))
		}
		byValues[key] = name
		named[name] = object{"type": found["type"], "enum": found["enum"], "description": enum.Description, "x-enum-varnames": variableNames(name, found["enum"])}
	}
	for s := range schemas(doc) {
		values, _ := s["enum"].([]any)
		if len(values) == 0 {
			continue
		}
		name, ok := byValues[valuesKey(s)]
		switch {
		case ok:
			s["$ref"] = schemaPrefix + name
			delete(s, "type")
		case len(values) == 1:
			s["const"] = values[0]
		default:
			failed = errors.Join(failed, fmt.Errorf("the enum of %v has no name", values))
		}
		delete(s, "enum")
	}
	components := within(doc, "components", "schemas")
	for name, enum := range named {
		if components[name] != nil {
			failed = errors.Join(failed, fmt.Errorf("enum %s has the name of another schema", name))
		}
		components[name] = enum
	}
	return failed
}

// enumAt returns the schema with the enum of Schema.property or operationId.parameter, or
// nil. The enum of an array is that of its items.
func enumAt(doc object, place string) object {
	owner, name, _ := strings.Cut(place, ".")
	component, _ := within(doc, "components", "schemas")[owner].(object)
	properties, _ := component["properties"].(object)
	schema, _ := properties[name].(object)
	for _, op := range operations(doc, "paths") {
		for param := range objects(op["parameters"]) {
			if op["operationId"] == owner && param["name"] == name {
				schema = within(param, "schema")
			}
		}
	}
	if items, isArray := schema["items"].(object); isArray {
		schema = items
	}
	if schema["enum"] == nil {
		return nil
	}
	return schema
}

// valuesKey returns the values of an enum as a string that does not depend on their order.
func valuesKey(schema object) string {
	values, _ := schema["enum"].([]any)
	return jsonOf(object{"values": slices.SortedFunc(slices.Values(values), func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })})
}

// variableNames returns the names of constants for the values of an enum. They begin with
// the name of the enum, because generated Go clients have the constants of all enums in
// one package.
func variableNames(enum string, values any) []string {
	var names []string
	for _, value := range values.([]any) {
		name := wordStart.ReplaceAllStringFunc(fmt.Sprint(value), func(start string) string {
			return strings.ToUpper(start[len(start)-1:])
		})
		names = append(names, enum+name)
	}
	return names
}

// wordStart matches the first letter or digit of a word, and the separator before it.
var wordStart = regexp.MustCompile(`(^|[^A-Za-z0-9]+)[A-Za-z0-9]`)
