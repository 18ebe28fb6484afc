package main

import (
	"errors"
	"fmt"
)

// checkComplete returns what a reader of the description would miss, for all operations at once.
func checkComplete(doc object) error {
	var missing error
	for _, under := range []string{"paths", "webhooks"} {
		for where, op := range operations(doc, under) {
			for _, what := range lacks(op, under == "webhooks") {
				missing = errors.Join(missing, fmt.Errorf("%s lacks %s", where, what))
			}
		}
	}
	return missing
}

func lacks(op object, webhook bool) []string {
	var missing []string
	for _, want := range []struct{ key, comment string }{
		{"summary", "@Summary"}, {"description", "@Description"}, {"operationId", "@ID"}, {"tags", "@Tags"},
	} {
		if op[want.key] == nil || op[want.key] == "" {
			missing = append(missing, want.comment)
		}
	}
	for code, answer := range sorted(op["responses"]) {
		if isSuccess(code) && lacksExample(answer) {
			missing = append(missing, fmt.Sprintf("an example: write %v.json (the answer %s)", op["operationId"], code))
		}
	}
	if body, ok := op["requestBody"].(object); ok && webhook && lacksExample(body) {
		missing = append(missing, fmt.Sprintf("an example: write %v.request.json", op["operationId"]))
	}
	return missing
}

// lacksExample is whether a body is JSON without an example.
func lacksExample(body object) bool {
	for mediaType, m := range sorted(body["content"]) {
		if isJSON(mediaType) && m["example"] == nil {
			return true
		}
	}
	return false
}
