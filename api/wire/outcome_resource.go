package wire

import (
	"time"

	"trailcat/internal/catalog"
)

// OutcomeDraft is what became of one activity with a cat that found a home.
type OutcomeDraft struct {
	Activity          string  `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"`
	DaysAfterAdoption int     `json:"days_after_adoption" enums:"30,60,90" example:"60"` // which follow-up this is
	ReportedOn        string  `json:"reported_on" format:"date" example:"2026-04-28"`
	Tried             bool    `json:"tried"`
	NotTriedReason    *string `json:"not_tried_reason" validate:"optional" extensions:"x-nullable" enums:"no_time,no_place,no_gear,cat_not_ready,cat_unwell,advised_against,changed_mind,cat_returned,other"`
	CalmOutings       *int    `json:"calm_outings" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"4"`     // since the adoption; required of what was tried
	StoppedForFear    *int    `json:"stopped_for_fear" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"1"` // outings that were ended because the cat was afraid; null: not asked
	Escapes           *int    `json:"escapes" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"0"`          // slipped the gear or bolted; null: not asked
	Injuries          *int    `json:"injuries" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"1000" example:"0"`         // of the cat or of people; null: not asked
	Note              *string `json:"note" validate:"optional" extensions:"x-nullable" maxLength:"2000"`                                   // for your eyes; not counted
} //	@name	OutcomeDraft

// Outcome is what became of one activity, beside what was predicted of it.
type Outcome struct {
	ID                string     `json:"id" example:"out_01kabq4z8vf3ht2v0xw9r6m5ec"`
	CatID             string     `json:"cat_id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Activity          string     `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"`
	AdoptedOn         *string    `json:"adopted_on" format:"date" extensions:"x-nullable"` // null where the cat's listing does not say
	DaysAfterAdoption int        `json:"days_after_adoption" enums:"30,60,90"`
	ReportedOn        string     `json:"reported_on" format:"date"`
	Tried             bool       `json:"tried"`
	NotTriedReason    *string    `json:"not_tried_reason" extensions:"x-nullable"`
	CalmOutings       *int       `json:"calm_outings" extensions:"x-nullable"`
	StoppedForFear    *int       `json:"stopped_for_fear" extensions:"x-nullable"`
	Escapes           *int       `json:"escapes" extensions:"x-nullable"`
	Injuries          *int       `json:"injuries" extensions:"x-nullable"`
	Note              *string    `json:"note" extensions:"x-nullable"`
	Prediction        Prediction `json:"prediction"`
	Version           int64      `json:"version" example:"1"`
	CreatedAt         time.Time  `json:"created_at" format:"date-time"`
	UpdatedAt         time.Time  `json:"updated_at" format:"date-time"`
} //	@name	Outcome

// Prediction is what a rubric said of an activity on the day of the adoption,
// from what was recorded by then.
type Prediction struct {
	Rubric        *string      `json:"rubric" extensions:"x-nullable" example:"1.0.0"` // its version; null: nothing was predicted
	AsOf          *string      `json:"as_of" format:"date" extensions:"x-nullable"`
	Score         *float64     `json:"score" extensions:"x-nullable" minimum:"0" maximum:"100"` // null: not yet assessed then
	LikelyRange   *LikelyRange `json:"likely_range" extensions:"x-nullable"`
	Band          *string      `json:"band" extensions:"x-nullable"`
	Readiness     *string      `json:"readiness" extensions:"x-nullable"`
	EvidenceGrade *string      `json:"evidence_grade" extensions:"x-nullable"`
} //	@name	Prediction

// OutcomeList lists what became of a cat.
type OutcomeList struct {
	Data []Outcome `json:"data"` // in the order of reporting
	Page PageInfo  `json:"page"` // the list is always complete: has_more is false
} //	@name	OutcomeList

// Outcome is what a draft says of a cat, with what cannot be true of it.
func (d OutcomeDraft) Outcome(cat catalog.Cat, today time.Time) (catalog.Outcome, catalog.FieldErrors) {
	var days DateParser
	made := catalog.Outcome{
		CatID: cat.ID, Activity: d.Activity, Days: d.DaysAfterAdoption, Tried: d.Tried, NotTriedReason: StringOrEmpty(d.NotTriedReason),
		CalmOutings: d.CalmOutings, StoppedForFear: d.StoppedForFear, Escapes: d.Escapes, Injuries: d.Injuries,
		Note: StringOrEmpty(d.Note), ReportedOn: days.time("/reported_on", &d.ReportedOn),
	}
	return made, MergeErrors(days.Bad, made.Validate(cat, today))
}

func NewOutcome(o catalog.Outcome) Outcome {
	return Outcome{
		ID:                o.ID,
		CatID:             o.CatID,
		Activity:          o.Activity,
		AdoptedOn:         date(o.AdoptedOn),
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
		Rubric: OrNull(p.Rubric), AsOf: date(p.On), Score: p.Score, LikelyRange: nil,
		Band: OrNull(p.Band), Readiness: OrNull(p.Readiness), EvidenceGrade: OrNull(p.Grade),
	}
	if p.Low != nil && p.High != nil {
		out.LikelyRange = &LikelyRange{Level: rangeLevel, Low: *p.Low, High: *p.High}
	}
	return out
}
