package catjson

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// Draft represents the facts of a cat as a source sent them in JSON. A draft with
// errors must not be applied.
type Draft struct {
	ExternalID string
	facts      catalog.Facts
	present    presentFields // the fields that the JSON contains
	Errs       catalog.FieldErrors

	today          time.Time
	statusReason   string            // parsed from the status, as in "Adoption pending"
	readOnly       []readOnlyMember  // fields that only the service sets, as sent
	altered        *bool             // parsed from the sex, as in "Spayed Female"
	chipped        *bool             // parsed from the microchip
	birthPrecision catalog.Precision // of the form in which the birth was written
}

// presentFields is a set of fields, by their index in draftFields.
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

// draftNames indexes draftFields by name.
type draftNames struct {
	index   map[string]int           // of a field in draftFields
	objects map[string]presentFields // the fields of each object
	words   presentFields            // the fields that are parsed into the others of their object
	under   map[string][]string      // the names in each object, for suggestions; "" is the cat, which has those of its objects, too; other keys end with a dot
}

// draftIndex returns the index of draftFields.
var draftIndex = sync.OnceValue(func() draftNames {
	n := draftNames{index: map[string]int{}, objects: map[string]presentFields{}, words: presentFields{}, under: map[string][]string{"": {"external_id"}}}
	for i, f := range draftFields() {
		n.index[f.name] = i
		object, name, nested := strings.Cut(f.name, ".")
		if !nested {
			n.under[""] = append(n.under[""], f.name)
			continue
		}
		members, known := n.objects[object]
		if !known {
			n.under[""] = append(n.under[""], object)
		}
		members.add(i)
		n.objects[object] = members
		if name == "words" {
			n.words.add(i)
		}
		n.under[""] = append(n.under[""], f.name)
		n.under[object+"."] = append(n.under[object+"."], name)
	}
	return n
})

// MaxErrors is the number of errors after which reading a cat stops.
const MaxErrors = 20

// Read reads a cat from a valid JSON value. If externalID is not empty, an external
// id in the JSON must equal it. Relative ages count from today. Fields that only the
// service sets are errors.
func Read(v gjson.Result, externalID string, today time.Time) *Draft {
	d := ReadBack(v, externalID, today)
	d.RefuseReadOnly()
	return d
}

// ReadBack is Read for a cat that its sender may have read before. The caller must call
// Edit, CheckReadOnly or RefuseReadOnly if HasReadOnly.
func ReadBack(v gjson.Result, externalID string, today time.Time) *Draft {
	d := NewDraft(externalID, today)
	if !v.IsObject() {
		d.wrongType("", v, "an object")
		return d
	}
	d.readObject("", v)
	d.finish()
	return d
}

// NewDraft returns a draft without facts.
func NewDraft(externalID string, today time.Time) *Draft {
	return &Draft{ExternalID: externalID, facts: catalog.Facts{}, present: presentFields{}, Errs: nil, today: today, readOnly: nil, statusReason: "", altered: nil, chipped: nil, birthPrecision: ""}
}

// readObject reads the members of an object. The prefix is empty for the cat itself,
// or the name of an object and a dot.
func (d *Draft) readObject(prefix string, v gjson.Result) {
	names := draftIndex()
	v.ForEach(func(key, value gjson.Result) bool {
		name := key.Str
		if prefix != "" {
			name = prefix + name
		}
		if i, ok := names.index[name]; ok {
			d.readField(i, value)
		} else if fields, ok := names.objects[name]; ok {
			d.readMemberObject(name, fields, value)
		} else if name == "external_id" {
			d.readExternalID(value)
		} else {
			d.readUnknown(prefix, key.Str, value)
		}
		return len(d.Errs) < MaxErrors
	})
}

func (d *Draft) readField(i int, v gjson.Result) {
	f := &draftFields()[i]
	if d.present.has(i) {
		d.AddError(f.pointer, errcode.Duplicate, "Field appears more than once.")
		return
	}
	d.present.add(i)
	switch {
	case v.Type != gjson.Null:
		f.read(d, f, v)
	case f.nonNull:
		d.AddError(f.pointer, errcode.WrongType, "Must not be null; omit the field to keep its value.")
	}
}

// readMemberObject reads the value of an object within the cat, such as good_with.
// Null makes all its facts unknown. Some objects can be sent as a string.
func (d *Draft) readMemberObject(name string, fields presentFields, v gjson.Result) {
	alias, allowsString := scalarAliases[name]
	switch {
	case v.IsObject():
		d.readObject(name+".", v)
	case v.Type == gjson.Null:
		d.present.addAll(fields.without(draftIndex().words))
	case v.Type == gjson.String && allowsString:
		d.readField(draftIndex().index[alias], v)
	case allowsString:
		d.wrongType("/"+name, v, "an object or a string")
	default:
		d.wrongType("/"+name, v, "an object")
	}
}

func (d *Draft) readExternalID(v gjson.Result) {
	if v.Type != gjson.String {
		d.wrongType("/external_id", v, "a string")
		return
	}
	if d.ExternalID != "" && d.ExternalID != v.Str {
		d.AddError("/external_id", errcode.Conflict, fmt.Sprintf("Must be %q, the external id in the URL; got %q.", d.ExternalID, v.Str))
		return
	}
	d.ExternalID = strings.TrimSpace(v.Str)
}

// finish derives facts from several fields, and marks derived facts as present.
func (d *Draft) finish() {
	markPresent := func(field string) { d.present.add(draftIndex().index[field]) }
	for _, object := range []string{"breed", "colors"} {
		if d.has(object+".words") && d.present.intersects(draftIndex().objects[object].without(draftIndex().words)) {
			d.AddError("/"+object, errcode.Conflict, fmt.Sprintf("Send %s.words or its other fields, not both.", object))
		}
	}
	if d.birthPrecision != "" && !d.has("birth.precision") {
		d.facts.Birth.Precision = d.birthPrecision
	}
	if d.has("birth.date") && !d.facts.Birth.On.IsZero() || d.has("age") {
		markPresent("birth.date")
		markPresent("birth.precision")
	}
	if d.facts.AgeGroup != "" {
		markPresent("age_group")
	}
	if d.statusReason != "" && !d.has("status_reason") {
		d.facts.StatusReason = d.statusReason
		markPresent("status_reason")
	}
	if d.altered != nil && !d.has("altered") {
		d.facts.Altered = d.altered
		markPresent("altered")
	}
	if d.chipped != nil && !d.has("microchipped") {
		d.facts.Microchipped = d.chipped
		markPresent("microchipped")
	}
	d.replacePlaceholderName()
	if d.facts.Breed.Primary != "" && !d.has("breed.words") && !d.has("breed.unknown") {
		markPresent("breed.unknown")
	}
	d.facts.Fee.Currency = strings.ToUpper(d.facts.Fee.Currency)
}

// replacePlaceholderName lets the shelter's ID of the cat stand in for a name such as "N/A".
func (d *Draft) replacePlaceholderName() {
	if name := d.facts.Name; name != "" && d.ExternalID != "" && vocab.IsPlaceholder(name) {
		d.facts.Name = d.ExternalID
		d.facts.KeepUnparsed("name", name)
	}
}

// readUnknown keeps a read-only field, and adds the error for one that does not exist.
func (d *Draft) readUnknown(prefix, name string, v gjson.Result) {
	if prefix == "" && slices.Contains(readOnlyFields, name) {
		d.readOnly = append(d.readOnly, readOnlyMember{name, v})
		return
	}
	pointer := "/" + strings.ReplaceAll(prefix, ".", "/") + binding.PointerToken(name)
	d.AddError(pointer, errcode.UnknownField, binding.UnknownField(name, draftIndex().under[prefix]))
}

// AddError adds an error about the value at a JSON pointer.
func (d *Draft) AddError(pointer string, code errcode.Code, message string) {
	d.Errs.Check(false, pointer, code, message)
}

// wrongType adds the error for a value of the wrong type.
func (d *Draft) wrongType(pointer string, v gjson.Result, want string) {
	d.AddError(pointer, errcode.WrongType, fmt.Sprintf("Expected %s, got %s.", want, jsonType(v)))
}

// jsonType returns the type of a value as messages name it.
func jsonType(v gjson.Result) string {
	switch {
	case v.Type == gjson.Null:
		return "null"
	case v.Type == gjson.String:
		return "a string"
	case v.Type == gjson.Number:
		return "a number"
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "an array"
	default:
		return "a boolean"
	}
}

// ParseJSON parses a body that is exactly one JSON value. It returns io.EOF for an
// empty body. The standard library validates the body, because it limits the depth
// of nesting; gjson then reads values without decoding the whole.
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

// Unparsed returns the words of the draft that were not understood, by field.
func (d *Draft) Unparsed() map[string]string { return d.facts.Unparsed }

// PhotoEntry is an entry of a list of photos that came with files: a file, by the name of its
// field, or a photo on the web.
type PhotoEntry struct {
	catalog.Photo

	File string
}

// ReadPhotoOrder reads an array of photos that came with files.
func ReadPhotoOrder(text []byte) ([]PhotoEntry, catalog.FieldErrors) {
	var d Draft
	v, err := ParseJSON(text)
	if err != nil || !v.IsArray() {
		d.AddError("", errcode.WrongType, `The field photos must be a JSON array, such as [{"file":"front"},{"url":"https://example.org/2.jpg"}].`)
		return nil, d.Errs
	}
	var out []PhotoEntry
	v.ForEach(func(_, item gjson.Result) bool {
		if len(out) == catalog.MaxPhotos {
			d.AddError("", errcode.TooMany, fmt.Sprintf("Must have at most %d entries.", catalog.MaxPhotos))
			return false
		}
		pointer := "/" + strconv.Itoa(len(out))
		var entry PhotoEntry
		entry.Photo = d.readPhoto(pointer, item, func(at string, v gjson.Result) { entry.File = d.text(at, v) })
		if (entry.File == "") == (entry.URL == "") {
			d.AddError(pointer, errcode.Conflict, "Must have either a file or a url.")
		}
		out = append(out, entry)
		return len(d.Errs) < MaxErrors
	})
	return out, d.Errs
}

// ReadPhotos reads the photos of a cat from an object that has no other field. Null is an
// error: it would not say whether the cat has no photos or whether they are unknown.
func ReadPhotos(v gjson.Result, externalID string, today time.Time) *Draft {
	d := Read(v, externalID, today)
	var photos presentFields
	photos.add(draftIndex().index["photos"])
	switch {
	case len(d.Errs) > 0:
	case d.present != photos:
		d.AddError("/photos", errcode.Required, "Expected an object with the field photos and no other field.")
	case v.Get("photos").Type == gjson.Null:
		d.AddError("/photos", errcode.WrongType, "Expected an array, got null. Send [] to remove all photos.")
	}
	return d
}
