package ingest_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/ingest"
	"trailcat/internal/resourcetest"
)

// zipped returns a zip file. Each entry is its name followed by its content.
func zipped(tb testing.TB, entries ...string) string {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for entry := range slices.Chunk(entries, 2) {
		out, err := w.Create(entry[0])
		if err == nil {
			_, err = io.WriteString(out, entry[1])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

const ownCats = "external_id,name\n1,Zoë\n2,Mo\n"

func TestRead_OneTableOfAZipFile(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		entries []string
		ignored int
	}{
		"only a table":             {[]string{"pets.csv", ownCats}, 0},
		"in a folder, upper case":  {[]string{"export/", "", "export/PETS.CSV", ownCats}, 0},
		"a path outside":           {[]string{"../../../etc/pets.csv", ownCats}, 0},
		"photos beside it":         {[]string{"photos/1.jpg", "…", "pets.txt", ownCats, "photos/2.jpg", "…"}, 2},
		"made by macOS":            {[]string{"pets.csv", ownCats, "__MACOSX/._pets.csv", "…", ".DS_Store", "…"}, 0},
		"JSON":                     {[]string{"cats.json", `[{"external_id": "1", "name": "Zoë"}, {"external_id": "2", "name": "Mo"}]`}, 0},
		"an import.cfg not needed": {[]string{"pets.csv", ownCats, "import.cfg", "#1:external_id=Id\n"}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d, err := ingest.Read(strings.NewReader(zipped(t, test.entries...)), format(t, "trailcat"), ingest.Options{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			cats, memory := newCatalog()
			if r := load(t, cats, d); r.Created != 2 || r.IgnoredFiles != test.ignored || memory.cat(t, "1").Name != "Zoë" {
				t.Errorf("got %+v, want 2 cats and %d ignored files", r, test.ignored)
			}
		})
	}
}

// An import.cfg beside the table is its mapping, as Adopt-a-Pet expects it.
func TestRead_ZipFileWithImportCfg(t *testing.T) {
	t.Parallel()

	cfg, err := os.ReadFile("testdata/systems/import.cfg")
	if err != nil {
		t.Fatal(err)
	}
	const rows = "44,Kitty,Moggy,Silver,F,Old and wise.,Here,Y\n45,Hound,Beagle,Rex,M,,Here,\n"
	file := zipped(t, "pets.csv", rows, "Import.cfg", string(cfg), "44.jpg", "…")
	for name, detected := range map[string]string{ingest.Auto: "adoptapet (Adopt-a-Pet's pets.csv), because the zip file has an import.cfg", "adoptapet": ""} {
		d, err := ingest.Read(strings.NewReader(file), format(t, name), ingest.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if d.Format.Name != "adoptapet" || d.DetectedFormat != detected || strings.Join(d.ExternalIDs(), " ") != "44" {
			t.Errorf("%s: got format %s, %q and cats %v, want adoptapet, %q and 44", name, d.Format.Name, d.DetectedFormat, d.ExternalIDs(), detected)
		}
	}
}

func TestRead_UnreadableZipFiles(t *testing.T) {
	t.Parallel()

	good := zipped(t, "pets.csv", strings.Repeat(ownCats, 100))
	encrypted, unknown, damaged := []byte(good), []byte(good), []byte(good)
	directory := strings.Index(good, "PK\x01\x02")
	encrypted[directory+8] |= 1
	unknown[directory+10] = 99
	damaged[60] ^= 0xff
	tests := map[string]struct{ file, want string }{
		"no entries":       {zipped(t), "Expected a zip file with one table (.csv, .tsv, .txt, .json, .ndjson, .xml) and at most one import.cfg. It has 0 tables: it is empty. Send them one by one."},
		"two tables":       {zipped(t, "cats.csv", ownCats, "dogs.csv", ownCats, "a.jpg", ""), "Expected a zip file with one table (.csv, .tsv, .txt, .json, .ndjson, .xml) and at most one import.cfg. It has 2 tables: cats.csv, dogs.csv, a.jpg. Send them one by one."},
		"Excel":            {zipped(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<workbook/>"), "Expected a table, got an Excel file. Save the sheet as CSV and import that."},
		"a zip in it":      {zipped(t, "pets.csv", good), "Expected a table, got a zip or Excel file. Save the sheet as CSV and import that."},
		"truncated":        {good[:len(good)-9], "The zip file is truncated or corrupt. Create it again."},
		"damaged":          {string(damaged), "The zip file is truncated or corrupt. Create it again."},
		"a password":       {string(encrypted), "The zip file is protected by a password. Send it without one."},
		"unknown method":   {string(unknown), "The zip file is compressed by a method that is not supported. Create it with the usual method, deflate."},
		"empty table":      {zipped(t, "pets.csv", ""), "The file is empty."},
		"invalid mapping":  {zipped(t, "pets.csv", ownCats, "import.cfg", "nonsense\n"), "The import.cfg has 1 errors. /: Line 1: Expected #position:column=field, or value=value after such a line."},
		"mapping is empty": {zipped(t, "pets.csv", ownCats, "import.cfg", ""), "The import.cfg has 1 errors. /: Line 1: Expected at least one line #position:column=field."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := ingest.Read(strings.NewReader(test.file), format(t, ingest.Auto), ingest.Options{Now: now})
			if err == nil || strings.TrimSuffix(err.Error(), ".") != strings.TrimSuffix(test.want, ".") {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// A zip file that expands to more than the limit, or has very many entries, is refused, and
// takes little memory.
func TestRead_ZipBombs(t *testing.T) { //nolint:paralleltest // measures memory
	const maxText = 8 << 20
	var blanks, large, many bytes.Buffer
	deflate, err := flate.NewWriter(&blanks, flate.BestSpeed)
	if err == nil {
		_, err = deflate.Write(bytes.Repeat([]byte{'\n'}, 1<<20))
		err = errors.Join(err, deflate.Flush())
	}
	if err != nil {
		t.Fatal(err)
	}
	packed := bytes.Repeat(blanks.Bytes(), maxText>>20+1)
	w := zip.NewWriter(&large)
	out, err := w.CreateRaw(&zip.FileHeader{Name: "pets.csv", Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: maxText + 1<<20})
	if err == nil {
		_, err = out.Write(packed)
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	w = zip.NewWriter(&many)
	for i := range 70_000 {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d.jpg", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lying := bytes.Clone(many.Bytes()) // the directory seems to be small
	directory, end := bytes.Index(lying, []byte("PK\x01\x02")), bytes.LastIndex(lying, []byte("PK\x06\x06"))
	lying = append(lying[:end:end], "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x2e\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	for i := range 4 {
		lying[len(lying)-6+i] = byte(directory >> (8 * i))
	}
	native := format(t, "trailcat")
	if _, err := ingest.Read(strings.NewReader(zipped(t, "pets.csv", ownCats)), native, ingest.Options{Now: now}); err != nil { // what is made once
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		file      []byte
		code      string
		allocated int // MiB; of a large table it is its size, most of it at different times
	}{
		"large table":                 {large.Bytes(), string(errcode.FileTooLarge), maxText>>20 + 8},
		"many entries":                {many.Bytes(), "too_many_entries", 8},
		"many entries, denied by end": {lying, "too_many_entries", 8},
	} {
		var err error
		used := resourcetest.Allocated(func() {
			_, err = ingest.Read(bytes.NewReader(test.file), native, ingest.Options{Now: now, MaxText: maxText})
		}) >> 20
		if e, ok := errors.AsType[*catalog.Error](err); !ok || string(e.Code) != test.code {
			t.Errorf("%s: got error %v, want %s", name, err, test.code)
		}
		if used > test.allocated {
			t.Errorf("%s: allocated %d MiB, want at most %d", name, used, test.allocated)
		}
	}
}
