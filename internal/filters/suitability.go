package filters

import (
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// suitabilityFilters are what filters ask of outings. To name an activity and nothing else
// asks for the cats that are ready for it.
func suitabilityFilters(in *CatFilters) []search.SuitabilityFilter {
	asked := search.SuitabilityFilter{Activities: nil, Readiness: commonValues(in.Readiness), Grades: commonValues(in.Grade), ScoreMin: in.ScoreMin}
	switch {
	case in.hasSuitabilityFilter():
	case len(in.Activity) == 0:
		return nil
	default:
		asked.Readiness = []string{catalog.ReadinessWithTraining, catalog.ReadinessNow}
	}
	if len(in.Activity) == 0 {
		return []search.SuitabilityFilter{asked}
	}
	var out []search.SuitabilityFilter
	for _, anyOf := range in.Activity {
		asked.Activities = strings.Split(anyOf, ",")
		out = append(out, asked)
	}
	return out
}

// hasSuitabilityFilter says that something is asked of the activities, if any are named.
func (in *CatFilters) hasSuitabilityFilter() bool {
	return len(in.Readiness)+len(in.Grade) > 0 || in.ScoreMin != nil
}

// singleActivity is the activity that a query is about, if it names just one.
func (in *CatFilters) singleActivity() string {
	if len(in.Activity) != 1 || strings.Contains(in.Activity[0], ",") {
		return ""
	}
	return in.Activity[0]
}

// orderBySuitability makes a question one that lists the most suitable first: that drops
// nobody, so to name an activity only says by which.
func (in *CatFilters) orderBySuitability(q *search.Query, bad *catalog.FieldErrors) {
	q.OrderFor = in.singleActivity()
	binding.AddErrorIf(bad, len(in.Activity) > 0 && q.OrderFor == "", "sort", "one_activity",
		"sort=suitability goes by one activity, or by the one that each cat suits most: name one activity, or none.")
	if !in.hasSuitabilityFilter() {
		q.Suitability = nil
	}
}

// commonValues are the values that are in every entry of a list parameter; nil if it was
// not sent.
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

// facetsForActivity are the facets as the index counts them: readiness is that for the
// activity that the query is about.
func (in *CatFilters) facetsForActivity(facets []search.Field) []search.Field {
	at := slices.Index(facets, search.FieldReadiness)
	if activity := in.singleActivity(); at >= 0 && activity != "" {
		facets[at] = search.ReadinessField(activity)
	}
	return facets
}
