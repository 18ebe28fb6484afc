package search

import (
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Field is something a cat can be filtered and counted by. Its values are
// words; a yes-or-no field has the values true, false and unknown.
type Field string

// The fields.
const (
	FieldStatus           Field = "status"
	FieldSex              Field = "sex"
	FieldAltered          Field = "altered"
	FieldAgeGroup         Field = "age_group"
	FieldBreed            Field = "breed" // matches the primary or the secondary breed
	FieldColor            Field = "color" // matches any of the three colours
	FieldPattern          Field = "pattern"
	FieldCoat             Field = "coat"
	FieldSize             Field = "size"
	FieldGoodWithChildren Field = "good_with_children"
	FieldGoodWithDogs     Field = "good_with_dogs"
	FieldGoodWithCats     Field = "good_with_cats"
	FieldHouseTrained     Field = "house_trained"
	FieldDeclawed         Field = "declawed"
	FieldSpecialNeeds     Field = "special_needs"
	FieldShotsCurrent     Field = "shots_current"
	FieldMicrochipped     Field = "microchipped"
	FieldFIV              Field = "fiv"
	FieldFeLV             Field = "felv"
	FieldIndoorOnly       Field = "indoor_only"
	FieldMixed            Field = "mixed"
	FieldBonded           Field = "bonded" // true or false
	FieldFeeWaived        Field = "fee_waived"
	FieldHasPhotos        Field = "has_photos" // true or false
	FieldStale            Field = "stale"      // true or false
	FieldShelter          Field = "shelter"    // an id or a code
	FieldRegion           Field = "region"     // of the shelter, as in MD
	FieldCountry          Field = "country"    // of the shelter, as in US
	FieldSource           Field = "source"
	FieldTag              Field = "tag"       // compared without case and accents
	FieldReadiness        Field = "readiness" // for the activity for which the cat is readiest
	FieldGrade            Field = "grade"     // of the best evidence there is for an activity
	FieldBestFit          Field = "best_fit"  // the activity to begin with
)

const (
	yes     = "true"
	no      = "false"
	unknown = "unknown"
)

// FieldInfo describes a field.
type FieldInfo struct {
	Field  Field
	Closed bool     // it has no other values than these
	Values []string // in order; for an open field, those that are always known
	Facet  bool     // its values can be counted
}

// Fields lists every field. All callers share the list, so nobody may change it.
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

// fieldDef is a field with one of two ways to read it off a cat. A field without
// any is read elsewhere: the shelter and its region and country, and tags.
type fieldDef struct {
	FieldInfo
	read   func(c *catalog.Cat, say func(value string))
	answer func(c *catalog.Cat) reply // of a field of which every cat has one value
	hidden bool                       // not told to callers
}

// reply is the place of an answer among the values of its field.
type reply int

// The replies of a yes-or-no field.
const (
	isTrue reply = iota
	isFalse
	isUnknown
)

// fieldDefs is made once, since every question looks at it.
var fieldDefs = sync.OnceValue(func() []fieldDef {
	return append(append(factFieldDefs(), []fieldDef{
		answer(FieldGoodWithChildren, func(c *catalog.Cat) *bool { return c.GoodWith.Children }),
		answer(FieldGoodWithDogs, func(c *catalog.Cat) *bool { return c.GoodWith.Dogs }),
		answer(FieldGoodWithCats, func(c *catalog.Cat) *bool { return c.GoodWith.Cats }),
		answer(FieldAltered, func(c *catalog.Cat) *bool { return c.Altered }),
		answer(FieldHouseTrained, func(c *catalog.Cat) *bool { return c.HouseTrained }),
		answer(FieldDeclawed, func(c *catalog.Cat) *bool { return c.Declawed }),
		answer(FieldSpecialNeeds, func(c *catalog.Cat) *bool { return c.SpecialNeeds }),
		answer(FieldShotsCurrent, func(c *catalog.Cat) *bool { return c.ShotsCurrent }),
		answer(FieldMicrochipped, func(c *catalog.Cat) *bool { return c.Microchipped }),
		answer(FieldFIV, func(c *catalog.Cat) *bool { return c.FIV }),
		answer(FieldFeLV, func(c *catalog.Cat) *bool { return c.FeLV }),
		answer(FieldIndoorOnly, func(c *catalog.Cat) *bool { return c.IndoorOnly }),
		answer(FieldMixed, func(c *catalog.Cat) *bool { return c.Breed.Mixed }),
		answer(FieldFeeWaived, func(c *catalog.Cat) *bool { return c.Fee.Waived }),
		fact(FieldBonded, func(c *catalog.Cat) bool { return len(c.BondedWith) > 0 }),
		fact(FieldHasPhotos, func(c *catalog.Cat) bool { return len(c.Photos) > 0 }),
		fact(FieldStale, func(c *catalog.Cat) bool { return c.Stale }),
		open(FieldShelter), open(FieldRegion), open(FieldCountry), open(FieldTag),
		open(FieldSource).readBy(func(c *catalog.Cat, say func(string)) { say(c.Source) }),
	}...), suitFieldDefs()...)
})

func factFieldDefs() []fieldDef {
	return []fieldDef{
		closed(FieldStatus, listed(catalog.Statuses())...).readBy(func(c *catalog.Cat, say func(string)) { say(string(c.Status)) }),
		closed(FieldSex, texts(vocab.Sexes())...).readBy(func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Sex)) }),
		closed(FieldAgeGroup, withUnknown(vocab.AgeGroups())...), // depends on the day; the stock reckons it
		open(FieldBreed, vocab.Breeds()...).readBy(func(c *catalog.Cat, say func(string)) { say(c.Breed.Primary); say(c.Breed.Secondary) }),
		open(FieldColor, vocab.ColorNames()...).readBy(func(c *catalog.Cat, say func(string)) {
			say(c.Colors.Primary)
			say(c.Colors.Secondary)
			say(c.Colors.Tertiary)
		}),
		closed(FieldPattern, withUnknown(vocab.Patterns())...).readBy(func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Colors.Pattern)) }),
		closed(FieldCoat, withUnknown(vocab.Coats())...).readBy(func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Coat)) }),
		closed(FieldSize, withUnknown(vocab.Sizes())...).readBy(func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Size)) }),
	}
}

// closed is a field that has no other values than these.
func closed(f Field, values ...string) fieldDef {
	return fieldDef{FieldInfo: FieldInfo{Field: f, Closed: true, Values: values, Facet: true}, read: nil, answer: nil, hidden: false}
}

// open is a field that may meet other values than these.
func open(f Field, values ...string) fieldDef {
	return fieldDef{FieldInfo: FieldInfo{Field: f, Closed: false, Values: values, Facet: true}, read: nil, answer: nil, hidden: false}
}

func (d fieldDef) readBy(read func(c *catalog.Cat, say func(value string))) fieldDef {
	d.read = read
	return d
}

// answer is a field that is answered with yes, no or nothing.
func answer(f Field, of func(c *catalog.Cat) *bool) fieldDef {
	d := closed(f, yes, no, unknown)
	d.answer = func(c *catalog.Cat) reply {
		switch b := of(c); {
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

// fact is a field that is always yes or no.
func fact(f Field, of func(c *catalog.Cat) bool) fieldDef {
	d := closed(f, yes, no)
	d.answer = func(c *catalog.Cat) reply {
		if of(c) {
			return isTrue
		}
		return isFalse
	}
	return d
}

// listed are the states in which a cat can be found: a removed one never is.
func listed(all []catalog.Status) []string {
	var out []string
	for _, s := range all {
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
