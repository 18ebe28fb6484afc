// Command gen writes the description of the API as OpenAPI 3.1.
//
// It reads swag comments from the folders it is given, lets kin-openapi lift
// swag's Swagger 2.0 to OpenAPI 3.0, and finishes the rest in small passes over
// plain JSON: what Swagger 2.0 cannot say is said in extensions, and each pass
// turns one of them into what OpenAPI has for it. The same comments give the
// same bytes. It knows no route, no type and no word of the API itself.
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

// run writes the description of the folders that args name.
func run(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("gen [flags] folder…", flag.ContinueOnError)
	flags.SetOutput(stderr)
	general := flags.String("general", "openapi.go", "the `file` in the first folder that describes the whole")
	examples := flags.String("examples", "", "the `folder` of <operationId>.json")
	out := flags.String("out", "openapi.json", "the `file` to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name the folders to read, as in: gen ../../api")
	}
	doc, err := parse(flags.Args(), *general)
	if err != nil {
		return err
	}
	if err := finish(doc, os.DirFS(*examples)); err != nil {
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
