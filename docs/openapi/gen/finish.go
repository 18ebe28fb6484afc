package main

import (
	"errors"
	"fmt"
	"io/fs"
)

// finish turns an OpenAPI 3.0 document into 3.1. Passes depend on those before them.
func finish(doc object, examples fs.FS, enums enumNames) error {
	doc["openapi"] = "3.1.1"
	dropLeftovers(doc)
	if err := shortenNames(doc); err != nil {
		return err
	}
	if err := listCodes(doc); err != nil {
		return err
	}
	if err := resolveOneOf(doc); err != nil {
		return err
	}
	if err := nameEnums(doc, enums); err != nil {
		return err
	}
	unwrapRefs(doc)
	widenFloats(doc)
	widenIntegers(doc)
	nameNulls(doc)
	listExamples(doc)
	finishParameters(doc)
	addExclusions(doc)
	finishServers(doc)
	finishSecurity(doc)
	writeTextAsString(doc)
	writeFileForms(doc)
	addProblems(doc)
	shareProblems(doc)
	if err := showProblems(doc); err != nil {
		return err
	}
	dropSchemaRoutes(doc)
	moveWebhooks(doc)
	relaxSelected(doc)
	if err := tightenRequests(doc); err != nil {
		return err
	}
	if err := addExamples(doc, examples); err != nil {
		return fmt.Errorf("add examples: %w", err)
	}
	leaveOptionalEmpty(doc)
	nameSamples(doc)
	if err := orderParameters(doc); err != nil {
		return err
	}
	describeForms(doc)
	writeSentences(doc)
	err := errors.Join(checkComplete(doc), checkDescribed(doc))
	writeCallbacks(doc)
	return err
}

// checkComplete returns an error that lists everything that operations lack:
// summaries, descriptions, IDs, tags and examples.
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

// lacks returns what an operation lacks.
func lacks(op object, webhook bool) []string {
	var missing []string
	for _, want := range []struct{ key, comment string }{
		{"summary", "@Summary"}, {"description", "@Description"}, {"operationId", "@ID"}, {"tags", "@Tags"},
	} {
		if op[want.key] == nil || op[want.key] == "" {
			missing = append(missing, want.comment)
		}
	}
	for code, response := range sorted(op["responses"]) {
		if isSuccess(code) && lacksExample(response) {
			missing = append(missing, fmt.Sprintf("an example: write %v.json (status %s)", op["operationId"], code))
		}
	}
	if body, ok := op["requestBody"].(object); ok && webhook && lacksExample(body) {
		missing = append(missing, fmt.Sprintf("an example: write %v.request.json", op["operationId"]))
	}
	return missing
}

// lacksExample reports whether a body is JSON without an example.
func lacksExample(body object) bool {
	for mediaType, m := range sorted(body["content"]) {
		if isJSON(mediaType) && m["example"] == nil {
			return true
		}
	}
	return false
}
