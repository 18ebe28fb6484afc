package hints

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, or a mark between words.
type token struct {
	id         wordID
	part       wordClass
	mark       mark
	start, end int32 // in the text
}

// mark is a token that is no word.
type mark byte

const (
	noMark mark = iota
	comma       // also ; - and brackets
	colon
	fullStop // also ! and the end of a line
	question
)

// parts says whether no phrase goes on behind a mark, ends whether no sentence does.
func (m mark) parts() bool  { return m != noMark }
func (m mark) pauses() bool { return m == comma || m == colon }
func (m mark) ends() bool   { return m >= fullStop }

// tokenize cuts a text into words, in small letters, and marks. The words of the
// cat's name mean the cat.
func (t *tree) tokenize(tokens []token, text, name string) []token {
	var room [4]string
	names := room[:0]
	for part := range strings.FieldsSeq(name) {
		names = append(names, part)
	}
	for at := 0; at < len(text); {
		c := text[at]
		switch {
		case letter(c):
			word, n, end := lower(text, at)
			tokens = append(tokens, t.word(&word, n, text, at, end, names))
			at = end
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '/' || c == '"' || c == '*' || digit(c):
		case c == '&':
			tokens = append(tokens, token{id: t.and, part: joins, mark: noMark, start: int32(at), end: int32(at + 1)})
		case c == '.' || c == '!' || c == '?':
			if at+1 == len(text) || !letter(text[at+1]) && !digit(text[at+1]) { // not in 4.5 kg
				tokens = append(tokens, token{mark: endMark(c), start: int32(at), end: int32(at + 1)})
			}
		case c == ':':
			tokens = append(tokens, token{mark: colon, start: int32(at), end: int32(at + 1)})
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

func endMark(c byte) mark {
	if c == '?' {
		return question
	}
	return fullStop
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// letter says whether a byte belongs to a word; those of accented letters do.
func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || 0xC3 <= c && c <= 0xC5 }

// lower is the word that begins at a place, with its length there and its end in
// the text. Every apostrophe becomes a plain one.
func lower(text string, at int) (word wordKey, n, end int) {
	for at < len(text) {
		c, size := text[at], 1
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			c |= 0x20
		case letter(c):
			_, size = utf8.DecodeRuneInString(text[at:])
			c |= 0x20
		case c == '\'' && at+1 < len(text) && letter(text[at+1]):
		case strings.HasPrefix(text[at:], "’") && at+3 < len(text) && letter(text[at+3]):
			c, size = '\'', 3
		default:
			return word, n, at
		}
		if n < len(word) {
			word[n] = c
			n++
		}
		at += size
	}
	return word, n, at
}

// word is the token of a word of n letters. Of an owner's, the owner is left.
func (t *tree) word(word *wordKey, n int, text string, start, end int, names []string) token {
	id := t.words.id(word)
	if id == 0 && n > 2 && word[n-2] == '\'' && word[n-1] == 's' {
		n -= 2
		word[n], word[n+1] = 0, 0
		id = t.words.id(word)
	}
	made := token{id: id, part: t.parts[id], mark: noMark, start: int32(start), end: int32(end)}
	switch capital := text[start]&0x20 == 0; {
	case capital && isName(text[start:start+n], names):
		made.id, made.part = 0, theCat
	case capital && id == 0 && end-start > 1 && text[start+1]&0x20 != 0:
		made.part = named
	}
	return made
}

// isName says whether a word with a capital is one of the cat's name.
func isName(word string, names []string) bool {
	for _, name := range names {
		if strings.EqualFold(word, name) {
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
