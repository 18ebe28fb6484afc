package rating

// gateStatus is how a gate was found to stand.
type gateStatus struct {
	status            HealthStatus
	expired, reported bool
}

func (out *openGates) add(g *gate, v *variant, found gateStatus) {
	bears, careful := false, false
	for i, e := range v.effects {
		s := &out.state[i]
		bears = bears || e.Effect != EffectNone
		s.unverified = s.unverified || found.status != HealthFail && e.Effect != EffectNone
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
	if !bears || out.brief {
		return
	}
	out.open = append(out.open, Gate{
		Code: g.row.Code, Title: g.row.Title, Severity: v.severity, Status: found.status, Expired: found.expired, Reported: found.reported,
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
