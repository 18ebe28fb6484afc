package hints

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// labelledText is a description with the hints that a person labelled.
type labelledText struct {
	Name  string
	Text  string
	Hints map[string]int
}

// hintCounts compares the hints on one trait with the labels.
type hintCounts struct{ hints, right, near, missed int }

// precision returns the share of hints with the labelled level, nearPrecision that
// of hints at most one level off.
func (n hintCounts) precision() float64     { return share(n.right, n.hints) }
func (n hintCounts) nearPrecision() float64 { return share(n.right+n.near, n.hints) }

// coverage returns the share of labels that the rules found exactly.
func (n hintCounts) coverage() float64 { return share(n.right, n.right+n.missed) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// TestRules_PrecisionAndCoverage prints the tables of docs/adventure-rating.md and
// requires the rules to keep their values. A hint is right if the label has the same
// level.
func TestRules_PrecisionAndCoverage(t *testing.T) {
	t.Parallel()
	tuned, heldOut := kingCountyTexts(t)
	invented, later := madeUpTexts(t, "made_up.yaml", 60), madeUpTexts(t, "made_up_later.yaml", 40)
	for _, set := range []struct {
		name                               string
		texts                              []labelledText
		precision, nearPrecision, coverage float64 // minimum
	}{
		{"King County, used to write the rules", tuned, 0.98, 1, 0.9},
		{"King County, held out", heldOut, 0.95, 1, 0.8},
		{"made up, used to improve the rules", invented[:30], 0.98, 1, 0.75},
		{"made up, held out at first", invented[30:], 0.95, 1, 0.65},
		{"made up later, used to improve the rules", later[:20], 0.9, 1, 0.3},
		{"made up later, held out at first", later[20:], 0.8, 1, 0.12},
	} {
		table, all := measure(t, set.name, set.texts)
		t.Log(table)
		if all.precision() < set.precision || all.nearPrecision() < set.nearPrecision || all.coverage() < set.coverage {
			t.Errorf("%s: got precision %.2f, to one level %.2f, coverage %.2f; want at least %v, %v, %v",
				set.name, all.precision(), all.nearPrecision(), all.coverage(), set.precision, set.nearPrecision, set.coverage)
		}
	}
}

func measure(t *testing.T, name string, texts []labelledText) (string, hintCounts) {
	t.Helper()
	counts := map[string]*hintCounts{}
	count := func(trait string) *hintCounts {
		if counts[trait] == nil {
			counts[trait] = &hintCounts{}
		}
		return counts[trait]
	}
	for _, text := range texts {
		found := map[string]bool{}
		for _, h := range Find(&catalog.Facts{Name: text.Name, Description: text.Text}) {
			n, want := count(h.Trait), text.Hints[h.Trait]
			found[h.Trait] = true
			n.hints++
			switch {
			case h.Level == want:
				n.right++
				continue
			case want != 0 && max(h.Level-want, want-h.Level) == 1:
				n.near++
			}
			t.Logf("%s, %s: %s: got %d from %q (%s), want %d", name, text.Name, h.Trait, h.Level, h.Words, h.Rule, want)
		}
		for trait, level := range text.Hints {
			if !found[trait] {
				count(trait).missed++
				t.Logf("%s, %s: missed %s %d", name, text.Name, trait, level)
			}
		}
	}
	return formatTable(name, len(texts), counts)
}

// formatTable returns a Markdown table of the counts, and their sum.
func formatTable(name string, texts int, counts map[string]*hintCounts) (string, hintCounts) {
	var out strings.Builder
	var all hintCounts
	fmt.Fprintf(&out, "%s, %d descriptions\n| trait | hints | right | one level off | wrong | missed |\n|---|---|---|---|---|---|\n", name, texts)
	for _, trait := range slices.Sorted(maps.Keys(counts)) {
		n := *counts[trait]
		all = hintCounts{all.hints + n.hints, all.right + n.right, all.near + n.near, all.missed + n.missed}
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d |\n", trait, n.hints, n.right, n.near, n.hints-n.right-n.near, n.missed)
	}
	fmt.Fprintf(&out, "| **all** | %d | %d | %d | %d | %d |\n", all.hints, all.right, all.near, all.hints-all.right-all.near, all.missed)
	fmt.Fprintf(&out, "precision %.2f, to one level %.2f, coverage %.2f\n", all.precision(), all.nearPrecision(), all.coverage())
	return out.String(), all
}

// TestRead_Precision prints how many readings are right, and requires at least 95 %.
func TestRead_Precision(t *testing.T) {
	t.Parallel()
	var labels map[string]map[string][]string // by set and text
	readYAML(t, "testdata/readings.yaml", &labels)
	texts := map[string]map[string]catalog.Facts{"king_county": listedCats(t), "made_up": factsByName(t, "made_up.yaml", 60), "made_up_later": factsByName(t, "made_up_later.yaml", 40)}
	right, all := map[string]int{}, map[string]int{}
	for set, facts := range texts {
		for name, f := range facts {
			for _, r := range readingOf(catalog.Facts{Name: f.Name, Description: f.Description}) {
				subject, _, _ := strings.Cut(r, ": ")
				all["all"]++
				all[subject]++
				if slices.Contains(labels[set][name], subject) {
					right["all"]++
					right[subject]++
					continue
				}
				t.Logf("%s, %s: wrong or not labelled: %s", set, name, r)
			}
		}
	}
	for _, subject := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%-30s %3d readings, %3d right", subject, all[subject], right[subject])
	}
	if precision := share(right["all"], all["all"]); precision < 0.95 || all["all"] < 150 {
		t.Errorf("got %d readings with precision %.3f, want at least 150 with 0.95", all["all"], precision)
	}
}

func factsByName(t *testing.T, file string, want int) map[string]catalog.Facts {
	t.Helper()
	out := map[string]catalog.Facts{}
	for _, text := range madeUpTexts(t, file, want) {
		out[text.Name] = catalog.Facts{Name: text.Name, Description: text.Text}
	}
	return out
}

func madeUpTexts(t *testing.T, file string, want int) []labelledText {
	t.Helper()
	var texts []labelledText
	readYAML(t, "testdata/"+file, &texts)
	if len(texts) != want {
		t.Fatalf("%s: got %d texts, want %d", file, len(texts), want)
	}
	return texts
}

// kingCountyTexts returns the descriptions of the adoptable cats of a real list.
func kingCountyTexts(t *testing.T) (tuned, heldOut []labelledText) {
	t.Helper()
	var labels struct {
		Tuned   map[string]map[string]int
		HeldOut map[string]map[string]int `yaml:"held_out"`
	}
	readYAML(t, "testdata/king_county.yaml", &labels)
	listed := listedCats(t)
	if n := len(labels.Tuned) + len(labels.HeldOut); n != len(listed) {
		t.Fatalf("got labels for %d cats, want %d", n, len(listed))
	}
	texts := func(half map[string]map[string]int) []labelledText {
		var out []labelledText
		for _, id := range slices.Sorted(maps.Keys(half)) {
			out = append(out, labelledText{Name: listed[id].Name, Text: listed[id].Description, Hints: half[id]})
		}
		return out
	}
	return texts(labels.Tuned), texts(labels.HeldOut)
}

func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// listedCats reads the list as an import does.
func listedCats(t *testing.T) factsByID {
	t.Helper()
	file, err := os.ReadFile("../demo/data/kingcounty_listings_2019-02.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	format, err := ingest.Find("kingcounty")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2019, 2, 1, 0, 0, 0, 0, time.UTC)
	listing, err := ingest.Read(bytes.NewReader(file), format, ingest.Options{AsOf: day, Now: day})
	if err != nil {
		t.Fatal(err)
	}
	cats := factsByID{}
	if _, err := ingest.Load(t.Context(), cats, "shelter", listing, nil); err != nil {
		t.Fatal(err)
	}
	return cats
}

// factsByID records the cats that an import writes, by external id.
type factsByID map[string]catalog.Facts

func (cats factsByID) UpsertCats(_ context.Context, _ string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	out := make([]catalog.CatResult, len(edits))
	for i, e := range edits {
		var f catalog.Facts
		e.Edit(&f)
		f.Normalize()
		cats[e.ExternalID] = f
		out[i] = catalog.CatResult{Result: catalog.ResultCreated}
	}
	return out, nil
}
