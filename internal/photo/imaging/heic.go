package imaging

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"

	"trailcat/internal/photo/heif"
)

// heicBase is how many bytes the decoder takes without an image.
const heicBase = 8 << 20

// isHEIC reports whether a file that begins with a file type box is a HEIC image.
func isHEIC(file []byte) bool {
	size := min(int64(binary.BigEndian.Uint32(file)), int64(len(file)))
	for at := int64(8); at+4 <= size; at += 4 {
		switch string(file[at : at+4]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx":
			return true
		}
	}
	return false
}

// openHEIC reads the sizes and the color profile among the properties of the items of a file.
// The decoder applies rotations, of which EXIF data contains a copy.
func openHEIC(file []byte) (source, error) {
	src := source{mediaType: "image/heic", kind: "HEIC photo", channels: 1}
	for _, property := range boxes(inBox(inBox(inMeta(file), "iprp"), "ipco"), "") {
		switch {
		case property.name == "ispe" && len(property.data) >= 12:
			w, h := int(binary.BigEndian.Uint32(property.data[4:])), int(binary.BigEndian.Uint32(property.data[8:]))
			w, h = min(w, 1<<24), min(h, 1<<24)
			if w*h > src.width*src.height {
				src.width, src.height = w, h
			}
		case property.name == "colr" && src.profile == nil && len(property.data) > 4 && len(property.data) <= maxProfile:
			if kind := string(property.data[:4]); kind == "prof" || kind == "rICC" {
				src.profile = property.data[4:]
			}
		}
	}
	if src.width == 0 {
		return source{}, errCorrupt()
	}
	pixels := src.width * src.height
	src.memory = heicBase + len(file) + 6*pixels
	src.decode = func() (image.Image, error) {
		img, err := heif.Decode(file, min(src.memory+pixels, maxMemory)) // rotating takes more
		if err != nil && !errors.Is(err, heif.ErrImage) && !errors.Is(err, heif.ErrTimeout) {
			err = fmt.Errorf("%w: %w", errInternal, err)
		}
		return img, err
	}
	return src, nil
}

// box is a box of the ISO base media format.
type box struct {
	name string
	data []byte
}

// boxes returns the boxes that data consists of, those of one name or all.
func boxes(data []byte, name string) []box {
	var out []box
	for len(data) >= 8 && len(out) < 10_000 {
		size, header := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		switch {
		case size == 0:
			size = uint64(len(data))
		case size == 1 && len(data) >= 16:
			size, header = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < header || size > uint64(len(data)) {
			break
		}
		if b := (box{string(data[4:8]), data[header:size]}); name == "" || b.name == name {
			out = append(out, b)
		}
		data = data[size:]
	}
	return out
}

// inBox returns the content of the first box of a name.
func inBox(data []byte, name string) []byte {
	if found := boxes(data, name); len(found) > 0 {
		return found[0].data
	}
	return nil
}

// inMeta returns the content of the box that describes the items of a file.
func inMeta(file []byte) []byte {
	content := inBox(file, "meta")
	return content[min(4, len(content)):] // a version and flags
}
