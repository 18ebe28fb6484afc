package drawing

import (
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
	"slices"
)

// maxPalette is how many colors an image with a palette can have.
const maxPalette = 256

// tolerance is how much the channels of a pixel, from 0 to 255, may differ from those of its color in
// the palette.
const tolerance = 6

// palettize returns an image with a palette. Frequent colors are exact; of the edges of shapes and
// letters, whose colors are many, each takes the nearest one.
func palettize(img *image.RGBA) *image.Paletted {
	counts := map[uint32]int{}
	eachRun(img, func(rgba uint32, from, to int) { counts[rgba] += to - from })
	frequent := make([]uint32, 0, len(counts))
	for rgba := range counts {
		frequent = append(frequent, rgba)
	}
	slices.SortFunc(frequent, func(x, y uint32) int { return cmp.Or(counts[y]-counts[x], cmp.Compare(x, y)) })

	var palette []uint32
	index := make(map[uint32]uint8, len(counts))
	for _, rgba := range frequent {
		nearest, distance := 0, maxPalette
		for i, entry := range palette {
			if d := colorDistance(rgba, entry); d < distance {
				nearest, distance = i, d
			}
		}
		if distance > tolerance && len(palette) < maxPalette {
			nearest, palette = len(palette), append(palette, rgba)
		}
		index[rgba] = uint8(nearest)
	}

	out := image.NewPaletted(img.Rect, make(color.Palette, len(palette)))
	for i, rgba := range palette {
		out.Palette[i] = color.RGBA{R: uint8(rgba >> 24), G: uint8(rgba >> 16), B: uint8(rgba >> 8), A: uint8(rgba)}
	}
	eachRun(img, func(rgba uint32, from, to int) {
		i := index[rgba]
		for at := from; at < to; at++ {
			out.Pix[at] = i
		}
	})
	return out
}

// eachRun calls do for each run of pixels of one color, with their positions in the image.
func eachRun(img *image.RGBA, do func(rgba uint32, from, to int)) {
	pixels := len(img.Pix) / 4
	for from := 0; from < pixels; {
		rgba, to := binary.BigEndian.Uint32(img.Pix[4*from:]), from+1
		for to < pixels && binary.BigEndian.Uint32(img.Pix[4*to:]) == rgba {
			to++
		}
		do(rgba, from, to)
		from = to
	}
}

// colorDistance returns the largest difference of a channel, from 0 to 255.
func colorDistance(x, y uint32) int {
	largest := 0
	for shift := 0; shift < 32; shift += 8 {
		d := int(uint8(x>>shift)) - int(uint8(y>>shift))
		largest = max(largest, d, -d)
	}
	return largest
}
