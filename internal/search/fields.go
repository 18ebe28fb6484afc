package search

import (
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
	FieldTag              Field = "tag" // compared without case and accents
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

// Fields lists every field.
func Fields() []FieldInfo {
	infos := make([]FieldInfo, len(fieldDefs()))
	for i, def := range fieldDefs() {
		infos[i] = def.FieldInfo
	}
	return infos
}

// fieldDef is a field with the way to read it off a cat. A field without one is
// read elsewhere: the shelter and its region and country, and tags.
type fieldDef struct {
	FieldInfo
	read func(c *catalog.Cat, say func(value string))
}

func fieldDefs() []fieldDef {
	return append(factFieldDefs(), []fieldDef{
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
		{FieldInfo{Field: FieldSource, Closed: false, Values: nil, Facet: true}, func(c *catalog.Cat, say func(string)) { say(c.Source) }},
	}...)
}

func factFieldDefs() []fieldDef {
	return []fieldDef{
		{FieldInfo{Field: FieldStatus, Closed: true, Values: listed(catalog.Statuses()), Facet: true}, func(c *catalog.Cat, say func(string)) { say(string(c.Status)) }},
		{FieldInfo{Field: FieldSex, Closed: true, Values: texts(vocab.Sexes()), Facet: true}, func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Sex)) }},
		// The age group depends on the day; the stock reckons it.
		{FieldInfo{Field: FieldAgeGroup, Closed: true, Values: withUnknown(vocab.AgeGroups()), Facet: true}, nil},
		{FieldInfo{Field: FieldBreed, Closed: false, Values: vocab.Breeds(), Facet: true}, func(c *catalog.Cat, say func(string)) { say(c.Breed.Primary); say(c.Breed.Secondary) }},
		{FieldInfo{Field: FieldColor, Closed: false, Values: vocab.ColorNames(), Facet: true}, func(c *catalog.Cat, say func(string)) {
			say(c.Colors.Primary)
			say(c.Colors.Secondary)
			say(c.Colors.Tertiary)
		}},
		{FieldInfo{Field: FieldPattern, Closed: true, Values: withUnknown(vocab.Patterns()), Facet: true}, func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Colors.Pattern)) }},
		{FieldInfo{Field: FieldCoat, Closed: true, Values: withUnknown(vocab.Coats()), Facet: true}, func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Coat)) }},
		{FieldInfo{Field: FieldSize, Closed: true, Values: withUnknown(vocab.Sizes()), Facet: true}, func(c *catalog.Cat, say func(string)) { say(orUnknown(c.Size)) }},
	}
}

// answer is a field that is answered with yes, no or nothing.
func answer(f Field, of func(c *catalog.Cat) *bool) fieldDef {
	return fieldDef{FieldInfo{Field: f, Closed: true, Values: []string{yes, no, unknown}, Facet: true}, func(c *catalog.Cat, say func(string)) {
		switch b := of(c); {
		case b == nil:
			say(unknown)
		case *b:
			say(yes)
		default:
			say(no)
		}
	}}
}

// fact is a field that is always yes or no.
func fact(f Field, of func(c *catalog.Cat) bool) fieldDef {
	return answer(f, func(c *catalog.Cat) *bool { return new(of(c)) }).closedTo(yes, no)
}

func (d fieldDef) closedTo(values ...string) fieldDef {
	d.Values = values
	return d
}

// open is a field whose values are not read off the cat's facts alone.
func open(f Field) fieldDef {
	return fieldDef{FieldInfo{Field: f, Closed: false, Values: nil, Facet: true}, nil}
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
