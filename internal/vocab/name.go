package vocab

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// closingQuotes has what closes a quotation, by what opens it.
var closingQuotes = map[rune]string{'"': "\"", '\'': "'", '“': "”\"", '”': "”", '‘': "’'", '„': "“”", '‚': "‘’", '«': "»", '»': "«"}

var repeatedQuotes = regexp.MustCompile(`""+|''+`)

// apostrophes replaces characters that people type instead of an apostrophe.
var apostrophes = strings.NewReplacer("`", "'", "´", "'")

// NormalizeName cleans up a cat's name. It collapses white space, and removes asterisks
// around the name, which Chameleon puts before names given by the shelter ("*MISHELL"
// becomes Mishell), and quotes around all of it: "Max" becomes Max, but quotes in Max
// "The Cat" and "Max" & "Mia" stay.
//
// A name all in upper or all in lower case is capitalized. Roman numerals after a name
// (Leo II) and words that are spelled out stay upper case: those of up to four letters
// without a vowel (JJ, KFC), and those with digits and up to three letters, if they are
// written so (R2D2, K9). The case of any other name is kept.
func NormalizeName(raw string) string {
	name := apostrophes.Replace(raw)
	name = trimQuotes(strings.Join(strings.Fields(name), " "))
	lower := strings.ToLower(name)
	if name != lower && name != strings.ToUpper(name) {
		return name
	}
	words := strings.Split(lower, " ")
	for i, word := range words {
		words[i] = capitalizeWord(word, i == 0, name != lower)
	}
	return strings.Join(words, " ")
}

// trimQuotes removes asterisks and white space around a name, quotes around all of it,
// and a double quote at an end that has no other.
func trimQuotes(name string) string {
	const maxQuotes = 64 // limits the work for a hostile name
	name = repeatedQuotes.ReplaceAllStringFunc(name, func(run string) string { return run[:1] })
	for range maxQuotes {
		name = strings.Trim(name, "* ")
		open, size := utf8.DecodeRuneInString(name)
		last, lastSize := utf8.DecodeLastRuneInString(name)
		quoted := len(name) >= size+lastSize && strings.ContainsRune(closingQuotes[open], last)
		switch {
		case quoted && !strings.ContainsRune(name[size:len(name)-lastSize], open):
			name = name[size : len(name)-lastSize]
		case isLoneQuote(name, open):
			name = name[size:]
		case isLoneQuote(name, last):
			name = name[:len(name)-lastSize]
		default:
			return name
		}
	}
	return name
}

// isLoneQuote reports whether a character is a quote, but not an apostrophe, and the only
// quote in a name.
func isLoneQuote(name string, r rune) bool {
	const quotes = "\"“”„‚«»"
	others := strings.IndexFunc(strings.Replace(name, string(r), "", 1), func(r rune) bool { return strings.ContainsRune(quotes, r) })
	return strings.ContainsRune(quotes, r) && others < 0
}

var (
	lowerCaseWords = []string{"and", "of", "the", "or"} // except as the first word
	romanNumerals  = []string{"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"}
	titles         = []string{"mr", "mrs", "ms", "dr", "st", "jr", "sr", "lt", "sgt", "cpt"}
)

// capitalizeWord capitalizes a lower-case word, which the source wrote in upper case or
// not.
func capitalizeWord(word string, first, wasUpper bool) string {
	switch {
	case !first && slices.Contains(lowerCaseWords, word):
		return word
	case !first && slices.Contains(romanNumerals, word):
		return strings.ToUpper(word)
	}
	letters := []rune(word)
	for from := 0; from < len(letters); {
		to := from
		for to < len(letters) && isInWord(letters[to]) {
			to++
		}
		spelledOut := isSpelledOut(string(letters[from:to]), wasUpper)
		for i := from; i < to; i++ {
			if spelledOut || startsName(letters, i) {
				letters[i] = unicode.ToTitle(letters[i])
			}
		}
		from = max(to, from+1)
	}
	return string(letters)
}

// isInWord reports whether a character does not divide a word: letters, digits and
// apostrophes.
func isInWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == '\'' || r == '’'
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

// isSpelledOut reports whether the letters of a word are pronounced one by one: JJ, KFC,
// R2D2.
func isSpelledOut(word string, wasUpper bool) bool {
	letters, digits := 0, 0
	for _, c := range word {
		switch {
		case 'a' <= c && c <= 'z':
			letters++
		case '0' <= c && c <= '9':
			digits++
		default:
			return false
		}
	}
	switch {
	case digits > 0:
		return wasUpper && letters <= 3 && !isOrdinal(word)
	case letters < 2 || letters > 4 || slices.Contains(titles, word):
		return false
	default:
		const vowels = "aeiouy"
		return letters == 2 && word[1] == 'j' || !strings.ContainsAny(word, vowels)
	}
}

// isOrdinal reports whether a word is a number such as 1st, 2nd, 3rd or 4th.
func isOrdinal(word string) bool {
	return slices.Contains([]string{"st", "nd", "rd", "th"}, strings.TrimLeft(word, "0123456789"))
}
