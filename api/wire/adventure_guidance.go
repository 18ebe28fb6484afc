package wire

import "trailcat/internal/rating"

// AdventureGate is an open health or safety gate. Gates never move a score;
// they say what may be done now.
type AdventureGate struct {
	Code      string       `json:"code" example:"ID.CHIP"`
	Title     string       `json:"title" example:"Microchip"`
	Severity  *string      `json:"severity" extensions:"x-nullable"`
	Status    string       `json:"status" enums:"fail,unknown,ok"` // ok: says the listing, and the gate is open since nobody verified it
	Expired   bool         `json:"expired"`                        // it was fine until its validity ran out
	Reported  bool         `json:"reported"`                       // the listing says so, and nobody verified it
	FailsWhen string       `json:"fails_when"`
	Advice    string       `json:"advice"`
	Effects   []GateEffect `json:"effects"` // one for each activity
} //	@name	AdventureGate

// GateEffect is what an open gate means for one activity.
type GateEffect struct {
	Activity string  `json:"activity" example:"leash_walk"`
	Effect   string  `json:"effect" enums:"hold,resolve_first,restricted,caution,none"`
	Limit    *string `json:"limit" extensions:"x-nullable"` // how a restricted activity may be done
} //	@name	GateEffect

// Gear is what to buy and how it should fit.
type Gear struct {
	Styles        []string     `json:"styles" example:"vest,h_style"` // of harness, best first
	StyleReasons  []string     `json:"style_reasons"`                 // codes of the rules that chose them
	SideFastening bool         `json:"side_fastening"`                // nothing over the head
	Adjustable    bool         `json:"adjustable"`                    //
	Never         []string     `json:"never"`                         //
	Size          *string      `json:"size" extensions:"x-nullable" example:"M"`
	SizeNote      string       `json:"size_note"` // how to read the size, or the wish to measure
	Fit           string       `json:"fit"`
	Backpack      BackpackGear `json:"backpack"`
	OutingKit     []string     `json:"outing_kit"`
} //	@name	Gear

// BackpackGear is what a carrying backpack must at least be.
type BackpackGear struct {
	MinLoadKg         *float64 `json:"min_load_kg" extensions:"x-nullable" example:"5"`               // null until the cat is weighed
	MinInsideLengthCm *float64 `json:"min_inside_length_cm" extensions:"x-nullable" example:"54"`     // from the body length, if measured
	InsideCm          *[3]int  `json:"inside_cm" extensions:"x-nullable" swaggertype:"array,integer"` // length, width and height by weight, if the length is not measured
	Note              *string  `json:"note" extensions:"x-nullable"`
	Features          []string `json:"features"`
} //	@name	BackpackGear

// Plan is the way to first outings, step by step.
type Plan struct {
	Steps          []PlanStep `json:"steps"`
	BackpackFirst  bool       `json:"backpack_first"`
	Modifiers      []Advice   `json:"modifiers"`                               // what this cat needs besides
	SettlingAdvice *string    `json:"settling_advice" extensions:"x-nullable"` // for a cat whose new home is still to come
	Rules          []string   `json:"rules"`
} //	@name	Plan

// PlanStep is one step of the plan. Its days are a guess; the criterion decides.
type PlanStep struct {
	Code       string    `json:"code" example:"2"`
	Title      string    `json:"title" example:"Indoor introduction"`
	Do         string    `json:"do"`
	MoveOnWhen string    `json:"move_on_when"`
	Days       *StepDays `json:"days" extensions:"x-nullable"` // null when done or not assessed
	Done       bool      `json:"done"`
	AllowedNow bool      `json:"allowed_now"` // false while a gate forbids it
} //	@name	PlanStep

// StepDays is a number of days.
type StepDays struct {
	Low  int `json:"low" example:"4"`
	High int `json:"high" example:"13"`
} //	@name	StepDays

// Conditions are weather limits for this cat, and rules for every outing.
type Conditions struct {
	PavementTestSeconds  int      `json:"pavement_test_seconds" example:"7"` // the back of a hand on the ground
	NoAsphaltFromC       int      `json:"no_asphalt_from_c" example:"25"`    // in the sun
	NoWalksFromC         int      `json:"no_walks_from_c" example:"28"`
	BackpackShortFromC   int      `json:"backpack_short_from_c" example:"24"` // from here on no longer than backpack_short_minutes
	BackpackShortMinutes int      `json:"backpack_short_minutes" example:"15"`
	NoBackpackFromC      int      `json:"no_backpack_from_c" example:"27"`
	ShortBelowC          int      `json:"short_below_c" example:"5"`
	NoneBelowC           int      `json:"none_below_c" example:"0"`
	StricterFor          []string `json:"stricter_for"` // gates that tighten the limits
	Rules                []string `json:"rules"`
} //	@name	Conditions

// StopSigns say when to end an outing, and how.
type StopSigns struct {
	Signs    []string `json:"signs"`
	Response []string `json:"response"`
} //	@name	StopSigns

func newAdventureGate(g rating.Gate) AdventureGate {
	return AdventureGate{
		Code: g.Code, Title: g.Title, Severity: OrNull(g.Severity), Status: string(g.Status), Expired: g.Expired, Reported: g.Reported,
		FailsWhen: g.FailsWhen, Advice: g.Advice,
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
