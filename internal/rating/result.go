package rating

// Rating is everything that can be said of a cat's adventures on one day.
// Slices that come from the rubric are shared: read them, do not change them.
type Rating struct {
	Rubric       Identity
	AsOf         Day
	Activities   []Activity // indoor enrichment first
	Overall      *Estimate  // the mix of all activities; nil while none of them is assessed
	BestFit      string     // the activity code to begin with
	Traits       []TraitEstimate
	Observations []CountedObservation // every observation that counted, with its weight
	Ignored      []IgnoredObservation // every observation that did not, and why
	Gates        []Gate               // open gates only
	Gear         Gear
	Plan         Plan
	Conditions   Conditions
	StopSigns    StopSigns
	Cautions     []Advice
	ReassessOn   Day // the earliest of the activities'
	Disclaimer   string
}

// Identity names a published rubric. Digest is the SHA-256 of its bytes.
type Identity struct{ ID, Version, Digest string }

// Activity is the rating for one activity.
type Activity struct {
	Activity             string
	Readiness            Readiness
	BehavioralReadiness  Readiness // as Readiness, but for holds
	Clearance            Clearance
	AllowedNow           []string
	Estimate             *Estimate // nil while not yet assessed
	Reliability          float64   // share of uncertainty removed, 0 to 1
	Assessors            float64   // effective number, 1 or more
	Grade                string    // A to D, or none
	Contributions        []Contribution
	Strengths            []Contribution
	Weaknesses           []Contribution
	Opportunities        []TraitPoints // what could still be gained
	NextObservations     []NextObservation
	Reasons              []Reason
	TrainingWeeks        *Weeks // nil while not yet assessed
	RecommendedFirstStep Advice
	ReassessOn           Day
}

// Estimate is a score from 0 to 100 with the range it probably lies in, all
// to tenths.
type Estimate struct {
	Score, Low, High float64
	Band             string
	Wording          string
}

// Contribution is what one trait adds to the score. Points is Direct (the
// trait's own weight) plus Shared (what it tells of general boldness); 50.0
// and all Points sum to the score exactly.
type Contribution struct {
	Trait                  string
	Points, Direct, Shared float64
}

// TraitPoints are points of a trait.
type TraitPoints struct {
	Trait  string
	Points float64
}

// NextObservation is a trait worth looking at, with the share of the
// uncertainty that one full-weight mark would remove.
type NextObservation struct {
	Trait string
	Gain  float64
}

// Weeks is a span of training time in half weeks.
type Weeks struct{ Low, High float64 }

// Reason is a code for programs and a sentence for people.
type Reason struct{ Code, Text string }

// Advice is a code for programs and a sentence for people.
type Advice struct{ Code, Text string }

// TraitEstimate is what is known of one trait. Mean and Estimate run from 0
// to 100; Estimate leans on the cat's other traits.
type TraitEstimate struct {
	Trait    string
	Marks    int
	Weight   float64
	Mean     *float64 // nil if never seen
	Estimate float64
}

// CountedObservation is a counted observation and the factors that make its weight.
type CountedObservation struct {
	ObservationID                          string
	Trait                                  string
	Points                                 int
	Role, Context, Settle, Recency, Repeat float64
	Weight                                 float64
}

// IgnoredObservation is an observation that did not count, with the code of the fault.
type IgnoredObservation struct{ ObservationID, Code string }

// Gate is an open health or safety gate. Status is fail or unknown, or ok where
// that was only reported and the gate is open because nobody verified it.
type Gate struct {
	Code, Title string
	Severity    string
	Status      HealthStatus
	Expired     bool // it was fine until its validity ran out
	Reported    bool // by the listing; nobody verified it
	FailsWhen   string
	Advice      string
	Effects     []GateEffect // one for each activity
}

// GateEffect is what an open gate means for one activity.
type GateEffect struct {
	Activity string
	Effect   Effect
	Limit    string // how a restricted activity may be done
}

// Effect says how far a gate reaches.
type Effect string

// The effects of an open gate, from strictest to none.
const (
	EffectHold         Effect = "hold"
	EffectResolveFirst Effect = "resolve_first"
	EffectRestricted   Effect = "restricted"
	EffectCaution      Effect = "caution"
	EffectNone         Effect = "none"
)

// Clearance sums up the gates of one activity.
type Clearance string

// The clearances, from strictest to none.
const (
	ClearanceHold       Clearance = "hold"
	ClearanceRestricted Clearance = "restricted"
	ClearanceUnverified Clearance = "unverified"
	ClearanceClear      Clearance = "clear"
)

// Readiness says what to do about an activity. No readiness is a refusal.
type Readiness string

// The readiness words, from least to most.
const (
	OnHold               Readiness = "on_hold"
	NotYetAssessed       Readiness = "not_yet_assessed"
	BuildConfidenceFirst Readiness = "build_confidence_first"
	ReadyWithTraining    Readiness = "ready_with_training"
	ReadyNow             Readiness = "ready_now"
	Suitable             Readiness = "suitable" // indoor enrichment, always
)
