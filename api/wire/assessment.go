package wire

import (
	"time"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/evidence"
	"trailcat/internal/rating"
)

// AssessmentDraft is what one person observed of a cat on one visit.
type AssessmentDraft struct {
	Assessor        Assessor       `json:"assessor"`                                                                                                 // Who observed the cat.
	Context         string         `json:"context" example:"shelter_room"`                                                                           // Where the cat was observed: code of a context of the rubric.
	ObservedOn      string         `json:"observed_on" format:"date" example:"2026-04-28"`                                                           // Day of the observation.
	DaysInPlace     *int           `json:"days_in_place" validate:"optional" extensions:"x-nullable" example:"10"`                                   // Days since the cat came to this kennel or home; null when unknown.
	Levels          map[string]int `json:"levels"`                                                                                                   // Observed level of each trait of the rubric, 1 to 5; omit traits that were not observed.
	Note            *string        `json:"note" validate:"optional" extensions:"x-nullable" maxLength:"2000" example:"Fifteen minutes after lunch."` // Free text, visible to you only; not used for the rating.
	Form            *string        `json:"form" validate:"optional" extensions:"x-nullable" enums:"short,full"`                                      // Form that was used: `short` for three to six traits on one visit by one person, `full` for all traits; null for none.
	DurationMinutes *int           `json:"duration_minutes" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1440" example:"10"`     // Minutes that the observation took; null when unknown. Not used for the rating.
} //	@name	AssessmentDraft

// Assessment is what one person observed of a cat on one visit. An assessment is never
// overwritten: a correction creates another assessment that supersedes it.
type Assessment struct {
	ID              string         `json:"id" example:"asm_01kabq4z8vf3ht2v0xw9r6m5ec"`             // Permanent ID of the assessment.
	CatID           string         `json:"cat_id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`         // ID of the cat.
	Assessor        Assessor       `json:"assessor"`                                                // Who observed the cat.
	Context         string         `json:"context" example:"shelter_room"`                          // Where the cat was observed: code of a context of the rubric.
	ObservedOn      string         `json:"observed_on" format:"date"`                               // Day of the observation.
	DaysInPlace     *int           `json:"days_in_place" extensions:"x-nullable"`                   // Days since the cat came to this kennel or home; null when unknown.
	Levels          map[string]int `json:"levels"`                                                  // Observed level of each trait, 1 to 5.
	Note            *string        `json:"note" extensions:"x-nullable"`                            // Free text; null for none.
	Form            *string        `json:"form" extensions:"x-nullable" enums:"short,full"`         // Form that was used: `short` for three to six traits on one visit by one person, `full` for all traits; null for none.
	DurationMinutes *int           `json:"duration_minutes" extensions:"x-nullable"`                // Minutes that the observation took; null when unknown.
	Counts          bool           `json:"counts"`                                                  // Whether the assessment is neither superseded nor withdrawn.
	CreatedAt       time.Time      `json:"created_at" format:"date-time"`                           // When the assessment was recorded.
	SupersededBy    *string        `json:"superseded_by" extensions:"x-nullable"`                   // ID of the assessment that corrects this one; null when it is not superseded.
	WithdrawnAt     *time.Time     `json:"withdrawn_at" format:"date-time" extensions:"x-nullable"` // When the assessment was withdrawn; null when it is not withdrawn.
} //	@name	Assessment

// AssessmentList is the list of all assessments of a cat.
type AssessmentList struct {
	Data []Assessment `json:"data"` // Assessments in the order of recording.
	Page PageInfo     `json:"page"` // Always complete: `has_more` is false.
} //	@name	AssessmentList

// HealthItemDraft is the status of one health or safety gate of the rubric.
type HealthItemDraft struct {
	Status     string  `json:"status" enums:"ok,fail,unknown,not_applicable,at_adoption"`                             // State of the gate; `at_adoption`: the shelter does it on the day of adoption, such as a microchip, neutering or a vaccination.
	Severity   *string `json:"severity" validate:"optional" extensions:"x-nullable"`                                  // Variant of the gate; null is treated as the strictest variant.
	HappenedOn *string `json:"happened_on" validate:"optional" extensions:"x-nullable" format:"date"`                 // Day of the operation, vaccination, bite or exam; null when unknown.
	ValidUntil *string `json:"valid_until" validate:"optional" extensions:"x-nullable" format:"date"`                 // Last day on which the status is valid: afterwards `ok` counts as `fail`, and a temporary failure as over. Null for the rubric's default.
	VerifiedBy *string `json:"verified_by" validate:"optional" extensions:"x-nullable" maxLength:"200" example:"vet"` // Who verified the status; null when nobody did.
	VerifiedOn *string `json:"verified_on" validate:"optional" extensions:"x-nullable" format:"date"`                 // Day of the verification; null when unknown.
} //	@name	HealthItemDraft

// HealthItem is the recorded status of one health or safety gate for a cat.
type HealthItem struct {
	Code       string    `json:"code" example:"ID.CHIP"`                                    // Code of the gate.
	Status     string    `json:"status" enums:"ok,fail,unknown,not_applicable,at_adoption"` // State of the gate; `at_adoption`: the shelter does it on the day of adoption, such as a microchip, neutering or a vaccination.
	Severity   *string   `json:"severity" extensions:"x-nullable"`                          // Variant of the gate; null is treated as the strictest variant.
	HappenedOn *string   `json:"happened_on" format:"date" extensions:"x-nullable"`         // Day of the operation, vaccination, bite or exam; null when unknown.
	ValidUntil *string   `json:"valid_until" format:"date" extensions:"x-nullable"`         // Last day on which the status is valid: afterwards `ok` counts as `fail`, and a temporary failure as over. Null for the rubric's default.
	VerifiedBy *string   `json:"verified_by" extensions:"x-nullable"`                       // Who verified the status; null when nobody did.
	VerifiedOn *string   `json:"verified_on" format:"date" extensions:"x-nullable"`         // Day of the verification; null when unknown.
	Reported   bool      `json:"reported"`                                                  // Whether the shelter's own software reported the status, in an import, and nobody verified it. A reported `ok` leaves the gate unverified.
	UpdatedAt  time.Time `json:"updated_at" format:"date-time"`                             // When the status was last changed.
} //	@name	HealthItem

// HealthList is the list of the recorded gates of a cat. Gates that are not listed are
// unknown.
type HealthList struct {
	Data []HealthItem `json:"data"` // Gates, sorted by code.
	Page PageInfo     `json:"page"` // Always complete: `has_more` is false.
} //	@name	HealthList

// NewAssessment returns an assessment.
func NewAssessment(a catalog.Assessment) Assessment {
	return Assessment{
		ID:              a.ID,
		CatID:           a.CatID,
		Assessor:        Assessor{ID: a.AssessorID, Role: a.Role},
		Context:         a.Context,
		ObservedOn:      a.ObservedOn.Format(time.DateOnly),
		DaysInPlace:     a.DaysInPlace,
		Levels:          a.Levels,
		Note:            OrNull(a.Note),
		Form:            OrNull(string(a.Form)),
		DurationMinutes: a.Minutes,
		Counts:          a.Counts(),
		CreatedAt:       a.CreatedAt,
		SupersededBy:    OrNull(a.SupersededBy),
		WithdrawnAt:     timeOrNull(a.WithdrawnAt),
	}
}

// NewAssessmentDraft returns the draft that would create the assessment.
func NewAssessmentDraft(a catalog.Assessment) AssessmentDraft {
	return AssessmentDraft{
		Assessor: Assessor{ID: a.AssessorID, Role: a.Role}, Context: a.Context, ObservedOn: a.ObservedOn.Format(time.DateOnly),
		DaysInPlace: a.DaysInPlace, Levels: a.Levels, Note: OrNull(a.Note), Form: OrNull(string(a.Form)), DurationMinutes: a.Minutes,
	}
}

// NewHealthItem returns a recorded gate.
func NewHealthItem(h catalog.HealthItem) HealthItem {
	return HealthItem{
		Code: h.Code, Status: h.Status, Severity: OrNull(h.Severity), HappenedOn: dateOrNull(h.HappenedOn), ValidUntil: dateOrNull(h.ValidUntil),
		VerifiedBy: OrNull(h.VerifiedBy), VerifiedOn: dateOrNull(h.VerifiedOn), Reported: h.Reported, UpdatedAt: h.UpdatedAt,
	}
}

// ApplyTo sets the fields of an assessment and returns the errors of the draft.
func (d AssessmentDraft) ApplyTo(a *catalog.Assessment, rubric *rating.Rubric, cat catalog.Cat, today time.Time) catalog.FieldErrors {
	var dates DateParser
	a.AssessorID, a.Role, a.Context, a.DaysInPlace = d.Assessor.ID, d.Assessor.Role, d.Context, d.DaysInPlace
	a.Levels, a.Note, a.ObservedOn = d.Levels, StringOrEmpty(d.Note), dates.parseDate("/observed_on", &d.ObservedOn)
	a.Form, a.Minutes = catalog.AssessmentForm(StringOrEmpty(d.Form)), d.DurationMinutes
	return MergeErrors(dates.Errs, assessmentErrors(evidence.CheckAssessment(rubric, *a, cat, today)))
}

// assessmentErrors returns the errors of an assessment with the pointers of the request body.
func assessmentErrors(errs []evidence.AssessmentError) catalog.FieldErrors {
	var out catalog.FieldErrors
	for _, e := range errs {
		pointer := ratingPointers.Replace("/" + e.Field)
		if e.Trait != "" {
			pointer = "/levels/" + binding.PointerToken(e.Trait)
		}
		out.Check(false, pointer, e.Code, e.Message)
	}
	return out
}

// ApplyTo sets the fields of a health item and returns the errors of the draft.
func (d HealthItemDraft) ApplyTo(h *catalog.HealthItem, rubric *rating.Rubric, cat catalog.Cat, today time.Time) catalog.FieldErrors {
	var dates DateParser
	h.Reported = false
	h.Status, h.Severity, h.VerifiedBy = d.Status, StringOrEmpty(d.Severity), StringOrEmpty(d.VerifiedBy)
	h.HappenedOn, h.ValidUntil = dates.parseDate("/happened_on", d.HappenedOn), dates.parseDate("/valid_until", d.ValidUntil)
	h.VerifiedOn = dates.parseDate("/verified_on", d.VerifiedOn)
	all := MergeErrors(dates.Errs, RatingFieldErrors(evidence.CheckHealth(rubric, *h, cat, today)))
	for i := range all {
		if all[i].Pointer == "/code" { // a path parameter
			all[i].Pointer, all[i].Parameter = "", "code"
		}
	}
	return all
}
