package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write licenses.txt")

// TestLicenses_AreThoseOfTheDependencies compares what trailcat licenses prints with the
// license files of the modules and of the Go distribution that are linked into the
// binary.
func TestLicenses_AreThoseOfTheDependencies(t *testing.T) {
	t.Parallel()

	want := dependencyLicenses(t)
	if *update {
		if err := os.WriteFile("licenses.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"licenses"}, &stdout, &stderr); code != exitOK {
		t.Fatalf("got exit code %d: %s", code, &stderr)
	}
	if stdout.String() != want {
		t.Error("licenses.txt is not current; run go test ./cmd/trailcat -run Licenses -update")
	}
}

// goListFormat prints the directory and the module of a package, with the version of the
// module and its directory. A package of the standard library has no module.
const goListFormat = `{{.Dir}}|{{with .Module}}{{.Path}} {{.Version}}|{{.Dir}}|{{.Main}}{{else}}Go|{{$.Root}}|false{{end}}`

var (
	isLicense  = regexp.MustCompile(`(?i)^(un)?(licen[sc]e|copying|copyright|notice|patents)`)
	isNoSource = regexp.MustCompile(`(?i)\.go$|_test`)
)

// dependencyLicenses returns the text of all license files of the packages that are
// linked into the binary for any supported system. Equal texts appear once.
func dependencyLicenses(t *testing.T) string {
	t.Helper()
	files := map[string]string{} // module and path within it, by file
	for _, system := range []string{"linux", "darwin", "windows"} {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", goListFormat, ".")
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0", "GOFLAGS=")
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for line := range strings.Lines(string(out)) {
			field := strings.Split(strings.TrimSpace(line), "|")
			if dir, module, root, main := field[0], field[1], field[2], field[3]; main == "false" {
				addLicenseFiles(t, files, module, dir, root)
			}
		}
	}
	files[filepath.Join("..", "..", "LICENSE")] = "Trailcat, and Swagger UI, © SmartBear Software (LICENSE)"
	files[filepath.Join("..", "..", "NOTICE")] = "Trailcat (NOTICE)"
	for file, name := range map[string]string{"LICENSE.heic": "github.com/gen2brain/heic", "LICENSE.libheif": "libheif", "LICENSE.libde265": "libde265"} {
		files[filepath.Join("..", "..", "internal", "photo", "heif", file)] = name + " (" + file + ")"
	}
	return formatLicenses(t, files)
}

// addLicenseFiles adds the license files in the directory of a package and those above
// it, up to the root of the module.
func addLicenseFiles(t *testing.T, files map[string]string, module, dir, root string) {
	t.Helper()
	for ; strings.HasPrefix(dir, root); dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if name := entry.Name(); entry.Type().IsRegular() && isLicense.MatchString(name) && !isNoSource.MatchString(name) {
				path, _ := strings.CutPrefix(filepath.Join(dir, name), root+string(filepath.Separator))
				files[filepath.Join(dir, name)] = fmt.Sprintf("%s (%s)", module, filepath.ToSlash(path))
			}
		}
	}
}

func formatLicenses(t *testing.T, files map[string]string) string {
	t.Helper()
	modules := map[string][]string{} // by text
	for file, module := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n"))
		modules[text] = append(modules[text], module)
	}
	for _, names := range modules {
		slices.Sort(names)
	}
	texts := slices.SortedFunc(maps.Keys(modules), func(a, b string) int { return cmp.Compare(modules[a][0], modules[b][0]) })
	var out strings.Builder
	out.WriteString("Licenses of Trailcat and of the software of others that it contains.\n")
	for _, text := range texts {
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(modules[text], "\n"), text)
	}
	return out.String()
}
