package wire

import (
	"strings"

	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// AdventureRating is how readily a cat is likely to take to going out, as of a
// day, and why. It is structured judgement and no validated test.
type AdventureRating struct {
	Rubric       RubricName           `json:"rubric"`
	AsOf         string               `json:"as_of" format:"date" example:"2026-11-22"`
	Activities   []AdventureActivity  `json:"activities"`                                                                                   // indoor enrichment first, it always suits
	Overall      *float64             `json:"overall" extensions:"x-nullable" example:"54.7" minimum:"0" maximum:"100"`                     // the mix of all activities; null while none is assessed
	OverallRange *LikelyRange         `json:"overall_range" extensions:"x-nullable"`                                                        //
	OverallBand  *string              `json:"overall_band" enums:"natural,promising,gentle_start,confidence_first" extensions:"x-nullable"` //
	BestFit      string               `json:"best_fit" example:"backpack"`                                                                  // the activity to begin with
	ReassessOn   string               `json:"reassess_on" format:"date" example:"2027-02-20"`                                               // the earliest of the activities'
	Traits       []AdventureTrait     `json:"traits"`                                                                                       // in the order of the rubric
	Hints        []AdventureHint      `json:"hints"`                                                                                        // what the listing says, for rubrics that listen to it: no trait is seen by that
	Observations []CountedObservation `json:"observations"`                                                                                 // every one that counts, with its weight
	Ignored      []IgnoredObservation `json:"ignored"`                                                                                      // every one that does not, and why
	Gates        []AdventureGate      `json:"gates"`                                                                                        // open ones; what nobody reported counts as unknown
	Gear         Gear                 `json:"gear"`
	Plan         Plan                 `json:"plan"`
	Conditions   Conditions           `json:"conditions"`
	StopSigns    StopSigns            `json:"stop_signs"`
	Cautions     []Advice             `json:"cautions"`
	Disclaimer   string               `json:"disclaimer" example:"Structured judgement, not a validated test."` // show it with the rating
} //	@name	AdventureRating

// AdventureActivity is the rating for one activity. What needs a score is null
// while the cat is not yet assessed, and for indoor enrichment, which has none.
type AdventureActivity struct {
	Activity             string            `json:"activity" example:"leash_walk"`
	Score                *float64          `json:"score" extensions:"x-nullable" example:"51.2" minimum:"0" maximum:"100"` // of behaviour only: base and all contributions
	LikelyRange          *LikelyRange      `json:"likely_range" extensions:"x-nullable"`
	Band                 *string           `json:"band" enums:"natural,promising,gentle_start,confidence_first" extensions:"x-nullable"`
	Wording              *string           `json:"wording" extensions:"x-nullable" example:"Take it slowly; many succeed."` // the band for people
	EvidenceGrade        *string           `json:"evidence_grade" enums:"A,B,C,D,none" extensions:"x-nullable"`
	Reliability          *float64          `json:"reliability" extensions:"x-nullable" example:"0.77" minimum:"0" maximum:"1"` // share of uncertainty removed
	Assessors            *float64          `json:"assessors" extensions:"x-nullable" example:"1"`                              // effective number
	Readiness            string            `json:"readiness" enums:"on_hold,not_yet_assessed,build_confidence_first,ready_with_training,ready_now,suitable"`
	BehavioralReadiness  string            `json:"behavioral_readiness" enums:"not_yet_assessed,build_confidence_first,ready_with_training,ready_now,suitable"` // readiness but for holds
	Clearance            string            `json:"clearance" enums:"hold,restricted,unverified,clear"`                                                          // what health and safety say
	AllowedNow           []string          `json:"allowed_now" example:"indoor_enrichment,indoor_steps"`                                                        // what may go on in spite of a hold
	Base                 *float64          `json:"base" extensions:"x-nullable" example:"50"`                                                                   // where every score begins
	Contributions        []Contribution    `json:"contributions"`                                                                                               // base and all points are the score exactly
	Strengths            []Contribution    `json:"strengths"`
	Weaknesses           []Contribution    `json:"weaknesses"`
	Opportunities        []TraitPoints     `json:"opportunities"` // what could still be gained
	NextObservations     []NextObservation `json:"next_observations"`
	Reasons              []Advice          `json:"reasons"`
	TrainingWeeks        *TrainingWeeks    `json:"training_weeks" extensions:"x-nullable"`
	RecommendedFirstStep *Advice           `json:"recommended_first_step" extensions:"x-nullable"`
	ReassessOn           *string           `json:"reassess_on" format:"date" extensions:"x-nullable"`
} //	@name	AdventureActivity

// LikelyRange is where the score probably lies.
type LikelyRange struct {
	Level float64 `json:"level" example:"0.8"` // the share of such ranges that hold
	Low   float64 `json:"low" example:"35.2"`
	High  float64 `json:"high" example:"67.1"`
} //	@name	LikelyRange

// Contribution is what one trait adds to a score. Points is direct (the
// trait's own weight) and shared (what it tells of general boldness) together.
type Contribution struct {
	Trait  string  `json:"trait" example:"harness_comfort"`
	Points float64 `json:"points" example:"-3.6"`
	Direct float64 `json:"direct" example:"-1.7"`
	Shared float64 `json:"shared" example:"-1.9"`
} //	@name	Contribution

// TraitPoints are points of a trait.
type TraitPoints struct {
	Trait  string  `json:"trait" example:"harness_comfort"`
	Points float64 `json:"points" example:"7.2"`
} //	@name	TraitPoints

// NextObservation is a trait worth looking at next.
type NextObservation struct {
	Trait string  `json:"trait" example:"sound_recovery"`
	Gain  float64 `json:"gain" example:"0.12"` // the share of the uncertainty that one good look would remove
} //	@name	NextObservation

// TrainingWeeks is how long training may take. The criteria of the plan decide, not the calendar.
type TrainingWeeks struct {
	Low  float64 `json:"low" example:"1.5"`
	High float64 `json:"high" example:"4"`
} //	@name	TrainingWeeks

// Advice is a code for programs and a sentence for people.
type Advice struct {
	Code string `json:"code" example:"EVID.SINGLE_ASSESSOR"`
	Text string `json:"text"`
} //	@name	Advice

// AdventureTrait is what is known of one trait. Mean and estimate go from 0 to 100.
type AdventureTrait struct {
	Trait    string   `json:"trait" example:"sound_recovery"`
	Marks    int      `json:"marks" example:"2"`                                 // how often it was seen
	Weight   float64  `json:"weight" example:"0.648"`                            // of all marks
	Mean     *float64 `json:"mean" extensions:"x-nullable" example:"75"`         // null: never seen
	Estimate float64  `json:"estimate" example:"61.2" minimum:"0" maximum:"100"` // leans on the cat's other traits
} //	@name	AdventureTrait

// CountedObservation is an observation and the factors of its weight.
type CountedObservation struct {
	ID      *string `json:"id" extensions:"x-nullable"`
	Trait   string  `json:"trait" example:"sound_recovery"`
	Points  int     `json:"points" example:"75"` // what the level is worth
	Role    float64 `json:"role" example:"0.9"`
	Context float64 `json:"context" example:"0.8"`
	Settle  float64 `json:"settle" example:"0.9"`   // early days count less
	Recency float64 `json:"recency" example:"1"`    // so do old ones
	Repeat  float64 `json:"repeat" example:"1"`     // and the same person's second look
	Weight  float64 `json:"weight" example:"0.648"` // all of them multiplied
} //	@name	CountedObservation

// IgnoredObservation is an observation that does not count.
type IgnoredObservation struct {
	ID   *string `json:"id" extensions:"x-nullable"`
	Code string  `json:"code" example:"in_the_future"`
} //	@name	IgnoredObservation

func NewAdventureRating(r rating.Rating, said []hints.Hint) AdventureRating {
	out := AdventureRating{
		Rubric:       RubricName(r.Rubric),
		AsOf:         r.AsOf.String(),
		Activities:   MapSlice(r.Activities, newAdventureActivity),
		Overall:      nil,
		OverallRange: newLikelyRange(r.Overall),
		OverallBand:  nil,
		BestFit:      r.BestFit,
		ReassessOn:   r.ReassessOn.String(),
		Traits:       MapSlice(r.Traits, func(t rating.TraitEstimate) AdventureTrait { return AdventureTrait(t) }),
		Hints:        MapSlice(said, newAdventureHint),
		Observations: MapSlice(r.Observations, newCountedObservation),
		Ignored: MapSlice(r.Ignored, func(i rating.IgnoredObservation) IgnoredObservation {
			return IgnoredObservation{ID: givenID(i.ObservationID), Code: i.Code}
		}),
		Gates:      MapSlice(r.Gates, newAdventureGate),
		Gear:       newGear(r.Gear),
		Plan:       newPlan(r.Plan),
		Conditions: newConditions(r.Conditions),
		StopSigns:  StopSigns{Signs: orEmpty(r.StopSigns.Signs), Response: orEmpty(r.StopSigns.Response)},
		Cautions:   newAdvice(r.Cautions),
		Disclaimer: r.Disclaimer,
	}
	if r.Overall != nil {
		out.Overall, out.OverallBand = &r.Overall.Score, &r.Overall.Band
	}
	return out
}

func newAdventureActivity(a rating.Activity) AdventureActivity {
	out := AdventureActivity{
		Activity:             a.Activity,
		Score:                nil,
		LikelyRange:          newLikelyRange(a.Estimate),
		Band:                 nil,
		Wording:              nil,
		EvidenceGrade:        OrNull(a.Grade),
		Reliability:          nil,
		Assessors:            nil,
		Readiness:            string(a.Readiness),
		BehavioralReadiness:  string(a.BehavioralReadiness),
		Clearance:            string(a.Clearance),
		AllowedNow:           orEmpty(a.AllowedNow),
		Base:                 nil,
		Contributions:        newContributions(a.Contributions),
		Strengths:            newContributions(a.Strengths),
		Weaknesses:           newContributions(a.Weaknesses),
		Opportunities:        MapSlice(a.Opportunities, func(p rating.TraitPoints) TraitPoints { return TraitPoints(p) }),
		NextObservations:     MapSlice(a.NextObservations, func(n rating.NextObservation) NextObservation { return NextObservation(n) }),
		Reasons:              MapSlice(a.Reasons, func(r rating.Reason) Advice { return Advice(r) }),
		TrainingWeeks:        nil,
		RecommendedFirstStep: nil,
		ReassessOn:           OrNull(a.ReassessOn.String()),
	}
	if a.Readiness != rating.Suitable {
		out.Reliability, out.Assessors = &a.Reliability, &a.Assessors
		out.RecommendedFirstStep = new(Advice(a.RecommendedFirstStep))
	}
	if a.Estimate != nil {
		out.Score, out.Band, out.Wording, out.Base = &a.Estimate.Score, &a.Estimate.Band, &a.Estimate.Wording, new(scoreBase)
		out.TrainingWeeks = new(TrainingWeeks(*a.TrainingWeeks))
	}
	return out
}

const (
	scoreBase  = 50.0
	rangeLevel = 0.8
)

func newLikelyRange(e *rating.Estimate) *LikelyRange {
	if e == nil {
		return nil
	}
	return &LikelyRange{Level: rangeLevel, Low: e.Low, High: e.High}
}

func newContributions(list []rating.Contribution) []Contribution {
	return MapSlice(list, func(c rating.Contribution) Contribution { return Contribution(c) })
}

func newAdvice(list []rating.Advice) []Advice {
	return MapSlice(list, func(a rating.Advice) Advice { return Advice(a) })
}

func newCountedObservation(m rating.CountedObservation) CountedObservation {
	return CountedObservation{
		ID: givenID(m.ObservationID), Trait: m.Trait, Points: m.Points,
		Role: m.Role, Context: m.Context, Settle: m.Settle, Recency: m.Recency, Repeat: m.Repeat, Weight: m.Weight,
	}
}

// givenID is the id that an observation came with, or null if it is one of ours.
func givenID(id string) *string {
	if strings.HasPrefix(id, generatedPrefix) {
		return nil
	}
	return OrNull(id)
}

// AdventureHint is what a cat's listing says of one trait. Nobody saw it with the
// form in hand.
type AdventureHint struct {
	Trait  string `json:"trait" example:"outdoor_interest"`               // one hint a trait, at most
	Level  int    `json:"level" example:"4" minimum:"1" maximum:"5"`      // by the anchors of the rubric
	Source string `json:"source" example:"description"`                   // description, or the field that says it
	Words  string `json:"words" example:"loves to watch birds"`           // exactly as they stand there
	Rule   string `json:"rule" example:"window-watching" maxLength:"100"` // which rule read them
} //	@name	AdventureHint

func newAdventureHint(h hints.Hint) AdventureHint {
	return AdventureHint{Trait: h.Trait, Level: h.Level, Source: h.Source, Words: h.Words, Rule: h.Rule}
}
