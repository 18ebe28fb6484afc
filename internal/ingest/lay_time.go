package ingest

import (
	"regexp"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// moment is a target that is a moment. What the catalog fills in for it stays
// where the row says nothing.
func moment(pointer string, at func(*catalog.Facts) *time.Time) target {
	return target{
		pointer: pointer,
		clear:   nil,
		lay: func(f *catalog.Facts, words []string, r reading) string {
			t, known, left := r.moment(words[0])
			if known {
				*at(f) = t
			}
			return left
		},
		takes: nil,
	}
}

// date is a target that is a date.
func date(pointer string, at func(*catalog.Facts) *time.Time) target {
	return target{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = time.Time{} },
		lay: func(f *catalog.Facts, words []string, r reading) string {
			t, _, left := r.date(words[0])
			*at(f) = t
			return left
		},
		takes: nil,
	}
}

// zoned is the end of a time that names its zone.
var zoned = regexp.MustCompile(`:\d\d(\.\d+)? ?(Z|[+-]\d\d:?\d\d)$`)

// moment reads a moment. One without a zone is told by the shelter's clock.
func (r reading) moment(said string) (t time.Time, known bool, left string) {
	t, known, left = vocab.ReadDate(said)
	if known && !zoned.MatchString(said) {
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), r.zone)
	}
	return t, known, left
}

// date reads the date on the shelter's calendar.
func (r reading) date(said string) (t time.Time, known bool, left string) {
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

func layBirth(f *catalog.Facts, words []string, r reading) string {
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
func layAge(f *catalog.Facts, words []string, r reading) string {
	age, known, left := vocab.ReadAge(words[0])
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

// asOfDay is the day on which the row's age was true.
func (r reading) asOfDay() time.Time {
	_, said := r.row.first(r.field.asOf)
	if on, known, _ := r.date(said); known {
		return on
	}
	return r.asOf
}

// tooLate says that a cat cannot have been born on a day, for it was there before.
func (r reading) tooLate(birth time.Time) bool {
	_, said := r.row.first(r.notAfter)
	last, known, _ := r.date(said)
	return known && birth.After(last)
}

func precisionOf(p vocab.Precision) catalog.Precision {
	switch p {
	case vocab.ByDay:
		return catalog.ToTheDay
	case vocab.ByWeek:
		return catalog.ToTheWeek
	case vocab.ByMonth:
		return catalog.ToTheMonth
	case vocab.ByYear, vocab.ByGroup:
		return catalog.ToTheYear
	default:
		return catalog.ToTheYear
	}
}
