package rating

import "math"

// Gear is the recommended harness, backpack and kit.
type Gear struct {
	Styles        []string // suitable harness styles, best first
	StyleReasons  []string // codes of the rules that chose the styles
	SideFastening bool     // nothing is pulled over the head
	Adjustable    bool
	Never         []string
	Size          string // empty until the girth is measured
	SizeNote      string // how to read the size, or a request to measure
	Fit           string
	Backpack      Backpack
	OutingKit     []string
}

// Backpack is the minimum size of a carrying backpack.
type Backpack struct {
	MinLoadKg         *float64 // nil until the cat is weighed
	MinInsideLengthCm *float64 // from the body length; nil if it is not measured
	InsideCm          *[3]int  // length, width and height from the weight, if the length is not measured
	Note              string
	Features          []string
}

// Conditions holds the weather limits for the cat in °C, and rules for every
// activity outside. They are guidance and do not affect the score.
type Conditions struct {
	PavementTestSeconds  int
	NoAsphaltFromC       int // in the sun
	NoWalksFromC         int
	BackpackShortFromC   int // from this temperature at most BackpackShortMinutes
	BackpackShortMinutes int
	NoBackpackFromC      int
	ShortBelowC          int
	NoneBelowC           int
	StricterFor          []string // codes of gates that tighten the limits
	Rules                []string
}

// StopSigns lists the signs to end an activity, and how to respond.
type StopSigns struct{ Signs, Response []string }

func (r *Rubric) gearFor(cat Cat, e *evidence, gates *openGates) Gear {
	rules := &r.doc.Gear
	g := Gear{Never: rules.Never, Fit: rules.Fit, OutingKit: rules.OutingKit}
	for i := range rules.StyleRules {
		rule := &rules.StyleRules[i]
		if !r.applies(&rule.modifierRow, cat, e, gates) {
			continue
		}
		g.StyleReasons = append(g.StyleReasons, rule.Code)
		if g.Styles == nil {
			g.Styles = rule.Styles
		}
		g.SideFastening = g.SideFastening || rule.SideFastening
		g.Adjustable = g.Adjustable || rule.Adjustable
	}
	if g.Styles == nil {
		g.Styles = rules.DefaultStyles
	}
	g.Size, g.SizeNote = r.harnessSize(cat)
	g.Backpack = r.backpackFor(cat)
	return g
}

// applies reports whether a modifier applies to the cat.
func (r *Rubric) applies(m *modifierRow, cat Cat, e *evidence, gates *openGates) bool {
	if m.Trait != "" && e.estimate[r.traitIndex[m.Trait]] < tenths(m.Below) {
		return true
	}
	for _, code := range m.Gates {
		if gates.hasFailed(code, "") {
			return true
		}
	}
	for _, fact := range m.Facts {
		if fact == "long_coat" && isTrue(cat.LongCoat) || fact == "warm_climate" && isTrue(cat.WarmClimate) {
			return true
		}
	}
	return false
}

func isTrue(b *bool) bool { return b != nil && *b }

func (r *Rubric) harnessSize(cat Cat) (size, note string) {
	rules := &r.doc.Gear
	if cat.GirthCm == nil {
		return "", rules.AskGirth
	}
	for _, s := range rules.Sizes {
		if s.BelowCm == 0 || *cat.GirthCm < s.BelowCm {
			if s.Note != "" {
				return s.Code, s.Note + " " + rules.SizeNote
			}
			return s.Code, rules.SizeNote
		}
	}
	return "", rules.AskGirth
}

func (r *Rubric) backpackFor(cat Cat) Backpack {
	rules := &r.doc.Gear.Backpack
	b := Backpack{Features: rules.Features}
	if cat.BodyLengthCm != nil {
		b.MinInsideLengthCm = new(*cat.BodyLengthCm + rules.LengthMargin)
	}
	if cat.WeightKg == nil {
		return b
	}
	b.MinLoadKg = new(math.Ceil(float64(float64(*cat.WeightKg*rules.LoadFactor)*10)-roundingEpsilon) / 10)
	for i := range rules.Sizes {
		if s := &rules.Sizes[i]; s.BelowKg == 0 || *cat.WeightKg < s.BelowKg {
			b.Note = s.Note
			if b.MinInsideLengthCm == nil {
				b.InsideCm = &s.InsideCm
			}
			break
		}
	}
	return b
}

func (r *Rubric) conditionsFor(gates *openGates) Conditions {
	d := &r.doc.Conditions
	c := Conditions{Rules: d.Rules, PavementTestSeconds: d.PavementTest, BackpackShortMinutes: d.BackpackShortMinutes}
	margin := 0
	for _, s := range d.StricterFor {
		if gates.hasFailed(s.Gate, s.Severity) {
			margin = d.StricterBy
			c.StricterFor = append(c.StricterFor, s.Gate)
		}
	}
	c.NoAsphaltFromC = d.NoAsphaltFrom - margin
	c.NoWalksFromC = d.NoWalksFrom - margin
	c.BackpackShortFromC = d.BackpackShortFrom - margin
	c.NoBackpackFromC = d.NoBackpackFrom - margin
	c.ShortBelowC = d.ShortBelow + margin
	c.NoneBelowC = d.NoneBelow + margin
	return c
}
