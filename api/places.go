package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
)

// Place is a place that the parameter `near` accepts.
type Place struct {
	ID         string  `json:"id" example:"place_us.md.rockville"`  // ID of the place, which `near` accepts. It changes only with the data of places.
	Label      string  `json:"label" example:"Rockville, MD, US"`   // Name for people; also accepted by `near`.
	City       string  `json:"city" example:"Rockville"`            // Name of the city.
	Region     string  `json:"region" example:"MD"`                 // Code of the state or province.
	RegionName string  `json:"region_name" example:"Maryland"`      // Name of the state or province.
	Country    string  `json:"country" example:"US"`                // ISO 3166-1 alpha-2 code of the country.
	PostalCode *string `json:"postal_code" extensions:"x-nullable"` // Postal code, as far as it is known: in Canada, Great Britain and Ireland its first half; null for a whole city.
	Precision  string  `json:"precision" enums:"postal,city,area"`  // `postal`: the point is the center of the postal code; `city`: of the city; `area`: of a large area of postal codes, such as a rural area of Canada, a British outward code or an Irish routing key.
	Lat        float64 `json:"lat" example:"39.08"`                 // Latitude in degrees.
	Lng        float64 `json:"lng" example:"-77.15"`                // Longitude in degrees.
} //	@name	Place

// PlaceList is a short list of places.
type PlaceList struct {
	Data []Place       `json:"data"` // Places, the best match first.
	Page wire.PageInfo `json:"page"` // Always complete: `has_more` is false.
} //	@name	PlaceList

// PlaceQuery holds the query parameters of place completion.
type PlaceQuery struct {
	Q     string `form:"q" validate:"required" maxLength:"100" example:"rockv"`           // Beginning of a postal code or of the name of a city.
	Limit int    `form:"limit" validate:"optional" minimum:"1" maximum:"50" default:"10"` // Maximum number of places.
} //	@name	PlaceQuery

// listPlaces returns places whose name or postal code begins with a text.
//
//	@Summary		Complete a place
//	@Description	Returns places for autocompletion in a search box, by the beginning of a postal code or of the name of a city, the most populous first.
//	@Description	Knows the United States and their territories, Canada, the United Kingdom, Ireland, Australia, New Zealand, Germany, the Netherlands,
//	@Description	Belgium, Austria and Switzerland, and the countries that the operator loaded.
//	@ID				listPlaces
//	@Tags			reference
//	@Produce		json
//	@Param			query			query		PlaceQuery	false	"Text and limit"
//	@Param			If-None-Match	header		string		false	"ETag of the response that you have"
//	@Success		200				{object}	PlaceList	"Matching places"
//	@Header			200				{string}	ETag		"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/places [get]
func (a *API) listPlaces(c echo.Context) error {
	in := PlaceQuery{Limit: 10}
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&errs, !c.Request().URL.Query().Has("q"), "q", errcode.Required, "Required: the beginning of a place name or postal code.")
	if err := errs.Err(catalog.Malformed); err != nil {
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
		ID:         p.ID(),
		Label:      p.Label(),
		City:       p.City,
		Region:     p.Region,
		RegionName: p.RegionName,
		Country:    p.Country,
		PostalCode: wire.OrNull(p.PostalCode),
		Precision:  string(p.Precision),
		Lat:        p.Point.Lat,
		Lng:        p.Point.Lng,
	}
}
