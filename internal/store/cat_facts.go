package store

import (
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"trailcat/internal/catalog"
)

// storedNames names the members of a cat's document whose name is not that of
// the fact in the API. The names are short because every cat has them. A stored
// name keeps its meaning forever.
var storedNames = map[string]string{
	"status_reason": "reason", "available_on": "from", "adopted_on": "adopted", "birth.date": "born", "birth.precision": "born_to", "age_group": "age",
	"breed.primary": "breed", "breed.secondary": "breed2", "breed.mixed": "mixed", "breed.unknown": "breed?",
	"colors.primary": "color", "colors.secondary": "color2", "colors.tertiary": "color3", "colors.pattern": "pattern",
	"weight_kg": "kg", "girth_cm": "girth", "body_length_cm": "length", "good_with.children": "children", "good_with.dogs": "dogs", "good_with.cats": "cats",
	"house_trained": "trained", "special_needs": "needs", "special_needs_notes": "needs_notes", "shots_current": "shots", "microchipped": "chip", "indoor_only": "indoor",
	"traits.energy": "energy", "traits.leash": "leash", "traits.travel": "travel", "traits.crate": "crate", "traits.tags": "tags", "bonded_with": "bonded",
	"fee.amount_minor": "fee", "fee.currency": "fee_in", "fee.waived": "waived", "foster_postal_code": "foster",
}

// columnNames are the facts that are columns of the table cats.
var columnNames = []string{"name", "status", "status_changed_at", "listed_at", "description", "microchip"}

// catDocument is a cat's document: a struct with one field per fact without a
// column, one for unparsed words and one for the reading of the listing. The struct is
// made from the table of facts.
type catDocument struct {
	reflect.Value

	pointer  any   // to the struct
	pointers []any // to its fields
}

// documentField is a field of the document. Both functions are given its address.
type documentField struct {
	reflect.StructField

	set  func(field any, c *catalog.Cat) // sets the field to the fact
	read func(field any, c *catalog.Cat) // sets the fact to the field
}

// documentFields are the fields of the document in the order in which they are written.
var documentFields = sync.OnceValue(func() []documentField {
	facts := slices.DeleteFunc(slices.Clone(catalog.FactTable()), func(f catalog.Fact) bool { return slices.Contains(columnNames, f.Name) })
	// Documents begin with the URL, which comes later in the table.
	i := slices.IndexFunc(facts, func(f catalog.Fact) bool { return f.Name == "url" })
	url := facts[i]
	facts = slices.Insert(slices.Delete(facts, i, i+1), 0, url)
	var fields []documentField
	for _, fact := range facts {
		name, ok := storedNames[fact.Name]
		if !ok {
			name = fact.Name
		}
		fields = append(fields, newDocumentField(fact).named(name))
	}
	return append(fields, plainField(func(f *catalog.Facts) *map[string]string { return &f.Unparsed }).named("raw"), readingField().named("read"))
})

var documentType = sync.OnceValue(func() reflect.Type {
	fields := make([]reflect.StructField, len(documentFields()))
	for i, f := range documentFields() {
		fields[i] = f.StructField
		fields[i].Name = "F" + strconv.Itoa(i)
	}
	return reflect.StructOf(fields)
})

// catDocuments are reused, because a document is as large as a cat.
var catDocuments = sync.Pool{New: func() any {
	document := reflect.New(documentType())
	d := &catDocument{Value: document.Elem(), pointer: document.Interface(), pointers: make([]any, document.Elem().NumField())}
	for i := range d.pointers {
		d.pointers[i] = d.Field(i).Addr().Interface()
	}
	return d
}}

// encodeFacts returns the document of a cat's facts and of the reading of its listing.
// What is not known is left out.
func encodeFacts(c *catalog.Cat) (string, error) {
	d := catDocuments.Get().(*catDocument)
	defer catDocuments.Put(d)
	fields := documentFields()
	for i := range fields {
		fields[i].set(d.pointers[i], c)
	}
	return encode(d.pointer)
}

// decodeFacts reads a document into a cat. It ignores members that it does not know.
func decodeFacts(document []byte, c *catalog.Cat) error {
	d := catDocuments.Get().(*catDocument)
	defer catDocuments.Put(d)
	d.SetZero()
	if err := decode(document, d.pointer); err != nil {
		return err
	}
	fields := documentFields()
	for i := range fields {
		fields[i].read(d.pointers[i], c)
	}
	return nil
}

// newDocumentField returns the field of a fact. Its name is not set.
func newDocumentField(fact catalog.Fact) documentField {
	switch at := fact.At.(type) {
	case func(*catalog.Facts) *string:
		return plainField(at)
	case func(*catalog.Facts) *time.Time:
		return fieldOf(at, dateOf, date.time)
	case func(*catalog.Facts) **bool:
		return plainField(at)
	case func(*catalog.Facts) *bool:
		return plainField(at)
	case func(*catalog.Facts) **float64:
		return plainField(at)
	case func(*catalog.Facts) **int64:
		return plainField(at)
	case func(*catalog.Facts) *[]string:
		return plainField(at)
	case func(*catalog.Facts) *[]catalog.Photo:
		return fieldOf(at, newPhotos, catalogPhotos)
	case func(*catalog.Facts) *[]catalog.Video:
		return fieldOf(at, newVideos, catalogVideos)
	default:
		panic("store: facts of the type of " + fact.Name + " cannot be stored") //nolint:forbidigo // a kind of fact without code; every test finds it
	}
}

// fieldOf returns a field of type D for a fact of type T.
func fieldOf[T, D any](at func(*catalog.Facts) *T, document func(T) D, fact func(D) T) documentField {
	return documentField{
		StructField: reflect.StructField{Type: reflect.TypeFor[D]()},
		set:         func(field any, c *catalog.Cat) { *field.(*D) = document(*at(&c.Facts)) },
		read:        func(field any, c *catalog.Cat) { *at(&c.Facts) = fact(*field.(*D)) },
	}
}

// plainField returns a field of the type of the fact.
func plainField[T any](at func(*catalog.Facts) *T) documentField {
	return documentField{
		StructField: reflect.StructField{Type: reflect.TypeFor[T]()},
		set:         func(field any, c *catalog.Cat) { *field.(*T) = *at(&c.Facts) },
		read:        func(field any, c *catalog.Cat) { *at(&c.Facts) = *field.(*T) },
	}
}

// readingDoc is the document of the reading of a listing: pairs of a term and a quote,
// and the statements on facts.
type readingDoc struct {
	Terms [][2]string    `json:"t,omitempty"`
	House []householdDoc `json:"h,omitempty"`
	// Impression has the impressions overall and of each activity.
	Impression []string `json:"i,omitempty"`
	Phrases    int      `json:"n,omitempty"`
}

type householdDoc struct {
	Fact   string `json:"fact"`
	Likely bool   `json:"likely,omitempty"`
	Quote  string `json:"quote"`
}

// readingField returns the field of the reading. A listing that says nothing has none.
func readingField() documentField {
	return documentField{
		StructField: reflect.StructField{Type: reflect.TypeFor[*readingDoc]()},
		set:         func(field any, c *catalog.Cat) { *field.(**readingDoc) = newReadingDoc(&c.Reading) },
		read:        func(field any, c *catalog.Cat) { c.Reading = (*field.(**readingDoc)).reading() },
	}
}

func newReadingDoc(r *catalog.ListingReading) *readingDoc {
	if len(r.Temperament)+len(r.Household) == 0 && !r.Impression.Any() {
		return nil
	}
	doc := &readingDoc{
		Terms:      mapSlice(r.Temperament, func(t catalog.TemperamentReading) [2]string { return [2]string{t.Term, t.Quote} }),
		House:      mapSlice(r.Household, func(h catalog.HouseholdReading) householdDoc { return householdDoc(h) }),
		Impression: nil, Phrases: 0,
	}
	if i := &r.Impression; i.Any() {
		doc.Impression, doc.Phrases = append([]string{i.Overall}, i.Activities[:]...), i.Phrases
	}
	return doc
}

// reading returns the zero ListingReading if there is no document.
func (d *readingDoc) reading() catalog.ListingReading {
	if d == nil {
		return catalog.ListingReading{}
	}
	var impression catalog.Impression
	if len(d.Impression) > 0 {
		impression.Overall, impression.Phrases = d.Impression[0], d.Phrases
		copy(impression.Activities[:], d.Impression[1:])
	}
	return catalog.ListingReading{
		Temperament: mapSlice(d.Terms, func(t [2]string) catalog.TemperamentReading {
			return catalog.TemperamentReading{Term: t[0], Quote: t[1]}
		}),
		Household:  mapSlice(d.House, func(h householdDoc) catalog.HouseholdReading { return catalog.HouseholdReading(h) }),
		Impression: impression,
	}
}

func (f documentField) named(name string) documentField {
	f.Tag = reflect.StructTag(`json:"` + name + `,omitempty"`)
	return f
}
