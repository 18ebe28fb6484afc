package hints

import (
	"slices"
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
	names := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" \t&+/(),", r) })
	pair := strings.ContainsAny(name, "&+") || slices.ContainsFunc(names, func(part string) bool {
		word, n, _ := readWord(part, 0)
		id := wordID(t.words.lookup(word.hash(), &word))
		return n > 0 && (id == t.and || t.classes[id]&plural != 0) // "Tom and Jerry", "Four kittens"
	})
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isLetter(c):
			word, n, end := readWord(text, i)
			tokens = append(tokens, t.newWordToken(&word, n, text, i, end, names))
			if pair {
				setPairClass(tokens)
			}
			i = end
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '/' || c == '"' || c == '*' || isDigit(c):
		case c == '&':
			tokens = append(tokens, token{id: t.and, class: conjunction, punct: noPunctuation, start: int32(i), end: int32(i + 1)})
		case c == '.' || c == '!' || c == '?':
			if i+1 == len(text) || !isLetter(text[i+1]) && !isDigit(text[i+1]) || text[i+1]&0x20 == 0 && i > 0 && text[i-1]&0x20 != 0 { // "loved.She", not "4.5 kg"
				end := fullStop
				if c == '?' {
					end = question
				}
				tokens = append(tokens, token{punct: end, start: int32(i), end: int32(i + 1)})
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

// setPairClass sets the class of the last token for a listing of a pair of cats: one
// of them is somebody else, both are the cat: "Tom and Jerry", "they".
func setPairClass(tokens []token) {
	n := len(tokens) - 1
	isName := func(t *token) bool { return t.id == 0 && t.class&(theCat|someone) != 0 }
	switch last := &tokens[n]; {
	case last.class&plural != 0, n > 1 && isName(last) && tokens[n-1].class&conjunction != 0 && isName(&tokens[n-2]):
		last.class = last.class&^someone | theCat
	case last.class&theCat != 0:
		last.class = last.class&^theCat | someone
	}
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
	id := wordID(t.words.lookup(word.hash(), word))
	if id == 0 && n > 2 && word[n-2] == '\'' && word[n-1] == 's' {
		n -= 2
		word[n], word[n+1] = 0, 0
		id = wordID(t.words.lookup(word.hash(), word))
	}
	out := token{id: id, class: t.classes[id], punct: noPunctuation, start: int32(start), end: int32(end)}
	switch capital := text[start]&0x20 == 0; {
	case capital && slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, text[start:start+n]) }):
		out.id, out.class = 0, theCat
	case capital && id == 0 && end-start > 1 && text[start+1]&0x20 != 0:
		out.class = unknownName
	}
	return out
}

// beginsSentence reports whether the text after a line break begins a new sentence:
// it does not continue in lower case.
func beginsSentence(rest string) bool {
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || rest[0] < 'a' || 'z' < rest[0]
}
