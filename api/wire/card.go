package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	quick "github.com/goccy/go-json"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// CatCard is a cat as lists show it.
type CatCard struct {
	ID           string           `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                     // Permanent ID of the cat.
	Number       int64            `json:"number" example:"1042"`                                           // Permanent number of the cat, for systems that need an integer.
	Version      int64            `json:"version" example:"3"`                                             // Version number; increases with every change.
	ShelterID    string           `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`             // ID of the shelter.
	Name         string           `json:"name" example:"Kenny Chatney"`                                    // Name of the cat.
	URL          *string          `json:"url" extensions:"x-nullable"`                                     // Page of the cat for adopters; null when unknown.
	Status       string           `json:"status" enums:"available,pending,on_hold,adopted"`                // Adoption status.
	Summary      *string          `json:"summary" extensions:"x-nullable"`                                 // One or two sentences about the cat; null when there is no description.
	Birth        *Birth           `json:"birth" extensions:"x-nullable"`                                   // Date of birth; null when unknown.
	Sex          string           `json:"sex" enums:"female,male,unknown"`                                 // Sex of the cat.
	Altered      *bool            `json:"altered" extensions:"x-nullable"`                                 // Whether the cat is spayed or neutered; null when unknown.
	Breed        Breed            `json:"breed"`                                                           // Breed of the cat.
	Colors       Colors           `json:"colors"`                                                          // Coat colors and pattern.
	Coat         *string          `json:"coat" enums:"hairless,short,medium,long" extensions:"x-nullable"` // Length of the coat; null when unknown.
	Size         *string          `json:"size" enums:"small,medium,large,xlarge" extensions:"x-nullable"`  // Size of the cat; null when unknown.
	GoodWith     GoodWith         `json:"good_with"`                                                       // Who the cat lives well with.
	HouseTrained *bool            `json:"house_trained" extensions:"x-nullable"`                           // Whether the cat is house-trained; null when unknown.
	SpecialNeeds *bool            `json:"special_needs" extensions:"x-nullable"`                           // Whether the cat has special needs; null when unknown.
	IndoorOnly   *bool            `json:"indoor_only" extensions:"x-nullable"`                             // Whether the cat must live indoors; null when unknown.
	Bonded       bool             `json:"bonded"`                                                          // Whether the cat must be adopted together with another cat.
	Fee          Fee              `json:"fee"`                                                             // Adoption fee.
	Photo        *Photo           `json:"photo" extensions:"x-nullable"`                                   // First photo; null when there is none.
	PhotoCount   int              `json:"photo_count"`                                                     // Number of photos.
	ListedAt     time.Time        `json:"listed_at" format:"date-time"`                                    // When the cat was listed for adoption.
	UpdatedAt    time.Time        `json:"updated_at" format:"date-time"`                                   // When the cat last changed on this server.
	Stale        bool             `json:"stale"`                                                           // Whether the source has not confirmed the listing for longer than the shelter allows.
	Adventure    AdventureSummary `json:"adventure"`                                                       // Summary of the suitability for activities outside.

	AgeMonths  *int     `json:"age_months" minimum:"0" extensions:"x-nullable"`                      // Age today (UTC) in whole months; null when unknown.
	AgeGroup   *string  `json:"age_group" enums:"kitten,young,adult,senior" extensions:"x-nullable"` // `kitten`: under 1 year, `young`: under 3, `adult`: under 8, `senior`: 8 and more; null when unknown.
	DistanceKm *float64 `json:"distance_km,omitempty" example:"12.5"`                                // Distance from `near` in kilometers, as the crow flies; only present if `near` is set.
	Shelter    *Shelter `json:"shelter,omitempty"`                                                   // Shelter of the cat; only present with `expand=shelter`.
} //	@name	CatCard

// CardFields are the fields that a card can have.
var CardFields = func() []string {
	t := reflect.TypeFor[CatCard]()
	out := make([]string, t.NumField())
	for i := range out {
		out[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return out
}()

const firstDynamicField = `,"age_months":`

// Card encodes a cat's list card for the index, but for what depends on today
// or on the question. A node that starts encodes them all, so it is done by an
// encoder that takes a third of the standard library's time; a test holds the
// two equal.
func Card(c catalog.Cat) []byte {
	body, err := quick.MarshalWithOption(NewCard(c), quick.DisableHTMLEscape())
	if err != nil {
		return []byte("{}") // strings, numbers and times always encode
	}
	return body[:bytes.LastIndex(body, []byte(firstDynamicField))]
}

func NewCard(c catalog.Cat) CatCard {
	card := CatCard{
		ID:           c.ID,
		Number:       c.Number,
		Version:      c.Version,
		ShelterID:    c.ShelterID,
		Name:         c.Name,
		URL:          OrNull(c.URL),
		Status:       string(c.Status),
		Summary:      OrNull(c.Excerpt()),
		Birth:        NewBirth(c.Birth),
		Sex:          string(c.Sex),
		Altered:      c.Altered,
		Breed:        newBreed(c.Breed),
		Colors:       newColors(c.Colors),
		Coat:         OrNull(string(c.Coat)),
		Size:         OrNull(string(c.Size)),
		GoodWith:     GoodWith(c.GoodWith),
		HouseTrained: c.HouseTrained,
		SpecialNeeds: c.SpecialNeeds,
		IndoorOnly:   c.IndoorOnly,
		Bonded:       len(c.BondedWith) > 0,
		Fee:          Fee{AmountMinor: c.Fee.Minor, Currency: OrNull(c.Fee.Currency), Waived: c.Fee.Waived},
		Photo:        nil,
		PhotoCount:   len(c.Photos),
		ListedAt:     c.ListedAt,
		UpdatedAt:    c.UpdatedAt,
		Adventure:    newAdventureSummary(c.Rating),
		Stale:        c.Stale,
		AgeMonths:    nil,
		AgeGroup:     nil,
		DistanceKm:   nil,
		Shelter:      nil,
	}
	if len(c.Photos) > 0 {
		card.Photo = &NewPhotos(c.Photos[:1])[0]
	}
	return card
}

// FinishCard appends a card to out, with what depends on today and on the question.
func FinishCard(out []byte, hit search.Hit, today time.Time, shelter []byte) []byte {
	out = append(out, hit.Card...)
	out = append(out, firstDynamicField...)
	group := hit.AgeGroup
	if hit.Birth.IsZero() {
		out = append(out, "null"...)
	} else {
		months := catalog.MonthsBetween(hit.Birth, today)
		out = strconv.AppendInt(out, int64(months), 10)
		group = vocab.AgeGroupOf(months)
	}
	out = append(out, `,"age_group":`...)
	if group == "" {
		out = append(out, "null"...)
	} else {
		out = append(append(append(out, '"'), group...), '"')
	}
	if hit.DistanceKm >= 0 {
		out = append(out, `,"distance_km":`...)
		out = strconv.AppendFloat(out, hit.DistanceKm, 'f', 1, 64)
	}
	if shelter != nil {
		out = append(append(out, `,"shelter":`...), shelter...)
	}
	return append(out, '}')
}

// OnlyFields leaves of a JSON object the fields that were asked for, in the object's order.
func OnlyFields(object []byte, fields []string) ([]byte, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(object, &all); err != nil {
		return nil, fmt.Errorf("choose fields of a card: %w", err)
	}
	out := []byte{'{'}
	for _, name := range CardFields {
		value, ok := all[name]
		if !ok || !slices.Contains(fields, name) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(strconv.AppendQuote(out, name), ':'), value...)
	}
	return append(out, '}'), nil
}

// CardFragments are pieces that many cards share; the index keeps them once.
func CardFragments() []string {
	return append([]string{
		`","name":"`, `","url":`, `,"status":"available","summary":`, `,"birth":{"date":"`, `","precision":"`,
		`"},"sex":"female","altered":`, `"},"sex":"male","altered":`, `,"breed":{"primary":"`, `Domestic Short Hair`, `Domestic Medium Hair`, `Domestic Long Hair`,
		`","secondary":null,"mixed":`, `,"unknown":false},"colors":{"primary":`, `,"secondary":null,"tertiary":null,"pattern":`, `},"coat":`, `,"size":`,
		`,"good_with":{"children":`, `},"house_trained":`, `,"special_needs":`, `,"indoor_only":`, `,"bonded":false,"fee":{"amount_minor":`, `,"currency":`, `,"waived":`,
		`},"photo":{"url":"`, `","width":null,"height":null,"alt":null},"photo_count":`, `},"photo":null,"photo_count":0`, `,"listed_at":"`, `","updated_at":"`, `","stale":false`,
	}, commonFragments()...)
}
