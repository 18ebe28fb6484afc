// Package analysis turns text into terms for full-text search: it splits text into
// tokens, folds case and accents, stems English words, numbers the stems in a term
// dictionary, and matches phrases. It depends on packages vocab (folding) and
// hashing of this module and does not know which fields a document has.
package analysis

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"trailcat/internal/vocab"
)

// MaxTokenLen is the length in bytes at which a token is cut off. Anything longer
// is not a word.
const MaxTokenLen = 40

// asciiFold maps each ASCII character to its form in a token: letters are lower
// case, and a dot stands for every character that is not a letter or digit.
const asciiFold = "................................" +
	"................0123456789......" +
	".abcdefghijklmnopqrstuvwxyz....." +
	".abcdefghijklmnopqrstuvwxyz....."

// Tokens returns the tokens of text.
func Tokens(text string) []string {
	var out []string
	var buf [MaxTokenLen]byte
	for token := range tokens(text, &buf) {
		out = append(out, string(token))
	}
	return out
}

// tokens returns an iterator over the tokens of text: runs of letters and digits,
// folded. An apostrophe joins ("don't" is dont) and a possessive s is dropped. A
// token is in buf and valid until the next one.
func tokens(text string, buf *[MaxTokenLen]byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for at := 0; at < len(text); {
			token, next, isASCII := asciiToken(text, at, buf)
			if !isASCII {
				if next = tokenEnd(text, at); !foldedTokens(text[at:next], buf, yield) {
					return
				}
			} else if len(token) > 0 && !yield(token) {
				return
			}
			at = next
		}
	}
}

// asciiToken reads the next token into buf and returns the offset after it. If it
// meets a byte that is not ASCII, it returns isASCII false and consumes nothing.
func asciiToken(text string, at int, buf *[MaxTokenLen]byte) (token []byte, next int, isASCII bool) {
	n := 0
	for i := at; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			return nil, at, false
		}
		if folded := asciiFold[c]; folded != '.' {
			if n < MaxTokenLen {
				buf[n] = folded
				n++
			}
			continue
		}
		switch {
		case n == 0: // still before the token
		case c != '\'':
			return buf[:n], i + 1, true
		case isPossessive(text[i:]):
			return buf[:n], i + 2, true
		}
	}
	return buf[:n], len(text), true
}

// isPossessive reports whether text, which starts with an apostrophe, goes on with
// an s that ends the word.
func isPossessive(text string) bool {
	return len(text) >= 2 && text[1]|0x20 == 's' && (len(text) == 2 || !isTokenRune(rune(text[2])))
}

// tokenEnd returns the offset at which the first token after at ends.
func tokenEnd(text string, at int) int {
	inside := false
	for i, r := range text[at:] {
		isPart := isTokenRune(r) || inside && (r == '\'' || r == '’')
		if inside && !isPart {
			return at + i
		}
		inside = inside || isPart
	}
	return len(text)
}

func isTokenRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r)
}

// foldedTokens yields the tokens of a piece of text that is not all ASCII. It
// returns false if yield does.
func foldedTokens(text string, buf *[MaxTokenLen]byte, yield func([]byte) bool) bool {
	text = strings.ReplaceAll(text, "’", "'")
	if s := len(text) - 2; s > 0 && isPossessive(text[s:]) && text[s] == '\'' {
		text = text[:s]
	}
	for token := range strings.FieldsSeq(vocab.Fold(strings.ReplaceAll(text, "'", ""))) {
		if !yield(buf[:copy(buf[:], token)]) {
			return false
		}
	}
	return true
}
