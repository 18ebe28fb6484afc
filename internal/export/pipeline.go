package export

import (
	"context"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// chunk is an encoded part of an export.
type chunk struct {
	body  []byte
	count int // number of cats or shelters in it
}

// chunkFunc reads and encodes a chunk.
type chunkFunc func() (chunk, error)

// orderedParallel runs the functions that produce submits, several at once, and writes
// their chunks in the order of submission. It calls written with the count of each chunk
// after writing it. It holds a few chunks in memory at a time. All its goroutines have
// ended when it returns.
func orderedParallel(ctx context.Context, w io.Writer, produce func(ctx context.Context, submit func(chunkFunc) error) error, written func(count int)) error {
	workers := runtime.GOMAXPROCS(0)
	group, ctx := errgroup.WithContext(ctx)
	jobs := make(chan func() error)
	results := make(chan chan chunk, 2*workers) // in order of submission
	group.Go(func() error {
		defer close(results)
		defer close(jobs)
		return produce(ctx, func(next chunkFunc) error {
			result := make(chan chunk, 1)
			if err := sendOrDone(ctx, results, result); err != nil {
				return err
			}
			return sendOrDone(ctx, jobs, func() error {
				c, err := next()
				result <- c
				return err
			})
		})
	})
	for range workers {
		group.Go(func() error {
			for job := range jobs {
				if err := job(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		for result := range results {
			select {
			case c := <-result:
				if _, err := w.Write(c.body); err != nil {
					return err
				}
				written(c.count)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

// sendOrDone sends a value on a channel, or returns the error of ctx if that ends first.
func sendOrDone[T any](ctx context.Context, to chan<- T, value T) error {
	select {
	case to <- value:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
