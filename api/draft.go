package api

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// draft is what a source says of a cat, read from JSON. A draft with faults is
// not to be laid.
type draft struct {
	externalID string
	said       catalog.Facts
	named      presentFields
	bad        catalog.FieldErrors

	today   time.Time
	altered *bool             // as told beside the sex, in "Spayed Female"
	exact   catalog.Precision // of the birth, as its form tells
}

// presentFields is a set of draftFields, by index.
type presentFields uint64

func (s presentFields) has(i int) bool { return s>>i&1 == 1 }

func (s *presentFields) add(i int) { *s |= 1 << i }

// draftNames are the fields that a body can name.
type draftNames struct {
	index   map[string]int           // of a field
	objects map[string]presentFields // the fields of an object
	words   presentFields            // the fields that stand for others of their object
	under   map[string][]string      // the names in an object, or with "" at the top, that a body can have
}

var draftIndex = sync.OnceValue(func() draftNames {
	n := draftNames{index: map[string]int{}, objects: map[string]presentFields{}, words: 0, under: map[string][]string{"": {"external_id"}}}
	for i, f := range draftFields {
		n.index[f.name] = i
		object, name, nested := strings.Cut(f.name, ".")
		if !nested {
			n.under[""] = append(n.under[""], f.name)
			continue
		}
		if n.objects[object] == 0 {
			n.under[""] = append(n.under[""], object)
		}
		n.objects[object] |= 1 << i
		if name == "words" {
			n.words.add(i)
		}
		n.under[object+"."] = append(n.under[object+"."], name)
	}
	return n
})

// maxErrors is how many faults of one cat are told.
const maxErrors = 20

// readDraft reads a JSON value that is known to be valid. Where the address
// names the cat by an external id already, the body can only repeat it.
func readDraft(v gjson.Result, externalID string, today time.Time) *draft {
	d := newDraft(externalID, today)
	if !v.IsObject() {
		d.wrong("", v, "an object")
		return d
	}
	d.readObject("", v)
	d.finish()
	return d
}

func newDraft(externalID string, today time.Time) *draft {
	return &draft{externalID: externalID, said: catalog.Facts{}, named: 0, bad: nil, today: today, altered: nil, exact: ""}
}

// readObject reads the fields that stand under a prefix: nothing, or the name of an object and a dot.
func (d *draft) readObject(prefix string, v gjson.Result) {
	names := draftIndex()
	v.ForEach(func(key, value gjson.Result) bool {
		name := key.Str
		if prefix != "" {
			name = prefix + name
		}
		if i, ok := names.index[name]; ok {
			d.readField(i, value)
		} else if fields, ok := names.objects[name]; ok {
			d.readPart(name, fields, value)
		} else if name == "external_id" {
			d.readExternalID(value)
		} else {
			d.unknown(prefix, key.Str)
		}
		return len(d.bad) < maxErrors
	})
}

func (d *draft) readField(i int, v gjson.Result) {
	f := &draftFields[i]
	if d.named.has(i) {
		d.fault(f.pointer, "duplicate", "Stands here twice.")
		return
	}
	d.named.add(i)
	switch {
	case v.Type != gjson.Null:
		f.read(d, f, v)
	case f.solid:
		d.fault(f.pointer, "wrong_type", "Cannot be null. Leave it out to keep what is.")
	}
}

// readPart reads what stands where an object belongs. Null makes all of it unknown.
func (d *draft) readPart(name string, fields presentFields, v gjson.Result) {
	short, takesText := scalarAliases[name]
	switch {
	case v.IsObject():
		d.readObject(name+".", v)
	case v.Type == gjson.Null:
		d.named |= fields &^ draftIndex().words
	case v.Type == gjson.String && takesText:
		d.readField(draftIndex().index[short], v)
	case takesText:
		d.wrong("/"+name, v, "an object or a text")
	default:
		d.wrong("/"+name, v, "an object")
	}
}

func (d *draft) readExternalID(v gjson.Result) {
	if v.Type != gjson.String {
		d.wrong("/external_id", v, "a text")
		return
	}
	if d.externalID != "" && d.externalID != v.Str {
		d.fault("/external_id", "conflict", fmt.Sprintf("Is %q, but the address says %q.", v.Str, d.externalID))
		return
	}
	d.externalID = strings.TrimSpace(v.Str)
}

// finish settles what several fields tell together.
func (d *draft) finish() {
	name := func(field string) { d.named.add(draftIndex().index[field]) }
	for _, object := range []string{"breed", "colors"} {
		if d.names(object+".words") && d.named&draftIndex().objects[object]&^draftIndex().words != 0 {
			d.fault("/"+object, "conflict", "Say it in words or by names, not both.")
		}
	}
	if d.exact != "" && !d.names("birth.precision") {
		d.said.Birth.Precision = d.exact
	}
	if d.names("birth.date") && !d.said.Birth.On.IsZero() || d.names("age") {
		name("birth.date")
		name("birth.precision")
	}
	if d.said.AgeGroup != "" {
		name("age_group")
	}
	if d.altered != nil && !d.names("altered") {
		d.said.Altered = d.altered
		name("altered")
	}
	if d.said.MicrochipHash != "" && !d.names("microchipped") {
		d.said.Microchipped = new(true)
		name("microchipped")
	}
	if d.said.Breed.Primary != "" && !d.names("breed.words") && !d.names("breed.unknown") {
		name("breed.unknown")
	}
	d.said.Fee.Currency = strings.ToUpper(d.said.Fee.Currency)
}

func (d *draft) unknown(prefix, name string) {
	pointer := "/" + strings.ReplaceAll(prefix, ".", "/") + pointerToken(name)
	known := draftIndex().under[prefix]
	said := fmt.Sprintf("There is no field %q.", name)
	if prefix == "" && slices.Contains(readOnlyFields, name) {
		d.fault(pointer, "read_only", fmt.Sprintf("%q is for us to say. Leave it out.", name))
		return
	}
	if near := vocab.Suggest(name, known); near != "" {
		said = fmt.Sprintf("There is no field %q; did you mean %q?", name, near)
	}
	d.fault(pointer, "unknown_field", said)
}

func (d *draft) fault(pointer, code, message string) { d.bad.Check(false, pointer, code, message) }

// wrong notes that a value is of the wrong type.
func (d *draft) wrong(pointer string, v gjson.Result, want string) {
	d.fault(pointer, "wrong_type", fmt.Sprintf("Is %s where %s belongs.", kindOfJSON(v), want))
}

func kindOfJSON(v gjson.Result) string {
	switch {
	case v.Type == gjson.Null:
		return "null"
	case v.Type == gjson.String:
		return "a text"
	case v.Type == gjson.Number:
		return "a number"
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "a list"
	default:
		return "true or false"
	}
}
