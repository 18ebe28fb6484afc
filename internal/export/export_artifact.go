package export

import (
	"context"
	"io"
	"log/slog"
	"slices"
)

// Artifact is a file that is made while it is read. All of it is guarded by the shelf.
type Artifact struct {
	File    *TailFile
	stop    context.CancelFunc // ends the making
	readers int
	over    bool // it is no longer being made
	dropped bool // nobody will be given it any more
	Closed  bool
}

// publish makes an edition in the background. It has one reader from the beginning.
func (s *Cache) publish(ctx context.Context, write func(context.Context, io.Writer) error) (*Artifact, error) {
	file, err := newGrowingFile(s.ExportDir)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	e := &Artifact{File: file, stop: stop, readers: 1, over: false, dropped: false, Closed: false}
	go func() {
		defer stop()
		err := write(ctx, file)
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "export not made", slog.Any("error", err))
		}
		file.end(err)
		s.Mu.Lock()
		defer s.Mu.Unlock()
		e.over, e.dropped = true, e.dropped || err != nil
		s.closeIfUnused(e)
		s.evict()
	}()
	return e, nil
}

// Release says that somebody no longer reads an edition.
func (s *Cache) Release(e *Artifact) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	e.readers--
	s.closeIfUnused(e)
	s.evict()
}

// closeIfUnused stops making what nobody reads, and closes what nobody will.
func (s *Cache) closeIfUnused(e *Artifact) {
	switch {
	case e == nil || e.readers > 0:
	case !e.over:
		e.dropped = true
		e.stop()
	case e.dropped && !e.Closed:
		e.Closed = true
		if err := e.File.close(); err != nil {
			s.Log.Warn("file of an export not closed", slog.Any("error", err))
		}
	}
}

// evict takes off the shelf what was dropped, and the oldest of what are too many.
func (s *Cache) evict() {
	kept := map[string]int{}
	var left []*File
	for _, x := range slices.Backward(s.Exports) {
		if x.Packed.over && !x.Packed.dropped {
			kept[x.Resource]++
			if x.Packed.dropped = kept[x.Resource] > KeptExports; x.Packed.dropped {
				s.closeIfUnused(x.Packed)
			}
		}
		if x.Packed.dropped && x.Zipped != nil {
			x.Zipped.dropped = true
			s.closeIfUnused(x.Zipped)
		}
		if !x.Packed.dropped {
			left = append(left, x)
		}
	}
	slices.Reverse(left)
	s.Exports = left
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
