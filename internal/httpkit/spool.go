package httpkit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"

	"trailcat/internal/tempfile"
)

// memoryBody is the size, in bytes, up to which the body of a request is kept in memory.
const memoryBody = 256 << 10

// SpooledBody is the whole body of a request, which can be read more than once. A large one is
// in a temporary file. It must be closed.
type SpooledBody struct {
	io.ReaderAt

	Size   int64
	SHA256 [sha256.Size]byte

	unread *io.SectionReader
	file   *tempfile.File // nil if the body is in memory
}

// SpoolBody reads the body of a request and replaces it by a SpooledBody, which it returns. If
// it is called again for the request, it returns the same. A large body is written to a
// temporary file in a directory; if dir is empty, in that of the system.
func SpoolBody(r *http.Request, dir string) (*SpooledBody, error) {
	if body, ok := r.Body.(*SpooledBody); ok {
		return body, nil
	}
	body, err := spool(r.Body, dir)
	if err != nil {
		return nil, err
	}
	r.Body = body
	return body, nil
}

// spool reads a part of a request, or all of it.
func spool(in io.Reader, dir string) (*SpooledBody, error) {
	hash := sha256.New()
	content := io.TeeReader(in, hash)
	head, err := io.ReadAll(io.LimitReader(content, memoryBody+1))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	body := &SpooledBody{ReaderAt: bytes.NewReader(head), Size: int64(len(head)), SHA256: [sha256.Size]byte{}, unread: nil, file: nil}
	if len(head) > memoryBody {
		if err := body.moveToFile(dir, head, content); err != nil {
			return nil, err
		}
	}
	hash.Sum(body.SHA256[:0])
	body.unread = io.NewSectionReader(body, 0, body.Size)
	return body, nil
}

// moveToFile writes the body, which begins with head, to a file.
func (b *SpooledBody) moveToFile(dir string, head []byte, rest io.Reader) (err error) {
	if b.file, err = tempfile.Create(dir, "trailcat-body-*"); err != nil {
		return err
	}
	b.ReaderAt = b.file
	if b.Size, err = io.Copy(b.file, io.MultiReader(bytes.NewReader(head), rest)); err != nil {
		return errors.Join(fmt.Errorf("read body: %w", err), b.Close())
	}
	return nil
}

// Read reads the body like that of any request.
func (b *SpooledBody) Read(p []byte) (int, error) { return b.unread.Read(p) }

// Close removes the file. It may be called more than once.
func (b *SpooledBody) Close() error {
	if b.file == nil {
		return nil
	}
	file := b.file
	b.file, b.ReaderAt = nil, bytes.NewReader(nil)
	return file.Close()
}
