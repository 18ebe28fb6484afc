package imaging

import (
	"bytes"
	"encoding/binary"
	"image"
	"math"
	"slices"

	"golang.org/x/image/webp"
)

// webpHeader is what the chunks of a WebP file state.
type webpHeader struct {
	width, height int // of the canvas
	frame         webpFrame
	exif, profile []byte
}

// webpFrame is the first image of a WebP file.
type webpFrame struct {
	x, y, width, height int    // on the canvas
	format              string // VP8 or VP8L, followed by a space as in the file
	data, alpha         []byte
}

// openWebP reads the chunks of a WebP file, and of the first frame of an animation.
func openWebP(file []byte) (source, error) {
	h := webpHeader{}
	if size := int64(binary.LittleEndian.Uint32(file[4:])) + 8; size > int64(len(file)) {
		return source{}, errCorrupt()
	}
	if !h.chunks(file[12:], false) {
		return source{}, errCorrupt()
	}
	src := source{
		mediaType: "image/webp", kind: "WebP", width: max(h.width, h.frame.width), height: max(h.height, h.frame.height), channels: 1,
		orientation: exifOrientation(h.exif), profile: h.profile,
		decode: h.decode,
	}
	pixels := (h.frame.width + 16) * (h.frame.height + 16)
	switch {
	case h.frame.format == "VP8L":
		src.kind, src.memory, src.channels = "lossless WebP", 9*pixels, 3
	case h.frame.alpha != nil:
		src.kind, src.memory, src.channels = "WebP with transparency", 8*pixels, 3
	default:
		src.memory = 2 * pixels
	}
	return src, nil
}

// chunks reads the chunks of a file, or of a frame in it, and reports whether the first frame is
// complete.
func (h *webpHeader) chunks(rest []byte, inFrame bool) bool {
	for len(rest) >= 8 {
		name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		if size > int64(len(rest)-8) {
			break
		}
		data := rest[8 : 8+size]
		rest = rest[min(int64(len(rest)), 8+size+size&1):]
		switch {
		case name == "VP8X" && len(data) >= 10:
			h.width, h.height = uint24(data[4:])+1, uint24(data[7:])+1
		case name == "ICCP" && len(data) <= maxProfile:
			h.profile = data
		case name == "EXIF":
			h.exif, _ = bytes.CutPrefix(data, []byte("Exif\x00\x00"))
		case h.frame.data != nil: // only the first frame is read
		case name == "ANMF" && len(data) >= 16 && !inFrame:
			h.frame.x, h.frame.y = 2*uint24(data), 2*uint24(data[3:])
			if !h.chunks(data[16:], true) {
				return false
			}
		case name == "ALPH":
			h.frame.alpha = data
		case name == "VP8 " && len(data) >= 10:
			h.frame.format, h.frame.data = name, data
			h.frame.width = int(binary.LittleEndian.Uint16(data[6:]) & 0x3fff)
			h.frame.height = int(binary.LittleEndian.Uint16(data[8:]) & 0x3fff)
		case name == "VP8L" && len(data) >= 5:
			h.frame.format, h.frame.data = name, data
			packed := binary.LittleEndian.Uint32(data[1:])
			h.frame.width, h.frame.height = int(packed&0x3fff)+1, int(packed>>14&0x3fff)+1
		}
	}
	return h.frame.data != nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// decode returns the first image on its canvas.
func (h *webpHeader) decode() (image.Image, error) {
	f := h.frame
	img, err := webp.Decode(bytes.NewReader(f.file()))
	if err != nil {
		return nil, err
	}
	at := image.Pt(f.x, f.y)
	switch m := img.(type) {
	case *image.YCbCr:
		toFullRange(m)
		m.Rect = m.Rect.Add(at)
	case *image.NYCbCrA:
		toFullRange(&m.YCbCr)
		m.Rect = m.Rect.Add(at)
	case *image.NRGBA:
		m.Rect = m.Rect.Add(at)
	}
	if h.width == 0 {
		return img, nil
	}
	return onCanvas(img, h.width, h.height), nil
}

// toFullRange stretches the values of luma from 16 to 235 and of chroma from 16 to 240, as in
// WebP, to all 256 values, as in JPEG and in image.YCbCr.
func toFullRange(m *image.YCbCr) {
	var luma, chroma [256]byte
	for v := range int32(256) {
		luma[v] = clamp(((v-16)*255 + 109) / 219)
		chroma[v] = clamp(128 + int32(math.Round(float64(v-128)*255/224)))
	}
	for i, v := range m.Y {
		m.Y[i] = luma[v]
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = chroma[m.Cb[i]], chroma[m.Cr[i]]
	}
}

// file returns a WebP file with the frame as its only image.
func (f webpFrame) file() []byte {
	var chunks []byte
	if f.alpha != nil && f.format == "VP8 " {
		header := []byte{1 << 4, 0, 0, 0, byte(f.width - 1), byte((f.width - 1) >> 8), 0, byte(f.height - 1), byte((f.height - 1) >> 8), 0}
		chunks = slices.Concat(webpChunk("VP8X", header), webpChunk("ALPH", f.alpha))
	}
	return webpChunk("RIFF", slices.Concat([]byte("WEBP"), chunks, webpChunk(f.format, f.data)))
}

func webpChunk(name string, data []byte) []byte {
	chunk := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data)))
	chunk = append(chunk, data...)
	if len(data)%2 == 1 {
		chunk = append(chunk, 0)
	}
	return chunk
}
