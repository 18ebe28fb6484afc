package api

import (
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// ShelterQuery is what one may ask of the list of shelters.
type ShelterQuery struct {
	Q        string   `query:"q" form:"q" validate:"optional" maxLength:"200" example:"humane"`                                                             // Words in the name and city; the last word matches as a prefix.
	Near     string   `query:"near" form:"near" validate:"optional" maxLength:"100" example:"Rockville, MD"`                                                // A postal code, "city, ST", or "lat,lng".
	RadiusKm float64  `query:"radius_km" form:"radius_km" validate:"optional" minimum:"0.1" maximum:"20040"`                                                // Maximum distance from `near` in kilometers.
	RadiusMi float64  `query:"radius_mi" form:"radius_mi" validate:"optional" minimum:"0.1" maximum:"12450"`                                                // Maximum distance from `near` in miles.
	Region   []string `query:"region" form:"region" validate:"optional" collectionFormat:"csv" example:"MD,VA"`                                             // Codes of states or provinces.
	Country  []string `query:"country" form:"country" validate:"optional" collectionFormat:"csv" example:"US"`                                              // Codes of countries.
	Kind     []string `query:"kind" form:"kind" validate:"optional" collectionFormat:"csv" enums:"municipal,private,rescue,foster_network,sanctuary,other"` // Kinds of organization.
	Sort     string   `query:"sort" form:"sort" validate:"optional" enums:"distance,name,code"`                                                             // Order of the list; default `distance` if `near` is set, otherwise `name`.
	Cursor   string   `query:"cursor" form:"cursor" validate:"optional" maxLength:"500"`                                                                    // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit    int      `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                               // Shelters per page.
} //	@name	ShelterQuery

// ShelterPage is a page of a list of shelters.
type ShelterPage struct {
	Data []wire.Shelter `json:"data"` // Shelters of the page.
	Page wire.PageInfo  `json:"page"` // Position in the list.
} //	@name	ShelterPage

// listShelters finds shelters.
//
//	@Summary		Find shelters
//	@Description	Finds shelters by place, region and words, a page at a time.
//	@ID				listShelters
//	@Tags			shelters
//	@Produce		json
//	@Param			query			query		ShelterQuery	false	"What to look for"
//	@Param			If-None-Match	header		string			false	"The ETag that you hold"
//	@Success		200				{object}	ShelterPage		"A page of shelters"
//	@Header			200				{string}	ETag			"Changes when the answer does"
//	@Header			200				{string}	Link			"rel=next: the next page"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/shelters [get]
func (a *API) listShelters(c echo.Context) error {
	query, err := a.bindShelterQuery(c)
	if err != nil {
		return err
	}
	page, err := a.Index.Shelters(query)
	if err != nil {
		return err
	}
	out := ShelterPage{Data: []wire.Shelter{}, Page: wire.PageInfo{NextCursor: wire.OrNull(page.Next), HasMore: page.HasMore, Total: nil}}
	for _, hit := range page.Hits {
		out.Data = append(out.Data, wire.NewListedShelter(hit))
	}
	httpkit.LinkNext(c, page.Next)
	return httpkit.SendJSON(c, out)
}

func (a *API) bindShelterQuery(c echo.Context) (search.ShelterQuery, error) {
	in := ShelterQuery{Limit: 20}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return search.ShelterQuery{}, err
	}
	near, radius := a.ResolvePlace(in.Near, in.RadiusKm, in.RadiusMi, &bad)
	binding.AddErrorIf(&bad, in.Sort == "distance" && in.Near == "", "sort", "needs_near", "Distance needs near: from where?")
	return search.ShelterQuery{
		Text:      in.Q,
		Near:      near,
		RadiusKm:  radius,
		Regions:   upper(binding.SplitList(in.Region)),
		Countries: upper(binding.SplitList(in.Country)),
		Kinds:     kinds(binding.SplitList(in.Kind)),
		Order:     search.ShelterOrder(in.Sort),
		Cursor:    in.Cursor,
		Limit:     in.Limit,
		Audience:  a.audience(c, false),
	}, bad.Err(catalog.Malformed)
}

// upper is the codes as the index has them.
func upper(codes []string) []string {
	for i, code := range codes {
		codes[i] = strings.ToUpper(code)
	}
	return codes
}

func kinds(sent []string) []catalog.ShelterKind {
	out := make([]catalog.ShelterKind, len(sent))
	for i, kind := range sent {
		out[i] = catalog.ShelterKind(kind)
	}
	return out
}

// getShelter shows one shelter.
//
//	@Summary		Show a shelter
//	@Description	Shows all that is known of one shelter, with the number of cats that it offers now.
//	@ID				getShelter
//	@Tags			shelters
//	@Produce		json
//	@Param			id				path		string	true	"The shelter's id, or its code"	example(MD1)
//	@Param			If-None-Match	header		string	false	"The ETag that you hold"
//	@Success		200				{object}	wire.Shelter	"The shelter"
//	@Header			200				{string}	ETag	"The shelter's version, and the count"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/shelters/{id} [get]
func (a *API) getShelter(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	shelter, count, err := a.shelterWithCount(c, c.Param("id"))
	if err != nil {
		return err
	}
	shown := wire.ShownTo(principalFrom(c), shelter, count)
	body, err := binding.EncodeJSON(shown)
	if err != nil {
		return err
	}
	return httpkit.SendTagged(c, shown.Tag(), body)
}

// shelterWithCount finds a shelter by id or code, and how many cats it offers now to who asks.
func (a *API) shelterWithCount(c echo.Context, idOrCode string) (catalog.Shelter, int, error) {
	shelter, count, err := a.FindShelter(idOrCode)
	if shelter.HidesFrom(a.audience(c, false)) {
		count = 0
	}
	return shelter, count, err
}
