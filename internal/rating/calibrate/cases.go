package calibrate

import (
	"time"

	"trailcat/internal/catalog"
)

// outcomeClass is the outcome of an activity after one adoption.
type outcomeClass string

const (
	succeeded outcomeClass = "succeeded" // tried, with successOutings calm outings by endpointDay
	failed    outcomeClass = "failed"    // tried, with fewer
	notTried  outcomeClass = "not_tried"
	pending   outcomeClass = "pending" // endpointDay is not reported yet
)

// A success is successOutings calm outings by endpointDay, in days after the
// adoption, as defined in the rubric's validation plan.
const (
	successOutings = 2
	endpointDay    = 60
)

// caseHistory holds all reports of one activity after one adoption.
type caseHistory struct {
	key     caseKey
	reports []catalog.Outcome
}

type caseKey struct {
	catID, activity string
	adoptedOn       time.Time
}

// groupByCase groups reports by case, in the order of each case's first report.
func groupByCase(outcomes []catalog.Outcome) []caseHistory {
	index := map[caseKey]int{}
	var all []caseHistory
	for _, o := range outcomes {
		key := caseKey{o.CatID, o.Activity, o.AdoptedOn}
		i, known := index[key]
		if !known {
			i = len(all)
			index[key] = i
			all = append(all, caseHistory{key: key, reports: nil})
		}
		all[i].reports = append(all[i].reports, o)
	}
	return all
}

// classify returns the outcome of a case. Reports count outings since the
// adoption, so a report after endpointDay with too few proves a failure, but one
// with enough does not prove a success by endpointDay.
func (h caseHistory) classify() outcomeClass {
	tried, late := false, false
	for _, o := range h.reports {
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

// wasTried reports whether the activity was tried in any report.
func (h caseHistory) wasTried() bool {
	for _, o := range h.reports {
		if o.Tried {
			return true
		}
	}
	return false
}

// notTriedReason returns the reason of the latest report that the activity was
// not tried.
func (h caseHistory) notTriedReason() string {
	reason, days := "", 0
	for _, o := range h.reports {
		if !o.Tried && o.Days > days {
			reason, days = o.NotTriedReason, o.Days
		}
	}
	return reason
}

// maxCount returns the highest reported value of a count, or nil if no report has
// one.
func (h caseHistory) maxCount(count func(catalog.Outcome) *int) *int {
	var highest *int
	for _, o := range h.reports {
		if n := count(o); n != nil && (highest == nil || *n > *highest) {
			highest = n
		}
	}
	return highest
}

// countCats returns the number of different cats.
func countCats(all []caseHistory) int {
	seen := map[string]bool{}
	for _, h := range all {
		seen[h.key.catID] = true
	}
	return len(seen)
}
