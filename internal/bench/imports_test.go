//go:build bench

package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/importjob"
	"trailcat/internal/ingest"
	"trailcat/internal/store/storetest"
)

const mb = 1_000_000

// importFile is a file to import.
type importFile struct {
	label string
	write func(w io.Writer, size int) // writes about as many bytes as size
	size  int
}

// importFiles returns files as shelters send them, and files that are made to take much
// time or memory.
func importFiles() []importFile {
	good := func(size int) importFile {
		return importFile{fmt.Sprintf("import of %d MB", size/mb), writeListings, size}
	}
	repeated := func(label, begin, text string, size int) importFile {
		return importFile{"hostile import: " + label, func(w io.Writer, size int) {
			_, _ = io.WriteString(w, begin) // a failure shows in the result
			writeRepeated(w, text, size)
		}, size}
	}
	const table, list = "external_id,name\n1,Ann\n", `{"external_id":"1","name":"Ann"}` + "\n"
	return []importFile{
		good(1 * mb), good(10 * mb), good(50 * mb),
		repeated("opening braces", list, "{", 49*mb),
		repeated("opening braces line by line", list, "{\n", 49*mb),
		repeated("lists that are not closed", list, `{"a":[`+strings.Repeat("1,", 8000)+"\n", 49*mb),
		repeated("opening quotes", table, "1,\""+strings.Repeat("a", 300)+"\n", 49*mb),
		repeated("a million columns", "", "column,", 7*mb),
		repeated("no line end", table, "a", 49*mb),
		repeated("empty lines", table, "\n", 49*mb),
		{"hostile import: gzip of 4.6 GB", writeBomb, 4600 * mb},
		{"hostile import: 199,000 rows with long IDs", writeLongIDs, 49 * mb},
	}
}

func writeListings(w io.Writer, size int) {
	_, _ = io.WriteString(w, "external_id,name,sex,description,breed_primary,status\n") // a failure shows in the result
	for n, left := 0, size; left > 0; n++ {
		written, err := fmt.Fprintf(w, "A%d,Cat %d,female,\"Sweet, playful and shy at first. She likes \"\"laps\"\", windows and a warm place on the sofa.\n\n"+
			"She needs a quiet home without small children, where she can take her time; another cat that is friendly would be welcome. Her adoption fee includes vaccinations and a microchip.\",Siamese,available\n", n, n)
		if left -= written; err != nil {
			return
		}
	}
}

func writeRepeated(w io.Writer, text string, size int) {
	block := []byte(strings.Repeat(text, max(1, (1<<20)/len(text))))
	for left := size; left > 0; left -= len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func writeBomb(w io.Writer, size int) {
	var member bytes.Buffer
	packed := gzip.NewWriter(&member)
	const unpacked = 100 * mb
	writeRepeated(packed, "\n", unpacked)
	_ = packed.Close() // a buffer returns no errors
	writeRepeated(w, member.String(), size/unpacked*member.Len())
}

func writeLongIDs(w io.Writer, size int) {
	_, _ = io.WriteString(w, "external_id,name\n") // a failure shows in the result
	const rows = 199_000
	padding := strings.Repeat("x", min(90, size/rows))
	for n := range rows {
		_, _ = fmt.Fprintf(w, "%s%06d,Cat\n", padding, n)
	}
}

// measureImports imports the files into SQLite and measures the time and by how much the heap
// grows.
func measureImports(t *testing.T, table *table) {
	t.Helper()
	for _, file := range importFiles() {
		path := filepath.Join(t.TempDir(), "file")
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		file.write(out, file.size)
		size, err := out.Seek(0, io.SeekCurrent)
		if err != nil {
			t.Fatal(err)
		}
		started := time.Now()
		result := ""
		peak := peakHeap(func() { result = importOne(t, out, size) })
		took := time.Since(started)
		if err := out.Close(); err != nil {
			t.Error(err)
		}
		table.addRow(file.label, fmt.Sprintf("%s MB of memory, %s s, %s ms per MB", formatNumber(peak/mb), formatNumber(took.Seconds()), formatNumber(took.Seconds()*1000/(float64(size)/mb))), result, "", "≤ 64 MB", peak <= 64<<20)
	}
}

// importOne imports a file into a new database and returns the result.
func importOne(t *testing.T, file io.ReaderAt, size int64) string {
	t.Helper()
	s := storetest.Open(t, storetest.URL(t, "sqlite"))
	cats := catalog.New(s, time.Now, func() [16]byte { return uuid.Must(uuid.NewV7()) })
	own, err := ingest.Find("montgomery")
	if err != nil {
		t.Fatal(err)
	}
	shelter, _, err := cats.PutShelter(t.Context(), geo.Default(), "shelter", own.Shelter.Profile)
	if err != nil {
		t.Fatal(err)
	}
	format, err := ingest.Find("trailcat")
	if err != nil {
		t.Fatal(err)
	}
	options := importjob.Options{Format: format, Mode: catalog.ModeIncremental}
	result, err := importjob.New(s, cats, time.Now, importjob.NewFile(file, size, [sha256.Size]byte{}, options), shelter).Run(context.Background())
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return string(e.Code)
	} else if err != nil {
		t.Error(err)
	}
	return fmt.Sprintf("%d created, %d rejected", result.Report.Created, result.Report.Rejected)
}

// peakHeap returns by how many bytes the objects on the heap grow while fn runs.
func peakHeap(fn func()) float64 {
	heap := func() float64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return float64(sample[0].Value.Uint64())
	}
	runtime.GC()
	before := heap()
	peak := watchPeak(time.Millisecond, heap)
	fn()
	return peak() - before
}
