package imaging_test

import (
	"os"
	"path/filepath"
	"testing"

	"trailcat/internal/photo/imaging"
)

// BenchmarkRead reads the files of the folder TRAILCAT_PHOTOS, which are photos of any size and
// kind.
func BenchmarkRead(b *testing.B) {
	names, err := filepath.Glob(filepath.Join(os.Getenv("TRAILCAT_PHOTOS"), "*.*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(filepath.Base(name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := imaging.Read(file); err != nil {
					b.Skip(err)
				}
			}
		})
	}
}
