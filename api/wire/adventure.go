package wire

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// AdventureRating is a cat's suitability for activities outside on one day, with the
// reasons. It is structured judgement, not a validated test.
type AdventureRating struct {
	Rubric       RubricName           `json:"rubric"`                                                                                       // Rubric that produced the rating.
	AsOf         string               `json:"as_of" format:"date" example:"2026-11-22"`                                                     // Day of the rating.
	Activities   []AdventureActivity  `json:"activities"`                                                                                   // Rating of each activity, indoor enrichment first.
	Overall      *float64             `json:"overall" extensions:"x-nullable" example:"54.7" minimum:"0" maximum:"100"`                     // Weighted score of all assessed activities; null while none is assessed.
	OverallRange *LikelyRange         `json:"overall_range" extensions:"x-nullable"`                                                        // Range of the overall score; null while no activity is assessed.
	OverallBand  *string              `json:"overall_band" enums:"natural,promising,gentle_start,confidence_first" extensions:"x-nullable"` // Band of the overall score; null while no activity is assessed.
	BestFit      *string              `json:"best_fit" extensions:"x-nullable" example:"backpack"`                                          // Code of the activity to start with: the easiest of those within 3 points of the highest score, or `indoor_enrichment` if the cat can start none of them. Null while no activity is assessed.
	ReassessOn   *string              `json:"reassess_on" format:"date" extensions:"x-nullable" example:"2027-02-20"`                       // Earliest day on which an activity should be assessed again; null while none is assessed.
	Traits       []AdventureTrait     `json:"traits"`                                                                                       // Evidence on each trait, in the order of the rubric.
	Impression   *Impression          `json:"impression" extensions:"x-nullable"`                                                           // Impression that the hints give; null when they say nothing that matters for activities outside. It is no score and no readiness: nobody observed the cat.
	Hints        []AdventureHint      `json:"hints"`                                                                                        // What the listing and the shelter's record say about traits; empty for rubrics that do not use listings.
	Observations []CountedObservation `json:"observations"`                                                                                 // Observations that count, with their weights.
	Ignored      []IgnoredObservation `json:"ignored"`                                                                                      // Observations that do not count, with the reason.
	Gates        []AdventureGate      `json:"gates"`                                                                                        // Open gates; a gate without a reported status is unknown and open.
	Gear         Gear                 `json:"gear"`                                                                                         // Recommended equipment.
	Plan         Plan                 `json:"plan"`                                                                                         // Training plan.
	Conditions   Conditions           `json:"conditions"`                                                                                   // Weather limits and rules.
	StopSigns    StopSigns            `json:"stop_signs"`                                                                                   // Signs that an activity must end.
	Cautions     []Advice             `json:"cautions"`                                                                                     // Warnings to show with the rating.
	AfterOuting  []string             `json:"after_outing"`                                                                                 // What to do after each outing; empty for rubrics before 1.2.0.
	SlippedGear  []string             `json:"slipped_gear"`                                                                                 // What to do when the cat slips out of its gear; empty for rubrics before 1.2.0.
	Disclaimer   string               `json:"disclaimer" example:"Structured judgement, not a validated test."`                             // Text to show with the rating.
} //	@name	AdventureRating

// AdventureActivity is the rating of one activity. Fields that depend on a score are
// null while the cat is not yet assessed, and for indoor enrichment, which has no
// score.
type AdventureActivity struct {
	Activity             string            `json:"activity" example:"leash_walk"`                                                                               // Code of the activity.
	Score                *float64          `json:"score" extensions:"x-nullable" example:"51.2" minimum:"0" maximum:"100"`                                      // Score from behavior alone: `base` plus the points of all contributions, exact to a tenth. Show people the whole number; the range is wide. Null when not yet assessed.
	LikelyRange          *LikelyRange      `json:"likely_range" extensions:"x-nullable"`                                                                        // Range in which the score probably lies; null when not yet assessed.
	Band                 *string           `json:"band" enums:"natural,promising,gentle_start,confidence_first" extensions:"x-nullable"`                        // Band of the score; null when not yet assessed.
	Wording              *string           `json:"wording" extensions:"x-nullable" example:"Go slowly and let the cat decide."`                                 // The band as a sentence for people; null when not yet assessed.
	EvidenceGrade        *string           `json:"evidence_grade" enums:"A,B,C,D,listing,none" extensions:"x-nullable"`                                         // Quality of the evidence of the score, `A` is the best; without a score `listing` if hints of the listing and the shelter's record are all there is, otherwise `none`. Null for indoor enrichment.
	Reliability          *float64          `json:"reliability" extensions:"x-nullable" example:"0.77" minimum:"0" maximum:"1"`                                  // Share of the uncertainty that the evidence removes, 0 to 1; null for indoor enrichment.
	Assessors            *float64          `json:"assessors" extensions:"x-nullable" example:"1"`                                                               // Effective number of assessors; null for indoor enrichment.
	Readiness            string            `json:"readiness" enums:"on_hold,not_yet_assessed,build_confidence_first,ready_with_training,ready_now,suitable"`    // Readiness for the activity, with health and safety gates considered.
	BehavioralReadiness  string            `json:"behavioral_readiness" enums:"not_yet_assessed,build_confidence_first,ready_with_training,ready_now,suitable"` // Readiness by behavior alone, without gates.
	Clearance            string            `json:"clearance" enums:"hold,restricted,unverified,clear"`                                                          // Combined effect of the health and safety gates.
	AllowedNow           []string          `json:"allowed_now" example:"indoor_enrichment,indoor_steps"`                                                        // Codes of what is allowed even while the activity is on hold.
	Base                 *float64          `json:"base" extensions:"x-nullable" example:"50"`                                                                   // Starting point of every score; null when not yet assessed.
	Contributions        []Contribution    `json:"contributions"`                                                                                               // Effect of each trait; `base` and all points sum to the score exactly.
	Strengths            []Contribution    `json:"strengths"`                                                                                                   // Contributions that raise the score most.
	Weaknesses           []Contribution    `json:"weaknesses"`                                                                                                  // Contributions that lower the score most.
	Opportunities        []TraitPoints     `json:"opportunities"`                                                                                               // Traits in which the most points could still be gained.
	NextObservations     []NextObservation `json:"next_observations"`                                                                                           // Traits to observe next, the most informative first.
	Reasons              []Advice          `json:"reasons"`                                                                                                     // Reasons to act on: what blocks or restricts the activity, and what weakens the evidence.
	TrainingWeeks        *TrainingWeeks    `json:"training_weeks" extensions:"x-nullable"`                                                                      // Estimated training time in weeks; null when not yet assessed.
	RecommendedFirstStep *FirstStep        `json:"recommended_first_step" extensions:"x-nullable"`                                                              // What to do first; null for indoor enrichment.
	ReassessOn           *string           `json:"reassess_on" format:"date" extensions:"x-nullable"`                                                           // Day on which to assess the activity again; null while it is not assessed, and for indoor enrichment.
} //	@name	AdventureActivity

// LikelyRange is the range in which a score probably lies.
type LikelyRange struct {
	Level float64 `json:"level" example:"0.8"` // Share of such ranges that contain the true score.
	Low   float64 `json:"low" example:"35.2"`  // Lower end, 0 to 100.
	High  float64 `json:"high" example:"67.1"` // Upper end, 0 to 100.
} //	@name	LikelyRange

// Contribution is the effect of one trait on a score.
type Contribution struct {
	Trait  string  `json:"trait" example:"harness_comfort"` // Code of the trait.
	Points float64 `json:"points" example:"-3.6"`           // Points added to the score: the sum of `direct` and `shared`.
	Direct float64 `json:"direct" example:"-1.7"`           // Points from the trait's own weight.
	Shared float64 `json:"shared" example:"-1.9"`           // Points from what the trait indicates about general boldness.
} //	@name	Contribution

// TraitPoints is a number of points of one trait.
type TraitPoints struct {
	Trait  string  `json:"trait" example:"harness_comfort"` // Code of the trait.
	Points float64 `json:"points" example:"7.2"`            // Points that could still be gained.
} //	@name	TraitPoints

// NextObservation is a trait worth observing next.
type NextObservation struct {
	Trait       string  `json:"trait" example:"sound_recovery"`                                                          // Code of the trait.
	Gain        float64 `json:"gain" example:"0.12"`                                                                     // Share of the uncertainty that one observation of full weight would remove, 0 to 1.
	StaffText   *string `json:"staff_text" extensions:"x-nullable" example:"Look next: Recovery from sounds."`           // What to look at, for those who assess the cat; null for rubrics before 1.2.0.
	AdopterText *string `json:"adopter_text" extensions:"x-nullable" example:"Ask the shelter how the cat takes noise."` // What to ask the shelter, for adopters; null for rubrics before 1.2.0.
} //	@name	NextObservation

// TrainingWeeks is an estimate of the training time. The criteria of the plan decide,
// not the calendar.
type TrainingWeeks struct {
	Low  float64 `json:"low" example:"1.5"` // Fewest weeks.
	High float64 `json:"high" example:"4"`  // Most weeks.
} //	@name	TrainingWeeks

// Advice is a stable code with a sentence for people.
type Advice struct {
	Code string `json:"code" example:"EVID.SINGLE_ASSESSOR"` // Stable code for programs.
	Text string `json:"text"`                                // Sentence for people.
} //	@name	Advice

// FirstStep is the first step towards an activity.
type FirstStep struct {
	Code        string  `json:"code" example:"settle_blockers"`                                                                                     // Stable code for programs: `settle_blockers`, `wait`, `stays_on_hold`, `next_observations`, `quiet_outing`, or `step_` and the code of a step of the plan.
	Text        string  `json:"text" example:"Settle first: Microchip. Practice indoors can go on."`                                                // Sentence for staff.
	AdopterText *string `json:"adopter_text" extensions:"x-nullable" example:"Ask the shelter first about: Microchip. Practice indoors can go on."` // The same for adopters; null for rubrics before 1.2.0.
} //	@name	FirstStep

// AdventureTrait is the evidence on one trait.
type AdventureTrait struct {
	Trait    string   `json:"trait" example:"sound_recovery"`                    // Code of the trait.
	Marks    int      `json:"marks" example:"2"`                                 // Number of observations.
	Weight   float64  `json:"weight" example:"0.648"`                            // Combined weight of all observations.
	Mean     *float64 `json:"mean" extensions:"x-nullable" example:"75"`         // Mean of the observations, 0 to 100; null when never observed.
	Estimate float64  `json:"estimate" example:"61.2" minimum:"0" maximum:"100"` // Estimate that also uses the cat's other traits.
} //	@name	AdventureTrait

// CountedObservation is an observation that counts, with the factors of its weight.
type CountedObservation struct {
	ID      *string `json:"id" extensions:"x-nullable"`     // Your ID of the observation; null for none.
	Trait   string  `json:"trait" example:"sound_recovery"` // Code of the trait.
	Points  int     `json:"points" example:"75"`            // Value of the level, 0 to 100.
	Role    float64 `json:"role" example:"0.9"`             // Factor for the role of the assessor.
	Context float64 `json:"context" example:"0.8"`          // Factor for the context.
	Settle  float64 `json:"settle" example:"0.9"`           // Factor for the time since the cat came to the place; early days count less.
	Recency float64 `json:"recency" example:"1"`            // Factor for the age of the observation; older ones count less.
	Repeat  float64 `json:"repeat" example:"1"`             // Factor for repeated observations by the same person.
	Weight  float64 `json:"weight" example:"0.648"`         // Product of all factors.
} //	@name	CountedObservation

// IgnoredObservation is an observation that does not count.
type IgnoredObservation struct {
	ID   *string      `json:"id" extensions:"x-nullable"`                                                     // Your ID of the observation; null for none.
	Code errcode.Code `json:"code" swaggertype:"string" extensions:"x-codes=ignored" example:"in_the_future"` // Why it does not count.
} //	@name	IgnoredObservation

// NewAdventureRating returns a rating with the hints that it used and the impression that
// they give.
func NewAdventureRating(r rating.Rating, used []hints.Hint, impression catalog.Impression) AdventureRating {
	out := AdventureRating{
		Rubric:       RubricName(r.Rubric),
		AsOf:         r.AsOf.String(),
		Activities:   MapSlice(r.Activities, newAdventureActivity),
		Overall:      nil,
		OverallRange: newLikelyRange(r.Overall),
		OverallBand:  nil,
		BestFit:      OrNull(r.BestFit),
		ReassessOn:   OrNull(r.ReassessOn.String()),
		Traits:       MapSlice(r.Traits, func(t rating.TraitEstimate) AdventureTrait { return AdventureTrait(t) }),
		Impression:   NewImpression(impression),
		Hints:        MapSlice(used, newAdventureHint),
		Observations: MapSlice(r.Observations, newCountedObservation),
		Ignored: MapSlice(r.Ignored, func(i rating.IgnoredObservation) IgnoredObservation {
			return IgnoredObservation{ID: givenID(i.ObservationID), Code: i.Code}
		}),
		Gates:       MapSlice(r.Gates, newAdventureGate),
		Gear:        newGear(r.Gear),
		Plan:        newPlan(r.Plan),
		Conditions:  newConditions(r.Conditions),
		StopSigns:   StopSigns{Signs: orEmpty(r.StopSigns.Signs), Response: orEmpty(r.StopSigns.Response)},
		Cautions:    newAdvice(r.Cautions),
		AfterOuting: orEmpty(r.AfterOuting), SlippedGear: orEmpty(r.SlippedGear),
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
		NextObservations:     MapSlice(a.NextObservations, newNextObservation),
		Reasons:              MapSlice(a.Reasons, func(r rating.Reason) Advice { return Advice(r) }),
		TrainingWeeks:        nil,
		RecommendedFirstStep: nil,
		ReassessOn:           OrNull(a.ReassessOn.String()),
	}
	if a.Readiness != rating.Suitable {
		out.Reliability, out.Assessors = &a.Reliability, &a.Assessors
		out.RecommendedFirstStep = &FirstStep{Code: a.RecommendedFirstStep.Code, Text: a.RecommendedFirstStep.Text, AdopterText: OrNull(a.AdopterFirstStep)}
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

func newNextObservation(n rating.NextObservation) NextObservation {
	return NextObservation{Trait: n.Trait, Gain: n.Gain, StaffText: OrNull(n.StaffText), AdopterText: OrNull(n.AdopterText)}
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

// givenID returns the ID of an observation, or nil if it was generated.
func givenID(id string) *string {
	if strings.HasPrefix(id, generatedPrefix) {
		return nil
	}
	return OrNull(id)
}

// AdventureHint is what the text or a field of the listing, or the shelter's record, says
// about one trait. It is not an observation.
type AdventureHint struct {
	Trait  string `json:"trait" example:"outdoor_interest"`               // Code of the trait; a rating has at most one hint per trait.
	Level  int    `json:"level" example:"4" minimum:"1" maximum:"5"`      // Level by the anchors of the rubric, 1 to 5.
	Source string `json:"source" example:"description"`                   // `description`, or the name of the field that says it.
	Words  string `json:"words" example:"loves to watch birds"`           // The exact words of the source.
	Rule   string `json:"rule" example:"window-watching" maxLength:"100"` // Rule that matched the words.

	Recorded bool   `json:"recorded" example:"false"`                                 // Whether it is the shelter's record: an answer in its software, which counts more than words since rubric 1.2.0.
	Text     string `json:"text" example:"The listing says: “loves to watch birds”."` // The hint as a sentence that names its source: the listing or the shelter's record.
} //	@name	AdventureHint

func newAdventureHint(h hints.Hint) AdventureHint {
	return AdventureHint{Trait: h.Trait, Level: h.Level, Source: h.Source, Words: h.Words, Rule: h.Rule, Recorded: h.Recorded, Text: hintText(h)}
}

// hintText returns a hint as a sentence.
func hintText(h hints.Hint) string {
	switch {
	case h.Recorded:
		return "The shelter recorded: " + h.Answer + "."
	case h.Answer != "":
		return "The listing says: " + h.Answer + "."
	default:
		return "The listing says: “" + h.Words + "”."
	}
}

// Impression is the impression that the text and the fields of a listing give of a cat. It
// is no score and no readiness: nobody observed the cat. `GET /v1/cats/{id}/adventure`
// quotes the words and the answers that the shelter recorded under `hints`.
type Impression struct {
	Overall    *string             `json:"overall" enums:"confident,mixed,shy" extensions:"x-nullable"` // Impression for activities outside in general; null when the listing says nothing that matters.
	Activities ActivityImpressions `json:"activities"`                                                  // Impression for each activity.
	Phrases    int                 `json:"phrases" example:"3" minimum:"1" maximum:"20"`                // Number of phrases of the listing, and of answers that the shelter recorded, that the impression is read from.
} //	@name	ListingImpression

// ActivityImpressions are the impressions that a listing gives for each activity: `confident`
// if it speaks for the activity, `shy` if it speaks against starting with it, otherwise
// `mixed`.
type ActivityImpressions struct {
	LeashWalk  *string `json:"leash_walk" enums:"confident,mixed,shy" extensions:"x-nullable"`  // Leash walks; null when the listing says nothing that matters for them.
	Backpack   *string `json:"backpack" enums:"confident,mixed,shy" extensions:"x-nullable"`    // Backpack outings; null when the listing says nothing that matters for them.
	Hike       *string `json:"hike" enums:"confident,mixed,shy" extensions:"x-nullable"`        // Hikes; null when the listing says nothing that matters for them.
	PatioVisit *string `json:"patio_visit" enums:"confident,mixed,shy" extensions:"x-nullable"` // Patio visits; null when the listing says nothing that matters for them.
} //	@name	ActivityImpressions

// NewImpression returns an impression, or nil if there is none.
func NewImpression(i catalog.Impression) *Impression {
	if !i.Any() {
		return nil
	}
	a := &i.Activities
	return &Impression{
		Overall:    OrNull(i.Overall),
		Activities: ActivityImpressions{LeashWalk: OrNull(a[0]), Backpack: OrNull(a[1]), Hike: OrNull(a[2]), PatioVisit: OrNull(a[3])},
		Phrases:    i.Phrases,
	}
}

// AdventureSummary is a summary of the latest adventure rating of a cat. `GET
// /v1/cats/{id}/adventure` returns the whole rating.
type AdventureSummary struct {
	Rubric     string            `json:"rubric" example:"1.2.0"`                                                                          // Version of the rubric.
	AsOf       string            `json:"as_of" format:"date"`                                                                             // Day of the rating.
	Overall    *float64          `json:"overall" extensions:"x-nullable" example:"54.7" minimum:"0" maximum:"100"`                        // Weighted score of all assessed activities; null while none is assessed, never 0.
	BestFit    *string           `json:"best_fit" enums:"indoor_enrichment,leash_walk,backpack,hike,patio_visit" extensions:"x-nullable"` // Activity to start with; null while none is assessed.
	Activities []ActivitySummary `json:"activities"`                                                                                      // Summaries of leash walk, backpack, hike and patio visit, in this order.
} //	@name	AdventureSummary

// ActivitySummary is a summary of the rating of one activity.
type ActivitySummary struct {
	Activity      string       `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"`                                           // Code of the activity.
	Score         *float64     `json:"score" extensions:"x-nullable" example:"51.2" minimum:"0" maximum:"100"`                          // Score from behavior alone; null when not yet assessed.
	LikelyRange   *LikelyRange `json:"likely_range" extensions:"x-nullable"`                                                            // Range in which the score probably lies; null when not yet assessed.
	Band          *string      `json:"band" enums:"natural,promising,gentle_start,confidence_first" extensions:"x-nullable"`            // Band of the score; null when not yet assessed.
	Readiness     string       `json:"readiness" enums:"on_hold,not_yet_assessed,build_confidence_first,ready_with_training,ready_now"` // Readiness for the activity, with health and safety gates considered.
	EvidenceGrade string       `json:"evidence_grade" enums:"A,B,C,D,listing,none"`                                                     // Quality of the evidence of the score, `A` is the best; without a score `listing` if hints of the listing and the shelter's record are all there is, otherwise `none`.
} //	@name	ActivitySummary

// newAdventureSummary returns the summary of a rating, or nil if no activity is
// assessed and none is on hold.
func newAdventureSummary(r catalog.Rating) *AdventureSummary {
	assessed := func(a catalog.ActivityRating) bool { return a.Readiness != catalog.ReadinessNotAssessed }
	if r.Overall == nil && !slices.ContainsFunc(r.Activities, assessed) {
		return nil
	}
	return &AdventureSummary{
		Rubric: r.Rubric, AsOf: r.On.Format(time.DateOnly), Overall: r.Overall, BestFit: OrNull(r.BestFit),
		Activities: MapSlice(r.Activities, newActivitySummary),
	}
}

func newActivitySummary(a catalog.ActivityRating) ActivitySummary {
	out := ActivitySummary{
		Activity: a.Activity, Score: a.Score, LikelyRange: nil, Band: OrNull(a.Band), Readiness: a.Readiness, EvidenceGrade: a.Grade,
	}
	if a.Low != nil && a.High != nil {
		out.LikelyRange = &LikelyRange{Level: rangeLevel, Low: *a.Low, High: *a.High}
	}
	return out
}

// EncodeAdventureSummary returns the JSON of a cat's adventure summary, for other
// representations of cats. It returns nil if no activity is assessed or on hold.
func EncodeAdventureSummary(cat catalog.Cat) json.RawMessage {
	summary := newAdventureSummary(cat.Rating)
	if summary == nil {
		return nil
	}
	body, err := binding.EncodeJSON(summary)
	if err != nil {
		return nil // strings and numbers always encode
	}
	return body
}
