package ingest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

func TestLoad_RowErrors(t *testing.T) {
	t.Parallel()

	const header = "Id,Name,Kind,Status,Breed,Age,Link,Story\n"
	long := strings.Repeat("x", 201)
	tests := map[string]struct {
		rows string
		want []ingest.RowError
	}{
		"no ID": {
			",Zoë,cat,A,,,,\n",
			[]ingest.RowError{{Line: 2, Column: "Id", Value: "", Reason: "Must not be empty: every cat needs the shelter's own ID."}},
		},
		"no name": {
			"1,,cat,A,,,,\n",
			[]ingest.RowError{{Line: 2, Column: "Name", Value: "", Reason: `Must not be empty; for a cat without a name send its number or "Unnamed".`, ExternalID: "1"}},
		},
		"name too long": {
			"1," + long + ",cat,A,,,,\n",
			[]ingest.RowError{},
		},
		"unknown status": {
			"1,Zoë,cat,Q,,,,\n",
			[]ingest.RowError{{Line: 2, Column: "Status", Value: "Q", Reason: `Unknown status for the format "small". Correct it, or add its meaning to a format of your own (status).`, ExternalID: "1"}},
		},
		"repeated ID": {
			"1,Zoë,cat,A,,,,\n2,Bo,cat,A,,,,\n1,Zoe,cat,A,,,,\n",
			[]ingest.RowError{{Line: 4, Column: "Id", Value: "1", Reason: "This ID already appears in line 2.", ExternalID: "1"}},
		},
		"a row that ends before the column that says what it is": {
			"1,Zoë\n",
			[]ingest.RowError{{Line: 2, Column: "Kind", Value: "", Reason: "The row ends before this column, so it is not known whether it lists a cat. Add the missing fields.", ExternalID: "1"}},
		},
		"a line of text between rows": {
			"1,Zoë,cat\nand more text\n",
			[]ingest.RowError{{Line: 3, Value: "and more text", Reason: "Expected 8 fields as in the header, got 1."}},
		},
		"unquoted comma": {
			"1,Zoë,cat,A,,,,Shy, but sweet\n",
			[]ingest.RowError{{Line: 2, Value: "1,Zoë,cat,A,,,,Shy, but sweet", Reason: "Expected 8 fields as in the header, got 9."}},
		},
		"open quote": {
			"1,\"Zoë,cat,A,,,,\n2,Bo,cat,A,,,,\n",
			[]ingest.RowError{{Line: 2, Value: `1,"Zoë,cat,A,,,,`, Reason: `Unbalanced quotes. Write a quote inside a quoted field twice: "".`}},
		},
		"line numbers after quoted line breaks": {
			"1,Zoë,cat,A,,,,\"a\nb\nc\"\n,Bo,cat,A,,,,\n",
			[]ingest.RowError{{Line: 5, Column: "Id", Value: "", Reason: "Must not be empty: every cat needs the shelter's own ID."}},
		},
		"values that are not understood are no error": {
			"1,Zoë,cat,A,Gryphon,ancient,see our site,\n",
			[]ingest.RowError{},
		},
		"skipped rows are not checked": {
			",,dog,Q,,,,\n1,Zoë,cat,A,,,,\n",
			[]ingest.RowError{},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, _ := newCatalog()
			r := load(t, cats, read(t, smallFormat, header+test.rows))
			if diff := cmp.Diff(test.want, r.Errors); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if r.Rows != r.Created+r.Skipped+r.Rejected {
				t.Errorf("got %+v, want counts that add up to the rows", r)
			}
		})
	}
}

func TestLoad_KeepsUnparsedValues(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	loadRow := func(row string) {
		t.Helper()
		load(t, cats, read(t, smallFormat, "Id,Name,Kind,Breed,Age,Link\n"+row))
	}
	loadRow("1,Zoë,cat,Gryphon,ancient,see our site\n")
	want := map[string]string{"breed": "Gryphon", "age": "ancient", "url": "see our site"}
	if diff := cmp.Diff(want, memory.cat(t, "1").Unparsed); diff != "" {
		t.Errorf("raw (-want +got):\n%s", diff)
	}
	for _, url := range []string{"https://example.org/\u202egpj.exe", "https://user:secret@example.org/", "https://example.org:65536/", "https://example.org/<b>"} {
		loadRow("1,Zoë,cat,Gryphon,," + url + "\n")
		if got := memory.cat(t, "1"); got.Unparsed["url"] != url || got.URL != "" {
			t.Errorf("got URL %q and unparsed values %v, want %q as unparsed", got.URL, got.Unparsed, url)
		}
	}
	loadRow("1,Zoë,cat,Siamese,,\n")
	if raw := memory.cat(t, "1").Unparsed; len(raw) != 0 {
		t.Errorf("got raw %v, want none after a valid import", raw)
	}
}

func TestLoad_ChangesOnlyFactsWithColumns(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	for _, file := range []string{
		"Id,Name,Kind,Breed,Story\n1,Zoë,cat,Siamese,Sweet\n",
		"Id,Name,Kind,Breed\n1,Zoë,cat,\n",
	} {
		load(t, cats, read(t, smallFormat, file))
	}
	cat := memory.cat(t, "1")
	if cat.Description != "Sweet" {
		t.Errorf("got description %q, want Sweet: the file has no column for it", cat.Description)
	}
	if cat.Breed.Primary != "" {
		t.Errorf("got breed %q, want unknown after a blank value", cat.Breed.Primary)
	}
}

// An invalid row costs only itself.
func TestLoad_InvalidRowNeverStopsValidOnes(t *testing.T) {
	t.Parallel()

	const header = "Id,Name,Kind,Status,Breed,Age,Link,Story\n"
	valid := []string{
		"g1,Zoë,cat,A,Siamese,2 years,https://example.org/1,\"Shy, but\nsweet\"\n",
		"g2,Bo,cat,X,,,,\n",
		"g3,Ada,cat,A,Manx,,,\"She says \"\"hi\"\"\"\n",
		"g4,Cleo,cat,A,,,,Likes 5\" shoes\n",
	}
	f := parse(t, smallFormat)
	rapid.Check(t, func(t *rapid.T) {
		invalid := rapid.StringMatching(`[bxyz1 ",;|'<>&é\t\r-]{0,40}`)
		var file strings.Builder
		file.WriteString(header)
		for _, row := range valid {
			if rapid.Bool().Draw(t, "insert") {
				file.WriteString(invalid.Draw(t, "invalid") + "\n")
			}
			file.WriteString(row)
		}
		d, err := ingest.Read(strings.NewReader(file.String()), f, ingest.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		cats, memory := newCatalog()
		if _, err := ingest.Load(t.Context(), cats, shelterID, d, nil); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"Zoë", "Bo", "Ada", "Cleo"} {
			id, _, _ := strings.Cut(valid[i], ",")
			if got := memory.cats[id].Name; got != name {
				t.Errorf("cat %s: got name %q, want %q, from\n%s", id, got, name, file.String())
			}
		}
		if got := memory.cats["g1"].Description; got != "Shy, but\nsweet" {
			t.Errorf("got description %q, want \"Shy, but\\nsweet\"", got)
		}
	})
}

func TestLoad_ReportsProgress(t *testing.T) {
	t.Parallel()

	var file strings.Builder
	file.WriteString("Id,Name,Kind\n")
	for i := range 1001 {
		fmt.Fprintf(&file, "%d,Zoë,cat\n", i)
	}
	cats, _ := newCatalog()
	var calls [][2]int
	d := read(t, smallFormat, file.String())
	if _, err := ingest.Load(t.Context(), cats, shelterID, d, func(done, total int) { calls = append(calls, [2]int{done, total}) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][2]int{{500, 1001}, {1000, 1001}, {1001, 1001}}, calls); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

func TestLoad_CatalogFailureIsNoRowError(t *testing.T) {
	t.Parallel()

	cats, _ := newCatalog()
	d := readReal(t, "montgomery 2021")
	r, err := ingest.Load(t.Context(), cats, "shl_other", d, nil)
	if catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("got %v, want a not-found error", err)
	}
	if r.Rejected != 0 || r.Skipped != 45 {
		t.Errorf("got report %+v, want the result of reading", r)
	}
	if _, ok := errors.AsType[*catalog.Error](err); !ok {
		t.Errorf("got %v, want an error that wraps the catalog's", err)
	}
}

func BenchmarkLoad(b *testing.B) {
	f, err := ingest.Find("sonoma")
	if err != nil {
		b.Fatal(err)
	}
	d := readFile(b, "testdata/sonoma_intakes.csv.gz", f, ingest.Options{Now: now})
	for b.Loop() {
		cats, _ := newCatalog()
		if _, err := ingest.Load(b.Context(), cats, shelterID, d, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(d.Len()*b.N)/b.Elapsed().Seconds(), "cats/s")
}
