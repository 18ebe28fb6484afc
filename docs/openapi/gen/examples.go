package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// addExamples gives JSON bodies their examples from files: <operationId>.json
// for the answers that say success, <operationId>.<status>.json for one answer,
// <operationId>.request.json for what is asked. A file that belongs to no
// operation is an error: it would lie there unread.
func addExamples(doc object, folder fs.FS) error {
	unused, err := exampleFiles(folder)
	if err != nil {
		return err
	}
	take := func(content any, names ...string) error {
		for mediaType, body := range sorted(content) {
			for _, name := range names {
				if !isJSON(mediaType) || body["example"] != nil {
					continue
				}
				if err := readExample(folder, name, body); err != nil {
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
			if err := take(body["content"], id+".request.json"); err != nil {
				return err
			}
			for code, answer := range sorted(op["responses"]) {
				names := []string{id + "." + code + ".json"}
				if isSuccess(code) {
					names = append(names, id+".json")
				}
				if err := take(answer["content"], names...); err != nil {
					return err
				}
			}
		}
	}
	for name := range unused {
		err = errors.Join(err, fmt.Errorf("%s belongs to no JSON body: name it <operationId>.json, <operationId>.<status>.json or <operationId>.request.json", name))
	}
	return err
}

func isSuccess(code string) bool { return strings.HasPrefix(code, "2") }

func exampleFiles(folder fs.FS) (map[string]bool, error) {
	names, err := fs.Glob(folder, "*.json")
	files := map[string]bool{}
	for _, name := range names {
		files[name] = true
	}
	return files, err
}

// readExample puts the example of the file into the body, if there is such a file.
func readExample(folder fs.FS, name string, body object) error {
	text, err := fs.ReadFile(folder, name)
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
