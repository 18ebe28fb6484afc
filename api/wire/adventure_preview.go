package wire

import (
	"fmt"

	"trailcat/internal/rating"
	"trailcat/internal/vocab"
)

// AdventurePreview is a cat to rate without storing it.
type AdventurePreview struct {
	AsOf         *string            `json:"as_of" validate:"optional" extensions:"x-nullable" format:"date" example:"2026-11-22"` // Day of the rating; default today (UTC).
	Rubric       *string            `json:"rubric" validate:"optional" extensions:"x-nullable" example:"1.2.0"`                   // Version of the rubric; default the newest.
	Cat          AdventureCat       `json:"cat" validate:"optional"`                                                              // Facts about the cat; all of them are optional.
	Observations []ObservationDraft `json:"observations" validate:"optional" maxItems:"1000"`                                     // Observed levels, one per trait and visit.
	Health       []HealthDraft      `json:"health" validate:"optional" maxItems:"100"`                                            // Status of the rubric's health and safety gates; gates not listed are unknown.
} //	@name	AdventurePreview

// AdventureCat is the set of facts about a cat that gates, training times and gear
// depend on. None of them changes a score. Breed and color are not used, and sex
// only answers the question of pregnancy.
type AdventureCat struct {
	BirthDate    *string  `json:"birth_date" validate:"optional" extensions:"x-nullable" format:"date" example:"2023-11-20"` // Date of birth; an estimate is sufficient. Null when unknown.
	HomeSince    *string  `json:"home_since" validate:"optional" extensions:"x-nullable" format:"date" example:"2026-11-01"` // Day on which the cat moved into its present home; null for a cat in a shelter.
	WeightKg     *float64 `json:"weight_kg" validate:"optional" extensions:"x-nullable" example:"4.1"`                       // Weight in kilograms; null when not measured.
	GirthCm      *float64 `json:"girth_cm" validate:"optional" extensions:"x-nullable" example:"34"`                         // Chest girth in centimeters, measured behind the front legs; null when not measured.
	BodyLengthCm *float64 `json:"body_length_cm" validate:"optional" extensions:"x-nullable" example:"44"`                   // Length in centimeters from the nose to the base of the tail; null when not measured.
	LongCoat     *bool    `json:"long_coat" validate:"optional" extensions:"x-nullable" example:"false"`                     // Whether the coat is long; null when unknown.
	WarmClimate  *bool    `json:"warm_climate" validate:"optional" extensions:"x-nullable" example:"false"`                  // Whether the cat lives in a warm climate; null when unknown.
	Sex          *string  `json:"sex" validate:"optional" enums:"female,male" extensions:"x-nullable" example:"female"`      // Sex; a male is not asked about pregnancy. Null when unknown.
} //	@name	AdventureCat

// Assessor is the person who observed a cat.
type Assessor struct {
	ID   string `json:"id" example:"s1" maxLength:"100"` // Your ID of the person; use the same ID for the same person.
	Role string `json:"role" example:"staff"`            // Relation of the person to the cat: `behaviorist`, `foster`, `staff`, `adopter`, `vet`, `volunteer` or `previous_owner`; in a preview also `shelter_record` and `listing`.
} //	@name	Assessor

// ObservationDraft is the level of one trait that one person observed on one day.
type ObservationDraft struct {
	ID          *string  `json:"id" validate:"optional" extensions:"x-nullable" maxLength:"100"`               // Your ID of the observation, repeated in the response; null for none.
	Trait       string   `json:"trait" example:"sound_recovery"`                                               // Code of a trait of the rubric.
	Level       int      `json:"level" example:"5" minimum:"1" maximum:"5"`                                    // Observed level by the anchors of the rubric, 1 to 5; a higher level suits activities better.
	Assessor    Assessor `json:"assessor"`                                                                     // Who observed the cat.
	Context     string   `json:"context" example:"shelter_room"`                                               // Where the cat was observed: code of a context of the rubric.
	ObservedOn  string   `json:"observed_on" format:"date" example:"2026-11-17"`                               // Day of the observation.
	DaysInPlace *int     `json:"days_in_place" validate:"optional" extensions:"x-nullable" example:"10"`       // Days since the cat came to this kennel or home; null when unknown.
	Note        *string  `json:"note" validate:"optional" extensions:"x-nullable" example:"Looked up, ate on"` // Free text; not used for the rating.
} //	@name	ObservationDraft

// HealthDraft is the status of one health or safety gate of the rubric.
type HealthDraft struct {
	Code       string  `json:"code" example:"ID.CHIP"`                                                                // Code of the gate.
	Status     string  `json:"status" enums:"ok,fail,unknown,not_applicable,at_adoption"`                             // State of the gate; `unknown` is treated like a gate that is not listed. `at_adoption`, since rubric 1.2.0: the shelter does it on the day of adoption, such as a microchip, neutering or a vaccination.
	Severity   *string `json:"severity" validate:"optional" extensions:"x-nullable" example:"moderate"`               // Variant of the gate; null is treated as the strictest variant.
	HappenedOn *string `json:"happened_on" validate:"optional" extensions:"x-nullable" format:"date"`                 // Day of the operation, vaccination, bite or exam; null when unknown.
	ValidUntil *string `json:"valid_until" validate:"optional" extensions:"x-nullable" format:"date"`                 // Last day on which the status is valid: afterwards `ok` counts as `fail`, and a temporary failure as over. Null for the rubric's default.
	VerifiedBy *string `json:"verified_by" validate:"optional" extensions:"x-nullable" example:"vet" maxLength:"200"` // Who verified the status; null when nobody did.
	VerifiedOn *string `json:"verified_on" validate:"optional" extensions:"x-nullable" format:"date"`                 // Day of the verification; null when unknown.
} //	@name	HealthDraft

// Cat returns the facts as the rubric takes them.
func (c AdventureCat) Cat(dates *DateParser) rating.Cat {
	return rating.Cat{
		Born: dates.ParseDay("/cat/birth_date", c.BirthDate), HomeSince: dates.ParseDay("/cat/home_since", c.HomeSince),
		WeightKg: c.WeightKg, GirthCm: c.GirthCm, BodyLengthCm: c.BodyLengthCm, LongCoat: c.LongCoat, WarmClimate: c.WarmClimate,
		Male: StringOrEmpty(c.Sex) == string(vocab.SexMale),
	}
}

// Observation returns observation number i of a preview as the rubric takes it.
func (o ObservationDraft) Observation(dates *DateParser, i int) rating.Observation {
	return rating.Observation{
		ID: StringOrEmpty(o.ID), Trait: o.Trait, Level: o.Level, AssessorID: o.Assessor.ID, Role: o.Assessor.Role,
		Context: o.Context, ObservedOn: dates.ParseDay(fmt.Sprintf("/observations/%d/observed_on", i), &o.ObservedOn), DaysInPlace: o.DaysInPlace,
	}
}

// generatedPrefix is the prefix of generated IDs.
const generatedPrefix = "\x00"

// AssignObservationIDs generates the IDs of observations without one from their
// content, so that the result does not depend on their order.
func AssignObservationIDs(observations []rating.Observation) {
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

// Item returns the gate at a JSON pointer as the rubric takes it.
func (h HealthDraft) Item(dates *DateParser, pointer string) rating.HealthItem {
	return rating.HealthItem{
		Code: h.Code, Status: rating.HealthStatus(h.Status), Severity: StringOrEmpty(h.Severity),
		HappenedOn: dates.ParseDay(pointer+"/happened_on", h.HappenedOn), ValidUntil: dates.ParseDay(pointer+"/valid_until", h.ValidUntil),
		VerifiedBy: StringOrEmpty(h.VerifiedBy), VerifiedOn: dates.ParseDay(pointer+"/verified_on", h.VerifiedOn),
	}
}
