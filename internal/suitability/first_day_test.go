package suitability

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
	"trailcat/internal/rating"
)

// realFiles are real files of shelters, those with descriptions first.
var realFiles = []struct {
	title, format, path string
	day                 time.Time
}{
	{"King County, 2019", "kingcounty", "../demo/data/kingcounty_listings_2019-02.csv.gz", date(2019, 2, 1)},
	{"Montgomery County, 2021", "montgomery", "../demo/data/montgomery_adoptable_2021-06.csv.gz", date(2021, 6, 2)},
	{"Bloomington, 2018", "asm3-movements", "../ingest/testdata/bloomington_asm3_movements.csv.gz", date(2018, 12, 10)},
	{"Austin, outcomes", "austin", "../ingest/testdata/austin_outcomes.csv.gz", time.Time{}},
	{"Long Beach, intakes", "longbeach", "../ingest/testdata/longbeach_intakes.csv.gz", time.Time{}},
	{"Sonoma County, intakes", "sonoma", "../ingest/testdata/sonoma_intakes.csv.gz", time.Time{}},
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

const (
	manual      = "../../docs/adventure-rating.md"
	tableHeader = "| file | cats | with a description | with an impression | confident / mixed / shy for leash walks | ready for leash walks |\n|---|---|---|---|---|---|\n"
)

// On the day on which a shelter connects, nobody has assessed its cats. The table of the
// manual says how many have an impression. It counts cats of every status, because the
// files of outcomes and intakes list few that are available.
func TestImpression_OnTheFirstDay(t *testing.T) {
	t.Parallel()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString(tableHeader)
	for _, file := range realFiles {
		cats := readCats(t, file.path, file.format, file.day)
		var described, some, ready int
		byValue := map[string]int{}
		for i := range cats {
			rated, reading := NewRater(rubrics)(catalog.Cat{Facts: cats[i]}, nil, nil, date(2026, 11, 30))
			if cats[i].Description != "" {
				described++
			}
			if reading.Impression.Any() {
				some++
			}
			byValue[reading.Impression.Activities[0]]++
			if readiness := rated.Activity("leash_walk").Readiness; readiness == catalog.ReadinessNow || readiness == catalog.ReadinessWithTraining {
				ready++
			}
		}
		fmt.Fprintf(&table, "| %s | %d | %d | %d (%.0f %%) | %d / %d / %d | %d |\n", file.title, len(cats), described, some, 100*float64(some)/float64(len(cats)),
			byValue[catalog.ImpressionConfident], byValue[catalog.ImpressionMixed], byValue[catalog.ImpressionShy], ready)
	}
	t.Logf("\n%s", table.String())
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(table.String())) {
		t.Errorf("%s does not have this table:\n%s", manual, table.String())
	}
}

// readCats returns the facts of the cats of a file.
func readCats(t *testing.T, path, format string, day time.Time) []catalog.Facts {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := ingest.Find(format)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ingest.Read(bytes.NewReader(file), f, ingest.Options{AsOf: day, Now: date(2026, 11, 30)})
	if err != nil {
		t.Fatal(err)
	}
	var cats factsWriter
	if _, err := ingest.Load(t.Context(), &cats, "shelter", d, nil); err != nil {
		t.Fatal(err)
	}
	return cats
}

// factsWriter records the facts of the cats that an import writes.
type factsWriter []catalog.Facts

func (w *factsWriter) UpsertCats(_ context.Context, _ string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	out := make([]catalog.CatResult, len(edits))
	for i, e := range edits {
		var f catalog.Facts
		e.Edit(&f)
		f.Normalize()
		*w = append(*w, f)
		out[i] = catalog.CatResult{Result: catalog.ResultCreated}
	}
	return out, nil
}
