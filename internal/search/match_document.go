package search

import (
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search/analysis"
	"trailcat/internal/vocab"
)

// DocumentBuilder prepares cats to be matched with queries one by one, without an
// index. It caches the stems of words. It is safe for concurrent use.
type DocumentBuilder struct {
	postalPoint func(postalCode, country string) (geo.Point, bool)
	stems       *analysis.StemCache
}

// NewDocumentBuilder returns a builder. postalPoint returns the location of a postal code in
// a country.
func NewDocumentBuilder(postalPoint func(postalCode, country string) (geo.Point, bool)) *DocumentBuilder {
	return &DocumentBuilder{postalPoint: postalPoint, stems: analysis.NewStemCache()}
}

// MatchDocument is a cat as of a moment, with its shelter, prepared for matching. It
// must be used from one goroutine at a time.
type MatchDocument struct {
	cat     *catalog.Cat
	shelter *catalog.Shelter
	day     time.Time // midnight UTC; age groups are as of this day
	mask    valueMask
	values  []fieldValue // of all fields that are not in the mask
	scores  suitabilityScores
	point   geo.Point
	unit    [3]float64

	stems  *analysis.StemCache
	tokens *analysis.TokenStream // nil until needed
	name   *string               // folded; nil until needed
}

// fieldValue is one value of a field.
type fieldValue struct {
	field Field
	value string
}

// Build returns the document of a cat as of a moment, which determines its age.
func (b *DocumentBuilder) Build(cat *catalog.Cat, shelter *catalog.Shelter, at time.Time) *MatchDocument {
	d := &MatchDocument{
		cat: cat, shelter: shelter, day: dateOf(dayOf(at)), mask: valueMask{}, values: make([]fieldValue, 0, 16),
		scores: scoresOf(cat), point: pointOf(cat, shelter, b.postalPoint), unit: [3]float64{}, stems: b.stems, tokens: nil, name: nil,
	}
	d.unit = d.point.UnitVector()
	for _, field := range maskedFields().all {
		d.mask.set(field.from + field.ordinalOf(d))
	}
	for i := range fieldDefs() {
		if def := &fieldDefs()[i]; maskedFields().byField[def.Field] == nil {
			d.readValues(def, func(value string) {
				if value != "" {
					d.values = append(d.values, fieldValue{def.Field, value})
				}
			})
		}
	}
	return d
}

// readValues calls add for the cat's values of a field. Values may be empty.
func (d *MatchDocument) readValues(def *fieldDef, add func(value string)) {
	switch def.Field {
	case FieldAgeGroup:
		add(d.ageGroup())
	case FieldShelter:
		add(d.shelter.ID)
		add(d.shelter.Code)
	case FieldRegion:
		add(d.shelter.Address.Region)
	case FieldCountry:
		add(d.shelter.Address.Country)
	case FieldTag:
		for _, tag := range d.cat.Traits.Tags {
			add(vocab.Fold(tag))
		}
	default:
		switch {
		case def.ordinal != nil:
			add(def.Values[def.ordinal(d.cat)])
		case def.read != nil:
			def.read(d.cat, add)
		}
	}
}

func (d *MatchDocument) ageGroup() string {
	if group := d.cat.AgeGroupOn(d.day); slices.Contains(vocab.AgeGroups(), group) {
		return string(group)
	}
	return unknown
}

// foldedName returns the name without case and accents.
func (d *MatchDocument) foldedName() string {
	if d.name == nil {
		d.name = new(vocab.Fold(d.cat.Name))
	}
	return *d.name
}

// tokenStream returns the tokens of all fields that the index searches.
func (d *MatchDocument) tokenStream() *analysis.TokenStream {
	if d.tokens == nil {
		short := shortTexts(d.cat)
		fields := append(short[:], d.cat.Traits.Tags...)
		d.tokens = d.stems.Analyze(append(fields, d.cat.Description))
	}
	return d.tokens
}

// isListed reports whether d is not nil and its cat is not removed.
func (d *MatchDocument) isListed() bool { return d != nil && d.cat.Status != catalog.Removed }

// sameRouting reports whether two cats differ at most in values of closed fields: the
// candidate index then returns the same queries for both, except by mask.
func (d *MatchDocument) sameRouting(o *MatchDocument) bool {
	return d.point == o.point && slices.Equal(d.values, o.values) && slices.Equal(d.cat.Traits.Tags, o.cat.Traits.Tags) &&
		d.cat.Name == o.cat.Name && d.cat.Description == o.cat.Description && d.cat.Colors == o.cat.Colors
}
