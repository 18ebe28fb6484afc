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
		enumField(FieldBestFit, append(catalog.Activities(), catalog.IndoorEnrichment)...).readBy(func(c *catalog.Cat, say func(string)) {
			say(cmp.Or(c.Rating.BestFit, catalog.IndoorEnrichment))
		}),
		bestOverActivities(FieldReadiness, catalog.Readinesses(), catalog.ReadinessNotAssessed, readiness, catalog.Activities()...),
		bestOverActivities(FieldGrade, catalog.Grades(), catalog.NoEvidence, grade, catalog.Activities()...).withoutFacet(),
	}
	for _, activity := range catalog.Activities() {
		defs = append(defs,
			bestOverActivities(ReadinessFor(activity), catalog.Readinesses(), catalog.ReadinessNotAssessed, readiness, activity).internal(),
			bestOverActivities(GradeFor(activity), catalog.Grades(), catalog.NoEvidence, grade, activity).internal())
	}
	return defs
}

// bestOverActivities is a field of which a cat has the last of the values that any of the
// activities has: values go from the least to the most. A cat that was never
// rated has the value unrated.
func bestOverActivities(f Field, values []string, unrated string, of func(catalog.ActivityRating) string, activities ...string) fieldDef {
	d := enumField(f, values...)
	none := valueOrdinal(slices.Index(values, unrated))
	d.answer = func(c *catalog.Cat) valueOrdinal {
		if len(c.Rating.Activities) == 0 {
			return none
		}
		most := valueOrdinal(0)
		for _, activity := range activities {
			most = max(most, valueOrdinal(slices.Index(values, of(c.Rating.Of(activity)))))
		}
		return most
	}
	return d
}

// withoutFacet is the field without a facet.
func (d fieldDef) withoutFacet() fieldDef {
	d.Facet = false
	return d
}

// internal is the field as one that callers do not name: they name an activity.
func (d fieldDef) internal() fieldDef {
	d.hidden = true
	return d.withoutFacet()
}
