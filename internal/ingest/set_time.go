package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// timeSetter returns a setter of a point in time. What the catalog filled in
// stays if the row has no value.
func timeSetter(pointer string, at func(*catalog.Facts) *time.Time) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   nil,
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			t, known, unparsed := r.parseTime(values[0], r.valueColumn())
			if known {
				*at(f) = t
			}
			return unparsed
		},
		isDate:   true,
		isEmpty:  vocab.IsPlaceholder,
		settings: []string{"unit"},
	}
}

// dateSetter returns a setter of a date.
func dateSetter(pointer string, at func(*catalog.Facts) *time.Time) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = time.Time{} },
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			t, _, unparsed := r.parseDate(values[0], r.valueColumn())
			*at(f) = t
			return unparsed
		},
		isDate:   true,
		isEmpty:  vocab.IsPlaceholder,
		settings: []string{"unit"},
	}
}

// zonePattern matches the end of a time with a zone.
var zonePattern = regexp.MustCompile(`:\d\d(\.\d+)? ?(Z|[+-]\d\d:?\d\d)$`)

// unixTime is the unit of times in seconds since 1970.
const unixTime = "unix"

// parseTime parses a point in time from a column. Without a zone it is in the time zone of the
// shelter.
func (r fieldReader) parseTime(text string, c column) (t time.Time, known bool, unparsed string) {
	if r.unit == unixTime {
		return parseUnix(text)
	}
	return parseZoned(text, r.zone, r.dateOrder(c))
}

// parseZoned parses a point in time, which is in the given zone if it has none.
func parseZoned(text string, zone *time.Location, order vocab.DateOrder) (t time.Time, known bool, unparsed string) {
	t, known, unparsed = vocab.ParseDate(text, order)
	if known && !zonePattern.MatchString(text) {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
	}
	return t, known, unparsed
}

// parseUnix parses seconds since 1970. Software writes 0 for unknown.
func parseUnix(text string) (t time.Time, known bool, unparsed string) {
	seconds, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false, text
	case seconds == 0:
		return time.Time{}, false, ""
	default:
		return time.Unix(seconds, 0).UTC(), true, ""
	}
}

// parseDate parses a date from a column, in the time zone of the shelter.
func (r fieldReader) parseDate(text string, c column) (t time.Time, known bool, unparsed string) {
	t, known, unparsed = r.parseTime(text, c)
	if !known {
		return time.Time{}, false, unparsed
	}
	return dateOf(t.In(r.zone)), true, ""
}

// dateOf returns the date of t in the form of the catalog, midnight UTC.
func dateOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func clearBirth(f *catalog.Facts) { f.Birth = catalog.Birth{On: time.Time{}, Precision: ""} }

func setBirth(f *catalog.Facts, values []string, r fieldReader) string {
	on, known, unparsed := r.parseDate(values[0], r.valueColumn())
	precision := catalog.ToTheDay
	if partial, p, ok := vocab.ParsePartialDate(values[0]); ok && r.unit != unixTime {
		on, known, precision = partial, true, toPrecision(p)
	}
	switch {
	case !known:
		return unparsed
	case r.isTooLate(on):
		return values[0]
	}
	f.Birth = catalog.Birth{On: on, Precision: precision}
	return ""
}

// setAge computes the birth from an age, unless a column has the birth. An age
// that is only a group sets the age group.
func setAge(f *catalog.Facts, values []string, r fieldReader) string {
	text := values[0]
	if r.unit != "" && !strings.ContainsFunc(text, unicode.IsLetter) {
		text += " " + r.unit
	}
	age, known, unparsed := vocab.ParseAge(text)
	if !known || !f.Birth.On.IsZero() {
		return unparsed
	}
	on, ok := age.BirthDate(r.ageDate())
	switch {
	case !ok:
		f.AgeGroup = age.Group
		return ""
	case r.isTooLate(on):
		return values[0]
	}
	f.Birth = catalog.Birth{On: on, Precision: toPrecision(age.Precision)}
	return ""
}

// setPrecision sets the precision of the birth, if that is known.
func setPrecision(f *catalog.Facts, values []string, _ fieldReader) string {
	p := catalog.Precision(normalize(values[0]))
	if !slices.Contains(catalog.Precisions(), p) {
		return values[0]
	}
	if !f.Birth.On.IsZero() {
		f.Birth.Precision = p
	}
	return ""
}

// ageDate returns the date at which the age in the row was true.
func (r fieldReader) ageDate() time.Time {
	c, text := r.row.firstValue(r.field.asOf)
	if on, known, _ := r.parseDate(text, c); known {
		return on
	}
	return r.asOf
}

// isTooLate reports whether a birth is after the latest possible date.
func (r fieldReader) isTooLate(birth time.Time) bool {
	c, text := r.row.firstValue(r.notAfter)
	last, known, _ := r.parseDate(text, c)
	return known && birth.After(last)
}

func toPrecision(p vocab.Precision) catalog.Precision {
	switch p {
	case vocab.PrecisionDay:
		return catalog.ToTheDay
	case vocab.PrecisionWeek:
		return catalog.ToTheWeek
	case vocab.PrecisionMonth:
		return catalog.ToTheMonth
	case vocab.PrecisionYear, vocab.PrecisionGroup:
		return catalog.ToTheYear
	default:
		return catalog.ToTheYear
	}
}
