package hints

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
)

// Hint is one statement of a listing about a trait.
type Hint struct {
	Trait  string // code of the rubric
	Level  int    // 1 to 5, by the rubric's anchors
	Source string // Description, or the name of the API field
	Words  string // quoted from the source
	Rule   string // id of the rule that matched
	Answer string // of a field in plain words, such as leash trained; empty for words of a text
	// Recorded reports whether the source is a field for the trait itself in the software of
	// shelters, so that its value is the shelter's record.
	Recorded bool
}

// Description is the Source of hints from a listing's description.
const Description = "description"

// maxSpread is the difference in levels from which hints contradict each other.
const maxSpread = 2

// Find returns the hints of a listing, at most one per trait, in the alphabetical
// order of traits. Of several hints on a trait it returns the first of the median
// level, the lower median of an even number. Strong hints, on what the cat does,
// determine the median if there are any. Contradicting hints give none.
func Find(f *catalog.Facts) []Hint {
	found, _ := Read(f)
	return found
}

// Read returns the hints of a listing, as Find does, and what the listing says of
// temperament and household; see newReading. It reads each text once, and again only after
// many others. It is safe for concurrent use.
func Read(f *catalog.Facts) ([]Hint, catalog.ListingReading) {
	return read(f, recentTexts())
}

func read(f *catalog.Facts, texts *textCache) ([]Hint, catalog.ListingReading) {
	rules := embeddedRules()
	var hintBuffer [32]candidateHint
	var statementBuffer [32]statement
	var tokens [512]token // buffer; a longer text allocates its own
	found := findings{hints: rules.findInFields(hintBuffer[:0], f), statements: statementBuffer[:0]}
	for _, tag := range f.Traits.Tags {
		found = rules.findInText(found, tokens[:0], "traits.tags", tag, "")
	}
	found.statements = found.statements[:0] // the vocabulary reads tags; see tagStatements
	found = texts.find(found, rules, tokens[:0], textKey{Description, f.Description, f.Name})
	selected := selectHints(found.hints)
	if f.Summary != "" && !strings.Contains(f.Description, f.Summary) {
		found = texts.find(found, rules, tokens[:0], textKey{"", f.Summary, f.Name}) // hints of a summary do not count
	}
	return selected, newReading(f, found.statements)
}

// findings are the hints and statements found in the texts of a listing.
type findings struct {
	hints      []candidateHint
	statements []statement
}

// candidateHint is a hint before the selection of one per trait, by the rule for a text or
// for a field.
type candidateHint struct {
	rule   *rule
	field  *fieldRule
	level  int
	source string
	words  string
}

// trait returns the index in ruleSet.traits, and whether the hint gives way to others on it.
func (c *candidateHint) trait() (index int, weak bool) {
	if c.field != nil {
		return c.field.traitIndex, false
	}
	return c.rule.traitIndex, c.rule.Weak
}

func (c *candidateHint) hint() Hint {
	if r := c.field; r != nil {
		return Hint{Trait: r.Trait, Level: c.level, Source: c.source, Words: c.words, Rule: r.ID, Answer: r.answer(c.words), Recorded: r.Recorded}
	}
	return Hint{Trait: c.rule.Trait, Level: c.level, Source: c.source, Words: c.words, Rule: c.rule.ID}
}

// tally counts the candidates for one trait.
type tally struct {
	strong, all levelCounts
	first       [6]int // by level: one more than the index of the first candidate
}

// levelCounts counts candidates by level.
type levelCounts [6]int

// selectHints returns at most one hint per trait.
func selectHints(candidates []candidateHint) []Hint {
	var tallies [16]tally // by trait, of which there are fewer
	for i := range candidates {
		c := &candidates[i]
		trait, weak := c.trait()
		t := &tallies[trait]
		t.all[c.level]++
		if !weak {
			t.strong[c.level]++
		}
		t.first[c.level] = cmp.Or(t.first[c.level], i+1)
	}
	var out []Hint
	for i := range tallies {
		t := &tallies[i]
		if t.all.at(1)-t.all.at(0) < maxSpread { // from the lowest level to the highest
			if level := cmp.Or(t.strong.at(0.5), t.all.at(0.5)); level > 0 {
				out = append(out, candidates[t.first[level]-1].hint())
			}
		}
	}
	slices.SortFunc(out, func(a, b Hint) int { return strings.Compare(a.Trait, b.Trait) })
	return out
}

// at returns the level at a share of the candidates, such as the lower median for
// 0.5, or 0 if there is none.
func (n *levelCounts) at(share float64) int {
	all, sum := 0, 0
	for _, count := range n {
		all += count
	}
	for level, count := range n {
		if sum += count; sum > 0 && float64(sum) >= share*float64(all) {
			return level
		}
	}
	return 0
}

// findInFields appends the hints of the fields outside the text.
func (rs *ruleSet) findInFields(found []candidateHint, f *catalog.Facts) []candidateHint {
	for i := range rs.fields {
		rule := &rs.fields[i]
		value := rule.value(f)
		if value == "" {
			continue
		}
		if level := rule.Levels[strings.ToLower(value)]; level > 0 {
			found = append(found, candidateHint{field: rule, level: level, source: rule.Field, words: value})
		}
	}
	return found
}

// answer returns a value of the field in plain words, such as leash trained for yes, or
// energy: high if the rule has no words for the value.
func (r *fieldRule) answer(value string) string {
	value = strings.ToLower(value)
	if words := r.Says[value]; words != "" {
		return words
	}
	return r.Field[strings.LastIndexByte(r.Field, '.')+1:] + ": " + value
}

// fieldValue returns the function that reads a fact as rules compare it, or nil
// if rules cannot use the fact. An unset fact has the empty value.
func fieldValue(name string) func(*catalog.Facts) string {
	for _, fact := range catalog.FactTable() {
		switch at := fact.At.(type) {
		case func(*catalog.Facts) *string:
			if fact.Name == name && fact.Kind == catalog.KindText && !fact.Private {
				return func(f *catalog.Facts) string { return *at(f) }
			}
		case func(*catalog.Facts) **bool:
			if fact.Name == name {
				return func(f *catalog.Facts) string {
					if value := *at(f); value != nil {
						return strconv.FormatBool(*value)
					}
					return ""
				}
			}
		}
	}
	return nil
}

// HealthFlag is a listing's flag about a health or safety gate of the rubric. It
// is reported, not verified.
type HealthFlag struct {
	Code  string // of the gate
	Field string // name of the API field
	OK    bool
}

// FindFlags returns the health flags that a listing sets. Current shots stand for
// the core vaccines but not for rabies. Special needs stand for no gate, because
// they may be anything.
func FindFlags(f *catalog.Facts) []HealthFlag {
	out := make([]HealthFlag, 0, 6)
	add := func(code, field string, value *bool, okValue bool) {
		if value != nil {
			out = append(out, HealthFlag{Code: code, Field: field, OK: *value == okValue})
		}
	}
	add("ID.CHIP", "microchipped", f.Microchipped, true)
	add("MED.CORE", "shots_current", f.ShotsCurrent, true)
	add("MED.INTACT", "altered", f.Altered, true)
	add("MED.FIV_POS", "fiv", f.FIV, false)
	add("MED.FELV_POS", "felv", f.FeLV, false)
	add("MED.DECLAWED", "declawed", f.Declawed, false)
	return out
}
