package vocab

import (
	_ "embed"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Precision is how exactly an age was told.
type Precision string

// The precisions. By group means that only the band of life is known.
const (
	PrecisionDay   Precision = "day"
	PrecisionWeek  Precision = "week"
	PrecisionMonth Precision = "month"
	PrecisionYear  Precision = "year"
	PrecisionGroup Precision = "group"
)

// daysPerMonth is the mean length of a Gregorian month.
const daysPerMonth = 365.2425 / 12

// maxPlausibleMonths bounds what is believed, in months. Software fills in ages of 30 and
// 100 years; a shelter's cat of more than 25 has yet to be met.
const maxPlausibleMonths = 25 * 12

// Age is how old a cat is.
type Age struct {
	Months    int       // whole months; 0 by group
	Days      int       // the same in days; exact by day or week, 0 by group
	Precision Precision // empty if the age is not known
	Group     AgeGroup
}

// BirthDate is the day on which a cat that has the age on a given day was born,
// as far as the age tells. There is none for an age by group.
func (a Age) BirthDate(on time.Time) (time.Time, bool) {
	year, month, day := on.Date()
	switch a.Precision {
	case PrecisionDay, PrecisionWeek:
		return time.Date(year, month, day-a.Days, 0, 0, 0, 0, time.UTC), true
	case PrecisionMonth, PrecisionYear:
		first := time.Date(year, month-time.Month(a.Months), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day() // a month before 31 March is 28 February
		return first.AddDate(0, 0, min(day, last)-1), true
	case PrecisionGroup:
	}
	return time.Time{}, false
}

//go:embed tables/ages.tsv
var ageTable string

var ageWords = sync.OnceValue(func() *lexicon { return newLexicon(ageTable, false) })

// ParseAge reads an age ("2 years 3 months", "10 WEEKS", "11 YEARS -1 MONTHS",
// "2y 3m", "Baby") and says whether it is known: "NO AGE" and a blank are
// understood but not known, and so is "Over 1 year", since any age may be over it.
// It answers with the whole field when it is no age that a cat can have; a number
// without a unit is none.
//
// "0 years" and "under 6 months" are known by group only.
func ParseAge(raw string) (age Age, known bool, left string) {
	spaced := spaceDigits(raw)
	r := ageReading{text: newText(spaced, nil), lexicon: ageWords(), amounts: map[string]float64{}}
	if !r.read() {
		return Age{}, false, raw
	}
	age, ok := r.age()
	if !ok {
		return Age{}, false, raw
	}
	return age, age.Precision != "", ""
}

// spaceDigits parts digits from letters, so that "2y3m" has four words.
func spaceDigits(raw string) string {
	var b strings.Builder
	var last rune
	for _, r := range raw {
		if unicode.IsDigit(last) && unicode.IsLetter(r) || unicode.IsLetter(last) && unicode.IsDigit(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}
