package ingest

import (
	"io"
	"testing"
)

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestListing_DefaultLimit(t *testing.T) {
	t.Parallel()

	file := listing{open: func() (io.Reader, error) { return endless{}, nil }}
	text, err := file.limited(0)()
	if err != nil {
		t.Fatal(err)
	}
	const want = "The file is larger than 256 MiB after decompression. Split it and import the parts."
	if n, err := io.Copy(io.Discard, text); n != 256<<20 || err == nil || err.Error() != want {
		t.Errorf("read %d bytes and got error %v, want %d and %s", n, err, 256<<20, want)
	}
}
