package calibrate

import (
	"time"

	"trailcat/internal/catalog"
)

// outcomeClass is how an activity went after one adoption, by all that was reported of it.
type outcomeClass string

const (
	succeeded outcomeClass = "succeeded" // tried, and two calm outings or more by day 60
	failed    outcomeClass = "failed"    // tried, and fewer
	notTried  outcomeClass = "not_tried"
	pending   outcomeClass = "undecided" // day 60 is not reported yet
)

// successOutings is how many calm outings by day endpointDay make a success, as the
// rubric's plan for its validation has it.
const (
	successOutings = 2
	endpointDay    = 60
)

// caseHistory is one activity after one adoption.
type caseHistory struct {
	of      caseKey
	reports []catalog.Outcome
}

type caseKey struct {
	catID, activity string
	adoptedOn       time.Time
}

// courses gathers reports that speak of the same, in the order in which each is
// first spoken of.
func courses(outcomes []catalog.Outcome) []caseHistory {
	at := map[caseKey]int{}
	var all []caseHistory
	for _, o := range outcomes {
		of := caseKey{o.CatID, o.Activity, o.AdoptedOn}
		i, known := at[of]
		if !known {
			i = len(all)
			at[of] = i
			all = append(all, caseHistory{of: of, reports: nil})
		}
		all[i].reports = append(all[i].reports, o)
	}
	return all
}

// ending judges a course. Outings are counted from the adoption on, so a late
// report of few tells of the days before it, and one of many does not.
func (c caseHistory) ending() outcomeClass {
	tried, late := false, false
	for _, o := range c.reports {
		calm := o.CalmOutings != nil && *o.CalmOutings >= successOutings
		if o.Tried && calm && o.Days <= endpointDay {
			return succeeded
		}
		few := !o.Tried || !calm
		tried = tried || o.Tried && few
		late = late || o.Days >= endpointDay && few
	}
	switch {
	case tried && late:
		return failed
	case late:
		return notTried
	default:
		return pending
	}
}

// tried says that the activity was tried by the time of some report.
func (c caseHistory) tried() bool {
	for _, o := range c.reports {
		if o.Tried {
			return true
		}
	}
	return false
}

// why is the reason why it was not tried, as the latest report has it.
func (c caseHistory) why() string {
	why, days := "", 0
	for _, o := range c.reports {
		if !o.Tried && o.Days > days {
			why, days = o.WhyNotTried, o.Days
		}
	}
	return why
}

// count is the highest number that a report gives, or nil where none gives any.
func (c caseHistory) count(of func(catalog.Outcome) *int) *int {
	var most *int
	for _, o := range c.reports {
		if n := of(o); n != nil && (most == nil || *n > *most) {
			most = n
		}
	}
	return most
}
