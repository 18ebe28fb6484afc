package hints

import (
	"math"
	"slices"
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
// temperament and household; see newReading. It reads each text once.
func Read(f *catalog.Facts) ([]Hint, catalog.ListingReading) {
	rules := embeddedRules()
	var hintBuffer [32]candidateHint
	var statementBuffer [32]statement
	var tokens [512]token // buffer; a longer text allocates its own
	found := findings{hints: rules.findInFields(hintBuffer[:0], f), statements: statementBuffer[:0]}
	for _, tag := range f.Traits.Tags {
		found = rules.findInText(found, tokens[:0], "traits.tags", tag, "")
	}
	found.statements = found.statements[:0] // the vocabulary reads tags; see tagStatements
	found = rules.findInText(found, tokens[:0], Description, f.Description, f.Name)
	selected := selectHints(found.hints)
	if f.Summary != "" && !strings.Contains(f.Description, f.Summary) {
		found = rules.findInText(found, tokens[:0], "", f.Summary, f.Name) // hints of a summary do not count
	}
	return selected, newReading(f, found.statements)
}

// findings are the hints and statements found in the texts of a listing.
type findings struct {
	hints      []candidateHint
	statements []statement
}

// candidateHint is a hint before the selection of one per trait.
type candidateHint struct {
	trait int  // index in alphabetical order
	weak  bool // gives way to hints that are not weak
	hint  Hint
}

// sortKey orders candidates by trait, weak ones last, then by level, then as they
// were found. It is one integer because long texts have dozens of candidates.
type sortKey uint64

func newSortKey(c *candidateHint, index int) sortKey {
	k := sortKey(c.trait)<<48 | sortKey(c.hint.Level)<<32 | sortKey(index)
	if c.weak {
		k |= 1 << 40
	}
	return k
}

func (k sortKey) trait() int    { return int(k >> 48) }
func (k sortKey) strength() int { return int(k >> 40) } // trait and weakness
func (k sortKey) level() int    { return int(k >> 32 & 0xFF) }
func (k sortKey) index() int    { return int(k & (1<<32 - 1)) }

// selectHints returns at most one hint per trait.
func selectHints(candidates []candidateHint) []Hint {
	var buffer [64]sortKey
	keys := buffer[:0]
	for i := range candidates {
		keys = append(keys, newSortKey(&candidates[i], i))
	}
	slices.Sort(keys)
	var out []Hint
	for len(keys) > 0 {
		n := 1
		for n < len(keys) && keys[n].trait() == keys[0].trait() {
			n++
		}
		if i, ok := selectCandidate(keys[:n]); ok {
			out = append(out, candidates[i].hint)
		}
		keys = keys[n:]
	}
	return out
}

// selectCandidate returns the index of the candidate to use for one trait. It
// returns false if the candidates contradict each other.
func selectCandidate(keys []sortKey) (index int, ok bool) {
	strong, low, high := 0, keys[0].level(), keys[0].level()
	for i, k := range keys {
		low, high = min(low, k.level()), max(high, k.level())
		if k.strength() == keys[0].strength() {
			strong = i + 1 // number of candidates that are not outranked
		}
	}
	if high-low >= maxSpread {
		return 0, false
	}
	median := keys[(strong-1)/2].level()
	index = math.MaxInt
	for _, k := range keys {
		if k.level() == median {
			index = min(index, k.index())
		}
	}
	return index, true
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
			found = append(found, candidateHint{rule.traitIndex, false, Hint{Trait: rule.Trait, Level: level, Source: rule.Field, Words: value, Rule: rule.ID}})
		}
	}
	return found
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
				return func(f *catalog.Facts) string { return formatBool(*at(f)) }
			}
		}
	}
	return nil
}

func formatBool(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "true"
	default:
		return "false"
	}
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
