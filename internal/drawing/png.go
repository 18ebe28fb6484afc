package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Canvas is the size of a PNG picture in pixels, and the color scheme.
type Canvas struct {
	Width, Height int
	Margin        int // least distance of the drawing from the border
	Dark          bool
}

// PNG returns the drawing as a PNG picture, as large as fits on the canvas, in its middle. It has up to
// 256 colors unless it has photos. Of texts it leaves out the characters that Printable leaves out. It takes about 14 bytes of
// memory per pixel of the canvas.
func (d Drawing) PNG(c Canvas) ([]byte, error) {
	fonts, err := goFonts()
	if err != nil {
		return nil, err
	}
	p := painter{
		image: image.NewRGBA(image.Rect(0, 0, c.Width, c.Height)), raster: vector.NewRasterizer(c.Width, c.Height),
		fonts: fonts, colors: make(map[string]color.RGBA, len(d.Colors)),
	}
	p.scale = min(float64(c.Width-2*c.Margin)/float64(d.Width), float64(c.Height-2*c.Margin)/float64(d.Height))
	p.left, p.top = (float64(c.Width)-p.scale*float64(d.Width))/2, (float64(c.Height)-p.scale*float64(d.Height))/2
	for _, class := range d.Colors {
		if p.colors[class.Name], err = class.rgba(c.Dark); err != nil {
			return nil, err
		}
	}
	if d.Background != (Color{}) {
		background, err := d.Background.rgba(c.Dark)
		if err != nil {
			return nil, err
		}
		draw.Draw(p.image, p.image.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	}
	for _, s := range d.Shapes {
		p.shape(s)
	}
	for _, photo := range d.Photos {
		if err := p.photo(photo); err != nil {
			return nil, err
		}
	}
	for _, t := range d.Texts {
		if err := p.text(t); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed} // 9 % larger than by default, in a third of the time
	var picture image.Image = p.image
	if len(d.Photos) == 0 {
		picture = palettize(p.image)
	}
	if err := encoder.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("encode PNG: %w", err)
	}
	return out.Bytes(), nil
}

// rgba returns the color of a color scheme.
func (c Color) rgba(dark bool) (color.RGBA, error) {
	text := c.Light
	if dark {
		text = c.Dark
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 24)
	if err != nil {
		return color.RGBA{}, fmt.Errorf("color %q is not #rrggbb: %w", text, err)
	}
	return color.RGBA{R: uint8(n >> 16), G: uint8(n >> 8), B: uint8(n), A: 255}, nil
}

// painter draws on an image. A point of the drawing is at left + scale * x, top + scale * y.
type painter struct {
	image            *image.RGBA
	raster           *vector.Rasterizer
	fonts            typeface
	colors           map[string]color.RGBA
	scale, left, top float64
}

// arc is the distance of the control points of a Bézier curve that is a quarter of a circle, of
// radius 1.
const arc = 0.5522847498

func (p painter) shape(s Shape) {
	bounds := p.trace(s)
	if bounds.Empty() {
		return
	}
	opaque := p.colors[s.Class]
	fill := color.NRGBA{R: opaque.R, G: opaque.G, B: opaque.B, A: 255}
	if s.Opacity > 0 {
		fill.A = uint8(math.Round(255 * s.Opacity))
	}
	p.raster.Draw(p.image, bounds, image.NewUniform(fill), image.Point{})
}

// photo draws the middle of a photo.
func (p painter) photo(photo Photo) error {
	src, err := jpeg.Decode(bytes.NewReader(photo.JPEG))
	if err != nil {
		return fmt.Errorf("decode a photo: %w", err)
	}
	bounds := p.trace(Shape{X: photo.X, Y: photo.Y, Width: photo.Width, Height: photo.Height, Radius: photo.Radius})
	if bounds.Empty() {
		return nil
	}
	size := src.Bounds().Size()
	scale := min(float64(size.X)/photo.Width, float64(size.Y)/photo.Height)
	crop := image.Pt(int(scale*photo.Width), int(scale*photo.Height))
	from := src.Bounds().Min.Add(size.Sub(crop).Div(2))
	scaled := image.NewRGBA(image.Rectangle{Max: bounds.Size()})
	xdraw.CatmullRom.Scale(scaled, scaled.Rect, src, image.Rectangle{Min: from, Max: from.Add(crop)}, xdraw.Src, nil)
	p.raster.Draw(p.image, bounds, scaled, image.Point{})
	return nil
}

// trace sets the path of the rasterizer to a shape, and returns the pixels that it is in.
func (p painter) trace(s Shape) image.Rectangle {
	topLeft, bottomRight := Point{s.X, s.Y}, Point{s.X + s.Width, s.Y + s.Height}
	if len(s.Outline.Points) > 0 {
		topLeft, bottomRight = s.Outline.bounds()
	}
	topLeft, bottomRight = p.place(topLeft), p.place(bottomRight)
	bounds := image.Rect(int(math.Floor(topLeft.X)), int(math.Floor(topLeft.Y)), int(math.Ceil(bottomRight.X)), int(math.Ceil(bottomRight.Y))).Intersect(p.image.Bounds())
	if bounds.Empty() {
		return bounds
	}
	p.raster.Reset(bounds.Dx(), bounds.Dy())
	x := func(at float64) float32 { return float32(at - float64(bounds.Min.X)) }
	y := func(at float64) float32 { return float32(at - float64(bounds.Min.Y)) }
	if len(s.Outline.Points) > 0 {
		start := p.place(s.Outline.Points[0])
		p.raster.MoveTo(x(start.X), y(start.Y))
		for _, c := range s.Outline.curves() {
			control1, control2, end := p.place(c.control1), p.place(c.control2), p.place(c.end)
			p.raster.CubeTo(x(control1.X), y(control1.Y), x(control2.X), y(control2.Y), x(end.X), y(end.Y))
		}
	} else {
		x0, y0, x1, y1 := topLeft.X, topLeft.Y, bottomRight.X, bottomRight.Y
		r := p.scale * min(s.Radius, s.Width/2, s.Height/2)
		k := r * (1 - arc)
		p.raster.MoveTo(x(x0+r), y(y0))
		p.raster.LineTo(x(x1-r), y(y0))
		p.raster.CubeTo(x(x1-k), y(y0), x(x1), y(y0+k), x(x1), y(y0+r))
		p.raster.LineTo(x(x1), y(y1-r))
		p.raster.CubeTo(x(x1), y(y1-k), x(x1-k), y(y1), x(x1-r), y(y1))
		p.raster.LineTo(x(x0+r), y(y1))
		p.raster.CubeTo(x(x0+k), y(y1), x(x0), y(y1-k), x(x0), y(y1-r))
		p.raster.LineTo(x(x0), y(y0+r))
		p.raster.CubeTo(x(x0), y(y0+k), x(x0+k), y(y0), x(x0+r), y(y0))
	}
	p.raster.ClosePath()
	return bounds
}

// place returns where a point of the drawing is on the image.
func (p painter) place(at Point) Point { return Point{p.left + p.scale*at.X, p.top + p.scale*at.Y} }

func (p painter) text(t Text) (err error) {
	if t.Text, err = Printable(t.Text); err != nil || t.Text == "" {
		return err
	}
	face, err := p.fonts.face(t, p.scale)
	if err != nil {
		return err
	}
	x := p.left + p.scale*t.X
	if t.AlignEnd {
		x -= textWidth(face, t.Text)
	}
	drawer := font.Drawer{
		Dst: p.image, Src: image.NewUniform(p.colors[t.Class]), Face: face,
		Dot: fixed.Point26_6{X: toFixed(x), Y: toFixed(p.top + p.scale*t.Y)},
	}
	if t.Length == 0 {
		drawer.DrawString(t.Text)
		return nil
	}
	space := toFixed((t.Length*p.scale - textWidth(face, t.Text)) / float64(max(1, utf8.RuneCountInString(t.Text)-1)))
	for _, r := range t.Text {
		drawer.DrawString(string(r))
		drawer.Dot.X += space
	}
	return nil
}

// toFixed returns a length in 64ths of a pixel.
func toFixed(length float64) fixed.Int26_6 { return fixed.Int26_6(math.Round(64 * length)) }
