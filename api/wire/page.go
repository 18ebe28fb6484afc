package wire

import (
	"strings"

	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// CatPage is a page of a list of cats.
type CatPage struct {
	Data   []CatCard          `json:"data"`             // Cats of the page.
	Page   PageInfo           `json:"page"`             // Position in the list.
	Facets map[string][]Count `json:"facets,omitempty"` // Number of matches by filter and value; only present with `facets`.

	Warnings []FilterWarning `json:"warnings,omitempty"` // Values of `tag`, `source` and `ids`, and of their variants, that no listed cat has; and if no cat is suitable for `activity`, how many have not been assessed. Absent if there are none.
} //	@name	CatPage

// OwnCatPage is a page of the cats of a shelter, for its partner.
type OwnCatPage struct {
	Data []Cat    `json:"data"` // Cats of the page, with all facts.
	Page PageInfo `json:"page"` // Position in the list.

	Warnings []FilterWarning `json:"warnings,omitempty"` // Values of `tag`, `source` and `ids`, and of their variants, that no listed cat has; absent if there are none.
} //	@name	OwnCatPage

// FilterWarning is a value of a filter that finds no cat, with the reason.
type FilterWarning struct {
	Parameter string       `json:"parameter" example:"tag"`                                                                              // Name of the query parameter.
	Value     string       `json:"value" example:"lapcat"`                                                                               // The value.
	Code      errcode.Code `json:"code" swaggertype:"string" extensions:"x-codes=filter"`                                                // `unknown_value`: no listed cat has it that you may see; `not_assessed`: cats have not been assessed for the activity.
	Message   string       `json:"message" example:"No listed cat has this value. facets=tag lists the values in use and their number."` // What is wrong, as a sentence.
} //	@name	FilterWarning

// CatList is a complete list of cats.
type CatList struct {
	Data []CatCard `json:"data"` // Cats, the best first.
	Page PageInfo  `json:"page"` // Always complete: `has_more` is false.
} //	@name	CatList

// PageInfo is the position of a page in a list.
type PageInfo struct {
	NextCursor *string `json:"next_cursor" extensions:"x-nullable"` // Send it as `cursor` to get the next page; null on the last page.
	HasMore    bool    `json:"has_more"`                            // Whether there are further pages.
	Total      *int    `json:"total,omitempty"`                     // Number of items on all pages; only present with `include_total=true`.
	Near       *Near   `json:"near,omitempty"`                      // Place that `near` named; only present with `near`.
} //	@name	PageInfo

// Near is the place that a list is near to.
type Near struct {
	Label      string       `json:"label" example:"London, England, GB"`                                       // Name of the place, or its latitude and longitude.
	Lat        float64      `json:"lat" example:"51.5085"`                                                     // Latitude in degrees.
	Lng        float64      `json:"lng" example:"-0.1257"`                                                     // Longitude in degrees.
	ID         *string      `json:"id" extensions:"x-nullable" example:"place_gb.eng.london"`                  // ID of the place, which `near` accepts, too; null for a point or a shelter.
	Precision  *string      `json:"precision" extensions:"x-nullable" enums:"postal,city,area" example:"city"` // `postal`: center of a postal code; `city`: center of a city; `area`: center of a large area of postal codes; null for a point or a shelter.
	OtherCount int          `json:"other_count,omitempty" example:"20"`                                        // Number of other places of the same name, or with the same postal code in other countries; absent if there are none.
	Others     []NamedPlace `json:"others,omitempty"`                                                          // Up to 5 of the other places, the most populous first; absent if there are none.
} //	@name	Near

// NamedPlace is a place that `near` accepts.
type NamedPlace struct {
	ID    string `json:"id" example:"place_ca.on.london"` // ID of the place, which `near` accepts.
	Label string `json:"label" example:"London, ON, CA"`  // Name of the place.
} //	@name	NamedPlace

// maxOtherPlaces is the largest number of places in Near.Others.
const maxOtherPlaces = 5

// NewNear returns the place of a query, which is the first of those that it names, or nil if
// there is none.
func NewNear(places []geo.Place) *Near {
	if len(places) == 0 {
		return nil
	}
	p, others := places[0], places[1:]
	return &Near{
		Label: p.String(), Lat: p.Point.Lat, Lng: p.Point.Lng, ID: OrNull(p.ID()), Precision: OrNull(string(p.Precision)),
		OtherCount: len(others), Others: MapSlice(others[:min(maxOtherPlaces, len(others))], func(p geo.Place) NamedPlace {
			return NamedPlace{ID: p.ID(), Label: p.String()}
		}),
	}
}

// WholeList returns the page info of a complete list.
func WholeList() PageInfo { return PageInfo{NextCursor: nil, HasMore: false, Total: nil, Near: nil} }

// Count is the number of items with one value.
type Count struct {
	Value string `json:"value" example:"kitten"` // The value.
	Count int    `json:"count" example:"12"`     // Number of items.
} //	@name	Count

// NewFacets returns the counts by the parameter that filters by the field.
func NewFacets(facets map[search.Field][]search.Count) map[string][]Count {
	out := map[string][]Count{}
	for field, counts := range facets {
		list := make([]Count, len(counts))
		for i, c := range counts {
			list[i] = Count(c)
		}
		name, _, _ := strings.Cut(string(field), ".") // without the activity after the dot
		out[name] = list
	}
	return out
}
