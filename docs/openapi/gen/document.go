package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// object is a JSON object.
type object = map[string]any

// within returns the object at the end of the path, which it makes where it is not there.
func within(in object, path ...string) object {
	for _, key := range path {
		next, ok := in[key].(object)
		if !ok {
			next = object{}
			in[key] = next
		}
		in = next
	}
	return in
}

// sorted goes through an object by its keys in order, those that hold objects only.
func sorted(v any) iter.Seq2[string, object] {
	return func(yield func(string, object) bool) {
		in, _ := v.(object)
		for _, key := range slices.Sorted(maps.Keys(in)) {
			if o, ok := in[key].(object); ok && !yield(key, o) {
				return
			}
		}
	}
}

// objects goes through the objects of a list.
func objects(v any) iter.Seq[object] {
	return func(yield func(object) bool) {
		list, _ := v.([]any)
		for _, e := range list {
			if o, ok := e.(object); ok && !yield(o) {
				return
			}
		}
	}
}

// operations goes through the operations under "paths" or "webhooks", each named as in "get /v1/cats".
func operations(doc object, under string) iter.Seq2[string, object] {
	return func(yield func(string, object) bool) {
		for path, item := range sorted(doc[under]) {
			for method, op := range sorted(item) {
				if !yield(method+" "+path, op) {
					return
				}
			}
		}
	}
}

// media goes through what the bodies of an operation, asked and answered, may hold: a content object each.
func media(op object) iter.Seq[object] {
	return func(yield func(object) bool) {
		bodies := []any{op["requestBody"]}
		for _, answer := range sorted(op["responses"]) {
			bodies = append(bodies, answer)
		}
		for _, body := range bodies {
			body, _ := body.(object)
			if content, ok := body["content"].(object); ok && !yield(content) {
				return
			}
		}
	}
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// encode writes the document with its keys in order.
func encode(doc object) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return text.Bytes(), err
}

// validate returns what is wrong with the document, examples included.
func validate(text []byte) error {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return fmt.Errorf("load what was made: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return fmt.Errorf("validate what was made: %w", err)
	}
	return nil
}
