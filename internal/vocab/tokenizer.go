package vocab

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold normalizes a text for comparison: lower case, without accents, and with each
// run of punctuation and white space replaced by one space.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	t := tokenize(s, nil)
	return string(t.folded)
}

// isFolded avoids a copy in the common case, plain lower-case words.
func isFolded(s string) bool {
	gap := true
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			gap = false
		case c == ' ' && !gap:
			gap = true
		default:
			return false
		}
	}
	return s == "" || !gap
}

// text is a field split into tokens. folded contains the folded tokens with one space
// between them, so that any run of tokens is a slice of it.
type text struct {
	raw    string
	folded []byte
	tokens []token

	// Most fields are short: their buffers are part of the value.
	foldedArray [64]byte
	tokenArray  [8]token
}

// token is a slice of folded and the slice of raw that it was made from.
type token struct {
	from, to       int
	rawFrom, rawTo int
	breakBefore    bool // a slash, a comma or another separator precedes it
}

// tokenizer builds a text rune by rune.
type tokenizer struct {
	text

	abbreviations map[string]string
	breakBefore   bool // of the next token
	rawStart      int  // start of the current token in raw, or -1 between tokens
	foldedStart   int  // start of the current token in folded
}

// tokenize splits a field into folded tokens and expands the abbreviations.
func tokenize(raw string, abbreviations map[string]string) *text {
	z := tokenizer{text: text{raw: raw}, abbreviations: abbreviations, rawStart: -1}
	z.folded, z.tokens = z.foldedArray[:0], z.tokenArray[:0]
	for i, r := range raw {
		if r < utf8.RuneSelf {
			z.addRune(i, i+1, r)
			continue
		}
		p := norm.NFKD.PropertiesString(raw[i:])
		parts := p.Decomposition()
		if parts == nil {
			z.addRune(i, i+utf8.RuneLen(r), r)
		}
		for _, part := range string(parts) {
			z.addRune(i, i+p.Size(), part)
		}
	}
	z.endToken(len(raw), len(raw))
	return &z.text
}

// addRune processes a rune, or a part of a decomposed rune, at raw[from:to].
func (z *tokenizer) addRune(from, to int, r rune) {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
	case 'A' <= r && r <= 'Z':
		r += 'a' - 'A'
	case r < utf8.RuneSelf:
		z.endToken(from, to)
		z.breakBefore = z.breakBefore || strings.ContainsRune("/,&;+()|", r)
		return
	case unicode.Is(unicode.Mn, r):
		return
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Mc, r):
		r = unicode.ToLower(r)
	default:
		z.endToken(from, to)
		return
	}
	z.startToken(from)
	z.folded = utf8.AppendRune(z.folded, r)
}

func (z *tokenizer) startToken(rawStart int) {
	if z.rawStart >= 0 {
		return
	}
	if len(z.folded) > 0 {
		z.folded = append(z.folded, ' ')
	}
	z.rawStart, z.foldedStart = rawStart, len(z.folded)
}

// endToken ends the current token, if any, before the rune at raw[from:to]. An
// abbreviation is replaced by its expansion, all of whose tokens point at the
// abbreviation in raw. A token may lie within one rune, such as ⑴.
func (z *tokenizer) endToken(from, to int) {
	if z.rawStart < 0 {
		return
	}
	rawFrom, rawTo := z.rawStart, from
	if rawFrom == from {
		rawTo = to
	}
	z.rawStart = -1
	expansion, ok := z.abbreviations[string(z.folded[z.foldedStart:])]
	if !ok {
		z.appendToken(z.foldedStart, rawFrom, rawTo)
		return
	}
	z.folded = z.folded[:max(z.foldedStart-1, 0)]
	switch expansion {
	case "/":
		z.breakBefore = true
	case "-":
	default:
		for word := range strings.SplitSeq(expansion, " ") {
			if len(z.folded) > 0 {
				z.folded = append(z.folded, ' ')
			}
			start := len(z.folded)
			z.folded = append(z.folded, word...)
			z.appendToken(start, rawFrom, rawTo)
		}
	}
}

// appendToken appends the token that extends from start to the end of folded.
func (z *tokenizer) appendToken(start, rawFrom, rawTo int) {
	z.tokens = append(z.tokens, token{start, len(z.folded), rawFrom, rawTo, z.breakBefore})
	z.breakBefore = false
}

// source returns the tokens [from, to) as written in raw.
func (t *text) source(from, to int) string {
	return t.raw[t.tokens[from].rawFrom:t.tokens[to-1].rawTo]
}

// runLength returns the number of tokens from token i on, at most n, that no slash,
// comma or other separator divides.
func (t *text) runLength(i, n int) int {
	for k := 1; k < n; k++ {
		if t.tokens[i+k].breakBefore {
			return k
		}
	}
	return n
}

// separatorAfter returns the part of raw between token i and the next. It is empty if
// both come from one rune.
func (t *text) separatorAfter(i int) string {
	from, to := t.tokens[i].rawTo, t.tokens[i+1].rawFrom
	return t.raw[min(from, to):to]
}
