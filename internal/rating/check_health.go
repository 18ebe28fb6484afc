package rating

import (
	"slices"
	"strings"
)

func (r *Rubric) healthFaults(at string, h *HealthItem, asOf Day) []FieldError {
	bad := faultList{at: at}
	i, known := r.gateIndex[h.Code]
	switch {
	case !known:
		bad.add("code", CodeUnknownCode, "%q is no health code; choose from %s", h.Code, list(r.HealthCodes()))
	case r.gates[i].derived:
		bad.add("code", CodeUnknownCode, "%s follows from the cat's age or moving day; leave it out", h.Code)
	case h.Severity != "" && !slices.Contains(r.gates[i].severities, h.Severity):
		bad.add("severity", CodeUnknownVariant, "%q is no severity of %s; %s", h.Severity, h.Code, choice(r.gates[i].severities))
	}
	all := []HealthStatus{HealthOK, HealthFail, HealthUnknown, HealthNotApplicable}
	if !slices.Contains(all, h.Status) {
		bad.add("status", CodeUnknownStatus, "%q is no status; choose from ok, fail, unknown, not_applicable", string(h.Status))
	}
	if h.ValidUntil != 0 && h.ValidUntil < asOf {
		bad.add("valid_until", CodeExpired, "%s is past; send the renewed date or the status fail", h.ValidUntil)
	}
	for _, d := range []struct {
		field string
		day   Day
	}{{"happened_on", h.HappenedOn}, {"verified_on", h.VerifiedOn}} {
		if d.day > asOf {
			bad.add(d.field, CodeFuture, "%s is after %s", d.day, asOf)
		}
	}
	return bad.faults
}

func list(words []string) string { return strings.Join(words, ", ") }

func choice(words []string) string {
	if len(words) == 0 {
		return "it has none, leave it out"
	}
	return "choose from " + list(words)
}
