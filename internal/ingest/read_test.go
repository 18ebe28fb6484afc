package ingest_test

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"trailcat/internal/ingest"
)

// smallFormat is a format for tests of other things than formats.
const smallFormat = `
name: small
columns: [Id, Name, Kind]
id: Id
skip: [{reason: not_a_cat, when: {Kind: {cat: false}}}]
repeats: {keep: none}
status: {from: Status, values: {"": available, A: available, X: adopted}}
fields:
  name: Name
  description: Story
  breed: Breed
  age: Age
  url: Link
`

func parse(t *testing.T, text string) *ingest.Format {
	t.Helper()
	f, err := ingest.ParseFormat([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// read reads a file in a format given as YAML.
func read(t *testing.T, format, file string) *ingest.Dataset {
	t.Helper()
	d, err := ingest.Read(strings.NewReader(file), parse(t, format), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRead_EncodingsAndSeparators(t *testing.T) {
	t.Parallel()

	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("Id\tName\tKind\tStory\n1\tZoë\tcat\tNé à Orléans\n")
	if err != nil {
		t.Fatal(err)
	}
	cp1252, err := charmap.Windows1252.NewEncoder().String("Id,Name,Kind,Story\n1,Zoë,cat,Né à Orléans\n")
	if err != nil {
		t.Fatal(err)
	}
	const story = "Né à Orléans"
	tests := map[string]struct{ file, story string }{
		"UTF-8":                                {"Id,Name,Kind,Story\n1,Zoë,cat,Né à Orléans\n", story},
		"byte order mark":                      {"\uFEFFId,Name,Kind,Story\n1,Zoë,cat,Né à Orléans\n", story},
		"byte order mark before a quote":       {"\uFEFF\"Id\",Name,Kind,Story\n1,Zoë,cat,Né à Orléans\n", story},
		"UTF-16 with tabs, as Excel writes it": {utf16, story},
		"Windows-1252":                         {cp1252, story},
		"UTF-8 and Windows-1252 lines":         {cp1252 + "2,Zoë,cat,Née\n", story},
		"CRLF":                                 {"Id,Name,Kind,Story\r\n1,Zoë,cat,Né à Orléans\r\n", story},
		"CR":                                   {"Id,Name,Kind,Story\r1,Zoë,cat,Né à Orléans\r", story},
		"no line break at the end":             {"Id,Name,Kind,Story\n1,Zoë,cat,Né à Orléans", story},
		"semicolons":                           {"Id;Name;Kind;Story\n1;Zoë;cat;Né à Orléans\n", story},
		"commas within semicolons":             {"Id;Name;Kind;Story\n1;Zoë;cat;Né, à Orléans\n", "Né, à Orléans"},
		"tabs":                                 {"Id\tName\tKind\tStory\n1\tZoë\tcat\tNé à Orléans\n", story},
		"vertical bars":                        {"Id|Name|Kind|Story\n1|Zoë|cat|Né à Orléans\n", story},
		"declared separator":                   {"sep=;\nId;Name;Kind;Story\n1;Zoë;cat;Né à Orléans\n", story},
		"quoted line breaks":                   {"Id,Name,Kind,Story\n1,Zoë,cat,\"Né\nà\r\nOrléans\"\n", "Né\nà\nOrléans"},
		"quoted quotes":                        {"Id,Name,Kind,Story\n1,Zoë,cat,\"Né \"\"à\"\" Orléans\"\n", `Né "à" Orléans`},
		"a stray quote":                        {"Id,Name,Kind,Story\n1,Zoë,cat,Né 5\" à Orléans\n", `Né 5" à Orléans`},
		"stray quotes in a quoted field":       {"Id,Name,Kind,Story\n1,Zoë,cat,\"Né \"à\" Orléans\"\n", `Né "à" Orléans`},
		"stray quotes over several lines":      {"Id,Name,Kind,Story\n1,Zoë,cat,\"Né \"à\" la\nOrléans\"\n", "Né \"à\" la\nOrléans"},
		"spaces around headers":                {" Id , Name,Kind ,Story \n1,Zoë,cat,Né à Orléans\n", story},
		"headers in another letter case":       {"ID,NAME,kind,STORY\n1,Zoë,cat,Né à Orléans\n", story},
		"empty lines":                          {"\nId,Name,Kind,Story\n\n\n1,Zoë,cat,Né à Orléans\n\n,,,\n", story},
		"empty columns to the right":           {"Id,Name,Kind,Story\n1,Zoë,cat,Né à Orléans,,\n", story},
		"gzip":                                 {gzipped(t, "Id,Name,Kind,Story\n1,Zoë,cat,Né à Orléans\n"), story},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, memory := newCatalog()
			r := load(t, cats, read(t, smallFormat, test.file))
			if r.Created != r.Rows {
				t.Fatalf("got report %+v, want every row created", r)
			}
			if cat := memory.cat(t, "1"); cat.Name != "Zoë" || cat.Description != test.story {
				t.Errorf("got %q: %q, want %q", cat.Name, cat.Description, test.story)
			}
		})
	}
}

func TestRead_InvalidFiles(t *testing.T) {
	t.Parallel()

	complete := gzipped(t, strings.Repeat("Id,Name,Kind\n1,Zoë,cat\n", 1000))
	damaged := []byte(complete)
	damaged[len(damaged)/2] ^= 0xff
	tests := map[string]struct{ format, file, want string }{
		"empty":             {smallFormat, "", "The file is empty."},
		"blank":             {smallFormat, " \n\n", "The file is empty."},
		"empty gzip":        {smallFormat, gzipped(t, ""), "The file is empty."},
		"header only":       {smallFormat, "Id,Name,Kind\n", "The file has a header but no rows."},
		"header and blanks": {smallFormat, "Id,Name,Kind\n,,\n\n", "The file has a header but no rows."},
		"another table":     {smallFormat, "Id,Naame,Price\n1,2,3\n", `The file does not match format "small": missing column "Name" (did you mean "Naame"?), "Kind". Its columns are Id, Naame, Price.`},
		"another format":    {smallFormat, realHeader, `The file does not match format "small": missing column "Id", "Kind". It has all columns of format "longbeach".`},
		"truncated gzip":    {smallFormat, complete[:len(complete)-9], "The gzip file is truncated. Download it again."},
		"gzip header only":  {smallFormat, complete[:5], "The gzip file is truncated. Download it again."},
		"corrupt gzip":      {smallFormat, string(damaged), "The gzip file is corrupt. Download it again."},
		"old Excel":         {smallFormat, "\xd0\xcf\x11\xe0\xa1\xb1", "Expected a table, got a zip or Excel file. Save the sheet as CSV and import that."},
		"a web page":        {smallFormat, "<!DOCTYPE html><html>", "Expected a table, got a web page. Check that it was not saved from a login page."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := ingest.Read(strings.NewReader(test.file), parse(t, test.format), ingest.Options{Now: now})
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

const realHeader = "animal_id,animal_name,animal_type,primary_color,secondary_color,sex,dob,intake_date,name,outcome_date,outcome_type\n"

func TestOpenFile_InvalidPaths(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	missing := filepath.Join(dir, "cats.csv")
	tests := map[string]struct{ path, want string }{
		"a directory": {dir, "Expected a file, got the directory " + dir + ". Name the files in it."},
		"no file":     {missing, "File " + missing + " does not exist."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := ingest.OpenFile(test.path)
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func gzipped(tb testing.TB, text string) string {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	file, err := os.ReadFile("testdata/longbeach_intakes.csv.gz")
	if err != nil {
		b.Fatal(err)
	}
	f, err := ingest.Find("longbeach")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ingest.Read(bytes.NewReader(file), f, ingest.Options{Now: now}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(29787*b.N)/b.Elapsed().Seconds(), "rows/s")
}
