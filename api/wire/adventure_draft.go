package wire

import (
	"fmt"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// AdventurePreview is a cat that nobody stores, to be rated.
type AdventurePreview struct {
	AsOf         *string            `json:"as_of" validate:"optional" extensions:"x-nullable" format:"date" example:"2026-11-22"` // the day of the rating; left out: today (UTC)
	Rubric       *string            `json:"rubric" validate:"optional" extensions:"x-nullable" example:"1.1.0"`                   // a version of the rubric; left out: the newest
	Cat          AdventureCat       `json:"cat" validate:"optional"`
	Observations []ObservationDraft `json:"observations" validate:"optional" maxItems:"1000"`
	Health       []HealthDraft      `json:"health" validate:"optional" maxItems:"100"`
} //	@name	AdventurePreview

// AdventureCat holds the facts that gates, training times and gear need. None
// of them moves a score; breed, sex and colour are not asked for.
type AdventureCat struct {
	BirthDate    *string  `json:"birth_date" validate:"optional" extensions:"x-nullable" format:"date" example:"2023-11-20"` // an estimate will do
	HomeSince    *string  `json:"home_since" validate:"optional" extensions:"x-nullable" format:"date" example:"2026-11-01"` // when it moved into the home that it will go out from; left out for a shelter's cat
	WeightKg     *float64 `json:"weight_kg" validate:"optional" extensions:"x-nullable" example:"4.1"`
	GirthCm      *float64 `json:"girth_cm" validate:"optional" extensions:"x-nullable" example:"34"`        // right behind the front legs
	BodyLengthCm *float64 `json:"body_length_cm" validate:"optional" extensions:"x-nullable" example:"44"`  // from nose to the base of the tail
	LongCoat     *bool    `json:"long_coat" validate:"optional" extensions:"x-nullable" example:"false"`    //
	WarmClimate  *bool    `json:"warm_climate" validate:"optional" extensions:"x-nullable" example:"false"` //
} //	@name	AdventureCat

// Assessor is who observed a cat. The id is yours: one person, one id.
type Assessor struct {
	ID   string `json:"id" example:"s1" maxLength:"100"`
	Role string `json:"role" example:"staff"` // behaviorist, foster, staff, adopter, vet, volunteer or previous_owner; in a preview also listing
} //	@name	Assessor

// ObservationDraft is the level that one person saw of one trait on one day.
type ObservationDraft struct {
	ID          *string  `json:"id" validate:"optional" extensions:"x-nullable" maxLength:"100"`               // yours, to know it again in the answer
	Trait       string   `json:"trait" example:"sound_recovery"`                                               // a trait of the rubric
	Level       int      `json:"level" example:"5" minimum:"1" maximum:"5"`                                    // by the anchors of the rubric; higher suits better
	Assessor    Assessor `json:"assessor"`                                                                     //
	Context     string   `json:"context" example:"shelter_room"`                                               // where: a context of the rubric
	ObservedOn  string   `json:"observed_on" format:"date" example:"2026-11-17"`                               //
	DaysInPlace *int     `json:"days_in_place" validate:"optional" extensions:"x-nullable" example:"10"`       // days since the cat came to that kennel or home; null: unknown
	Note        *string  `json:"note" validate:"optional" extensions:"x-nullable" example:"Looked up, ate on"` // not rated
} //	@name	ObservationDraft

// HealthDraft says how one line of the rubric's health and safety gates stands.
type HealthDraft struct {
	Code       string  `json:"code" example:"ID.CHIP"`                                                                // a gate of the rubric
	Status     string  `json:"status" enums:"ok,fail,unknown,not_applicable"`                                         //
	Severity   *string `json:"severity" validate:"optional" extensions:"x-nullable" example:"moderate"`               // which variant of the gate; left out counts as the strictest
	HappenedOn *string `json:"happened_on" validate:"optional" extensions:"x-nullable" format:"date"`                 // the operation, the dose, the bite, the exam
	ValidUntil *string `json:"valid_until" validate:"optional" extensions:"x-nullable" format:"date"`                 // past this day an ok counts as a fail
	VerifiedBy *string `json:"verified_by" validate:"optional" extensions:"x-nullable" example:"vet" maxLength:"200"` // who looked
	VerifiedOn *string `json:"verified_on" validate:"optional" extensions:"x-nullable" format:"date"`                 //
} //	@name	HealthDraft

// DateParser reads days out of a body, and collects what is wrong with them.
type DateParser struct{ Bad catalog.FieldErrors }

// Day reads a day; what was not said is the zero day.
func (d *DateParser) Day(at string, text *string) rating.Day {
	t := d.time(at, text)
	if t.IsZero() {
		return 0
	}
	return rating.DayOf(t)
}

func (d *DateParser) time(at string, text *string) time.Time {
	if text == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, *text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		d.Bad.Check(false, at, "malformed", fmt.Sprintf("%q is no date such as 2026-11-22.", *text))
		return time.Time{}
	}
	return t
}

func (c AdventureCat) Cat(d *DateParser) rating.Cat {
	return rating.Cat{
		Born: d.Day("/cat/birth_date", c.BirthDate), HomeSince: d.Day("/cat/home_since", c.HomeSince),
		WeightKg: c.WeightKg, GirthCm: c.GirthCm, BodyLengthCm: c.BodyLengthCm, LongCoat: c.LongCoat, WarmClimate: c.WarmClimate,
	}
}

func (o ObservationDraft) Observation(d *DateParser, i int) rating.Observation {
	return rating.Observation{
		ID: StringOrEmpty(o.ID), Trait: o.Trait, Level: o.Level, AssessorID: o.Assessor.ID, Role: o.Assessor.Role,
		Context: o.Context, ObservedOn: d.Day(fmt.Sprintf("/observations/%d/observed_on", i), &o.ObservedOn), DaysInPlace: o.DaysInPlace,
	}
}

// generatedPrefix begins the names that we give.
const generatedPrefix = "\x00"

// NameObservations gives observations without an id one that says what they say, so that
// the order in which they come does not matter.
func NameObservations(observations []rating.Observation) {
	for i := range observations {
		if o := &observations[i]; o.ID == "" {
			days := -1
			if o.DaysInPlace != nil {
				days = *o.DaysInPlace
			}
			o.ID = fmt.Sprintf("%s%d %s %s %d", generatedPrefix, o.Level, o.Role, o.Context, days)
		}
	}
}

func (h HealthDraft) Item(d *DateParser, at string) rating.HealthItem {
	return rating.HealthItem{
		Code: h.Code, Status: rating.HealthStatus(h.Status), Severity: StringOrEmpty(h.Severity),
		HappenedOn: d.Day(at+"/happened_on", h.HappenedOn), ValidUntil: d.Day(at+"/valid_until", h.ValidUntil),
		VerifiedBy: StringOrEmpty(h.VerifiedBy), VerifiedOn: d.Day(at+"/verified_on", h.VerifiedOn),
	}
}

// pointersOfRating are the paths of our bodies for those by which the rubric
// names its input.
var pointersOfRating = strings.NewReplacer("/cat/born", "/cat/birth_date", "/assessor_id", "/assessor/id", "/role", "/assessor/role")

// RatingFaults returns the field errors of a rubric with the pointers of our
// request bodies.
func RatingFaults(errs []rating.FieldError) catalog.FieldErrors {
	var out catalog.FieldErrors
	for _, e := range errs {
		out.Check(false, pointersOfRating.Replace(e.Pointer), e.Code, e.Message)
	}
	return out
}

// MergeErrors puts the faults of the form before those of the content, and of two
// at the same place keeps the first.
func MergeErrors(form, content catalog.FieldErrors) catalog.FieldErrors {
	seen := map[string]bool{}
	for _, f := range form {
		seen[f.Pointer] = true
	}
	for _, f := range content {
		if !seen[f.Pointer] {
			seen[f.Pointer] = true
			form = append(form, f)
		}
	}
	return form
}
