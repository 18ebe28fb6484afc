package rating

import "trailcat/internal/errcode"

// Rating is the full rating of a cat on one day. Slices may be shared with the
// rubric and must not be modified.
type Rating struct {
	Rubric       Identity
	AsOf         Day
	Activities   []Activity // indoor enrichment first
	Overall      *Estimate  // weighted over all activities; nil while none is assessed
	BestFit      string     // code of the activity to start with; empty for a cat that is not assessed
	Traits       []TraitEstimate
	Observations []CountedObservation // the observations that count, with their weights
	Ignored      []IgnoredObservation // the observations that do not count
	Gates        []Gate               // open gates only
	Gear         Gear
	Plan         Plan
	Conditions   Conditions
	StopSigns    StopSigns
	Cautions     []Advice
	ReassessOn   Day // earliest of the activities' days; zero if there is none
	Disclaimer   string

	// Fields that older rubrics leave empty. Without them, the JSON of a rating by an
	// older rubric is what it always was.
	AfterOuting []string `json:",omitzero"` // what to do after each outing
	SlippedGear []string `json:",omitzero"` // what to do when the cat slips out of its gear
}

// Summary is the part of a rating that is stored for every cat and recomputed on
// each write and every day.
type Summary struct {
	Rubric     Identity
	AsOf       Day
	Activities []ActivitySummary // without indoor enrichment, which suits every cat
	Overall    *Estimate         // as in Rating
	BestFit    string
}

// ActivitySummary is the summary of one activity's rating.
type ActivitySummary struct {
	Activity  string
	Readiness Readiness
	Estimate  *Estimate // nil while not yet assessed
	Grade     string
}

// Identity identifies a rubric. Digest is the SHA-256 of its document, with the
// prefix "sha256:".
type Identity struct{ ID, Version, Digest string }

// Activity is the rating of one activity.
type Activity struct {
	Activity             string
	Readiness            Readiness
	BehavioralReadiness  Readiness // Readiness without holds
	Clearance            Clearance
	AllowedNow           []string
	Estimate             *Estimate // nil while not yet assessed
	Reliability          float64   // share of the uncertainty that the evidence removes, 0 to 1
	Assessors            float64   // effective number, at least 1
	Grade                string    // A to D, listing or none
	Contributions        []Contribution
	Strengths            []Contribution
	Weaknesses           []Contribution
	Opportunities        []TraitPoints // points that could still be gained
	NextObservations     []NextObservation
	Reasons              []Reason
	TrainingWeeks        *Weeks // nil while not yet assessed
	RecommendedFirstStep Advice
	ReassessOn           Day    // zero if there is nothing to assess again
	AdopterFirstStep     string `json:",omitzero"` // RecommendedFirstStep in words for adopters
}

// Estimate is a score from 0 to 100 with its 80 % range, all rounded to tenths.
type Estimate struct {
	Score, Low, High float64
	Band             string
	Wording          string
}

// Contribution is the effect of one trait on the score. Points is the sum of
// Direct, from the trait's own weight, and Shared, from what the trait indicates
// about general boldness. 50.0 and all Points sum to the score exactly.
type Contribution struct {
	Trait                  string
	Points, Direct, Shared float64
}

// TraitPoints is a number of points of one trait.
type TraitPoints struct {
	Trait  string
	Points float64
}

// NextObservation is a trait to observe next. Gain is the share of the
// uncertainty that one observation of full weight would remove.
type NextObservation struct {
	Trait       string
	Gain        float64
	StaffText   string `json:",omitzero"` // what to look at
	AdopterText string `json:",omitzero"` // what to ask the shelter
}

// Weeks is a range of training time in weeks, in steps of one half.
type Weeks struct{ Low, High float64 }

// Reason is a stable code with a sentence for people.
type Reason struct{ Code, Text string }

// Advice is a stable code with a sentence for people.
type Advice struct{ Code, Text string }

// TraitEstimate summarizes the evidence on one trait. Mean and Estimate are
// between 0 and 100; Estimate also uses the cat's other traits.
type TraitEstimate struct {
	Trait    string
	Marks    int // number of observations
	Weight   float64
	Mean     *float64 // nil if not observed
	Estimate float64
}

// CountedObservation is an observation that counts. Weight is the product of the
// factors Role, Context, Settle, Recency and Repeat.
type CountedObservation struct {
	ObservationID                          string
	Trait                                  string
	Points                                 int
	Role, Context, Settle, Recency, Repeat float64
	Weight                                 float64
}

// IgnoredObservation is an observation that does not count, with the code of the
// field error.
type IgnoredObservation struct {
	ObservationID string
	Code          errcode.Code
}

// Gate is an open health or safety gate. Status is fail, unknown or at_adoption, or ok
// if the gate is open because an ok was reported but not verified.
type Gate struct {
	Code, Title string
	Severity    string
	Status      HealthStatus
	Expired     bool // the item was ok until its validity expired
	Reported    bool // by the listing, not verified
	FailsWhen   string
	Advice      string
	Effects     []GateEffect // one per activity

	Resolution    Resolution `json:",omitzero"` // how the gate closes
	EndsOn        Day        `json:",omitzero"` // first day on which it is closed by itself; zero if that is not known
	AdopterAdvice string     `json:",omitzero"` // what adopters can do about it
}

// Resolution says how an open gate closes.
type Resolution string

// The resolutions.
const (
	ResolutionSettle Resolution = "settle" // somebody settles it or finds out
	ResolutionWait   Resolution = "wait"   // it ends by itself
	ResolutionLasts  Resolution = "lasts"  // it does not end
)

// GateEffect is the effect of an open gate on one activity.
type GateEffect struct {
	Activity string
	Effect   Effect
	Limit    string // how a restricted activity may be done; empty without a restriction
}

// Effect is the effect of an open gate.
type Effect string

// The effects of an open gate, from strictest to none.
const (
	EffectHold         Effect = "hold"
	EffectResolveFirst Effect = "resolve_first"
	EffectRestricted   Effect = "restricted"
	EffectCaution      Effect = "caution"
	EffectNone         Effect = "none"
)

// Clearance is the combined effect of all gates on one activity.
type Clearance string

// The clearances, from strictest to none.
const (
	ClearanceHold       Clearance = "hold"
	ClearanceRestricted Clearance = "restricted"
	ClearanceUnverified Clearance = "unverified"
	ClearanceClear      Clearance = "clear"
)

// Readiness is the recommendation for an activity. No value rules an activity out
// for good.
type Readiness string

// The readiness values, from least to most ready.
const (
	OnHold               Readiness = "on_hold"
	NotYetAssessed       Readiness = "not_yet_assessed"
	BuildConfidenceFirst Readiness = "build_confidence_first"
	ReadyWithTraining    Readiness = "ready_with_training"
	ReadyNow             Readiness = "ready_now"
	Suitable             Readiness = "suitable" // indoor enrichment only
)
