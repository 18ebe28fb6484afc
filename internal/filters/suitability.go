package filters

import (
	"slices"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/search"
)

// suitabilityFilters returns the filters by suitability for activities. An activity
// without readiness, grade or score selects the cats that are ready for it.
func suitabilityFilters(in *CatFilters) []search.SuitabilityFilter {
	filter := search.SuitabilityFilter{Readiness: in.Readiness, Grades: in.Grade, ScoreMin: in.ScoreMin}
	if !in.hasSuitabilityFilter() {
		if len(in.Activity)+len(in.ActivityAll) == 0 {
			return nil
		}
		filter.Readiness = []string{catalog.ReadinessWithTraining, catalog.ReadinessNow}
	}
	var out []search.SuitabilityFilter
	if len(in.Activity) > 0 || len(in.ActivityAll) == 0 {
		filter.Activities = in.Activity
		out = append(out, filter)
	}
	for _, activity := range in.ActivityAll {
		filter.Activities = []string{activity}
		out = append(out, filter)
	}
	return out
}

// hasSuitabilityFilter reports whether the filters include readiness, grade or score.
func (in *CatFilters) hasSuitabilityFilter() bool {
	return len(in.Readiness)+len(in.Grade) > 0 || in.ScoreMin != nil
}

// singleActivity returns the activity of the filters, or "" unless they name exactly one.
func (in *CatFilters) singleActivity() string {
	if all := slices.Concat(in.Activity, in.ActivityAll); len(all) == 1 {
		return all[0]
	}
	return ""
}

// orderBySuitability sets the activity by which the cats are sorted. Unless readiness,
// grade or score is also given, the activity does not filter.
func (in *CatFilters) orderBySuitability(q *search.Query, errs *catalog.FieldErrors) {
	q.OrderFor = in.singleActivity()
	binding.AddErrorIf(errs, len(in.Activity)+len(in.ActivityAll) > 0 && q.OrderFor == "", "sort", errcode.OneActivity,
		"sort=suitability accepts at most one activity. Without one, it sorts by the activity that suits each cat most.")
	if !in.hasSuitabilityFilter() {
		q.Suitability = nil
	}
}

// facetsForActivity replaces the facet readiness by the readiness for the activity of the
// query, if it has exactly one.
func (in *CatFilters) facetsForActivity(facets []search.Field) []search.Field {
	i := slices.Index(facets, search.FieldReadiness)
	if activity := in.singleActivity(); i >= 0 && activity != "" {
		facets[i] = search.ReadinessField(activity)
	}
	return facets
}
