package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// addExamples adds examples from files to JSON bodies: <operationId>.json for
// successful responses, <operationId>.<status>.json for the response with that
// status, and <operationId>.request.json for the request. A file that belongs to
// no operation is an error.
func addExamples(doc object, dir fs.FS) error {
	unused, err := exampleFiles(dir)
	if err != nil {
		return err
	}
	addTo := func(content any, names ...string) error {
		for mediaType, body := range sorted(content) {
			for _, name := range names {
				if !isJSON(mediaType) || body["example"] != nil {
					continue
				}
				if err := readExample(dir, name, body); err != nil {
					return err
				}
				delete(unused, name)
			}
		}
		return nil
	}
	for _, under := range []string{"paths", "webhooks"} {
		for _, op := range operations(doc, under) {
			id, _ := op["operationId"].(string)
			body, _ := op["requestBody"].(object)
			if err := addTo(body["content"], id+".request.json"); err != nil {
				return err
			}
			for code, response := range sorted(op["responses"]) {
				names := []string{id + "." + code + ".json"}
				if isSuccess(code) {
					names = append(names, id+".json")
				}
				if err := addTo(response["content"], names...); err != nil {
					return err
				}
			}
		}
	}
	for name := range unused {
		err = errors.Join(err, fmt.Errorf("%s belongs to no JSON body; name it <operationId>.json, <operationId>.<status>.json or <operationId>.request.json", name))
	}
	return err
}

// isSuccess reports whether a status code is 2xx.
func isSuccess(code string) bool { return strings.HasPrefix(code, "2") }

// exampleFiles returns the names of the example files.
func exampleFiles(dir fs.FS) (map[string]bool, error) {
	names, err := fs.Glob(dir, "*.json")
	files := map[string]bool{}
	for _, name := range names {
		files[name] = true
	}
	return files, err
}

// readExample adds the example in a file to a body if the file exists.
func readExample(dir fs.FS, name string, body object) error {
	text, err := fs.ReadFile(dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var example any
	if err := json.Unmarshal(text, &example); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	body["example"] = example
	return nil
}
