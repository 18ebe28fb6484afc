package filters

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// SearchFilters say for which cats a saved search waits: as in the list of cats,
// for those that are available and confirmed lately unless it says otherwise.
type SearchFilters struct {
	CatFilters

	Status []string `query:"status" form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted" extensions:"x-default=available"` // Adoption status; default `available`.
	Stale  []string `query:"stale" form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false" extensions:"x-default=false"`                              // `true` for listings that their sources have not confirmed lately; default `false`.
}

// presentationParams are parameters of the list that say how it is shown, not what is on it.
var presentationParams = []string{"cursor", "limit", "sort", "seed", "facets", "fields", "expand", "include_total"}

// normalizeFilters leaves out how the list is shown. A last word that is merely begun
// counts as whole: nobody is typing any more.
func normalizeFilters(filters url.Values) url.Values {
	for _, name := range presentationParams {
		delete(filters, name)
	}
	for i, text := range filters["q"] {
		if text = strings.TrimSpace(text); text != "" && !strings.HasSuffix(text, `"`) {
			text += " "
		}
		filters["q"][i] = text
	}
	return filters
}

// SavedSearchQuery is what filters ask for on behalf of nobody in particular: who
// may not see a cat is found out when there is one.
func (a QueryResolver) SavedSearchQuery(filters url.Values) (search.Query, catalog.FieldErrors) {
	in := SearchFilters{CatFilters: CatFilters{}, Status: []string{string(catalog.Available)}, Stale: []string{"false"}}
	bad := BindFilters(filters, &in)
	q := a.BuildQuery(&in.CatFilters, &bad)
	q.Where = a.Clauses(&in, &bad)
	if len(bad) == 0 {
		bad = matcherErrors(q)
	}
	return q, bad
}

// matcherErrors are those that only the index finds.
func matcherErrors(q search.Query) catalog.FieldErrors {
	_, err := search.NewMatcher(q)
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return e.Fields
	}
	return nil
}

// ParseFilters reads the filters of a body: a query as in a URL, or an object with a
// value, or a list of values of which any will do, for each filter.
func ParseFilters(value any) (filters url.Values, bad catalog.FieldErrors) {
	switch said := value.(type) {
	case string:
		filters, err := binding.ParseQuery(strings.TrimPrefix(said, "?"))
		bad.Check(err == nil, "/query", "malformed", "Cannot be read as the query of a URL, such as age_group=young&near=20850.")
		return filters, bad
	case map[string]any:
		filters = url.Values{}
		for name, value := range said {
			text, ok := filterString(value)
			bad.Check(ok, "/query/"+binding.PointerToken(name), "wrong_type", "Is no text, number, true or false, nor a list of them.")
			filters.Set(name, text)
		}
		return filters, bad
	default:
		bad.Check(false, "/query", "wrong_type", "Is neither an object of filters nor a text such as age_group=young&near=20850.")
		return nil, bad
	}
}

// filterString is a value of a filter as in a URL.
func filterString(value any) (string, bool) {
	switch said := value.(type) {
	case string:
		return said, true
	case json.Number, bool:
		return fmt.Sprint(said), true
	case []any:
		parts := make([]string, len(said))
		for i, one := range said {
			text, ok := filterString(one)
			if _, nested := one.([]any); nested || !ok {
				return "", false
			}
			parts[i] = text
		}
		return strings.Join(parts, ","), true
	default:
		return "", false
	}
}

// ParseSavedSearch checks filters as they were sent, and is the query as it is kept.
func (a QueryResolver) ParseSavedSearch(query any, bad *catalog.FieldErrors) string {
	filters, wrong := ParseFilters(query)
	filters = normalizeFilters(filters)
	*bad = append(*bad, wrong...)
	if len(wrong) > 0 {
		return ""
	}
	_, wrong = a.SavedSearchQuery(filters)
	_, object := query.(map[string]any)
	for _, f := range wrong {
		at, message := "/query/"+binding.PointerToken(f.Parameter), f.Message
		if !object {
			at, message = "/query", f.Parameter+": "+f.Message
		}
		bad.Check(false, at, f.Code, message)
	}
	slices.SortStableFunc(*bad, func(a, b catalog.FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	return filters.Encode()
}

// Err is the error for faults of a body with filters in it, if there are
// any: to name a filter that there is not is as malformed in a body as in a URL.
func Err(bad catalog.FieldErrors) error {
	if slices.ContainsFunc(bad, func(f catalog.FieldError) bool { return f.Code == "unknown_parameter" }) {
		return bad.Err(catalog.Malformed)
	}
	return bad.Err(catalog.Invalid)
}
