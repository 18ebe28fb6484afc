package export

import (
	"context"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// chunk is a part of an export, ready to be written.
type chunk struct {
	body  []byte
	count int // of the things in it
}

// chunkFunc makes a piece.
type chunkFunc func() (chunk, error)

// orderedParallel runs tasks, several at once, and writes what they make in the order in
// which they were put. It holds a handful of pieces at a time. All that it began
// has ended when it returns; written is told of each piece that was written.
func orderedParallel(ctx context.Context, to io.Writer, tasks func(ctx context.Context, put func(chunkFunc) error) error, written func(count int)) error {
	workers := runtime.GOMAXPROCS(0)
	group, ctx := errgroup.WithContext(ctx)
	work := make(chan func() error)
	inTurn := make(chan chan chunk, 2*workers)
	group.Go(func() error {
		defer close(inTurn)
		defer close(work)
		return tasks(ctx, func(next chunkFunc) error {
			made := make(chan chunk, 1)
			if err := sendOrDone(ctx, inTurn, made); err != nil {
				return err
			}
			return sendOrDone(ctx, work, func() error {
				p, err := next()
				made <- p
				return err
			})
		})
	})
	for range workers {
		group.Go(func() error {
			for job := range work {
				if err := job(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		for made := range inTurn {
			select {
			case p := <-made:
				if _, err := to.Write(p.body); err != nil {
					return err
				}
				written(p.count)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

// sendOrDone hands something over, unless ctx ends first.
func sendOrDone[T any](ctx context.Context, to chan<- T, what T) error {
	select {
	case to <- what:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
