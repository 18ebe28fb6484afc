package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/swaggo/swag"
)

// parse reads the comments in the directories and returns an OpenAPI 3.0 document.
func parse(folders []string, general string) (object, error) {
	var output strings.Builder
	parser := swag.New(swag.SetDebugger(log.New(&output, "", 0)), swag.SetStrict(true))
	parser.RequiredByDefault = true
	parser.ParseFuncBody = true // read every comment, so that webhooks need no function
	if err := parser.ParseAPIMultiSearchDir(folders, general, 0); err != nil {
		return nil, fmt.Errorf("read comments: %w\n%s", err, parseErrors(output.String()))
	}
	var swagger object
	if err := convert(parser.GetSwagger(), &swagger); err != nil {
		return nil, err
	}
	if err := describeTypes(swagger, folders); err != nil {
		return nil, err
	}
	keepParameterExamples(swagger)
	return upgrade(swagger)
}

// parseErrors returns the lines of swag's output that name the cause of an error.
// The error itself can be misleading: it reports recursion for an invalid tag.
func parseErrors(output string) string {
	var causes []string
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, "Error parsing") {
			causes = append(causes, line)
		}
	}
	return strings.Join(causes, "")
}

// upgrade converts Swagger 2.0 to OpenAPI 3.0.
func upgrade(swagger object) (object, error) {
	var v2 openapi2.T
	if err := convert(swagger, &v2); err != nil {
		return nil, err
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, fmt.Errorf("convert to OpenAPI 3: %w", err)
	}
	var doc object
	return doc, convert(v3, &doc)
}

// keepParameterExamples moves the examples of parameters to an extension, because
// the conversion drops them. finishParameters moves them back.
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

// convert copies from to to through JSON.
func convert(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}

// describeTypes describes the schemas by the doc comments of their types, which
// swag does not read. See typeText.
func describeTypes(swagger object, folders []string) error {
	docs, err := typeDocs(folders)
	if err != nil {
		return err
	}
	for name, schema := range sorted(swagger["definitions"]) {
		generic, _, _ := strings.Cut(name, "-")
		if text := docs[generic]; text != "" && schema["description"] == nil {
			schema["description"] = text
		}
	}
	return nil
}

// typeDocs returns the doc comments of the types in the directories and below, by
// the names that swag gives the types.
func typeDocs(folders []string) (map[string]string, error) {
	docs := map[string]string{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			addTypeDocs(docs, file)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return docs, nil
}

// addTypeDocs adds the doc comments of the types in a file to docs.
func addTypeDocs(docs map[string]string, file *ast.File) {
	for _, decl := range file.Decls {
		types, ok := decl.(*ast.GenDecl)
		if !ok || types.Tok != token.TYPE {
			continue
		}
		for _, spec := range types.Specs {
			typ := spec.(*ast.TypeSpec)
			text := typ.Doc.Text()
			if text == "" {
				text = types.Doc.Text()
			}
			docs[swagName(file.Name.Name, typ)] = typeText(typ.Name.Name, text)
		}
	}
}

// typeText returns the description in the doc comment of a type: its first paragraph,
// without the name of the type and the verb "is", "are" or "represents" after it.
// Further paragraphs are for developers.
func typeText(name, doc string) string {
	text, _, _ := strings.Cut(strings.TrimSpace(doc), "\n\n")
	text = strings.Join(strings.Fields(text), " ")
	if rest, ok := strings.CutPrefix(text, name+" "); ok {
		text = rest
		for _, verb := range []string{"is ", "are ", "represents "} {
			text = strings.TrimPrefix(text, verb)
		}
	}
	return sentence(text)
}

// swagName returns the name in the trailing @name comment of a type, or
// package.Type.
func swagName(pkg string, typ *ast.TypeSpec) string {
	if _, name, ok := strings.Cut(typ.Comment.Text(), "@name"); ok {
		return strings.TrimSpace(name)
	}
	return pkg + "." + typ.Name.Name
}
