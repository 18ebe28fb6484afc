package rating

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
		if health[i].Code != code || health[i].Reported {
			continue
		}
		if health[i].Status != HealthOK {
			return false
		}
		ok = true
	}
	return ok
}
