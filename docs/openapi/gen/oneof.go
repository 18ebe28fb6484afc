package main

import (
	"fmt"
	"strings"
)

// resolveOneOf turns x-one-of=A|B and x-discriminator=field into oneOf and
// discriminator. On a list it speaks of the items.
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

func writeOneOf(s, named object, names []string, field string) error {
	var refs []any
	mapping := object{}
	for _, name := range names {
		variant, ok := named[name].(object)
		if !ok {
			return fmt.Errorf("x-one-of=%s: there is no schema %s; name it in an answer, or on an @x-schemas route", strings.Join(names, "|"), name)
		}
		refs = append(refs, object{"$ref": schemaPrefix + name})
		if field == "" {
			continue
		}
		values, _ := within(variant, "properties", field)["enum"].([]any)
		if len(values) == 0 {
			return fmt.Errorf("x-discriminator=%s: %s.%s needs enums", field, name, field)
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
