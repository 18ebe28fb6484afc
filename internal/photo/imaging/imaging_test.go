package imaging_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/photo/imaging"
)

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func read(t *testing.T, file []byte) imaging.Image {
	t.Helper()
	img, err := imaging.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// rendition decodes a rendition.
func rendition(t *testing.T, img imaging.Image, size int) image.Image {
	t.Helper()
	file, ok := img.Files[size]
	if !ok {
		t.Fatalf("got no rendition of size %d", size)
	}
	decoded, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

func codeOf(err error) errcode.Code {
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return e.Code
	}
	return ""
}

var (
	red    = color.RGBA{220, 30, 30, 255}
	green  = color.RGBA{30, 180, 40, 255}
	blue   = color.RGBA{30, 50, 210, 255}
	yellow = color.RGBA{230, 220, 40, 255}
	white  = color.RGBA{255, 255, 255, 255}
)

// differ returns the largest difference of a channel.
func differ(a, b color.Color) int {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	abs := func(x, y uint32) int { return max(int(x>>8)-int(y>>8), int(y>>8)-int(x>>8)) }
	return max(abs(r1, r2), abs(g1, g2), abs(b1, b2))
}

// checkCorners compares the centers of the four quarters.
func checkCorners(t *testing.T, img image.Image, within int, want [4]color.RGBA) {
	t.Helper()
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	for i, at := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {w / 4, 3 * h / 4}, {3 * w / 4, 3 * h / 4}} {
		if got := img.At(at.X, at.Y); differ(got, want[i]) > within {
			r, g, b, _ := got.RGBA()
			t.Errorf("quarter %d: got %d %d %d, want %v", i, r>>8, g>>8, b>>8, want[i])
		}
	}
}

func TestRead_FormatsShowTheSamePhoto(t *testing.T) {
	t.Parallel()

	all := [4]color.RGBA{red, green, blue, yellow}
	hole := [4]color.RGBA{white, green, blue, yellow} // the transparent quarter
	gray := [4]color.RGBA{{87, 87, 87, 255}, {119, 119, 119, 255}, {62, 62, 62, 255}, {202, 202, 202, 255}}
	for name, test := range map[string]struct {
		mediaType     string
		width, height int
		want          [4]color.RGBA
	}{
		"orientation-1.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-2.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-3.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-4.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-5.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-6.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-7.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-8.jpg":     {"image/jpeg", 96, 64, all},
		"orientation-6-444.jpg": {"image/jpeg", 97, 63, all},
		"orientation-6.png":     {"image/png", 96, 64, all},
		"orientation-6.webp":    {"image/webp", 96, 64, all},
		"orientation-6.heic":    {"image/heic", 128, 96, all},
		"plain.heic":            {"image/heic", 128, 96, all},
		"gray.heic":             {"image/heic", 128, 96, gray},
		"progressive.jpg":       {"image/jpeg", 96, 64, all},
		"gray.jpg":              {"image/jpeg", 96, 64, gray},
		"cmyk.jpg":              {"image/jpeg", 96, 64, all},
		"444.jpg":               {"image/jpeg", 96, 64, all},
		"422.jpg":               {"image/jpeg", 96, 64, all},
		"metadata.jpg":          {"image/jpeg", 96, 64, all},
		"palette.png":           {"image/png", 96, 64, all},
		"16-bit.png":            {"image/png", 96, 64, all},
		"gray.png":              {"image/png", 96, 64, gray},
		"alpha.png":             {"image/png", 96, 64, hole},
		"animated.png":          {"image/png", 96, 64, all},
		"alpha.webp":            {"image/webp", 96, 64, hole},
		"alpha-lossless.webp":   {"image/webp", 96, 64, hole},
		"lossy.webp":            {"image/webp", 96, 64, all},
		"animated.webp":         {"image/webp", 96, 64, all},
		"animated.gif":          {"image/gif", 96, 64, all},
		"alpha.gif":             {"image/gif", 96, 64, hole},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			file := readFile(t, name)
			img := read(t, file)
			if img.MediaType != test.mediaType || img.Width != test.width || img.Height != test.height {
				t.Errorf("got %s of %d × %d, want %s of %d × %d", img.MediaType, img.Width, img.Height, test.mediaType, test.width, test.height)
			}
			if img.Hash != imaging.Hash(file) || !catalog.IsPhotoHash(img.Hash) {
				t.Errorf("got hash %q, want %q", img.Hash, imaging.Hash(file))
			}
			decoded := rendition(t, img, 300)
			if got := decoded.Bounds(); got != image.Rect(0, 0, test.width, test.height) {
				t.Errorf("got a rendition of %v", got)
			}
			checkCorners(t, decoded, 12, test.want)
		})
	}
}

func TestRead_TransparentPixelsAreWhite(t *testing.T) {
	t.Parallel()

	decoded := rendition(t, read(t, readFile(t, "16-bit.png")), 300)
	if got := decoded.At(50, 63); differ(got, white) > 6 {
		t.Errorf("got %v in the transparent row, want white", got)
	}
}

func TestRead_ConvertsDisplayP3(t *testing.T) {
	t.Parallel()

	// The color (200, 60, 40) of Display P3 is this one of sRGB.
	want := color.RGBA{217, 42, 23, 255} // as Little CMS computes it
	if got := rendition(t, read(t, readFile(t, "p3.jpg")), 300).At(40, 30); differ(got, want) > 4 {
		r, g, b, _ := got.RGBA()
		t.Errorf("got %d %d %d, want %v", r>>8, g>>8, b>>8, want)
	}
}

// photo returns a photo with enough detail to compress like one.
func photo(width, height int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for y := range height {
		for x := range width {
			img.Y[y*img.YStride+x] = byte(128 + (x*7%61 - 30) + y*60/height + (x*y)%13)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(100+i%img.CStride*50/img.CStride), 140
	}
	return img
}

func encode(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRead_RenditionsAreThoseOfTheCatalog(t *testing.T) {
	t.Parallel()

	sizes := [][2]int{{16, 16}, {16, 3000}, {299, 301}, {500, 400}, {600, 600}, {601, 10 * 16}, {1201, 777}, {2049, 150}}
	if !testing.Short() {
		sizes = append(sizes, [2]int{2048, 1365}, [2]int{2049, 2047}, [2]int{4000, 2999}, [2]int{3001, 4000})
	}
	for _, size := range sizes {
		img := read(t, encode(t, photo(size[0], size[1])))
		want := catalog.Renditions(img.Width, img.Height)
		if len(img.Files) != len(want) {
			t.Errorf("%v: got %d renditions, want %v", size, len(img.Files), want)
		}
		var sum int64
		for _, r := range want {
			sum += int64(len(img.Files[r.Size]))
			if got := rendition(t, img, r.Size).Bounds(); got != image.Rect(0, 0, r.Width, r.Height) {
				t.Errorf("%v: got %v, want %v", size, got, r)
			}
		}
		if largest := catalog.BestRendition(size[0], size[1], catalog.MaxPhotoSize); img.Width != largest.Width || img.Height != largest.Height {
			t.Errorf("%v: got %d × %d, want %v", size, img.Width, img.Height, largest)
		}
		if img.Bytes != sum {
			t.Errorf("%v: got %d bytes, want %d", size, img.Bytes, sum)
		}
	}
}

func TestRead_RenditionsHaveNoMetadata(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"metadata.jpg", "orientation-6.jpg", "orientation-6.png", "orientation-6.webp", "orientation-6.heic", "cmyk.jpg", "p3.jpg"} {
		for size, file := range read(t, readFile(t, name)).Files {
			for _, secret := range []string{"SECRET", "Exif", "GPS", "ICC_PROFILE", "http", "xmp", "Photoshop", "8BIM", "Adobe"} {
				if bytes.Contains(file, []byte(secret)) {
					t.Errorf("%s: rendition %d contains %q", name, size, secret)
				}
			}
			for _, marker := range markers(t, file) {
				if bytes.IndexByte([]byte{0xc0, 0xc2, 0xc4, 0xd8, 0xd9, 0xda, 0xdb}, marker) < 0 {
					t.Errorf("%s: rendition %d has a segment %x", name, size, marker)
				}
			}
		}
	}
}

// markers returns the markers of a JPEG file, in order.
func markers(t *testing.T, file []byte) []byte {
	t.Helper()
	var out []byte
	for at := 0; at+1 < len(file); {
		marker := file[at+1]
		if file[at] != 0xff {
			t.Fatalf("got %x instead of a marker at %d", file[at], at)
		}
		out = append(out, marker)
		at += 2
		if marker == 0xd8 || marker == 0xd9 {
			continue
		}
		at += int(file[at])<<8 | int(file[at+1])
		for marker == 0xda && (file[at] != 0xff || file[at+1] == 0) {
			at++
		}
	}
	return out
}

func TestRead_PerceptualHashFindsTheSamePicture(t *testing.T) {
	t.Parallel()

	var hashes []uint64
	for i := range 8 {
		file := readFile(t, "cat-"+string(rune('0'+i))+".jpg")
		original := read(t, file)
		hashes = append(hashes, original.PerceptualHash)
		decoded, err := jpeg.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []int{100, 211, 320} {
			var again bytes.Buffer
			if err := jpeg.Encode(&again, imaging.Scaled(decoded, side, side*3/4), &jpeg.Options{Quality: 50}); err != nil {
				t.Fatal(err)
			}
			if d := bits.OnesCount64(original.PerceptualHash ^ read(t, again.Bytes()).PerceptualHash); d > 4 {
				t.Errorf("cat %d: got a distance of %d at %d pixels, want at most 4", i, d, side)
			}
		}
	}
	for i, a := range hashes {
		for j, b := range hashes[:i] {
			if d := bits.OnesCount64(a ^ b); d <= 10 {
				t.Errorf("cats %d and %d: got a distance of %d, want more than 10", i, j, d)
			}
		}
	}
}

func TestRead_FlatImageHasNoPerceptualHash(t *testing.T) {
	t.Parallel()

	img := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	if got := read(t, encode(t, img)).PerceptualHash; got != 0 {
		t.Errorf("got %x, want 0", got)
	}
}

func TestRead_DominantColorIsOneOfThePicture(t *testing.T) {
	t.Parallel()

	// Two thirds are orange, the rest is blue; the mean would be gray.
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for y := range 200 {
		for x := range 300 {
			img.Set(x, y, color.RGBA{200, 120, 40, 255})
			if x >= 200 {
				img.Set(x, y, color.RGBA{20, 60, 200, 255})
			}
		}
	}
	got := read(t, encode(t, img))
	var c color.RGBA
	if _, err := fmt.Sscanf(got.Color, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil || differ(c, color.RGBA{200, 120, 40, 255}) > 2 {
		t.Errorf("got %s, want #c87828: %v", got.Color, err)
	}
	if len(got.BlurHash) != 28 {
		t.Errorf("got BlurHash %q, want 28 characters", got.BlurHash)
	}
}

func TestRead_OtherFilesAreUnsupported(t *testing.T) {
	t.Parallel()

	video := "\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  "
	for name, test := range map[string]struct{ file, message string }{
		"nothing":     {"", "The file is empty."},
		"SVG":         {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "an SVG drawing"},
		"PDF":         {"%PDF-1.7\n", "a PDF document"},
		"TIFF":        {"II*\x00\x08\x00\x00\x00", "a TIFF image"},
		"BMP":         {"BM\x00\x00", "a BMP image"},
		"HTML":        {"<!DOCTYPE html><title>Not found</title>", "a web page (HTML)"},
		"AVIF":        {"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1", "an AVIF image"},
		"video":       {video, "a video"},
		"WebM":        {"\x1a\x45\xdf\xa3", "a video"},
		"JSON":        {`{"error": "not found"}`, "JSON"},
		"text":        {"no photo", "text"},
		"other bytes": {"\x01\x02\x03\x04", "of an unknown kind"},
	} {
		_, err := imaging.Read([]byte(test.file))
		if codeOf(err) != errcode.UnsupportedImage || !strings.Contains(err.Error(), test.message) || !strings.Contains(err.Error(), "Send a JPEG") {
			t.Errorf("%s: got %v, want one with %q", name, err, test.message)
		}
	}
	tiny := encode(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	if _, err := imaging.Read(tiny); codeOf(err) != errcode.UnsupportedImage || !strings.Contains(err.Error(), "1 × 1") {
		t.Errorf("tracking pixel: got %v", err)
	}
}

func TestRead_TruncatedFilesAreCorrupt(t *testing.T) {
	t.Parallel()

	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range names {
		name := filepath.Base(path)
		if strings.HasSuffix(name, ".py") || strings.HasPrefix(name, "cat-") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			file := readFile(t, name)
			for _, keep := range []int{len(file) / 3, len(file) / 2, len(file) * 4 / 5, len(file) - 40, len(file) - 15} {
				// The first image of an animation, or metadata behind the image, may be missing.
				if strings.HasPrefix(name, "animated") && keep > len(file)/2 {
					continue
				}
				if _, err := imaging.Read(file[:keep]); codeOf(err) != errcode.CorruptImage {
					t.Errorf("%d of %d bytes: got %v, want %s", keep, len(file), err, errcode.CorruptImage)
				}
			}
		})
	}
}
