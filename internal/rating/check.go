package rating

import (
	"fmt"
	"strconv"
)

// FieldError is one thing wrong with input. Path is a JSON pointer from the input's
// root, as /observations/3/level.
type FieldError struct{ Path, Code, Message string }

// The codes of faults. Those of observations also say why one was ignored.
const (
	CodeRequired       = "required"
	CodeOutOfRange     = "out_of_range"
	CodeUnknownTrait   = "unknown_trait"
	CodeUnknownRole    = "unknown_role"
	CodeUnknownContext = "unknown_context"
	CodeMayNotAssess   = "role_may_not_assess"
	CodeNotInContext   = "not_in_context"
	CodeTooEarly       = "too_early_in_place"
	CodeFuture         = "in_the_future"
	CodeBeforeBirth    = "before_birth"
	CodeDuplicate      = "duplicate"
	CodeExpired        = "expired"
	CodeUnknownCode    = "unknown_code"
	CodeUnknownStatus  = "unknown_status"
	CodeUnknownVariant = "unknown_severity"
)

// Check lists every fault of new input, so that a caller can mend all of it
// at once. Good input has none. Rate accepts faulty input too and leaves out
// the observations that Check would refuse, but for duplicate ids and dates
// before birth.
func (r *Rubric) Check(cat Cat, observations []Observation, health []HealthItem, asOf Day) []FieldError {
	var bad []FieldError
	bad = append(bad, cat.faults(asOf)...)
	ids := map[string]bool{}
	for i := range observations {
		at := "/observations/" + strconv.Itoa(i)
		o := &observations[i]
		bad = append(bad, r.observationFaults(at, cat, o, asOf)...)
		if o.ID != "" && ids[o.ID] {
			bad = append(bad, FieldError{at + "/id", CodeDuplicate, fmt.Sprintf("%q is already used by another observation; give each its own", o.ID)})
		}
		ids[o.ID] = true
	}
	reported := map[string]bool{}
	for i := range health {
		at := "/health/" + strconv.Itoa(i)
		bad = append(bad, r.healthFaults(at, &health[i], asOf)...)
		if key := health[i].Code + " " + health[i].Severity; reported[key] {
			bad = append(bad, FieldError{at + "/code", CodeDuplicate, health[i].Code + " is reported twice; send one item"})
		} else {
			reported[key] = true
		}
	}
	return bad
}

func (c Cat) faults(asOf Day) []FieldError {
	var bad []FieldError
	if c.Born > asOf {
		bad = append(bad, FieldError{"/cat/born", CodeFuture, "is after " + asOf.String()})
	}
	if c.HomeSince > asOf {
		bad = append(bad, FieldError{"/cat/home_since", CodeFuture, "is after " + asOf.String()})
	}
	for _, m := range []struct {
		name  string
		value *float64
		most  float64
	}{{"weight_kg", c.WeightKg, 30}, {"girth_cm", c.GirthCm, 100}, {"body_length_cm", c.BodyLengthCm, 120}} {
		if m.value != nil && (!(*m.value > 0) || *m.value > m.most) {
			bad = append(bad, FieldError{"/cat/" + m.name, CodeOutOfRange, fmt.Sprintf("is not above 0 and up to %g; leave it out if not measured", m.most)})
		}
	}
	return bad
}

// faultList collects the faults of one item of input.
type faultList struct {
	at     string
	faults []FieldError
}

func (l *faultList) add(field, code, message string, args ...any) {
	l.faults = append(l.faults, FieldError{l.at + "/" + field, code, fmt.Sprintf(message, args...)})
}
