package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// Vocabulary is every term that the API uses or takes, for building forms.
type Vocabulary struct {
	Status         []string  `json:"status"`
	Sex            []string  `json:"sex"`
	AgeGroup       []AgeBand `json:"age_group"`
	Breed          []string  `json:"breed"`
	Color          []string  `json:"color"`
	Pattern        []string  `json:"pattern"`
	Coat           []string  `json:"coat"`
	Size           []string  `json:"size"`
	BirthPrecision []string  `json:"birth_precision"`
	ShelterKind    []string  `json:"shelter_kind"`
	Region         []Region  `json:"region"`
	Sort           []string  `json:"sort"`   // of the list of cats
	Facets         []string  `json:"facets"` // by which the list of cats can count
	CardFields     []string  `json:"card_fields"`
} //	@name	Vocabulary

// AgeBand is an age group and its bounds in whole months.
type AgeBand struct {
	Name      string `json:"name" enums:"kitten,young,adult,senior"`
	MinMonths int    `json:"min_months" example:"12"`
	MaxMonths *int   `json:"max_months" extensions:"x-nullable" example:"35"` // null: no bound
} //	@name	AgeBand

// Region is a state or a province.
type Region struct {
	Country string `json:"country" example:"US"`
	Code    string `json:"code" example:"MD"`
	Name    string `json:"name" example:"Maryland"`
} //	@name	Region

// getVocabulary lists every term.
//
//	@Summary		List the vocabulary
//	@Description	Lists every enumerated term, for building forms. Breeds and colours are Petfinder's.
//	@ID				getVocabulary
//	@Tags			reference
//	@Produce		json
//	@Param			If-None-Match	header		string		false	"The ETag that you hold"
//	@Success		200				{object}	Vocabulary	"All terms"
//	@Header			200				{string}	ETag		"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
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
		BirthPrecision: vocab.Words(catalog.Precisions()),
		ShelterKind:    vocab.Words(catalog.ShelterKinds()),
		Region:         regions,
		Sort:           vocab.Words(search.Orders()),
		Facets:         facets,
		CardFields:     wire.CardFields,
	}
}

// ageBands finds the bounds of the age groups by asking for each month's group.
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
