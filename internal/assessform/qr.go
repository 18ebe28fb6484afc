package assessform

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// quietZone is the white margin of a QR code in modules, as ISO/IEC 18004 requires.
const quietZone = 4

// QRCode returns the QR code of a URL as an SVG picture, black on white. The error means that
// the URL is too long.
func QRCode(url string) (string, error) {
	code, size, err := encodeQR(url)
	if err != nil {
		return "", err
	}
	var path strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			run := 0
			for isBlack(code, x+run, y) {
				run++
			}
			if run > 0 {
				_, _ = fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run, run) // a builder returns no errors
				x += run
			}
		}
	}
	whole := size + 2*quietZone
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="300" height="300" shape-rendering="crispEdges" role="img" aria-label="QR code of the link">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`, whole, whole, whole, whole, path.String()), nil
}

// QRText returns the QR code of a URL for a terminal, two modules in each character.
func QRText(url string) (string, error) {
	code, size, err := encodeQR(url)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for y := -quietZone; y < size+quietZone; y += 2 {
		text.WriteString("\x1b[30;107m") // black on white in any theme
		for x := -quietZone; x < size+quietZone; x++ {
			upper, lower := isBlack(code, x, y), isBlack(code, x, y+1)
			text.WriteString(map[[2]bool]string{{true, true}: "█", {true, false}: "▀", {false, true}: "▄", {false, false}: " "}[[2]bool{upper, lower}])
		}
		text.WriteString("\x1b[0m\n")
	}
	return text.String(), nil
}

func encodeQR(url string) (code barcode.Barcode, size int, err error) {
	code, err = qr.Encode(url, qr.M, qr.Auto)
	if err != nil {
		return nil, 0, fmt.Errorf("encode the QR code: %w", err)
	}
	return code, code.Bounds().Dx(), nil
}

func isBlack(code barcode.Barcode, x, y int) bool {
	size := code.Bounds().Dx()
	return x >= 0 && y >= 0 && x < size && y < size && code.At(x, y) == color.Black
}
