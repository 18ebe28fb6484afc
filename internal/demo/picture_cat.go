package demo

import (
	"math"
	"slices"
	"sync"

	"trailcat/internal/drawing"
	"trailcat/internal/vocab"
)

// drawnCoat is how a coat is drawn. Colors are #rrggbb.
type drawnCoat struct {
	name       string // in file names
	alt        string // the beginning of alternative texts
	pattern    drawnPattern
	fur, light string // light: of the muzzle, the chest and the paws
	marks      string // stripes, patches or points
	marks2     string // of the second color of patches
	shade      string // of lines between parts of the fur
	eyes       string
	nose       string
}

type drawnPattern int

const (
	drawnSolid drawnPattern = iota
	drawnTabby
	drawnTuxedo
	drawnPatches
	drawnPoints
)

// drawnCoats returns the coats that are drawn. Callers must not change them.
var drawnCoats = sync.OnceValue(func() []drawnCoat {
	return []drawnCoat{
		{"black", "Drawing of a black cat", drawnSolid, "#2c2c35", "#393944", "", "", "#17171c", "#f0c445", "#5d4a52"},
		{"white", "Drawing of a white cat", drawnSolid, "#f7f3ec", "#fffdf9", "", "", "#d5ccbf", "#64ace0", "#f0a0a0"},
		{"orange-tabby", "Drawing of an orange tabby cat", drawnTabby, "#eba04b", "#fbe2bd", "#c8701f", "", "#c8701f", "#86b556", "#d9776a"},
		{"brown-tabby", "Drawing of a brown tabby cat", drawnTabby, "#a5835d", "#dcc7a8", "#5b4430", "", "#6e543b", "#c8c04c", "#b5746a"},
		{"gray", "Drawing of a gray cat", drawnSolid, "#8b96a6", "#a4aebc", "", "", "#667182", "#e5b93a", "#5f5a68"},
		{"tuxedo", "Drawing of a black and white cat", drawnTuxedo, "#2c2c35", "#ffffff", "", "", "#14141a", "#9fd068", "#e79a9a"},
		{"calico", "Drawing of a calico cat", drawnPatches, "#fbf6ed", "#fffdf9", "#e28b3c", "#332d2d", "#d8cdbd", "#7db268", "#ec9c9c"},
		{"tortoiseshell", "Drawing of a tortoiseshell cat", drawnPatches, "#4b3529", "#5d4435", "#c97a33", "#221814", "#21150f", "#e3b544", "#3b2723"},
		{"siamese", "Drawing of a Siamese cat", drawnPoints, "#ecdfc9", "#f5ecdc", "#5a4336", "", "#c7b395", "#4fa3e6", "#3d2c24"},
	}
})

// coatOf returns the index in drawnCoats of the coat that is most like that of a cat, or false if
// nothing is known of it.
func coatOf(colors vocab.Colors, breed string) (int, bool) {
	name := ""
	switch colors.Primary {
	case "Black", "Smoke":
		name = "black"
	case "White", "Cream / Ivory":
		name = "white"
	case "Orange / Red", "Tabby (Orange / Red)", "Orange & White", "Buff / Tan / Fawn", "Tabby (Buff / Tan / Fawn)", "Buff & White":
		name = "orange-tabby"
	case "Brown / Chocolate", "Tabby (Brown / Chocolate)", "Tabby (Leopard / Spotted)", "Tabby (Tiger Striped)", "Torbie":
		name = "brown-tabby"
	case "Gray / Blue / Silver", "Tabby (Gray / Blue / Silver)", "Gray & White", "Blue Cream", "Dilute Tortoiseshell":
		name = "gray"
	case "Black & White / Tuxedo":
		name = "tuxedo"
	case "Calico", "Dilute Calico":
		name = "calico"
	case "Tortoiseshell":
		name = "tortoiseshell"
	}
	switch {
	case colors.Pattern == vocab.Colorpoint, colors.Pattern == vocab.LynxPoint, name == "" && breed == "Siamese":
		name = "siamese"
	case colors.Pattern == vocab.Tabby && name == "":
		name = "brown-tabby"
	case name == "black" && colors.Secondary == "White":
		name = "tuxedo"
	}
	i := slices.IndexFunc(drawnCoats(), func(c drawnCoat) bool { return c.name == name })
	return max(0, i), i >= 0
}

// catPicture draws a cat. Lengths are in units of which the head is about 200 wide, from the middle of
// the head.
type catPicture struct {
	drawing.Drawing
	x, y, scale float64 // of the middle of the head, in pixels, and pixels per unit
	mirrored    bool
}

// place returns pixels of pairs of coordinates.
func (p *catPicture) place(xy []float64) []drawing.Point {
	var out []drawing.Point
	for i := 0; i < len(xy); i += 2 {
		x := xy[i]
		if p.mirrored {
			x = -x
		}
		out = append(out, drawing.Point{X: p.x + p.scale*x, Y: p.y + p.scale*xy[i+1]})
	}
	return out
}

func (p *catPicture) add(color string, outline drawing.Outline) {
	class := "c" + color[1:]
	p.Colors = append(p.Colors, drawing.Class{Name: class, Color: drawing.Color{Light: color, Dark: color}})
	p.Shapes = append(p.Shapes, drawing.Shape{Class: class, Outline: outline})
}

// blob fills a curved line through points.
func (p *catPicture) blob(color string, xy ...float64) {
	p.add(color, drawing.Outline{Points: p.place(xy), Curved: true})
}

// polygon fills a line with corners.
func (p *catPicture) polygon(color string, xy ...float64) {
	p.add(color, drawing.Outline{Points: p.place(xy), Curved: false})
}

// ellipse fills an ellipse around a point, turned by an angle in degrees.
func (p *catPicture) ellipse(color string, x, y, rx, ry, degrees float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	var xy []float64
	for i := range 12 {
		s, c := math.Sincos(float64(i) * math.Pi / 6)
		xy = append(xy, x+rx*c*cos-ry*s*sin, y+rx*c*sin+ry*s*cos)
	}
	p.blob(color, xy...)
}

// stroke draws a curved line of a width at its start and its end, with round ends.
func (p *catPicture) stroke(color string, from, to float64, xy ...float64) {
	n := len(xy) / 2
	left, right := make([]float64, 0, 2*n), make([]float64, 2*n)
	for i := range n {
		before, after := max(0, i-1), min(n-1, i+1)
		dx, dy := xy[2*after]-xy[2*before], xy[2*after+1]-xy[2*before+1]
		half := (from + (to-from)*float64(i)/float64(n-1)) / 2 / math.Hypot(dx, dy)
		left = append(left, xy[2*i]-dy*half, xy[2*i+1]+dx*half)
		right[2*(n-1-i)], right[2*(n-1-i)+1] = xy[2*i]+dy*half, xy[2*i+1]-dx*half
	}
	p.blob(color, append(left, right...)...)
	p.ellipse(color, xy[0], xy[1], from/2, from/2, 0)
	p.ellipse(color, xy[2*n-2], xy[2*n-1], to/2, to/2, 0)
}

// both draws something and its mirror image.
func (p *catPicture) both(draw func()) {
	draw()
	p.mirrored = !p.mirrored
	draw()
	p.mirrored = !p.mirrored
}

// head draws a head that looks at the viewer.
func (p *catPicture) head(c drawnCoat) {
	ear, inner := c.fur, "#f2b3ab"
	if c.pattern == drawnPoints {
		ear, inner = c.marks, "#8a6a5a"
	}
	p.both(func() {
		p.blob(ear, -98, -30, -101, -92, -88, -132, -74, -130, -42, -96, -20, -70, -50, -20)
		p.blob(inner, -84, -60, -86, -92, -78, -112, -62, -98, -46, -78)
	})
	if c.pattern == drawnPatches {
		p.blob(c.marks, 98, -30, 101, -92, 88, -132, 74, -130, 42, -96, 20, -70, 50, -20)
		p.blob(inner, 84, -60, 86, -92, 78, -112, 62, -98, 46, -78)
	}
	p.blob(c.fur, 0, -92, 55, -84, 96, -46, 112, 8, 92, 54, 46, 82, 0, 88, -46, 82, -92, 54, -112, 8, -96, -46, -55, -84)
	switch c.pattern {
	case drawnTabby:
		p.stroke(c.marks, 12, 8, 0, -86, 0, -66, 0, -46)
		p.both(func() {
			p.stroke(c.marks, 12, 7, -24, -82, -23, -66, -19, -50)
			p.stroke(c.marks, 6, 11, -72, 16, -88, 14, -103, 8)
			p.stroke(c.marks, 6, 11, -70, 36, -84, 38, -97, 36)
		})
	case drawnPatches:
		p.blob(c.marks, 14, -88, 55, -83, 94, -46, 104, -4, 72, 22, 34, 14, 14, -30)
		p.blob(c.marks2, -30, -86, -58, -80, -92, -46, -80, -30, -50, -46)
		if c.name == "tortoiseshell" {
			p.blob(c.marks2, 60, 30, 96, 22, 88, 52, 60, 68)
			p.blob(c.marks, -96, 10, -78, 22, -84, 44, -102, 32)
		}
	case drawnPoints:
		p.blob(c.marks, 0, -52, 36, -28, 66, 4, 62, 44, 38, 72, 0, 80, -38, 72, -62, 44, -66, 4, -36, -28)
	case drawnTuxedo:
		p.blob(c.light, 0, -60, 10, -10, 34, 24, 58, 46, 44, 76, 0, 86, -44, 76, -58, 46, -34, 24, -10, -10)
	case drawnSolid:
	}
	if c.pattern != drawnTuxedo && c.pattern != drawnPoints {
		p.both(func() { p.ellipse(c.light, -21, 48, 29, 22, -8) })
		p.ellipse(c.light, 0, 68, 22, 14, 0)
	}
	p.both(func() {
		p.ellipse("#16161a", -46, -4, 25, 27, 0)
		p.ellipse(c.eyes, -46, -4, 22, 24, 0)
		p.ellipse("#16161a", -45, -3, 11, 19, 0)
	})
	for _, x := range []float64{-50, 42} { // the light comes from one side
		p.ellipse("#ffffff", x, -13, 6, 7, 0)
	}
	line := c.shade
	if c.pattern == drawnPoints {
		line = "#2c1e18"
	}
	p.stroke(line, 4, 4, 0, 40, 0, 50)
	p.both(func() {
		p.stroke(line, 4, 3, 0, 50, -8, 59, -19, 60, -28, 54)
		for i, y := range []float64{38, 48, 58} {
			p.stroke("#f4efe6", 2.5, 1.2, -40, 46+4*float64(i), -80, y, -134, 14+26*float64(i))
		}
	})
	p.blob(c.nose, -14, 26, 0, 23, 14, 26, 6, 38, 0, 42, -6, 38)
}

// sitting draws a cat that sits and looks at the viewer. It is 480 units high.
func (p *catPicture) sitting(c drawnCoat) {
	extremity, paws, chest := c.fur, c.light, c.light
	if c.pattern == drawnPoints {
		extremity, paws = c.marks, c.marks
	}
	p.stroke(extremity, 44, 30, 70, 350, 150, 352, 196, 310, 196, 240, 170, 200)
	if c.pattern == drawnTabby {
		for _, at := range [][4]float64{{112, 334, 116, 368}, {164, 324, 186, 350}, {180, 280, 212, 284}, {166, 232, 204, 222}} {
			p.stroke(c.marks, 11, 11, at[0], at[1], at[2], at[3])
		}
	}
	p.blob(c.fur, 0, 40, 62, 60, 98, 150, 132, 240, 136, 320, 104, 364, 0, 372, -104, 364, -136, 320, -132, 240, -98, 150, -62, 60)
	switch c.pattern {
	case drawnTabby:
		p.both(func() {
			p.stroke(c.marks, 15, 7, -92, 158, -74, 166, -60, 180)
			p.stroke(c.marks, 16, 7, -115, 212, -92, 216, -76, 228)
			p.stroke(c.marks, 16, 7, -127, 268, -102, 266, -84, 274)
		})
	case drawnPatches:
		p.blob(c.marks, 70, 90, 96, 150, 128, 240, 110, 270, 78, 230, 60, 150)
		p.blob(c.marks2, -72, 106, -98, 160, -120, 226, -90, 240, -66, 180)
		p.blob(c.marks2, 128, 290, 130, 330, 104, 356, 84, 330, 100, 296)
		if c.name == "tortoiseshell" {
			p.blob(c.marks, -126, 270, -104, 262, -88, 300, -110, 340, -128, 316)
		}
	case drawnTuxedo, drawnPoints, drawnSolid:
	}
	p.blob(chest, 0, 70, 44, 92, 50, 140, 26, 190, 0, 214, -26, 190, -50, 140, -44, 92)
	p.both(func() {
		p.blob(c.fur, -12, 180, -52, 190, -62, 280, -58, 352, -34, 370, -10, 352)
		p.ellipse(paws, -36, 360, 34, 21, 0)
		p.ellipse(extremity, -100, 358, 44, 22, 0)
		p.stroke(c.shade, 4, 3, -44, 354, -44, 372)
		p.stroke(c.shade, 4, 3, -28, 354, -28, 372)
	})
	p.stroke(c.shade, 5, 3, 0, 226, 0, 290, 0, 352)
	p.head(c)
}

// lying draws a cat that lies on its belly, with its body to the left of its head. It is 560 units wide.
func (p *catPicture) lying(c drawnCoat) {
	extremity, paws := c.fur, c.light
	if c.pattern == drawnPoints {
		extremity, paws = c.marks, c.marks
	}
	p.blob(c.fur, 40, 130, -20, 150, -180, 156, -330, 152, -392, 120, -396, 40, -350, -22, -260, -52, -150, -50, -60, -30, 40, 10)
	switch c.pattern {
	case drawnTabby:
		for i, x := range []float64{-330, -275, -220, -165, -112} {
			p.stroke(c.marks, 17, 7, x, -24-10*float64(min(i, 4-i)), x-6, 10, x+4, 50)
		}
	case drawnPatches:
		p.blob(c.marks, -250, -48, -150, -46, -120, 0, -160, 44, -226, 30)
		p.blob(c.marks2, -388, 60, -346, -18, -290, -36, -284, 20, -330, 70)
		p.blob(c.marks2, -120, 80, -70, 60, -50, 110, -100, 134)
		if c.name == "tortoiseshell" {
			p.blob(c.marks, -320, 96, -260, 80, -240, 120, -300, 138)
		}
	case drawnTuxedo, drawnPoints, drawnSolid:
	}
	p.blob(c.shade, -392, 120, -398, 60, -360, 20, -300, 26, -262, 70, -256, 140, -320, 158)
	p.blob(c.fur, -390, 122, -390, 64, -356, 27, -302, 33, -268, 74, -262, 142, -320, 156)
	if c.pattern == drawnTabby {
		p.stroke(c.marks, 14, 6, -372, 70, -346, 66, -322, 76)
		p.stroke(c.marks, 14, 6, -374, 104, -346, 98, -320, 106)
	}
	p.stroke(extremity, 46, 32, -370, 134, -290, 158, -200, 160, -110, 152)
	p.blob(c.fur, 70, 60, 120, 110, 110, 150, 20, 156, -40, 150, -50, 90)
	p.blob(c.light, 0, 70, 50, 84, 54, 120, 0, 134, -54, 120, -50, 84)
	p.both(func() {
		p.blob(c.fur, -20, 118, -72, 116, -86, 140, -74, 160, -20, 160)
		p.ellipse(paws, -46, 144, 42, 22, 0)
		p.stroke(c.shade, 4, 3, -56, 140, -56, 158)
		p.stroke(c.shade, 4, 3, -38, 140, -38, 158)
	})
	p.head(c)
}

// face draws a head and shoulders.
func (p *catPicture) face(c drawnCoat) {
	p.blob(c.fur, 0, 20, 90, 50, 134, 120, 160, 240, 140, 330, -140, 330, -160, 240, -134, 120, -90, 50)
	switch c.pattern {
	case drawnTabby:
		p.both(func() {
			p.stroke(c.marks, 15, 8, -124, 108, -104, 118, -88, 132)
			p.stroke(c.marks, 16, 8, -144, 160, -120, 166, -102, 178)
		})
	case drawnPatches:
		p.blob(c.marks2, 100, 66, 130, 116, 154, 200, 100, 190)
		p.blob(c.marks, -104, 76, -134, 126, -148, 190, -110, 170)
	case drawnTuxedo, drawnPoints, drawnSolid:
	}
	p.blob(c.light, 0, 70, 58, 88, 74, 150, 60, 330, -60, 330, -74, 150, -58, 88)
	p.head(c)
}
