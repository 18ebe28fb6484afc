package ingest

import (
	"bytes"
	"errors"
	"io"
)

const (
	// lookSize is how much of a text is looked at to detect its layout, in bytes.
	lookSize = 64 << 10
	// A reader that finds that a row does not end where it seemed to looks at the bytes
	// behind it again. So that the work stays proportional to the size of the text, it may do
	// so for lookAgain bytes, and for lookAgainFactor bytes more for each byte of rows read.
	lookAgain       = 4 << 20
	lookAgainFactor = 4
)

// window is the unread part of a text that is read as a stream. Only the bytes that were
// looked at are in memory.
type window struct {
	in    io.Reader
	bytes []byte // unread
	store []byte // has bytes at its end
	err   error  // why in has no more bytes

	line  int // number of the line that the next byte belongs to, from 1
	spare int // how many bytes may be looked at again
}

func newWindow(in io.Reader) *window {
	return &window{in: in, bytes: nil, store: make([]byte, 4*lookSize), err: nil, line: 1, spare: lookAgain}
}

// peek returns at least n unread bytes, or all if the text has fewer. They are valid until
// the next call.
func (w *window) peek(n int) []byte {
	if len(w.bytes) >= n || w.err != nil {
		return w.bytes
	}
	if n > len(w.store)/2 {
		w.store = make([]byte, 2*n)
	}
	filled := copy(w.store, w.bytes)
	for filled < len(w.store) && w.err == nil {
		var read int
		read, w.err = w.in.Read(w.store[filled:])
		filled += read
	}
	w.bytes = w.store[:filled]
	return w.bytes
}

// skip reads n bytes that were returned by peek.
func (w *window) skip(n int) {
	w.line += bytes.Count(w.bytes[:n], []byte{'\n'})
	w.bytes = w.bytes[n:]
}

// skipRow reads a row of n bytes, for which a reader looked at seen bytes.
func (w *window) skipRow(n, seen int) {
	w.spare += lookAgainFactor*n - max(0, seen-n)
	w.skip(n)
}

// atEnd reports whether peek has returned all unread bytes.
func (w *window) atEnd() bool { return w.err != nil }

// failure returns the error that prevented the text from being read to its end, or nil.
func (w *window) failure() error {
	if w.err == nil || errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}

// skipLine reads the rest of a line.
func (w *window) skipLine() {
	for {
		seen := w.peek(lookSize)
		if end := bytes.IndexByte(seen, '\n'); end >= 0 {
			w.skip(end + 1)
			return
		}
		w.skip(len(seen))
		if len(seen) == 0 {
			return
		}
	}
}

// skipBlankLines reads lines without text, and reports whether there is text behind them.
func (w *window) skipBlankLines() bool {
	for {
		seen := w.peek(lookSize)
		blank := len(seen) - len(bytes.TrimLeft(seen, " \t\r\n"))
		if blank < len(seen) {
			w.skip(bytes.LastIndexByte(seen[:blank], '\n') + 1)
			return true
		}
		w.skip(blank)
		if len(seen) == 0 {
			return false
		}
	}
}

// lineLength returns the length of the next line, with its end, or limit if it is longer.
func (w *window) lineLength(limit int) int {
	for n := lookSize; ; n *= 2 {
		seen := w.peek(min(n, limit))
		seen = seen[:min(len(seen), limit)]
		if end := bytes.IndexByte(seen, '\n'); end >= 0 {
			return end + 1
		}
		if len(seen) == limit || w.atEnd() {
			return len(seen)
		}
	}
}
