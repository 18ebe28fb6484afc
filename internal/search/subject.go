package search

import (
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// DocumentBuilder makes cats ready to be held against questions one by one, without an
// index. It remembers the stems of words. It may be used from many goroutines.
type DocumentBuilder struct {
	postalPoint func(postalCode, country string) (geo.Point, bool)
	stems       stemCache
}

// NewSubjects needs to know where a postal code of a country is.
func NewSubjects(postalPoint func(postalCode, country string) (geo.Point, bool)) *DocumentBuilder {
	return &DocumentBuilder{postalPoint: postalPoint, stems: stemCache{known: map[string]wordStem{}}}
}

// MatchDocument is a cat as it was at a moment, in its shelter, as far as it can be
// found by that. It may be used from one goroutine at a time.
type MatchDocument struct {
	cat     *catalog.Cat
	shelter *catalog.Shelter
	on      time.Time // midnight of the day that age groups are as of
	marks   valueMask
	said    []fieldValue // the values of all fields that are not in the marks
	suits   suitabilityScores
	place   geo.Point
	unit    [3]float64

	stemmer *stemCache
	text    *tokenStream // read once it is asked for
	name    *string      // folded, once it is asked for
}

// fieldValue is one value of a field.
type fieldValue struct {
	field Field
	value string
}

// Of is a cat as of a moment: its age group is that of the day.
func (s *DocumentBuilder) Of(cat *catalog.Cat, shelter *catalog.Shelter, at time.Time) *MatchDocument {
	out := &MatchDocument{
		cat: cat, shelter: shelter, on: dateOf(dayOf(at)), marks: valueMask{}, said: make([]fieldValue, 0, 16),
		suits: suitsOf(&cat.Rating), place: pointOf(cat, shelter, s.postalPoint), unit: [3]float64{}, stemmer: &s.stems, text: nil, name: nil,
	}
	out.unit = out.place.UnitVector()
	for _, field := range signedFields().all {
		out.marks.set(field.from + field.ordinalOf(out))
	}
	for i := range fieldDefs() {
		if def := &fieldDefs()[i]; signedFields().of[def.Field] == nil {
			out.values(def, func(value string) {
				if value != "" {
					out.said = append(out.said, fieldValue{def.Field, value})
				}
			})
		}
	}
	return out
}

// values says the values that the cat has of a field.
func (s *MatchDocument) values(def *fieldDef, say func(value string)) {
	switch def.Field {
	case FieldAgeGroup:
		say(s.ageGroup())
	case FieldShelter:
		say(s.shelter.ID)
		say(s.shelter.Code)
	case FieldRegion:
		say(s.shelter.Address.Region)
	case FieldCountry:
		say(s.shelter.Address.Country)
	case FieldTag:
		for _, tag := range s.cat.Traits.Tags {
			say(vocab.Fold(tag))
		}
	default:
		switch {
		case def.answer != nil:
			say(def.Values[def.answer(s.cat)])
		case def.read != nil:
			def.read(s.cat, say)
		}
	}
}

func (s *MatchDocument) ageGroup() string {
	if group := s.cat.AgeGroupOn(s.on); slices.Contains(vocab.AgeGroups(), group) {
		return string(group)
	}
	return unknown
}

// foldedName is the name without case and accents.
func (s *MatchDocument) foldedName() string {
	if s.name == nil {
		s.name = new(vocab.Fold(s.cat.Name))
	}
	return *s.name
}

// ifListed is nil for a cat that cannot be found.
func (s *MatchDocument) ifListed() *MatchDocument {
	if s == nil || s.cat.Status == catalog.Removed {
		return nil
	}
	return s
}

// sameRouting says that two cats have the same place and words, and differ in closed
// fields at the most.
func (s *MatchDocument) sameRouting(o *MatchDocument) bool {
	return s != nil && o != nil && s.place == o.place && slices.Equal(s.said, o.said) && slices.Equal(s.cat.Traits.Tags, o.cat.Traits.Tags) &&
		s.cat.Name == o.cat.Name && s.cat.Description == o.cat.Description && s.cat.Colors == o.cat.Colors
}
