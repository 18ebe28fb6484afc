// Command gen generates the OpenAPI 3.1 document of the API.
//
// It reads swag comments from the given directories and converts the Swagger 2.0
// document of swag to OpenAPI 3.0 with kin-openapi. Passes over the JSON document
// then add what Swagger 2.0 cannot express, which comments write as extensions.
// The output is deterministic. It is an error if a schema, property, parameter, response
// or header has no description. gen depends on swag and kin-openapi. It does not
// know any route or type of the API, only the order of its parameters.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run generates the document from the directories in args.
func run(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("gen [flags] directory…", flag.ContinueOnError)
	flags.SetOutput(stderr)
	general := flags.String("general", "openapi.go", "`file` in the first directory with the general comments")
	examples := flags.String("examples", "", "`directory` with the examples <operationId>.json")
	emptyStrings := flags.String("empty-strings", "", "`package` whose types may have empty strings")
	enums := flags.String("enums", "", "JSON `file` with the names of enums")
	out := flags.String("out", "openapi.json", "output `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("no directory given; usage: gen ../../api")
	}
	doc, err := parse(flags.Args(), *general, *emptyStrings)
	if err != nil {
		return err
	}
	names, err := readEnumNames(*enums)
	if err != nil {
		return err
	}
	if err := finish(doc, os.DirFS(*examples), names); err != nil {
		return err
	}
	text, err := encode(doc)
	if err != nil {
		return err
	}
	if err := validate(text); err != nil {
		return err
	}
	return os.WriteFile(*out, text, 0o644)
}
