//go:build unix

package ingest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// repeat returns at least size bytes of a text that is repeated.
func repeat(text string, size int) string { return strings.Repeat(text, size/len(text)+1) }

// hostileFiles are files that are made to take much time or memory, by size in bytes.
var hostileFiles = map[string]func(size int) string{
	"opening braces on one line":              func(size int) string { return repeat("{", size) },
	"opening braces line by line":             func(size int) string { return repeat("{\n", size) },
	"opening brackets line by line":           func(size int) string { return repeat("[\n", size) },
	"opening brackets in an object":           func(size int) string { return `{"a":` + repeat("[", size) },
	"members that are not closed":             func(size int) string { return repeat("{\"a\":\n", size) },
	"lists in lines that are not closed":      func(size int) string { return repeat(`{"a":[`+strings.Repeat("1,", 500)+"\n", size) },
	"long lists in lines that are not closed": func(size int) string { return repeat(`{"a":[`+strings.Repeat("1,", 8000)+"\n", size) },
	"pages that are not closed":               func(size int) string { return repeat("{\"animals\":[\n", size) },
	"pages behind a row that are not closed":  func(size int) string { return "{\"external_id\":\"1\"}\n" + repeat("{\"animals\":[\n{},\n", size) },
	"strings that are not closed":             func(size int) string { return repeat("{\"a\":\"\n", size) },
	"numbers":                                 func(size int) string { return repeat("1\n", size) },
	"commas":                                  func(size int) string { return "[" + repeat(",", size) },
	"one number":                              func(size int) string { return "[" + repeat("1", size) },
	"nested rows": func(size int) string {
		return "[" + repeat(strings.Repeat(`{"a":[`, 30)+`"`+strings.Repeat("word ", 1000)+`"`+strings.Repeat("]}", 30)+",", size) + "{}]"
	},
	"rows nested too deeply": func(size int) string {
		return "[" + repeat(strings.Repeat("[", 100)+strings.Repeat("]", 100)+",", size) + "{}]"
	},
	"a row nested too deeply": func(size int) string { return "[" + strings.Repeat("[", size/2) + strings.Repeat("]", size/2) + "]" },
	"a long name with many members": func(size int) string {
		return `{"` + repeat("a", size/2) + `":{` + repeat(`"b":1,"c":2,"d":3,`, size/2) + `"e":4}}`
	},
	"many members":      jsonMembers,
	"a list of objects": func(size int) string { return `{"name":[` + repeat(`{"a":{"b":[1]}},`, size) + `{}]}` },
	"lists in a list": func(size int) string {
		return `{"name":[` + repeat(strings.Repeat("[", 60)+"1"+strings.Repeat("]", 60)+",", size) + `1]}`
	},
	"opening elements":                func(size int) string { return repeat("<a>", size) },
	"opening elements of rows":        func(size int) string { return "<cats>" + repeat("<cat>", size) },
	"an element that is not closed":   func(size int) string { return "<cats><cat><external_id>" + repeat("1", size) },
	"an attribute that is not closed": func(size int) string { return "<cats a=\"" + repeat("1", size) },
	"tiny elements":                   func(size int) string { return "<cats>" + repeat("<cat/>", size) + "</cats>" },
	"elements that are repeated":      func(size int) string { return "<cats><cat>" + repeat("<a/>", min(size, 900_000)) + "</cat></cats>" },
	"elements of many names":          xmlElements,
	"XML texts after each other": func(size int) string {
		return repeat("<?xml version=\"1.0\"?><cat><external_id>1</external_id></cat>", size)
	},
	"opening quotes":                func(size int) string { return "external_id,name\n" + repeat(`"`, size) },
	"opening quotes line by line":   func(size int) string { return "external_id,name\n" + repeat("\"\n", size) },
	"opening quotes with text":      func(size int) string { return "external_id,name\n" + repeat("1,\"Ann\n", size) },
	"quotes at both ends of a line": func(size int) string { return "external_id,name\n" + repeat("\"a\",\"b\n\",c,d,e,f\n", size) },
	"quotes far from each other": func(size int) string {
		return "external_id,name\n" + repeat("\"x\",\""+strings.Repeat("\n", 3000)+"\"y", size)
	},
	"quotes without a header":       func(size int) string { return repeat("\"\n", size) },
	"a header of many columns":      func(size int) string { return repeat("a,", size) + "\n1,2\n" },
	"a header of many separators":   func(size int) string { return repeat(",;\t|", size) },
	"a row of many columns":         func(size int) string { return "external_id,name\n" + repeat("a,", size) + "\n" },
	"rows of many columns":          func(size int) string { return "external_id,name\n" + repeat(strings.Repeat("a,", 500)+"\n", size) },
	"no line end":                   func(size int) string { return repeat("a", size) },
	"no line end behind the header": func(size int) string { return "external_id,name\n" + repeat("a", size) },
	"a large cell":                  func(size int) string { return "external_id,name\n1,\"" + repeat("a\n", size) + "\"\n" },
	"empty lines":                   func(size int) string { return "external_id,name\n" + repeat("\n", size) + "1,Ann\n" },
	"blank rows":                    func(size int) string { return "external_id,name\n" + repeat(",\n", size) + "1,Ann\n" },
	"blank rows above a header":     func(size int) string { return repeat(",\n", size) + "external_id,name\n1,Ann\n" },
	"tiny rows":                     func(size int) string { return "external_id,name\n" + repeat("1,A\n", size) },
	"rows of different cats":        func(size int) string { return "external_id,name\n" + numberedRows(size) },
	"carriage returns":              func(size int) string { return "external_id,name\r" + repeat("\r", size) },
	"not UTF-8":                     func(size int) string { return "external_id,name\n" + repeat("1,\xe9\xff\n", size) },
	"not UTF-8 on one line":         func(size int) string { return "external_id,name\n" + repeat("\xe9\xff", size) },
	"UTF-16":                        func(size int) string { return "\xff\xfe" + repeat("a\x00,\x00", size) },
	"zero bytes":                    func(size int) string { return repeat("\x00", size) },
}

func jsonMembers(size int) string {
	var b strings.Builder
	b.WriteString(`{"external_id":"1"`)
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, `,"m%d":%d`, n, n)
	}
	return b.String() + "}"
}

func xmlElements(size int) string {
	var b strings.Builder
	b.WriteString("<cats>")
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "<cat><external_id>%d</external_id><a%d/></cat>", n, n)
	}
	return b.String() + "</cats>"
}

func numberedRows(size int) string {
	var b strings.Builder
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "%d,Cat %d\n", n, n)
	}
	return b.String()
}

// goodFile is a file as shelter software exports it.
func goodFile(size int) string {
	var b strings.Builder
	b.WriteString("external_id,name,sex,description,breed_primary,status\n")
	for n := 0; b.Len() < size; n++ {
		fmt.Fprintf(&b, "A%d,Cat %d,female,\"Sweet, playful and shy at first.\n\nShe likes \"\"laps\"\" and windows, and needs a quiet home. %d\",Siamese,available\n", n, n, n)
	}
	return b.String()
}

// discard is a writer that accepts all cats and keeps none.
type discard struct{}

func (discard) UpsertCats(_ context.Context, _ string, updates []catalog.CatUpdate) ([]catalog.CatResult, error) {
	results := make([]catalog.CatResult, len(updates))
	for i, update := range updates {
		update.Edit(&catalog.Facts{})
		results[i].Result = catalog.ResultCreated
	}
	return results, nil
}

// readAndLoad reads and loads a file in every way that does not depend on its format.
func readAndLoad(tb testing.TB, file ingest.File, f *ingest.Format) {
	tb.Helper()
	d, err := ingest.Read(file, f, ingest.Options{Now: now, AllowEmpty: true})
	if err != nil {
		if kind := catalog.KindOf(err); kind != catalog.Malformed && kind != catalog.Invalid {
			tb.Fatal(err)
		}
		return
	}
	ingest.PlanSnapshot([]string{"1", "2"}, d)
	if _, err := ingest.Load(tb.Context(), discard{}, shelterID, d, nil); err != nil {
		tb.Fatal(err)
	}
}

// processorTime returns how much processor time fn takes, while no other test runs.
func processorTime(tb testing.TB, fn func()) time.Duration {
	tb.Helper()
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			tb.Fatal(err)
		}
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := used()
	fn()
	return used() - before
}

// A hostile file takes no more processor time than a usual one of its size, apart from a factor that
// does not depend on the size. Work that grows with the square of the size exceeds it a
// hundred times.
func TestRead_HostileFilesTakeLinearTime(t *testing.T) { //nolint:paralleltest // measures time
	const size, factor = 128 << 10, 10
	f := format(t, "trailcat")
	good := strings.NewReader(goodFile(size))
	limit := factor * processorTime(t, func() { readAndLoad(t, good, f) })
	for name, file := range hostileFiles {
		text := strings.NewReader(file(size))
		if took := processorTime(t, func() { readAndLoad(t, text, f) }); took > limit {
			t.Errorf("%s: took %v, want at most %v", name, took, limit)
		}
	}
}

func TestRead_Limits(t *testing.T) {
	t.Parallel()

	const header, mib = "external_id,name\n", 1 << 20
	tests := map[string]struct {
		file string
		want string // the error of the file, or of its first rejected row
		cats int
	}{
		"decompressed size": {
			repeat(gzipped(t, strings.Repeat("\n", 4*mib)), 10<<10), "The file is larger than 8 MiB after decompression. Split it and import the parts.", 0,
		},
		"rows": {
			header + numberedRows(5*mib), "The file has more than 200000 rows; row 200001 begins in line 200002. Split it and import the parts.", 0,
		},
		"columns": {
			"\n\n" + repeat("a,", 10_000) + "\n1\n", "The header in line 3 has 5002 columns; at most 1000 are read. Remove columns that are not needed.", 0,
		},
		"first line": {
			repeat("a", 2*mib), "Line 1, which should be the header, has more than 1 MiB. Check that the file is a table with a header and one row per cat.", 0,
		},
		"line": {
			header + "1,Ann\n2," + repeat("a", 2*mib) + "\n3,Cy\n", "line 3: The line has more than 1 MiB.", 2,
		},
		"cell": {
			header + "1,Ann\n2," + repeat("a", 300<<10) + "\n3,Cy\n", `line 3: Column "name" has more than 256 KiB.`, 2,
		},
		"quoted cell": {
			header + "1,Ann\n2,\"" + repeat("a", 300<<10) + "\"\n3,Cy\n",
			`line 3: Unbalanced quotes, or a field of more than 256 KiB or a row of more than 1 MiB. Write a quote inside a quoted field twice: "".`, 2,
		},
		"JSON object in a list": {
			`[{"external_id":"1","name":"Ann"},` + "\n" + `{"external_id":"2","a":"` + repeat("a", 2*mib) + `"},` + "\n" + `{"external_id":"3","name":"Cy"}]`,
			"line 2: The row is larger than 1 MiB.", 2,
		},
		"JSON line": {
			`{"external_id":"1","name":"Ann"}` + "\n" + `{"external_id":"2","a":"` + repeat("a", 2*mib) + `"}` + "\n" + `{"external_id":"3","name":"Cy"}`,
			"line 2: The row is larger than 1 MiB.", 2,
		},
		"nesting in a list": {
			`[{"external_id":"1","name":"Ann"},` + "\n" + `{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "},\n" + `{"external_id":"3","name":"Cy"}]`,
			"line 2: The row is nested more than 64 levels deep.", 2,
		},
		"nesting in a line": {
			`{"external_id":"1","name":"Ann"}` + "\n" + `{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}\n" + `{"external_id":"3","name":"Cy"}`,
			"line 2: The row is nested more than 64 levels deep.", 2,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d, err := ingest.Read(strings.NewReader(test.file), format(t, "trailcat"), ingest.Options{Now: now, MaxText: 8 * mib})
			if err != nil {
				if err.Error() != test.want {
					t.Errorf("got  %v\nwant %s", err, test.want)
				}
				return
			}
			r, err := ingest.Load(t.Context(), discard{}, shelterID, d, nil)
			if err != nil || len(r.Errors) != 1 {
				t.Fatalf("got errors %v, %v, want one", r.Errors, err)
			}
			if got := fmt.Sprintf("line %d: %s", r.Errors[0].Line, r.Errors[0].Reason); got != test.want || r.Created != test.cats {
				t.Errorf("got  %s and %d cats\nwant %s and %d", got, r.Created, test.want, test.cats)
			}
		})
	}
}

func TestLoad_ReportsTheFirstErrors(t *testing.T) {
	t.Parallel()

	file := "external_id,name\n" + strings.Repeat(",Ann\n", 1500)
	d, err := ingest.Read(strings.NewReader(file), format(t, "trailcat"), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	r := load(t, discard{}, d)
	if r.Rejected != 1500 || len(r.Errors) != 1000 || r.Errors[999].Line != 1001 {
		t.Errorf("got %d rejected rows and %d errors, want 1500 and the first 1000", r.Rejected, len(r.Errors))
	}
}

// A snapshot must not remove cats because a large part of the file is unreadable.
func TestPlanSnapshot_UnreadableFileNeedsConfirmation(t *testing.T) {
	t.Parallel()

	for name, file := range map[string]string{
		"many unreadable rows": "external_id,name\n1,Ann\n" + strings.Repeat("2,Bo,"+strings.Repeat("a", 10_000)+"\n", 200),
		"a truncated page":     `{"animals":[{"external_id":"1","name":"Ann"}]}` + "\n" + `{"animals":[{"external_id":"2","name":"Bo"},{"ext`,
	} {
		d, err := ingest.Read(strings.NewReader(file), format(t, "trailcat"), ingest.Options{Now: now, AllowEmpty: true})
		if err != nil {
			t.Fatal(err)
		}
		if reason := ingest.PlanSnapshot([]string{"1", "9"}, d).ConfirmationReason(); !strings.Contains(reason, "unreadable") {
			t.Errorf("%s: got reason %q, want that a part of the file is unreadable", name, reason)
		}
	}
}

// FuzzRead checks that no file makes Read or Load panic, fail, or take more time than a
// multiple of its size.
func FuzzRead(f *testing.F) {
	for _, file := range hostileFiles {
		f.Add([]byte(file(2000)))
	}
	for _, name := range []string{"petfinder.csv", "asm3.json", "shelterluv.json", "petpoint-search.xml", "petpoint-details.xml", "trailcat.ndjson", "rescuegroups-older.csv"} {
		text, err := os.ReadFile("testdata/systems/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(gzipped(f, goodFile(2000))))
	auto, err := ingest.Find(ingest.Auto)
	if err != nil {
		f.Fatal(err)
	}
	formats := append(ingest.Formats(), auto)
	f.Fuzz(func(t *testing.T, file []byte) {
		limit := time.Second + time.Duration(len(file))*50*time.Microsecond
		took := processorTime(t, func() {
			for _, f := range formats {
				readAndLoad(t, bytes.NewReader(file), f)
			}
		})
		if took > limit {
			t.Errorf("took %v, want at most %v", took, limit)
		}
	})
}
