package ingest_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/ingest"
)

// TestTable_Layouts reads tables as people and software make them. The files are in
// testdata/tables.
func TestTable_Layouts(t *testing.T) {
	t.Parallel()

	file := func(name string) string {
		text, err := os.ReadFile("testdata/tables/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	tests := map[string]struct {
		text    string
		format  string
		cats    []string // external ID and name
		skipped map[string]int
		errors  []string
	}{
		"rows that end early": {
			file("short-rows.csv"), "trailcat",
			[]string{"S1 Ann", "S2 Bo", "S3 Cy", "S4 Di"},
			nil,
			[]string{"Expected 4 fields as in the header, got 5."},
		},
		"rows that ASM3 sends for cats with few photos": {
			file("rescuegroups-short-rows.csv"), "auto", []string{"1 Pip", "2 Kit", "3 Rex"}, nil, nil,
		},
		"text cells of Excel": {
			file("excel-cells.csv"), "trailcat", []string{"00123 Ann"}, map[string]int{"total": 1}, nil,
		},
		"text cells of Excel in quotes": {
			"external_id,name\n\"=\"\"00123\"\"\",\"=\"\"Ann \"\"\"\"Annie\"\"\"\" \"\"\"\n", "trailcat", []string{`00123 Ann "Annie"`}, nil, nil,
		},
		"totals by other names": {
			"external_id,name,age\nT1,Ann,1\nTotal cats: 1\n,Grand Total,1\nTotals,1,\nT2,Total,2\n", "trailcat", []string{"T1 Ann", "T2 Total"}, map[string]int{"total": 3}, nil,
		},
		"titles and blank lines above the header": {
			"Adoptable cats of Example County, as of 5/1/2026\n\n,,,\n\"Contact: us, them\"\nexternal_id,name,sex\nT1,Ann,F\n", "auto", []string{"T1 Ann"}, nil, nil,
		},
		"a title with more separators than the header": {
			"a,b,c,d,e,f\nexternal_id;name\nT1;Ann\n", "auto", []string{"T1 Ann"}, nil, nil,
		},
		"a row that repeats the header": {
			"external_id,name\nT1,Ann\nexternal_id,name\nT2,Bo\n", "trailcat", []string{"T1 Ann", "T2 Bo"}, map[string]int{"header": 1}, nil,
		},
		"many empty lines": {
			strings.Repeat("\n", 100_000) + "external_id,name\n" + strings.Repeat("\r\n", 100_000) + "T1,Ann\n" + strings.Repeat(",\n", 1000), "auto", []string{"T1 Ann"}, nil, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			d, err := ingest.Read(strings.NewReader(test.text), format(t, test.format), ingest.Options{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			cats, memory := newCatalog()
			r := load(t, cats, d)
			var got, errs []string
			for _, id := range slices.Sorted(maps.Keys(memory.cats)) {
				got = append(got, id+" "+memory.cats[id].Name)
			}
			for _, e := range r.Errors {
				errs = append(errs, e.Reason)
			}
			if diff := cmp.Diff(test.cats, got); diff != "" {
				t.Errorf("cats (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.errors, errs); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if !maps.Equal(test.skipped, r.SkippedByReason) {
				t.Errorf("got skipped %v, want %v", r.SkippedByReason, test.skipped)
			}
		})
	}
}
