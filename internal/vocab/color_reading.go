package vocab

import (
	"slices"
	"strings"
)

// maxColorTokens bounds the work that a long text can make.
const maxColorTokens = 16

// colorParser is a reading under way.
type colorParser struct {
	*lexicon

	blends map[colorCombination]entry
	marks  []mark
	left   unparsedWords
	part   int
}

// mark is an entry in the part of a field where it stood.
type mark struct {
	entry

	part    int
	blended bool // a coat word that has found its colour, or a colour that has gone into another
}

func (r *colorParser) read(field string) {
	t := newText(field, r.short)
	r.part++
	for i := 0; i < len(t.words); {
		if t.words[i].breaks {
			r.part++
		}
		e, n := r.at(t, i)
		switch e.role {
		case "":
			r.left.add(t.written(i, i+n))
		case "unknown", "aside":
		default:
			if len(r.marks) < maxColorTokens {
				r.marks = append(r.marks, mark{entry: e, part: r.part})
			}
		}
		i += n
	}
}

// blend joins a coat word with the colours of its part: the nearest one before it
// gives the name and the others of the kind go into it, as in "brown black tabby".
// A tabby without a colour takes the first that suits it elsewhere ("Tabby (Orange)").
func (r *colorParser) blend(i int, samePart bool) {
	m := &r.marks[i]
	if m.role == "color" || m.role == "name" || m.role == "pattern" || m.blended {
		return
	}
	if !samePart && (m.role != "tabby" || r.impliesPattern(tabbies)) {
		return
	}
	color := -1
	for j := range r.marks {
		if (r.marks[j].part == m.part) != samePart || !r.suits(i, j) {
			continue
		}
		if color < 0 || samePart && j < i {
			color = j
		}
	}
	if color >= 0 {
		r.join(i, color, samePart)
	}
}

// suits says whether the coat word i blends with the colour j.
func (r *colorParser) suits(i, j int) bool {
	m := r.marks[j]
	if m.role != "color" || m.blended {
		return false
	}
	_, ok := r.becomes(r.marks[i].role, m.term)
	return ok
}

func (r *colorParser) becomes(family, color string) (entry, bool) {
	e, ok := r.blends[colorCombination{family, color}]
	if !ok && color != white {
		e, ok = r.blends[colorCombination{family, "*"}]
	}
	return e, ok
}

func (r *colorParser) join(i, color int, samePart bool) {
	m := &r.marks[i]
	same := r.marks[color].term
	for j := range r.marks {
		if j == color || r.marks[j].role != "color" {
			continue
		}
		if r.marks[j].term == same || samePart && r.marks[j].part == m.part && r.suits(i, j) {
			r.marks[j].blended = true
		}
	}
	made, _ := r.becomes(m.role, same)
	if made.note == "" {
		made.note = m.note
	}
	r.marks[color].entry = made
	m.term, m.blended = "", true
	if strings.HasSuffix(same, withWhite) && m.role == "tabby" {
		r.marks = append(r.marks, mark{entry: entry{role: "name", term: white}})
	}
}

// applyDefaults gives a coat word that found no colour the colour it means alone. A kind
// of tabby beside a coloured tabby only says more about it.
func (r *colorParser) applyDefaults(i int) {
	m := &r.marks[i]
	if m.role != "tabby" || m.blended {
		return
	}
	m.blended = r.impliesPattern(tabbies)
	if m.term != "" && !m.blended {
		m.role = "name"
	}
}

// impliesPattern says whether a colour of the reading has one of the patterns.
func (r *colorParser) impliesPattern(patterns []Pattern) bool {
	return slices.ContainsFunc(r.marks, func(m mark) bool {
		return m.role == "name" && !m.blended && slices.Contains(patterns, Pattern(m.note))
	})
}

// colors is the outcome of the marks.
func (r *colorParser) colors() Colors {
	var pattern Pattern
	var names []string
	for _, m := range r.marks {
		pattern = pattern.and(Pattern(m.note))
		if !m.blended && m.term != "" && !slices.Contains(names, m.term) {
			names = append(names, m.term)
		}
	}
	if i := slices.Index(names, white); i >= 0 && len(names) == 2 {
		if pattern == "" || pattern == Solid {
			pattern = Bicolor
		}
		if made, ok := r.blends[colorCombination{"white", names[1-i]}]; ok {
			names = []string{made.term}
		}
	}
	names = append(names, "", "", "")
	return Colors{names[0], names[1], names[2], pattern}
}
