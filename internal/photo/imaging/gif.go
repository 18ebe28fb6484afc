package imaging

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
)

// openGIF reads the screen descriptor of a GIF file.
func openGIF(file []byte) (source, error) {
	if len(file) < 13 {
		return source{}, errCorrupt()
	}
	width, height := int(binary.LittleEndian.Uint16(file[6:])), int(binary.LittleEndian.Uint16(file[8:]))
	return source{
		mediaType: "image/gif", kind: "GIF", width: width, height: height, memory: width * height, channels: 3,
		decode: func() (image.Image, error) {
			first, err := gif.Decode(bytes.NewReader(file))
			if err != nil {
				return nil, err
			}
			return onCanvas(first, width, height), nil
		},
	}, nil
}

// onCanvas returns an image of a width and height that shows another one, which may be
// smaller, and is transparent around it.
func onCanvas(img image.Image, width, height int) image.Image {
	bounds := image.Rect(0, 0, width, height)
	if frame, ok := img.(image.RGBA64Image); ok && img.Bounds() != bounds {
		return canvas{frame, bounds}
	}
	return img
}

type canvas struct {
	image.RGBA64Image
	bounds image.Rectangle
}

// Bounds returns the bounds of the canvas, not those of the image on it.
func (c canvas) Bounds() image.Rectangle { return c.bounds }

// At returns the color of a pixel.
func (c canvas) At(x, y int) color.Color { return c.RGBA64At(x, y) }

// RGBA64At returns the color of a pixel.
func (c canvas) RGBA64At(x, y int) color.RGBA64 {
	if !(image.Point{X: x, Y: y}.In(c.RGBA64Image.Bounds())) {
		return color.RGBA64{}
	}
	return c.RGBA64Image.RGBA64At(x, y)
}
