package wire

import "trailcat/internal/rating"

// AdventureGate is an open health or safety gate. Gates do not change scores; they
// restrict what may be done now.
type AdventureGate struct {
	Code          string       `json:"code" example:"ID.CHIP"`                                       // Code of the gate.
	Title         string       `json:"title" example:"Microchip"`                                    // Name of the gate.
	Severity      *string      `json:"severity" extensions:"x-nullable"`                             // Variant of the gate that is open; null when it has no variants.
	Status        string       `json:"status" enums:"fail,unknown,at_adoption,ok"`                   // Recorded state; `at_adoption` means that the shelter does it on the day of adoption, `ok` that the listing reports `ok` and nobody has verified it.
	Expired       bool         `json:"expired"`                                                      // Whether the gate was `ok` until its validity ended.
	Reported      bool         `json:"reported"`                                                     // Whether the status comes from the listing and is not verified.
	FailsWhen     string       `json:"fails_when"`                                                   // Condition under which the gate fails.
	Advice        string       `json:"advice"`                                                       // What staff can do about the gate.
	AdopterAdvice *string      `json:"adopter_advice" extensions:"x-nullable"`                       // What adopters can do about the gate; null for none.
	Resolution    *string      `json:"resolution" enums:"settle,wait,lasts" extensions:"x-nullable"` // How the gate closes: `settle` by somebody who settles it or finds out, `wait` by itself, `lasts` not at all. Null for rubrics before 1.2.0.
	EndsOn        *string      `json:"ends_on" format:"date" extensions:"x-nullable"`                // First day on which the gate is closed by itself; null if it does not close by itself or the day is not known.
	Effects       []GateEffect `json:"effects"`                                                      // Effect on each activity.
} //	@name	AdventureGate

// GateEffect is the effect of an open gate on one activity.
type GateEffect struct {
	Activity string  `json:"activity" example:"leash_walk"`                             // Code of the activity.
	Effect   string  `json:"effect" enums:"hold,resolve_first,restricted,caution,none"` // Effect of the gate, from strictest to none: `hold` forbids the activity, `resolve_first` asks to resolve the gate before it, `restricted` limits it, `caution` advises care.
	Limit    *string `json:"limit" extensions:"x-nullable"`                             // How a restricted activity may be done; null without a restriction.
} //	@name	GateEffect

// Gear is the recommended equipment and how it should fit.
type Gear struct {
	Styles        []string     `json:"styles" example:"vest,h_style"`            // Codes of suitable harness styles, best first.
	StyleReasons  []string     `json:"style_reasons"`                            // Codes of the rules that selected the styles.
	SideFastening bool         `json:"side_fastening"`                           // Whether the harness must fasten at the side, so that nothing is pulled over the head.
	Adjustable    bool         `json:"adjustable"`                               // Whether the harness must be adjustable.
	Never         []string     `json:"never"`                                    // Equipment that must not be used.
	Size          *string      `json:"size" extensions:"x-nullable" example:"M"` // Harness size; null until the girth is measured.
	SizeNote      string       `json:"size_note"`                                // How to read the size, or a request to measure the cat.
	Fit           string       `json:"fit"`                                      // How to check that the harness fits.
	Backpack      BackpackGear `json:"backpack"`                                 // Minimum requirements of a carrying backpack.
	OutingKit     []string     `json:"outing_kit"`                               // What to bring on every activity outside.
} //	@name	Gear

// BackpackGear is the minimum size of a carrying backpack.
type BackpackGear struct {
	MinLoadKg         *float64 `json:"min_load_kg" extensions:"x-nullable" example:"5"`               // Minimum load rating in kilograms; null until the cat is weighed.
	MinInsideLengthCm *float64 `json:"min_inside_length_cm" extensions:"x-nullable" example:"54"`     // Minimum inside length in centimeters, from the body length; null when the cat is not measured.
	InsideCm          *[3]int  `json:"inside_cm" extensions:"x-nullable" swaggertype:"array,integer"` // Inside length, width and height in centimeters, estimated from the weight; null when the body length is measured or the weight is unknown.
	Note              *string  `json:"note" extensions:"x-nullable"`                                  // Remark on the size; null for none.
	Features          []string `json:"features"`                                                      // Features that the backpack must have.
} //	@name	BackpackGear

// Plan is the training plan for the first activities outside.
type Plan struct {
	Steps          []PlanStep `json:"steps"`                                   // Steps in the order of training.
	BackpackFirst  bool       `json:"backpack_first"`                          // Whether to train the backpack before the leash.
	Modifiers      []Advice   `json:"modifiers"`                               // Adjustments for this cat.
	SettlingAdvice *string    `json:"settling_advice" extensions:"x-nullable"` // Advice for the days after adoption; null for a cat that already has a home.
	Rules          []string   `json:"rules"`                                   // Rules that apply to every step.
} //	@name	Plan

// PlanStep is one step of the training plan. The number of days is an estimate; the
// criterion decides when to move on.
type PlanStep struct {
	Code       string    `json:"code" example:"2"`                    // Code of the step.
	Title      string    `json:"title" example:"Indoor introduction"` // Name of the step.
	Do         string    `json:"do"`                                  // What to do.
	MoveOnWhen string    `json:"move_on_when"`                        // Criterion for the next step.
	Days       *StepDays `json:"days" extensions:"x-nullable"`        // Estimated duration; null when the step is done or not assessed.
	Done       bool      `json:"done"`                                // Whether the cat has completed the step.
	AllowedNow bool      `json:"allowed_now"`                         // Whether no gate forbids the step. Steps outdoors need all gates closed that are a hold or must be resolved first, and 28 days in a new home.
} //	@name	PlanStep

// StepDays is an estimated range of days.
type StepDays struct {
	Low  int `json:"low" example:"4"`   // Fewest days.
	High int `json:"high" example:"13"` // Most days.
} //	@name	StepDays

// Conditions are the weather limits for this cat, in degrees Celsius, and the rules for
// every activity outside. They do not change the score.
type Conditions struct {
	PavementTestSeconds  int      `json:"pavement_test_seconds" example:"7"`   // Seconds to hold the back of a hand on the ground before a walk.
	NoAsphaltFromC       int      `json:"no_asphalt_from_c" example:"25"`      // No asphalt in the sun from this temperature, in °C.
	NoWalksFromC         int      `json:"no_walks_from_c" example:"28"`        // No walks from this temperature, in °C.
	BackpackShortFromC   int      `json:"backpack_short_from_c" example:"24"`  // From this temperature, in °C, carry the cat for at most `backpack_short_minutes`.
	BackpackShortMinutes int      `json:"backpack_short_minutes" example:"15"` // Longest time in the backpack when it is warm, in minutes.
	NoBackpackFromC      int      `json:"no_backpack_from_c" example:"27"`     // No backpack from this temperature, in °C.
	ShortBelowC          int      `json:"short_below_c" example:"5"`           // Only short activities below this temperature, in °C.
	NoneBelowC           int      `json:"none_below_c" example:"0"`            // No activities outside below this temperature, in °C.
	StricterFor          []string `json:"stricter_for"`                        // Codes of the open gates that tighten the limits.
	Rules                []string `json:"rules"`                               // Rules for every activity outside.
} //	@name	Conditions

// StopSigns are the signs that an activity must end, and how to end it.
type StopSigns struct {
	Signs    []string `json:"signs"`    // Signs of stress.
	Response []string `json:"response"` // What to do when a sign appears, in order.
} //	@name	StopSigns

func newAdventureGate(g rating.Gate) AdventureGate {
	return AdventureGate{
		Code: g.Code, Title: g.Title, Severity: OrNull(g.Severity), Status: string(g.Status), Expired: g.Expired, Reported: g.Reported,
		FailsWhen: g.FailsWhen, Advice: g.Advice, AdopterAdvice: OrNull(g.AdopterAdvice), Resolution: OrNull(string(g.Resolution)), EndsOn: OrNull(g.EndsOn.String()),
		Effects: MapSlice(g.Effects, func(e rating.GateEffect) GateEffect {
			return GateEffect{Activity: e.Activity, Effect: string(e.Effect), Limit: OrNull(e.Limit)}
		}),
	}
}

func newGear(g rating.Gear) Gear {
	return Gear{
		Styles: orEmpty(g.Styles), StyleReasons: orEmpty(g.StyleReasons), SideFastening: g.SideFastening, Adjustable: g.Adjustable,
		Never: orEmpty(g.Never), Size: OrNull(g.Size), SizeNote: g.SizeNote, Fit: g.Fit,
		Backpack: BackpackGear{
			MinLoadKg: g.Backpack.MinLoadKg, MinInsideLengthCm: g.Backpack.MinInsideLengthCm, InsideCm: g.Backpack.InsideCm,
			Note: OrNull(g.Backpack.Note), Features: orEmpty(g.Backpack.Features),
		},
		OutingKit: orEmpty(g.OutingKit),
	}
}

func newPlan(p rating.Plan) Plan {
	return Plan{
		Steps: MapSlice(p.Steps, newPlanStep), BackpackFirst: p.BackpackFirst, Modifiers: newAdvice(p.Modifiers),
		SettlingAdvice: OrNull(p.SettlingAdvice), Rules: orEmpty(p.Rules),
	}
}

func newPlanStep(s rating.Step) PlanStep {
	step := PlanStep{Code: s.Code, Title: s.Title, Do: s.Do, MoveOnWhen: s.MoveOnWhen, Days: nil, Done: s.Done, AllowedNow: s.AllowedNow}
	if s.Days != nil {
		step.Days = new(StepDays(*s.Days))
	}
	return step
}

func newConditions(c rating.Conditions) Conditions {
	shown := Conditions(c)
	shown.StricterFor, shown.Rules = orEmpty(c.StricterFor), orEmpty(c.Rules)
	return shown
}
