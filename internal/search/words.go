package search

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"trailcat/internal/vocab"
)

// maxTokenLen is where a word is cut off, in bytes. What is longer is no word.
const maxTokenLen = 40

// asciiFold is each ASCII character as words have it: letters are small, and a dot
// stands for all that is neither letter nor digit.
const asciiFold = "................................" +
	"................0123456789......" +
	".abcdefghijklmnopqrstuvwxyz....." +
	".abcdefghijklmnopqrstuvwxyz....."

// words goes through the words of a text: runs of letters and digits, folded.
// An apostrophe joins ("don't" is dont) and a possessive s goes. The word is
// good until the next. Buf is room to work in.
func words(text string, buf *[maxTokenLen]byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for at := 0; at < len(text); {
			word, next, plain := asciiWord(text, at, buf)
			if !plain {
				if next = wordEnd(text, at); !foldedWords(text[at:next], buf, yield) {
					return
				}
			} else if len(word) > 0 && !yield(word) {
				return
			}
			at = next
		}
	}
}

// asciiWord reads the next word into buf, and says where to go on. It is not
// plain if a byte beyond ASCII is met; then nothing was read.
func asciiWord(text string, at int, buf *[maxTokenLen]byte) (word []byte, next int, plain bool) {
	n := 0
	for i := at; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			return nil, at, false
		}
		if in := asciiFold[c]; in != '.' {
			if n < maxTokenLen {
				buf[n] = in
				n++
			}
			continue
		}
		switch {
		case n == 0: // still before the word
		case c != '\'':
			return buf[:n], i + 1, true
		case possessive(text[i:]):
			return buf[:n], i + 2, true
		}
	}
	return buf[:n], len(text), true
}

// possessive says that an apostrophe is followed by a last s.
func possessive(rest string) bool {
	return len(rest) >= 2 && rest[1]|0x20 == 's' && (len(rest) == 2 || !letter(rune(rest[2])))
}

// wordEnd is where the letters after at end, beginning with what is no letter.
func wordEnd(text string, at int) int {
	began := false
	for i, r := range text[at:] {
		is := letter(r) || began && (r == '\'' || r == '’')
		if began && !is {
			return at + i
		}
		began = began || is
	}
	return len(text)
}

func letter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r)
}

// foldedWords goes through a piece of text with letters beyond ASCII.
func foldedWords(piece string, buf *[maxTokenLen]byte, yield func([]byte) bool) bool {
	piece = strings.ReplaceAll(piece, "’", "'")
	if s := len(piece) - 2; s > 0 && possessive(piece[s:]) && piece[s] == '\'' {
		piece = piece[:s]
	}
	for word := range strings.FieldsSeq(vocab.Fold(strings.ReplaceAll(piece, "'", ""))) {
		if !yield(buf[:copy(buf[:], word)]) {
			return false
		}
	}
	return true
}
