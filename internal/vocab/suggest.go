package vocab

import "unicode/utf8"

// maxSuggestLen is the longest word, in bytes, that Suggest looks at, so that a
// hostile one costs nothing.
const maxSuggestLen = 64

// Suggest finds the term that somebody may have meant by a word, for a "did you
// mean". It is the one with the fewest letters wrong, missing, added or swapped
// with their neighbour; the first of equals; empty if more than a third of the
// word is wrong. Case, accents and punctuation do not count.
func Suggest(word string, terms []string) string {
	if len(word) > maxSuggestLen {
		return ""
	}
	asked := []rune(Fold(word))
	if len(asked) == 0 {
		return ""
	}
	best, nearest := "", max(1, len(asked)/3)+1
	for _, term := range terms {
		folded := Fold(term)
		if d := utf8.RuneCountInString(folded) - len(asked); d >= nearest || -d >= nearest {
			continue
		}
		if d := distance(asked, []rune(folded)); d < nearest && d < len(asked) {
			best, nearest = term, d
		}
	}
	return best
}

// distance is the number of edits between two words, where swapping neighbours
// is one (optimal string alignment).
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+unlike(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func unlike(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
