package hints

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

// A listing is read the same whatever was read before: after an edit of any fact, nothing
// remains of what it said until then.
func TestProperty_ReadDoesNotDependOnEarlierTexts(t *testing.T) {
	t.Parallel()
	phrase := rapid.SampledFrom([]string{
		"Juniper", "Rosie", "Tom and Jerry", "yes", "no", "high", "Playful", "No dogs", "Good with cats", "Shy", "She loves to play.", "Juniper is shy.", "Rosie hides.",
		"They love dogs.", "She isn't curious.", "Good with kids.", "He walks on a harness.", "She is declawed.", "",
	})
	rapid.Check(t, func(t *rapid.T) {
		texts := newTextCache()
		var f catalog.Facts
		edit := rapid.OneOf(rapid.SampledFrom(catalog.FactTable()), rapid.SampledFrom(textFacts()))
		for range rapid.IntRange(2, 20).Draw(t, "edits") {
			fact := edit.Draw(t, "fact")
			switch at := fact.At.(type) {
			case func(*catalog.Facts) *string:
				*at(&f) = phrase.Draw(t, "text")
			case func(*catalog.Facts) *[]string:
				*at(&f) = rapid.SliceOfN(phrase, 0, 3).Draw(t, "list")
			case func(*catalog.Facts) **bool:
				*at(&f) = rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(t, "answer")
			case func(*catalog.Facts) *time.Time:
				*at(&f) = time.Unix(rapid.Int64Range(0, 2e9).Draw(t, "time"), 0)
			}
			gotHints, gotReading := read(&f, texts)
			wantHints, wantReading := read(&f, newTextCache())
			if diff := cmp.Diff(wantHints, gotHints) + cmp.Diff(wantReading, gotReading); diff != "" {
				t.Fatalf("after an edit of %s (-without cache +got):\n%s", fact.Name, diff)
			}
		}
	})
}

// textFacts are the facts that the findings in a text depend on.
func textFacts() []catalog.Fact {
	return slices.DeleteFunc(slices.Clone(catalog.FactTable()), func(f catalog.Fact) bool {
		return !slices.Contains([]string{"name", "description", "summary"}, f.Name)
	})
}

// Callers may change the hints that they get.
func TestRead_ResultsAreNotShared(t *testing.T) {
	t.Parallel()
	f := catalog.Facts{Name: "Juniper", Description: "She loves to play. She is shy."}
	first, _ := Read(&f)
	want := slices.Clone(first)
	clear(first)
	if got, _ := Read(&f); !slices.Equal(got, want) || len(got) == 0 {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	f := catalog.Facts{Name: "Juniper", Description: "She was erased."}
	key := textKey{Description, f.Description, f.Name}
	if Find(&f); !recentTexts().entries.Contains(key) {
		t.Error("the text was not kept")
	}
	if Forget(); recentTexts().entries.Contains(key) {
		t.Error("the text was not dropped")
	}
}
