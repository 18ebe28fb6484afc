package wire

import (
	"time"

	"trailcat/internal/catalog"
)

// OutcomeDraft is a follow-up report on one activity with an adopted cat.
type OutcomeDraft struct {
	Activity          string  `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"`                                                                                                                  // Code of the activity.
	DaysAfterAdoption int     `json:"days_after_adoption" enums:"30,60,90" example:"60"`                                                                                                                      // Follow-up interval in days.
	ReportedOn        string  `json:"reported_on" format:"date" example:"2026-04-28"`                                                                                                                         // Day of the report.
	Tried             bool    `json:"tried"`                                                                                                                                                                  // Whether the activity was tried.
	NotTriedReason    *string `json:"not_tried_reason" validate:"optional" extensions:"x-nullable" enums:"no_time,no_place,no_gear,cat_not_ready,cat_unwell,advised_against,changed_mind,cat_returned,other"` // Why the activity was not tried; null when it was tried.
	CalmOutings       *int    `json:"calm_outings" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"4"`                                                                        // Number of calm activities since the adoption; required if the activity was tried.
	StoppedForFear    *int    `json:"stopped_for_fear" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"1"`                                                                    // Number of activities that ended because the cat was afraid; null when not asked.
	Escapes           *int    `json:"escapes" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"0"`                                                                             // Number of times the cat slipped the harness or bolted; null when not asked.
	Injuries          *int    `json:"injuries" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"0"`                                                                            // Number of injuries of the cat or of people; null when not asked.
	Note              *string `json:"note" validate:"optional" extensions:"x-nullable" maxLength:"2000"`                                                                                                      // Free text, visible to you only; not evaluated.
} //	@name	OutcomeDraft

// Outcome is a follow-up report on one activity, with the prediction that was made at
// the adoption.
type Outcome struct {
	ID                string     `json:"id" example:"out_01kabq4z8vf3ht2v0xw9r6m5ec"`           // Permanent ID of the outcome.
	CatID             string     `json:"cat_id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`       // ID of the cat.
	Activity          string     `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"` // Code of the activity.
	AdoptedOn         *string    `json:"adopted_on" format:"date" extensions:"x-nullable"`      // Day of the adoption; null when unknown.
	DaysAfterAdoption int        `json:"days_after_adoption" enums:"30,60,90"`                  // Follow-up interval in days.
	ReportedOn        string     `json:"reported_on" format:"date"`                             // Day of the report.
	Tried             bool       `json:"tried"`                                                 // Whether the activity was tried.
	NotTriedReason    *string    `json:"not_tried_reason" extensions:"x-nullable"`              // Why the activity was not tried; null when it was tried or unknown.
	CalmOutings       *int       `json:"calm_outings" extensions:"x-nullable"`                  // Number of calm activities since the adoption; null when the activity was not tried.
	StoppedForFear    *int       `json:"stopped_for_fear" extensions:"x-nullable"`              // Number of activities that ended because the cat was afraid; null when not asked.
	Escapes           *int       `json:"escapes" extensions:"x-nullable"`                       // Number of times the cat slipped the harness or bolted; null when not asked.
	Injuries          *int       `json:"injuries" extensions:"x-nullable"`                      // Number of injuries of the cat or of people; null when not asked.
	Note              *string    `json:"note" extensions:"x-nullable"`                          // Free text; null for none.
	Prediction        Prediction `json:"prediction"`                                            // Prediction at the adoption.
	Version           int64      `json:"version" example:"1"`                                   // Version number; increases with every change.
	CreatedAt         time.Time  `json:"created_at" format:"date-time"`                         // When the outcome was recorded.
	UpdatedAt         time.Time  `json:"updated_at" format:"date-time"`                         // When the outcome last changed.
} //	@name	Outcome

// Prediction is what a rubric predicted for an activity on the day of the adoption,
// from what was recorded by then.
type Prediction struct {
	Rubric        *string      `json:"rubric" extensions:"x-nullable" example:"1.0.0"`          // Version of the rubric; null when there was no prediction.
	AsOf          *string      `json:"as_of" format:"date" extensions:"x-nullable"`             // Day of the prediction; null when there was none.
	Score         *float64     `json:"score" extensions:"x-nullable" minimum:"0" maximum:"100"` // Predicted score; null when not yet assessed.
	LikelyRange   *LikelyRange `json:"likely_range" extensions:"x-nullable"`                    // Range of the predicted score; null when not yet assessed.
	Band          *string      `json:"band" extensions:"x-nullable"`                            // Band of the predicted score; null when not yet assessed.
	Readiness     *string      `json:"readiness" extensions:"x-nullable"`                       // Predicted readiness; null when there was no prediction.
	EvidenceGrade *string      `json:"evidence_grade" extensions:"x-nullable"`                  // Quality of the evidence; null when there was no prediction.
} //	@name	Prediction

// OutcomeList is the list of all outcomes of a cat.
type OutcomeList struct {
	Data []Outcome `json:"data"` // Outcomes in the order of recording.
	Page PageInfo  `json:"page"` // Always complete: `has_more` is false.
} //	@name	OutcomeList

// Outcome returns the report on a cat, and the errors of the draft.
func (d OutcomeDraft) Outcome(cat catalog.Cat, today time.Time) (catalog.Outcome, catalog.FieldErrors) {
	var dates DateParser
	outcome := catalog.Outcome{
		CatID: cat.ID, Activity: d.Activity, Days: d.DaysAfterAdoption, Tried: d.Tried, NotTriedReason: StringOrEmpty(d.NotTriedReason),
		CalmOutings: d.CalmOutings, StoppedForFear: d.StoppedForFear, Escapes: d.Escapes, Injuries: d.Injuries,
		Note: StringOrEmpty(d.Note), ReportedOn: dates.parseDate("/reported_on", &d.ReportedOn),
	}
	return outcome, MergeErrors(dates.Errs, outcome.Validate(cat, today))
}

// NewOutcome returns an outcome.
func NewOutcome(o catalog.Outcome) Outcome {
	return Outcome{
		ID:                o.ID,
		CatID:             o.CatID,
		Activity:          o.Activity,
		AdoptedOn:         dateOrNull(o.AdoptedOn),
		DaysAfterAdoption: o.Days,
		ReportedOn:        o.ReportedOn.Format(time.DateOnly),
		Tried:             o.Tried,
		NotTriedReason:    OrNull(o.NotTriedReason),
		CalmOutings:       o.CalmOutings,
		StoppedForFear:    o.StoppedForFear,
		Escapes:           o.Escapes,
		Injuries:          o.Injuries,
		Note:              OrNull(o.Note),
		Prediction:        newPrediction(o.Predicted),
		Version:           o.Version,
		CreatedAt:         o.CreatedAt,
		UpdatedAt:         o.UpdatedAt,
	}
}

func newPrediction(p catalog.Prediction) Prediction {
	out := Prediction{
		Rubric: OrNull(p.Rubric), AsOf: dateOrNull(p.On), Score: p.Score, LikelyRange: nil,
		Band: OrNull(p.Band), Readiness: OrNull(p.Readiness), EvidenceGrade: OrNull(p.Grade),
	}
	if p.Low != nil && p.High != nil {
		out.LikelyRange = &LikelyRange{Level: rangeLevel, Low: *p.Low, High: *p.High}
	}
	return out
}
