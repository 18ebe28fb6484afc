package hints

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word or a punctuation mark.
type token struct {
	id         wordID
	class      wordClass
	punct      punctuation
	start, end int32 // byte offsets in the text
}

// punctuation is the kind of a punctuation mark, or noPunctuation for a word.
type punctuation byte

const (
	noPunctuation punctuation = iota
	comma                     // also semicolons, dashes and brackets
	colon
	fullStop // also exclamation marks and ends of lines
	question
)

func (p punctuation) endsPhrase() bool   { return p != noPunctuation }
func (p punctuation) isPause() bool      { return p == comma || p == colon }
func (p punctuation) endsSentence() bool { return p >= fullStop }

// tokenize appends the tokens of a text. The words of the cat's name refer to the
// cat.
func (t *trie) tokenize(tokens []token, text, name string) []token {
	var buffer [4]string
	names := buffer[:0]
	for part := range strings.FieldsSeq(name) {
		names = append(names, part)
	}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isLetter(c):
			word, n, end := readWord(text, i)
			tokens = append(tokens, t.newWordToken(&word, n, text, i, end, names))
			i = end
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '/' || c == '"' || c == '*' || isDigit(c):
		case c == '&':
			tokens = append(tokens, token{id: t.and, class: conjunction, punct: noPunctuation, start: int32(i), end: int32(i + 1)})
		case c == '.' || c == '!' || c == '?':
			if i+1 == len(text) || !isLetter(text[i+1]) && !isDigit(text[i+1]) { // not in "4.5 kg"
				tokens = append(tokens, token{punct: sentenceEnd(c), start: int32(i), end: int32(i + 1)})
			}
		case c == ':':
			tokens = append(tokens, token{punct: colon, start: int32(i), end: int32(i + 1)})
		case c == '\n':
			if beginsSentence(text[i+1:]) {
				tokens = append(tokens, token{punct: fullStop, start: int32(i), end: int32(i + 1)})
			}
		case c == '-' && i > 0 && isLetter(text[i-1]): // "laid-back"
		case c < utf8.RuneSelf:
			tokens = append(tokens, token{punct: comma, start: int32(i), end: int32(i + 1)})
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			if unicode.IsPunct(r) && r != '“' && r != '”' {
				tokens = append(tokens, token{punct: comma, start: int32(i), end: int32(i + size)})
			}
			i += size
			continue
		}
		i++
	}
	return tokens
}

func sentenceEnd(c byte) punctuation {
	if c == '?' {
		return question
	}
	return fullStop
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isLetter reports whether a byte belongs to a word: an ASCII letter, or the first
// byte of an accented letter in UTF-8.
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || 0xC3 <= c && c <= 0xC5 }

// readWord returns the lower-case word that starts at text[i], its length in bytes
// and its end in the text. All apostrophes become ASCII; a longer word is cut.
func readWord(text string, i int) (word wordKey, n, end int) {
	for i < len(text) {
		c, size := text[i], 1
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			c |= 0x20
		case isLetter(c):
			_, size = utf8.DecodeRuneInString(text[i:])
			c |= 0x20
		case c == '\'' && i+1 < len(text) && isLetter(text[i+1]):
		case strings.HasPrefix(text[i:], "’") && i+3 < len(text) && isLetter(text[i+3]):
			c, size = '\'', 3
		default:
			return word, n, i
		}
		if n < len(word) {
			word[n] = c
			n++
		}
		i += size
	}
	return word, n, i
}

// newWordToken returns the token of a word of n bytes. An unknown possessive has
// the id of its noun.
func (t *trie) newWordToken(word *wordKey, n int, text string, start, end int, names []string) token {
	id := t.words.lookup(word)
	if id == 0 && n > 2 && word[n-2] == '\'' && word[n-1] == 's' {
		n -= 2
		word[n], word[n+1] = 0, 0
		id = t.words.lookup(word)
	}
	out := token{id: id, class: t.classes[id], punct: noPunctuation, start: int32(start), end: int32(end)}
	switch capital := text[start]&0x20 == 0; {
	case capital && isName(text[start:start+n], names):
		out.id, out.class = 0, theCat
	case capital && id == 0 && end-start > 1 && text[start+1]&0x20 != 0:
		out.class = unknownName
	}
	return out
}

// isName reports whether a word is one of the words of the cat's name.
func isName(word string, names []string) bool {
	for _, name := range names {
		if strings.EqualFold(word, name) {
			return true
		}
	}
	return false
}

// beginsSentence reports whether the text after a line break begins a new sentence:
// it does not continue in lower case.
func beginsSentence(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || rest[0] < 'a' || 'z' < rest[0]
}
