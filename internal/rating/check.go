package rating

import (
	"fmt"
	"strconv"
)

// Fault is one thing wrong with input. Path is a JSON pointer from the input's
// root, as /observations/3/level.
type Fault struct{ Path, Code, Message string }

// The codes of faults. Those of observations also say why one was ignored.
const (
	FaultRequired       = "required"
	FaultOutOfRange     = "out_of_range"
	FaultUnknownTrait   = "unknown_trait"
	FaultUnknownRole    = "unknown_role"
	FaultUnknownContext = "unknown_context"
	FaultMayNotAssess   = "role_may_not_assess"
	FaultNotInContext   = "not_in_context"
	FaultTooEarly       = "too_early_in_place"
	FaultFuture         = "in_the_future"
	FaultBeforeBirth    = "before_birth"
	FaultDuplicate      = "duplicate"
	FaultExpired        = "expired"
	FaultUnknownCode    = "unknown_code"
	FaultUnknownStatus  = "unknown_status"
	FaultUnknownVariant = "unknown_severity"
)

// Check lists every fault of new input, so that a caller can mend all of it
// at once. Good input has none. Rate accepts faulty input too and leaves out
// the observations that Check would refuse, but for duplicate ids and dates
// before birth.
func (r *Rubric) Check(cat Cat, observations []Observation, health []HealthItem, asOf Day) []Fault {
	var bad []Fault
	bad = append(bad, cat.faults(asOf)...)
	ids := map[string]bool{}
	for i := range observations {
		at := "/observations/" + strconv.Itoa(i)
		o := &observations[i]
		bad = append(bad, r.observationFaults(at, cat, o, asOf)...)
		if o.ID != "" && ids[o.ID] {
			bad = append(bad, Fault{at + "/id", FaultDuplicate, fmt.Sprintf("%q is already used by another observation; give each its own", o.ID)})
		}
		ids[o.ID] = true
	}
	reported := map[string]bool{}
	for i := range health {
		at := "/health/" + strconv.Itoa(i)
		bad = append(bad, r.healthFaults(at, &health[i], asOf)...)
		if key := health[i].Code + " " + health[i].Severity; reported[key] {
			bad = append(bad, Fault{at + "/code", FaultDuplicate, health[i].Code + " is reported twice; send one item"})
		} else {
			reported[key] = true
		}
	}
	return bad
}

func (c Cat) faults(asOf Day) []Fault {
	var bad []Fault
	if c.Born > asOf {
		bad = append(bad, Fault{"/cat/born", FaultFuture, "is after " + asOf.String()})
	}
	if c.HomeSince > asOf {
		bad = append(bad, Fault{"/cat/home_since", FaultFuture, "is after " + asOf.String()})
	}
	for _, m := range []struct {
		name  string
		value *float64
		most  float64
	}{{"weight_kg", c.WeightKg, 30}, {"girth_cm", c.GirthCm, 100}, {"body_length_cm", c.BodyLengthCm, 120}} {
		if m.value != nil && (!(*m.value > 0) || *m.value > m.most) {
			bad = append(bad, Fault{"/cat/" + m.name, FaultOutOfRange, fmt.Sprintf("is not above 0 and up to %g; leave it out if not measured", m.most)})
		}
	}
	return bad
}

// faultList collects the faults of one item of input.
type faultList struct {
	at     string
	faults []Fault
}

func (l *faultList) add(field, code, message string, args ...any) {
	l.faults = append(l.faults, Fault{l.at + "/" + field, code, fmt.Sprintf(message, args...)})
}
