package rating

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// refuse is the code of the fault for which an observation does not count, or
// empty. An older rubric refuses roles and traits that came later.
func (r *Rubric) refuse(o *Observation, asOf Day) string {
	t, knownTrait := r.traitIndex[o.Trait]
	role, knownRole := r.roles[o.Role]
	context, knownContext := r.contexts[o.Context]
	switch {
	case !knownTrait:
		return FaultUnknownTrait
	case !knownRole:
		return FaultUnknownRole
	case !knownContext:
		return FaultUnknownContext
	case o.Level < 1 || o.Level > len(r.points):
		return FaultOutOfRange
	case o.ObservedOn > asOf:
		return FaultFuture
	case !r.traits[t].mayAssess[role]:
		return FaultMayNotAssess
	case r.traits[t].notIn[context], !r.roleKnows(role, o.Context):
		return FaultNotInContext
	case days(o) < r.traits[t].needsDays[role]:
		if r.traits[t].needsDays[role] > 0 {
			return FaultTooEarly
		}
	}
	return ""
}

func (r *Rubric) roleKnows(role int, context string) bool {
	only := r.doc.Roles[role].Contexts
	return len(only) == 0 || slices.Contains(only, context)
}

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
			bad = append(bad, Fault{at + "/code", FaultDuplicate, fmt.Sprintf("%s is reported twice; send one item", health[i].Code)})
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

func (r *Rubric) observationFaults(at string, cat Cat, o *Observation, asOf Day) []Fault {
	var bad []Fault
	add := func(field, code, message string, args ...any) {
		bad = append(bad, Fault{at + "/" + field, code, fmt.Sprintf(message, args...)})
	}
	t, knownTrait := r.traitIndex[o.Trait]
	role, knownRole := r.roles[o.Role]
	context, knownContext := r.contexts[o.Context]
	if !knownTrait {
		add("trait", FaultUnknownTrait, "%q is no trait; choose from %s", o.Trait, list(r.TraitCodes()))
	}
	if !knownRole {
		add("role", FaultUnknownRole, "%q is no role; choose from %s", o.Role, list(r.RoleCodes()))
	}
	if !knownContext {
		add("context", FaultUnknownContext, "%q is no context; choose from %s", o.Context, list(r.ContextCodes()))
	}
	if o.Level < 1 || o.Level > len(r.points) {
		add("level", FaultOutOfRange, "%d is not between 1 and %d; leave the trait out if it was not seen", o.Level, len(r.points))
	}
	if o.AssessorID == "" {
		add("assessor_id", FaultRequired, "is required; it keeps one person's marks from counting as several people's")
	}
	if o.DaysInPlace != nil && *o.DaysInPlace < 0 {
		add("days_in_place", FaultOutOfRange, "%d is below 0; leave it out if unknown", *o.DaysInPlace)
	}
	switch {
	case o.ObservedOn == 0:
		add("observed_on", FaultRequired, "is required")
	case o.ObservedOn > asOf:
		add("observed_on", FaultFuture, "%s is after %s", o.ObservedOn, asOf)
	case cat.Born != 0 && o.ObservedOn < cat.Born:
		add("observed_on", FaultBeforeBirth, "%s is before the cat was born, %s; mend one of them", o.ObservedOn, cat.Born)
	}
	if !knownTrait || !knownRole {
		return bad
	}
	trait := &r.traits[t]
	if !trait.mayAssess[role] {
		add("role", FaultMayNotAssess, "%s may not assess %s; it takes %s", o.Role, o.Trait, list(r.doc.Traits[t].Assessors))
	}
	if knownContext && trait.notIn[context] {
		add("context", FaultNotInContext, "%s cannot be assessed in %s", o.Trait, o.Context)
	}
	if knownContext && !r.roleKnows(role, o.Context) {
		add("context", FaultNotInContext, "%s may only report %s", o.Role, list(r.doc.Roles[role].Contexts))
	}
	if need := trait.needsDays[role]; need > 0 && days(o) < need {
		add("days_in_place", FaultTooEarly, "%s can assess %s from day %d in place; say the day or leave the trait out", o.Role, o.Trait, need)
	}
	return bad
}

func (r *Rubric) healthFaults(at string, h *HealthItem, asOf Day) []Fault {
	var bad []Fault
	add := func(field, code, message string, args ...any) {
		bad = append(bad, Fault{at + "/" + field, code, fmt.Sprintf(message, args...)})
	}
	i, known := r.gateIndex[h.Code]
	switch {
	case !known:
		add("code", FaultUnknownCode, "%q is no health code; choose from %s", h.Code, list(r.HealthCodes()))
	case r.gates[i].derived:
		add("code", FaultUnknownCode, "%s follows from the cat's age or moving day; leave it out", h.Code)
	case h.Severity != "" && !slices.Contains(r.gates[i].severities, h.Severity):
		add("severity", FaultUnknownVariant, "%q is no severity of %s; %s", h.Severity, h.Code, choice(r.gates[i].severities))
	}
	all := []HealthStatus{HealthOK, HealthFail, HealthUnknown, HealthNotApplicable}
	if !slices.Contains(all, h.Status) {
		add("status", FaultUnknownStatus, "%q is no status; choose from ok, fail, unknown, not_applicable", string(h.Status))
	}
	if h.ValidUntil != 0 && h.ValidUntil < asOf {
		add("valid_until", FaultExpired, "%s is past; send the renewed date or the status fail", h.ValidUntil)
	}
	for _, d := range []struct {
		field string
		day   Day
	}{{"happened_on", h.HappenedOn}, {"verified_on", h.VerifiedOn}} {
		if d.day > asOf {
			add(d.field, FaultFuture, "%s is after %s", d.day, asOf)
		}
	}
	return bad
}

func list(words []string) string { return strings.Join(words, ", ") }

func choice(words []string) string {
	if len(words) == 0 {
		return "it has none, leave it out"
	}
	return "choose from " + list(words)
}
