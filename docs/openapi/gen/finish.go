package main

import (
	"fmt"
	"io/fs"
)

// finish makes OpenAPI 3.1 of 3.0, pass by pass. A pass may count on those before it.
func finish(doc object, examples fs.FS) error {
	doc["openapi"] = "3.1.1"
	dropLeftovers(doc)
	if err := shortenNames(doc); err != nil {
		return err
	}
	if err := resolveOneOf(doc); err != nil {
		return err
	}
	unwrapRefs(doc)
	widenFloats(doc)
	nameNulls(doc)
	listExamples(doc)
	finishParameters(doc)
	finishServers(doc)
	finishSecurity(doc)
	writeTextAsString(doc)
	shareProblems(doc)
	dropSchemaRoutes(doc)
	moveWebhooks(doc)
	if err := addExamples(doc, examples); err != nil {
		return fmt.Errorf("add examples: %w", err)
	}
	return checkComplete(doc)
}
