package catjson

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// draftField is a field that a source can send: a fact, or a text that is parsed
// into several facts.
type draftField struct {
	name    string // in the API; a dot separates an object from its member
	pointer string // JSON pointer in the body
	read    func(d *Draft, f *draftField, v gjson.Result)
	copy    func(to, from *catalog.Facts)
	value   func(f *catalog.Facts) any
	keeps   bool // a PUT without the field leaves the fact as it is
	nonNull bool // null is an error
}

// draftFields returns every field that a source can send: those of the table of
// facts, and texts that are parsed into the facts of an object. All endpoints
// that accept a cat as JSON read it with these fields. Callers share the slice
// and must not change it.
var draftFields = sync.OnceValue(func() []draftField {
	var fields []draftField
	for _, fact := range catalog.FactTable() {
		field := newDraftField(fact)
		field.keeps = slices.Contains([]string{"status", "status_reason", "status_changed_at", "listed_at", "adopted_on", "microchip", "hidden_from.classes", "hidden_from.partners"}, fact.Name)
		field.nonNull = slices.Contains([]string{"status", "status_changed_at", "listed_at"}, fact.Name)
		fields = append(fields, field)
	}
	return append(fields,
		draftFieldOf("age", readAge, func(f *catalog.Facts) *catalog.Birth { return &f.Birth }),
		draftFieldOf("breed.words", readWords(parseBreed), func(f *catalog.Facts) *vocab.Breed { return &f.Breed }),
		draftFieldOf("colors.words", readWords(parseColors), func(f *catalog.Facts) *vocab.Colors { return &f.Colors }),
	)
})

// newDraftField returns the field of a fact, which is read as its kind says
// unless the fact has a reader of its own.
func newDraftField(fact catalog.Fact) draftField {
	switch at := fact.At.(type) {
	case func(*catalog.Facts) *string:
		return draftFieldOf(fact.Name, textReader(fact), at)
	case func(*catalog.Facts) *time.Time:
		return draftFieldOf(fact.Name, timeReader(fact), at)
	case func(*catalog.Facts) **bool:
		return draftFieldOf(fact.Name, readBool, at)
	case func(*catalog.Facts) *bool:
		return draftFieldOf(fact.Name, readFlag, at)
	case func(*catalog.Facts) **float64:
		return draftFieldOf(fact.Name, readFloat, at)
	case func(*catalog.Facts) **int64:
		return draftFieldOf(fact.Name, readInt, at)
	case func(*catalog.Facts) *[]string:
		if fact.Name == "temperament" {
			return draftFieldOf(fact.Name, readTemperament, at)
		}
		return draftFieldOf(fact.Name, readStrings, at)
	case func(*catalog.Facts) *[]catalog.Photo:
		return draftFieldOf(fact.Name, readList(readPhoto), at)
	case func(*catalog.Facts) *[]catalog.Video:
		return draftFieldOf(fact.Name, readList(readVideo), at)
	default:
		panic("catjson: facts of the type of " + fact.Name + " cannot be read") //nolint:forbidigo // a kind of fact without code; every test finds it
	}
}

func textReader(fact catalog.Fact) reader[string] {
	switch {
	case fact.Name == "name":
		return readText
	case fact.Name == "url":
		return readURL
	case fact.Name == "status":
		return readStatus
	case fact.Name == "sex":
		return readSex
	case strings.HasPrefix(fact.Name, "breed."):
		return readTermName("breed")
	case fact.Name == "colors.pattern":
		return readTermName("pattern")
	case strings.HasPrefix(fact.Name, "colors."):
		return readTermName("color")
	case fact.Name == "age_group":
		return readTerm(parseAgeGroup)
	case fact.Name == "coat":
		return readTerm(vocab.ParseCoat)
	case fact.Name == "size":
		return readTerm(vocab.ParseSize)
	case fact.Name == "microchip":
		return readMicrochip
	case fact.Kind == catalog.KindProse:
		return readProse
	case fact.Kind == catalog.KindText:
		return readLine
	default:
		return readText
	}
}

func timeReader(fact catalog.Fact) reader[time.Time] {
	switch {
	case fact.Name == "birth.date":
		return readBirthDate
	case fact.Kind == catalog.KindDate:
		return readDay
	default:
		return readMoment
	}
}

// reader reads a JSON value that is not null. It adds errors to the draft.
type reader[T any] func(d *Draft, f *draftField, v gjson.Result) T

func draftFieldOf[T any](name string, read reader[T], at func(*catalog.Facts) *T) draftField {
	return draftField{
		name:    name,
		pointer: "/" + strings.ReplaceAll(name, ".", "/"),
		read:    func(d *Draft, f *draftField, v gjson.Result) { *at(&d.facts) = read(d, f, v) },
		copy:    func(to, from *catalog.Facts) { *at(to) = *at(from) },
		value:   func(f *catalog.Facts) any { return *at(f) },
		keeps:   false,
		nonNull: false,
	}
}

// object returns the object that holds the field, or the field's own name.
// Unparsed words are kept under this name.
func (f *draftField) object() string {
	object, _, _ := strings.Cut(f.name, ".")
	return object
}

// scalarAliases names the field that is set if a string is sent instead of an object.
var scalarAliases = map[string]string{"breed": "breed.words", "colors": "colors.words", "birth": "birth.date"}
