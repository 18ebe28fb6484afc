package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// moment is a target that is a moment. What the catalog fills in for it stays
// where the row says nothing.
func moment(pointer string, at func(*catalog.Facts) *time.Time) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   nil,
		lay: func(f *catalog.Facts, words []string, r fieldReader) string {
			t, known, left := r.moment(words[0])
			if known {
				*at(f) = t
			}
			return left
		},
		takes: []string{"unit"},
	}
}

// date is a target that is a date.
func date(pointer string, at func(*catalog.Facts) *time.Time) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = time.Time{} },
		lay: func(f *catalog.Facts, words []string, r fieldReader) string {
			t, _, left := r.date(words[0])
			*at(f) = t
			return left
		},
		takes: []string{"unit"},
	}
}

// zoned is the end of a time that names its zone.
var zoned = regexp.MustCompile(`:\d\d(\.\d+)? ?(Z|[+-]\d\d:?\d\d)$`)

// unixTime is the unit of times that count seconds since 1970.
const unixTime = "unix"

// moment reads a moment. One without a zone is told by the shelter's clock.
func (r fieldReader) moment(said string) (t time.Time, known bool, left string) {
	if r.unit == unixTime {
		return readUnix(said)
	}
	t, known, left = vocab.ParseDate(said)
	if known && !zoned.MatchString(said) {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), r.zone)
	}
	return t, known, left
}

// readUnix reads seconds since 1970. 0 is how software writes that it does not know.
func readUnix(said string) (t time.Time, known bool, left string) {
	seconds, err := strconv.ParseInt(said, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false, said
	case seconds == 0:
		return time.Time{}, false, ""
	default:
		return time.Unix(seconds, 0).UTC(), true, ""
	}
}

// date reads the date on the shelter's calendar.
func (r fieldReader) date(said string) (t time.Time, known bool, left string) {
	t, known, left = r.moment(said)
	if !known {
		return time.Time{}, false, left
	}
	return dayOf(t.In(r.zone)), true, ""
}

// dayOf is the date of t as the catalog keeps dates.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func clearBirth(f *catalog.Facts) { f.Birth = catalog.Birth{On: time.Time{}, Precision: ""} }

func layBirth(f *catalog.Facts, words []string, r fieldReader) string {
	on, known, left := r.date(words[0])
	switch {
	case !known:
		return left
	case r.tooLate(on):
		return words[0]
	}
	f.Birth = catalog.Birth{On: on, Precision: catalog.ToTheDay}
	return ""
}

// layAge reckons the birth from an age, unless a column of births told it. An
// age that is a mere group is laid as that.
func layAge(f *catalog.Facts, words []string, r fieldReader) string {
	said := words[0]
	if _, err := strconv.ParseFloat(said, 64); err == nil && r.unit != "" {
		said += " " + r.unit
	}
	age, known, left := vocab.ParseAge(said)
	if !known || !f.Birth.On.IsZero() {
		return left
	}
	on, ok := age.BirthDate(r.asOfDay())
	switch {
	case !ok:
		f.AgeGroup = age.Group
		return ""
	case r.tooLate(on):
		return words[0]
	}
	f.Birth = catalog.Birth{On: on, Precision: precisionOf(age.Precision)}
	return ""
}

// layPrecision says how well the birth is known, if it is.
func layPrecision(f *catalog.Facts, words []string, _ fieldReader) string {
	p := catalog.Precision(same(words[0]))
	if !slices.Contains(catalog.Precisions(), p) {
		return words[0]
	}
	if !f.Birth.On.IsZero() {
		f.Birth.Precision = p
	}
	return ""
}

// asOfDay is the day on which the row's age was true.
func (r fieldReader) asOfDay() time.Time {
	_, said := r.row.first(r.field.asOf)
	if on, known, _ := r.date(said); known {
		return on
	}
	return r.asOf
}

// tooLate says that a cat cannot have been born on a day, for it was there before.
func (r fieldReader) tooLate(birth time.Time) bool {
	_, said := r.row.first(r.notAfter)
	last, known, _ := r.date(said)
	return known && birth.After(last)
}

func precisionOf(p vocab.Precision) catalog.Precision {
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
