package vocab

import (
	"slices"
	"strings"
	"unicode"
)

// quotes are characters around a name that are not part of it. Chameleon puts an
// asterisk before names given by the shelter.
const quotes = "*\"'“”‘’„‚«»"

// apostrophes replaces characters that people type instead of an apostrophe.
var apostrophes = strings.NewReplacer("`", "'", "´", "'")

// NormalizeName cleans up a cat's name. It collapses white space and removes asterisks
// and quotes around the name ("*MISHELL" becomes Mishell). A name all in upper or all in
// lower case is capitalized, except that initials (JJ) and Roman numerals after a name
// (Leo II) stay upper case; the case of any other name is kept.
func NormalizeName(raw string) string {
	name := apostrophes.Replace(raw)
	name = strings.Join(strings.Fields(name), " ")
	name = strings.Trim(name, quotes+" ")
	lower := strings.ToLower(name)
	if name != lower && name != strings.ToUpper(name) {
		return name
	}
	words := strings.Split(lower, " ")
	for i, word := range words {
		words[i] = capitalizeWord(word, i == 0)
	}
	return strings.Join(words, " ")
}

var (
	lowerCaseWords = []string{"and", "of", "the", "or"} // except as the first word
	romanNumerals  = []string{"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"}
	titles         = []string{"mr", "ms", "dr", "st", "jr", "sr", "lt"}
)

// capitalizeWord capitalizes a lower-case word.
func capitalizeWord(word string, first bool) string {
	switch {
	case !first && slices.Contains(lowerCaseWords, word):
		return word
	case !first && slices.Contains(romanNumerals, word), isInitials(word):
		return strings.ToUpper(word)
	}
	letters := []rune(word)
	for i, r := range letters {
		if startsName(letters, i) {
			letters[i] = unicode.ToTitle(r)
		}
	}
	return string(letters)
}

// startsName reports whether the letter at i begins a name: at the start, after any
// punctuation but an apostrophe (Bella-Boo, D.O.G), after a prefix such as O', and after
// Mc.
func startsName(letters []rune, i int) bool {
	if i == 0 {
		return true
	}
	switch last := letters[i-1]; {
	case last == '\'' || last == '’':
		return i == 2 && len(letters) > 4
	case i == 2 && letters[0] == 'M' && last == 'c':
		return len(letters) > 4
	default:
		return !unicode.IsLetter(last) && !unicode.IsNumber(last) && !unicode.IsMark(last)
	}
}

// isInitials reports whether a word is two letters that are pronounced one by one: JJ,
// TC, AJ.
func isInitials(word string) bool {
	if len(word) != 2 || slices.Contains(titles, word) {
		return false
	}
	const vowels = "aeiouy"
	for _, c := range word {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return word[1] == 'j' || !strings.ContainsAny(word, vowels)
}
