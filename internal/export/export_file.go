package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// TailFile is a file that many read while one still writes it.
type TailFile struct {
	File    *os.File
	nowhere bool // its name is gone already, so that nothing is left of it whatever becomes of us

	mu    sync.Mutex
	size  int64
	over  bool
	err   error         // why it ended before it was whole
	grown chan struct{} // closed when there is more, or no more
}

func newGrowingFile(dir string) (*TailFile, error) {
	file, err := os.CreateTemp(dir, "trailcat-export-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for an export: %w", err)
	}
	nowhere := os.Remove(file.Name()) == nil // not every system lets go of the name of an open file
	return &TailFile{File: file, nowhere: nowhere, mu: sync.Mutex{}, size: 0, over: false, err: nil, grown: make(chan struct{})}, nil
}

// Write adds to the end of the file.
func (f *TailFile) Write(p []byte) (int, error) {
	n, err := f.File.WriteAt(p, f.size) // only we move it
	f.mu.Lock()
	defer f.mu.Unlock()
	f.size += int64(n)
	f.wake()
	return n, err
}

// end says that nothing more comes, because it is whole or because of err.
func (f *TailFile) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over, f.err = true, err
	f.wake()
}

func (f *TailFile) wake() {
	close(f.grown)
	f.grown = make(chan struct{})
}

// State is how long the file is, whether that is all, what tells of more, and why
// there will be no more although it is not whole.
func (f *TailFile) State() (size int64, over bool, grown <-chan struct{}, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.size, f.over, f.grown, f.err
}

// Whole waits until the file is, and tells its size.
func (f *TailFile) Whole(ctx context.Context) (int64, error) {
	for {
		size, over, grown, err := f.State()
		if over {
			return size, err
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// From reads the file from an offset to its end, which it waits for.
func (f *TailFile) From(ctx context.Context, offset int64) io.Reader {
	return &fileFollower{ctx: ctx, file: f, offset: offset}
}

// close lets go of the file.
func (f *TailFile) close() error {
	err := f.File.Close()
	if !f.nowhere {
		err = errors.Join(err, os.Remove(f.File.Name()))
	}
	return err
}

type fileFollower struct {
	ctx    context.Context //nolint:containedctx // a Reader has no other way to be told
	file   *TailFile
	offset int64
}

func (r *fileFollower) Read(p []byte) (int, error) {
	for {
		if err := r.ctx.Err(); err != nil {
			return 0, err
		}
		size, over, grown, err := r.file.State()
		switch {
		case r.offset < size:
			n, err := r.file.File.ReadAt(p[:min(int64(len(p)), size-r.offset)], r.offset)
			r.offset += int64(n)
			return n, err
		case err != nil:
			return 0, err
		case over:
			return 0, io.EOF
		}
		select {
		case <-grown:
		case <-r.ctx.Done():
		}
	}
}
