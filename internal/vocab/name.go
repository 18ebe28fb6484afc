package vocab

import (
	"slices"
	"strings"
	"unicode"
)

// quotes are what stands around names without belonging to them. Chameleon puts
// a star before the names that the shelter gave.
const quotes = "*\"'“”‘’„‚«»"

// apostrophes are what people type for one.
var apostrophes = strings.NewReplacer("`", "'", "´", "'")

// NormalizeName tidies a cat's name: spaces are collapsed, and stars and quotes around
// it dropped ("*MISHELL" is Mishell). A name all in capitals or all in small
// letters gets the usual ones, with initials (JJ) and Roman numbers after a name
// (Leo II) kept; any other is left as it was written.
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
		words[i] = nameWord(word, i == 0)
	}
	return strings.Join(words, " ")
}

// smallWords stay small within a name, and romans stay large after it.
var (
	smallWords = []string{"and", "of", "the", "or"}
	romans     = []string{"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"}
	titles     = []string{"mr", "ms", "dr", "st", "jr", "sr", "lt"}
)

// nameWord gives a word of small letters its capitals.
func nameWord(word string, first bool) string {
	switch {
	case !first && slices.Contains(smallWords, word):
		return word
	case !first && slices.Contains(romans, word), initials(word):
		return strings.ToUpper(word)
	}
	letters := []rune(word)
	for i, r := range letters {
		if opens(letters, i) {
			letters[i] = unicode.ToTitle(r)
		}
	}
	return string(letters)
}

// opens says whether the letter at i begins a name: at the start, after any sign
// but an apostrophe (Bella-Boo, D.O.G), after O' and the like, and after Mc.
func opens(letters []rune, i int) bool {
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

// initials says whether a word is two letters that are not said as a word: JJ,
// TC, AJ.
func initials(word string) bool {
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
