package imaging_test

import (
	"os"
	"path/filepath"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/resourcetest"
)

// FuzzRead reads changed files of all kinds: Read must not fail in any other way than it states,
// and its renditions must be those of the catalog.
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		if filepath.Ext(name) == ".py" {
			continue
		}
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var img imaging.Image
		var err error
		if got := resourcetest.Allocated(func() { img, err = imaging.Read(file) }); got+len(file) > 280<<20 { // other goroutines of the fuzzer allocate, too
			t.Errorf("allocated %d MB", got>>20)
		}
		if err != nil {
			if code := codeOf(err); code != errcode.UnsupportedImage && code != errcode.CorruptImage && code != errcode.ImageTooLarge {
				t.Fatalf("got %v", err)
			}
			return
		}
		want := catalog.Renditions(img.Width, img.Height)
		if len(want) != len(img.Files) || len(want) == 0 {
			t.Fatalf("got %d renditions, want %v", len(img.Files), want)
		}
		for _, r := range want {
			if bounds := rendition(t, img, r.Size).Bounds(); bounds.Dx() != r.Width || bounds.Dy() != r.Height {
				t.Errorf("got %v, want %v", bounds, r)
			}
		}
	})
}
