package imaging

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/png"
	"io"
)

// openPNG reads the chunks of a PNG file before its pixels, and its EXIF data, which may follow
// them. Compressed text is not decompressed.
func openPNG(file []byte) (source, error) {
	src := source{
		mediaType: "image/png", kind: "PNG", channels: 3,
		decode: func() (image.Image, error) { return png.Decode(bytes.NewReader(file)) },
	}
	var bits, color, interlace byte
	transparent := false
	var exif, profile []byte
	for rest := file[8:]; len(rest) >= 12; {
		size := int64(binary.BigEndian.Uint32(rest))
		if size > int64(len(rest)-12) {
			break // the decoder reports it
		}
		name, data := string(rest[4:8]), rest[8:8+size]
		rest = rest[12+size:]
		switch {
		case name == "IHDR" && size == 13 && src.width == 0:
			src.width, src.height = int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:]))
			bits, color, interlace = data[8], data[9], data[12]
		case name == "tRNS":
			transparent = true
		case name == "iCCP" && profile == nil:
			profile = data
		case name == "eXIf" && exif == nil:
			exif = data
		}
	}
	src.profile, src.orientation = pngProfile(profile), exifOrientation(exif)
	src.width, src.height = min(src.width, 1<<24), min(src.height, 1<<24) // the product must not overflow
	perPixel := 4
	if color == 3 || color == 0 && !transparent {
		perPixel = 1
	}
	if bits == 16 {
		perPixel, src.kind = 2*perPixel, "PNG with 16 bits per channel"
	}
	src.memory = perPixel * src.width * src.height
	if interlace != 0 {
		src.memory, src.kind = 2*src.memory, "interlaced "+src.kind
	}
	return src, nil
}

// pngProfile returns the ICC profile of an iCCP chunk, nil if it cannot be read.
func pngProfile(chunk []byte) []byte {
	_, compressed, ok := bytes.Cut(chunk, []byte{0})
	if !ok || len(compressed) < 1 {
		return nil
	}
	reader, err := zlib.NewReader(bytes.NewReader(compressed[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(reader, maxProfile))
	if err != nil {
		return nil
	}
	return profile
}
