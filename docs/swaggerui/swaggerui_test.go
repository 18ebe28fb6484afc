package swaggerui_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"io/fs"
	"os"
	"testing"

	swaggerfiles "github.com/swaggo/files/v2"

	"trailcat/docs/swaggerui"
)

var update = flag.Bool("update", false, "copy the files of github.com/swaggo/files/v2")

// TestFiles_AreThoseOfTheModule compares the files with those of the version of the
// module that go.mod selects.
func TestFiles_AreThoseOfTheModule(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		want, err := fs.ReadFile(swaggerfiles.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(uncompressed(t, name+".gz"), want) {
			continue
		}
		if !*update {
			t.Errorf("%s differs from that of the module; run go test ./docs/swaggerui -update", name)
			continue
		}
		write(t, name+".gz", want)
	}
}

// uncompressed returns the content of an embedded file, nil if it does not exist.
func uncompressed(t *testing.T, name string) []byte {
	t.Helper()
	file, err := swaggerui.Files.Open(name)
	if err != nil {
		return nil
	}
	reader, err := gzip.NewReader(file)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return content
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	var buffer bytes.Buffer
	writer, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, buffer.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
