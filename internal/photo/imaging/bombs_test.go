package imaging_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"slices"
	"strings"
	"testing"

	"trailcat/internal/errcode"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/resourcetest"
)

// pngFile returns a PNG file of black pixels.
func pngFile(t *testing.T, width, height int, bits, colorType, interlace byte, more ...[]byte) []byte {
	t.Helper()
	header := binary.BigEndian.AppendUint32(nil, uint32(width))
	header = binary.BigEndian.AppendUint32(header, uint32(height))
	header = append(header, bits, colorType, 0, 0, interlace)
	channels := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colorType]
	rowBytes := func(width int) int { return 1 + (width*channels*int(bits)+7)/8 }
	size := rowBytes(width) * height
	if interlace == 1 {
		size = 0
		for _, p := range [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
			size += rowBytes((width-p[0]+p[2]-1)/p[2]) * ((height - p[1] + p[3] - 1) / p[3])
		}
	}
	if width*height > 10_000_000 {
		size = 100 // a bomb
	}
	file := slices.Concat([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", header))
	for _, chunk := range more {
		file = append(file, chunk...)
	}
	if colorType == 3 {
		file = append(file, pngChunk("PLTE", make([]byte, 3))...)
	}
	return slices.Concat(file, pngChunk("IDAT", deflated(t, size)), pngChunk("IEND", nil))
}

func pngChunk(name string, data []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	chunk = append(append(chunk, name...), data...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

// deflated returns zeros, compressed.
func deflated(t *testing.T, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// segment returns a segment of a JPEG file.
func segment(marker byte, data string) []byte {
	return append([]byte{0xff, marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}, data...)
}

// TestRead_MemoryEstimatesHold is not parallel: it counts what is allocated.
func TestRead_MemoryEstimatesHold(t *testing.T) { //nolint:paralleltest // counts allocations
	if testing.Short() {
		t.Skip("reads many large photos")
	}
	w, h := 1500, 1000
	cmyk := readFile(t, "cmyk.jpg")
	files := map[string][]byte{
		"JPEG":             encode(t, photo(w, h)),
		"gray JPEG":        encode(t, image.NewGray(image.Rect(0, 0, w, h))),
		"progressive":      readFile(t, "flat-progressive.jpg"),
		"progressive-444":  readFile(t, "flat-progressive-444.jpg"),
		"CMYK":             readFile(t, "flat-cmyk.jpg"),
		"small CMYK":       cmyk,
		"PNG":              pngFile(t, w, h, 8, 2, 0),
		"gray PNG":         pngFile(t, w, h, 8, 0, 0),
		"gray alpha PNG":   pngFile(t, w, h, 8, 4, 0),
		"palette PNG":      pngFile(t, w, h, 8, 3, 0),
		"1-bit PNG":        pngFile(t, w, h, 1, 0, 0),
		"16-bit PNG":       pngFile(t, w, h, 16, 6, 0),
		"gray 16-bit":      pngFile(t, w, h, 16, 0, 0),
		"interlaced":       pngFile(t, w, h, 8, 6, 1),
		"interlaced 16":    pngFile(t, w, h, 16, 2, 1),
		"tRNS":             pngFile(t, w, h, 8, 0, 0, pngChunk("tRNS", []byte{0, 1})),
		"flat WebP":        readFile(t, "flat.webp"),
		"flat alpha WebP":  readFile(t, "flat-alpha.webp"),
		"lossless WebP":    readFile(t, "flat-lossless.webp"),
		"palette lossless": readFile(t, "flat-palette.webp"),
	}
	for name, file := range files {
		estimate, decode, err := imaging.Open(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := resourcetest.Allocated(func() {
			if _, err := decode(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		if got > estimate+1<<20 || got < estimate/3 {
			t.Errorf("%s: allocated %d kB, want about %d", name, got>>10, estimate>>10)
		}
	}
}

// bombs returns small files that need much memory or time if they are read without limits.
func bombs(t *testing.T) map[string]struct {
	file []byte
	want errcode.Code // "": a photo
} {
	t.Helper()
	jpeg := encode(t, photo(64, 48))
	huge := bytes.Clone(jpeg)
	sof := bytes.Index(huge, []byte{0xff, 0xc0})
	copy(huge[sof+5:], "\xff\xff\xff\xff")
	after := func(segments ...[]byte) []byte { return slices.Concat(jpeg[:2], slices.Concat(segments...), jpeg[2:]) }
	full := strings.Repeat("x", 65000)
	exif := segment(0xe1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff"+strings.Repeat("\x0f\x01\x02\x00\xff\xff\xff\x00\x08\x00\x00\x00", 5400))
	loop := segment(0xe1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x08\x00\x00\x00")

	var frames gif.GIF
	for range 20_000 {
		frames.Image = append(frames.Image, image.NewPaletted(image.Rect(0, 0, 64, 48), color.Palette{color.White, color.Black}))
		frames.Delay = append(frames.Delay, 1)
	}
	var manyFrames bytes.Buffer
	if err := gif.EncodeAll(&manyFrames, &frames); err != nil {
		t.Fatal(err)
	}
	hugeGIF := bytes.Clone(readFile(t, "animated.gif"))
	copy(hugeGIF[6:], "\xff\xff\xff\xff")

	scans := readFile(t, "progressive.jpg")
	sos := bytes.LastIndex(scans, []byte{0xff, 0xda})
	manyScans := slices.Concat(scans[:sos], bytes.Repeat(scans[sos:len(scans)-2], 1000), scans[len(scans)-2:])

	heic := readFile(t, "plain.heic")
	patched := func(box string, offset int, with string) []byte {
		out := bytes.Clone(heic)
		copy(out[bytes.Index(out, []byte(box))+4+offset:], with)
		return out
	}
	lossless := bytes.Clone(readFile(t, "alpha-lossless.webp"))
	copy(lossless[bytes.Index(lossless, []byte("VP8L"))+9:], "\xff\xff\xff\x0f")
	lossy := bytes.Clone(readFile(t, "lossy.webp"))
	copy(lossy[bytes.Index(lossy, []byte("VP8 "))+14:], "\xff\x3f\xff\x3f")
	canvas := bytes.Clone(readFile(t, "animated.webp"))
	copy(canvas[bytes.Index(canvas, []byte("VP8X"))+12:], "\xff\xff\xff\xff\xff\xff")
	wide, tall := bytes.Clone(canvas), bytes.Clone(canvas)
	copy(wide[bytes.Index(canvas, []byte("VP8X"))+15:], "\x3f\x00\x00")
	copy(tall[bytes.Index(canvas, []byte("VP8X"))+12:], "\x3f\x00\x00")
	wideGIF := bytes.Clone(hugeGIF)
	copy(wideGIF[8:], "\x00\x10") // 65,535 × 4,096 pixels
	nested := []byte("VP8L\x05\x00\x00\x00\x2f\x3f\xc0\x0f\x00\x00")
	for range 200 {
		nested = slices.Concat([]byte("ANMF"), binary.LittleEndian.AppendUint32(nil, uint32(len(nested)+16)), make([]byte, 16), nested)
	}
	nested = slices.Concat([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(nested)+4)), []byte("WEBP"), nested)

	type bomb = struct {
		file []byte
		want errcode.Code
	}
	return map[string]bomb{
		"many bytes":            {make([]byte, imaging.MaxBytes+1), errcode.ImageTooLarge},
		"huge JPEG":             {huge, errcode.ImageTooLarge},
		"huge PNG":              {pngFile(t, 65535, 65535, 8, 6, 0), errcode.ImageTooLarge},
		"largest PNG":           {pngFile(t, 1<<31-1, 1<<31-1, 16, 6, 1), errcode.ImageTooLarge},
		"huge gray PNG":         {pngFile(t, 65535, 65535, 1, 0, 0), errcode.ImageTooLarge},
		"huge GIF":              {hugeGIF, errcode.ImageTooLarge},
		"GIF of many frames":    {manyFrames.Bytes(), ""},
		"huge lossless WebP":    {lossless, errcode.ImageTooLarge},
		"huge lossy WebP":       {lossy, errcode.ImageTooLarge},
		"huge canvas of WebP":   {canvas, errcode.ImageTooLarge},
		"wide canvas of WebP":   {wide, errcode.ImageTooLarge},
		"tall canvas of WebP":   {tall, errcode.ImageTooLarge},
		"wide canvas of GIF":    {wideGIF, errcode.ImageTooLarge},
		"nested frames of WebP": {nested, errcode.CorruptImage},
		"huge HEIC":             {patched("ispe", 4, "\x00\x00\xff\xff\x00\x00\xff\xff"), errcode.ImageTooLarge},
		"largest HEIC":          {patched("ispe", 4, "\xff\xff\xff\xff\xff\xff\xff\xff"), errcode.ImageTooLarge},
		"items of HEIC":         {patched("iinf", 4, "\xff\xff"), ""},
		"locations of HEIC":     {patched("iloc", 6, "\xff\xff"), errcode.CorruptImage},
		"extents of HEIC":       {patched("iloc", 12, "\xff\xff"), errcode.CorruptImage},
		"huge EXIF":             {after(bytes.Repeat(exif, 300)), ""},
		"loop in EXIF":          {after(loop), ""},
		"huge ICC profile":      {after(bytes.Repeat(segment(0xe2, "ICC_PROFILE\x00\x01\xff"+full), 300)), ""},
		"many comments":         {after(bytes.Repeat(segment(0xfe, ""), 1_000_000)), ""},
		"many scans":            {manyScans, errcode.UnsupportedImage},
		"zip bomb in iCCP":      {pngFile(t, 64, 48, 8, 2, 0, bytes.Repeat(pngChunk("iCCP", append([]byte("a\x00\x00"), deflated(t, 50<<20)...)), 50)), ""},
		"zip bomb in zTXt":      {pngFile(t, 64, 48, 8, 2, 0, bytes.Repeat(pngChunk("zTXt", append([]byte("a\x00\x00"), deflated(t, 50<<20)...)), 50)), ""},
		"zip bomb in iTXt":      {pngFile(t, 64, 48, 8, 2, 0, bytes.Repeat(pngChunk("iTXt", append([]byte("a\x00\x01\x00\x00\x00"), deflated(t, 50<<20)...)), 50)), ""},
		"many eXIf chunks":      {pngFile(t, 64, 48, 8, 2, 0, bytes.Repeat(pngChunk("eXIf", nil), 2_000)), ""},
	}
}

func TestRead_BombsTakeLittleMemory(t *testing.T) { //nolint:paralleltest // counts allocations
	read(t, readFile(t, "plain.heic")) // compiles the decoder
	for name, bomb := range bombs(t) {
		var err error
		got := resourcetest.Allocated(func() { _, err = imaging.Read(bomb.file) })
		if codeOf(err) != bomb.want || (bomb.want == "" && err != nil) {
			t.Errorf("%s: got %v, want %q", name, err, bomb.want)
		}
		if limit := 20 << 20; got > limit {
			t.Errorf("%s: allocated %d MB", name, got>>20)
		}
	}
}

func TestRead_LargestPhotosFit(t *testing.T) { //nolint:paralleltest // counts allocations
	if testing.Short() {
		t.Skip("takes seconds and 200 MB of memory")
	}
	file := encode(t, photo(8200, 6100))
	got := resourcetest.Allocated(func() { read(t, file) })
	if got+len(file) > 200e6 {
		t.Errorf("50 megapixels: allocated %d MB, want at most 200", got/1e6)
	}
}
