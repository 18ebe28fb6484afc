package httpkit

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// minCompressed is the size in bytes from which responses are compressed.
const minCompressed = 512

// NewCompression returns middleware that compresses responses with the encoding that the
// caller prefers, unless the handler has done so.
func NewCompression() (func(http.Handler) http.HandlerFunc, error) {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(minCompressed), gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(true), gzhttp.SuffixETag(""))
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	return compress, nil
}

// BodyCompressor compresses whole bodies of responses in one go, which takes less time than
// NewCompression. It is safe for concurrent use.
type BodyCompressor struct {
	gzip sync.Pool
	zstd *zstd.Encoder
}

// NewBodyCompressor returns a compressor.
func NewBodyCompressor() (*BodyCompressor, error) {
	// A larger window would find little more in a page, and takes memory for each core.
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(128<<10), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return &BodyCompressor{zstd: encoder}, nil
}

// Append appends a compressed body to dst. The encoding is gzip or zstd; ok is false for
// others, and for bodies that are too short to compress.
func (c *BodyCompressor) Append(dst, body []byte, encoding string) (out []byte, ok bool) {
	switch {
	case len(body) < minCompressed:
		return dst, false
	case encoding == "zstd":
		return c.zstd.EncodeAll(body, dst), true
	case encoding != "gzip":
		return dst, false
	}
	w, pooled := c.gzip.Get().(*gzip.Writer)
	if !pooled {
		w, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails only for unknown levels
	}
	defer c.gzip.Put(w)
	buffer := bytes.NewBuffer(dst)
	w.Reset(buffer)
	_, _ = w.Write(body) // a buffer accepts everything
	_ = w.Close()
	return buffer.Bytes(), true
}
