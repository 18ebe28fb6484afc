package api

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/currency"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
)

// JSONLDCat is a cat in the words of schema.org. That has no type for animals: it
// is a Product, which search engines know, and additionalType says what it is.
type JSONLDCat struct {
	Context        string           `json:"@context" enums:"https://schema.org"`
	Type           string           `json:"@type" enums:"Product"`
	AdditionalType string           `json:"additionalType" enums:"http://www.wikidata.org/entity/Q146"` // house cat
	ID             string           `json:"@id" example:"https://cats.example.org/v1/cats/cat_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Identifier     string           `json:"identifier" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Name           string           `json:"name" example:"Kenny Chatney"`
	URL            string           `json:"url"` // the page that is to be linked
	Description    string           `json:"description,omitempty"`
	Image          []string         `json:"image,omitempty"` // addresses of photos
	Category       string           `json:"category" enums:"Cats"`
	Color          string           `json:"color,omitempty"`
	Weight         *LinkedQuantity  `json:"weight,omitempty"`
	Properties     []LinkedProperty `json:"additionalProperty,omitempty"`
	Offer          LinkedOffer      `json:"offers"`
} //	@name	JSONLDCat

// LinkedOffer says that a cat can be adopted, from whom, and for which fee.
type LinkedOffer struct {
	Type         string        `json:"@type" enums:"Offer"`
	URL          string        `json:"url"`
	Availability string        `json:"availability" enums:"https://schema.org/InStock,https://schema.org/Reserved,https://schema.org/SoldOut"`
	Price        string        `json:"price,omitempty" example:"125.00"` // absent where the fee is not known
	Currency     string        `json:"priceCurrency,omitempty" example:"USD"`
	Seller       LinkedShelter `json:"seller"`
} //	@name	LinkedOffer

// LinkedShelter is a shelter in the words of schema.org.
type LinkedShelter struct {
	Type      string        `json:"@type" enums:"AnimalShelter"`
	ID        string        `json:"@id"`
	Name      string        `json:"name"`
	URL       string        `json:"url,omitempty"`
	Telephone string        `json:"telephone,omitempty"`
	Email     string        `json:"email,omitempty"`
	Address   LinkedAddress `json:"address"`
} //	@name	LinkedShelter

// LinkedAddress is a postal address in the words of schema.org.
type LinkedAddress struct {
	Type       string `json:"@type" enums:"PostalAddress"`
	Street     string `json:"streetAddress,omitempty"`
	City       string `json:"addressLocality,omitempty"`
	Region     string `json:"addressRegion,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Country    string `json:"addressCountry,omitempty"`
} //	@name	LinkedAddress

// LinkedQuantity is a measure in the words of schema.org.
type LinkedQuantity struct {
	Type     string  `json:"@type" enums:"QuantitativeValue"`
	Value    float64 `json:"value" example:"4.2"`
	UnitCode string  `json:"unitCode" enums:"KGM"` // UN/CEFACT: kilogram
} //	@name	LinkedQuantity

// LinkedProperty is something else that is known.
type LinkedProperty struct {
	Type  string `json:"@type" enums:"PropertyValue"`
	Name  string `json:"name" example:"Breed"`
	Value string `json:"value" example:"Domestic Short Hair"`
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
