package rating

import (
	"fmt"
	"slices"
	"strings"
)

// gate is a row of the gate table, ready to check.
type gate struct {
	row        *gateRow
	derived    bool
	severities []string
	variants   []variant
	strictest  variant // what a failed item without severity counts as
	unknown    variant
	hearsay    variant // unknown, but that a listing reports it to be ok
}

// variant is a gate's effects on every activity, in order.
type variant struct {
	severity    string
	effects     []GateEffect
	stopsIndoor bool
	lapsesAfter int
	rule        *derivedRule
	advice      string
}

var strictness = []Effect{EffectNone, EffectCaution, EffectRestricted, EffectResolveFirst, EffectHold}

func (r *Rubric) compileGates() error {
	r.gateIndex = map[string]int{}
	for i := range r.doc.Gates {
		row := &r.doc.Gates[i]
		r.gateIndex[row.Code] = i
		g := gate{row: row}
		for j := range row.Variants {
			v, err := r.compileVariant(row, &row.Variants[j])
			if err != nil {
				return fmt.Errorf("gate %s: %w", row.Code, err)
			}
			g.derived = g.derived || v.rule != nil
			if v.severity != "" {
				g.severities = append(g.severities, v.severity)
			}
			g.strictest = stricter(g.strictest, v)
			g.variants = append(g.variants, v)
		}
		unknown, err := r.effects(row.Unknown, nil)
		if err != nil {
			return fmt.Errorf("gate %s: unknown: %w", row.Code, err)
		}
		g.unknown = variant{effects: unknown, advice: strings.TrimSpace(row.Title + ": not known. " + row.UnknownAdvice)}
		g.hearsay = variant{effects: unknown, advice: row.Title + ": fine, says the listing; nobody has verified it."}
		r.gates = append(r.gates, g)
	}
	for _, g := range r.gates {
		if other := g.row.UnknownFineIf; other != "" && !slices.ContainsFunc(r.gates, func(x gate) bool { return x.row.Code == other }) {
			return fmt.Errorf("gate %s: unknown gate %q", g.row.Code, other)
		}
	}
	return nil
}

func (r *Rubric) compileVariant(row *gateRow, v *variantRow) (variant, error) {
	effects, err := r.effects(v.Effects, v.Limits)
	if err != nil {
		return variant{}, err
	}
	rule := v.Derived
	if rule == nil {
		rule = row.Derived
	}
	lapses := v.LapsesAfter
	if lapses == 0 {
		lapses = row.LapsesAfter
	}
	out := variant{severity: v.Severity, effects: effects, stopsIndoor: v.StopsIndoorSteps, lapsesAfter: lapses, rule: rule}
	out.advice = row.Title + ": take care."
	for _, e := range effects {
		if e.Limit != "" {
			out.advice = row.Title + ": " + e.Limit
			break
		}
	}
	return out, nil
}

func (r *Rubric) effects(by map[string]Effect, limits map[string]string) ([]GateEffect, error) {
	all := make([]GateEffect, len(r.doc.Activities))
	for i, a := range r.doc.Activities {
		effect := by[a.Code]
		if !slices.Contains(strictness, effect) {
			return nil, fmt.Errorf("effect %q on %s", effect, a.Code)
		}
		all[i] = GateEffect{Activity: a.Code, Effect: effect, Limit: limits[a.Code]}
	}
	return all, nil
}

// stricter merges two variants, activity by activity, to the stricter effect.
// It neither lapses nor has a severity of its own unless it is the only one.
func stricter(a, b variant) variant {
	if a.effects == nil {
		return b
	}
	merged := variant{effects: slices.Clone(a.effects), stopsIndoor: a.stopsIndoor || b.stopsIndoor, advice: a.advice}
	for i := range merged.effects {
		if slices.Index(strictness, b.effects[i].Effect) > slices.Index(strictness, merged.effects[i].Effect) {
			merged.effects[i] = b.effects[i]
		}
	}
	return merged
}
