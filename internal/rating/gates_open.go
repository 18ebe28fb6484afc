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
