package api

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/currency"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
)

// JSONLDCat is a cat in the vocabulary of schema.org, as a Product, because schema.org
// has no type for animals; `additionalType` says that it is a cat.
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

// newLinkedCat is a cat of a shelter; addresses at this server begin with base.
func newLinkedCat(base string, cat catalog.Cat, home catalog.Shelter) JSONLDCat {
	page := wire.NewAttribution(base, cat, home).URL
	out := JSONLDCat{
		Context: "https://schema.org", Type: "Product", AdditionalType: "http://www.wikidata.org/entity/Q146",
		ID: base + "/v1/cats/" + cat.ID, Identifier: cat.ID, Name: cat.Name, URL: page, Description: cat.Description, Image: nil, Category: "Cats",
		Color: cat.Colors.Primary, Weight: nil, Properties: linkedProperties(cat), Offer: newLinkedOffer(base, page, cat, home),
	}
	for _, photo := range cat.Photos {
		out.Image = append(out.Image, photo.URL)
	}
	if cat.WeightKg != nil {
		out.Weight = &LinkedQuantity{Type: "QuantitativeValue", Value: *cat.WeightKg, UnitCode: "KGM"}
	}
	return out
}

func newLinkedOffer(base, page string, cat catalog.Cat, home catalog.Shelter) LinkedOffer {
	out := LinkedOffer{
		Type: "Offer", URL: page, Availability: "https://schema.org/" + availability(cat.Status), Price: "", Currency: "",
		Seller: LinkedShelter{
			Type: "AnimalShelter", ID: base + "/v1/shelters/" + home.ID, Name: home.Name, URL: home.Website, Telephone: home.Phone, Email: home.Email,
			Address: LinkedAddress{
				Type: "PostalAddress", Street: home.Address.Street, City: home.Address.City, Region: home.Address.Region,
				PostalCode: home.Address.PostalCode, Country: home.Address.Country,
			},
		},
	}
	out.Price, out.Currency = price(cat.Fee)
	return out
}

// availability is a status in schema.org's words.
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

// price is a fee as a decimal number, and its currency; both are empty where they
// are not known.
func price(fee catalog.Fee) (amount, code string) {
	unit, err := currency.ParseISO(fee.Currency)
	if fee.Minor == nil || err != nil {
		return "", ""
	}
	minor := *fee.Minor
	if fee.Waived != nil && *fee.Waived {
		minor = 0
	}
	decimals, _ := currency.Standard.Rounding(unit)
	return strconv.FormatFloat(float64(minor)/math.Pow10(decimals), 'f', decimals, 64), unit.String()
}

// linkedProperties are the facts for which schema.org has no word.
func linkedProperties(cat catalog.Cat) []LinkedProperty {
	var out []LinkedProperty
	say := func(name, value string) {
		if value != "" && value != "unknown" {
			out = append(out, LinkedProperty{Type: "PropertyValue", Name: name, Value: value})
		}
	}
	say("Breed", cat.Breed.Primary)
	say("Sex", string(cat.Sex))
	if born := wire.NewBirth(cat.Birth); born != nil {
		say("Born", birthText(*born))
	}
	say("Coat", string(cat.Coat))
	say("Size", string(cat.Size))
	for _, fact := range []struct {
		name  string
		known *bool
	}{{"Spayed or neutered", cat.Altered}, {"House-trained", cat.HouseTrained}} {
		if fact.known != nil {
			say(fact.name, strconv.FormatBool(*fact.known))
		}
	}
	if cat.Rating.Overall != nil {
		say("Adventure: best fit", strings.ReplaceAll(cat.Rating.BestFit, "_", " "))
	}
	return out
}
