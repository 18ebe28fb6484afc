package rating

// openGates are the gates that stand open on a day, and what they amount to
// for each activity.
type openGates struct {
	open  []Gate
	state []gateState
	care  []Advice
}

// gateState is the sum of all open gates for one activity.
type gateState struct {
	hold, stopsIndoor, restricted, resolveFirst, unverified bool
}

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

func (r *Rubric) openGates(cat Cat, health []HealthItem, asOf Day) openGates {
	out := openGates{state: make([]gateState, len(r.activities)), open: make([]Gate, 0, 4)}
	senior := r.senior(cat, asOf)
	for i := range r.gates {
		g := &r.gates[i]
		if g.derived {
			for j := range g.variants {
				if v := &g.variants[j]; v.rule.holds(cat, asOf) {
					out.add(g, v, HealthFail, false)
				}
			}
			continue
		}
		out.addReported(g, cat, health, senior, asOf)
	}
	return out
}

// addReported opens a gate from what was reported. Of several reports the
// careful one counts: a failure outweighs an unknown, an unknown a fine.
func (out *openGates) addReported(g *gate, cat Cat, health []HealthItem, senior bool, asOf Day) {
	if weeks := g.row.FromAgeWeeks; weeks > 0 && youngerThan(cat, weeks, asOf) {
		return
	}
	var failed, expired uint64 // bits by variant; the bit past the last is the strictest
	unknown, reported := false, false
	for i := range health {
		item := &health[i]
		if item.Code != g.row.Code {
			continue
		}
		reported = true
		status, ranOut := g.read(item, senior, asOf)
		bit := uint64(1) << g.variantOf(item, ranOut)
		unknown = unknown || status == HealthUnknown
		if status == HealthFail {
			failed |= bit
		}
		if ranOut {
			expired |= bit
		}
	}
	switch last := uint64(1) << len(g.variants); {
	case failed&last != 0:
		out.add(g, &g.strictest, HealthFail, expired&last != 0)
	case failed != 0:
		for j := range g.variants {
			if bit := uint64(1) << j; failed&bit != 0 {
				out.add(g, &g.variants[j], HealthFail, expired&bit != 0)
			}
		}
	case unknown || !reported:
		if fine := g.row.UnknownFineIf; fine == "" || !isOK(health, fine) {
			out.add(g, &g.unknown, HealthUnknown, false)
		}
	}
}

// read says how an item stands on a day, and whether its validity ran out. An
// event that lapses is over after its time, or after the day the vet gave.
func (g *gate) read(item *HealthItem, senior bool, asOf Day) (status HealthStatus, ranOut bool) {
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
		lapses := g.lapses(item)
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
	case HealthUnknown:
		return HealthUnknown, false
	default:
		return HealthUnknown, false
	}
}

func (g *gate) lapses(item *HealthItem) int {
	if i := g.variantOf(item, false); i < len(g.variants) {
		return g.variants[i].lapsesAfter
	}
	return 0
}

// variantOf is the index of the variant an item fails by, or one past the
// last for the strictest: when no severity is known, or the paper for it ran out.
func (g *gate) variantOf(item *HealthItem, ranOut bool) int {
	if len(g.variants) == 1 {
		return 0
	}
	for j := range g.variants {
		if g.variants[j].severity == item.Severity && !ranOut {
			return j
		}
	}
	return len(g.variants)
}

func isOK(health []HealthItem, code string) bool {
	ok := false
	for i := range health {
		if health[i].Code != code {
			continue
		}
		if health[i].Status != HealthOK {
			return false
		}
		ok = true
	}
	return ok
}

func (out *openGates) add(g *gate, v *variant, status HealthStatus, expired bool) {
	bears, careful := false, false
	for i, e := range v.effects {
		s := &out.state[i]
		bears = bears || e.Effect != EffectNone
		s.unverified = s.unverified || status == HealthUnknown && e.Effect != EffectNone
		switch e.Effect {
		case EffectHold:
			s.hold = true
			s.stopsIndoor = s.stopsIndoor || v.stopsIndoor
		case EffectResolveFirst:
			s.resolveFirst = true
		case EffectRestricted:
			s.restricted, careful = true, true
		case EffectCaution:
			careful = true
		case EffectNone:
		}
	}
	if !bears {
		return
	}
	out.open = append(out.open, Gate{
		Code: g.row.Code, Title: g.row.Title, Severity: v.severity, Status: status, Expired: expired,
		FailsWhen: g.row.FailsWhen, Advice: v.advice, Effects: v.effects,
	})
	if careful {
		out.care = append(out.care, Advice{Code: g.row.Code, Text: v.advice})
	}
}

// failed says whether a gate stands open for sure, in the given severity if
// one is given.
func (out *openGates) failed(code, severity string) bool {
	for i := range out.open {
		g := &out.open[i]
		if g.Code == code && g.Status == HealthFail && (severity == "" || g.Severity == severity || g.Severity == "") {
			return true
		}
	}
	return false
}
