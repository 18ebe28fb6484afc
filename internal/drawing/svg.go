package drawing

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"unicode"
)

//go:embed drawing.svg.tmpl
var svgTemplate string

var parsedTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("drawing").Parse(svgTemplate))
})

// SVG returns the drawing as an SVG picture, which adapts to the light or dark color scheme of the
// viewer.
func (d Drawing) SVG() ([]byte, error) {
	var out bytes.Buffer
	if err := parsedTemplate().Execute(&out, d); err != nil {
		return nil, fmt.Errorf("write SVG: %w", err)
	}
	return out.Bytes(), nil
}

// DataURI returns the photo as a URL that contains it: pictures in web pages load nothing else.
func (p Photo) DataURI() template.URL {
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(p.JPEG)) //nolint:gosec // base64 needs no escapes
}

// Clean removes the characters that XML does not allow from a text, and limits it to maxLength
// characters.
func Clean(text string, maxLength int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > maxLength {
		return string(runes[:maxLength-1]) + "…"
	}
	return text
}
