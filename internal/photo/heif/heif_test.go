package heif_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/gen2brain/heic" // the module of heif.wasm.gz, in go.mod
)

// TestFiles_AreThoseOfTheModule compares the files with those of the version of the module that
// go.mod selects. Copy them after an upgrade.
func TestFiles_AreThoseOfTheModule(t *testing.T) {
	t.Parallel()

	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/gen2brain/heic").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name, original := range map[string]string{
		"heif.wasm.gz": "lib/heif.wasm.gz", "LICENSE.heic": "LICENSE",
		"LICENSE.libheif": "lib/LICENSE.libheif", "LICENSE.libde265": "lib/LICENSE.libde265",
	} {
		want, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), filepath.FromSlash(original)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not %s of the module: %v", name, original, err)
		}
	}
}
