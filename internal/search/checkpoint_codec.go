package search

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// columnStep is the number of values of a column that are encoded at a time.
const columnStep = 1 << 12

// checkpointWriter encodes a checkpoint: integers as varints, byte strings with their length
// before them, and columns of integers as little-endian numbers. The first error stays; flush
// returns it.
type checkpointWriter struct {
	out    *bufio.Writer
	buffer []byte
}

func newCheckpointWriter(out io.Writer) *checkpointWriter {
	return &checkpointWriter{out: bufio.NewWriterSize(out, 1<<18)}
}

func (w *checkpointWriter) flush() error { return w.out.Flush() }

func (w *checkpointWriter) uint(v uint64) {
	w.buffer = binary.AppendUvarint(w.buffer[:0], v)
	_, _ = w.out.Write(w.buffer) // flush returns the error
}

func (w *checkpointWriter) int(v int64) {
	w.buffer = binary.AppendVarint(w.buffer[:0], v)
	_, _ = w.out.Write(w.buffer) // flush returns the error
}

func (w *checkpointWriter) bytes(b []byte) {
	w.uint(uint64(len(b)))
	_, _ = w.out.Write(b) // flush returns the error
}

func (w *checkpointWriter) text(s string) { w.bytes([]byte(s)) }

// columnNumber is the type of the values of a column.
type columnNumber interface {
	uint8 | uint16 | uint32 | uint64 | int32 | int64
}

// writeColumn writes a column, whose length the reader knows.
func writeColumn[T columnNumber](w *checkpointWriter, column []T) {
	for step := range slices.Chunk(column, columnStep) {
		w.buffer, _ = binary.Append(w.buffer[:0], binary.LittleEndian, step) // numbers always encode
		_, _ = w.out.Write(w.buffer)                                         // flush returns the error
	}
}

// errMalformedCheckpoint means that a checkpoint is not what a checkpointWriter wrote.
var errMalformedCheckpoint = errors.New("malformed")

// checkpointReader decodes what a checkpointWriter encoded. After an error it returns only
// zero values. It allocates no more than a small multiple of what is left of the input.
type checkpointReader struct {
	in     *bufio.Reader
	left   int64 // bytes of the input
	err    error
	buffer []byte
}

func newCheckpointReader(in io.Reader, size int64) *checkpointReader {
	return &checkpointReader{in: bufio.NewReaderSize(in, 1<<18), left: size}
}

// fail records the first error.
func (r *checkpointReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// check records an error, unless it is nil.
func (r *checkpointReader) check(err error) {
	if err != nil {
		r.fail(err)
	}
}

// ReadByte makes the reader an io.ByteReader for varints.
func (r *checkpointReader) ReadByte() (byte, error) {
	if r.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	r.left--
	return r.in.ReadByte()
}

func (r *checkpointReader) uint() uint64 { return readNumber(r, binary.ReadUvarint) }

func (r *checkpointReader) int() int64 { return readNumber(r, binary.ReadVarint) }

func readNumber[T int64 | uint64](r *checkpointReader, read func(io.ByteReader) (T, error)) T {
	if r.err != nil {
		return 0
	}
	v, err := read(r)
	if err != nil {
		r.fail(err)
		return 0
	}
	return v
}

// count reads how many things follow that take at least size bytes each.
func (r *checkpointReader) count(size int) int {
	n := r.uint()
	if r.err == nil && n > uint64(r.left)/uint64(size) {
		r.fail(fmt.Errorf("%w: %d items do not fit in %d bytes", errMalformedCheckpoint, n, r.left))
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

// bytes returns a byte string, which is valid until the next read.
func (r *checkpointReader) bytes() []byte {
	n := r.count(1)
	return r.read(n)
}

// read returns the next n bytes, which are valid until the next read.
func (r *checkpointReader) read(n int) []byte {
	if r.err != nil {
		return nil
	}
	if int64(n) > r.left {
		r.fail(io.ErrUnexpectedEOF)
		return nil
	}
	r.left -= int64(n)
	r.buffer = slices.Grow(r.buffer[:0], n)[:n]
	if _, err := io.ReadFull(r.in, r.buffer); err != nil {
		r.fail(err)
		return nil
	}
	return r.buffer
}

func (r *checkpointReader) text() string { return string(r.bytes()) }

// readColumn appends n values of a column to dst.
func readColumn[T columnNumber](r *checkpointReader, dst []T, n int) []T {
	var zero T
	size := binary.Size(zero)
	if r.err == nil && int64(n) > r.left/int64(size) {
		r.fail(io.ErrUnexpectedEOF)
	}
	if r.err != nil {
		return dst
	}
	from := len(dst)
	dst = slices.Grow(dst, n)[:from+n]
	for step := range slices.Chunk(dst[from:], columnStep) {
		if _, err := binary.Decode(r.read(size*len(step)), binary.LittleEndian, step); err != nil {
			r.fail(err)
			break
		}
	}
	return dst
}
