package export

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Encoding is the compression of an export, named as in Accept-Encoding.
type Encoding string

// Encodings of an export. Files are stored as Zstd and, on request, as Gzip.
const (
	Identity Encoding = ""
	Gzip     Encoding = "gzip"
	Zstd     Encoding = "zstd"
)

// NegotiateEncoding returns the encoding that the values of an Accept-Encoding header
// prefer, Zstd if several are equal, or Identity if they accept none.
func NegotiateEncoding(acceptEncoding []string) Encoding {
	best, bestWeight := Identity, 0.0
	for part := range strings.SplitSeq(strings.Join(acceptEncoding, ","), ",") {
		name, weight, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(part, " ", "")), ";q=")
		q, err := strconv.ParseFloat(weight, 64)
		if weight == "" || err != nil {
			q = 1
		}
		if e := Encoding(name); (e == Zstd || e == Gzip) && (q > bestWeight || q == bestWeight && q > 0 && e == Zstd) {
			best, bestWeight = e, q
		}
	}
	return best
}

// newZstdWriter returns an encoder whose window every HTTP client has to support (RFC 9659).
func newZstdWriter(w io.Writer) (*zstd.Encoder, error) {
	encoder, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20), zstd.WithEncoderConcurrency(2))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return encoder, nil
}

// Decompress reads a Zstd file from r and writes its content to w. Its memory does not
// grow with the size of the file.
func Decompress(w io.Writer, r io.Reader) error {
	decoder, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return fmt.Errorf("set up zstd: %w", err)
	}
	defer decoder.Close()
	if _, err := io.Copy(w, decoder); err != nil {
		return fmt.Errorf("decompress an export: %w", err)
	}
	return nil
}

// recompress reads a Zstd file from r and writes it to w as Gzip.
func recompress(w io.Writer, r io.Reader) error {
	encoder, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("set up gzip: %w", err)
	}
	if err := Decompress(encoder, r); err != nil {
		return err
	}
	return encoder.Close()
}
