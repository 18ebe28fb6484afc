package vocab

import (
	"strings"
	"unicode/utf8"
)

// maxSuggestLen is the longest word, in bytes, that Suggest compares. It limits the work
// for a hostile word.
const maxSuggestLen = 64

// Suggest returns the term that was probably meant by a word, for a "did you mean". It
// is the term with the smallest edit distance, the first of several, or "" if more than
// a third of the word differs, or half of one of its words. Case, accents and punctuation
// are ignored.
func Suggest(word string, terms []string) string {
	if len(word) > maxSuggestLen {
		return ""
	}
	folded := []rune(Fold(word))
	if len(folded) == 0 {
		return ""
	}
	best, limit := "", max(1, len(folded)/3)+1
	for _, term := range terms {
		candidate := Fold(term)
		if d := utf8.RuneCountInString(candidate) - len(folded); d >= limit || -d >= limit || !hasSimilarWords(string(folded), candidate) {
			continue
		}
		if d := editDistance(folded, []rune(candidate)); d < limit && d < len(folded) {
			best, limit = term, d
		}
	}
	return best
}

// hasSimilarWords reports whether each word of one folded text may be a misspelling of that
// of the other, so that good_with_kids is not taken for good_with_dogs. Words may be written
// together.
func hasSimilarWords(a, b string) bool {
	words, others := strings.Fields(a), strings.Fields(b)
	if len(words) != len(others) {
		return similar(strings.Join(words, ""), strings.Join(others, ""), 6)
	}
	for i := range words {
		if !similar(words[i], others[i], 2) {
			return false
		}
	}
	return true
}

// similar reports whether at most one of n characters of a word differs, or one in all.
func similar(a, b string, n int) bool {
	runes := []rune(a)
	return editDistance(runes, []rune(b)) <= max(1, len(runes)/n)
}

// editDistance returns the optimal string alignment distance of two words: the number of
// insertions, deletions, replacements and swaps of neighbors.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
