package catalog

import (
	"maps"
	"time"
)

// Assessment is what one person saw of a cat on one visit. It is never written
// over: a correction supersedes it, and it stays.
type Assessment struct {
	ID           string // asm_…
	CatID        string
	PartnerID    string // who vouches for the assessor; empty for an operator
	AssessorID   string // the partner's own name for the person
	KeyID        string // of the key it came with
	Role         string // in the words of the rubric, as are Context and the traits of Levels
	Context      string
	ObservedOn   time.Time // a date
	DaysInPlace  *int      // days since the cat came to that kennel or home
	Levels       map[string]int
	Note         string
	CreatedAt    time.Time
	SupersededBy string    // the id of its correction
	WithdrawnAt  time.Time // zero: it stands
}

// Assessor is who assessed, across all partners: two partners may both have an s1.
func (a Assessment) Assessor() string { return a.PartnerID + ":" + a.AssessorID }

// Counts says whether the assessment stands as it is.
func (a Assessment) Counts() bool { return a.SupersededBy == "" && a.WithdrawnAt.IsZero() }

// equalContent tells whether two assessments say the same.
func (a Assessment) equalContent(b Assessment) bool {
	sameDays := a.DaysInPlace == b.DaysInPlace || a.DaysInPlace != nil && b.DaysInPlace != nil && *a.DaysInPlace == *b.DaysInPlace
	return a.AssessorID == b.AssessorID && a.Role == b.Role && a.Context == b.Context &&
		a.ObservedOn.Equal(b.ObservedOn) && sameDays && a.Note == b.Note && maps.Equal(a.Levels, b.Levels)
}

// HealthItem is what somebody verified of a cat about one gate of the rubric.
type HealthItem struct {
	CatID      string
	Code       string // in the words of the rubric, as are Status and Severity
	Status     string
	Severity   string
	HappenedOn time.Time // a date, as are the others
	ValidUntil time.Time
	VerifiedBy string
	VerifiedOn time.Time
	PartnerID  string // who says so
	UpdatedAt  time.Time
}

// says tells whether two items say the same.
func (h HealthItem) says(other HealthItem) bool {
	other.PartnerID, other.UpdatedAt = h.PartnerID, h.UpdatedAt
	return h == other
}

// Rating is the short of a cat's adventure rating, as of when it was last rated.
// The zero Rating means that nothing was ever recorded of the cat, and that what
// its listing says neither grades nor holds any activity.
type Rating struct {
	Rubric     string    // its version
	On         time.Time // a date
	Overall    *float64  // 0 to 100; nil while no activity is assessed
	BestFit    string
	Activities []ActivityRating
}

// ActivityRating is the short of one activity's rating. Score, Low and High are
// nil while it is not assessed.
type ActivityRating struct {
	Activity         string
	Score, Low, High *float64
	Band             string
	Readiness        string
	Grade            string // of the evidence: A to D, or none
}

// Rater rates a cat on a day, from what was recorded of it and from what its
// listing says. The catalog has no rubric of its own.
type Rater func(cat Cat, assessments []Assessment, health []HealthItem, on time.Time) Rating

// WithRater is the catalog that rates a cat whenever something is recorded of it.
func (c *Catalog) WithRater(rate Rater) *Catalog {
	rating := *c
	rating.rater = rate
	return &rating
}
