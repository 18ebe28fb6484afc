package imaging

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"net/http"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// source is what the header of a file states about its photo.
type source struct {
	mediaType     string
	kind          string // for messages, such as "progressive JPEG"
	width, height int    // pixels as stored, before the orientation is applied
	memory        int    // bytes that the decoder allocates
	channels      int    // number of channels that are scaled at the same time
	orientation   int    // of EXIF, 1 to 8; 0 if there is none
	profile       []byte // ICC; nil if there is none
	decode        func() (image.Image, error)
}

// open reads the header of a file. It allocates no memory for pixels.
func open(file []byte) (source, error) {
	if len(file) > MaxBytes {
		return source{}, catalog.Errorf(catalog.Invalid, errcode.ImageTooLarge,
			"The file has more than %d MB. Send a smaller version of the photo.", MaxBytes>>20)
	}
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8\xff")):
		return openJPEG(file)
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		return openPNG(file)
	case bytes.HasPrefix(file, []byte("GIF87a")), bytes.HasPrefix(file, []byte("GIF89a")):
		return openGIF(file)
	case len(file) >= 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		return openWebP(file)
	case len(file) >= 12 && string(file[4:8]) == "ftyp" && isHEIC(file):
		return openHEIC(file)
	}
	return source{}, errUnsupported("The file is %s.", kindOf(file))
}

// check returns an error for a photo that has too few pixels, or too many to be decoded.
func (s source) check(bytes int) error {
	if err := checkSides(s.width, s.height); err != nil {
		return err
	}
	if max(s.width, s.height) > maxSide || s.width*s.height > maxPixels {
		return catalog.Errorf(catalog.Invalid, errcode.ImageTooLarge,
			"The photo has %d × %d pixels; at most %d on a side and %d megapixels can be read. Send a smaller version.", s.width, s.height, maxSide, int(maxPixels/1e6))
	}
	largest := catalog.BestRendition(s.width, s.height, catalog.MaxPhotoSize)
	perPixel := float64(s.memory) / float64(s.width*s.height)
	need := s.memory + s.channels*largest.Width*s.height + bytes
	if need <= maxMemory {
		return nil
	}
	return catalog.Errorf(catalog.Invalid, errcode.ImageTooLarge,
		"The photo has %d × %d pixels; a %s of up to %d megapixels can be read. Send a smaller version.",
		s.width, s.height, s.kind, max(1, int(float64(maxMemory-bytes)*0.85/perPixel/1e6)))
}

func checkSides(width, height int) error {
	if min(width, height) >= minSide {
		return nil
	}
	return catalog.Errorf(catalog.Invalid, errcode.UnsupportedImage,
		"The image has %d × %d pixels; a photo has at least %d on each side. Send the photo in full size.", width, height, minSide)
}

func errUnsupported(format string, args ...any) error {
	return catalog.Errorf(catalog.Invalid, errcode.UnsupportedImage, format+" Send a JPEG, PNG, WebP, GIF or HEIC file.", args...)
}

func errCorrupt() error {
	return catalog.Errorf(catalog.Invalid, errcode.CorruptImage,
		"The photo is truncated or damaged. Send the file again, or export it again from the original.")
}

// errInternal marks errors of a decoder that are not errors of the file.
var errInternal = errors.New("decode photo")

// decodeError returns the error for the caller for an error of a decoder.
func decodeError(src source, err error) error {
	var unsupported jpeg.UnsupportedError
	switch {
	case errors.Is(err, errInternal):
		return err
	case errors.As(err, &unsupported):
		return errUnsupported("The file is a %s with a feature that cannot be read (%s).", src.kind, string(unsupported))
	}
	return errCorrupt()
}

// kindOf describes a file that is not a photo, for messages.
func kindOf(file []byte) string {
	if len(file) == 0 {
		return "empty"
	}
	start := strings.ToLower(string(bytes.TrimLeft(file[:min(len(file), 1024)], "\xef\xbb\xbf \t\r\n")))
	for _, k := range []struct{ prefix, kind string }{
		{"%pdf", "a PDF document"},
		{"bm", "a BMP image"},
		{"ii*\x00", "a TIFF image or a camera's raw image"},
		{"mm\x00*", "a TIFF image or a camera's raw image"},
		{"{", "JSON"},
		{"8bps", "a Photoshop document"},
		{"pk\x03\x04", "a ZIP archive or an office document"},
		{"\x00\x00\x01\x00", "an icon"},
		{"\xff\x0a", "a JPEG XL image"},
		{"\x00\x00\x00\x0cjxl ", "a JPEG XL image"},
		{"\x00\x00\x00\x0cjp  ", "a JPEG 2000 image"},
	} {
		if strings.HasPrefix(start, k.prefix) {
			return k.kind
		}
	}
	switch sniffed := http.DetectContentType(file); {
	case strings.Contains(start, "<svg"):
		return "an SVG drawing"
	case strings.HasPrefix(sniffed, "text/html"):
		return "a web page (HTML)"
	case strings.HasPrefix(sniffed, "text/"):
		return "text"
	case len(file) >= 12 && string(file[4:8]) == "ftyp":
		return boxKind(string(file[8:12]))
	case strings.HasPrefix(sniffed, "video/"):
		return "a video"
	case strings.HasPrefix(sniffed, "audio/"):
		return "a sound"
	}
	return "of an unknown kind"
}

// boxKind describes a file of the ISO base media format, by its major brand.
func boxKind(brand string) string {
	switch brand {
	case "avif", "avis":
		return "an AVIF image"
	case "mif1", "msf1":
		return "a HEIF image without HEVC"
	case "crx ":
		return "a camera's raw image"
	}
	return "a video"
}
