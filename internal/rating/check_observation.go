package rating

import "slices"

// refuse is the code of the fault for which an observation does not count, or
// empty. An older rubric refuses roles and traits that came later.
func (r *Rubric) refuse(o *Observation, asOf Day) string {
	t, knownTrait := r.traitIndex[o.Trait]
	role, knownRole := r.roles[o.Role]
	context, knownContext := r.contexts[o.Context]
	switch {
	case !knownTrait:
		return CodeUnknownTrait
	case !knownRole:
		return CodeUnknownRole
	case !knownContext:
		return CodeUnknownContext
	case o.Level < 1 || o.Level > len(r.points):
		return CodeOutOfRange
	case o.ObservedOn > asOf:
		return CodeFuture
	case !r.traits[t].mayAssess[role]:
		return CodeMayNotAssess
	case r.traits[t].notIn[context], !r.roleKnows(role, o.Context):
		return CodeNotInContext
	case days(o) < r.traits[t].needsDays[role]:
		if r.traits[t].needsDays[role] > 0 {
			return CodeTooEarly
		}
	}
	return ""
}

func (r *Rubric) roleKnows(role int, context string) bool {
	only := r.doc.Roles[role].Contexts
	return len(only) == 0 || slices.Contains(only, context)
}

func (r *Rubric) observationFaults(at string, cat Cat, o *Observation, asOf Day) []FieldError {
	bad := faultList{at: at}
	if _, ok := r.traitIndex[o.Trait]; !ok {
		bad.add("trait", CodeUnknownTrait, "%q is no trait; choose from %s", o.Trait, list(r.TraitCodes()))
	}
	if _, ok := r.roles[o.Role]; !ok {
		bad.add("role", CodeUnknownRole, "%q is no role; choose from %s", o.Role, list(r.people(r.RoleCodes())))
	}
	if _, ok := r.contexts[o.Context]; !ok {
		bad.add("context", CodeUnknownContext, "%q is no context; choose from %s", o.Context, list(r.ContextCodes()))
	}
	if o.Level < 1 || o.Level > len(r.points) {
		bad.add("level", CodeOutOfRange, "%d is not between 1 and %d; leave the trait out if it was not seen", o.Level, len(r.points))
	}
	if o.AssessorID == "" {
		bad.add("assessor_id", CodeRequired, "is required; it keeps one person's marks from counting as several people's")
	}
	if o.DaysInPlace != nil && *o.DaysInPlace < 0 {
		bad.add("days_in_place", CodeOutOfRange, "%d is below 0; leave it out if unknown", *o.DaysInPlace)
	}
	switch {
	case o.ObservedOn == 0:
		bad.add("observed_on", CodeRequired, "is required")
	case o.ObservedOn > asOf:
		bad.add("observed_on", CodeFuture, "%s is after %s", o.ObservedOn, asOf)
	case cat.Born != 0 && o.ObservedOn < cat.Born:
		bad.add("observed_on", CodeBeforeBirth, "%s is before the cat was born, %s; mend one of them", o.ObservedOn, cat.Born)
	}
	r.addRightFaults(&bad, o)
	return bad.faults
}

// addRightFaults adds what the role may not do, as far as the words are known.
func (r *Rubric) addRightFaults(bad *faultList, o *Observation) {
	t, knownTrait := r.traitIndex[o.Trait]
	role, knownRole := r.roles[o.Role]
	context, knownContext := r.contexts[o.Context]
	if !knownTrait || !knownRole {
		return
	}
	trait := &r.traits[t]
	if !trait.mayAssess[role] {
		bad.add("role", CodeMayNotAssess, "%s may not assess %s; it takes %s", o.Role, o.Trait, list(r.people(r.doc.Traits[t].Assessors)))
	}
	if knownContext && trait.notIn[context] {
		bad.add("context", CodeNotInContext, "%s cannot be assessed in %s", o.Trait, o.Context)
	}
	if knownContext && !r.roleKnows(role, o.Context) {
		bad.add("context", CodeNotInContext, "%s may only report %s", o.Role, list(r.doc.Roles[role].Contexts))
	}
	if need := trait.needsDays[role]; need > 0 && days(o) < need {
		bad.add("days_in_place", CodeTooEarly, "%s can assess %s from day %d in place; say the day or leave the trait out", o.Role, o.Trait, need)
	}
}

// people are those of the roles in which a person looks at a cat.
func (r *Rubric) people(roles []string) []string {
	hint := r.HintRole()
	return slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return role == hint })
}
