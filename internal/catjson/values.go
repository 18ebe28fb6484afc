package catjson

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/ingest"
	"trailcat/internal/vocab"
)

// The limits of values that the catalog does not limit.
const (
	MaxTextLength = 2000 // characters, except for prose
	maxListLength = 50   // entries
)

func readText(d *Draft, f *draftField, v gjson.Result) string {
	return ingest.DecodeEntities(d.text(f.pointer, v))
}

// readLine reads free text of one line. Software that has no null sends a placeholder.
func readLine(d *Draft, f *draftField, v gjson.Result) string {
	return withoutPlaceholder(readText(d, f, v))
}

// readURL reads the address of a page or a file, which may lack its protocol.
func readURL(d *Draft, f *draftField, v gjson.Result) string { return d.url(f.pointer, v) }

func (d *Draft) url(pointer string, v gjson.Result) string {
	return ingest.CompleteURL(d.text(pointer, v))
}

// withoutPlaceholder returns a text, or "" if it has a word for a missing value, such as
// "N/A".
func withoutPlaceholder(text string) string {
	if vocab.IsPlaceholder(text) {
		return ""
	}
	return text
}

func (d *Draft) text(pointer string, v gjson.Result) string {
	if v.Type != gjson.String {
		d.wrongType(pointer, v, "a string")
		return ""
	}
	if utf8.RuneCountInString(v.Str) > MaxTextLength {
		d.AddError(pointer, errcode.TooLong, fmt.Sprintf("Must have at most %d characters.", MaxTextLength))
	}
	return v.Str
}

// readProse reads free text, which may be HTML.
func readProse(d *Draft, f *draftField, v gjson.Result) string {
	if v.Type != gjson.String {
		d.wrongType(f.pointer, v, "a string")
		return ""
	}
	text := v.Str
	if strings.ContainsAny(text, "<&") {
		text = ingest.PlainText(text)
	}
	text = withoutPlaceholder(text)
	if len(text) > catalog.MaxDescription {
		d.AddError(f.pointer, errcode.TooLong, fmt.Sprintf("Must have at most %d bytes.", catalog.MaxDescription))
	}
	return text
}

// readTerm reads a word of a vocabulary as shelters write it.
func readTerm[T ~string](parse func(string) (T, string)) reader[string] {
	read := readWords(parse)
	return func(d *Draft, f *draftField, v gjson.Result) string { return string(read(d, f, v)) }
}

// readWords reads text as shelters write it, and keeps the words that read does not
// understand.
func readWords[T any](read func(string) (T, string)) reader[T] {
	return func(d *Draft, f *draftField, v gjson.Result) T {
		value, rest := read(d.text(f.pointer, v))
		d.keepUnparsed(f, rest)
		return value
	}
}

func (d *Draft) keepUnparsed(f *draftField, words string) {
	if words != "" {
		d.facts.KeepUnparsed(f.object(), words)
	}
}

// readTermName reads a term of a vocabulary that a text means in any of its words, or the
// text, which the catalog rejects with a suggestion.
func readTermName(field string) reader[string] {
	return func(d *Draft, f *draftField, v gjson.Result) string {
		text := readText(d, f, v)
		if term, ok := vocab.ParseTerm(field, text); ok {
			return term
		}
		return text
	}
}

// readStatus reads a status in any of its words. Words that say more are the reason for it.
func readStatus(d *Draft, f *draftField, v gjson.Result) string {
	text := d.text(f.pointer, v)
	status, reason, ok := vocab.ParseStatus(text)
	if !ok {
		return text
	}
	d.statusReason = reason
	return status
}

func parseBreed(text string) (vocab.Breed, string) { return vocab.ParseBreed(text) }

func parseColors(text string) (vocab.Colors, string) { return vocab.ParseColors(text) }

func parseAgeGroup(text string) (vocab.AgeGroup, string) {
	if group := vocab.AgeGroup(strings.ToLower(strings.TrimSpace(text))); slices.Contains(vocab.AgeGroups(), group) {
		return group, ""
	}
	age, _, rest := vocab.ParseAge(text)
	return age.Group, rest
}

// readSex reads a sex, which may include whether the cat is altered.
func readSex(d *Draft, f *draftField, v gjson.Result) string {
	sex, altered, rest := vocab.ParseSex(d.text(f.pointer, v))
	d.altered = altered
	d.keepUnparsed(f, rest)
	return string(sex)
}

// readAge computes the birth from an age, unless the draft contains the birth. An
// age that is only a group sets the age group.
func readAge(d *Draft, f *draftField, v gjson.Result) catalog.Birth {
	age, known, rest := vocab.ParseAge(d.text(f.pointer, v))
	d.keepUnparsed(f, rest)
	if !known || !d.facts.Birth.On.IsZero() {
		return d.facts.Birth
	}
	if on, ok := age.BirthDate(d.today); ok {
		return catalog.Birth{On: on, Precision: catalog.Precision(age.Precision)}
	}
	d.facts.AgeGroup = age.Group
	return d.facts.Birth
}

// birthForms are the layouts of a date of birth and their precision.
var birthForms = []struct {
	layout    string
	precision catalog.Precision
}{{time.DateOnly, catalog.ToTheDay}, {"2006-01", catalog.ToTheMonth}, {"2006", catalog.ToTheYear}, {time.RFC3339Nano, catalog.ToTheDay}}

// readBirthDate reads a date of birth. Its layout determines the precision, unless
// the draft contains one.
func readBirthDate(d *Draft, f *draftField, v gjson.Result) time.Time {
	text := d.text(f.pointer, v)
	for _, form := range birthForms {
		if t, err := time.Parse(form.layout, text); err == nil {
			d.birthPrecision = form.precision
			return t
		}
	}
	if v.Type == gjson.String {
		d.AddError(f.pointer, errcode.Malformed, "Expected a date such as 2023-04-01, a month such as 2023-04, or a year.")
	}
	return time.Time{}
}

func readMoment(d *Draft, f *draftField, v gjson.Result) time.Time {
	text := d.text(f.pointer, v)
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	if v.Type == gjson.String {
		d.AddError(f.pointer, errcode.Malformed, "Expected a time such as 2026-11-20T09:00:00Z or a date such as 2026-11-20.")
	}
	return time.Time{}
}

func readDay(d *Draft, f *draftField, v gjson.Result) time.Time {
	text := d.text(f.pointer, v)
	t, err := time.Parse(time.DateOnly, text)
	if err != nil && v.Type == gjson.String {
		d.AddError(f.pointer, errcode.Malformed, "Expected a date such as 2026-11-20.")
	}
	return t
}

// readBool reads a boolean, which may be a word, or 1 or 0.
func readBool(d *Draft, f *draftField, v gjson.Result) *bool {
	if v.IsBool() {
		return new(v.Bool())
	}
	if v.Type == gjson.String || v.Type == gjson.Number {
		if answer, unparsed := vocab.ParseAnswer(f.name, v.String()); unparsed == "" {
			return answer
		}
	}
	d.wrongType(f.pointer, v, "a boolean, or a word such as yes")
	return nil
}

func readFlag(d *Draft, f *draftField, v gjson.Result) bool {
	b := readBool(d, f, v)
	return b != nil && *b
}

func readFloat(d *Draft, f *draftField, v gjson.Result) *float64 {
	if v.Type != gjson.Number {
		d.wrongType(f.pointer, v, "a number")
		return nil
	}
	return new(v.Num)
}

func readInt(d *Draft, f *draftField, v gjson.Result) *int64 {
	n, ok := d.readInteger(f.pointer, v)
	if !ok {
		return nil
	}
	return &n
}

// readInteger reads an integer. It accepts 5.0, which some languages write for 5.
func (d *Draft) readInteger(pointer string, v gjson.Result) (int64, bool) {
	const exact = 1 << 53
	if v.Type != gjson.Number || v.Num != math.Trunc(v.Num) || math.Abs(v.Num) > exact {
		d.wrongType(pointer, v, "an integer")
		return 0, false
	}
	return int64(v.Num), true
}

// readMicrochip reads the number of a microchip, or whether there is one.
func readMicrochip(d *Draft, f *draftField, v gjson.Result) string {
	hash, chipped, unparsed := catalog.ReadMicrochip(d.text(f.pointer, v))
	d.chipped = chipped
	d.keepUnparsed(f, unparsed)
	return hash
}

func readStrings(d *Draft, f *draftField, v gjson.Result) []string {
	return readList(func(d *Draft, pointer string, v gjson.Result) string {
		return withoutPlaceholder(ingest.DecodeEntities(d.text(pointer, v)))
	})(d, f, v)
}

// readTemperament reads traits in any of their words. A word that means none is kept,
// and the catalog rejects it with a suggestion.
func readTemperament(d *Draft, f *draftField, v gjson.Result) []string {
	var out []string
	for _, word := range readStrings(d, f, v) {
		if terms, unparsed := vocab.ParseTemperament(word); unparsed == "" {
			out = append(out, terms...)
		} else {
			out = append(out, word)
		}
	}
	return out
}

func readList[T any](read func(d *Draft, pointer string, v gjson.Result) T) reader[[]T] {
	return func(d *Draft, f *draftField, v gjson.Result) []T {
		if !v.IsArray() {
			d.wrongType(f.pointer, v, "an array")
			return nil
		}
		var out []T
		v.ForEach(func(_, item gjson.Result) bool {
			if len(out) == maxListLength {
				d.AddError(f.pointer, errcode.TooMany, fmt.Sprintf("Must have at most %d entries.", maxListLength))
				return false
			}
			out = append(out, read(d, f.pointer+"/"+strconv.Itoa(len(out)), item))
			return len(d.Errs) < MaxErrors
		})
		return out
	}
}

func readPhoto(d *Draft, pointer string, v gjson.Result) catalog.Photo {
	return d.readPhoto(pointer, v, nil)
}

// readPhoto reads a photo. If readFile is not nil, it reads a member file.
func (d *Draft) readPhoto(pointer string, v gjson.Result, readFile func(string, gjson.Result)) catalog.Photo {
	if v.Type == gjson.String {
		return catalog.Photo{URL: ingest.CompleteURL(v.Str), Width: 0, Height: 0, Alt: ""}
	}
	var p catalog.Photo
	members := map[string]func(string, gjson.Result){
		"url":    func(at string, v gjson.Result) { p.URL = d.url(at, v) },
		"width":  func(at string, v gjson.Result) { p.Width = d.pixels(at, v) },
		"height": func(at string, v gjson.Result) { p.Height = d.pixels(at, v) },
		"alt":    func(at string, v gjson.Result) { p.Alt = strings.TrimSpace(d.text(at, v)) },

		"source_url": isReadOnly, "source_missing": isReadOnly, "blurhash": isReadOnly, "color": isReadOnly, "sizes": isReadOnly,
	}
	if readFile != nil {
		members["file"] = readFile
	}
	d.readMembers(pointer, v, members)
	return p
}

// isReadOnly ignores a member that the server sends and derives from others.
func isReadOnly(string, gjson.Result) {}

func readVideo(d *Draft, pointer string, v gjson.Result) catalog.Video {
	if v.Type == gjson.String {
		return catalog.Video{URL: ingest.CompleteURL(v.Str), EmbedURL: ""}
	}
	var out catalog.Video
	d.readMembers(pointer, v, map[string]func(string, gjson.Result){
		"url":       func(at string, v gjson.Result) { out.URL = d.url(at, v) },
		"embed_url": func(at string, v gjson.Result) { out.EmbedURL = d.url(at, v) },
	})
	return out
}

// readMembers reads the members of an entry of a list. Null is the same as omitted.
func (d *Draft) readMembers(pointer string, v gjson.Result, fields map[string]func(string, gjson.Result)) {
	if !v.IsObject() {
		d.wrongType(pointer, v, "an object or a string")
		return
	}
	v.ForEach(func(key, value gjson.Result) bool {
		at := pointer + "/" + binding.PointerToken(key.Str)
		if read, ok := fields[key.Str]; !ok {
			d.AddError(at, errcode.UnknownField, binding.UnknownField(key.Str, slices.Sorted(maps.Keys(fields))))
		} else if value.Type != gjson.Null {
			read(at, value)
		}
		return len(d.Errs) < MaxErrors
	})
}

func (d *Draft) pixels(pointer string, v gjson.Result) int {
	n, ok := d.readInteger(pointer, v)
	if ok && (n < 0 || n > 100_000) {
		d.AddError(pointer, errcode.OutOfRange, "Must be between 0 and 100000.")
		return 0
	}
	return int(n)
}
