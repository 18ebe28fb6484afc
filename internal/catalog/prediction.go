package catalog

import (
	"context"
	"slices"
	"time"
)

// prediction is what was foretold of an outcome: as the earlier report of the same
// adoption and activity has it, else what the rubric says of the day of the
// adoption, from what stood recorded by then. Nothing that came to light later
// may enter, or the rubric would be judged by what it could not know.
func (c *Catalog) prediction(ctx context.Context, tx Tx, cat Cat, o Outcome, known []Outcome) (Prediction, error) {
	if at := slices.IndexFunc(known, o.sameAdoption); at >= 0 {
		return known[at].Predicted, nil
	}
	if c.rater == nil {
		return Prediction{}, nil
	}
	records, err := recordsOf(ctx, tx, []string{cat.ID})
	if err != nil {
		return Prediction{}, err
	}
	of := records[cat.ID]
	on := o.adoptionDay(cat)
	until := on.AddDate(0, 0, 1)
	health := slices.DeleteFunc(of.health, func(h HealthItem) bool { return !h.UpdatedAt.Before(until) })
	rated := c.rater(cat, activeAt(of.assessments, until), health, on)
	at := slices.IndexFunc(rated.Activities, func(a ActivityRating) bool { return a.Activity == o.Activity })
	if at < 0 {
		return Prediction{}, nil
	}
	a := rated.Activities[at]
	return Prediction{Rubric: rated.Rubric, On: rated.On, Score: a.Score, Low: a.Low, High: a.High, Band: a.Band, Readiness: a.Readiness, Grade: a.Grade}, nil
}

// adoptionDay is when the cat was adopted. Where nobody said, it is what the
// report says of the days since, or the day when the listing ended, if that was
// earlier.
func (o Outcome) adoptionDay(cat Cat) time.Time {
	if !cat.AdoptedOn.IsZero() {
		return cat.AdoptedOn
	}
	on := o.ReportedOn.AddDate(0, 0, -o.Days)
	if ended := day(cat.StatusChangedAt); !ended.IsZero() && ended.Before(on) {
		return ended
	}
	return on
}

// activeAt are the assessments that counted at a moment, as they stood then:
// what was withdrawn or corrected later still counted.
func activeAt(all []Assessment, moment time.Time) []Assessment {
	by := map[string]Assessment{}
	for _, a := range all {
		by[a.ID] = a
	}
	var out []Assessment
	for _, a := range all {
		recorded := a.CreatedAt.Before(moment)
		withdrawn := !a.WithdrawnAt.IsZero() && a.WithdrawnAt.Before(moment)
		superseded := a.SupersededBy != "" && by[a.SupersededBy].CreatedAt.Before(moment)
		if recorded && !withdrawn && !superseded {
			a.WithdrawnAt, a.SupersededBy = time.Time{}, ""
			out = append(out, a)
		}
	}
	return out
}
