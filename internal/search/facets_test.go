package search

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMostFrequent_ReturnsTheFirstOfAllSorted(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.StringMatching(`[a-c]{1,3}`), rapid.ID).Draw(t, "names")
		var counts []Count
		for _, name := range names {
			counts = append(counts, Count{name, rapid.IntRange(1, 4).Draw(t, "count")})
		}
		limit := rapid.IntRange(min(1, len(counts)), len(counts)).Draw(t, "limit")
		want := slices.SortedFunc(slices.Values(counts), func(a, b Count) int {
			if a.Count != b.Count {
				return b.Count - a.Count
			}
			return strings.Compare(a.Value, b.Value)
		})[:limit]
		if got := mostFrequent(counts, limit); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
