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

	"gopkg.in/yaml.v3"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// labelled is a text with what a reader found in it.
type labelled struct {
	Name  string
	Text  string
	Hints map[string]int
}

// tally counts what became of the hints on one trait.
type tally struct{ hints, right, near, missed int }

// exact is the share of hints with the level that a reader gave, nearly that of
// those at most one level off.
func (n tally) exact() float64  { return share(n.right, n.hints) }
func (n tally) nearly() float64 { return share(n.right+n.near, n.hints) }

// coverage is the share of what a reader found that the rules found too.
func (n tally) coverage() float64 { return share(n.right, n.right+n.missed) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// TestPrecisionAndCoverage prints the table of docs/adventure-rating.md and holds
// the rules to it. A hint is right where a reader gave the trait the same level.
func TestPrecisionAndCoverage(t *testing.T) {
	t.Parallel()
	tuned, heldOut := kingCounty(t)
	invented, later := madeUp(t, "made_up.yaml", 60), madeUp(t, "made_up_later.yaml", 40)
	for _, set := range []struct {
		name                     string
		texts                    []labelled
		exact, nearly, coveredBy float64 // at least
	}{
		{"King County, the half that the rules were written with", tuned, 0.98, 1, 0.9},
		{"King County, the half held out", heldOut, 0.95, 1, 0.8},
		{"made up, the half that the rules were mended with", invented[:30], 0.98, 1, 0.75},
		{"made up, the half once held out", invented[30:], 0.95, 1, 0.65},
		{"made up later, the half that the rules were mended with", later[:20], 0.9, 1, 0.3},
		{"made up later, the half once held out", later[20:], 0.8, 1, 0.12},
	} {
		table, all := measure(t, set.name, set.texts)
		t.Log(table)
		if all.exact() < set.exact || all.nearly() < set.nearly || all.coverage() < set.coveredBy {
			t.Errorf("%s: exact %.2f, to one level %.2f, coverage %.2f; want %v, %v, %v",
				set.name, all.exact(), all.nearly(), all.coverage(), set.exact, set.nearly, set.coveredBy)
		}
	}
}

func measure(t *testing.T, name string, texts []labelled) (string, tally) {
	t.Helper()
	counts := map[string]*tally{}
	at := func(trait string) *tally {
		if counts[trait] == nil {
			counts[trait] = &tally{}
		}
		return counts[trait]
	}
	for _, text := range texts {
		found := map[string]bool{}
		for _, h := range Find(&catalog.Facts{Name: text.Name, Description: text.Text}) {
			n, want := at(h.Trait), text.Hints[h.Trait]
			found[h.Trait] = true
			n.hints++
			switch {
			case h.Level == want:
				n.right++
				continue
			case want != 0 && max(h.Level-want, want-h.Level) == 1:
				n.near++
			}
			t.Logf("%s, %s: %s is %d by %q (%s), %d to a reader", name, text.Name, h.Trait, h.Level, h.Words, h.Rule, want)
		}
		for trait, level := range text.Hints {
			if !found[trait] {
				at(trait).missed++
				t.Logf("%s, %s: missed %s %d", name, text.Name, trait, level)
			}
		}
	}
	return tableOf(name, len(texts), counts)
}

func tableOf(name string, texts int, counts map[string]*tally) (string, tally) {
	var out strings.Builder
	var all tally
	fmt.Fprintf(&out, "%s, %d descriptions\n| trait | hints | right | one level off | wrong | missed |\n|---|---|---|---|---|---|\n", name, texts)
	for _, trait := range slices.Sorted(maps.Keys(counts)) {
		n := *counts[trait]
		all = tally{all.hints + n.hints, all.right + n.right, all.near + n.near, all.missed + n.missed}
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d |\n", trait, n.hints, n.right, n.near, n.hints-n.right-n.near, n.missed)
	}
	fmt.Fprintf(&out, "| **all** | %d | %d | %d | %d | %d |\n", all.hints, all.right, all.near, all.hints-all.right-all.near, all.missed)
	fmt.Fprintf(&out, "precision %.2f, to one level %.2f, coverage %.2f\n", all.exact(), all.nearly(), all.coverage())
	return out.String(), all
}

func madeUp(t *testing.T, file string, want int) []labelled {
	t.Helper()
	var texts []labelled
	readYAML(t, "testdata/"+file, &texts)
	if len(texts) != want {
		t.Fatalf("%d made-up texts in %s, want %d", len(texts), file, want)
	}
	return texts
}

// kingCounty are the descriptions of the adoptable cats of a real list.
func kingCounty(t *testing.T) (tuned, heldOut []labelled) {
	t.Helper()
	var labels struct {
		Tuned   map[string]map[string]int
		HeldOut map[string]map[string]int `yaml:"held_out"`
	}
	readYAML(t, "testdata/king_county.yaml", &labels)
	listed := listedCats(t)
	if n := len(labels.Tuned) + len(labels.HeldOut); n != len(listed) {
		t.Fatalf("%d cats are labelled, %d listed", n, len(listed))
	}
	texts := func(half map[string]map[string]int) []labelled {
		var out []labelled
		for _, id := range slices.Sorted(maps.Keys(half)) {
			out = append(out, labelled{Name: listed[id].Name, Text: listed[id].Description, Hints: half[id]})
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
func listedCats(t *testing.T) taker {
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
	cats := taker{}
	if _, err := ingest.Load(t.Context(), cats, "shelter", listing, nil); err != nil {
		t.Fatal(err)
	}
	return cats
}

// taker keeps what an import would write.
type taker map[string]catalog.Facts

func (cats taker) UpsertCats(_ context.Context, _ string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	out := make([]catalog.CatResult, len(edits))
	for i, e := range edits {
		var f catalog.Facts
		e.Edit(&f)
		f.Normalize()
		cats[e.ExternalID] = f
		out[i] = catalog.CatResult{Result: catalog.WasCreated}
	}
	return out, nil
}
