package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/rating"
)

// AssessmentError is an error of an assessment by the rubric.
type AssessmentError struct {
	Trait   string // whose level is wrong; empty for an error of a field
	Field   string // assessor_id, role, context, observed_on, days_in_place or levels
	Code    errcode.Code
	Message string
}

// CheckAssessment returns the errors of a new assessment of a cat by the rubric.
func CheckAssessment(rubric *rating.Rubric, a catalog.Assessment, cat catalog.Cat, today time.Time) []AssessmentError {
	var errs []AssessmentError
	if slices.Contains(rubric.RoleCodes(), a.Role) && !slices.Contains(rubric.AssessorRoles(), a.Role) {
		errs = append(errs, AssessmentError{"", "role", errcode.RoleNotAllowed, fmt.Sprintf("Role `%s` is reserved for what the server reads from listings and records of shelters. Send the role of the person who observed the cat.", a.Role)})
	}
	if len(a.Levels) == 0 {
		errs = append(errs, AssessmentError{"", "levels", errcode.Required, "Expected the level of at least one trait."})
	}
	a.ID = "" // the rubric requires IDs of all observations or of none
	observations := Observations([]catalog.Assessment{a})
	for _, e := range rubric.Check(RatedCat(cat), observations, nil, rating.DayOf(today)) {
		errs = append(errs, newAssessmentError(e, observations))
	}
	return errs
}

// newAssessmentError returns the error of an assessment for an error of the rubric in an
// observation. An error of one trait belongs to the level of that trait.
func newAssessmentError(e rating.FieldError, observations []rating.Observation) AssessmentError {
	var i int
	var field string
	if _, err := fmt.Sscanf(e.Pointer, "/observations/%d/%s", &i, &field); err != nil {
		return AssessmentError{"", strings.TrimPrefix(e.Pointer, "/"), e.Code, e.Message}
	}
	perTrait := []errcode.Code{errcode.UnknownTrait, errcode.OutOfRange, errcode.RoleMayNotAssess, errcode.NotInContext, errcode.TooEarlyInPlace}
	if slices.Contains(perTrait, e.Code) && field != "days_in_place" || e.Code == errcode.TooEarlyInPlace {
		return AssessmentError{observations[i].Trait, "", e.Code, e.Message}
	}
	return AssessmentError{"", field, e.Code, e.Message}
}

// CheckHealth returns the errors of a health item of a cat by the rubric, with pointers into
// the item.
func CheckHealth(rubric *rating.Rubric, item catalog.HealthItem, cat catalog.Cat, today time.Time) []rating.FieldError {
	errs := rubric.Check(RatedCat(cat), nil, HealthItems([]catalog.HealthItem{item}), rating.DayOf(today))
	for i := range errs {
		errs[i].Pointer = strings.TrimPrefix(errs[i].Pointer, "/health/0")
	}
	return errs
}
