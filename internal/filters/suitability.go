package filters

import (
	"fmt"
	"slices"
	"strings"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/search"
)

// suitabilityFilters returns the filters by suitability for activities. An activity
// without readiness, grade, impression or score selects the cats that are ready for it.
func suitabilityFilters(in *CatFilters) []search.SuitabilityFilter {
	filter := search.SuitabilityFilter{Readiness: in.Readiness, Grades: in.Grade, Impression: in.Impression, ScoreMin: in.ScoreMin}
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

// hasSuitabilityFilter reports whether the filters include readiness, grade, impression
// or score.
func (in *CatFilters) hasSuitabilityFilter() bool {
	return len(in.Readiness)+len(in.Grade)+len(in.Impression) > 0 || in.ScoreMin != nil
}

// singleActivity returns the activity of the filters, or "" unless they name exactly one.
func (in *CatFilters) singleActivity() string {
	if all := slices.Concat(in.Activity, in.ActivityAll); len(all) == 1 {
		return all[0]
	}
	return ""
}

// orderBySuitability sets the activity by which the cats are sorted. Unless readiness,
// grade, impression or score is also given, the activity does not filter.
func (in *CatFilters) orderBySuitability(q *search.Query, errs *catalog.FieldErrors) {
	q.OrderFor = in.singleActivity()
	binding.AddErrorIf(errs, len(in.Activity)+len(in.ActivityAll) > 0 && q.OrderFor == "", "sort", errcode.OneActivity,
		"sort=suitability accepts at most one activity. Without one, it sorts by the activity that suits each cat most.")
	if !in.hasSuitabilityFilter() {
		q.Suitability = nil
	}
}

// facetsForActivity replaces the facets readiness and impression by those for the activity
// of the query, if it has exactly one.
func (in *CatFilters) facetsForActivity(facets []search.Field) []search.Field {
	activity := in.singleActivity()
	if activity == "" {
		return facets
	}
	for i, facet := range facets {
		switch facet {
		case search.FieldReadiness:
			facets[i] = search.ReadinessField(activity)
		case search.FieldImpression:
			facets[i] = search.ImpressionField(activity)
		default: // it does not depend on the activity
		}
	}
	return facets
}

// UnassessedWarnings returns a warning if a list has no cats, is filtered by suitability for
// activities, and some cats that match all other filters have not been assessed for these. It
// counts them and names the filter that finds cats without an assessment. page is the
// first page of the list.
func (r QueryResolver) UnassessedWarnings(in CatRequest, page search.Page) []wire.FilterWarning {
	if len(page.Hits) > 0 || in.Cursor != "" || len(in.activities) == 0 || len(in.Suitability) == 0 {
		return nil
	}
	unassessed := search.SuitabilityFilter{Activities: in.activities, Grades: []string{catalog.NoEvidence, catalog.ListingEvidence}}
	promising := unassessed
	promising.Impression = []string{catalog.ImpressionConfident}
	all := r.count(in.Query)
	numUnassessed, numPromising := r.count(in.Query, unassessed), r.count(in.Query, promising)
	if numUnassessed == 0 {
		return nil
	}
	names := strings.Join(in.activities, " or ")
	message := fmt.Sprintf("%d of the %d cats that match all other filters have not been assessed for %s.", numUnassessed, all, names)
	if numPromising > 0 {
		message += fmt.Sprintf(" Send impression=confident instead of readiness, grade and score_min to find those whose listing is promising: %d.", numPromising)
	}
	return []wire.FilterWarning{{Parameter: "activity", Value: strings.Join(in.activities, ","), Code: errcode.NotAssessed, Message: message}}
}

// count returns the number of cats that match a query with other conditions on
// suitability.
func (r QueryResolver) count(q search.Query, suitability ...search.SuitabilityFilter) int {
	q.Suitability, q.Facets, q.Total, q.Limit, q.WithoutCards = suitability, nil, true, 1, true
	page, err := r.index.Cats(q)
	if err != nil || page.Total == nil {
		return 0
	}
	return *page.Total
}
