package export

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Coding is how an export is packed on its way, as Accept-Encoding names it.
type Coding string

const (
	Identity   Coding = ""
	Gzipped    Coding = "gzip"
	zstdCoding Coding = "zstd"
)

// CodingFor is the best coding that a caller accepts: zstd is made at once, gzip
// from it.
func CodingFor(acceptEncoding []string) Coding {
	best, most := Identity, 0.0
	for part := range strings.SplitSeq(strings.Join(acceptEncoding, ","), ",") {
		name, weight, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(part, " ", "")), ";q=")
		q, err := strconv.ParseFloat(weight, 64)
		if weight == "" || err != nil {
			q = 1
		}
		if c := Coding(name); (c == zstdCoding || c == Gzipped) && (q > most || q == most && q > 0 && c == zstdCoding) {
			best, most = c, q
		}
	}
	return best
}

// zstdWriter is a writer that packs with zstd what goes to a file. Its window is one
// that every reader of this coding takes.
func zstdWriter(to io.Writer) (*zstd.Encoder, error) {
	w, err := zstd.NewWriter(to, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20), zstd.WithEncoderConcurrency(2))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return w, nil
}

func ZstdReader(from io.Reader) (*zstd.Decoder, error) {
	r, err := zstd.NewReader(from, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return r, nil
}

// repack makes of an export packed with zstd one packed with gzip.
func repack(from io.Reader, to io.Writer) error {
	in, err := ZstdReader(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("set up gzip: %w", err)
	}
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("pack an export with gzip: %w", err)
	}
	return out.Close()
}

// UnpackedSeeker reads an export that is packed with zstd as if it were not, from
// any place: it unpacks from the beginning and passes over what was not asked for.
type UnpackedSeeker struct {
	Open func() io.Reader // the packed export, from its beginning
	Size int64            // unpacked
	At   int64            // where the next Read begins
	In   *zstd.Decoder    // stands at inAt
	InAt int64
}

func (u *UnpackedSeeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += u.At
	case io.SeekEnd:
		offset += u.Size
	}
	u.At = offset
	return u.At, nil
}

func (u *UnpackedSeeker) Read(p []byte) (n int, err error) {
	if u.In == nil || u.InAt > u.At {
		u.Close()
		if u.In, err = ZstdReader(u.Open()); err != nil {
			return 0, err
		}
		u.InAt = 0
	}
	if u.InAt < u.At {
		passed, err := io.CopyN(io.Discard, u.In, u.At-u.InAt)
		u.InAt += passed
		if err != nil {
			return 0, err
		}
	}
	n, err = u.In.Read(p)
	u.At += int64(n)
	u.InAt = u.At
	return n, err
}

// Close lets go of the decoder.
func (u *UnpackedSeeker) Close() {
	if u.In != nil {
		u.In.Close()
		u.In = nil
	}
}
