package rating

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/errcode"
)

// FieldError is an error in one field of the input. Pointer is a JSON pointer
// from the root of the input, such as /observations/3/level. Message is a
// sentence for the caller.
type FieldError struct {
	Pointer string
	Code    errcode.Code
	Message string
}

// Check returns all errors of new input, and nil for valid input. Rate accepts
// invalid input: it ignores the observations that Check reports, except for
// duplicate ids and dates before birth.
func (r *Rubric) Check(cat Cat, observations []Observation, health []HealthItem, asOf Day) []FieldError {
	errs := checkCat(cat, asOf)
	ids := map[string]bool{}
	for i := range observations {
		o := &observations[i]
		list := fieldErrors{base: "/observations/" + strconv.Itoa(i)}
		r.checkObservation(&list, cat, o, asOf)
		if o.ID != "" && ids[o.ID] {
			list.appendf("id", errcode.Duplicate, "Another observation has the id %q; use unique ids.", o.ID)
		}
		ids[o.ID] = true
		errs = append(errs, list.errs...)
	}
	reported := map[string]bool{}
	for i := range health {
		list := fieldErrors{base: "/health/" + strconv.Itoa(i)}
		r.checkHealth(&list, &health[i], asOf)
		if key := health[i].Code + " " + health[i].Severity; reported[key] {
			list.appendf("code", errcode.Duplicate, "More than one item for %s; send one.", health[i].Code)
		} else {
			reported[key] = true
		}
		errs = append(errs, list.errs...)
	}
	return errs
}

// fieldErrors collects the errors of one part of the input.
type fieldErrors struct {
	base string // JSON pointer of the part
	errs []FieldError
}

func (l *fieldErrors) appendf(field string, code errcode.Code, format string, args ...any) {
	l.errs = append(l.errs, FieldError{l.base + "/" + field, code, fmt.Sprintf(format, args...)})
}

func checkCat(c Cat, asOf Day) []FieldError {
	list := fieldErrors{base: "/cat"}
	if c.Born > asOf {
		list.appendf("born", errcode.InTheFuture, "Must not be after %s.", asOf)
	}
	if c.HomeSince > asOf {
		list.appendf("home_since", errcode.InTheFuture, "Must not be after %s.", asOf)
	}
	for _, m := range []struct {
		field string
		value *float64
		limit float64
	}{{"weight_kg", c.WeightKg, 30}, {"girth_cm", c.GirthCm, 100}, {"body_length_cm", c.BodyLengthCm, 120}} {
		if m.value != nil && (!(*m.value > 0) || *m.value > m.limit) {
			list.appendf(m.field, errcode.OutOfRange, "Must be greater than 0 and at most %g; omit it if not measured.", m.limit)
		}
	}
	return list.errs
}

// rejectionCode returns the code of the error for which an observation does not
// count, or the empty string if it counts. An older rubric rejects roles and
// traits that were added later.
func (r *Rubric) rejectionCode(o *Observation, asOf Day) errcode.Code {
	t, knownTrait := r.traitIndex[o.Trait]
	role, knownRole := r.roles[o.Role]
	context, knownContext := r.contexts[o.Context]
	switch {
	case !knownTrait:
		return errcode.UnknownTrait
	case !knownRole:
		return errcode.UnknownRole
	case !knownContext:
		return errcode.UnknownContext
	case o.Level < 1 || o.Level > len(r.points):
		return errcode.OutOfRange
	case o.ObservedOn > asOf:
		return errcode.InTheFuture
	case !r.traits[t].mayAssess[role]:
		return errcode.RoleMayNotAssess
	case r.traits[t].notIn[context], !r.allowsContext(role, o.Context):
		return errcode.NotInContext
	case daysInPlace(o) < r.traits[t].needsDays[role]:
		if r.traits[t].needsDays[role] > 0 {
			return errcode.TooEarlyInPlace
		}
	}
	return ""
}

// allowsContext reports whether a role may report observations of a context.
func (r *Rubric) allowsContext(role int, context string) bool {
	contexts := r.doc.Roles[role].Contexts
	return len(contexts) == 0 || slices.Contains(contexts, context)
}

func (r *Rubric) checkObservation(list *fieldErrors, cat Cat, o *Observation, asOf Day) {
	if _, ok := r.traitIndex[o.Trait]; !ok {
		list.appendf("trait", errcode.UnknownTrait, "Unknown trait %q; choose from %s.", o.Trait, joined(r.TraitCodes()))
	}
	if _, ok := r.roles[o.Role]; !ok {
		list.appendf("role", errcode.UnknownRole, "Unknown role %q; choose from %s.", o.Role, joined(r.AssessorRoles()))
	}
	if _, ok := r.contexts[o.Context]; !ok {
		list.appendf("context", errcode.UnknownContext, "Unknown context %q; choose from %s.", o.Context, joined(r.ContextCodes()))
	}
	if o.Level < 1 || o.Level > len(r.points) {
		list.appendf("level", errcode.OutOfRange, "Must be between 1 and %d, got %d; omit the trait if it was not observed.", len(r.points), o.Level)
	}
	if o.AssessorID == "" {
		list.appendf("assessor_id", errcode.Required, "Required, so that repeated observations of one person are recognized.")
	}
	if o.DaysInPlace != nil && *o.DaysInPlace < 0 {
		list.appendf("days_in_place", errcode.OutOfRange, "Must not be negative, got %d; omit it if unknown.", *o.DaysInPlace)
	}
	switch {
	case o.ObservedOn == 0:
		list.appendf("observed_on", errcode.Required, "Required.")
	case o.ObservedOn > asOf:
		list.appendf("observed_on", errcode.InTheFuture, "Must not be after %s, got %s.", asOf, o.ObservedOn)
	case cat.Born != 0 && o.ObservedOn < cat.Born:
		list.appendf("observed_on", errcode.BeforeBirth, "Must not be before the cat's birth on %s, got %s; correct one of the two.", cat.Born, o.ObservedOn)
	}
	r.checkPermission(list, o)
}

// checkPermission checks whether the role may assess the trait, in the context
// and after the days in place. It skips unknown codes.
func (r *Rubric) checkPermission(list *fieldErrors, o *Observation) {
	t, knownTrait := r.traitIndex[o.Trait]
	role, knownRole := r.roles[o.Role]
	context, knownContext := r.contexts[o.Context]
	if !knownTrait || !knownRole {
		return
	}
	trait := &r.traits[t]
	if !trait.mayAssess[role] {
		list.appendf("role", errcode.RoleMayNotAssess, "Role %s may not assess %s; allowed roles are %s.", o.Role, o.Trait, joined(r.ofAssessors(r.doc.Traits[t].Assessors)))
	}
	if knownContext && trait.notIn[context] {
		list.appendf("context", errcode.NotInContext, "Trait %s cannot be assessed in context %s.", o.Trait, o.Context)
	}
	if knownContext && !r.allowsContext(role, o.Context) {
		list.appendf("context", errcode.NotInContext, "Role %s may only report context %s.", o.Role, joined(r.doc.Roles[role].Contexts))
	}
	if need := trait.needsDays[role]; need > 0 && daysInPlace(o) < need {
		list.appendf("days_in_place", errcode.TooEarlyInPlace, "Role %s can assess %s from day %d in place; send days_in_place or omit the trait.", o.Role, o.Trait, need)
	}
}

func (r *Rubric) checkHealth(list *fieldErrors, h *HealthItem, asOf Day) {
	i, known := r.gateIndex[h.Code]
	switch {
	case !known:
		list.appendf("code", errcode.UnknownCode, "Unknown health code %q; choose from %s.", h.Code, joined(r.HealthCodes()))
	case r.gates[i].derived:
		list.appendf("code", errcode.UnknownCode, "%s is derived from the cat's age or moving day; omit it.", h.Code)
	case h.Severity != "" && len(r.gates[i].severities) == 0:
		list.appendf("severity", errcode.UnknownSeverity, "%s has no severities, got %q; omit it.", h.Code, h.Severity)
	case h.Severity != "" && !slices.Contains(r.gates[i].severities, h.Severity):
		list.appendf("severity", errcode.UnknownSeverity, "Unknown severity %q of %s; choose from %s.", h.Severity, h.Code, joined(r.gates[i].severities))
	}
	switch all := r.healthStatuses(); {
	case !slices.Contains(all, string(h.Status)):
		list.appendf("status", errcode.UnknownStatus, "Unknown status %q; choose from %s.", string(h.Status), joined(all))
	case h.Status == HealthAtAdoption && known && r.gates[i].row.AtAdoption == "":
		list.appendf("status", errcode.UnknownStatus, "%s is not done at adoption; choose another status. What is done then are %s.", h.Code, joined(r.adoptionCodes()))
	}
	if h.ValidUntil != 0 && h.ValidUntil < asOf {
		list.appendf("valid_until", errcode.Expired, "Must not be before %s, got %s; send the renewed date or status fail.", asOf, h.ValidUntil)
	}
	for _, d := range []struct {
		field string
		day   Day
	}{{"happened_on", h.HappenedOn}, {"verified_on", h.VerifiedOn}} {
		if d.day > asOf {
			list.appendf(d.field, errcode.InTheFuture, "Must not be after %s, got %s.", asOf, d.day)
		}
	}
}

func joined(codes []string) string { return strings.Join(codes, ", ") }

// healthStatuses lists the statuses of health items that the rubric knows.
func (r *Rubric) healthStatuses() []string {
	all := []string{string(HealthOK), string(HealthFail), string(HealthUnknown), string(HealthNotApplicable)}
	if len(r.adoptionCodes()) > 0 {
		all = append(all, string(HealthAtAdoption))
	}
	return all
}

// adoptionCodes lists the codes of health items that a shelter can do at adoption.
func (r *Rubric) adoptionCodes() []string {
	var all []string
	for i := range r.gates {
		if row := r.gates[i].row; row.AtAdoption != "" {
			all = append(all, row.Code)
		}
	}
	return all
}
