package catjson

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
	"trailcat/internal/vocab"
)

// longestText is the most letters that a text which is no prose may have, and
// longestList the most entries of a list.
const (
	longestText = 2000
	longestList = 50
)

func readText(d *Draft, f *draftField, v gjson.Result) string { return d.text(f.pointer, v) }

func (d *Draft) text(pointer string, v gjson.Result) string {
	if v.Type != gjson.String {
		d.wrong(pointer, v, "a text")
		return ""
	}
	if utf8.RuneCountInString(v.Str) > longestText {
		d.Fault(pointer, "too_long", fmt.Sprintf("Is longer than %d letters.", longestText))
	}
	return v.Str
}

// readProse reads a text for people, which may come as HTML.
func readProse(d *Draft, f *draftField, v gjson.Result) string {
	if v.Type != gjson.String {
		d.wrong(f.pointer, v, "a text")
		return ""
	}
	said := v.Str
	if strings.ContainsAny(said, "<&") {
		said = ingest.PlainText(said)
	}
	if len(said) > catalog.MaxDescription {
		d.Fault(f.pointer, "too_long", fmt.Sprintf("Is longer than %d bytes.", catalog.MaxDescription))
	}
	return said
}

// readTerm reads a word of a vocabulary as shelters write it.
func readTerm[T ~string](parse func(string) (T, string)) reader[string] {
	read := readWords(parse)
	return func(d *Draft, f *draftField, v gjson.Result) string { return string(read(d, f, v)) }
}

// readWords reads what shelters write, and keeps what was not understood.
func readWords[T any](read func(string) (T, string)) reader[T] {
	return func(d *Draft, f *draftField, v gjson.Result) T {
		value, left := read(d.text(f.pointer, v))
		d.keepUnparsed(f, left)
		return value
	}
}

func (d *Draft) keepUnparsed(f *draftField, left string) {
	if left != "" {
		d.said.KeepUnparsed(f.topic(), left)
	}
}

func breedOf(said string) (vocab.Breed, string) { return vocab.ParseBreed(said) }

func colorsOf(said string) (vocab.Colors, string) { return vocab.ParseColors(said) }

func ageGroupOf(said string) (vocab.AgeGroup, string) {
	if group := vocab.AgeGroup(strings.ToLower(strings.TrimSpace(said))); slices.Contains(vocab.AgeGroups(), group) {
		return group, ""
	}
	age, _, left := vocab.ParseAge(said)
	return age.Group, left
}

// readSex reads a sex, beside which many write whether the cat is altered.
func readSex(d *Draft, f *draftField, v gjson.Result) string {
	sex, altered, left := vocab.ParseSex(d.text(f.pointer, v))
	d.altered = altered
	d.keepUnparsed(f, left)
	return string(sex)
}

// readAge reckons the birth from an age, unless the draft tells the birth. An
// age that is a mere group is kept as that.
func readAge(d *Draft, f *draftField, v gjson.Result) catalog.Birth {
	age, known, left := vocab.ParseAge(d.text(f.pointer, v))
	d.keepUnparsed(f, left)
	if !known || !d.said.Birth.On.IsZero() {
		return d.said.Birth
	}
	if on, ok := age.BirthDate(d.today); ok {
		return catalog.Birth{On: on, Precision: catalog.Precision(age.Precision)}
	}
	d.said.AgeGroup = age.Group
	return d.said.Birth
}

// birthForms are the ways to write when a cat was born, and how exact they are.
var birthForms = []struct {
	layout string
	is     catalog.Precision
}{{time.DateOnly, catalog.ToTheDay}, {"2006-01", catalog.ToTheMonth}, {"2006", catalog.ToTheYear}, {time.RFC3339Nano, catalog.ToTheDay}}

// readBirthDate reads a date of birth. Its form says how exact it is, where
// nothing else does.
func readBirthDate(d *Draft, f *draftField, v gjson.Result) time.Time {
	said := d.text(f.pointer, v)
	for _, form := range birthForms {
		if t, err := time.Parse(form.layout, said); err == nil {
			d.exact = form.is
			return t
		}
	}
	if v.Type == gjson.String {
		d.Fault(f.pointer, "malformed", "Is not a date such as 2023-04-01, a month such as 2023-04, or a year.")
	}
	return time.Time{}
}

func readMoment(d *Draft, f *draftField, v gjson.Result) time.Time {
	said := d.text(f.pointer, v)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, said); err == nil {
			return t
		}
	}
	if v.Type == gjson.String {
		d.Fault(f.pointer, "malformed", "Is not a time such as 2026-11-20T09:00:00Z, nor a date such as 2026-11-20.")
	}
	return time.Time{}
}

func readDay(d *Draft, f *draftField, v gjson.Result) time.Time {
	said := d.text(f.pointer, v)
	t, err := time.Parse(time.DateOnly, said)
	if err != nil && v.Type == gjson.String {
		d.Fault(f.pointer, "malformed", "Is not a date such as 2026-11-20.")
	}
	return t
}

func readAnswer(d *Draft, f *draftField, v gjson.Result) *bool {
	if !v.IsBool() {
		d.wrong(f.pointer, v, "true or false")
		return nil
	}
	return new(v.Bool())
}

func readYes(d *Draft, f *draftField, v gjson.Result) bool {
	is := readAnswer(d, f, v)
	return is != nil && *is
}

func readAmount(d *Draft, f *draftField, v gjson.Result) *float64 {
	if v.Type != gjson.Number {
		d.wrong(f.pointer, v, "a number")
		return nil
	}
	return new(v.Num)
}

func readWhole(d *Draft, f *draftField, v gjson.Result) *int64 {
	n, ok := d.whole(f.pointer, v)
	if !ok {
		return nil
	}
	return &n
}

// whole takes 5.0 for 5, which some languages write for it.
func (d *Draft) whole(pointer string, v gjson.Result) (int64, bool) {
	const exact = 1 << 53
	if v.Type != gjson.Number || v.Num != math.Trunc(v.Num) || math.Abs(v.Num) > exact {
		d.wrong(pointer, v, "a whole number")
		return 0, false
	}
	return int64(v.Num), true
}

func readMicrochip(d *Draft, f *draftField, v gjson.Result) string {
	return catalog.HashMicrochip(d.text(f.pointer, v))
}
