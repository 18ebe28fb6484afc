package imaging

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
)

// maxScans is the maximum number of scans of a JPEG file. Cameras write one, encoders of
// progressive files about ten. Each takes time for the whole image, however few bytes it has.
const maxScans = 100

// maxProfile is the maximum size of an ICC profile in bytes.
const maxProfile = 1 << 20

// Markers of JPEG segments.
const (
	jpegSOF0, jpegSOF1, jpegSOF2 = 0xc0, 0xc1, 0xc2
	jpegDHT, jpegJPG, jpegDAC    = 0xc4, 0xc8, 0xcc
	jpegRST0, jpegEOI, jpegSOS   = 0xd0, 0xd9, 0xda
	jpegAPP1, jpegAPP2           = 0xe1, 0xe2
	jpegAPP14                    = 0xee
)

// openJPEG reads the segments of a JPEG file.
func openJPEG(file []byte) (source, error) {
	h := jpegHeader{}
	if err := h.read(file); err != nil {
		return source{}, err
	}
	src := source{
		mediaType: "image/jpeg", kind: "JPEG", width: h.width, height: h.height, channels: 1,
		orientation: exifOrientation(h.exif), profile: h.profile,
		memory: h.memory(),
		decode: func() (image.Image, error) { return jpeg.Decode(bytes.NewReader(file)) },
	}
	if h.progressive {
		src.kind = "progressive JPEG"
	}
	if h.components == 4 || h.isRGB {
		src.channels = 3
	}
	return src, nil
}

// jpegHeader is what the segments of a JPEG file state.
type jpegHeader struct {
	width, height, components int
	samples                   [4]int // horizontal times vertical sampling factor, by component
	progressive, isRGB        bool
	scans                     int
	exif, profile             []byte
}

// read reads the segments up to the end of the image. It returns an error if the end is
// missing, or for a kind of JPEG that has no decoder.
func (h *jpegHeader) read(file []byte) error {
	rest := file[2:]
	for {
		at := nextMarker(rest)
		if at < 0 {
			return errCorrupt()
		}
		marker := rest[at+1]
		rest = rest[at+2:]
		if marker == jpegEOI {
			break
		}
		if len(rest) < 2 || int(binary.BigEndian.Uint16(rest)) < 2 || int(binary.BigEndian.Uint16(rest)) > len(rest) {
			return errCorrupt()
		}
		segment := rest[2:binary.BigEndian.Uint16(rest)]
		rest = rest[2+len(segment):]
		if err := h.segment(marker, segment); err != nil {
			return err
		}
	}
	if h.components == 0 || h.scans == 0 {
		return errCorrupt()
	}
	return nil
}

// nextMarker returns the position of the next marker, skipping coded data and restart markers;
// -1 if there is none.
func nextMarker(data []byte) int {
	for at := 0; ; at++ {
		next := bytes.IndexByte(data[at:], 0xff)
		if next < 0 || at+next+1 >= len(data) {
			return -1
		}
		at += next
		if m := data[at+1]; m != 0 && m != 0xff && (m < jpegRST0 || m > jpegRST0+7) {
			return at
		}
	}
}

func (h *jpegHeader) segment(marker byte, data []byte) error {
	switch {
	case marker == jpegSOS:
		if h.scans++; h.scans > maxScans {
			return errUnsupported("The file is a JPEG with more than %d scans.", maxScans)
		}
	case marker == jpegSOF0 || marker == jpegSOF1 || marker == jpegSOF2:
		h.progressive = marker == jpegSOF2
		return h.frame(data)
	case marker > jpegSOF2 && marker < jpegRST0 && marker != jpegDHT && marker != jpegJPG && marker != jpegDAC:
		return errUnsupported("The file is a JPEG of a rare kind (lossless, hierarchical or with arithmetic coding).")
	case marker == jpegAPP1 && h.exif == nil:
		h.exif, _ = bytes.CutPrefix(data, []byte("Exif\x00\x00"))
		if len(h.exif) == len(data) {
			h.exif = nil // XMP
		}
	case marker == jpegAPP2:
		// The segments of a profile have a number and their count, and are in order.
		if chunk, ok := bytes.CutPrefix(data, []byte("ICC_PROFILE\x00")); ok && len(chunk) > 2 && len(h.profile)+len(chunk) <= maxProfile {
			h.profile = append(h.profile, chunk[2:]...)
		}
	case marker == jpegAPP14 && len(data) >= 12 && bytes.HasPrefix(data, []byte("Adobe")):
		h.isRGB = data[11] == 0
	}
	return nil
}

func (h *jpegHeader) frame(data []byte) error {
	if h.components > 0 || len(data) < 6 || len(data) != 6+3*int(data[5]) {
		return errCorrupt()
	}
	if data[0] != 8 {
		return errUnsupported("The file is a JPEG with %d bits per channel instead of 8.", data[0])
	}
	h.height, h.width = int(binary.BigEndian.Uint16(data[1:])), int(binary.BigEndian.Uint16(data[3:]))
	h.components = int(data[5])
	if h.components != 1 && h.components != 3 && h.components != 4 {
		return errUnsupported("The file is a JPEG with %d color channels.", h.components)
	}
	for i := range h.components {
		factors := data[7+3*i]
		h.samples[i] = int(factors>>4) * int(factors&15)
	}
	if string([]byte{data[6], data[len(data)-6], data[len(data)-3]}) == "RGB" {
		h.isRGB = true
	}
	return nil
}

// memory returns how many bytes image/jpeg allocates: a byte a sample, for progressive files
// four more a sample, and another image if the colors are converted.
func (h *jpegHeader) memory() int {
	most, sum := 1, 0
	for _, n := range h.samples[:h.components] {
		most, sum = max(most, n), sum+n
	}
	if h.components == 1 {
		sum = most
	}
	pixels := (h.width + 31) / 32 * 32 * ((h.height + 31) / 32 * 32)
	perSample := 1
	if h.progressive {
		perSample = 5
	}
	memory := pixels * sum / most * perSample
	if h.components == 4 || h.components == 3 && h.isRGB {
		memory += 4 * h.width * h.height
	}
	return memory
}
