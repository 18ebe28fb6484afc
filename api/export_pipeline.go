package api

import (
	"context"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// piece is a part of an export, ready to be written.
type piece struct {
	body  []byte
	count int // of the things in it
}

// task makes a piece.
type task func() (piece, error)

// inOrder runs tasks, several at once, and writes what they make in the order in
// which they were put. It holds a handful of pieces at a time. All that it began
// has ended when it returns; written is told of each piece that was written.
func inOrder(ctx context.Context, to io.Writer, tasks func(ctx context.Context, put func(task) error) error, written func(count int)) error {
	workers := runtime.GOMAXPROCS(0)
	group, ctx := errgroup.WithContext(ctx)
	work := make(chan func() error)
	inTurn := make(chan chan piece, 2*workers)
	group.Go(func() error {
		defer close(inTurn)
		defer close(work)
		return tasks(ctx, func(next task) error {
			made := make(chan piece, 1)
			if err := hand(ctx, inTurn, made); err != nil {
				return err
			}
			return hand(ctx, work, func() error {
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

// hand hands something over, unless ctx ends first.
func hand[T any](ctx context.Context, to chan<- T, what T) error {
	select {
	case to <- what:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
