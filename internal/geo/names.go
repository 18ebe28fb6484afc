package geo

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nameKey returns the lookup key of a name: lower-case letters and digits without
// accents, punctuation or spaces, with common abbreviations expanded. "St. Louis",
// "Saint Louis" and "ST LOUIS" have the same key.
func nameKey(s string) string { return string(appendKey(nil, s, true)) }

// typedKey is nameKey without expanding abbreviations, for a name that is still
// being typed: "st" may become Sterling.
func typedKey(s string) string { return string(appendKey(nil, s, false)) }

func appendKey(dst []byte, s string, expand bool) []byte {
	if !isASCII(s) {
		s = norm.NFD.String(s)
	}
	word := len(dst)
	endWord := func() {
		if expand {
			dst = append(dst[:word], expandWord(dst[word:])...)
		}
		word = len(dst)
	}
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			dst = append(dst, byte(r))
		case 'A' <= r && r <= 'Z':
			dst = append(dst, byte(r)+'a'-'A')
		case r == '.' || r == '\'' || r == '’' || unicode.Is(unicode.Mn, r):
			// D.C. is one word, and so is St. John's.
		case r == '&':
			endWord()
			dst = append(dst, "and"...)
			endWord()
		case r > utf8.RuneSelf && unicode.IsLetter(r):
			dst = append(dst, plainLetter(unicode.ToLower(r))...)
		default:
			endWord()
		}
	}
	endWord()
	return dst
}

// plainLetter returns how a letter that is no accented one is written without a special
// keyboard: Giessen for Gießen.
func plainLetter(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ð', 'đ':
		return "d"
	case 'þ':
		return "th"
	case 'ł':
		return "l"
	case 'ı':
		return "i"
	default:
		return string(r)
	}
}

// expandWord returns the long form of an abbreviation, or the word itself.
func expandWord(word []byte) []byte {
	if len(word) > 3 || len(word) == 0 {
		return word
	}
	switch string(word) {
	case "st":
		return []byte("saint")
	case "ste":
		return []byte("sainte")
	case "ft":
		return []byte("fort")
	case "mt":
		return []byte("mount")
	case "n":
		return []byte("north")
	case "s":
		return []byte("south")
	case "e":
		return []byte("east")
	case "w":
		return []byte("west")
	default:
		return word
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// splitWords splits at spaces and commas.
func splitWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}
