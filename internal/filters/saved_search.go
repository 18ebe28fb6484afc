package filters

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/search"
)

// SearchFilters are the filters of a saved search. As in the list of cats, the default is
// available cats whose listings are not stale.
type SearchFilters struct {
	CatFilters

	Status []string `form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted" extensions:"x-default=available"` // Adoption status; default `available`, and all with `ids`.
	Stale  []string `form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false" extensions:"x-default=false"`                             // `true` for listings that their sources have not confirmed lately; default `false`, and both with `ids`.
}

// presentationParams are the parameters of the list that do not select cats.
var presentationParams = []string{"cursor", "limit", "sort", "seed", "facets", "fields", "expand", "include_total"}

// normalizeFilters removes presentation parameters, joins the values of each list, and ends
// the text with a space, so that its last word matches as a whole word instead of as a prefix.
func normalizeFilters(filters url.Values) url.Values {
	binding.NormalizeLists(filters, reflect.TypeFor[CatQuery]())
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

// SavedSearchQuery returns the index query for the filters of a saved search. It does not
// limit the audience: whether a webhook may see a cat is decided per match.
func (r QueryResolver) SavedSearchQuery(filters url.Values) (search.Query, catalog.FieldErrors) {
	var in SearchFilters
	errs := BindFilters(filters, &in)
	in.SetDefaults(&in.Status, &in.Stale)
	q, _ := r.BuildQuery(&in.CatFilters, &in, &errs)
	if len(errs) == 0 {
		errs = matcherErrors(q)
	}
	return q, errs
}

// matcherErrors returns the errors that only the index finds.
func matcherErrors(q search.Query) catalog.FieldErrors {
	_, err := search.NewMatcher(q)
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return e.Fields
	}
	return nil
}

// ParseFilters parses the filters in a JSON body: a string as in the query of a URL, or
// an object with a value, or an array of alternative values, for each filter.
func ParseFilters(value any) (filters url.Values, errs catalog.FieldErrors) {
	switch v := value.(type) {
	case string:
		filters, err := binding.ParseQuery(strings.TrimPrefix(v, "?"))
		errs.Check(err == nil, "/query", errcode.Malformed, "Expected the query of a URL, such as age_group=young&near=20850.")
		return filters, errs
	case map[string]any:
		filters = url.Values{}
		for name, value := range v {
			text, ok := filterString(value)
			errs.Check(ok, "/query/"+binding.PointerToken(name), errcode.WrongType, "Expected a string, a number, a boolean or an array of these.")
			filters.Set(name, text)
		}
		return filters, errs
	default:
		errs.Check(false, "/query", errcode.WrongType, "Expected an object with filters, or a string such as age_group=young&near=20850.")
		return nil, errs
	}
}

// filterString returns the JSON value of a filter as in the query of a URL.
func filterString(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number, bool:
		return fmt.Sprint(v), true
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			text, ok := filterString(item)
			if _, nested := item.([]any); nested || !ok {
				return "", false
			}
			parts[i] = text
		}
		return strings.Join(parts, ","), true
	default:
		return "", false
	}
}

// ParseSavedSearch checks the filters of a saved search in a JSON body and returns them
// as they are stored: as the query of a URL.
func (r QueryResolver) ParseSavedSearch(query any, errs *catalog.FieldErrors) string {
	filters, queryErrs := ParseFilters(query)
	filters = normalizeFilters(filters)
	*errs = append(*errs, queryErrs...)
	if len(queryErrs) > 0 {
		return ""
	}
	_, queryErrs = r.SavedSearchQuery(filters)
	_, isObject := query.(map[string]any)
	for _, f := range queryErrs {
		pointer, message := "/query/"+binding.PointerToken(f.Parameter), f.Message
		if !isObject {
			pointer, message = "/query", f.Parameter+": "+f.Message
		}
		errs.Check(false, pointer, f.Code, message)
	}
	slices.SortStableFunc(*errs, func(a, b catalog.FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	return filters.Encode()
}

// Err returns one error for all field errors of a body with filters, or nil if there are
// none. An unknown filter makes the request malformed, as it does in a URL.
func Err(errs catalog.FieldErrors) error {
	if slices.ContainsFunc(errs, func(f catalog.FieldError) bool { return f.Code == errcode.UnknownParameter }) {
		return errs.Err(catalog.Malformed)
	}
	return errs.Err(catalog.Invalid)
}
