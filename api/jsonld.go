package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/currency"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// linkedSuffix is the suffix of a cat's path that asks for JSON-LD. The router does not
// support suffixes, so getCat checks for it.
const linkedSuffix = ".jsonld"

// getLinkedCat returns a cat as JSON-LD in the vocabulary of schema.org.
//
//	@Summary		Get a cat as JSON-LD
//	@Description	Returns a cat as JSON-LD in the vocabulary of schema.org. Websites can embed it in a script element of the type
//	@Description	`application/ld+json` on the page of the cat, so that search engines understand the page. The document contains no
//	@Description	less-than sign, so it needs no escaping in HTML.
//	@ID				getLinkedCat
//	@Tags			embedding
//	@Produce		application/ld+json
//	@Param			id				path		string		true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-None-Match	header		string		false	"ETag of the response that you have"
//	@Success		200				{object}	JSONLDCat	"The cat as JSON-LD"
//	@Header			200				{string}	ETag		"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		410				{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats/{id}.jsonld [get]
func (a *API) getLinkedCat(c echo.Context) error {
	c.SetParamValues(strings.TrimSuffix(c.Param("id"), linkedSuffix))
	httpkit.SetRoute(c.Request().Context(), c.Path()+linkedSuffix)
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	cat, err := a.catFromPath(c)
	if err != nil {
		return err
	}
	shelter, err := a.shelterOf(c.Request().Context(), cat.Cat)
	if err != nil {
		return err
	}
	body, err := json.Marshal(newLinkedCat(a.publicURL(c), a.PhotoBase, cat.Cat, shelter)) // escapes < as \u003c
	if err != nil {
		return fmt.Errorf("encode JSON-LD: %w", err)
	}
	return sendTyped(c, "application/ld+json", body)
}

// rejectLinkedWrites rejects all methods but GET for linked data, whose route is that of the
// cat.
func rejectLinkedWrites(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Path() != "/v1/cats/:id" || c.Request().Method == http.MethodGet || !strings.HasSuffix(c.Request().URL.Path, linkedSuffix) {
			return next(c)
		}
		c.Response().Header().Set(echo.HeaderAllow, "OPTIONS, GET")
		if c.Request().Method == http.MethodOptions {
			return c.NoContent(http.StatusNoContent)
		}
		return echo.ErrMethodNotAllowed
	}
}

// JSONLDCat is a cat in the vocabulary of schema.org, as a Product, because schema.org
// has no type for animals; `additionalType` identifies a cat.
type JSONLDCat struct {
	Context        string           `json:"@context" enums:"https://schema.org"`                                           // Vocabulary of the document.
	Type           string           `json:"@type" enums:"Product"`                                                         // Type in schema.org.
	AdditionalType string           `json:"additionalType" enums:"http://www.wikidata.org/entity/Q146"`                    // Wikidata entity for house cats.
	ID             string           `json:"@id" example:"https://cats.example.org/v1/cats/cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // URL of the cat in this API.
	Identifier     string           `json:"identifier" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                           // Permanent ID of the cat.
	Name           string           `json:"name" example:"Kenny Chatney"`                                                  // Name of the cat.
	URL            string           `json:"url"`                                                                           // Page to link to.
	Description    string           `json:"description,omitempty"`                                                         // Description as plain text; absent when there is none.
	Image          []string         `json:"image,omitempty"`                                                               // URLs of the photos.
	Category       string           `json:"category" enums:"Cats"`                                                         // Category of the product.
	Color          string           `json:"color,omitempty"`                                                               // Coat colors; absent when unknown.
	Weight         *LinkedQuantity  `json:"weight,omitempty"`                                                              // Weight of the cat; absent when unknown.
	Properties     []LinkedProperty `json:"additionalProperty,omitempty"`                                                  // Other known facts.
	Offer          LinkedOffer      `json:"offers"`                                                                        // Adoption offer.
	Listing        *LinkedListing   `json:"subjectOf,omitempty"`                                                           // Terms of the text and the photos; absent when none are stated.
} //	@name	JSONLDCat

// LinkedOffer is the offer to adopt a cat.
type LinkedOffer struct {
	Type         string        `json:"@type" enums:"Offer"`                                                                                    // Type in schema.org.
	URL          string        `json:"url"`                                                                                                    // Page to link to.
	Availability string        `json:"availability" enums:"https://schema.org/InStock,https://schema.org/Reserved,https://schema.org/SoldOut"` // Adoption status: `InStock` for available, `Reserved` for pending or on hold, `SoldOut` for adopted.
	Price        string        `json:"price,omitempty" example:"125.00"`                                                                       // Adoption fee in units of the currency; absent when unknown.
	Currency     string        `json:"priceCurrency,omitempty" example:"USD"`                                                                  // ISO 4217 code of the currency; absent when unknown.
	Seller       LinkedShelter `json:"seller"`                                                                                                 // The shelter.
} //	@name	LinkedOffer

// LinkedShelter is a shelter in the vocabulary of schema.org.
type LinkedShelter struct {
	Type      string        `json:"@type" enums:"AnimalShelter"` // Type in schema.org.
	ID        string        `json:"@id"`                         // URL of the shelter in this API.
	Name      string        `json:"name"`                        // Name of the shelter.
	URL       string        `json:"url,omitempty"`               // Website of the shelter; absent when unknown.
	Telephone string        `json:"telephone,omitempty"`         // Telephone number; absent when unknown.
	Email     string        `json:"email,omitempty"`             // Email address; absent when unknown.
	Address   LinkedAddress `json:"address"`                     // Postal address.
} //	@name	LinkedShelter

// LinkedAddress is a postal address in the vocabulary of schema.org.
type LinkedAddress struct {
	Type       string `json:"@type" enums:"PostalAddress"` // Type in schema.org.
	Street     string `json:"streetAddress,omitempty"`     // Street and number; absent when unknown.
	City       string `json:"addressLocality,omitempty"`   // City.
	Region     string `json:"addressRegion,omitempty"`     // Code of the state or province.
	PostalCode string `json:"postalCode,omitempty"`        // Postal code.
	Country    string `json:"addressCountry,omitempty"`    // ISO 3166-1 alpha-2 code of the country.
} //	@name	LinkedAddress

// LinkedListing is the text and the photos of a listing, with their terms, in the
// vocabulary of schema.org.
type LinkedListing struct {
	Type    string `json:"@type" enums:"CreativeWork"`                                                       // Type in schema.org.
	URL     string `json:"url"`                                                                              // Page of the cat.
	License string `json:"license,omitempty" example:"https://creativecommons.org/licenses/by/4.0/"`         // URL of the license; absent when not stated.
	Credit  string `json:"creditText,omitempty" example:"Jo Park"`                                           // Whom to name; absent when not stated.
	Usage   string `json:"usageInfo,omitempty" example:"https://derwood.example.org/terms-of-use-of-photos"` // Page that explains the terms; absent for none.
} //	@name	LinkedListing

// LinkedQuantity is a quantity in the vocabulary of schema.org.
type LinkedQuantity struct {
	Type     string  `json:"@type" enums:"QuantitativeValue"` // Type in schema.org.
	Value    float64 `json:"value" example:"4.2"`             // Value in the unit.
	UnitCode string  `json:"unitCode" enums:"KGM"`            // UN/CEFACT code of the unit; `KGM` is kilogram.
} //	@name	LinkedQuantity

// LinkedProperty is a fact in the vocabulary of schema.org.
type LinkedProperty struct {
	Type  string `json:"@type" enums:"PropertyValue"`         // Type in schema.org.
	Name  string `json:"name" example:"Breed"`                // Name of the fact.
	Value string `json:"value" example:"Domestic Short Hair"` // Value of the fact.
} //	@name	LinkedProperty

// newLinkedCat returns a cat as JSON-LD. The URLs of this API begin with base.
func newLinkedCat(base string, photos catalog.PhotoBase, cat catalog.Cat, shelter catalog.Shelter) JSONLDCat {
	page, terms := wire.NewAttribution(base, cat, shelter).URL, cat.Terms.Or(shelter.Terms)
	out := JSONLDCat{
		Context: "https://schema.org", Type: "Product", AdditionalType: "http://www.wikidata.org/entity/Q146",
		ID: base + "/v1/cats/" + cat.ID, Identifier: cat.ID, Name: cat.Name, URL: page, Description: cat.Description, Image: nil, Category: "Cats",
		Color: cat.Colors.Primary, Weight: nil, Properties: linkedProperties(cat), Offer: newLinkedOffer(base, page, cat, shelter), Listing: nil,
	}
	if terms != (catalog.Terms{}) {
		out.Listing = &LinkedListing{Type: "CreativeWork", URL: page, License: terms.LicenseURL(), Credit: terms.Credit, Usage: terms.URL}
	}
	for _, photo := range photos.Absolute(base).WithURLs(cat.Photos) {
		out.Image = append(out.Image, photo.URL)
	}
	if cat.WeightKg != nil {
		out.Weight = &LinkedQuantity{Type: "QuantitativeValue", Value: *cat.WeightKg, UnitCode: "KGM"}
	}
	return out
}

func newLinkedOffer(base, page string, cat catalog.Cat, shelter catalog.Shelter) LinkedOffer {
	out := LinkedOffer{
		Type: "Offer", URL: page, Availability: "https://schema.org/" + availability(cat.Status), Price: "", Currency: "",
		Seller: LinkedShelter{
			Type: "AnimalShelter", ID: base + "/v1/shelters/" + shelter.ID, Name: shelter.Name, URL: shelter.Website, Telephone: shelter.Phone, Email: shelter.Email,
			Address: LinkedAddress{
				Type: "PostalAddress", Street: shelter.Address.Street, City: shelter.Address.City, Region: shelter.Address.Region,
				PostalCode: shelter.Address.PostalCode, Country: shelter.Address.Country,
			},
		},
	}
	out.Price, out.Currency = price(cat.Fee)
	return out
}

// availability returns the availability of schema.org for a status.
func availability(s catalog.Status) string {
	switch s {
	case catalog.Pending, catalog.OnHold:
		return "Reserved"
	case catalog.Adopted, catalog.Removed:
		return "SoldOut"
	default:
		return "InStock"
	}
}

// price returns a fee as a decimal number with the code of its currency. Both are empty
// if the fee is unknown.
func price(fee catalog.Fee) (amount, code string) {
	value, _ := fee.Amount()
	unit, err := currency.ParseISO(fee.Currency)
	if fee.Minor == nil || err != nil {
		return "", ""
	}
	return strconv.FormatFloat(value, 'f', fee.Decimals(), 64), unit.String()
}

// linkedProperties returns the known facts for which schema.org has no property.
func linkedProperties(cat catalog.Cat) []LinkedProperty {
	var out []LinkedProperty
	add := func(name, value string) {
		if value != "" && value != "unknown" {
			out = append(out, LinkedProperty{Type: "PropertyValue", Name: name, Value: value})
		}
	}
	add("Breed", cat.Breed.Primary)
	add("Sex", string(cat.Sex))
	if born := wire.NewBirth(cat.Birth); born != nil {
		add("Born", birthText(*born))
	}
	add("Coat", string(cat.Coat))
	add("Size", string(cat.Size))
	for _, fact := range []struct {
		name  string
		known *bool
	}{{"Spayed or neutered", cat.Altered}, {"House-trained", cat.HouseTrained}} {
		if fact.known != nil {
			add(fact.name, strconv.FormatBool(*fact.known))
		}
	}
	if cat.Rating.Overall != nil {
		add("Adventure: best fit", strings.ReplaceAll(cat.Rating.BestFit, "_", " "))
	}
	return out
}
