package api

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// coding is how an export is packed on its way, as Accept-Encoding names it.
type coding string

const (
	identity   coding = ""
	gzipped    coding = "gzip"
	zstdCoding coding = "zstd"
)

// codingFor is the best coding that a caller accepts: zstd is made at once, gzip
// from it.
func codingFor(acceptEncoding []string) coding {
	best, most := identity, 0.0
	for part := range strings.SplitSeq(strings.Join(acceptEncoding, ","), ",") {
		name, weight, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(part, " ", "")), ";q=")
		q, err := strconv.ParseFloat(weight, 64)
		if weight == "" || err != nil {
			q = 1
		}
		if c := coding(name); (c == zstdCoding || c == gzipped) && (q > most || q == most && q > 0 && c == zstdCoding) {
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

func zstdReader(from io.Reader) (*zstd.Decoder, error) {
	r, err := zstd.NewReader(from, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, fmt.Errorf("set up zstd: %w", err)
	}
	return r, nil
}

// repack makes of an export packed with zstd one packed with gzip.
func repack(from io.Reader, to io.Writer) error {
	in, err := zstdReader(from)
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

// unpackedSeeker reads an export that is packed with zstd as if it were not, from
// any place: it unpacks from the beginning and passes over what was not asked for.
type unpackedSeeker struct {
	open func() io.Reader // the packed export, from its beginning
	size int64            // unpacked
	at   int64            // where the next Read begins
	in   *zstd.Decoder    // stands at inAt
	inAt int64
}

func (u *unpackedSeeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += u.at
	case io.SeekEnd:
		offset += u.size
	}
	u.at = offset
	return u.at, nil
}

func (u *unpackedSeeker) Read(p []byte) (n int, err error) {
	if u.in == nil || u.inAt > u.at {
		u.Close()
		if u.in, err = zstdReader(u.open()); err != nil {
			return 0, err
		}
		u.inAt = 0
	}
	if u.inAt < u.at {
		passed, err := io.CopyN(io.Discard, u.in, u.at-u.inAt)
		u.inAt += passed
		if err != nil {
			return 0, err
		}
	}
	n, err = u.in.Read(p)
	u.at += int64(n)
	u.inAt = u.at
	return n, err
}

// Close lets go of the decoder.
func (u *unpackedSeeker) Close() {
	if u.in != nil {
		u.in.Close()
		u.in = nil
	}
}
