package vocab

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Colors describes a cat's coat: up to three of Petfinder's colors, the main one
// first, and the pattern. Empty means not stated. A pattern can be stated without a
// color, as in "Tabby", which is not one of Petfinder's colors.
type Colors struct {
	Primary, Secondary, Tertiary string
	Pattern                      Pattern
}

//go:embed tables/colors.tsv
var colorTable string

//go:embed tables/color_combinations.tsv
var combinationTable string

var colorWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(colorTable, true) })

// ColorNames returns the names that Colors may contain, in alphabetical order.
func ColorNames() []string {
	return slices.Clone(colorWords().terms)
}

// IsColor reports whether Colors may contain the name.
func IsColor(name string) bool {
	_, known := slices.BinarySearch(colorWords().terms, name)
	return known
}

// Petfinder's names for a color with white have the same suffix. A tabby whose color
// is one of them is a tabby and white.
const (
	white     = "White"
	withWhite = " & White"
)

// colorCombination is a color beside a coat word of a family.
type colorCombination struct{ family, color string }

// colorCombinations returns what each combination is called.
var colorCombinations = sync.OnceValue(func() map[colorCombination]entry {
	all := map[colorCombination]entry{}
	for row := range strings.Lines(skipComments(combinationTable)) {
		if cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t"); len(cells) == 4 {
			all[colorCombination{cells[0], cells[1]}] = entry{"name", cells[2], cells[3]}
		}
	}
	return all
})

// ParseColors parses the color fields of a cat, the main color first ("BLACK/WHITE",
// "brown tabby", "LYNX PT"). A pattern field may follow them. It also returns the
// words it did not understand.
//
// Black and white, in either order, has one name at Petfinder, as gray, orange and
// buff with white do; all other colors stay separate. What Petfinder has no name for
// is expressed by the pattern alone: a lynx point has no color. Colors after the
// third are dropped.
func ParseColors(raw ...string) (Colors, string) {
	p := colorParser{lexicon: colorWords(), combinations: colorCombinations()}
	for _, field := range raw {
		p.parseField(field)
	}
	for i := range p.tokens {
		p.combine(i, true)
	}
	for i := range p.tokens {
		p.combine(i, false)
	}
	for i := range p.tokens {
		p.applyDefaults(i)
	}
	return p.colors(), joinWords(p.unparsed)
}

// maxColorTokens limits the work for a long text: later tokens are ignored.
const maxColorTokens = 16

// colorParser is the state of ParseColors.
type colorParser struct {
	*lexicon

	combinations map[colorCombination]entry
	tokens       []colorToken
	unparsed     []string
	part         int
}

// colorToken is an entry found in a part of a field.
type colorToken struct {
	entry

	part     int
	combined bool // a coat word that has found its color, or a color merged into another
}

// parseField appends the tokens of a field. Separators divide it into parts.
func (p *colorParser) parseField(field string) {
	t := tokenize(field, p.abbreviations)
	p.part++
	for i := 0; i < len(t.tokens); {
		if t.tokens[i].breakBefore {
			p.part++
		}
		e, n := p.match(t, i)
		switch e.role {
		case "":
			p.unparsed = append(p.unparsed, t.source(i, i+n))
		case "unknown", "ignore":
		default:
			if len(p.tokens) < maxColorTokens {
				p.tokens = append(p.tokens, colorToken{entry: e, part: p.part})
			}
		}
		i += n
	}
}

// combine combines the coat word i with the colors of its part. The nearest color
// before it determines the name, and the other colors of the family are merged into
// it, as in "brown black tabby". A tabby without a color takes the first suitable one
// of another part ("Tabby (Orange)").
func (p *colorParser) combine(i int, samePart bool) {
	word := &p.tokens[i]
	if word.role == "color" || word.role == "name" || word.role == "pattern" || word.combined {
		return
	}
	if !samePart && (word.role != "tabby" || p.hasPattern(tabbies)) {
		return
	}
	color := -1
	for j := range p.tokens {
		if (p.tokens[j].part == word.part) != samePart || !p.canCombine(i, j) {
			continue
		}
		if color < 0 || samePart && j < i {
			color = j
		}
	}
	if color >= 0 {
		p.applyCombination(i, color, samePart)
	}
}

// canCombine reports whether the coat word i combines with the color j.
func (p *colorParser) canCombine(i, j int) bool {
	color := p.tokens[j]
	if color.role != "color" || color.combined {
		return false
	}
	_, ok := p.combination(p.tokens[i].role, color.term)
	return ok
}

func (p *colorParser) combination(family, color string) (entry, bool) {
	e, ok := p.combinations[colorCombination{family, color}]
	if !ok && color != white {
		e, ok = p.combinations[colorCombination{family, "*"}]
	}
	return e, ok
}

// applyCombination replaces the color with its combination with the coat word i.
func (p *colorParser) applyCombination(i, color int, samePart bool) {
	word := &p.tokens[i]
	name := p.tokens[color].term
	for j := range p.tokens {
		if j == color || p.tokens[j].role != "color" {
			continue
		}
		if p.tokens[j].term == name || samePart && p.tokens[j].part == word.part && p.canCombine(i, j) {
			p.tokens[j].combined = true
		}
	}
	result, _ := p.combination(word.role, name)
	if result.note == "" {
		result.note = word.note
	}
	p.tokens[color].entry = result
	word.term, word.combined = "", true
	if strings.HasSuffix(name, withWhite) && word.role == "tabby" {
		p.tokens = append(p.tokens, colorToken{entry: entry{role: "name", term: white}})
	}
}

// applyDefaults gives the tabby word i, if it found no color, the color it means on
// its own. Beside a tabby with a color it only refines the pattern.
func (p *colorParser) applyDefaults(i int) {
	word := &p.tokens[i]
	if word.role != "tabby" || word.combined {
		return
	}
	word.combined = p.hasPattern(tabbies)
	if word.term != "" && !word.combined {
		word.role = "name"
	}
}

// hasPattern reports whether a color found so far has one of the patterns.
func (p *colorParser) hasPattern(patterns []Pattern) bool {
	return slices.ContainsFunc(p.tokens, func(t colorToken) bool {
		return t.role == "name" && !t.combined && slices.Contains(patterns, Pattern(t.note))
	})
}

// colors returns the colors and the pattern of all tokens.
func (p *colorParser) colors() Colors {
	var pattern Pattern
	var names []string
	for _, t := range p.tokens {
		pattern = pattern.merge(Pattern(t.note))
		if !t.combined && t.term != "" && !slices.Contains(names, t.term) {
			names = append(names, t.term)
		}
	}
	if i := slices.Index(names, white); i >= 0 && len(names) == 2 {
		if pattern == "" || pattern == Solid {
			pattern = Bicolor
		}
		if e, ok := p.combinations[colorCombination{"white", names[1-i]}]; ok {
			names = []string{e.term}
		}
	}
	names = append(names, "", "", "")
	return Colors{names[0], names[1], names[2], pattern}
}

// Pattern is the distribution of the colors of a coat. Empty means not stated: a cat
// that is only called black may be black all over or not.
type Pattern string

// The patterns. Points with tabby markings, which shelters often list and Petfinder
// has no name for, are lynx points.
const (
	Solid               Pattern = "solid"
	Bicolor             Pattern = "bicolor" // a color and white
	Tuxedo              Pattern = "tuxedo"
	Tabby               Pattern = "tabby"
	TabbyClassic        Pattern = "tabby_classic" // marbled, blotched
	TabbySpotted        Pattern = "tabby_spotted"
	TabbyTicked         Pattern = "tabby_ticked" // agouti
	TabbyTiger          Pattern = "tabby_tiger"  // mackerel, striped
	Calico              Pattern = "calico"
	DiluteCalico        Pattern = "dilute_calico"
	Tortoiseshell       Pattern = "tortoiseshell"
	DiluteTortoiseshell Pattern = "dilute_tortoiseshell"
	Torbie              Pattern = "torbie" // tortoiseshell with tabby
	Colorpoint          Pattern = "colorpoint"
	LynxPoint           Pattern = "lynx_point"
	Smoke               Pattern = "smoke"
)

// Patterns returns every Pattern.
func Patterns() []Pattern {
	return []Pattern{
		Solid, Bicolor, Tuxedo, Tabby, TabbyClassic, TabbySpotted, TabbyTicked, TabbyTiger,
		Calico, DiluteCalico, Tortoiseshell, DiluteTortoiseshell, Torbie, Colorpoint, LynxPoint, Smoke,
	}
}

// patternsBySpecificity lists the patterns from the least to the most specific. Of two
// patterns the more specific is kept; of two that are equally specific, the first.
var patternsBySpecificity = [][]Pattern{
	{""},
	{Solid, Bicolor},
	{Tabby, Tuxedo, Smoke},
	{TabbyClassic, TabbySpotted, TabbyTicked, TabbyTiger, Calico, Tortoiseshell},
	{DiluteCalico, DiluteTortoiseshell},
	{Torbie, Colorpoint},
	{LynxPoint},
}

// patternPairs lists the patterns that have a name of their own when combined.
var patternPairs = []struct {
	either, other []Pattern
	both          Pattern
}{
	{tabbies, []Pattern{Tortoiseshell, DiluteTortoiseshell}, Torbie},
	{tabbies, []Pattern{Colorpoint}, LynxPoint},
	{[]Pattern{Calico}, []Pattern{DiluteTortoiseshell}, DiluteCalico},
}

var tabbies = []Pattern{Tabby, TabbyClassic, TabbySpotted, TabbyTicked, TabbyTiger}

// merge returns the pattern of a cat that has both patterns.
func (p Pattern) merge(q Pattern) Pattern {
	if p == "" || p == q {
		return q
	}
	if q == "" {
		return p
	}
	for _, pair := range patternPairs {
		if slices.Contains(pair.either, p) && slices.Contains(pair.other, q) ||
			slices.Contains(pair.either, q) && slices.Contains(pair.other, p) {
			return pair.both
		}
	}
	if q.specificity() > p.specificity() {
		return q
	}
	return p
}

func (p Pattern) specificity() int {
	return slices.IndexFunc(patternsBySpecificity, func(level []Pattern) bool { return slices.Contains(level, p) })
}
