package hints

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, or a mark between words.
type token struct {
	id         wordID
	part       grammar
	mark       mark
	start, end int32 // in the text
}

// mark is a token that is no word.
type mark byte

const (
	noMark   mark = iota
	comma         // also ; : - and brackets
	fullStop      // also ! ? and the end of a line
)

func (m mark) parts() bool { return m != noMark }

// tokenize cuts a text into words, in small letters, and marks. The words of the
// cat's name mean the cat.
func (t *tree) tokenize(tokens []token, text, name string) []token {
	var word [24]byte // the rules know no longer word
	for at := 0; at < len(text); {
		c := text[at]
		switch {
		case letter(c):
			n, end := lower(&word, text, at)
			tokens = append(tokens, t.word(word[:n], text, at, end, name))
			at = end
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '/' || c == '"' || c == '*' || digit(c):
		case c == '&':
			tokens = append(tokens, token{id: t.ids["and"], part: joins, mark: noMark, start: int32(at), end: int32(at + 1)})
		case c == '.' || c == '!' || c == '?':
			if at+1 == len(text) || !letter(text[at+1]) && !digit(text[at+1]) { // not in 4.5 kg
				tokens = append(tokens, token{mark: fullStop, start: int32(at), end: int32(at + 1)})
			}
		case c == '\n':
			if newLine(text[at+1:]) {
				tokens = append(tokens, token{mark: fullStop, start: int32(at), end: int32(at + 1)})
			}
		case c == '-' && at > 0 && letter(text[at-1]): // laid-back
		case c < utf8.RuneSelf:
			tokens = append(tokens, token{mark: comma, start: int32(at), end: int32(at + 1)})
		default:
			r, size := utf8.DecodeRuneInString(text[at:])
			if unicode.IsPunct(r) && r != '“' && r != '”' {
				tokens = append(tokens, token{mark: comma, start: int32(at), end: int32(at + size)})
			}
			at += size
			continue
		}
		at++
	}
	return tokens
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// letter says whether a byte belongs to a word; those of accented letters do.
func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || 0xC3 <= c && c <= 0xC5 }

// lower writes the word that begins at a place into word, and answers with its
// length there and its end in the text. Every apostrophe becomes a plain one.
func lower(word *[24]byte, text string, at int) (n, end int) {
	for at < len(text) {
		c, size := text[at], 1
		switch {
		case letter(c):
			if c >= utf8.RuneSelf {
				_, size = utf8.DecodeRuneInString(text[at:])
			}
			c |= 0x20
		case c == '\'' && at+1 < len(text) && letter(text[at+1]):
		case strings.HasPrefix(text[at:], "’") && at+3 < len(text) && letter(text[at+3]):
			c, size = '\'', 3
		default:
			return n, at
		}
		if n < len(word) {
			word[n] = c
			n++
		}
		at += size
	}
	return n, at
}

// word is the token of a word. Of an owner's, the owner is left.
func (t *tree) word(small []byte, text string, start, end int, name string) token {
	id, ok := t.ids[string(small)]
	if !ok && len(small) > 2 && small[len(small)-2] == '\'' && small[len(small)-1] == 's' {
		id = t.ids[string(small[:len(small)-2])]
		small = small[:len(small)-2]
	}
	made := token{id: id, part: t.parts[id], mark: noMark, start: int32(start), end: int32(end)}
	if name != "" && text[start]&0x20 == 0 && isName(text[start:start+len(small)], name) {
		made.id, made.part = 0, theCat
	}
	return made
}

// isName says whether a word with a capital is one of the cat's name.
func isName(word, name string) bool {
	for part := range strings.FieldsSeq(name) {
		if strings.EqualFold(word, part) {
			return true
		}
	}
	return false
}

// newLine says whether what follows a line's end begins anew, and does not go on.
func newLine(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || rest[0] < 'a' || 'z' < rest[0]
}
