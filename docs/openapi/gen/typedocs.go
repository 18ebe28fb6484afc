package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
)

// describeTypes describes the schemas by the doc comments of their types, which swag does not read.
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

// typeDocs returns the doc comment of each type in the folders and below, by
// the name that swag gives the type.
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
			docs[nameInSwag(file.Name.Name, typ)] = strings.TrimSpace(text)
		}
	}
}

// nameInSwag is what the type's trailing @name says, else package.Type.
func nameInSwag(pkg string, typ *ast.TypeSpec) string {
	if _, name, ok := strings.Cut(typ.Comment.Text(), "@name"); ok {
		return strings.TrimSpace(name)
	}
	return pkg + "." + typ.Name.Name
}
