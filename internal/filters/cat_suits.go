package filters

import (
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// suits are what filters ask of outings. To name an activity and nothing else
// asks for the cats that are ready for it.
func suits(in *CatFilters) []search.SuitabilityFilter {
	asked := search.SuitabilityFilter{Activities: nil, Readiness: allOf(in.Readiness), Grades: allOf(in.Grade), ScoreMin: in.ScoreMin}
	switch {
	case in.asksOfOutings():
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

// asksOfOutings says that something is asked of the activities, if any are named.
func (in *CatFilters) asksOfOutings() bool {
	return len(in.Readiness)+len(in.Grade) > 0 || in.ScoreMin != nil
}

// onlyActivity is the activity that a query is about, if it names just one.
func (in *CatFilters) onlyActivity() string {
	if len(in.Activity) != 1 || strings.Contains(in.Activity[0], ",") {
		return ""
	}
	return in.Activity[0]
}

// suitable makes a question one that lists the most suitable first: that drops
// nobody, so to name an activity only says by which.
func (in *CatFilters) suitable(q *search.Query, bad *catalog.FieldErrors) {
	q.OrderFor = in.onlyActivity()
	binding.AddErrorIf(bad, len(in.Activity) > 0 && q.OrderFor == "", "sort", "one_activity",
		"sort=suitability goes by one activity, or by the one that each cat suits most: name one activity, or none.")
	if !in.asksOfOutings() {
		q.Suitability = nil
	}
}

// allOf are the values that are in every entry of a list parameter; nil if it was
// not sent.
func allOf(entries []string) []string {
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

// countedFor are the facets as the index counts them: readiness is that for the
// activity that the query is about.
func (in *CatFilters) countedFor(facets []search.Field) []search.Field {
	at := slices.Index(facets, search.FieldReadiness)
	if activity := in.onlyActivity(); at >= 0 && activity != "" {
		facets[at] = search.ReadinessField(activity)
	}
	return facets
}
