package search

import (
	"slices"
	"strconv"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Field is a property that cats are filtered and counted by. Its values are strings;
// a tri-state field has the values true, false and unknown. If the text of a listing can
// make the fact likely, the field also has the values likely, which true cats have too,
// and unlikely, which false cats have too.
type Field string

// The fields of a cat that code names. The other tri-state facts of
// catalog.FactTable are fields as well, by the name of their filter.
const (
	FieldStatus           Field = "status"
	FieldSex              Field = "sex"
	FieldAgeGroup         Field = "age_group"
	FieldBreed            Field = "breed" // matches the primary or the secondary breed
	FieldColor            Field = "color" // matches any of the three colours
	FieldPattern          Field = "pattern"
	FieldCoat             Field = "coat"
	FieldSize             Field = "size"
	FieldGoodWithChildren Field = "good_with_children"
	FieldGoodWithDogs     Field = "good_with_dogs"
	FieldGoodWithCats     Field = "good_with_cats"
	FieldBonded           Field = "bonded"     // true or false
	FieldHasPhotos        Field = "has_photos" // true or false
	FieldHasVideos        Field = "has_videos" // true or false
	FieldStale            Field = "stale"      // true or false
	FieldShelter          Field = "shelter"    // an id or a code
	FieldRegion           Field = "region"     // of the shelter, as in MD
	FieldCountry          Field = "country"    // of the shelter, as in US
	FieldSource           Field = "source"
	FieldIDs              Field = "ids"         // the id or the number of the cat
	FieldTag              Field = "tag"         // case and accents are ignored
	FieldTemperament      Field = "temperament" // stated by the shelter, or read from the listing
	FieldReadiness        Field = "readiness"   // for the activity with the best readiness
	FieldGrade            Field = "grade"       // of the best evidence for an activity
	FieldBestFit          Field = "best_fit"    // the recommended first activity
	FieldImpression       Field = "impression"  // of the listing, for activities in general
)

const (
	yes      = "true"
	no       = "false"
	unknown  = "unknown"
	likely   = "likely"
	unlikely = "unlikely"
)

// FieldInfo describes a field.
type FieldInfo struct {
	Field  Field
	Closed bool     // Values is complete, and every cat has exactly one of them, apart from those that Includes adds
	Values []string // in order; for an open field, those of the vocabulary
	Facet  bool     // the field has facet counts
}

// Fields lists every field. Callers share the slice and must not change it.
func Fields() []FieldInfo { return allFields() }

var allFields = sync.OnceValue(func() []FieldInfo {
	var infos []FieldInfo
	for _, def := range fieldDefs() {
		if !def.hidden {
			infos = append(infos, def.FieldInfo)
		}
	}
	return infos
})

// fieldDef is a field with the function that reads it from a cat: read or ordinal.
// A field with neither is read elsewhere: the shelter, its region and country, tags
// and the age group.
type fieldDef struct {
	FieldInfo
	read    func(c *catalog.Cat, add func(value string))
	ordinal func(c *catalog.Cat) valueOrdinal // for a field of which every cat has exactly one value
	hidden  bool                              // not listed by Fields
	// includes has the further values whose cats have a value too: cats for which a fact
	// is true also count as those for which it is likely.
	includes map[string][]string
}

// withIncluded returns the values that a cat may have to have one of anyOf.
func (d *fieldDef) withIncluded(anyOf []string) []string {
	if d.includes == nil {
		return anyOf
	}
	out := slices.Clone(anyOf)
	for _, value := range anyOf {
		for _, included := range d.includes[value] {
			if !slices.Contains(out, included) {
				out = append(out, included)
			}
		}
	}
	return out
}

// valueOrdinal is the index of a value in the Values of its field.
type valueOrdinal int

// The ordinals of a tri-state field.
const (
	isTrue valueOrdinal = iota
	isFalse
	isUnknown
	isLikely   // not stated; by the listing
	isUnlikely // not stated; by the listing
)

// fieldDefs is computed once: every query uses it.
var fieldDefs = sync.OnceValue(func() []fieldDef {
	return slices.Concat(vocabularyFieldDefs(), triStateFieldDefs(), []fieldDef{
		boolField(FieldBonded, func(c *catalog.Cat) bool { return len(c.BondedWith) > 0 }),
		boolField(FieldHasPhotos, func(c *catalog.Cat) bool { return len(c.Photos) > 0 }),
		boolField(FieldHasVideos, func(c *catalog.Cat) bool { return len(c.Videos) > 0 }),
		boolField(FieldStale, func(c *catalog.Cat) bool { return c.Stale }),
		keywordField(FieldShelter), keywordField(FieldRegion), keywordField(FieldCountry), keywordField(FieldTag),
		keywordField(FieldTemperament, vocab.Temperaments()...).readBy(func(c *catalog.Cat, add func(string)) {
			for _, trait := range c.Temperament {
				add(trait)
			}
			for _, r := range c.Reading.Temperament {
				if !slices.Contains(c.Temperament, r.Term) {
					add(r.Term)
				}
			}
		}),
		keywordField(FieldSource).readBy(func(c *catalog.Cat, add func(string)) { add(c.Source) }),
		keywordField(FieldIDs).withoutFacet().readBy(func(c *catalog.Cat, add func(string)) {
			add(c.ID)
			add(strconv.FormatInt(c.Number, 10))
		}),
	}, suitabilityFieldDefs())
})

// triStateFieldDefs returns the fields of the tri-state facts that have a filter:
// those of good_with first, then those outside objects, then the others.
func triStateFieldDefs() []fieldDef {
	var groups [3][]fieldDef
	for _, fact := range catalog.FactTable() {
		at, ok := fact.At.(func(*catalog.Facts) **bool)
		if !ok || fact.Filter == "" {
			continue
		}
		group := 2
		switch fact.Object() {
		case "good_with":
			group = 0
		case fact.Name:
			group = 1
		}
		def := triStateField(Field(fact.Filter), at)
		if fact.FromText {
			def = readableField(def)
		}
		groups[group] = append(groups[group], def)
	}
	return slices.Concat(groups[:]...)
}

func vocabularyFieldDefs() []fieldDef {
	return []fieldDef{
		enumField(FieldStatus, listedStatuses()...).readBy(func(c *catalog.Cat, add func(string)) { add(string(c.Status)) }),
		enumField(FieldSex, texts(vocab.Sexes())...).readBy(func(c *catalog.Cat, add func(string)) { add(orUnknown(c.Sex)) }),
		enumField(FieldAgeGroup, withUnknown(vocab.AgeGroups())...), // depends on the day; indexData computes it
		keywordField(FieldBreed, vocab.Breeds()...).readBy(func(c *catalog.Cat, add func(string)) { add(c.Breed.Primary); add(c.Breed.Secondary) }),
		keywordField(FieldColor, vocab.ColorNames()...).readBy(func(c *catalog.Cat, add func(string)) {
			add(c.Colors.Primary)
			add(c.Colors.Secondary)
			add(c.Colors.Tertiary)
		}),
		enumField(FieldPattern, withUnknown(vocab.Patterns())...).readBy(func(c *catalog.Cat, add func(string)) { add(orUnknown(c.Colors.Pattern)) }),
		enumField(FieldCoat, withUnknown(vocab.Coats())...).readBy(func(c *catalog.Cat, add func(string)) { add(orUnknown(c.Coat)) }),
		enumField(FieldSize, withUnknown(vocab.Sizes())...).readBy(func(c *catalog.Cat, add func(string)) { add(orUnknown(c.Size)) }),
	}
}

// enumField returns a field with a fixed set of values.
func enumField(f Field, values ...string) fieldDef {
	return fieldDef{FieldInfo: FieldInfo{Field: f, Closed: true, Values: values, Facet: true}, read: nil, ordinal: nil, hidden: false, includes: nil}
}

// keywordField returns a field with free values; those given are listed first.
func keywordField(f Field, values ...string) fieldDef {
	return fieldDef{FieldInfo: FieldInfo{Field: f, Closed: false, Values: values, Facet: true}, read: nil, ordinal: nil, hidden: false, includes: nil}
}

func (d fieldDef) readBy(read func(c *catalog.Cat, add func(value string))) fieldDef {
	d.read = read
	return d
}

// triStateField returns a field with the values true, false and unknown.
func triStateField(f Field, at func(*catalog.Facts) **bool) fieldDef {
	d := enumField(f, yes, no, unknown)
	d.ordinal = func(c *catalog.Cat) valueOrdinal {
		switch b := *at(&c.Facts); {
		case b == nil:
			return isUnknown
		case *b:
			return isTrue
		default:
			return isFalse
		}
	}
	return d
}

// readableField returns a tri-state field with the values of what a listing says.
func readableField(d fieldDef) fieldDef {
	stated, fact := d.ordinal, string(d.Field)
	d.Values = append(d.Values, likely, unlikely)
	d.includes = map[string][]string{likely: {yes}, unlikely: {no}, unknown: {likely, unlikely}}
	d.ordinal = func(c *catalog.Cat) valueOrdinal {
		ordinal := stated(c)
		if ordinal != isUnknown || len(c.Reading.Household) == 0 {
			return ordinal
		}
		switch read := c.Reading.Likely(fact); {
		case read == nil:
			return isUnknown
		case *read:
			return isLikely
		default:
			return isUnlikely
		}
	}
	return d
}

// boolField returns a field with the values true and false.
func boolField(f Field, get func(c *catalog.Cat) bool) fieldDef {
	d := enumField(f, yes, no)
	d.ordinal = func(c *catalog.Cat) valueOrdinal {
		if get(c) {
			return isTrue
		}
		return isFalse
	}
	return d
}

// listedStatuses returns the statuses of listed cats: all but Removed.
func listedStatuses() []string {
	var out []string
	for _, s := range catalog.Statuses() {
		if s != catalog.Removed {
			out = append(out, string(s))
		}
	}
	return out
}

func orUnknown[T ~string](value T) string {
	if value == "" {
		return unknown
	}
	return string(value)
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func withUnknown[T ~string](values []T) []string { return append(texts(values), unknown) }
