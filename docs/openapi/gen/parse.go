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
	"reflect"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/swaggo/swag"
)

// parse reads the comments in the directories and returns an OpenAPI 3.0 document. In
// the types of the package emptyStrings, strings may be empty.
func parse(folders []string, general, emptyStrings string) (object, error) {
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
	if err := describeTypes(swagger, folders, emptyStrings); err != nil {
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

// describeTypes describes the schemas by what swag does not read: the doc comments of
// their types (see typeText), the tags of fieldTags, and whether their package is the
// one in which strings may be empty.
func describeTypes(swagger object, folders []string, emptyStrings string) error {
	types, err := typeSpecs(folders)
	if err != nil {
		return err
	}
	for name, schema := range sorted(swagger["definitions"]) {
		generic, _, _ := strings.Cut(name, "-")
		found, ok := types[generic]
		if !ok {
			continue
		}
		if found.text != "" && schema["description"] == nil {
			schema["description"] = found.text
		}
		if found.pkg == emptyStrings {
			schema["x-empty-strings"] = true
		}
		if fields, ok := found.spec.Type.(*ast.StructType); ok {
			if err := readFieldTags(fields, within(schema, "properties")); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// fieldTags are struct tags with the names of keywords of JSON Schema.
var fieldTags = []string{"minItems", "maxItems"}

// readFieldTags adds the keywords of fieldTags to the properties of a struct.
func readFieldTags(fields *ast.StructType, properties object) error {
	for _, field := range fields.Fields.List {
		if field.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		property, ok := properties[name].(object)
		if !ok {
			continue
		}
		for _, keyword := range fieldTags {
			if text, ok := tag.Lookup(keyword); ok {
				n, err := strconv.Atoi(text)
				if err != nil {
					return fmt.Errorf("field %s: tag %s: %w", name, keyword, err)
				}
				property[keyword] = n
			}
		}
	}
	return nil
}

// typeSpec is the declaration of a type, and its description.
type typeSpec struct {
	pkg  string
	spec *ast.TypeSpec
	text string
}

// typeSpecs returns the types in the directories and below, by the names that swag
// gives them.
func typeSpecs(folders []string) (map[string]typeSpec, error) {
	types := map[string]typeSpec{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			addTypeSpecs(types, file)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return types, nil
}

// addTypeSpecs adds the types in a file to found.
func addTypeSpecs(found map[string]typeSpec, file *ast.File) {
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
			found[swagName(file.Name.Name, typ)] = typeSpec{file.Name.Name, typ, typeText(typ.Name.Name, text)}
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
