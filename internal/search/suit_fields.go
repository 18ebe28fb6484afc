package search

import (
	"cmp"
	"slices"

	"trailcat/internal/catalog"
)

// ReadinessFor is the field of how ready cats are for one activity. Its values
// are those of FieldReadiness.
func ReadinessFor(activity string) Field { return FieldReadiness + "." + Field(activity) }

// GradeFor is the field of how good the evidence for one activity is.
func GradeFor(activity string) Field { return FieldGrade + "." + Field(activity) }

// suitFieldDefs are the fields that are read off a cat's rating.
func suitFieldDefs() []fieldDef {
	readiness := func(a catalog.ActivityRating) string { return a.Readiness }
	grade := func(a catalog.ActivityRating) string { return a.Grade }
	defs := []fieldDef{
		closed(FieldBestFit, append(catalog.Outings(), catalog.IndoorEnrichment)...).readBy(func(c *catalog.Cat, say func(string)) {
			say(cmp.Or(c.Rating.BestFit, catalog.IndoorEnrichment))
		}),
		best(FieldReadiness, catalog.Readinesses(), catalog.NotYetAssessed, readiness, catalog.Outings()...),
		best(FieldGrade, catalog.Grades(), catalog.NoEvidence, grade, catalog.Outings()...).uncounted(),
	}
	for _, activity := range catalog.Outings() {
		defs = append(defs,
			best(ReadinessFor(activity), catalog.Readinesses(), catalog.NotYetAssessed, readiness, activity).inner(),
			best(GradeFor(activity), catalog.Grades(), catalog.NoEvidence, grade, activity).inner())
	}
	return defs
}

// best is a field of which a cat has the last of the values that any of the
// activities has: values go from the least to the most. A cat that was never
// rated has the value unrated.
func best(f Field, values []string, unrated string, of func(catalog.ActivityRating) string, activities ...string) fieldDef {
	d := closed(f, values...)
	none := reply(slices.Index(values, unrated))
	d.answer = func(c *catalog.Cat) reply {
		if len(c.Rating.Activities) == 0 {
			return none
		}
		most := reply(0)
		for _, activity := range activities {
			most = max(most, reply(slices.Index(values, of(c.Rating.Of(activity)))))
		}
		return most
	}
	return d
}

// uncounted is the field without a facet.
func (d fieldDef) uncounted() fieldDef {
	d.Facet = false
	return d
}

// inner is the field as one that callers do not name: they name an activity.
func (d fieldDef) inner() fieldDef {
	d.hidden = true
	return d.uncounted()
}
