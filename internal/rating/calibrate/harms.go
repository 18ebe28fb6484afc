package calibrate

import "trailcat/internal/catalog"

// AdverseEvents is how many of the cats of one readiness came to harm when an activity
// was tried with them.
type AdverseEvents struct {
	Readiness                         string
	Cats                              int // with which it was tried
	Escapes, StoppedForFear, Injuries IncidentCount
}

// IncidentCount is how many cats one harm befell at least once. Asked counts those of which
// it is known; Share is nil while they are fewer than Enough.
type IncidentCount struct {
	Known, Cats int
	Share       *Estimate
}

// harms counts cats, not events: one cat that slips its harness every week is one
// cat in trouble.
func harms(all []caseHistory, readinesses []string) []AdverseEvents {
	out := make([]AdverseEvents, len(readinesses))
	for i, readiness := range readinesses {
		var of []caseHistory
		for _, c := range all {
			if c.tried() && c.reports[0].Predicted.Readiness == readiness {
				of = append(of, c)
			}
		}
		out[i] = AdverseEvents{
			Readiness: readiness, Cats: cats(of),
			Escapes:        toll(of, func(o catalog.Outcome) *int { return o.Escapes }),
			StoppedForFear: toll(of, func(o catalog.Outcome) *int { return o.StoppedForFear }),
			Injuries:       toll(of, func(o catalog.Outcome) *int { return o.Injuries }),
		}
	}
	return out
}

func toll(all []caseHistory, of func(catalog.Outcome) *int) IncidentCount {
	befell := map[string]bool{}
	for _, c := range all {
		if n := c.count(of); n != nil {
			befell[c.of.catID] = befell[c.of.catID] || *n > 0
		}
	}
	t := IncidentCount{Known: len(befell)}
	for _, yes := range befell {
		if yes {
			t.Cats++
		}
	}
	if t.Known >= MinCases {
		t.Share = new(wilson(t.Cats, t.Known))
	}
	return t
}
