package drawing_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/drawing"
)

func TestPrintable(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{
		"Kenny Chatney":   "Kenny Chatney",
		"Zoë Łucja Ğızem": "Zoë Łucja Ğızem",
		"Zoe\u0308":       "Zoë", // the mark is a character of its own
		"Μαύρη":           "Μαύρη",
		"Мурка Їжачок":    "Мурка Їжачок",
		"Nguyễn":          "Nguyen",
		"Ｍｉｍｉ ミミ 😺":       "Mimi",
		"Bo\u200d\x00\n":  "Bo",
		"猫":               "",
		"قطة":             "",
		"😺 - !":           "",
	} {
		got, err := drawing.Printable(text)
		if err != nil || got != want {
			t.Errorf("Printable(%q): got %q, want %q (%v)", text, got, want, err)
		}
	}
}

// What Printable returns, it returns unchanged.
func TestPrintable_IsIdempotent(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		once, err := drawing.Printable(rapid.String().Draw(t, "text"))
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := drawing.Printable(once); err != nil || twice != once {
			t.Fatalf("got %q of %q (%v)", twice, once, err)
		}
	})
}

var (
	white = color.RGBA{255, 255, 255, 255}
	black = color.RGBA{0, 0, 0, 255}
	red   = color.RGBA{255, 0, 0, 255}
)

func sample() drawing.Drawing {
	return drawing.Drawing{
		Width: 100, Height: 50, Background: drawing.Color{Light: "#ffffff", Dark: "#000000"},
		Colors: []drawing.Class{{Name: "ink", Color: drawing.Color{Light: "#ff0000", Dark: "#ffffff"}}},
	}
}

func decode(t *testing.T, d drawing.Drawing, canvas drawing.Canvas) image.Image {
	t.Helper()
	body, err := d.PNG(canvas)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// A drawing is in the middle of its canvas, as large as its margin permits, with sharp sides and round
// corners.
func TestPNG_PlacesShapes(t *testing.T) {
	t.Parallel()

	d := sample()
	d.Shapes = []drawing.Shape{{Class: "ink", Width: 100, Height: 50, Radius: 5}}
	img := decode(t, d, drawing.Canvas{Width: 240, Height: 240, Margin: 20}) // from 20,70 to 220,170
	if size := img.Bounds().Size(); size != image.Pt(240, 240) {
		t.Fatalf("got %v", size)
	}
	for at, want := range map[image.Point]color.RGBA{
		{19, 120}: white, {20, 120}: red, {219, 120}: red, {220, 120}: white,
		{120, 69}: white, {120, 70}: red, {120, 169}: red, {120, 170}: white,
		{20, 70}: white, {219, 169}: white,
	} {
		if got := color.RGBAModel.Convert(img.At(at.X, at.Y)); got != want {
			t.Errorf("at %v: got %v, want %v", at, got, want)
		}
	}
}

// Outlines are filled, with corners or as a curve through their points.
func TestPNG_PlacesOutlines(t *testing.T) {
	t.Parallel()

	diamond := []drawing.Point{{X: 50, Y: 5}, {X: 70, Y: 25}, {X: 50, Y: 45}, {X: 30, Y: 25}}
	for name, tt := range map[string]struct {
		curved bool
		side   color.RGBA // between two points, a little outside of the line between them
	}{"corners": {false, white}, "curve": {true, red}} {
		d := sample()
		d.Shapes = []drawing.Shape{{Class: "ink", Outline: drawing.Outline{Points: diamond, Curved: tt.curved}}}
		img := decode(t, d, drawing.Canvas{Width: 400, Height: 200})
		for at, want := range map[image.Point]color.RGBA{
			{200, 100}: red, {200, 24}: red, {200, 16}: white, {123, 100}: red, {116, 100}: white, {276, 100}: red, {283, 100}: white, {200, 176}: red,
			{246, 54}: tt.side, {154, 146}: tt.side, {262, 38}: white,
		} {
			if got := color.RGBAModel.Convert(img.At(at.X, at.Y)); got != want {
				t.Errorf("%s at %v: got %v, want %v", name, at, got, want)
			}
		}
	}
}

// Of a photo the middle fills its place, with round corners.
func TestPNG_PlacesPhotos(t *testing.T) {
	t.Parallel()

	photo := image.NewRGBA(image.Rect(0, 0, 300, 100)) // red, black, red
	for x := range 300 {
		for y := range 100 {
			photo.Set(x, y, map[bool]color.Color{true: black, false: red}[x >= 100 && x < 200])
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, photo, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	d := sample()
	d.Photos = []drawing.Photo{{X: 10, Y: 5, Width: 40, Height: 40, Radius: 8, JPEG: file.Bytes()}}
	img := decode(t, d, drawing.Canvas{Width: 200, Height: 100})
	for at, want := range map[image.Point]color.RGBA{
		{60, 50}: black, {30, 50}: black, {88, 50}: black, {17, 50}: white, {102, 50}: white, {21, 11}: white, {98, 88}: white,
	} {
		if got := color.RGBAModel.Convert(img.At(at.X, at.Y)); got != want {
			t.Errorf("at %v: got %v, want %v", at, got, want)
		}
	}
	d.Photos[0].JPEG = []byte("no photo")
	if _, err := d.PNG(drawing.Canvas{Width: 200, Height: 100}); err == nil {
		t.Error("got a picture with a damaged photo")
	}
}

func TestSVG_HasOutlines(t *testing.T) {
	t.Parallel()

	triangle := []drawing.Point{{X: 1, Y: 2}, {X: 7, Y: 2}, {X: 4, Y: 8.25}}
	for curved, want := range map[bool]string{
		false: `<path class="ink" d="M1 2L7 2L4 8.3L1 2Z"/>`,
		true:  `<path class="ink" d="M1 2C1.5 1 6.5 1 7 2C7.5 3 5 8.3 4 8.3C3 8.3 0.5 3 1 2Z"/>`,
	} {
		d := sample()
		d.Shapes = []drawing.Shape{{Class: "ink", Outline: drawing.Outline{Points: triangle, Curved: curved}}}
		if got, err := d.SVG(); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("got %s (%v), want %s", got, err, want)
		}
	}
}

func TestPNG_HasColorSchemes(t *testing.T) {
	t.Parallel()

	for dark, want := range map[bool]color.RGBA{false: white, true: black} {
		if got := color.RGBAModel.Convert(decode(t, sample(), drawing.Canvas{Width: 10, Height: 5, Dark: dark}).At(0, 0)); got != want {
			t.Errorf("dark %v: got %v, want %v", dark, got, want)
		}
	}
}

// Texts start or end at their point, and are fitted to their Length and MaxWidth.
func TestPNG_PlacesTexts(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		text     drawing.Text
		from, to int // in pixels of the drawing
	}{
		"from the left":     {drawing.Text{X: 10, Text: "HH"}, 10, 28},
		"to the right":      {drawing.Text{X: 90, Text: "HH", AlignEnd: true}, 72, 90},
		"too long":          {drawing.Text{X: 10, Text: "HHHHHHHHHHHHHH", MaxWidth: 60}, 10, 70},
		"of a given length": {drawing.Text{X: 10, Text: "HHHHH", Length: 50}, 10, 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.text.Class, tt.text.Y, tt.text.Size = "ink", 30, 12
			d := sample()
			d.Texts = []drawing.Text{tt.text}
			img := decode(t, d, drawing.Canvas{Width: 400, Height: 200})
			from, to := 400, 0
			for y := range 200 {
				for x := range 400 {
					if color.RGBAModel.Convert(img.At(x, y)) != white {
						from, to = min(from, x), max(to, x)
					}
				}
			}
			const tolerance = 2 * 4 // the space beside an H
			if from < 4*tt.from || from > 4*tt.from+tolerance || to > 4*tt.to || to < 4*tt.to-tolerance {
				t.Errorf("got ink from %d to %d, want it from %d to %d", from, to, 4*tt.from, 4*tt.to)
			}
		})
	}
}

// Each area has its color, or one that looks the same, for up to 256 colors; also where the rest is
// transparent.
func TestPNG_KeepsColors(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		d := drawing.Drawing{Width: 16, Height: 16}
		areas := rapid.SliceOfN(rapid.Uint32Range(0, 1<<24-1), 0, 255).Draw(t, "colors")
		for i, rgb := range areas {
			name := strconv.Itoa(i)
			d.Colors = append(d.Colors, drawing.Class{Name: name, Color: drawing.Color{Light: fmt.Sprintf("#%06x", rgb)}})
			d.Shapes = append(d.Shapes, drawing.Shape{Class: name, X: float64(i % 16), Y: float64(i / 16), Width: 1, Height: 1})
		}
		body, err := d.PNG(drawing.Canvas{Width: 64, Height: 64})
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if got := color.RGBAModel.Convert(img.At(63, 63)); got != (color.RGBA{}) {
			t.Errorf("got %v where no area is, want it transparent", got)
		}
		for i, rgb := range areas {
			got := color.RGBAModel.Convert(img.At(4*(i%16), 4*(i/16))).(color.RGBA)
			for shift, channel := range map[int]uint8{16: got.R, 8: got.G, 0: got.B, 24: got.A ^ 255} {
				if want := int(uint8(rgb >> shift)); int(channel) < want-6 || int(channel) > want+6 {
					t.Fatalf("area %d: got %v, want #%06x", i, got, rgb)
				}
			}
		}
	})
}

// A color that is not understood is an error, not black.
func TestPNG_RejectsColors(t *testing.T) {
	t.Parallel()

	d := sample()
	d.Background.Light = "white"
	if _, err := d.PNG(drawing.Canvas{Width: 10, Height: 5}); err == nil {
		t.Error("got a picture")
	}
}
