package catjson

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// readOnlyFields are the fields of a cat that the service sets.
var readOnlyFields = []string{"id", "number", "version", "shelter_id", "source", "confirmed_at", "age_months", "unparsed", "stale", "adventure", "impression", "listing_reading", "created_at", "updated_at", "attribution", "shelter", "bonded_cats", "warnings"}

// readOnlyMember is a read-only field as it was sent.
type readOnlyMember struct {
	name  string
	value gjson.Result
}

// HasReadOnly reports whether the draft contains fields that only the service sets.
func (d *Draft) HasReadOnly() bool { return len(d.readOnly) > 0 }

// RefuseReadOnly adds an error for each read-only field.
func (d *Draft) RefuseReadOnly() { d.Errs = append(d.Errs, d.refusals()...) }

// refusals returns an error for each read-only field.
func (d *Draft) refusals() (errs catalog.FieldErrors) {
	for _, sent := range d.readOnly {
		errs.Check(false, "/"+binding.PointerToken(sent.name), errcode.ReadOnly, fmt.Sprintf("Field %q is read-only; omit it.", sent.name))
	}
	return errs
}

// CheckReadOnly adds an error for each read-only field whose value differs from that of
// the cat as it is stored, encoded as responses encode it. The warnings of an earlier
// response and the IDs of bonded cats are not stored with the cat, and may be any.
func (d *Draft) CheckReadOnly(stored []byte) { d.Errs = append(d.Errs, d.differences(stored)...) }

// differences returns the errors of CheckReadOnly.
func (d *Draft) differences(stored []byte) (errs catalog.FieldErrors) {
	current := gjson.ParseBytes(stored)
	for _, sent := range d.readOnly {
		value := current.Get(sent.name)
		if sent.name == "warnings" || sent.name == "bonded_cats" || equalJSON(sent.value, value) {
			continue
		}
		message := fmt.Sprintf("Field %q is read-only and differs from the stored value. Omit it, or get the cat again.", sent.name)
		if !value.IsObject() && !value.IsArray() && value.Exists() {
			message = fmt.Sprintf("Field %q is read-only and is %s; got %.100s. Omit it, or get the cat again.", sent.name, value.Raw, sent.value.Raw)
		}
		errs.Check(false, "/"+binding.PointerToken(sent.name), errcode.ReadOnly, message)
	}
	return errs
}

// equalJSON reports whether two values mean the same: an absent member is null, and times
// are compared as instants.
func equalJSON(a, b gjson.Result) bool {
	switch {
	case a.IsObject() && b.IsObject():
		return equalMembers(a.Map(), b.Map())
	case a.IsArray() && b.IsArray():
		return slices.EqualFunc(a.Array(), b.Array(), equalJSON)
	case a.Type != b.Type:
		return false
	case a.Type == gjson.String:
		return a.Str == b.Str || equalTimes(a.Str, b.Str)
	case a.Type == gjson.Number:
		return a.Num == b.Num
	default:
		return a.Type != gjson.JSON
	}
}

func equalMembers(a, b map[string]gjson.Result) bool {
	for name := range maps.Keys(a) {
		if !equalJSON(a[name], b[name]) {
			return false
		}
	}
	for name := range maps.Keys(b) {
		if !equalJSON(a[name], b[name]) {
			return false
		}
	}
	return true
}

func equalTimes(a, b string) bool {
	x, err := time.Parse(time.RFC3339, a)
	if err != nil {
		return false
	}
	y, err := time.Parse(time.RFC3339, b)
	return err == nil && x.Equal(y)
}

// keepDerived restores what a cat that was read and is sent back states only because the
// service derived it from the facts known before the edit: the summary from the description,
// the age group from the birth, the day of the adoption from the former status. It also restores words that were not
// understood, for facts that the edit does not change, if the draft contains them.
func (d *Draft) keepDerived(f *catalog.Facts, known catalog.Facts) {
	if d.has("summary") && known.Summary == "" && f.Summary == known.Excerpt() {
		f.Summary = ""
	}
	if d.has("age_group") && known.AgeGroup == "" && f.AgeGroup == known.AgeGroupOn(d.today) {
		f.AgeGroup = ""
	}
	if f.Status != known.Status && f.AdoptedOn.Equal(known.AdoptedOn) && f.Status != catalog.Adopted && f.Status != catalog.Removed {
		f.AdoptedOn = time.Time{}
	}
	if !slices.ContainsFunc(d.readOnly, func(m readOnlyMember) bool { return m.name == "unparsed" }) {
		return
	}
	for object, words := range known.Unparsed {
		if f.Unparsed[object] == "" && !differIn(object, f, &known) {
			f.KeepUnparsed(object, words)
		}
	}
}

// differIn reports whether facts differ in an object, or in a field outside objects.
func differIn(object string, a, b *catalog.Facts) bool {
	return slices.ContainsFunc(draftFields(), func(field draftField) bool {
		return field.object() == object && !reflect.DeepEqual(field.value(a), field.value(b))
	})
}
