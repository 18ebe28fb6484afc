package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

func TestOrderedParallel_WritesInOrderOfSubmission(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(rt *rapid.T) {
		yields := rapid.SliceOfN(rapid.IntRange(0, 200), 0, 40).Draw(rt, "how often each chunk yields the processor")
		var got, want bytes.Buffer
		count := 0
		err := orderedParallel(t.Context(), &got, func(_ context.Context, submit func(chunkFunc) error) error {
			for i, n := range yields {
				want.WriteString(strconv.Itoa(i) + " ")
				err := submit(func() (chunk, error) {
					for range n {
						runtime.Gosched()
					}
					return chunk{body: []byte(strconv.Itoa(i) + " "), count: 2}, nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		}, func(more int) { count += more })
		if err != nil || got.String() != want.String() || count != 2*len(yields) {
			rt.Fatalf("got %q and count %d, want %q and %d: %v", got.String(), count, want.String(), 2*len(yields), err)
		}
	})
}

func TestOrderedParallel_EndsWithTheFirstError(t *testing.T) {
	t.Parallel()

	broken := errors.New("broken")
	valid := func() (chunk, error) { return chunk{body: []byte("x"), count: 1}, nil }
	for name, test := range map[string]struct {
		w          io.Writer
		next       chunkFunc
		produceErr error
	}{
		"error of a chunk":      {io.Discard, func() (chunk, error) { return chunk{}, broken }, nil},
		"error of the producer": {io.Discard, valid, broken},
		"error of the writer":   {writerFunc(func([]byte) (int, error) { return 0, broken }), valid, nil},
	} {
		var submitted atomic.Int64
		err := orderedParallel(t.Context(), test.w, func(_ context.Context, submit func(chunkFunc) error) error {
			for submitted.Add(1) < 1000 {
				if err := submit(test.next); err != nil {
					return err
				}
			}
			return test.produceErr
		}, func(int) {})
		if !errors.Is(err, broken) {
			t.Errorf("%s: got %v, want %v", name, err, broken)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestNegotiateEncoding(t *testing.T) {
	t.Parallel()

	for header, want := range map[string]Encoding{
		"":                             Identity,
		"identity":                     Identity,
		"br, deflate":                  Identity,
		"gzip":                         Gzip,
		"GZip":                         Gzip,
		"gzip, deflate, br, zstd":      Zstd,
		"zstd;q=0.5, gzip;q=0.8":       Gzip,
		"zstd; q=0.8, gzip; q=0.5":     Zstd,
		"zstd;q=0, gzip;q=0":           Identity,
		"zstd;q=0, gzip":               Gzip,
		"zstd;q=nonsense, gzip;q=0.99": Zstd,
	} {
		if got := NegotiateEncoding([]string{header}); got != want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", header, got, want)
		}
	}
}
