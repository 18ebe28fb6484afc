package heif_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/gen2brain/heic" // the module of heif.wasm.gz, in go.mod

	"trailcat/internal/photo/heif"
)

func readPhoto(t *testing.T) []byte {
	t.Helper()
	file, err := os.ReadFile("../imaging/testdata/plain.heic")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDecode_EndsWithItsContext(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := heif.DecodeContext(ctx, readPhoto(t), 16<<20); !errors.Is(err, heif.ErrTimeout) {
		t.Errorf("got %v, want %v", err, heif.ErrTimeout)
	}
}

func TestDecode_LimitsMemory(t *testing.T) {
	t.Parallel()

	file := readPhoto(t)
	binary.BigEndian.PutUint32(file[bytes.Index(file, []byte("ispe"))+8:], 2000) // pixels of width
	binary.BigEndian.PutUint32(file[bytes.Index(file, []byte("ispe"))+12:], 2000)
	if _, err := heif.Decode(file, 1<<20); !errors.Is(err, heif.ErrImage) {
		t.Errorf("got %v, want %v", err, heif.ErrImage)
	}
}

func TestDecode_Concurrently(t *testing.T) {
	t.Parallel()

	file := readPhoto(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if img, err := heif.Decode(file, 16<<20); err != nil || img.Bounds() != image.Rect(0, 0, 128, 96) {
				t.Errorf("got %v", err)
			}
		})
	}
	wait.Wait()
}

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
