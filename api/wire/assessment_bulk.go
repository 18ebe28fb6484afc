package wire

import (
	"fmt"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/evidence"
	"trailcat/internal/rating"
)

// MaxAssessments is how many assessments a request can record.
const MaxAssessments = 500

// AssessmentsDraft are assessments of many cats.
type AssessmentsDraft struct {
	Assessments []CatAssessmentDraft `json:"assessments" maxItems:"500"` // Assessments to record, each of one cat.
} //	@name	AssessmentsDraft

// CatAssessmentDraft is what one person observed of one of your cats on one visit.
type CatAssessmentDraft struct {
	ExternalID *string `json:"external_id" validate:"optional" extensions:"x-nullable" example:"A472536"` // The shelter's own ID of the cat; required unless `cat_id` is sent.
	CatID      *string `json:"cat_id" validate:"optional" extensions:"x-nullable"`                        // ID of the cat, instead of `external_id`.

	AssessmentDraft
} //	@name	CatAssessmentDraft

// HealthDrafts are all health and safety gates of a cat whose state is known.
type HealthDrafts struct {
	Health []HealthDraft `json:"health" maxItems:"100"` // Status of each gate; gates that are not listed are unknown.
} //	@name	HealthDrafts

// Items returns the health items, and the errors of the drafts.
func (d HealthDrafts) Items(rubric *rating.Rubric, cat catalog.Cat, today time.Time) ([]catalog.HealthItem, catalog.FieldErrors) {
	var dates DateParser
	seen := map[string]int{}
	items := make([]catalog.HealthItem, len(d.Health))
	for i, h := range d.Health {
		pointer := fmt.Sprintf("/health/%d", i)
		items[i] = catalog.HealthItem{
			CatID: cat.ID, Code: h.Code, Status: h.Status, Severity: StringOrEmpty(h.Severity), VerifiedBy: StringOrEmpty(h.VerifiedBy), Reported: false,
			HappenedOn: dates.parseDate(pointer+"/happened_on", h.HappenedOn), ValidUntil: dates.parseDate(pointer+"/valid_until", h.ValidUntil),
			VerifiedOn: dates.parseDate(pointer+"/verified_on", h.VerifiedOn),
		}
		if first, ok := seen[h.Code]; ok {
			dates.Errs.Check(false, pointer+"/code", errcode.Duplicate, fmt.Sprintf("%s already appears in item %d; send one.", h.Code, first))
		} else {
			seen[h.Code] = i
		}
	}
	errs := rubric.Check(evidence.RatedCat(cat), nil, evidence.HealthItems(items), rating.DayOf(today))
	return items, MergeErrors(dates.Errs, RatingFieldErrors(errs))
}
