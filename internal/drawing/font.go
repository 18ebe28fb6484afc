package drawing

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// typeface holds the parsed fonts, which goroutines share.
type typeface struct{ regular, bold *sfnt.Font }

var goFonts = sync.OnceValues(func() (typeface, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return typeface{}, fmt.Errorf("parse Go Regular: %w", err)
	}
	bold, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return typeface{}, fmt.Errorf("parse Go Bold: %w", err)
	}
	return typeface{regular: regular, bold: bold}, nil
})

// font returns the font of a text.
func (f typeface) font(t Text) *sfnt.Font {
	if t.Bold {
		return f.bold
	}
	return f.regular
}

// face returns the face of a text at its size times scale, reduced to its MaxWidth.
func (f typeface) face(t Text, scale float64) (font.Face, error) {
	face, err := newFace(f.font(t), t.Size*scale)
	if err != nil {
		return nil, err
	}
	if width, available := textWidth(face, t.Text), t.MaxWidth*scale; available > 0 && width > available {
		return newFace(f.font(t), t.Size*scale*available/width)
	}
	return face, nil
}

func newFace(f *sfnt.Font, size float64) (font.Face, error) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("size a font: %w", err)
	}
	return face, nil
}

// textWidth returns the width of a text in pixels.
func textWidth(face font.Face, text string) float64 {
	return float64(font.MeasureString(face, text)) / 64
}

// Printable returns a text as PNG pictures can show it, which is in the Latin, Greek and Cyrillic
// letters of the Go fonts. Of a letter with marks that the fonts lack it keeps the letter, such as
// "Nguyen" of "Nguyễn", and it leaves out all other characters that the fonts lack. The result is
// empty if no letter or digit is left.
func Printable(text string) (string, error) {
	fonts, err := goFonts()
	if err != nil {
		return "", err
	}
	var buffer sfnt.Buffer
	has := func(r rune) bool {
		glyph, err := fonts.regular.GlyphIndex(&buffer, r)
		return err == nil && glyph != 0
	}
	var out strings.Builder
	for _, r := range norm.NFC.String(text) {
		letters := string(r)
		if !has(r) {
			letters = norm.NFKD.String(letters)
		}
		for _, r := range letters {
			if has(r) && !unicode.In(r, unicode.C, unicode.M) {
				out.WriteRune(r)
			}
		}
	}
	printable := strings.Join(strings.Fields(out.String()), " ")
	if !strings.ContainsFunc(printable, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return "", nil
	}
	return printable, nil
}
