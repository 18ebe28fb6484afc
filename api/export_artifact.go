package api

import (
	"context"
	"io"
	"log/slog"
	"slices"
)

// artifact is a file that is made while it is read. All of it is guarded by the shelf.
type artifact struct {
	file    *tailFile
	stop    context.CancelFunc // ends the making
	readers int
	over    bool // it is no longer being made
	dropped bool // nobody will be given it any more
	closed  bool
}

// publish makes an edition in the background. It has one reader from the beginning.
func (s *exportCache) publish(ctx context.Context, write func(context.Context, io.Writer) error) (*artifact, error) {
	file, err := newGrowingFile(s.ExportDir)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	e := &artifact{file: file, stop: stop, readers: 1, over: false, dropped: false, closed: false}
	go func() {
		defer stop()
		err := write(ctx, file)
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "export not made", slog.Any("error", err))
		}
		file.end(err)
		s.mu.Lock()
		defer s.mu.Unlock()
		e.over, e.dropped = true, e.dropped || err != nil
		s.closeIfUnused(e)
		s.evict()
	}()
	return e, nil
}

// release says that somebody no longer reads an edition.
func (s *exportCache) release(e *artifact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.readers--
	s.closeIfUnused(e)
	s.evict()
}

// closeIfUnused stops making what nobody reads, and closes what nobody will.
func (s *exportCache) closeIfUnused(e *artifact) {
	switch {
	case e == nil || e.readers > 0:
	case !e.over:
		e.dropped = true
		e.stop()
	case e.dropped && !e.closed:
		e.closed = true
		if err := e.file.close(); err != nil {
			s.Log.Warn("file of an export not closed", slog.Any("error", err))
		}
	}
}

// evict takes off the shelf what was dropped, and the oldest of what are too many.
func (s *exportCache) evict() {
	kept := map[string]int{}
	var left []*export
	for _, x := range slices.Backward(s.exports) {
		if x.packed.over && !x.packed.dropped {
			kept[x.resource]++
			if x.packed.dropped = kept[x.resource] > keptExports; x.packed.dropped {
				s.closeIfUnused(x.packed)
			}
		}
		if x.packed.dropped && x.zipped != nil {
			x.zipped.dropped = true
			s.closeIfUnused(x.zipped)
		}
		if !x.packed.dropped {
			left = append(left, x)
		}
	}
	slices.Reverse(left)
	s.exports = left
}

// countingWriter counts what goes through it.
type countingWriter struct {
	to io.Writer
	n  int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.n += int64(n)
	return n, err
}
