package catalog_test

import (
	"testing"

	"trailcat/internal/catalog"
)

func TestBestRendition(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		width, height, size int
		want                catalog.Rendition
	}{
		"size of the photo":   {3000, 2000, 600, catalog.Rendition{Size: 600, Width: 600, Height: 400}},
		"size between others": {3000, 2000, 700, catalog.Rendition{Size: 1200, Width: 1200, Height: 800}},
		"largest":             {2000, 3000, catalog.MaxPhotoSize, catalog.Rendition{Size: 2048, Width: 1365, Height: 2048}},
		"smaller photo":       {500, 400, 1200, catalog.Rendition{Size: 600, Width: 500, Height: 400}},
		"unknown size":        {0, 0, 300, catalog.Rendition{}},
	} {
		if got := catalog.BestRendition(test.width, test.height, test.size); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
