// Package heif decodes HEIC images: libheif with libde265, compiled to WebAssembly, runs in a
// sandbox with limits of memory and time. It knows nothing of photos and depends on wazero.
//
// The WebAssembly module is that of github.com/gen2brain/heic. That package itself is not used:
// it prefers an installed libheif, which runs outside of a sandbox, and sets no limits.
package heif

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

//go:embed heif.wasm.gz
var wasm []byte

const (
	timeout  = time.Minute // a photo takes seconds, more on a busy machine
	wasmPage = 1 << 16

	minMemory = 1 << 20 // bytes; the module has data
)

// Errors of Decode. Any other error means that the decoder cannot be started.
var (
	ErrImage   = errors.New("heif: the image is damaged, or needs more memory")
	ErrTimeout = errors.New("heif: decoding takes too long")
)

// Decode returns the main image of a HEIC file, as it is to be shown: rotations are applied.
// The image has the type image.YCbCr, image.Gray or image.NRGBA. The decoder takes no more than
// the given bytes of memory, which include the file and the image, and a minute. The first
// call compiles the decoder, which takes about a second. Decode is safe for concurrent use.
func Decode(file []byte, memory int) (image.Image, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return decode(ctx, file, memory)
}

func decode(ctx context.Context, file []byte, memory int) (image.Image, error) {
	decoder, err := compiled()
	if err != nil {
		return nil, fmt.Errorf("compile the HEIC decoder: %w", err)
	}
	pages := (max(memory, minMemory) + wasmPage - 1) / wasmPage
	withMemory := experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, _ uint64) experimental.LinearMemory {
		return make(linearMemory, pages*wasmPage)
	}))
	module, err := decoder.runtime.InstantiateModule(withMemory, decoder.module, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("start the HEIC decoder: %w", err)
	}
	defer func() { _ = module.Close(context.WithoutCancel(ctx)) }()
	i := instance{module, memory}
	img, err := i.decode(ctx, file)
	if err != nil && ctx.Err() != nil {
		err = ErrTimeout
	}
	return img, err
}

// program is the compiled decoder.
type program struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// compiled returns the decoder, which the first call compiles.
var compiled = sync.OnceValues(func() (program, error) {
	ctx := context.Background()
	compressed, err := gzip.NewReader(bytes.NewReader(wasm))
	if err != nil {
		return program{}, err
	}
	code, err := io.ReadAll(compressed)
	if err != nil {
		return program{}, err
	}
	runtime := wazero.NewRuntime(ctx)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, runtime); err != nil {
		return program{}, err
	}
	module, err := runtime.CompileModule(experimental.WithFunctionListenerFactory(ctx, stopper{}), code)
	return program{runtime, module}, err
})

// stopper ends a call of the decoder whose context has ended, when it next allocates memory. It
// does so for each picture and each slice of a picture, whose sizes its memory limits. The
// check that wazero offers for all loops makes the decoder four times slower.
type stopper struct{}

// allocate is the function of the module that allocates memory. It has no name.
const allocate = ".$1207"

// NewFunctionListener returns the stopper for the function that allocates memory.
func (s stopper) NewFunctionListener(f api.FunctionDefinition) experimental.FunctionListener {
	if f.DebugName() != allocate {
		return nil
	}
	return s
}

// Before ends the call if its context has ended.
func (stopper) Before(ctx context.Context, _ api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
	if err := ctx.Err(); err != nil {
		panic(err) //nolint:forbidigo // the way to end a call; wazero returns it as an error
	}
}

// After does nothing.
func (stopper) After(context.Context, api.Module, api.FunctionDefinition, []uint64) {}

// Abort does nothing.
func (stopper) Abort(context.Context, api.Module, api.FunctionDefinition, error) {}

// linearMemory is the memory of an instance. Its address space is reserved when it is created, so
// that it never moves; the operating system provides the pages that are used.
type linearMemory []byte

// Reallocate returns the first size bytes, nil if there are fewer.
func (m linearMemory) Reallocate(size uint64) []byte {
	if size > uint64(len(m)) {
		return nil
	}
	return m[:size]
}

// Free does nothing: the decoded image is a part of the memory.
func (m linearMemory) Free() {}

// instance is the decoder with memory of its own.
type instance struct {
	module api.Module
	memory int // bytes
}

// header is what the decoder states about an image: five numbers of 32 bits.
type header struct{ Width, Height, ColorSpace, Chroma, Premultiplied uint32 }

// decode decodes a file. Errors are of the file.
func (i instance) decode(ctx context.Context, file []byte) (image.Image, error) {
	in, ok := i.alloc(ctx, len(file))
	if !ok || !i.module.Memory().Write(in, file) || !i.module.Memory().Write(in+8, []byte("heic")) { // it refuses other major brands
		return nil, ErrImage
	}
	at, ok := i.alloc(ctx, binary.Size(header{}))
	if !ok || !i.call(ctx, in, len(file), true, at, 0) {
		return nil, ErrImage
	}
	var h header
	encoded, ok := i.module.Memory().Read(at, uint32(binary.Size(h)))
	if !ok || binary.Read(bytes.NewReader(encoded), binary.LittleEndian, &h) != nil {
		return nil, ErrImage
	}
	return h.image(func(size int) ([]byte, bool) {
		out, ok := i.alloc(ctx, size)
		if !ok || !i.call(ctx, in, len(file), false, at, out) {
			return nil, false
		}
		return i.module.Memory().Read(out, uint32(size))
	})
}

// alloc returns the address of size bytes. It reports false if there are none.
func (i instance) alloc(ctx context.Context, size int) (uint32, bool) {
	if size < 1 || size > i.memory {
		return 0, false
	}
	result, err := i.module.ExportedFunction("malloc").Call(ctx, uint64(size))
	if err != nil || result[0] == 0 {
		return 0, false
	}
	return uint32(result[0]), true
}

// call calls the decoder for a file at an address, and reports whether it succeeded. It writes
// the header and, unless headerOnly, the pixels.
func (i instance) call(ctx context.Context, file uint32, size int, headerOnly bool, header, pixels uint32) bool {
	only := uint64(0)
	if headerOnly {
		only = 1
	}
	h := uint64(header)
	result, err := i.module.ExportedFunction("decode").Call(ctx, uint64(file), uint64(size), only, h, h+4, h+8, h+12, h+16, uint64(pixels))
	return err == nil && result[0] != 0
}

// image returns the image, whose pixels decode returns. Rows are aligned to 16 bytes.
func (h header) image(decode func(size int) ([]byte, bool)) (image.Image, error) {
	const ycbcr, rgb, monochrome = 0, 1, 2
	align := func(n int) int { return (n + 15) &^ 15 }
	width, height := int(h.Width), int(h.Height)
	bounds := image.Rect(0, 0, width, height)
	stride, chromaStride, chromaHeight := align(width), 0, 0
	ratio := image.YCbCrSubsampleRatio444
	switch {
	case h.ColorSpace == monochrome:
	case h.ColorSpace == rgb:
		stride = align(4 * width)
	case h.ColorSpace == ycbcr && h.Chroma == 1:
		ratio, chromaStride, chromaHeight = image.YCbCrSubsampleRatio420, align((width+1)/2), (height+1)/2
	case h.ColorSpace == ycbcr && h.Chroma == 2:
		ratio, chromaStride, chromaHeight = image.YCbCrSubsampleRatio422, align((width+1)/2), height
	case h.ColorSpace == ycbcr && h.Chroma == 3:
		chromaStride, chromaHeight = stride, height
	default:
		return nil, ErrImage
	}
	luma, chroma := stride*height, chromaStride*chromaHeight
	pix, ok := decode(luma + 2*chroma)
	switch {
	case !ok:
		return nil, ErrImage
	case h.ColorSpace == monochrome:
		return &image.Gray{Pix: pix, Stride: stride, Rect: bounds}, nil
	case h.ColorSpace == rgb && h.Premultiplied == 0:
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: bounds}, nil
	case h.ColorSpace == rgb:
		return &image.RGBA{Pix: pix, Stride: stride, Rect: bounds}, nil
	}
	return &image.YCbCr{
		Y: pix[:luma], Cb: pix[luma : luma+chroma], Cr: pix[luma+chroma:],
		YStride: stride, CStride: chromaStride, SubsampleRatio: ratio, Rect: bounds,
	}, nil
}
