package rating

// Cat holds the facts about a cat that gates, training times and gear need.
// None of them moves a score. There is no room here for breed, sex or colour.
type Cat struct {
	Born         Day      // the zero Day if nobody knows; an estimate will do
	HomeSince    Day      // when it moved into the home it will go out from; zero while it is a shelter's listing
	WeightKg     *float64 // nil if not weighed
	GirthCm      *float64 // right behind the front legs; nil if not measured
	BodyLengthCm *float64 // nose to base of tail; nil if not measured
	LongCoat     *bool
	WarmClimate  *bool
}

// Observation is one mark: the level from 1 to 5 that one person saw of one
// trait on one day.
type Observation struct {
	ID          string
	Trait       string // a trait's code, as sound_recovery
	Level       int
	AssessorID  string
	Role        string
	Context     string
	ObservedOn  Day
	DaysInPlace *int // days since the cat came to that kennel or home; nil if unknown
}

// HealthItem is what somebody verified about one line of the gate table, or what
// a listing reports of it. A line without an item counts as unknown.
type HealthItem struct {
	Code       string
	Status     HealthStatus
	Severity   string // which variant of the gate; empty counts as the strictest
	HappenedOn Day    // the operation, the dose, the bite, the exam; zero falls back on VerifiedOn
	ValidUntil Day    // an ok item past this day counts as failed; a lapsing event past it is over
	VerifiedBy string
	VerifiedOn Day
	Reported   bool // nobody verified it: a failure counts, an ok leaves the line unknown
}

// HealthStatus says how a health item stands.
type HealthStatus string

// The health statuses.
const (
	HealthOK            HealthStatus = "ok"
	HealthFail          HealthStatus = "fail"
	HealthUnknown       HealthStatus = "unknown"
	HealthNotApplicable HealthStatus = "not_applicable"
)
