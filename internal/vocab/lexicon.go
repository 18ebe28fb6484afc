package vocab

import (
	"maps"
	"strings"
)

// entry is the meaning of a phrase: its role in a field, the term it stands for, and
// a note whose meaning depends on the role.
type entry struct{ role, term, note string }

// isAbbreviation reports whether the spellings of the entry are expanded before the lookup.
func (e entry) isAbbreviation() bool { return e.role == "abbreviation" || e.role == "spelling" }

// Spellings returns words that mean one or several other words in any text about cats,
// by the word: shorthair is short hair, grey is gray.
func Spellings() map[string]string {
	all := maps.Clone(breedWords().spellings)
	maps.Copy(all, colorWords().spellings)
	return all
}

// phrase is an entry under one spelling. A spelling that itself contains slashes or
// other separators ("Gray / Blue / Silver") also matches across separators. Any other
// does not, so that "brown tabby/calico" names two things.
type phrase struct {
	entry

	hasBreaks bool
}

// lexicon finds the phrases of one kind of field. It is immutable and safe for
// concurrent use.
type lexicon struct {
	phrases       map[string]phrase
	maxTokens     map[string]int    // tokens of the longest phrase, by its first token
	abbreviations map[string]string // abbreviation -> what it is expanded to
	spellings     map[string]string // the abbreviations that have no other meaning in any text
	terms         []string          // distinct terms in the order of the table
}

// newLexicon parses a table with the columns role, term and spellings, or role, term,
// note and spellings if hasNotes. A term is also a spelling of itself, unless it is
// "-" or an earlier row has that spelling. TestTables_AreWellFormed checks the tables.
func newLexicon(table string, hasNotes bool) *lexicon {
	l := &lexicon{phrases: map[string]phrase{}, maxTokens: map[string]int{}, abbreviations: map[string]string{}, spellings: map[string]string{}}
	table = skipComments(table)
	for row := range strings.Lines(table) {
		e, spellings := parseRow(row, hasNotes)
		if e.isAbbreviation() {
			for abbreviation := range strings.SplitSeq(spellings, "; ") {
				l.abbreviations[abbreviation] = e.term
				if e.role == "spelling" {
					l.spellings[abbreviation] = e.term
				}
			}
		}
	}
	seen := map[string]bool{}
	for row := range strings.Lines(table) {
		e, spellings := parseRow(row, hasNotes)
		if e.isAbbreviation() {
			continue
		}
		for spelling := range strings.SplitSeq(spellings, "; ") {
			l.addPhrase(spelling, e)
		}
		if e.term == "-" || e.term == "" || seen[e.term] {
			continue
		}
		seen[e.term] = true
		l.terms = append(l.terms, e.term)
		l.addPhrase(e.term, e)
	}
	return l
}

// newFieldLexicon is newLexicon for a field in which placeholders have the role unknown.
func newFieldLexicon(table string, hasNotes bool) *lexicon {
	l := newLexicon(table, hasNotes)
	for row := range strings.Lines(skipComments(placeholderTable)) {
		if e, spellings := parseRow(row, false); e.role == "placeholder" {
			for spelling := range strings.SplitSeq(spellings, "; ") {
				l.addPhrase(spelling, entry{role: "unknown", term: "", note: ""})
			}
		}
	}
	return l
}

// skipComments returns a table without its leading comment lines.
func skipComments(table string) string {
	for strings.HasPrefix(table, "#") {
		_, table, _ = strings.Cut(table, "\n")
	}
	return table
}

func parseRow(row string, hasNotes bool) (entry, string) {
	var e entry
	rest := strings.TrimSuffix(row, "\n")
	e.role, rest, _ = strings.Cut(rest, "\t")
	e.term, rest, _ = strings.Cut(rest, "\t")
	if hasNotes {
		e.note, rest, _ = strings.Cut(rest, "\t")
	}
	return e, rest
}

// addPhrase adds a spelling unless the lexicon has it already.
func (l *lexicon) addPhrase(spelling string, e entry) {
	t := tokenize(spelling, l.abbreviations)
	if len(t.tokens) == 0 {
		return
	}
	key := string(t.folded)
	if _, exists := l.phrases[key]; exists {
		return
	}
	if e.term == "-" {
		e.term = ""
	}
	l.phrases[key] = phrase{e, t.runLength(0, len(t.tokens)) < len(t.tokens)}
	first := key[:t.tokens[0].to]
	l.maxTokens[first] = max(l.maxTokens[first], len(t.tokens))
}

// match finds the longest phrase that begins at token i and returns its number of
// tokens. If the lexicon has none, it returns the zero entry and 1.
func (l *lexicon) match(t *text, i int) (entry, int) {
	first := t.tokens[i]
	limit := min(l.maxTokens[string(t.folded[first.from:first.to])], len(t.tokens)-i)
	unbroken := t.runLength(i, limit)
	for n := limit; n > 0; n-- {
		p, ok := l.phrases[string(t.folded[first.from:t.tokens[i+n-1].to])]
		if ok && (p.hasBreaks || n <= unbroken) {
			return p.entry, n
		}
	}
	return entry{}, 1
}

// whole returns the entry of a field that is one phrase, or the zero entry.
func (l *lexicon) whole(raw string) entry { return l.phrases[Fold(raw)].entry }

// parse looks up every word of a field. It returns the entries found and the words
// that the lexicon does not have, as written.
func (l *lexicon) parse(raw string) (found []entry, unknown []string) {
	t := tokenize(raw, l.abbreviations)
	for i := 0; i < len(t.tokens); {
		e, n := l.match(t, i)
		if e.role == "" {
			unknown = append(unknown, t.source(i, i+n))
		} else {
			found = append(found, e)
		}
		i += n
	}
	return found, unknown
}

// joinWords joins unparsed words with commas.
func joinWords(words []string) string { return strings.Join(words, ", ") }
