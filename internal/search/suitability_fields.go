package search

import (
	"cmp"
	"slices"

	"trailcat/internal/catalog"
)

// ReadinessField returns the field of the readiness for one activity. Its values are
// those of FieldReadiness.
func ReadinessField(activity string) Field { return FieldReadiness + "." + Field(activity) }

// GradeField returns the field of the grade of the evidence for one activity. Its
// values are those of FieldGrade.
func GradeField(activity string) Field { return FieldGrade + "." + Field(activity) }

// ImpressionField returns the field of the impression of the listing for one activity. Its
// values are those of FieldImpression.
func ImpressionField(activity string) Field { return FieldImpression + "." + Field(activity) }

// suitabilityFieldDefs returns the fields that are read from a cat's rating and from the
// impression of its listing.
func suitabilityFieldDefs() []fieldDef {
	readiness := func(a catalog.ActivityRating) string { return a.Readiness }
	grade := func(a catalog.ActivityRating) string { return a.Grade }
	defs := []fieldDef{
		enumField(FieldBestFit, append(catalog.Activities(), catalog.IndoorEnrichment, unknown)...).readBy(func(c *catalog.Cat, add func(string)) {
			add(cmp.Or(c.Rating.BestFit, unknown))
		}),
		bestOverActivities(FieldReadiness, catalog.Readinesses(), catalog.ReadinessNotAssessed, readiness, catalog.Activities()...),
		bestOverActivities(FieldGrade, catalog.Grades(), catalog.NoEvidence, grade, catalog.Activities()...).withoutFacet(),
		impressionField(FieldImpression, overallIndex),
	}
	for i, activity := range catalog.Activities() {
		defs = append(defs,
			bestOverActivities(ReadinessField(activity), catalog.Readinesses(), catalog.ReadinessNotAssessed, readiness, activity).internal(),
			bestOverActivities(GradeField(activity), catalog.Grades(), catalog.NoEvidence, grade, activity).internal(),
			impressionField(ImpressionField(activity), 1+i).internal())
	}
	return defs
}

// impressionField returns a field of the impression at an index in scores.
func impressionField(f Field, index int) fieldDef {
	d := enumField(f, append(catalog.Impressions(), unknown)...)
	d.ordinal = func(c *catalog.Cat) valueOrdinal {
		if i := slices.Index(d.Values, impressionAt(&c.Reading.Impression, index)); i >= 0 {
			return valueOrdinal(i)
		}
		return valueOrdinal(len(d.Values) - 1)
	}
	return d
}

// impressionAt returns the impression at an index in scores.
func impressionAt(i *catalog.Impression, index int) string {
	if index == overallIndex {
		return i.Overall
	}
	return i.Activities[index-1]
}

// bestOverActivities returns a field whose value is the best over the activities:
// values are sorted from worst to best. A cat without a rating has the value unrated.
func bestOverActivities(f Field, values []string, unrated string, valueOf func(catalog.ActivityRating) string, activities ...string) fieldDef {
	d := enumField(f, values...)
	unratedOrdinal := valueOrdinal(slices.Index(values, unrated))
	d.ordinal = func(c *catalog.Cat) valueOrdinal {
		if len(c.Rating.Activities) == 0 {
			return unratedOrdinal
		}
		best := valueOrdinal(0)
		for _, activity := range activities {
			best = max(best, valueOrdinal(slices.Index(values, valueOf(c.Rating.Activity(activity)))))
		}
		return best
	}
	return d
}

// withoutFacet returns the field without facet counts.
func (d fieldDef) withoutFacet() fieldDef {
	d.Facet = false
	return d
}

// internal returns the field as one that Fields does not list: callers name an
// activity instead.
func (d fieldDef) internal() fieldDef {
	d.hidden = true
	return d.withoutFacet()
}
