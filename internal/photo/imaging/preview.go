package imaging

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/buckket/go-blurhash"
)

// blurHash returns the BlurHash of an image, with 4 × 3 components.
func blurHash(m *image.YCbCr) (string, error) {
	return blurhash.Encode(4, 3, scaled(m, 32, 24))
}

// dominantColor returns the color that most of an image has, such as #a08060: the mean of the
// pixels in the fullest of 512 cells of the RGB cube.
func dominantColor(m *image.YCbCr) string {
	small := scaled(m, 64, 64)
	var cells [512]struct{ count, r, g, b int }
	fullest := 0
	for y := range 64 {
		for x := range 64 {
			c := small.YCbCrAt(x, y)
			r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			at := int(r>>5)<<6 | int(g>>5)<<3 | int(b>>5)
			cell := &cells[at]
			cell.count, cell.r, cell.g, cell.b = cell.count+1, cell.r+int(r), cell.g+int(g), cell.b+int(b)
			if cell.count > cells[fullest].count {
				fullest = at
			}
		}
	}
	c := cells[fullest]
	mean := func(sum int) int { return (sum + c.count/2) / c.count }
	return fmt.Sprintf("#%02x%02x%02x", mean(c.r), mean(c.g), mean(c.b))
}

// perceptualHash returns a hash that differs in few bits for images that look alike: for each
// of the 63 lowest frequencies of the cosine transform of the luma, whether it is above the
// median. It is 0 for an image without structure.
func perceptualHash(m *image.YCbCr) uint64 {
	const side, low = 32, 8
	small := scaled(m, side, side)
	var cosines [low][side]float64
	for u := range cosines {
		for x := range cosines[u] {
			cosines[u][x] = math.Cos(math.Pi * float64(u) * (float64(x) + 0.5) / side)
		}
	}
	var frequencies [low * low]float64
	for y := range side {
		var row [low]float64
		for u := range row {
			for x := range side {
				row[u] += cosines[u][x] * float64(small.Y[y*small.YStride+x])
			}
		}
		for v := range low {
			for u := range low {
				frequencies[low*v+u] += cosines[v][y] * row[u]
			}
		}
	}
	sorted := slices.Sorted(slices.Values(frequencies[1:]))
	if contrast := max(sorted[len(sorted)-1], -sorted[0]) / (side * side); contrast < 1 {
		return 0
	}
	var hash uint64
	for i, f := range frequencies {
		if i > 0 && f > sorted[len(sorted)/2] {
			hash |= 1 << i
		}
	}
	return hash
}
