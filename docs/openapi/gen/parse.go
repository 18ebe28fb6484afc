package main

import (
	"encoding/json"
	"fmt"
	"log"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/swaggo/swag"
)

// parse reads the comments in the folders and returns them as OpenAPI 3.0.
func parse(folders []string, general string) (object, error) {
	var talk strings.Builder
	parser := swag.New(swag.SetDebugger(log.New(&talk, "", 0)), swag.SetStrict(true))
	parser.RequiredByDefault = true
	parser.ParseFuncBody = true // in swag's words: read every comment, so that webhooks need no function
	if err := parser.ParseAPIMultiSearchDir(folders, general, 0); err != nil {
		return nil, fmt.Errorf("read comments: %w\n%s", err, causes(talk.String()))
	}
	var swagger object
	if err := convert(parser.GetSwagger(), &swagger); err != nil {
		return nil, err
	}
	if err := describeTypes(swagger, folders); err != nil {
		return nil, err
	}
	keepParameterExamples(swagger)
	return lift(swagger)
}

// causes are the lines of swag's talk that say what it tripped over. Its error
// may speak of recursion where a field's tag is wrong.
func causes(talk string) string {
	var found []string
	for line := range strings.Lines(talk) {
		if strings.HasPrefix(line, "Error parsing") {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

// lift turns Swagger 2.0 into OpenAPI 3.0.
func lift(swagger object) (object, error) {
	var v2 openapi2.T
	if err := convert(swagger, &v2); err != nil {
		return nil, err
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, fmt.Errorf("lift to OpenAPI 3: %w", err)
	}
	var doc object
	return doc, convert(v3, &doc)
}

// keepParameterExamples hides each example of a parameter in an extension, as
// the lift knows none. finishParameters brings them back.
func keepParameterExamples(swagger object) {
	for _, op := range operations(swagger, "paths") {
		for param := range objects(op["parameters"]) {
			if example, ok := param["example"]; ok {
				param["x-example"] = example
				delete(param, "example")
			}
		}
	}
}

// convert reads from into to by way of JSON.
func convert(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
