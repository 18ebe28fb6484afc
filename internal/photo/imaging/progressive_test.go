package imaging_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/photo/imaging"
)

// samePixels reports whether two JPEG files have the same pixels.
func samePixels(t *testing.T, a, b []byte) bool {
	t.Helper()
	first, err := jpeg.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	second, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if first.Bounds() != second.Bounds() {
		return false
	}
	for y := range first.Bounds().Dy() {
		for x := range first.Bounds().Dx() {
			if first.At(x, y) != second.At(x, y) {
				return false
			}
		}
	}
	return true
}

func TestProgressive_HasTheSamePixels(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(r *rapid.T) {
		w, h := rapid.IntRange(1, 80).Draw(r, "width"), rapid.IntRange(1, 80).Draw(r, "height")
		contrast := rapid.IntRange(1, 255).Draw(r, "contrast")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
		for _, plane := range [][]byte{img.Y, img.Cb, img.Cr} {
			for i := range plane {
				plane[i] = byte(128 + random.IntN(contrast) - contrast/2)
			}
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, &jpeg.Options{Quality: rapid.IntRange(1, 100).Draw(r, "quality")}); err != nil {
			t.Fatal(err)
		}
		out, err := imaging.Progressive(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !samePixels(t, file.Bytes(), out) {
			r.Error("the pixels differ")
		}
	})
}

func TestProgressive_IsSmaller(t *testing.T) {
	t.Parallel()

	for _, img := range []image.Image{photo(1200, 900), image.NewGray(image.Rect(0, 0, 300, 200))} {
		file := encode(t, img)
		out, err := imaging.Progressive(file)
		if err != nil {
			t.Fatal(err)
		}
		if !samePixels(t, file, out) {
			t.Error("the pixels differ")
		}
		if len(out) >= len(file) {
			t.Errorf("got %d bytes from %d", len(out), len(file))
		}
	}
}

func TestProgressive_OtherFilesAreErrors(t *testing.T) {
	t.Parallel()

	file := encode(t, photo(64, 48))
	for _, other := range [][]byte{nil, file[:2], file[:100], file[:len(file)/2], readFile(t, "alpha.png")} {
		if _, err := imaging.Progressive(other); err == nil {
			t.Errorf("accepted %d bytes", len(other))
		}
	}
}

func BenchmarkProgressive(b *testing.B) {
	file, err := os.ReadFile(os.Getenv("TRAILCAT_JPEG"))
	if err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		out, err := imaging.Progressive(file)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(out))/float64(len(file)), "of-the-bytes")
	}
}
