package rating

// openGates are the gates that stand open on a day, and what they amount to
// for each activity.
type openGates struct {
	brief bool // only the state is wanted
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
	r.open(&out, cat, health, asOf)
	return out
}

func (r *Rubric) open(out *openGates, cat Cat, health []HealthItem, asOf Day) {
	senior := r.senior(cat, asOf)
	for i := range r.gates {
		g := &r.gates[i]
		if g.derived {
			for j := range g.variants {
				if v := &g.variants[j]; v.rule.holds(cat, asOf) {
					out.add(g, v, gateStatus{HealthFail, false, false})
				}
			}
			continue
		}
		out.addReported(g, cat, health, senior, asOf)
	}
}

// addReported opens a gate from what was reported. Of several reports the
// careful one counts: a failure outweighs an unknown, an unknown a fine. What a
// person verified outweighs all that a listing says.
func (out *openGates) addReported(g *gate, cat Cat, health []HealthItem, senior bool, asOf Day) {
	if weeks := g.row.FromAgeWeeks; weeks > 0 && youngerThan(cat, weeks, asOf) {
		return
	}
	t := g.tally(health, senior, asOf)
	switch last := uint64(1) << len(g.variants); {
	case t.failed&last != 0:
		out.add(g, &g.strictest, gateStatus{HealthFail, t.expired&last != 0, t.hearsay})
	case t.failed != 0:
		for j := range g.variants {
			if bit := uint64(1) << j; t.failed&bit != 0 {
				out.add(g, &g.variants[j], gateStatus{HealthFail, t.expired&bit != 0, t.hearsay})
			}
		}
	case t.fine && !t.hearsay && !t.unknown:
	case g.row.UnknownFineIf != "" && isOK(health, g.row.UnknownFineIf):
	case t.fine && !t.unknown:
		out.add(g, &g.hearsay, gateStatus{HealthOK, false, true})
	default:
		out.add(g, &g.unknown, gateStatus{HealthUnknown, false, false})
	}
}

// gateItems is what all items of one gate amount to.
type gateItems struct {
	failed, expired uint64 // bits by variant; the bit past the last is the strictest
	unknown, fine   bool
	hearsay         bool // no person spoke of it: the listing did
}

func (g *gate) tally(health []HealthItem, senior bool, asOf Day) gateItems {
	t := gateItems{hearsay: !reportedByPerson(health, g.row.Code)}
	for i := range health {
		item := &health[i]
		if item.Code != g.row.Code || item.Reported && !t.hearsay {
			continue
		}
		status, ranOut := g.read(item, senior, asOf)
		bit := uint64(1) << g.variantOf(item, ranOut)
		switch status {
		case HealthUnknown:
			t.unknown = true
		case HealthFail:
			t.failed |= bit
		case HealthOK, HealthNotApplicable:
			t.fine = true
		}
		if ranOut {
			t.expired |= bit
		}
	}
	return t
}

// reportedByPerson says whether a person said anything about a line.
func reportedByPerson(health []HealthItem, code string) bool {
	for i := range health { // by index: an item is large, and each gate asks for all
		if health[i].Code == code && !health[i].Reported {
			return true
		}
	}
	return false
}
