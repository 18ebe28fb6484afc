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

// CatCard is a cat in a list: what one needs to choose whom to look at.
type CatCard struct {
	ID           string           `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Number       int64            `json:"number" example:"1042"`
	Version      int64            `json:"version" example:"3"`
	ShelterID    string           `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Name         string           `json:"name" example:"Kenny Chatney"`
	URL          *string          `json:"url" extensions:"x-nullable"`
	Status       string           `json:"status" enums:"available,pending,on_hold,adopted"`
	Summary      *string          `json:"summary" extensions:"x-nullable"`
	Birth        *Birth           `json:"birth" extensions:"x-nullable"`
	Sex          string           `json:"sex" enums:"female,male,unknown"`
	Altered      *bool            `json:"altered" extensions:"x-nullable"`
	Breed        Breed            `json:"breed"`
	Colors       Colors           `json:"colors"`
	Coat         *string          `json:"coat" enums:"hairless,short,medium,long" extensions:"x-nullable"`
	Size         *string          `json:"size" enums:"small,medium,large,xlarge" extensions:"x-nullable"`
	GoodWith     GoodWith         `json:"good_with"`
	HouseTrained *bool            `json:"house_trained" extensions:"x-nullable"`
	SpecialNeeds *bool            `json:"special_needs" extensions:"x-nullable"`
	IndoorOnly   *bool            `json:"indoor_only" extensions:"x-nullable"`
	Bonded       bool             `json:"bonded"` // must leave together with another cat
	Fee          Fee              `json:"fee"`
	Photo        *Photo           `json:"photo" extensions:"x-nullable"` // the first
	PhotoCount   int              `json:"photo_count"`
	ListedAt     time.Time        `json:"listed_at" format:"date-time"`
	UpdatedAt    time.Time        `json:"updated_at" format:"date-time"`
	Stale        bool             `json:"stale"` // its source has not confirmed it lately
	Adventure    AdventureSummary `json:"adventure"`

	// What depends on today or on the question follows; see finishCard.
	AgeMonths  *int     `json:"age_months" minimum:"0" extensions:"x-nullable"`                      // whole months, today (UTC)
	AgeGroup   *string  `json:"age_group" enums:"kitten,young,adult,senior" extensions:"x-nullable"` //
	DistanceKm *float64 `json:"distance_km,omitempty" example:"12.5"`                                // from near, as the crow flies
	Shelter    *Shelter `json:"shelter,omitempty"`                                                   // with expand=shelter
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
