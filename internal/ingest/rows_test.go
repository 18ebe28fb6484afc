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

func TestRefusals(t *testing.T) {
	t.Parallel()

	const header = "Id,Name,Kind,Status,Breed,Age,Link,Story\n"
	long := strings.Repeat("x", 201)
	tests := map[string]struct {
		rows string
		want []ingest.RowError
	}{
		"no id": {
			",Zoë,cat,A,,,,\n",
			[]ingest.RowError{{Line: 2, Column: "Id", Value: "", Reason: "is empty; a cat needs the shelter's own id for it"}},
		},
		"no name": {
			"1,*,cat,A,,,,\n",
			[]ingest.RowError{{Line: 2, Column: "Name", Value: "*", Reason: `Must not be empty; for a cat without a name send its number or "Unnamed".`, ExternalID: "1"}},
		},
		"a name that is too long": {
			"1," + long + ",cat,A,,,,\n",
			[]ingest.RowError{{Line: 2, Column: "Name", Value: long[:120] + "…", Reason: "Must be at most 200 characters.", ExternalID: "1"}},
		},
		"a status that the format does not know": {
			"1,Zoë,cat,Q,,,,\n",
			[]ingest.RowError{{Line: 2, Column: "Status", Value: "Q", Reason: `is no status that format "plain" knows`, ExternalID: "1"}},
		},
		"an id that stood there before": {
			"1,Zoë,cat,A,,,,\n2,Bo,cat,A,,,,\n1,Zoe,cat,A,,,,\n",
			[]ingest.RowError{{Line: 4, Column: "Id", Value: "1", Reason: "stands in line 2 already", ExternalID: "1"}},
		},
		"too few fields": {
			"1,Zoë,cat\n",
			[]ingest.RowError{{Line: 2, Value: "1,Zoë,cat", Reason: "the row has 3 fields where the header has 8"}},
		},
		"a comma that is not quoted": {
			"1,Zoë,cat,A,,,,Shy, but sweet\n",
			[]ingest.RowError{{Line: 2, Value: "1,Zoë,cat,A,,,,Shy, but sweet", Reason: "the row has 9 fields where the header has 8"}},
		},
		"an open quote": {
			"1,\"Zoë,cat,A,,,,\n2,Bo,cat,A,,,,\n",
			[]ingest.RowError{{Line: 2, Value: `1,"Zoë,cat,A,,,,`, Reason: `the row has quotes that do not pair up; write a quote inside a quoted field twice: ""`}},
		},
		"lines count through quoted line breaks": {
			"1,Zoë,cat,A,,,,\"a\nb\nc\"\n,Bo,cat,A,,,,\n",
			[]ingest.RowError{{Line: 5, Column: "Id", Value: "", Reason: "is empty; a cat needs the shelter's own id for it"}},
		},
		"words that are not understood are no reason": {
			"1,Zoë,cat,A,Gryphon,ancient,see our site,\n",
			[]ingest.RowError{},
		},
		"what is not a cat is not looked at": {
			",,dog,Q,,,,\n1,Zoë,cat,A,,,,\n",
			[]ingest.RowError{},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, _ := newCatalog()
			r := load(t, cats, read(t, plain, header+test.rows))
			if diff := cmp.Diff(test.want, r.Errors); diff != "" {
				t.Errorf("refusals (-want +got):\n%s", diff)
			}
			if r.Rows != r.Created+r.Skipped+r.Rejected {
				t.Errorf("%+v does not account for every row", r)
			}
		})
	}
}

func TestWordsThatAreNotUnderstoodAreKept(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	put := func(row string) {
		t.Helper()
		load(t, cats, read(t, plain, "Id,Name,Kind,Breed,Age,Link\n"+row))
	}
	put("1,Zoë,cat,Gryphon,ancient,see our site\n")
	want := map[string]string{"breed": "Gryphon", "age": "ancient", "url": "see our site"}
	if diff := cmp.Diff(want, memory.cat(t, "1").Raw); diff != "" {
		t.Errorf("raw (-want +got):\n%s", diff)
	}
	put("1,Zoë,cat,Siamese,,\n")
	if raw := memory.cat(t, "1").Raw; len(raw) != 0 {
		t.Errorf("raw is still %v, though the file is right now", raw)
	}
}

func TestAFileChangesOnlyTheFactsThatItHasColumnsFor(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	for _, file := range []string{
		"Id,Name,Kind,Breed,Story\n1,Zoë,cat,Siamese,Sweet\n",
		"Id,Name,Kind,Breed\n1,Zoë,cat,\n",
	} {
		load(t, cats, read(t, plain, file))
	}
	cat := memory.cat(t, "1")
	if cat.Description != "Sweet" {
		t.Errorf("a file without stories made the story %q", cat.Description)
	}
	if cat.Breed.Primary != "" {
		t.Errorf("a blank left the breed %q, want unknown", cat.Breed.Primary)
	}
}

// A wrong row costs itself and nothing else.
func TestAWrongRowNeverStopsAGoodOne(t *testing.T) {
	t.Parallel()

	const header = "Id,Name,Kind,Status,Breed,Age,Link,Story\n"
	good := []string{
		"g1,Zoë,cat,A,Siamese,2 years,https://example.org/1,\"Shy, but\nsweet\"\n",
		"g2,Bo,cat,X,,,,\n",
		"g3,Ada,cat,A,Manx,,,\"She says \"\"hi\"\"\"\n",
		"g4,Cleo,cat,A,,,,Likes 5\" shoes\n",
	}
	f := parse(t, plain)
	rapid.Check(t, func(t *rapid.T) {
		wrong := rapid.StringMatching(`[bxyz1 ",;|'<>&é\t\r-]{0,40}`)
		var file strings.Builder
		file.WriteString(header)
		for _, row := range good {
			if rapid.Bool().Draw(t, "wrong?") {
				file.WriteString(wrong.Draw(t, "wrong") + "\n")
			}
			file.WriteString(row)
		}
		l, err := ingest.Read(strings.NewReader(file.String()), f, ingest.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		cats, memory := newCatalog()
		if _, err := ingest.Load(t.Context(), cats, shelterID, l, nil); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"Zoë", "Bo", "Ada", "Cleo"} {
			id, _, _ := strings.Cut(good[i], ",")
			if got := memory.cats[id].Name; got != name {
				t.Errorf("%s is %q, want %q, in\n%s", id, got, name, file.String())
			}
		}
		if got := memory.cats["g1"].Description; got != "Shy, but\nsweet" {
			t.Errorf("the story is %q", got)
		}
	})
}

func TestLoadTellsHowFarItIs(t *testing.T) {
	t.Parallel()

	var file strings.Builder
	file.WriteString("Id,Name,Kind\n")
	for i := range 1001 {
		fmt.Fprintf(&file, "%d,Zoë,cat\n", i)
	}
	cats, _ := newCatalog()
	var told [][2]int
	l := read(t, plain, file.String())
	if _, err := ingest.Load(t.Context(), cats, shelterID, l, func(done, total int) { told = append(told, [2]int{done, total}) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][2]int{{500, 1001}, {1000, 1001}, {1001, 1001}}, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestAFailureOfTheCatalogIsNoRefusal(t *testing.T) {
	t.Parallel()

	cats, _ := newCatalog()
	l := readReal(t, "montgomery 2021")
	r, err := ingest.Load(t.Context(), cats, "shl_other", l, nil)
	if catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("got %v, want that there is no such shelter", err)
	}
	if r.Rejected != 0 || r.Skipped != 45 {
		t.Errorf("report is %+v, want what was known without the catalog", r)
	}
	if _, ok := errors.AsType[*catalog.Error](err); !ok {
		t.Errorf("%v hides the catalog's words", err)
	}
}
