package errcode_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"trailcat/internal/errcode"
)

const (
	module = "trailcat"
	own    = module + "/internal/errcode"
)

// Every code that a program sends is a constant of this package and in the table, and every
// constant is sent by some program. A code that is only compared with is not sent.
func TestTable_HasTheCodesOfTheSource(t *testing.T) {
	t.Parallel()

	src := readSource(t)
	sent, compared := map[string]token.Pos{}, src.comparisons()
	for id, object := range src.info.Uses {
		if isCode(object.Type()) && object.Pkg().Path() == own && !compared[id] && !src.isOwn(id) {
			if _, constant := object.(*types.Const); constant {
				sent[object.Name()] = id.Pos()
			}
		}
	}
	delete(sent, "None")
	names := src.constants()
	if len(names) == 0 || len(sent) == 0 {
		t.Fatalf("found %d constants and %d that are sent, want more", len(names), len(sent))
	}
	for name := range names {
		if _, ok := sent[name]; !ok && name != "None" {
			t.Errorf("errcode.%s is not sent; delete it", name)
		}
	}
	declared := slices.Sorted(maps.Values(names))
	for _, code := range entries() {
		if !slices.Contains(declared, string(code.Code)) {
			t.Errorf("%s is in the table, but is no constant", code.Code)
		}
	}
	for name, code := range names {
		if n := countEntries(code); name != "None" && n != 1 {
			t.Errorf("errcode.%s is %d times in the table, want once", name, n)
		}
	}
}

// Codes are not written as strings, and not converted from strings, where they are sent.
func TestCode_IsAlwaysAConstant(t *testing.T) {
	t.Parallel()

	src := readSource(t)
	for e, tv := range src.info.Types {
		if !isCode(tv.Type) || src.isOwn(e) {
			continue
		}
		position := src.files.Position(e.Pos())
		switch e := e.(type) {
		case *ast.BasicLit:
			if e.Value != `""` {
				t.Errorf("%s: the code %s is a string; declare a constant in internal/errcode and add it to the table", position, e.Value)
			}
		case *ast.CallExpr:
			if src.info.Types[e.Fun].IsType() {
				t.Errorf("%s: a string is converted to a code", position)
			}
		}
	}
}

func entries() []errcode.Entry {
	var all []errcode.Entry
	for _, g := range errcode.Table() {
		all = append(all, g.Entries...)
	}
	return all
}

func countEntries(code string) int {
	n := 0
	for _, e := range entries() {
		if string(e.Code) == code {
			n++
		}
	}
	return n
}

// source is the source of the program, without its tests. Types of the standard library and
// of third parties are not known.
type source struct {
	files    *token.FileSet
	parsed   []*ast.File
	packages map[string]*types.Package
	info     *types.Info
}

func readSource(t *testing.T) *source {
	t.Helper()
	s, err := parseSource()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var parseSource = sync.OnceValues(func() (*source, error) {
	s := &source{
		files: token.NewFileSet(), packages: map[string]*types.Package{},
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}},
	}
	for _, root := range []string{"api", "cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join("../..", root), func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil || !entry.IsDir():
				return err
			case slices.Contains([]string{"testdata", "node_modules"}, entry.Name()):
				return fs.SkipDir
			}
			folder, err := filepath.Rel("../..", name)
			if err == nil {
				_, err = s.Import(module + "/" + filepath.ToSlash(folder))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
})

// Import returns a package of the program, or an empty one for any other.
func (s *source) Import(name string) (*types.Package, error) {
	if known, ok := s.packages[name]; ok {
		return known, nil
	}
	folder, ours := strings.CutPrefix(name, module+"/")
	if !ours {
		s.packages[name] = types.NewPackage(name, path.Base(name))
		s.packages[name].MarkComplete()
		return s.packages[name], nil
	}
	folder = filepath.Join("../..", filepath.FromSlash(folder))
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var parsed []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(s.files, filepath.Join(folder, e.Name()), nil, 0)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	config := types.Config{Importer: s, Error: func(error) {}} // what empty packages lack is an error
	s.packages[name], _ = config.Check(name, s.files, parsed, s.info)
	s.parsed = append(s.parsed, parsed...)
	return s.packages[name], nil
}

// isOwn reports whether a node is in the package errcode.
func (s *source) isOwn(n ast.Node) bool {
	return filepath.Base(filepath.Dir(s.files.Position(n.Pos()).Filename)) == "errcode"
}

// constants returns the constants of the package errcode: their values by their names.
func (s *source) constants() map[string]string {
	found := map[string]string{}
	scope := s.packages[own].Scope()
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && isCode(c.Type()) {
			found[name] = strings.Trim(c.Val().ExactString(), `"`)
		}
	}
	return found
}

// comparisons returns the identifiers that are operands of comparisons, and of cases of
// switches.
func (s *source) comparisons() map[*ast.Ident]bool {
	found := map[*ast.Ident]bool{}
	add := func(operands ...ast.Expr) {
		for _, operand := range operands {
			if selector, ok := operand.(*ast.SelectorExpr); ok {
				found[selector.Sel] = true
			}
		}
	}
	for _, file := range s.parsed {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				add(n.X, n.Y)
			case *ast.CaseClause:
				add(n.List...)
			}
			return true
		})
	}
	return found
}

// isCode reports whether a type is errcode.Code.
func isCode(typ types.Type) bool {
	named, ok := typ.(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == own && named.Obj().Name() == "Code"
}
