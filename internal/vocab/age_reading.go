package vocab

import (
	"math"
	"strconv"
	"strings"
)

// ageReading is a reading under way.
type ageReading struct {
	*text
	*lexicon

	amounts map[string]float64 // by unit
	number  *float64           // read, and waiting for its unit
	span    bool               // the number is the first of two bounds
	over    bool
	under   bool
	group   string
}

// read takes every word, and fails at the first that it cannot place.
func (r *ageReading) read() bool {
	for i := 0; i < len(r.words); {
		n, ok := r.readNumber(i)
		if n == 0 {
			var e entry
			e, n = r.at(r.text, i)
			ok = r.take(e)
		}
		if !ok {
			return false
		}
		i += n
	}
	return r.number == nil
}

// readNumber reads a number of digits at word i: "3", "1.5", "1/2", "-1". It
// answers with the words it took, which are none if no number stands there.
func (r *ageReading) readNumber(i int) (words int, ok bool) {
	value, ok := r.digits(i)
	if !ok {
		return 0, false
	}
	words = 1
	if next, more := r.digits(i + 1); more {
		tail := r.words[i+1]
		switch r.between(i) {
		case ".":
			value += next / math.Pow10(tail.to-tail.from)
			words = 2
		case "/":
			if next == 0 {
				return 2, false
			}
			value /= next
			words = 2
		}
	}
	before := r.raw[:r.words[i].rawFrom]
	switch {
	case r.number == nil && strings.HasSuffix(before, "-"):
		value = -value
	case r.number != nil && strings.HasSuffix(strings.TrimRight(before, " "), "-"):
		r.span = true
	}
	if strings.HasPrefix(r.raw[r.words[i+words-1].rawTo:], "+") {
		r.over = true
	}
	return words, r.takeNumber(value)
}

// digits is the number that word i is, if it is one of four digits at most.
func (r *ageReading) digits(i int) (float64, bool) {
	if i >= len(r.words) || r.words[i].to-r.words[i].from > 4 {
		return 0, false
	}
	value := 0
	for _, c := range r.buf[r.words[i].from:r.words[i].to] {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int(c-'0')
	}
	return float64(value), true
}

// takeNumber keeps a number for its unit. Of two bounds it keeps the middle; a
// fraction after a number belongs to it.
func (r *ageReading) takeNumber(value float64) bool {
	switch {
	case r.number == nil:
	case r.span:
		value = (*r.number + value) / 2
	case 0 < value && value < 1:
		value += *r.number
	default:
		return false
	}
	r.number, r.span = &value, false
	return true
}

func (r *ageReading) take(e entry) bool {
	switch e.role {
	case "day", "week", "month", "year":
		if _, twice := r.amounts[e.role]; twice || r.number == nil {
			return false
		}
		r.amounts[e.role] = *r.number
		r.number = nil
	case "number":
		value, err := strconv.ParseFloat(e.term, 64)
		return err == nil && r.takeNumber(value)
	case "group":
		if r.group != "" && r.group != e.term {
			return false
		}
		r.group = e.term
	case "to":
		r.span = r.number != nil
	case "over":
		r.over = true
	case "under":
		r.under = true
	case "about", "unknown", "aside":
	default:
		return false
	}
	return true
}

// age is what the words amount to. It fails where no cat can be so old.
func (r *ageReading) age() (Age, bool) {
	if len(r.amounts) == 0 {
		if r.over || r.under {
			return Age{}, false
		}
		return byGroup(AgeGroup(r.group)), true
	}
	months := math.Round(12*r.amounts["year"] + r.amounts["month"])
	days := math.Round(7*r.amounts["week"] + r.amounts["day"])
	total := months*daysPerMonth + days
	if total < 0 || total > maxPlausibleMonths*daysPerMonth {
		return Age{}, false
	}
	age := Age{
		Months:    int(months) + int(math.Floor(days/daysPerMonth)),
		Days:      int(math.Round(total)),
		Precision: r.precision(),
	}
	age.Group = AgeGroupOf(age.Months)
	switch {
	case r.over:
		return atLeast(age), true
	case r.under, age.Precision == PrecisionYear && age.Months == 0:
		return atMost(age), true
	default:
		return age, true
	}
}

// atLeast is what is known of a cat older than an age: only the last group has
// no other above it.
func atLeast(age Age) Age {
	if age.Group == Senior {
		return byGroup(Senior)
	}
	return Age{}
}

// atMost is what is known of a cat younger than an age: only the first group has
// no other below it.
func atMost(age Age) Age {
	if age.Months <= 12 {
		return byGroup(Kitten)
	}
	return Age{}
}

// byGroup is the age of a cat of whom only the group is known.
func byGroup(group AgeGroup) Age {
	if group == "" {
		return Age{}
	}
	return Age{Precision: PrecisionGroup, Group: group}
}

// precision is that of the finest unit told.
func (r *ageReading) precision() Precision {
	for _, p := range []Precision{PrecisionDay, PrecisionWeek, PrecisionMonth} {
		if _, told := r.amounts[string(p)]; told {
			return p
		}
	}
	return PrecisionYear
}
