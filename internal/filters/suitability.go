package filters

import (
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// suitabilityFilters returns the filters by suitability for activities. An activity
// without readiness, grade or score selects the cats that are ready for it.
func suitabilityFilters(in *CatFilters) []search.SuitabilityFilter {
	filter := search.SuitabilityFilter{Readiness: commonValues(in.Readiness), Grades: commonValues(in.Grade), ScoreMin: in.ScoreMin}
	if !in.hasSuitabilityFilter() {
		if len(in.Activity) == 0 {
			return nil
		}
		filter.Readiness = []string{catalog.ReadinessWithTraining, catalog.ReadinessNow}
	}
	if len(in.Activity) == 0 {
		return []search.SuitabilityFilter{filter}
	}
	var out []search.SuitabilityFilter
	for _, anyOf := range in.Activity {
		filter.Activities = strings.Split(anyOf, ",")
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
	if len(in.Activity) != 1 || strings.Contains(in.Activity[0], ",") {
		return ""
	}
	return in.Activity[0]
}

// orderBySuitability sets the activity by which the cats are sorted. Unless readiness,
// grade or score is also given, the activity does not filter.
func (in *CatFilters) orderBySuitability(q *search.Query, errs *catalog.FieldErrors) {
	q.OrderFor = in.singleActivity()
	binding.AddErrorIf(errs, len(in.Activity) > 0 && q.OrderFor == "", "sort", "one_activity",
		"sort=suitability accepts at most one activity. Without one, it sorts by the activity that suits each cat most.")
	if !in.hasSuitabilityFilter() {
		q.Suitability = nil
	}
}

// commonValues returns the values that are in every entry of a list parameter, or nil if
// it was not sent.
func commonValues(entries []string) []string {
	var out []string
	for i, entry := range entries {
		values := strings.Split(entry, ",")
		if i == 0 {
			out = values
			continue
		}
		out = slices.DeleteFunc(out, func(v string) bool { return !slices.Contains(values, v) })
	}
	return out
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
