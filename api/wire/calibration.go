package wire

import (
	"math"

	"trailcat/internal/rating/calibrate"
)

// Calibration compares the predictions of a rubric with the outcomes of adopted cats.
type Calibration struct {
	Rubric          RubricName               `json:"rubric"`            // Rubric that made the predictions.
	Success         string                   `json:"success"`           // Definition of a success, as a sentence.
	Counts          CalibrationCounts        `json:"counts"`            // Number of outcomes.
	NotTriedReasons []Count                  `json:"not_tried_reasons"` // Why activities were not tried, the most frequent reason first; `unspecified` if none was given.
	Overall         CalibrationGroup         `json:"overall"`           // Results over all activities.
	Activities      []CalibrationForActivity `json:"activities"`        // Results of each activity.
	AdverseEvents   []AdverseEvent           `json:"adverse_events"`    // Adverse events by predicted readiness.
	Caveats         []string                 `json:"caveats"`           // Limitations to show with every number.
} //	@name	Calibration

// CalibrationCounts is the number of outcomes that calibration is based on.
type CalibrationCounts struct {
	Reports   int `json:"reports"`   // Follow-up reports received.
	Cats      int `json:"cats"`      // Cats with at least one report.
	Tried     int `json:"tried"`     // Cases: activities that had a score, were tried, and have a report for day 60.
	NotTried  int `json:"not_tried"` // Activities that were not tried; nothing can be concluded from them.
	Undecided int `json:"undecided"` // Activities without a report for day 60 yet.
	Unscored  int `json:"unscored"`  // Activities that were tried but not yet assessed at the adoption.
} //	@name	CalibrationCounts

// CalibrationForActivity is the result for one activity.
type CalibrationForActivity struct {
	Activity string `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"` // Code of the activity.
	CalibrationGroup
} //	@name	CalibrationForActivity

// CalibrationGroup is the result for a group of cases.
type CalibrationGroup struct {
	Verdict     string            `json:"verdict" enums:"too_few,measured"`     // `too_few` for fewer than 30 cases, which have no statistics; otherwise `measured`.
	Missing     int               `json:"missing" example:"0"`                  // Number of further cases needed to reach 30.
	Cases       int               `json:"cases" example:"80"`                   // Number of cases.
	Successes   int               `json:"successes" example:"48"`               // Number of successful cases.
	SuccessRate *MeasuredShare    `json:"success_rate" extensions:"x-nullable"` // Share of successes; null for too few cases.
	Bands       []CalibrationBand `json:"bands"`                                // Results by score band; empty for too few cases.
	Brier       *CalibrationBrier `json:"brier" extensions:"x-nullable"`        // Brier score; null for too few cases.
	AUC         *MeasuredShare    `json:"auc" extensions:"x-nullable"`          // Probability that a success had a higher score than a failure; 0.5 is chance. Null for too few cases, or if all cases had the same result.
} //	@name	CalibrationGroup

// CalibrationBand compares the scores of one band with the observed successes.
type CalibrationBand struct {
	Band     string         `json:"band" enums:"natural,promising,gentle_start,confidence_first"` // Band of the score.
	Cases    int            `json:"cases"`                                                        // Number of cases in the band.
	Stated   *float64       `json:"stated" extensions:"x-nullable" example:"0.62"`                // Mean score divided by 100; null without cases.
	Observed *MeasuredShare `json:"observed" extensions:"x-nullable"`                             // Observed share of successes; null without cases.
} //	@name	CalibrationBand

// CalibrationBrier is the Brier score: the mean squared difference between the score
// divided by 100 and the result. 0 is perfect.
type CalibrationBrier struct {
	MeasuredShare
	OfBaseRate float64       `json:"of_base_rate" example:"0.24"` // Brier score of always predicting the overall success rate.
	Gain       MeasuredShare `json:"gain"`                        // `of_base_rate` minus the Brier score; negative if the scores are worse than the base rate.
} //	@name	CalibrationBrier

// MeasuredShare is an estimate with its 95 % interval.
type MeasuredShare struct {
	Value float64 `json:"value" example:"0.6"` // Estimate.
	Low   float64 `json:"low" example:"0.49"`  // Lower end of the interval.
	High  float64 `json:"high" example:"0.7"`  // Upper end of the interval.
} //	@name	MeasuredShare

// AdverseEvent is the number of cats with adverse events, for one predicted readiness.
type AdverseEvent struct {
	Readiness      string             `json:"readiness" enums:"ready_now,ready_with_training,build_confidence_first,not_yet_assessed,on_hold"` // Predicted readiness.
	Cats           int                `json:"cats"`                                                                                            // Cats with which the activity was tried.
	Escapes        AdverseEventCounts `json:"escapes"`                                                                                         // Cats that escaped.
	StoppedForFear AdverseEventCounts `json:"stopped_for_fear"`                                                                                // Cats that were too afraid to continue.
	Injuries       AdverseEventCounts `json:"injuries"`                                                                                        // Cats with an injury to the cat or to people.
} //	@name	AdverseEvent

// AdverseEventCounts is the number of cats with at least one adverse event of one kind.
type AdverseEventCounts struct {
	Asked      int            `json:"asked"`                                // Cats for which the answer is known.
	Cats       int            `json:"cats"`                                 // Cats with at least one event.
	Per100Cats *MeasuredShare `json:"per_100_cats" extensions:"x-nullable"` // Cats with an event per 100 cats; null for fewer than 30 cats.
} //	@name	AdverseEventCounts

const successDefinition = "The activity was tried, and the cat was calm at least twice within 60 days of the adoption."

// caveats returns the limitations of calibration.
func caveats() []string {
	return []string{
		"Only activities that were tried can be evaluated. People try what looks promising, so cats with low scores are underrepresented.",
		"A score is not a probability. The Brier score treats score/100 as one to measure the difference.",
		"One cat can contribute several activities. The intervals assume independent cases and are slightly too narrow.",
		"Reports come from shelters and adopters who chose to answer.",
	}
}

// NewCalibration returns the calibration of a rubric.
func NewCalibration(rubric RubricName, r calibrate.Report) Calibration {
	return Calibration{
		Rubric: rubric, Success: successDefinition,
		Counts:          CalibrationCounts{Reports: r.Reports, Cats: r.Cats, Tried: r.All.Cases, NotTried: r.NotTried, Undecided: r.Pending, Unscored: r.Unscored},
		NotTriedReasons: MapSlice(r.NotTriedReasons, func(r calibrate.Reason) Count { return Count{Value: notTriedReason(r.Code), Count: r.Count} }),
		Overall:         newCalibrationGroup(r.All),
		Activities: MapSlice(r.ByActivity, func(g calibrate.Group) CalibrationForActivity {
			return CalibrationForActivity{Activity: g.Activity, CalibrationGroup: newCalibrationGroup(g)}
		}),
		AdverseEvents: MapSlice(r.AdverseEvents, func(e calibrate.AdverseEvents) AdverseEvent {
			return AdverseEvent{Readiness: e.Readiness, Cats: e.Cats, Escapes: newAdverseEventCounts(e.Escapes), StoppedForFear: newAdverseEventCounts(e.StoppedForFear), Injuries: newAdverseEventCounts(e.Injuries)}
		}),
		Caveats: caveats(),
	}
}

func newCalibrationGroup(g calibrate.Group) CalibrationGroup {
	out := CalibrationGroup{
		Verdict: "measured", Missing: g.Missing, Cases: g.Cases, Successes: g.Successes,
		SuccessRate: newMeasuredShare(g.Success, 1), Bands: MapSlice(g.Bands, newCalibrationBand), Brier: nil, AUC: newMeasuredShare(g.AUC, 1),
	}
	if g.Missing > 0 {
		out.Verdict = "too_few"
	}
	if b := g.Brier; b != nil {
		out.Brier = &CalibrationBrier{MeasuredShare: *newMeasuredShare(&b.Estimate, 1), OfBaseRate: roundToFourDecimals(b.ReferenceScore), Gain: *newMeasuredShare(&b.Gain, 1)}
	}
	return out
}

func newCalibrationBand(b calibrate.Band) CalibrationBand {
	out := CalibrationBand{Band: b.Band, Cases: b.Cases, Stated: nil, Observed: newMeasuredShare(b.Observed, 1)}
	if b.Predicted != nil {
		out.Stated = new(roundToFourDecimals(*b.Predicted))
	}
	return out
}

func newAdverseEventCounts(c calibrate.IncidentCount) AdverseEventCounts {
	return AdverseEventCounts{Asked: c.Known, Cats: c.Cats, Per100Cats: newMeasuredShare(c.Share, 100)}
}

// newMeasuredShare returns an estimate multiplied by a factor, or nil for nil.
func newMeasuredShare(e *calibrate.Estimate, factor float64) *MeasuredShare {
	if e == nil {
		return nil
	}
	return &MeasuredShare{Value: roundToFourDecimals(factor * e.Value), Low: roundToFourDecimals(factor * e.Low), High: roundToFourDecimals(factor * e.High)}
}

func roundToFourDecimals(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// notTriedReason returns the code of a reason, or unspecified for none.
func notTriedReason(reason string) string {
	if reason == "" {
		return "unspecified"
	}
	return reason
}
