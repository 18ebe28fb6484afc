package catjson

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Draft is what a source says of a cat, read from JSON. A draft with faults is
// not to be laid.
type Draft struct {
	ExternalID string
	said       catalog.Facts
	named      presentFields
	Bad        catalog.FieldErrors

	today   time.Time
	altered *bool             // as told beside the sex, in "Spayed Female"
	exact   catalog.Precision // of the birth, as its form tells
}

// presentFields is a set of fields, by their index in DraftFields.
type presentFields [2]uint64

func (s *presentFields) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

func (s *presentFields) add(i int) { s[i/64] |= 1 << (i % 64) }

// addAll adds the fields of o.
func (s *presentFields) addAll(o presentFields) { s[0], s[1] = s[0]|o[0], s[1]|o[1] }

// without returns the fields of s that are not in o.
func (s presentFields) without(o presentFields) presentFields {
	return presentFields{s[0] &^ o[0], s[1] &^ o[1]}
}

// intersects reports whether a field is in both sets.
func (s presentFields) intersects(o presentFields) bool { return s[0]&o[0]|s[1]&o[1] != 0 }

// draftNames are the fields that a body can name.
type draftNames struct {
	index   map[string]int           // of a field
	objects map[string]presentFields // the fields of an object
	words   presentFields            // the fields that stand for others of their object
	Under   map[string][]string      // the names in an object, or with "" at the top, that a body can have
}

var DraftIndex = sync.OnceValue(func() draftNames {
	n := draftNames{index: map[string]int{}, objects: map[string]presentFields{}, words: presentFields{}, Under: map[string][]string{"": {"external_id"}}}
	for i, f := range DraftFields() {
		n.index[f.Name] = i
		object, name, nested := strings.Cut(f.Name, ".")
		if !nested {
			n.Under[""] = append(n.Under[""], f.Name)
			continue
		}
		members, known := n.objects[object]
		if !known {
			n.Under[""] = append(n.Under[""], object)
		}
		members.add(i)
		n.objects[object] = members
		if name == "words" {
			n.words.add(i)
		}
		n.Under[object+"."] = append(n.Under[object+"."], name)
	}
	return n
})

// MaxErrors is how many faults of one cat are told.
const MaxErrors = 20

// Read reads a JSON value that is known to be valid. Where the address
// names the cat by an external id already, the body can only repeat it.
func Read(v gjson.Result, externalID string, today time.Time) *Draft {
	d := NewDraft(externalID, today)
	if !v.IsObject() {
		d.wrong("", v, "an object")
		return d
	}
	d.readObject("", v)
	d.finish()
	return d
}

func NewDraft(externalID string, today time.Time) *Draft {
	return &Draft{ExternalID: externalID, said: catalog.Facts{}, named: presentFields{}, Bad: nil, today: today, altered: nil, exact: ""}
}

// readObject reads the fields that stand under a prefix: nothing, or the name of an object and a dot.
func (d *Draft) readObject(prefix string, v gjson.Result) {
	names := DraftIndex()
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
		return len(d.Bad) < MaxErrors
	})
}

func (d *Draft) readField(i int, v gjson.Result) {
	f := &DraftFields()[i]
	if d.named.has(i) {
		d.Fault(f.pointer, "duplicate", "Stands here twice.")
		return
	}
	d.named.add(i)
	switch {
	case v.Type != gjson.Null:
		f.read(d, f, v)
	case f.nonNull:
		d.Fault(f.pointer, "wrong_type", "Cannot be null. Leave it out to keep what is.")
	}
}

// readPart reads what stands where an object belongs. Null makes all of it unknown.
func (d *Draft) readPart(name string, fields presentFields, v gjson.Result) {
	short, takesText := scalarAliases[name]
	switch {
	case v.IsObject():
		d.readObject(name+".", v)
	case v.Type == gjson.Null:
		d.named.addAll(fields.without(DraftIndex().words))
	case v.Type == gjson.String && takesText:
		d.readField(DraftIndex().index[short], v)
	case takesText:
		d.wrong("/"+name, v, "an object or a text")
	default:
		d.wrong("/"+name, v, "an object")
	}
}

func (d *Draft) readExternalID(v gjson.Result) {
	if v.Type != gjson.String {
		d.wrong("/external_id", v, "a text")
		return
	}
	if d.ExternalID != "" && d.ExternalID != v.Str {
		d.Fault("/external_id", "conflict", fmt.Sprintf("Is %q, but the address says %q.", v.Str, d.ExternalID))
		return
	}
	d.ExternalID = strings.TrimSpace(v.Str)
}

// finish settles what several fields tell together.
func (d *Draft) finish() {
	name := func(field string) { d.named.add(DraftIndex().index[field]) }
	for _, object := range []string{"breed", "colors"} {
		if d.names(object+".words") && d.named.intersects(DraftIndex().objects[object].without(DraftIndex().words)) {
			d.Fault("/"+object, "conflict", "Say it in words or by names, not both.")
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

func (d *Draft) unknown(prefix, name string) {
	pointer := "/" + strings.ReplaceAll(prefix, ".", "/") + binding.PointerToken(name)
	known := DraftIndex().Under[prefix]
	said := fmt.Sprintf("There is no field %q.", name)
	if prefix == "" && slices.Contains(ReadOnlyFields, name) {
		d.Fault(pointer, "read_only", fmt.Sprintf("%q is for us to say. Leave it out.", name))
		return
	}
	if near := vocab.Suggest(name, known); near != "" {
		said = fmt.Sprintf("There is no field %q; did you mean %q?", name, near)
	}
	d.Fault(pointer, "unknown_field", said)
}

func (d *Draft) Fault(pointer, code, message string) { d.Bad.Check(false, pointer, code, message) }

// wrong notes that a value is of the wrong type.
func (d *Draft) wrong(pointer string, v gjson.Result, want string) {
	d.Fault(pointer, "wrong_type", fmt.Sprintf("Is %s where %s belongs.", kindOfJSON(v), want))
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

// ParseJSON parses what is one JSON value, with nothing after it. The standard
// library judges it, for it bounds how deep values may nest; gjson then finds
// its way in it without taking it apart first.
func ParseJSON(body []byte) (gjson.Result, error) {
	if !json.Valid(body) {
		if len(strings.TrimSpace(string(body))) == 0 {
			return gjson.Result{}, io.EOF
		}
		var value json.RawMessage
		return gjson.Result{}, json.Unmarshal(body, &value)
	}
	return gjson.ParseBytes(body), nil
}

// HasOnly reports whether the draft has one field and no other.
func (d *Draft) HasOnly(field string) bool {
	var only presentFields
	only.add(DraftIndex().index[field])
	return d.named == only
}
