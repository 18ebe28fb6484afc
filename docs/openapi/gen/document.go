package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// object is a JSON object.
type object = map[string]any

// within returns the object at a path, creating objects that do not exist.
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

// sorted iterates over the values of an object that are objects, in order of their
// keys.
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

// objects iterates over the objects of an array.
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

// operations iterates over the operations under "paths" or "webhooks" with names
// such as "get /v1/cats".
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

// media iterates over the content objects of the request and the responses of an
// operation.
func media(op object) iter.Seq[object] {
	return func(yield func(object) bool) {
		bodies := []any{op["requestBody"]}
		for _, response := range sorted(op["responses"]) {
			bodies = append(bodies, response)
		}
		for _, body := range bodies {
			body, _ := body.(object)
			if content, ok := body["content"].(object); ok && !yield(content) {
				return
			}
		}
	}
}

// isJSON reports whether a media type is JSON.
func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// rank returns the position of a media type among several.
func rank(mediaType string) int {
	switch {
	case isJSON(mediaType):
		return 0
	case isForm(mediaType):
		return 1
	default:
		return 2
	}
}

// formsFirst is a content object whose forms come first, after JSON. Generated clients send a
// body as the first media type, and openapi-generator only generates the type of a form then.
type formsFirst object

func (content formsFirst) MarshalJSON() ([]byte, error) {
	mediaTypes := slices.SortedFunc(maps.Keys(content), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
	})
	text := []byte("{")
	for i, mediaType := range mediaTypes {
		body, err := json.Marshal(content[mediaType])
		if err != nil {
			return nil, err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(strconv.AppendQuote(text, mediaType), ':')
		text = append(text, body...)
	}
	return append(text, '}'), nil
}

// encode returns the document as indented JSON with sorted keys, except for formsFirst.
func encode(doc object) ([]byte, error) {
	for _, op := range operations(doc, "paths") {
		if body, ok := op["requestBody"].(object); ok {
			body["content"] = formsFirst(within(body, "content"))
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return text.Bytes(), err
}

// validate returns an error if the document, including its examples, is invalid.
func validate(text []byte) error {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return fmt.Errorf("load the generated document: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return fmt.Errorf("validate the generated document: %w", err)
	}
	return nil
}
