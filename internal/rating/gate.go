package rating

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// gate is a compiled row of the rubric's gates.
type gate struct {
	row        *gateRow
	derived    bool // opened by the cat's age or moving day
	severities []string
	variants   []variant
	strictest  variant // for a failed item without severity
	unknown    variant
	unverified variant // for an ok item that only a listing reports
	atAdoption variant // for what the shelter does at adoption
}

// variant holds the effects of a gate on every activity, in order.
type variant struct {
	severity    string
	effects     []GateEffect
	stopsIndoor bool
	noOutings   bool // restricted activities are for indoors
	lapsesAfter int  // days; 0 for never
	rule        *derivedRule
	advice      string
	resolution  Resolution
	askShelter  string // advice for adopters
}

// strictness lists the effects, least strict first.
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
			g.strictest = stricterOf(g.strictest, v)
			g.variants = append(g.variants, v)
		}
		unknown, err := r.compileEffects(row.Unknown, nil)
		if err != nil {
			return fmt.Errorf("gate %s: unknown: %w", row.Code, err)
		}
		g.unknown = variant{effects: unknown, advice: strings.TrimSpace(row.Title + ": not known. " + row.UnknownAdvice), askShelter: cmp.Or(row.UnknownAdopterAdvice, row.AdopterAdvice)}
		g.unverified = variant{effects: unknown, advice: row.Title + ": fine, says the listing; nobody has verified it.", askShelter: row.AdopterAdvice}
		g.atAdoption = variant{effects: unknown, advice: row.Title + ": " + row.AtAdoption, askShelter: row.Title + ": " + row.AtAdoption}
		if row.Resolution != "" {
			g.unknown.resolution, g.unverified.resolution, g.atAdoption.resolution = ResolutionSettle, ResolutionSettle, ResolutionSettle
		}
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
	effects, err := r.compileEffects(v.Effects, v.Limits)
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
	out := variant{
		severity: v.Severity, effects: effects, stopsIndoor: v.StopsIndoorSteps, noOutings: v.NoOutings, lapsesAfter: lapses, rule: rule,
		resolution: cmp.Or(v.Resolution, row.Resolution), askShelter: cmp.Or(v.AdopterAdvice, row.AdopterAdvice),
	}
	if advice := cmp.Or(v.Advice, row.Advice); advice != "" {
		out.advice = row.Title + ": " + advice
		return out, nil
	}
	out.advice = row.Title + ": take care."
	for _, e := range effects {
		if e.Limit != "" {
			out.advice = row.Title + ": " + e.Limit
			break
		}
	}
	return out, nil
}

// compileEffects returns the effects on every activity, given by activity code.
func (r *Rubric) compileEffects(byCode map[string]Effect, limits map[string]string) ([]GateEffect, error) {
	all := make([]GateEffect, len(r.doc.Activities))
	for i, a := range r.doc.Activities {
		effect := byCode[a.Code]
		if !slices.Contains(strictness, effect) {
			return nil, fmt.Errorf("unknown effect %q on %s", effect, a.Code)
		}
		all[i] = GateEffect{Activity: a.Code, Effect: effect, Limit: limits[a.Code]}
	}
	return all, nil
}

// stricterOf merges two variants to the stricter effect on each activity. The
// merged variant neither lapses nor has a severity; a zero a returns b as it is.
func stricterOf(a, b variant) variant {
	if a.effects == nil {
		return b
	}
	merged := variant{
		effects: slices.Clone(a.effects), stopsIndoor: a.stopsIndoor || b.stopsIndoor, advice: a.advice,
		resolution: a.resolution, askShelter: a.askShelter,
	}
	for i := range merged.effects {
		if slices.Index(strictness, b.effects[i].Effect) > slices.Index(strictness, merged.effects[i].Effect) {
			merged.effects[i] = b.effects[i]
		}
	}
	return merged
}

// The facts that a derived gate may depend on.
const (
	factAgeWeeks   = "age_weeks"
	factAgeYears   = "age_years"
	factDaysInHome = "days_in_home"
)

// isMet reports whether the cat's age or moving day opens the gate. An unknown
// fact opens none.
func (rule *derivedRule) isMet(cat Cat, asOf Day) bool {
	var n int
	switch rule.Fact {
	case factAgeWeeks:
		if cat.Born == 0 {
			return false
		}
		n = int(asOf-cat.Born) / daysPerWeek
	case factAgeYears:
		return rule.Above != nil && cat.olderThan(*rule.Above, asOf)
	case factDaysInHome:
		if cat.HomeSince == 0 {
			return false
		}
		n = int(asOf - cat.HomeSince)
	default:
		return false
	}
	return n >= rule.From && (rule.Below == nil || n < *rule.Below)
}

// itemStatus returns the status of an item on a day, and whether its validity has
// expired. A temporary failure is over after the gate's number of days, or after
// the day that the vet gave.
func (g *gate) itemStatus(item *HealthItem, senior bool, asOf Day) (status HealthStatus, expired bool) {
	on := item.HappenedOn
	if on == 0 {
		on = item.VerifiedOn
	}
	past := item.ValidUntil != 0 && item.ValidUntil < asOf
	switch item.Status {
	case HealthOK:
		goodFor := g.row.GoodFor
		if senior {
			goodFor = g.row.SeniorGoodFor
		}
		if past || goodFor > 0 && on != 0 && int(asOf-on) > goodFor {
			return HealthFail, true
		}
		return HealthOK, false
	case HealthFail:
		lapses := g.lapsesAfter(item)
		switch {
		case lapses == 0:
			return HealthFail, past
		case item.ValidUntil != 0 && past, item.ValidUntil == 0 && on != 0 && int(asOf-on) >= lapses:
			return HealthOK, false
		default:
			return HealthFail, false
		}
	case HealthNotApplicable:
		return HealthNotApplicable, false
	case HealthAtAdoption:
		if g.row.AtAdoption != "" {
			return HealthAtAdoption, false
		}
		return HealthUnknown, false
	case HealthUnknown:
		return HealthUnknown, false
	default:
		return HealthUnknown, false
	}
}

// lapsesAfter returns the days after which a failed item is over, 0 for never.
func (g *gate) lapsesAfter(item *HealthItem) int {
	if i := g.variantIndex(item, false); i < len(g.variants) {
		return g.variants[i].lapsesAfter
	}
	return 0
}

// variantIndex returns the index of the variant that an item selects. It returns
// len(variants), for the strictest, if the severity is unknown or has expired.
func (g *gate) variantIndex(item *HealthItem, expired bool) int {
	if len(g.variants) == 1 {
		return 0
	}
	for j := range g.variants {
		if g.variants[j].severity == item.Severity && !expired {
			return j
		}
	}
	return len(g.variants)
}

// endOf returns the first day on which a failed item is over by itself, and 0 if it
// does not end or the day is not known.
func (g *gate) endOf(item *HealthItem) Day {
	lapses := g.lapsesAfter(item)
	on := cmp.Or(item.HappenedOn, item.VerifiedOn)
	switch {
	case lapses == 0:
		return 0
	case item.ValidUntil != 0:
		return item.ValidUntil + 1
	case on != 0:
		return on + Day(lapses)
	default:
		return 0
	}
}

// end returns the first day on which the rule is no longer met, and 0 if it never
// ends by itself.
func (rule *derivedRule) end(cat Cat) Day {
	switch {
	case rule.Below == nil:
		return 0
	case rule.Fact == factAgeWeeks:
		return cat.Born + Day(*rule.Below*daysPerWeek)
	default:
		return cat.HomeSince + Day(*rule.Below)
	}
}

// gateItems combines all items of one gate.
type gateItems struct {
	failed, expired         uint64 // bits by variant; the bit after the last is the strictest
	endsOn                  Day    // of the last failure that ends by itself; 0 if none does or its day is not known
	unknown, ok, atAdoption bool
	reportedOnly            bool // no person recorded an item; the listing may have
}

// combineItems combines the items of the gate. If a person recorded any, reports
// of the listing are left out.
func (g *gate) combineItems(health []HealthItem, senior bool, asOf Day) gateItems {
	items := gateItems{reportedOnly: !recordedByPerson(health, g.row.Code)}
	for i := range health {
		item := &health[i]
		if item.Code != g.row.Code || item.Reported && !items.reportedOnly {
			continue
		}
		status, expired := g.itemStatus(item, senior, asOf)
		bit := uint64(1) << g.variantIndex(item, expired)
		switch status {
		case HealthUnknown:
			items.unknown = true
		case HealthFail:
			items.failed |= bit
			items.endsOn = max(items.endsOn, g.endOf(item))
		case HealthAtAdoption:
			items.atAdoption = true
		case HealthOK, HealthNotApplicable:
			items.ok = true
		}
		if expired {
			items.expired |= bit
		}
	}
	return items
}

// recordedByPerson reports whether a person recorded an item of the code.
func recordedByPerson(health []HealthItem, code string) bool {
	for i := range health { // by index: items are large, and every gate scans all
		if health[i].Code == code && !health[i].Reported {
			return true
		}
	}
	return false
}

// isFine reports whether a gate is fine although its own status is unknown.
func (g *gate) isFine(cat Cat, health []HealthItem) bool {
	other := g.row.UnknownFineIf
	return g.row.FineForMales && cat.Male ||
		other != "" && isOK(health, other, g.row.ReportedOK && !recordedByPerson(health, other))
}

// isOK reports whether all items of a code are ok, and there is one. Those that the
// listing reports are left out unless reported is set.
func isOK(health []HealthItem, code string, reported bool) bool {
	ok := false
	for i := range health {
		if health[i].Code != code || health[i].Reported && !reported {
			continue
		}
		if health[i].Status != HealthOK {
			return false
		}
		ok = true
	}
	return ok
}

// openGates holds the gates that are open on a day, and their combined state for
// each activity.
type openGates struct {
	stateOnly bool // leave gates and cautions empty
	gates     []Gate
	variants  []*variant  // by gate
	state     []gateState // by activity
	cautions  []Advice
}

// gateState combines all open gates for one activity.
type gateState struct {
	hold, stopsIndoor, restricted, resolveFirst, unverified bool
	noOutings                                               bool // what is not on hold is for indoors
}

// forbidsOutings reports whether something must end or be settled before the activity
// is done outdoors.
func (s gateState) forbidsOutings() bool { return s.hold || s.resolveFirst || s.noOutings }

func (s gateState) clearance() Clearance {
	switch {
	case s.hold:
		return ClearanceHold
	case s.restricted:
		return ClearanceRestricted
	case s.resolveFirst || s.unverified:
		return ClearanceUnverified
	default:
		return ClearanceClear
	}
}

// evaluateGates adds the gates that are open for a cat to open, whose state has
// an element for each activity.
func (r *Rubric) evaluateGates(open *openGates, cat Cat, health []HealthItem, asOf Day) {
	senior := r.isSenior(cat, asOf)
	for i := range r.gates {
		g := &r.gates[i]
		if !g.derived {
			open.addReported(g, cat, health, senior, asOf)
			continue
		}
		for j := range g.variants {
			if v := &g.variants[j]; v.rule.isMet(cat, asOf) {
				open.addGate(g, v, gateStatus{HealthFail, false, false, v.rule.end(cat)})
			}
		}
	}
}

// addReported opens a gate according to its health items. The most careful item
// decides: a failure before an unknown, an unknown before an ok.
func (open *openGates) addReported(g *gate, cat Cat, health []HealthItem, senior bool, asOf Day) {
	if weeks := g.row.FromAgeWeeks; weeks > 0 && cat.youngerThan(weeks, asOf) {
		return
	}
	items := g.combineItems(health, senior, asOf)
	switch strictest := uint64(1) << len(g.variants); {
	case items.failed&strictest != 0:
		open.addGate(g, &g.strictest, gateStatus{HealthFail, items.expired&strictest != 0, items.reportedOnly, items.endsOn})
	case items.failed != 0:
		for j := range g.variants {
			if bit := uint64(1) << j; items.failed&bit != 0 {
				open.addGate(g, &g.variants[j], gateStatus{HealthFail, items.expired&bit != 0, items.reportedOnly, items.endsOn})
			}
		}
	case items.atAdoption && !items.unknown:
		open.addGate(g, &g.atAdoption, gateStatus{HealthAtAdoption, false, false, 0})
	case items.ok && !items.reportedOnly && !items.unknown:
	case g.isFine(cat, health):
	case items.ok && !items.unknown:
		open.addGate(g, &g.unverified, gateStatus{HealthOK, false, true, 0})
	default:
		open.addGate(g, &g.unknown, gateStatus{HealthUnknown, false, false, 0})
	}
}

// gateStatus says why a gate is open.
type gateStatus struct {
	status            HealthStatus
	expired, reported bool
	endsOn            Day
}

func (open *openGates) addGate(g *gate, v *variant, why gateStatus) {
	hasEffect, careful := false, false
	for i, e := range v.effects {
		s := &open.state[i]
		hasEffect = hasEffect || e.Effect != EffectNone
		s.unverified = s.unverified || e.Effect != EffectNone && (why.status != HealthFail || v.resolution == ResolutionSettle)
		switch e.Effect {
		case EffectHold:
			s.hold = true
			s.stopsIndoor = s.stopsIndoor || v.stopsIndoor
		case EffectResolveFirst:
			s.resolveFirst = true
		case EffectRestricted:
			s.restricted, careful = true, true
			s.noOutings = s.noOutings || v.noOutings
		case EffectCaution:
			careful = true
		case EffectNone:
		}
	}
	if !hasEffect || open.stateOnly {
		return
	}
	open.gates = append(open.gates, Gate{
		Code: g.row.Code, Title: g.row.Title, Severity: v.severity, Status: why.status, Expired: why.expired, Reported: why.reported,
		FailsWhen: g.row.FailsWhen, Advice: v.advice, Effects: v.effects,
		Resolution: v.resolution, EndsOn: 0, AdopterAdvice: v.askShelter,
	})
	open.variants = append(open.variants, v)
	if v.resolution == ResolutionWait {
		open.gates[len(open.gates)-1].EndsOn = why.endsOn
	}
	if careful && (why.status != HealthOK || v.resolution == "") { // older rubrics also warn of what the listing calls fine
		open.cautions = append(open.cautions, Advice{Code: g.row.Code, Text: v.advice})
	}
}

// blocks reports whether the variant forbids an activity outdoors.
func (v *variant) blocks(activity int) bool {
	switch v.effects[activity].Effect {
	case EffectHold, EffectResolveFirst:
		return true
	case EffectRestricted:
		return v.noOutings
	case EffectCaution, EffectNone:
	}
	return false
}

// derivedUntil returns the first day from a day on that no gate that is derived from
// the cat's age or moving day blocks an activity, and the titles of those that do before.
func (r *Rubric) derivedUntil(activity int, cat Cat, day Day) (until Day, titles []string) {
	for i := 0; i < len(r.gates); i++ {
		for j := range r.gates[i].variants {
			v := &r.gates[i].variants[j]
			if v.rule == nil || !v.blocks(activity) || !v.rule.isMet(cat, day) {
				continue
			}
			if end := v.rule.end(cat); end > day {
				titles = append(titles, r.gates[i].row.Title)
				day, i = end, -1 // another gate may follow
				break
			}
		}
	}
	return day, titles
}

// hasFailed reports whether a gate is open because it failed, with the given
// severity unless that is empty.
func (open *openGates) hasFailed(code, severity string) bool {
	for i := range open.gates {
		g := &open.gates[i]
		if g.Code == code && g.Status == HealthFail && (severity == "" || g.Severity == severity || g.Severity == "") {
			return true
		}
	}
	return false
}
