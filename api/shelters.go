package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// ShelterQuery is the query of the list of shelters.
type ShelterQuery struct {
	Q        string   `form:"q" validate:"optional" maxLength:"200" example:"humane"`                                                          // Words in the name and city; the last word matches as a prefix.
	Near     string   `form:"near" validate:"optional" maxLength:"100" example:"Rockville, MD"`                                                // As for `/v1/cats`: a postal code, a city, "lat,lng", or the ID of a place or shelter.
	RadiusKm float64  `form:"radius_km" validate:"optional" minimum:"0.1" maximum:"20040"`                                                     // Maximum distance from `near` in kilometers.
	RadiusMi float64  `form:"radius_mi" validate:"optional" minimum:"0.1" maximum:"12450"`                                                     // Maximum distance from `near` in miles.
	Region   []string `form:"region" validate:"optional" collectionFormat:"csv" example:"MD,VA"`                                               // Codes or names of states or provinces.
	Country  []string `form:"country" validate:"optional" collectionFormat:"csv" example:"US"`                                                 // Codes or English names of countries. US includes its territories.
	Kind     []string `form:"kind" validate:"optional" collectionFormat:"csv" enums:"municipal,private,rescue,foster_network,sanctuary,other"` // Kinds of organization.
	Sort     string   `form:"sort" validate:"optional" enums:"distance,name,code"`                                                             // Order of the list; default `distance` if `near` is set, otherwise `name`.
	Cursor   string   `form:"cursor" validate:"optional" maxLength:"500"`                                                                      // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit    int      `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                // Shelters per page.
} //	@name	ShelterQuery

// ShelterPage is a page of a list of shelters.
type ShelterPage struct {
	Data []wire.Shelter `json:"data"` // Shelters of the page.
	Page wire.PageInfo  `json:"page"` // Position in the list.
} //	@name	ShelterPage

// listShelters sends a page of the list of shelters.
//
//	@Summary		Find shelters
//	@Description	Finds shelters by place, region and text, one page at a time.
//	@ID				listShelters
//	@Tags			shelters
//	@Produce		json
//	@Param			query			query		ShelterQuery	false	"Filters, sort order and page"
//	@Param			If-None-Match	header		string			false	"ETag of an earlier response; if it is still current, the response is 304"
//	@Success		200				{object}	ShelterPage		"A page of shelters"
//	@Header			200				{string}	ETag			"Changes when the response does, for If-None-Match"
//	@Header			200				{string}	Link			"URL of the next page, with rel=next"
//	@Success		304				"Not modified since the ETag in If-None-Match"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/shelters [get]
func (a *API) listShelters(c echo.Context) error {
	query, near, inMiles, err := a.bindShelterQuery(c)
	if err != nil {
		return err
	}
	page, err := a.Index.Shelters(query)
	if err != nil {
		return err
	}
	out := ShelterPage{Data: []wire.Shelter{}, Page: wire.PageInfo{NextCursor: wire.OrNull(page.Next), HasMore: page.HasMore, Near: wire.NewNear(near)}}
	for _, hit := range page.Hits {
		out.Data = append(out.Data, wire.NewListedShelter(hit, inMiles))
	}
	httpkit.LinkNext(c, page.Next)
	return httpkit.SendJSON(c, out)
}

// bindShelterQuery parses the query of a list of shelters, and returns the places that near
// names, the one to use first, and whether distances are to be in miles, too.
func (a *API) bindShelterQuery(c echo.Context) (query search.ShelterQuery, near []geo.Place, inMiles bool, err error) {
	in := ShelterQuery{Limit: 20}
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return search.ShelterQuery{}, nil, false, err
	}
	countries := a.ResolveCountries(in.Country, &errs)
	near, radius := a.ResolvePlace(in.Near, in.RadiusKm, in.RadiusMi, countries, &errs)
	regions, country := a.ResolveRegions(in.Region, countries, &errs)
	if country != "" {
		countries = []string{country}
	}
	binding.AddErrorIf(&errs, in.Sort == "distance" && in.Near == "", "sort", errcode.NeedsNear, "Requires the parameter near.")
	query = search.ShelterQuery{
		Text:      in.Q,
		RadiusKm:  radius,
		Regions:   regions,
		Countries: geo.WithTerritories(countries),
		Kinds:     shelterKinds(in.Kind),
		Order:     search.ShelterOrder(in.Sort),
		Cursor:    in.Cursor,
		Limit:     in.Limit,
		Audience:  a.audience(c, false),
	}
	if near != nil {
		query.Near = &near[0].Point
	}
	return query, near, in.RadiusMi > 0, errs.Err(catalog.Malformed)
}

func shelterKinds(sent []string) []catalog.ShelterKind {
	out := make([]catalog.ShelterKind, len(sent))
	for i, kind := range sent {
		out[i] = catalog.ShelterKind(kind)
	}
	return out
}

// getShelter sends a shelter.
//
//	@Summary		Get a shelter
//	@Description	Returns all facts of a shelter and the number of its available cats.
//	@ID				getShelter
//	@Tags			shelters
//	@Produce		json
//	@Param			id				path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			If-None-Match	header		string			false	"ETag of an earlier response; if it is still current, the response is 304"
//	@Success		200				{object}	wire.Shelter	"The shelter"
//	@Header			200				{string}	ETag			"Version of the shelter and its number of cats, for If-None-Match and If-Match"
//	@Success		304				"Not modified since the ETag in If-None-Match"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/shelters/{id} [get]
func (a *API) getShelter(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	shelter, count, err := a.shelterWithCount(c, c.Param("id"))
	if err != nil {
		return err
	}
	resource := wire.NewShelterFor(principalFrom(c), shelter, count)
	body, err := binding.EncodeJSON(resource)
	if err != nil {
		return err
	}
	return httpkit.SendTagged(c, resource.ETag(), body)
}

// shelterWithCount returns a shelter by id or code, and the number of its available cats
// that the caller may see.
func (a *API) shelterWithCount(c echo.Context, idOrCode string) (catalog.Shelter, int, error) {
	shelter, count, err := a.FindShelter(idOrCode, a.audience(c, false))
	if err == nil && !shelter.ErasedAt.IsZero() {
		err = catalog.ErasedError("shelter", shelter.ErasedAt)
	}
	return shelter, count, err
}
