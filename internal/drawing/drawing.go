// Package drawing describes a picture once, as filled shapes and lines of text, and encodes it as SVG
// and as PNG. It knows neither cats nor HTTP.
package drawing

// Drawing is a picture. Lengths are in pixels of the SVG picture, from its upper left corner.
type Drawing struct {
	Title, Description string // for screen readers; only in SVG
	Width, Height      int
	FontFamily         string // fonts of the SVG picture, in CSS; those of PNG are the Go fonts
	Background         Color  // around the drawing, only in PNG; the zero value is transparent
	Colors             []Class
	Shapes             []Shape
	Photos             []Photo // above the shapes
	Texts              []Text  // above the shapes
}

// Photo is a photo in a rectangle with round corners, which its middle fills.
type Photo struct {
	X, Y, Width, Height float64
	Radius              float64
	JPEG                []byte
}

// Color is a color for light and one for dark backgrounds, each as #rrggbb.
type Color struct{ Light, Dark string }

// Class names a color, for shapes and texts to refer to.
type Class struct {
	Name string
	Color
}

// Shape is a filled rectangle with round corners, or the inside of an outline. A rectangle with a
// radius of half its sides is a circle.
type Shape struct {
	Class               string
	X, Y, Width, Height float64
	Radius              float64
	Opacity             float64 // 0 is opaque, too
	Outline             Outline // instead of a rectangle
}

// Circle returns a circle around a point.
func Circle(class string, x, y, radius float64) Shape {
	return Shape{Class: class, X: x - radius, Y: y - radius, Width: 2 * radius, Height: 2 * radius, Radius: radius}
}

// Text is a line of text.
type Text struct {
	Class string
	X, Y  float64 // where the baseline starts, or ends if AlignEnd is set
	Text  string
	Size  float64 // of the font

	Bold, AlignEnd bool
	Length         float64 // width that the text is spaced to; 0 for its own
	MaxWidth       float64 // PNG reduces the size of longer texts; SVG, which cannot measure them, does not
}
