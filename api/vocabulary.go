package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// Vocabulary is every term that the API uses or accepts, for example for forms.
type Vocabulary struct {
	Status         []string  `json:"status"`          // Adoption statuses.
	Sex            []string  `json:"sex"`             // Values for sex.
	AgeGroup       []AgeBand `json:"age_group"`       // Age groups with their limits.
	Breed          []string  `json:"breed"`           // Breed names.
	Color          []string  `json:"color"`           // Color names.
	Pattern        []string  `json:"pattern"`         // Coat patterns.
	Coat           []string  `json:"coat"`            // Coat lengths.
	Size           []string  `json:"size"`            // Sizes.
	Temperament    []string  `json:"temperament"`     // Traits of character.
	BirthPrecision []string  `json:"birth_precision"` // Precisions of a date of birth.
	ShelterKind    []string  `json:"shelter_kind"`    // Kinds of shelters.
	Region         []Region  `json:"region"`          // States and provinces.
	Sort           []string  `json:"sort"`            // Orders of the list of cats.
	Facets         []string  `json:"facets"`          // Filters by which the list of cats can count matches.
	CardFields     []string  `json:"card_fields"`     // Fields of a cat in lists, for the parameter `fields`.
} //	@name	Vocabulary

// AgeBand is an age group with its limits.
type AgeBand struct {
	Name      string `json:"name" enums:"kitten,young,adult,senior"`          // Name of the age group.
	MinMonths int    `json:"min_months" example:"12"`                         // Lowest age in whole months.
	MaxMonths *int   `json:"max_months" extensions:"x-nullable" example:"35"` // Highest age in whole months; null for no limit.
} //	@name	AgeBand

// Region is a state or a province.
type Region struct {
	Country string `json:"country" example:"US"`    // ISO 3166-1 alpha-2 code of the country.
	Code    string `json:"code" example:"MD"`       // Code of the state or province.
	Name    string `json:"name" example:"Maryland"` // Name of the state or province.
} //	@name	Region

// getVocabulary returns the enumerated terms of the API.
//
//	@Summary		Get the vocabulary
//	@Description	Returns all enumerated terms, for example to build forms. Breeds and colors are those of Petfinder.
//	@ID				getVocabulary
//	@Tags			reference
//	@Produce		json
//	@Param			If-None-Match	header		string		false	"ETag of the response that you have"
//	@Success		200				{object}	Vocabulary	"The vocabulary"
//	@Header			200				{string}	ETag		"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/vocabulary [get]
func (a *API) getVocabulary(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	return httpkit.SendJSON(c, a.vocabulary())
}

func (a *API) vocabulary() Vocabulary {
	var facets []string
	for _, info := range search.Fields() {
		if info.Facet {
			facets = append(facets, string(info.Field))
		}
	}
	var regions []Region
	for _, r := range a.Places.Regions() {
		regions = append(regions, Region(r))
	}
	return Vocabulary{
		Status:         vocab.Words(catalog.Statuses()),
		Sex:            vocab.Words(vocab.Sexes()),
		AgeGroup:       ageBands(),
		Breed:          vocab.Breeds(),
		Color:          vocab.ColorNames(),
		Pattern:        vocab.Words(vocab.Patterns()),
		Coat:           vocab.Words(vocab.Coats()),
		Size:           vocab.Words(vocab.Sizes()),
		Temperament:    vocab.Temperaments(),
		BirthPrecision: vocab.Words(catalog.Precisions()),
		ShelterKind:    vocab.Words(catalog.ShelterKinds()),
		Region:         regions,
		Sort:           vocab.Words(search.Orders()),
		Facets:         facets,
		CardFields:     wire.CardFields(),
	}
}

// ageBands determines the limits of the age groups from the group of each month.
func ageBands() []AgeBand {
	var out []AgeBand
	for month := range 30 * 12 {
		name := string(vocab.AgeGroupOf(month))
		if len(out) > 0 && out[len(out)-1].Name == name {
			continue
		}
		if len(out) > 0 {
			out[len(out)-1].MaxMonths = new(month - 1)
		}
		out = append(out, AgeBand{Name: name, MinMonths: month, MaxMonths: nil})
	}
	return out
}
