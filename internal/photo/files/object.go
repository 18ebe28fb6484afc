package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
)

// object reads an object of a bucket. It requests the whole object once; the next Read after Seek
// requests the rest of the object from the new offset.
type object struct {
	ctx    context.Context // of the caller, until Close
	bucket *Bucket
	key    string
	size   int64
	etag   string

	offset   int64         // of the next Read
	body     io.ReadCloser // nil before the first request and after an error
	position int64         // of body
	cancel   context.CancelFunc
}

// open requests the object from the offset on. It returns when the object was written.
func (o *object) open() (modTime time.Time, err error) {
	_ = o.Close()
	options := minio.GetObjectOptions{}
	if o.offset > 0 {
		err = errors.Join(options.SetRange(o.offset, 0), options.SetMatchETag(o.etag))
	}
	if err != nil {
		return time.Time{}, err
	}
	ctx, cancel := context.WithCancel(o.ctx)
	timer := time.AfterFunc(o.bucket.timeout, cancel)
	body, info, _, err := o.bucket.core.GetObject(ctx, o.bucket.name, o.key, options)
	timer.Stop()
	if err != nil {
		cancel()
		return time.Time{}, err
	}
	o.body, o.cancel, o.position = body, cancel, o.offset
	if o.etag == "" {
		o.etag, o.size = info.ETag, info.Size
	}
	return info.LastModified, nil
}

// Read reads from the offset on.
func (o *object) Read(p []byte) (int, error) {
	if o.offset >= o.size {
		return 0, io.EOF
	}
	if o.body == nil || o.position != o.offset {
		if _, err := o.open(); err != nil {
			return 0, o.bucket.describe(o.ctx, "read "+o.key, err)
		}
	}
	timer := time.AfterFunc(o.bucket.timeout, o.cancel)
	n, err := o.body.Read(p)
	timer.Stop()
	o.offset += int64(n)
	o.position = o.offset
	if err == nil || err == io.EOF && o.offset == o.size {
		return n, err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	_ = o.Close()
	return n, o.bucket.describe(o.ctx, "read "+o.key, err)
}

// Seek sets the offset of the next Read.
func (o *object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.offset
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d in %s", offset, o.key)
	}
	o.offset = offset
	return offset, nil
}

// Close ends the request.
func (o *object) Close() error {
	if o.body == nil {
		return nil
	}
	err := o.body.Close()
	o.cancel()
	o.body = nil
	return err
}
