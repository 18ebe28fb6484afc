package rating

import "math"

// Gear is what to buy and how it should fit.
type Gear struct {
	Styles        []string // harness styles that suit, best first
	StyleReasons  []string // codes of the rules that chose them
	SideFastening bool     // nothing over the head
	Adjustable    bool
	Never         []string
	Size          string // empty until the girth is measured
	SizeNote      string // how to read the size, or the wish to measure
	Fit           string
	Backpack      Backpack
	OutingKit     []string
}

// Backpack is what a carrying backpack must at least be.
type Backpack struct {
	MinLoadKg         *float64 // nil until the cat is weighed
	MinInsideLengthCm *float64 // from the body length, if measured
	InsideCm          *[3]int  // length, width, height by weight, if the length is not measured
	Note              string
	Features          []string
}

func (r *Rubric) gear(cat Cat, e *evidence, gates *openGates) Gear {
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
	g.Backpack = r.backpack(cat)
	return g
}

// applies says whether a rule about a trait, a gate or a fact is met.
func (r *Rubric) applies(m *modifierRow, cat Cat, e *evidence, gates *openGates) bool {
	if m.Trait != "" && e.estimate[r.traitIndex[m.Trait]] < tenths(m.Below) {
		return true
	}
	for _, code := range m.Gates {
		if gates.failed(code, "") {
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

func (r *Rubric) backpack(cat Cat) Backpack {
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
