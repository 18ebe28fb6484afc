// Package docs_test checks that the guides for contributors are true.
package docs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the root of the module.
const root = ".."

func TestContributing_PathsExist(t *testing.T) {
	t.Parallel()

	paths := regexp.MustCompile("`((?:api|cmd|docs|internal|migrations)/[\\w./-]+)`").FindAllStringSubmatch(read(t, "CONTRIBUTING.md"), -1)
	if len(paths) < 20 {
		t.Errorf("got %d paths in CONTRIBUTING.md, want at least 20", len(paths))
	}
	for _, path := range paths {
		if _, err := os.Stat(filepath.Join(root, path[1])); err != nil {
			t.Errorf("CONTRIBUTING.md names %s: %v", path[1], err)
		}
	}
}

func TestContributing_TargetsAndTestsExist(t *testing.T) {
	t.Parallel()

	text, makefile := read(t, "CONTRIBUTING.md"), read(t, "Makefile")
	for _, target := range regexp.MustCompile("`?make ([a-z0-9-]+)").FindAllStringSubmatch(text, -1) {
		if !strings.Contains(makefile, "\n"+target[1]+":") {
			t.Errorf("CONTRIBUTING.md names make %s, which the Makefile does not have", target[1])
		}
	}
	var tests strings.Builder
	files, err := filepath.Glob(filepath.Join(root, "api", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		tests.WriteString(read(t, strings.TrimPrefix(file, root+"/")))
	}
	for _, name := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(text, -1) {
		if !strings.Contains(tests.String(), "func "+name[1]+"(") {
			t.Errorf("CONTRIBUTING.md names %s, which is no test of package api", name[1])
		}
	}
}

// TestFactRecipe_FewHandEdits counts the lines of hand-written code that spell an
// ordinary fact on its way from the JSON that callers send to the database, the
// index, imports, exports and answers.
func TestFactRecipe_FewHandEdits(t *testing.T) {
	t.Parallel()

	var lines []string
	for _, dir := range []string{"api/wire", "internal/catjson", "internal/catalog", "internal/store", "internal/ingest", "internal/search", "internal/filters", "internal/export", "internal/changefeed"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text := read(t, strings.TrimPrefix(file, root+"/"))
			if strings.HasSuffix(file, "_test.go") || strings.Contains(text, "DO NOT EDIT") {
				continue
			}
			for line := range strings.Lines(text) {
				if strings.Contains(line, "Declawed") || strings.Contains(line, "declawed") {
					lines = append(lines, file+": "+strings.TrimSpace(line))
				}
			}
		}
	}
	// Its field, its row, its two lines in package wire, and its place among the facts
	// that ratings depend on.
	if len(lines) > 5 {
		t.Errorf("declawed is spelled in %d lines, want at most 5:\n%s", len(lines), strings.Join(lines, "\n"))
	}
}

// TestFactRecipe_MadeUpFact follows the recipe "A fact of a cat" for a made-up fact
// in an overlay of the source, and runs the tests of the table of facts on it.
func TestFactRecipe_MadeUpFact(t *testing.T) {
	t.Parallel()

	if os.Getenv("TRAILCAT_TEST_RECIPES") == "" {
		t.Skip("set TRAILCAT_TEST_RECIPES=1; it compiles most packages again")
	}
	dir := t.TempDir()
	overlay := map[string]string{}
	edit := func(file, after, line string) {
		text, known := read(t, file), overlay[absolute(t, file)]
		if known != "" {
			text = readFile(t, known)
		}
		if strings.Count(text, after) != 1 {
			t.Fatalf("%s contains %q %d times, want once", file, after, strings.Count(text, after))
		}
		overlay[absolute(t, file)] = write(t, filepath.Join(dir, strings.ReplaceAll(file, "/", "_")), strings.Replace(text, after, after+line, 1))
	}
	edit("internal/catalog/cat.go", "type Facts struct {\n", "\tMadeUp *bool\n")
	edit("internal/catalog/fact_table.go", "\treturn []Fact{\n", "\t\ttriState(\"made_up\", func(f *Facts) **bool { return &f.MadeUp }, \"Made up.\"),\n")
	edit("api/wire/cat.go", "type Cat struct {\n", "\tMadeUp *bool `json:\"made_up\"` // Whether the cat is made up; null when unknown.\n")
	edit("api/wire/cat.go", "\treturn Cat{\n", "\t\tMadeUp: c.MadeUp,\n")

	filters, draft := filepath.Join(dir, "filters.go"), filepath.Join(dir, "draft.go")
	overlayFile := filepath.Join(dir, "overlay.json")
	run := func(args ...string) {
		text, err := json.Marshal(map[string]any{"Replace": overlay})
		if err != nil {
			t.Fatal(err)
		}
		write(t, overlayFile, string(text))
		cmd := exec.CommandContext(t.Context(), "go", slices.Insert(args, 1, "-overlay", overlayFile)...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
	}
	run("run", "./internal/catalog/factgen", "-filters", filters, "-draft", draft) // make generate
	overlay[absolute(t, "internal/filters/tri_state_filters.go")] = filters
	overlay[absolute(t, "internal/catjson/tri_state_draft.go")] = draft
	run("test", "-run", "^TestFactTable_TriStates|^TestFactTable_Covers|^TestCatDocument|^TestCat_RoundTrip|^TestWriteCSV_RoundTrip|^TestRead_Facts|^TestDraftFields", "./api", "./internal/catalog", "./internal/catjson", "./internal/store", "./internal/ingest")
	if text := readFile(t, filters); !strings.Contains(text, `"made_up"`) {
		t.Errorf("factgen wrote no filter for the made-up fact:\n%s", text)
	}
}

// read returns a file of the module.
func read(t *testing.T, file string) string {
	t.Helper()
	return readFile(t, filepath.Join(root, file))
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
