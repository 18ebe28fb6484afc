// Package imaging turns the file of a photo into the copy that the server keeps: progressive JPEG
// files in several sizes, upright, without metadata, with a small preview, the dominant color and a
// perceptual hash.
//
// It depends on decoders only. It knows no network, no files and no database, and has no state
// but the compiled decoder of HEIC files. No file makes it take more than about 200 MB of memory.
package imaging

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"slices"

	"trailcat/internal/catalog"
)

// MaxBytes is the maximum size of the file of a photo in bytes.
const MaxBytes = 20 << 20

const (
	minSide   = 16     // pixels; less is an icon or a tracking pixel
	maxSide   = 65_535 // pixels, as of JPEG and GIF files
	maxPixels = 100e6  // more take too long, also those of a canvas that is mostly empty
	maxMemory = 180e6  // bytes, of the file and of decoding and scaling it
	quality   = 82     // of the renditions
)

// Image is the copy of a photo that the server keeps.
type Image struct {
	catalog.KeptPhoto                // CreatedAt is zero
	Files             map[int][]byte // the JPEG files of the renditions, by size
}

// Hash returns the hash of the file of a photo: the first 32 hexadecimal digits of its SHA-256.
func Hash(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:16])
}

// Read returns the copy to keep of a photo in a JPEG, PNG, WebP, GIF or HEIC file. The content
// decides which it is. Of an animation it reads the first image. Transparent pixels become white.
// It is safe for concurrent use.
//
// Errors are of type *catalog.Error, with one of three codes: UnsupportedImage for a file of
// another kind, or an image of less than 16 pixels on a side; CorruptImage for a file that is
// truncated or damaged; ImageTooLarge for more than MaxBytes, or more pixels than can be
// decoded within about 200 MB of memory.
func Read(file []byte) (_ Image, err error) {
	defer func() {
		if recover() != nil { // a decoder has a bug
			err = errCorrupt()
		}
	}()
	src, err := open(file)
	if err != nil {
		return Image{}, err
	}
	if err := src.check(len(file)); err != nil {
		return Image{}, err
	}
	decoded, err := src.decode()
	if err != nil {
		return Image{}, decodeError(src, err)
	}
	return keep(file, src, decoded)
}

// keep returns the copy of a decoded photo.
func keep(file []byte, src source, decoded image.Image) (Image, error) {
	if err := checkSides(decoded.Bounds().Dx(), decoded.Bounds().Dy()); err != nil {
		return Image{}, err
	}
	largest := toSRGB(upright(decoded, src.orientation), src.profile)
	out := Image{
		KeptPhoto: catalog.KeptPhoto{
			Hash: Hash(file), MediaType: src.mediaType, Width: largest.Rect.Dx(), Height: largest.Rect.Dy(),
		},
		Files: map[int][]byte{},
	}
	picture := largest
	for _, r := range slices.Backward(catalog.Renditions(out.Width, out.Height)) {
		picture = scaled(picture, r.Width, r.Height)
		var encoded bytes.Buffer
		if err := jpeg.Encode(&encoded, picture, &jpeg.Options{Quality: quality}); err != nil {
			return Image{}, fmt.Errorf("encode rendition %d: %w", r.Size, err)
		}
		rendition, err := progressive(encoded.Bytes())
		if err != nil {
			return Image{}, fmt.Errorf("encode rendition %d: %w", r.Size, err)
		}
		out.Files[r.Size] = rendition
		out.Bytes += int64(len(rendition))
	}
	var err error
	if out.BlurHash, err = blurHash(picture); err != nil {
		return Image{}, err
	}
	out.Color, out.PerceptualHash = dominantColor(picture), perceptualHash(picture)
	return out, nil
}

// upright returns a decoded photo as its largest rendition shows it: no side is longer than
// catalog.MaxPhotoSize, and its EXIF orientation is applied.
func upright(decoded image.Image, orientation int) *image.YCbCr {
	largest := catalog.BestRendition(decoded.Bounds().Dx(), decoded.Bounds().Dy(), catalog.MaxPhotoSize)
	return oriented(scaled(decoded, largest.Width, largest.Height), orientation)
}
