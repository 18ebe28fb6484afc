package vocab

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold strips a text of what writers disagree about: it is lower case, without
// accents, with one space for each run of punctuation and blanks.
func Fold(s string) string {
	if folded(s) {
		return s
	}
	t := newText(s, nil)
	return string(t.buf)
}

// folded spares the common case, which is plain lower-case words, a copy.
func folded(s string) bool {
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

// text is a field cut into words. buf holds the folded words with one space
// between them, so that any run of words is a piece of it.
type text struct {
	raw   string
	buf   []byte
	words []word

	// Most fields are short: their buffers come with the text.
	roomForBuf   [64]byte
	roomForWords [8]word
}

// word is a piece of buf and the piece of raw that it was made from.
// breaks says that a slash, a comma or the like stood before it.
type word struct {
	from, to       int
	rawFrom, rawTo int
	breaks         bool
}

// tokenizer makes a text, rune by rune.
type tokenizer struct {
	text

	short  map[string]string
	breaks bool
	open   int // where the word began in raw; -1 between words
	from   int // where it began in buf
}

// newText cuts a field into folded words and writes out the short ones.
func newText(raw string, short map[string]string) *text {
	c := &tokenizer{text: text{raw: raw}, short: short, open: -1}
	c.buf, c.words = c.roomForBuf[:0], c.roomForWords[:0]
	for i, r := range raw {
		if r < utf8.RuneSelf {
			c.put(i, i+1, r)
			continue
		}
		p := norm.NFKD.PropertiesString(raw[i:])
		parts := p.Decomposition()
		if parts == nil {
			c.put(i, i+utf8.RuneLen(r), r)
		}
		for _, part := range string(parts) {
			c.put(i, i+p.Size(), part)
		}
	}
	c.end(len(raw), len(raw))
	return &c.text
}

// put takes a rune that stands in raw from at to next, whole or as a part.
func (c *tokenizer) put(at, next int, r rune) {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
	case 'A' <= r && r <= 'Z':
		r += 'a' - 'A'
	case r < utf8.RuneSelf:
		c.end(at, next)
		c.breaks = c.breaks || strings.ContainsRune("/,&;+()|", r)
		return
	case unicode.Is(unicode.Mn, r):
		return
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Mc, r):
		r = unicode.ToLower(r)
	default:
		c.end(at, next)
		return
	}
	c.begin(at)
	c.buf = utf8.AppendRune(c.buf, r)
}

func (c *tokenizer) begin(at int) {
	if c.open >= 0 {
		return
	}
	if len(c.buf) > 0 {
		c.buf = append(c.buf, ' ')
	}
	c.open, c.from = at, len(c.buf)
}

// end closes the word under way, if there is one. A short word is replaced by
// what it stands for, all of which points at the short word in raw. A word may lie
// within one rune, such as ⑴.
func (c *tokenizer) end(at, next int) {
	if c.open < 0 {
		return
	}
	if c.open == at {
		at = next
	}
	rawFrom := c.open
	c.open = -1
	long, ok := c.short[string(c.buf[c.from:])]
	if !ok {
		c.add(word{c.from, len(c.buf), rawFrom, at, c.breaks})
		return
	}
	c.buf = c.buf[:max(c.from-1, 0)]
	switch long {
	case "/":
		c.breaks = true
	case "-":
	default:
		for piece := range strings.SplitSeq(long, " ") {
			if len(c.buf) > 0 {
				c.buf = append(c.buf, ' ')
			}
			from := len(c.buf)
			c.buf = append(c.buf, piece...)
			c.add(word{from, len(c.buf), rawFrom, at, c.breaks})
		}
	}
}

func (c *tokenizer) add(w word) {
	c.words = append(c.words, w)
	c.breaks = false
}

// written is the run of words [from, to) as it stands in raw.
func (t *text) written(from, to int) string {
	return t.raw[t.words[from].rawFrom:t.words[to-1].rawTo]
}

// runLength counts the words from word i on, n at most, that no slash, comma or the
// like parts.
func (t *text) runLength(i, n int) int {
	for k := 1; k < n; k++ {
		if t.words[i+k].breaks {
			return k
		}
	}
	return n
}

// between is what stands in raw between word i and the next: nothing if both come
// from one rune.
func (t *text) between(i int) string {
	from, to := t.words[i].rawTo, t.words[i+1].rawFrom
	return t.raw[min(from, to):to]
}
