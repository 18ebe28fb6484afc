package export

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPiecesAreWrittenInTheOrderTheyWereAskedFor(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(rt *rapid.T) {
		naps := rapid.SliceOfN(rapid.IntRange(0, 200), 0, 40).Draw(rt, "µs that each takes")
		var got, want bytes.Buffer
		count := 0
		err := orderedParallel(t.Context(), &got, func(_ context.Context, put func(chunkFunc) error) error {
			for i, nap := range naps {
				want.WriteString(strconv.Itoa(i) + " ")
				err := put(func() (chunk, error) {
					time.Sleep(time.Duration(nap) * time.Microsecond)
					return chunk{body: []byte(strconv.Itoa(i) + " "), count: 2}, nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		}, func(more int) { count += more })
		if err != nil || got.String() != want.String() || count != 2*len(naps) {
			rt.Fatalf("%q and %d, want %q: %v", got.String(), count, want.String(), err)
		}
	})
}

func TestMakingPiecesEndsWithTheFirstError(t *testing.T) {
	t.Parallel()

	broken := errors.New("broken")
	fine := func() (chunk, error) { return chunk{body: []byte("x"), count: 1}, nil }
	for name, test := range map[string]struct {
		to   io.Writer
		task chunkFunc
		ask  error
	}{
		"of a piece":     {io.Discard, func() (chunk, error) { return chunk{}, broken }, nil},
		"of the asking":  {io.Discard, fine, broken},
		"of the writing": {writerFunc(func([]byte) (int, error) { return 0, broken }), fine, nil},
	} {
		var asked atomic.Int64
		err := orderedParallel(t.Context(), test.to, func(_ context.Context, put func(chunkFunc) error) error {
			for asked.Add(1) < 1000 {
				if err := put(test.task); err != nil {
					return err
				}
			}
			return test.ask
		}, func(int) {})
		if !errors.Is(err, broken) {
			t.Errorf("the error %s: got %v", name, err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestTheCodingIsTheBestThatIsAccepted(t *testing.T) {
	t.Parallel()

	for header, want := range map[string]Coding{
		"":                             Identity,
		"identity":                     Identity,
		"br, deflate":                  Identity,
		"gzip":                         Gzipped,
		"GZip":                         Gzipped,
		"gzip, deflate, br, zstd":      zstdCoding,
		"zstd;q=0.5, gzip;q=0.8":       Gzipped,
		"zstd; q=0.8, gzip; q=0.5":     zstdCoding,
		"zstd;q=0, gzip;q=0":           Identity,
		"zstd;q=0, gzip":               Gzipped,
		"zstd;q=nonsense, gzip;q=0.99": zstdCoding,
	} {
		if got := CodingFor([]string{header}); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

func TestAGrowingFileIsReadToItsEnd(t *testing.T) {
	t.Parallel()

	file, err := newGrowingFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.close() }()
	whole := make(chan string, 3)
	for range cap(whole) {
		go func() {
			body, _ := io.ReadAll(file.From(t.Context(), 2))
			whole <- string(body)
		}()
	}
	var want bytes.Buffer
	for i := range 200 {
		text := []byte(strconv.Itoa(i))
		want.Write(text)
		if _, err := file.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	file.end(nil)
	for range cap(whole) {
		if got := <-whole; got != want.String()[2:] {
			t.Errorf("read %d bytes, want %d", len(got), want.Len()-2)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := io.ReadAll(file.From(ctx, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("who went away reads on: %v", err)
	}
}
