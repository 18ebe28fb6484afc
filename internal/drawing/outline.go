package drawing

import (
	"fmt"
	"math"
	"strings"
)

// Point is a position in a drawing.
type Point struct{ X, Y float64 }

// Outline is a closed line through points: straight between them, or a smooth curve.
type Outline struct {
	Points []Point
	Curved bool
}

// curve is a cubic Bézier curve from the end of the one before.
type curve struct{ control1, control2, end Point }

// curves returns the curves of an outline, which begin and end at its first point.
func (o Outline) curves() []curve {
	n := len(o.Points)
	at := func(i int) Point { return o.Points[(i+n)%n] }
	// tangent returns a sixth of the way between the neighbors of a point, as in a Catmull-Rom
	// spline, or 0 at corners.
	tangent := func(i int) Point {
		if !o.Curved {
			return Point{}
		}
		return Point{X: (at(i+1).X - at(i-1).X) / 6, Y: (at(i+1).Y - at(i-1).Y) / 6}
	}
	out := make([]curve, n)
	for i := range out {
		from, to := tangent(i), tangent(i+1)
		out[i] = curve{
			control1: Point{X: at(i).X + from.X, Y: at(i).Y + from.Y},
			control2: Point{X: at(i+1).X - to.X, Y: at(i+1).Y - to.Y},
			end:      at(i + 1),
		}
	}
	return out
}

// bounds returns the corners of a rectangle that contains the outline.
func (o Outline) bounds() (topLeft, bottomRight Point) {
	topLeft, bottomRight = o.Points[0], o.Points[0]
	for _, c := range o.curves() {
		for _, p := range []Point{c.control1, c.control2, c.end} { // a curve is within their hull
			topLeft.X, topLeft.Y = min(topLeft.X, p.X), min(topLeft.Y, p.Y)
			bottomRight.X, bottomRight.Y = max(bottomRight.X, p.X), max(bottomRight.Y, p.Y)
		}
	}
	return topLeft, bottomRight
}

// PathData returns the outline in the language of SVG paths.
func (o Outline) PathData() string {
	if len(o.Points) == 0 {
		return ""
	}
	var out strings.Builder
	round := func(x float64) float64 { return math.Round(10*x) / 10 }
	_, _ = fmt.Fprintf(&out, "M%v %v", round(o.Points[0].X), round(o.Points[0].Y))
	for _, c := range o.curves() {
		if !o.Curved {
			_, _ = fmt.Fprintf(&out, "L%v %v", round(c.end.X), round(c.end.Y))
			continue
		}
		_, _ = fmt.Fprintf(&out, "C%v %v %v %v %v %v", round(c.control1.X), round(c.control1.Y), round(c.control2.X), round(c.control2.Y), round(c.end.X), round(c.end.Y))
	}
	return out.String() + "Z"
}
