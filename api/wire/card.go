package wire

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	quick "github.com/goccy/go-json"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// CatCard is a cat as lists show it.
type CatCard struct {
	CardStatic
	CardDynamic
} //	@name	CatCard

// CardStatic is the part of a card that depends on the cat alone. The index stores it
// encoded.
type CardStatic struct {
	ID           string            `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                     // Permanent ID of the cat.
	Number       int64             `json:"number" example:"1042"`                                           // Permanent number of the cat, for systems that need an integer.
	Version      int64             `json:"version" example:"3"`                                             // Version number; increases with every change.
	ShelterID    string            `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`             // ID of the shelter.
	Name         string            `json:"name" example:"Kenny Chatney"`                                    // Name of the cat.
	URL          *string           `json:"url" extensions:"x-nullable"`                                     // Page of the cat for adopters; null when unknown.
	Status       string            `json:"status" enums:"available,pending,on_hold,adopted"`                // Adoption status.
	Summary      *string           `json:"summary" extensions:"x-nullable"`                                 // One or two sentences about the cat; null when there is no description.
	Birth        *Birth            `json:"birth" extensions:"x-nullable"`                                   // Date of birth; null when unknown.
	Sex          string            `json:"sex" enums:"female,male,unknown"`                                 // Sex of the cat.
	Altered      *bool             `json:"altered" extensions:"x-nullable"`                                 // Whether the cat is spayed or neutered; null when unknown.
	Breed        Breed             `json:"breed"`                                                           // Breed of the cat.
	Colors       Colors            `json:"colors"`                                                          // Coat colors and pattern.
	Coat         *string           `json:"coat" enums:"hairless,short,medium,long" extensions:"x-nullable"` // Length of the coat; null when unknown.
	Size         *string           `json:"size" enums:"small,medium,large,xlarge" extensions:"x-nullable"`  // Size of the cat; null when unknown.
	GoodWith     GoodWith          `json:"good_with"`                                                       // Who the cat lives well with.
	HouseTrained *bool             `json:"house_trained" extensions:"x-nullable"`                           // Whether the cat is house-trained; null when unknown.
	SpecialNeeds *bool             `json:"special_needs" extensions:"x-nullable"`                           // Whether the cat has special needs; null when unknown.
	IndoorOnly   *bool             `json:"indoor_only" extensions:"x-nullable"`                             // Whether the cat must live indoors; null when unknown.
	Urgent       *bool             `json:"urgent" extensions:"x-nullable"`                                  // Whether the cat needs a home soon, because its time at the shelter is short; null when unknown.
	Courtesy     *bool             `json:"courtesy" extensions:"x-nullable"`                                // Whether the listing is a courtesy for somebody else, so that the cat is not in the shelter's care; null when unknown.
	Bonded       bool              `json:"bonded"`                                                          // Whether the cat must be adopted together with another cat.
	Fee          Fee               `json:"fee"`                                                             // Adoption fee.
	Photo        *Photo            `json:"photo" extensions:"x-nullable"`                                   // First photo; null when there is none.
	PhotoCount   int               `json:"photo_count"`                                                     // Number of photos.
	ListedAt     time.Time         `json:"listed_at" format:"date-time"`                                    // When the cat was listed for adoption.
	UpdatedAt    time.Time         `json:"updated_at" format:"date-time"`                                   // When the cat last changed on this server.
	Stale        bool              `json:"stale"`                                                           // Whether the source has not confirmed the listing for longer than the shelter allows.
	Adventure    *AdventureSummary `json:"adventure" extensions:"x-nullable"`                               // Summary of the suitability for activities outside; null while no activity is assessed or on hold.
	Impression   *Impression       `json:"impression" extensions:"x-nullable"`                              // Impression that the listing gives of the cat; null when the listing says nothing that matters for activities outside.
}

// CardDynamic is the part of a card that depends on the day or on the query.
type CardDynamic struct {
	AgeMonths  *int     `json:"age_months" minimum:"0" extensions:"x-nullable"`                      // Age today (UTC) in whole months; null when unknown.
	AgeGroup   *string  `json:"age_group" enums:"kitten,young,adult,senior" extensions:"x-nullable"` // `kitten`: under 1 year, `young`: under 3, `adult`: under 8, `senior`: 8 and more; null when unknown.
	DistanceKm *float64 `json:"distance_km,omitempty" example:"12.5"`                                // Distance from `near` in kilometers, as the crow flies; only present if `near` is set.
	DistanceMi *float64 `json:"distance_mi,omitempty" example:"7.8"`                                 // The same distance in miles; only present if `radius_mi` is set.
	Shelter    *Shelter `json:"shelter,omitempty"`                                                   // Shelter of the cat; only present with `expand=shelter`.
}

// CardFields returns the names of the fields that a card can have, in their order.
var CardFields = sync.OnceValue(func() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[CatCard]()) {
		if !f.Anonymous {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
})

// NewCard returns the card of a cat. Its kept photo is at base.
func NewCard(c catalog.Cat, d CardDynamic, base catalog.PhotoBase) CatCard {
	return CatCard{CardStatic: newCardStatic(c, base), CardDynamic: d}
}

func newCardStatic(c catalog.Cat, base catalog.PhotoBase) CardStatic {
	card := CardStatic{
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
		Urgent:       c.Urgent,
		Courtesy:     c.Courtesy,
		Bonded:       len(c.BondedWith) > 0,
		Fee:          Fee{AmountMinor: c.Fee.Minor, Currency: OrNull(c.Fee.Currency), Waived: c.Fee.Waived},
		Photo:        nil,
		PhotoCount:   len(c.Photos),
		ListedAt:     c.ListedAt,
		UpdatedAt:    c.UpdatedAt,
		Stale:        c.Stale,
		Adventure:    newAdventureSummary(c.Rating),
		Impression:   NewImpression(c.Reading.Impression),
	}
	if len(c.Photos) > 0 {
		card.Photo = &NewPhotos(c.Photos[:1], base)[0]
	}
	return card
}

// CardEncoder returns a function that encodes the static part of a cat's card for the index,
// without the closing brace. Kept photos are at base. A node encodes the cards of all cats when it starts, so it uses an
// encoder that takes a third of the time of the standard library's; a test ensures
// that the results are equal.
func CardEncoder(base catalog.PhotoBase) func(catalog.Cat) []byte {
	return func(c catalog.Cat) []byte { return encodeStatic(newCardStatic(c, base)) }
}

func encodeStatic(card CardStatic) []byte {
	body, err := quick.MarshalWithOption(card, quick.DisableHTMLEscape())
	if err != nil {
		panic(err) //nolint:forbidigo // strings, numbers and times always encode
	}
	return body[:len(body)-1]
}

// AppendCard appends the card of a hit to out, with the distance in miles, too, if inMiles
// is true. The shelter is nil if it was not requested. The fields of the dynamic part point to local variables, which are not
// allocated because no other function keeps them.
func AppendCard(out []byte, hit search.Hit, today time.Time, inMiles bool, shelter *Shelter) []byte {
	d := CardDynamic{AgeMonths: nil, AgeGroup: nil, DistanceKm: nil, DistanceMi: nil, Shelter: shelter}
	group := string(hit.AgeGroup)
	if !hit.Birth.IsZero() {
		months := catalog.MonthsBetween(hit.Birth, today)
		d.AgeMonths, group = &months, string(vocab.AgeGroupOf(months))
	}
	if group != "" {
		d.AgeGroup = &group
	}
	if hit.DistanceKm >= 0 {
		d.DistanceKm = &hit.DistanceKm
	}
	miles := hit.DistanceKm / geo.KmPerMile
	if hit.DistanceKm >= 0 && inMiles {
		d.DistanceMi = &miles
	}
	return d.appendTo(hit.Card.Append(out))
}

// dynamicStart is how the dynamic part of an encoded card starts.
const dynamicStart = `,"age_months":`

// appendTo appends the fields of d and the closing brace to the static part of a card.
// An encoder would take twice the time for the four fields, on every card of a page.
func (d CardDynamic) appendTo(out []byte) []byte {
	out = append(out, dynamicStart...)
	if d.AgeMonths == nil {
		out = append(out, "null"...)
	} else {
		out = strconv.AppendInt(out, int64(*d.AgeMonths), 10)
	}
	out = append(out, `,"age_group":`...)
	if d.AgeGroup == nil {
		out = append(out, "null"...)
	} else {
		out = append(append(append(out, '"'), *d.AgeGroup...), '"')
	}
	if d.DistanceKm != nil {
		out = append(out, `,"distance_km":`...)
		out = strconv.AppendFloat(out, *d.DistanceKm, 'f', 1, 64)
	}
	if d.DistanceMi != nil {
		out = append(out, `,"distance_mi":`...)
		out = strconv.AppendFloat(out, *d.DistanceMi, 'f', 1, 64)
	}
	if d.Shelter != nil {
		shelter := *d.Shelter
		if body, err := binding.EncodeJSON(&shelter); err == nil {
			out = append(append(out, `,"shelter":`...), body...)
		}
	}
	return append(out, '}')
}

// FieldSelection has the fields of cards to return, in the order of cards.
type FieldSelection struct{ static, dynamic []string }

// NewFieldSelection returns a selection of the ID and the given fields.
func NewFieldSelection(fields []string) FieldSelection {
	var s FieldSelection
	numStatic := len(CardFields()) - reflect.TypeFor[CardDynamic]().NumField()
	for i, name := range CardFields() {
		switch selected := name == "id" || slices.Contains(fields, name); {
		case selected && i < numStatic:
			s.static = append(s.static, name)
		case selected:
			s.dynamic = append(s.dynamic, name)
		}
	}
	return s
}

// AppendFields appends an encoded card to out with the selected fields only. A decoder would
// take many times as long as this scan, which relies on how cards are encoded: without spaces,
// with names that need no escaping, and with all static fields. It does not read those after
// the last that is selected.
func AppendFields(out, card []byte, selection FieldSelection) []byte {
	out = append(out, '{')
	at := 0 // the brace or comma before a field
	for i := 0; i < len(selection.static); {
		from, nameEnd := at, stringEnd(card, at+1)
		at = valueEnd(card, nameEnd+len(":"))
		if string(card[from+2:nameEnd-1]) != selection.static[i] {
			continue
		}
		if i++; i == 1 {
			from++ // no comma before the first
		}
		out = append(out, card[from:at]...)
	}
	for at = bytes.LastIndex(card, []byte(dynamicStart)); card[at] != '}'; {
		from, nameEnd := at, stringEnd(card, at+1)
		at = valueEnd(card, nameEnd+len(":"))
		if slices.Contains(selection.dynamic, string(card[from+2:nameEnd-1])) {
			out = append(out, card[from:at]...)
		}
	}
	return append(out, '}')
}

// valueEnd returns the index after the JSON value at an index.
func valueEnd(b []byte, at int) int {
	for depth := 0; ; at++ {
		const lower = 0x20 // makes [ and ] equal to { and }
		switch c := b[at]; {
		case c > ',' && c|lower < '{': // a colon, or part of a number or a word
		case c == '"':
			at = stringEnd(b, at) - 1
		case c|lower == '{':
			depth++
		case depth == 0:
			return at
		case c != ',':
			depth--
		}
	}
}

// stringEnd returns the index after the JSON string at an index.
func stringEnd(b []byte, at int) int {
	for at++; ; at++ {
		at += bytes.IndexByte(b[at:], '"')
		escapes := 0
		for b[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at + 1
		}
	}
}

// fragmentMark stands in sample cards for text that differs from cat to cat.
const fragmentMark = "\u00a7"

// CardFragments returns substrings that many cards share, for the dictionary that
// compresses the cards of the index: the parts of sample cards between their marks,
// cut at the ends of fields and of objects.
func CardFragments(base catalog.PhotoBase) []string {
	var fragments []string
	for _, card := range sampleCards(base) {
		for part := range strings.SplitSeq(string(encodeStatic(card)), fragmentMark) {
			fragments = append(fragments, strings.SplitAfter(part, ",")...)
			fragments = append(fragments, strings.SplitAfter(part, "},")...)
		}
	}
	slices.Sort(fragments)
	return slices.Compact(fragments)
}

// sampleCards returns cards of cats of both sexes, with and without a description and
// a photo, linked or kept, and of one that is on hold for all activities.
func sampleCards(base catalog.PhotoBase) []CardStatic {
	var cat catalog.Cat
	cat.ID, cat.ShelterID, cat.Name, cat.Breed.Primary, cat.Colors.Primary = fragmentMark, fragmentMark, fragmentMark, fragmentMark, fragmentMark
	cat.Birth.On, cat.Status, cat.Sex = time.Unix(0, 0), catalog.Available, vocab.SexMale
	male := newCardStatic(cat, base)
	cat.Sex, cat.URL, cat.Description, cat.Photos = vocab.SexFemale, fragmentMark, fragmentMark, []catalog.Photo{{URL: fragmentMark}}
	linked := newCardStatic(cat, base)
	cat.Photos = []catalog.Photo{{URL: fragmentMark, Width: 2048, Height: 1536, Hash: fragmentMark, BlurHash: fragmentMark, Color: fragmentMark}}
	kept := newCardStatic(cat, base)
	onHold := male
	onHold.Impression = NewImpression(catalog.Impression{Overall: catalog.ImpressionConfident, Activities: [4]string{catalog.ImpressionConfident, catalog.ImpressionMixed, catalog.ImpressionConfident, ""}, Phrases: 3})
	onHold.Adventure = newAdventureSummary(catalog.Rating{
		Rubric: fragmentMark, On: time.Unix(0, 0), Overall: nil, BestFit: catalog.IndoorEnrichment,
		Activities: MapSlice(catalog.Activities(), func(activity string) catalog.ActivityRating {
			return catalog.ActivityRating{Activity: activity, Score: nil, Low: nil, High: nil, Band: "", Readiness: catalog.ReadinessOnHold, Grade: catalog.NoEvidence}
		}),
	})
	return []CardStatic{male, linked, kept, onHold}
}
