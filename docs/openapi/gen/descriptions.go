package main

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// describeForms describes request bodies that are forms; their fields are parameters
// in the comments, so that the body has no comment.
func describeForms(doc object) {
	for _, op := range operations(doc, "paths") {
		body, _ := op["requestBody"].(object)
		for mediaType := range sorted(body["content"]) {
			if isEmpty(body["description"]) && isForm(mediaType) {
				body["description"] = "The fields of the form."
			}
		}
	}
}

// isForm reports whether a media type is that of a form.
func isForm(mediaType string) bool {
	return mediaType == "application/x-www-form-urlencoded" || mediaType == "multipart/form-data"
}

// writeSentences turns the descriptions of schemas, parameters, responses and headers
// into sentences.
func writeSentences(doc object) {
	for s := range schemas(doc) {
		writeSentence(s)
	}
	for _, op := range allOperations(doc) {
		for _, part := range partsOf(op) {
			writeSentence(part)
		}
	}
	for _, response := range sorted(within(doc, "components")["responses"]) {
		writeSentence(response)
	}
}

// allOperations iterates over the operations of paths and webhooks.
func allOperations(doc object) iter.Seq2[string, object] {
	return func(yield func(string, object) bool) {
		for _, under := range []string{"paths", "webhooks"} {
			for where, op := range operations(doc, under) {
				if !yield(where, op) {
					return
				}
			}
		}
	}
}

// partsOf iterates over the parts of an operation that need a description: its
// parameters, request body, responses and their headers. References are skipped.
func partsOf(op object) iter.Seq2[string, object] {
	return func(yield func(string, object) bool) {
		visit := func(name string, part object) bool { return part["$ref"] != nil || yield(name, part) }
		for param := range objects(op["parameters"]) {
			if !visit(fmt.Sprintf("parameter %v", param["name"]), param) {
				return
			}
		}
		if body, ok := op["requestBody"].(object); ok && !visit("request body", body) {
			return
		}
		for code, response := range sorted(op["responses"]) {
			if !visit("response "+code, response) {
				return
			}
			for name, header := range sorted(response["headers"]) {
				if !visit("header "+name+" of response "+code, header) {
					return
				}
			}
		}
	}
}

func writeSentence(described object) {
	if text, ok := described["description"].(string); ok {
		described["description"] = sentence(text)
	}
}

// sentence returns the text with a capital first letter and a full stop. A first word
// that is a name, such as has_more or v1, stays as it is.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	word := strings.TrimRight(strings.Fields(text)[0], ".,:;")
	first, size := utf8.DecodeRuneInString(text)
	if !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLower(r) && r != '-' }) {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.ContainsAny(text[len(text)-1:], ".!?:") {
		text += "."
	}
	return text
}

// checkDescribed returns an error that lists the schemas, properties and parts of
// operations that have no description.
func checkDescribed(doc object) error {
	var missing error
	report := func(format string, args ...any) {
		missing = errors.Join(missing, fmt.Errorf(format, args...))
	}
	for name, schema := range sorted(within(doc, "components")["schemas"]) {
		if isEmpty(schema["description"]) {
			report("schema %s lacks a description: write a doc comment at its type", name)
		}
		eachProperty(name, schema, func(name string, property object) {
			if isEmpty(property["description"]) {
				report("property %s lacks a description: write a comment behind the field", name)
			}
		})
	}
	for where, op := range allOperations(doc) {
		for name, part := range partsOf(op) {
			if isEmpty(part["description"]) || part["description"] == defaultText(name) {
				report("%s: %s lacks a description", where, name)
			}
		}
	}
	return missing
}

// eachProperty calls found for the properties of a schema, at any depth, with names
// such as Cat.birth. It does not follow references.
func eachProperty(name string, schema object, found func(name string, property object)) {
	for key, property := range sorted(schema["properties"]) {
		found(name+"."+key, property)
		eachProperty(name+"."+key, property, found)
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if part, ok := schema[key].(object); ok {
			eachProperty(name, part, found)
		}
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		for part := range objects(schema[key]) {
			eachProperty(name, part, found)
		}
	}
}

func isEmpty(text any) bool { return text == nil || text == "" }

// defaultText returns the description that swag gives a response without one: the
// name of its status.
func defaultText(part string) string {
	status, err := strconv.Atoi(strings.TrimPrefix(part, "response "))
	if err != nil {
		return ""
	}
	return sentence(http.StatusText(status))
}
