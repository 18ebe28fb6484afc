package filters

import (
	"net/url"
	"slices"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/search"
)

// ShelterCatQuery is the query of the list of a shelter's cats for its partner.
type ShelterCatQuery struct {
	CatFilters

	ExternalID   string   `form:"external_id" validate:"optional" maxLength:"100" example:"A472536"`                                                                                            // The shelter's own ID of the cat.
	Status       []string `form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted,removed" extensions:"x-default=available,pending,on_hold,adopted"` // Adoption status; default all except `removed`, and all with `external_id`.
	Stale        []string `form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false"`                                                                                          // `true` for listings that their sources have not confirmed lately; default both.
	AgeMonthsMin *int     `form:"age_months_min" validate:"optional" minimum:"0" maximum:"480"`                                                                                                 // Minimum age in months; cats of unknown age do not match.
	AgeMonthsMax *int     `form:"age_months_max" validate:"optional" minimum:"0" maximum:"480"`                                                                                                 // Maximum age in months; cats of unknown age do not match.
	Cursor       string   `form:"cursor" validate:"optional" maxLength:"50"`                                                                                                                    // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit        int      `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                                                             // Cats per page.
} //	@name	ShelterCatQuery

// ShelterCatRequest is a parsed ShelterCatQuery.
type ShelterCatRequest struct {
	ExternalID string // empty for all
	Statuses   []catalog.Status
	Cursor     string // ID of the last cat of the previous page
	Limit      int
	Warnings   []wire.FilterWarning
	Matcher    search.Matcher // has the other filters, and no condition on the status
}

// ParseShelterCatRequest parses the query parameters of the list of a shelter's cats.
func (r QueryResolver) ParseShelterCatRequest(values url.Values, audience catalog.Audience) (ShelterCatRequest, error) {
	in := ShelterCatQuery{Limit: 20}
	errs := binding.BindValues(values, &in)
	query, _ := r.BuildQuery(&in.CatFilters, &in, &errs)
	binding.AddErrorIf(&errs, in.AgeMonthsMin != nil && in.AgeMonthsMax != nil && *in.AgeMonthsMin > *in.AgeMonthsMax,
		"age_months_min", errcode.Conflict, "Must not be greater than age_months_max: no cat can match both.")
	query.AgeMonthsMin, query.AgeMonthsMax = in.AgeMonthsMin, in.AgeMonthsMax
	query.Where = slices.DeleteFunc(query.Where, func(c search.Clause) bool { return c.Field == search.FieldStatus })
	binding.AddErrorIf(&errs, in.Cursor != "" && catalog.CheckID(catalog.CatPrefix, in.Cursor) != nil, "cursor", errcode.BadCursor, "Must be the next_cursor of a page of this list.")
	if len(errs) == 0 {
		errs = matcherErrors(query)
	}
	if err := errs.Err(catalog.Malformed); err != nil {
		return ShelterCatRequest{}, err
	}
	if !r.index.State().Ready && (IsShelterID(in.Near) || len(in.Shelter) > 0 || len(in.Excluded["shelter"]) > 0) {
		return ShelterCatRequest{}, errNotReady() // which shelters these are is not known yet
	}
	matcher, err := search.NewMatcher(query)
	return ShelterCatRequest{ExternalID: in.ExternalID, Statuses: in.statuses(), Cursor: in.Cursor, Limit: in.Limit, Warnings: r.Warnings(&in, audience), Matcher: matcher}, err
}

// statuses returns the statuses that are requested.
func (in *ShelterCatQuery) statuses() []catalog.Status {
	var out []catalog.Status
	for _, status := range catalog.Statuses() {
		if slices.Contains(in.Status, string(status)) || len(in.Status) == 0 && (status != catalog.Removed || in.ExternalID != "") {
			out = append(out, status)
		}
	}
	return out
}
