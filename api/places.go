package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
)

// Place is a place that near understands.
type Place struct {
	Label      string  `json:"label" example:"Rockville, MD, US"` // fit for people, and for near
	City       string  `json:"city" example:"Rockville"`
	Region     string  `json:"region" example:"MD"`
	RegionName string  `json:"region_name" example:"Maryland"`
	Country    string  `json:"country" example:"US"`
	PostalCode *string `json:"postal_code" extensions:"x-nullable"` // null for a whole city
	Lat        float64 `json:"lat" example:"39.08"`
	Lng        float64 `json:"lng" example:"-77.15"`
} //	@name	Place

// PlaceList is a short list of places.
type PlaceList struct {
	Data []Place       `json:"data"`
	Page wire.PageInfo `json:"page"` // the list is always complete: has_more is false
} //	@name	PlaceList

// PlaceQuery is the beginning of a place's name.
type PlaceQuery struct {
	Q     string `query:"q" form:"q" validate:"required" maxLength:"100" example:"rockv"`               // the beginning of a postal code or of a city's name
	Limit int    `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"50" default:"10"` // at most so many
} //	@name	PlaceQuery

// listPlaces completes the name of a place.
//
//	@Summary		Complete a place
//	@Description	Completes what someone types into a search box: the beginning of a postal code or of a city's name, in the US, Puerto Rico and Canada.
//	@ID				listPlaces
//	@Tags			reference
//	@Produce		json
//	@Param			query			query		PlaceQuery	false	"What was typed"
//	@Param			If-None-Match	header		string		false	"The ETag that you hold"
//	@Success		200				{object}	PlaceList	"The largest places first"
//	@Header			200				{string}	ETag		"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/places [get]
func (a *API) listPlaces(c echo.Context) error {
	in := PlaceQuery{Limit: 10}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&bad, !c.Request().URL.Query().Has("q"), "q", "required", "Send what was typed so far.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	out := PlaceList{Page: wire.WholeList(), Data: []Place{}}
	for _, p := range a.Places.Complete(in.Q, in.Limit) {
		out.Data = append(out.Data, newPlace(p))
	}
	return httpkit.SendJSON(c, out)
}

func newPlace(p geo.Place) Place {
	return Place{
		Label:      p.Label(),
		City:       p.City,
		Region:     p.Region,
		RegionName: p.RegionName,
		Country:    p.Country,
		PostalCode: wire.OrNull(p.PostalCode),
		Lat:        p.Point.Lat,
		Lng:        p.Point.Lng,
	}
}
