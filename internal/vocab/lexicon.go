package vocab

import "strings"

// entry is what a lexicon knows of a phrase: the part it plays in a field, the
// term it stands for and a note whose meaning is the role's.
type entry struct{ role, term, note string }

// phrase is an entry under one spelling. One that is itself written with slashes
// or the like ("Gray / Blue / Silver") may be met with them; any other does not
// reach over them, so that "brown tabby/calico" names two things.
type phrase struct {
	entry

	broken bool
}

// lexicon finds the phrases of one kind of field. It does not change once made.
type lexicon struct {
	phrases map[string]phrase
	reach   map[string]int    // words of the longest phrase, by its first word
	short   map[string]string // short words and what they are written out as
	names   []string          // terms in the table's order, each once
}

// newLexicon reads a table of rows "role, term, spellings", or "role, term, note,
// spellings" where noted. A term is a spelling of itself, unless it is "-" or
// another row has claimed it. TestTablesAreWellFormed holds the tables to this.
func newLexicon(table string, noted bool) *lexicon {
	l := &lexicon{phrases: map[string]phrase{}, reach: map[string]int{}, short: map[string]string{}}
	table = tableRows(table)
	for row := range strings.Lines(table) {
		if e, spellings := cutRow(row, noted); e.role == "short" {
			for short := range strings.SplitSeq(spellings, "; ") {
				l.short[short] = e.term
			}
		}
	}
	seen := map[string]bool{}
	for row := range strings.Lines(table) {
		e, spellings := cutRow(row, noted)
		if e.role == "short" {
			continue
		}
		for spelling := range strings.SplitSeq(spellings, "; ") {
			l.add(spelling, e)
		}
		if e.term == "-" || e.term == "" || seen[e.term] {
			continue
		}
		seen[e.term] = true
		l.names = append(l.names, e.term)
		l.add(e.term, e)
	}
	return l
}

// tableRows is a table without the comments that open it.
func tableRows(table string) string {
	for strings.HasPrefix(table, "#") {
		_, table, _ = strings.Cut(table, "\n")
	}
	return table
}

func cutRow(row string, noted bool) (entry, string) {
	var e entry
	rest := strings.TrimSuffix(row, "\n")
	e.role, rest, _ = strings.Cut(rest, "\t")
	e.term, rest, _ = strings.Cut(rest, "\t")
	if noted {
		e.note, rest, _ = strings.Cut(rest, "\t")
	}
	return e, rest
}

func (l *lexicon) add(spelling string, e entry) {
	t := newText(spelling, l.short)
	if len(t.words) == 0 {
		return
	}
	key := string(t.buf)
	if _, taken := l.phrases[key]; taken {
		return
	}
	if e.term == "-" {
		e.term = ""
	}
	l.phrases[key] = phrase{e, t.runLength(0, len(t.words)) < len(t.words)}
	first := key[:t.words[0].to]
	l.reach[first] = max(l.reach[first], len(t.words))
}

// at finds the longest phrase that begins at word i and says how many words it
// has. One that the lexicon does not know has one word and no role.
func (l *lexicon) at(t *text, i int) (entry, int) {
	first := t.words[i]
	reach := min(l.reach[string(t.buf[first.from:first.to])], len(t.words)-i)
	whole := t.runLength(i, reach)
	for n := reach; n > 0; n-- {
		p, ok := l.phrases[string(t.buf[first.from:t.words[i+n-1].to])]
		if ok && (p.broken || n <= whole) {
			return p.entry, n
		}
	}
	return entry{}, 1
}

// readAll looks up every word of a field. It answers with the entries found and
// with the words it did not know.
func (l *lexicon) readAll(raw string) ([]entry, string) {
	t := newText(raw, l.short)
	var found []entry
	var left unparsedWords
	for i := 0; i < len(t.words); {
		e, n := l.at(t, i)
		if e.role == "" {
			left.add(t.written(i, i+n))
		} else {
			found = append(found, e)
		}
		i += n
	}
	return found, left.String()
}

// unparsedWords gathers what was not understood.
type unparsedWords struct{ words []string }

func (l *unparsedWords) add(words string) { l.words = append(l.words, words) }

// String is the gathered words as they were written, with commas between them.
func (l *unparsedWords) String() string { return strings.Join(l.words, ", ") }
