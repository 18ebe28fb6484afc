package wire

import (
	"math"

	"trailcat/internal/rating/calibrate"
)

// Calibration compares what a rubric predicted with what became of the cats.
type Calibration struct {
	Rubric          RubricName               `json:"rubric"`
	Success         string                   `json:"success"` // what counts as one, in a sentence
	Counts          CalibrationCounts        `json:"counts"`
	NotTriedReasons []Count                  `json:"not_tried_reasons"` // the most frequent first
	Overall         CalibrationGroup         `json:"overall"`
	Activities      []CalibrationForActivity `json:"activities"`     // the same for each activity
	AdverseEvents   []AdverseEvent           `json:"adverse_events"` // by the readiness that was predicted
	Caveats         []string                 `json:"caveats"`        // to be shown with any number of this
} //	@name	Calibration

// CalibrationCounts say what there is to judge by.
type CalibrationCounts struct {
	Reports   int `json:"reports"`   // follow-ups received
	Cats      int `json:"cats"`      // of which there are any
	Tried     int `json:"tried"`     // cases: activities that had a score, were tried, and of which day 60 is known
	NotTried  int `json:"not_tried"` // activities that were not tried: of these nothing is known
	Undecided int `json:"undecided"` // day 60 is not reported yet
	Unscored  int `json:"unscored"`  // tried, but not yet assessed at the adoption
} //	@name	CalibrationCounts

// CalibrationForActivity is what can be said of one activity.
type CalibrationForActivity struct {
	Activity string `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"`
	CalibrationGroup
} //	@name	CalibrationForActivity

// CalibrationGroup is what can be said of some cases.
type CalibrationGroup struct {
	Verdict     string            `json:"verdict" enums:"too_few,measured"` // too_few: under 30 cases, and no statistic
	Missing     int               `json:"missing" example:"0"`              // cases to go until there are 30
	Cases       int               `json:"cases" example:"80"`
	Successes   int               `json:"successes" example:"48"`
	SuccessRate *MeasuredShare    `json:"success_rate" extensions:"x-nullable"`
	Bands       []CalibrationBand `json:"bands"` // empty while there are too few cases
	Brier       *CalibrationBrier `json:"brier" extensions:"x-nullable"`
	AUC         *MeasuredShare    `json:"auc" extensions:"x-nullable"` // the chance that of a success and a failure the success had the higher score; 0.5 is a coin. Null also where all ended alike
} //	@name	CalibrationGroup

// CalibrationBand compares the scores of one band with how often it came true.
type CalibrationBand struct {
	Band     string         `json:"band" enums:"natural,promising,gentle_start,confidence_first"`
	Cases    int            `json:"cases"`
	Stated   *float64       `json:"stated" extensions:"x-nullable" example:"0.62"` // the mean score, divided by 100
	Observed *MeasuredShare `json:"observed" extensions:"x-nullable"`              // the share of successes
} //	@name	CalibrationBand

// CalibrationBrier is how far scores were off, with score/100 taken as the stated
// chance of success: the mean of the squared differences, 0 is perfect.
type CalibrationBrier struct {
	MeasuredShare
	OfBaseRate float64       `json:"of_base_rate" example:"0.24"` // what always stating the overall success rate would have earned
	Gain       MeasuredShare `json:"gain"`                        // of_base_rate less the value; below 0 the scores were worse than that
} //	@name	CalibrationBrier

// MeasuredShare is a value with its 95 % interval.
type MeasuredShare struct {
	Value float64 `json:"value" example:"0.6"`
	Low   float64 `json:"low" example:"0.49"`
	High  float64 `json:"high" example:"0.7"`
} //	@name	MeasuredShare

// AdverseEvent is how many cats of one readiness came to harm when an activity was tried.
type AdverseEvent struct {
	Readiness      string             `json:"readiness" enums:"ready_now,ready_with_training,build_confidence_first,not_yet_assessed,on_hold"`
	Cats           int                `json:"cats"` // with which it was tried
	Escapes        AdverseEventCounts `json:"escapes"`
	StoppedForFear AdverseEventCounts `json:"stopped_for_fear"`
	Injuries       AdverseEventCounts `json:"injuries"`
} //	@name	Harm

// AdverseEventCounts count the cats that one harm befell at least once.
type AdverseEventCounts struct {
	Asked      int            `json:"asked"`                                // cats of which it is known
	Cats       int            `json:"cats"`                                 // that it befell
	Per100Cats *MeasuredShare `json:"per_100_cats" extensions:"x-nullable"` // null below 30 cats
} //	@name	AdverseEventCounts

const successDefinition = "The activity was tried, and two or more outings were calm within 60 days of the adoption."

// caveats say what the numbers cannot tell.
func caveats() []string {
	return []string{
		"Only what was tried can be judged. People try what looks promising, so cats with low scores are missing, and those that were tried were the likelier ones.",
		"A score is no probability. The Brier score takes score/100 as if it were one, to see how far from one it is.",
		"One cat may stand behind several activities. The intervals take cases for independent and are somewhat too narrow.",
		"Reports come from shelters and adopters who chose to answer.",
	}
}

func NewCalibration(rubric RubricName, r calibrate.Report) Calibration {
	return Calibration{
		Rubric: rubric, Success: successDefinition,
		Counts:          CalibrationCounts{Reports: r.Reports, Cats: r.Cats, Tried: r.All.Cases, NotTried: r.NotTried, Undecided: r.Pending, Unscored: r.Unscored},
		NotTriedReasons: MapSlice(r.NotTriedReasons, func(w calibrate.Reason) Count { return Count{Value: orUnsaid(w.Code), Count: w.Count} }),
		Overall:         newCalibrationGroup(r.All),
		Activities: MapSlice(r.ByActivity, func(g calibrate.Group) CalibrationForActivity {
			return CalibrationForActivity{Activity: g.Activity, CalibrationGroup: newCalibrationGroup(g)}
		}),
		AdverseEvents: MapSlice(r.AdverseEvents, func(h calibrate.AdverseEvents) AdverseEvent {
			return AdverseEvent{Readiness: h.Readiness, Cats: h.Cats, Escapes: newAdverseEventCounts(h.Escapes), StoppedForFear: newAdverseEventCounts(h.StoppedForFear), Injuries: newAdverseEventCounts(h.Injuries)}
		}),
		Caveats: caveats(),
	}
}

func newCalibrationGroup(g calibrate.Group) CalibrationGroup {
	out := CalibrationGroup{
		Verdict: "measured", Missing: g.Missing, Cases: g.Cases, Successes: g.Successes,
		SuccessRate: newMeasured(g.Success, 1), Bands: MapSlice(g.Bands, newCalibrationBand), Brier: nil, AUC: newMeasured(g.AUC, 1),
	}
	if g.Missing > 0 {
		out.Verdict = "too_few"
	}
	if b := g.Brier; b != nil {
		out.Brier = &CalibrationBrier{MeasuredShare: *newMeasured(&b.Estimate, 1), OfBaseRate: rounded(b.ReferenceScore), Gain: *newMeasured(&b.Gain, 1)}
	}
	return out
}

func newCalibrationBand(b calibrate.Band) CalibrationBand {
	out := CalibrationBand{Band: b.Band, Cases: b.Cases, Stated: nil, Observed: newMeasured(b.Observed, 1)}
	if b.Predicted != nil {
		out.Stated = new(rounded(*b.Predicted))
	}
	return out
}

func newAdverseEventCounts(t calibrate.IncidentCount) AdverseEventCounts {
	return AdverseEventCounts{Asked: t.Known, Cats: t.Cats, Per100Cats: newMeasured(t.Share, 100)}
}

// newMeasured shows an estimate, times something; null where there is none.
func newMeasured(e *calibrate.Estimate, times float64) *MeasuredShare {
	if e == nil {
		return nil
	}
	return &MeasuredShare{Value: rounded(times * e.Value), Low: rounded(times * e.Low), High: rounded(times * e.High)}
}

// rounded is x to four decimals, which is more than any of this can tell.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func orUnsaid(reason string) string {
	if reason == "" {
		return "unsaid"
	}
	return reason
}
