package vocab

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Precision is how exactly an age is stated.
type Precision string

// The precisions. PrecisionGroup means that only the age group is known.
const (
	PrecisionDay   Precision = "day"
	PrecisionWeek  Precision = "week"
	PrecisionMonth Precision = "month"
	PrecisionYear  Precision = "year"
	PrecisionGroup Precision = "group"
)

// daysPerMonth is the mean length of a Gregorian month.
const daysPerMonth = 365.2425 / 12

// maxPlausibleMonths is the highest accepted age, 25 years. Shelter software fills in
// ages of 30 and 100 years.
const maxPlausibleMonths = 25 * 12

// Age is a cat's age.
type Age struct {
	Months    int       // whole months; 0 if only the group is known
	Days      int       // the same age in days; exact if stated in days or weeks; 0 if only the group is known
	Precision Precision // empty if the age is unknown
	Group     AgeGroup
}

// BirthDate returns the day on which a cat that has this age on the given day was
// born, at the precision of the age. It returns false if only the group is known.
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

var ageWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(ageTable, false) })

// ParseAge parses an age ("2 years 3 months", "10 WEEKS", "11 YEARS -1 MONTHS",
// "2y 3m", "1½ years", "Baby") and reports whether it is known. "NO AGE" and a blank
// field are understood but unknown. It returns the whole field as unparsed if it is not
// a plausible age of a cat, or a bound that no single group fits, such as "2+ years"; a
// number without a unit is not an age.
//
// "0 years", "under 6 months", "<1 year" and ">10 years" determine the group only. Of a
// range ("6–8 weeks", "1 year - 2 years") the age is the middle.
func ParseAge(raw string) (age Age, known bool, unparsed string) {
	p := newAgeParser(raw)
	if !p.parse() {
		return Age{}, false, raw
	}
	age, ok := p.age()
	if !ok {
		return Age{}, false, raw
	}
	return age, age.Precision != "", ""
}

// StatesAge reports whether a field states a length of time, plausible or not, and no
// bound of one.
func StatesAge(raw string) bool {
	p := newAgeParser(raw)
	return p.parse() && len(p.amounts) > 0 && !p.over && !p.under
}

func newAgeParser(raw string) ageParser {
	return ageParser{text: tokenize(separateDigits(ageSigns.Replace(raw)), nil), lexicon: ageWords(), amounts: map[string]float64{}}
}

// ageSigns replaces signs by the words or signs that ageParser knows.
var ageSigns = strings.NewReplacer(
	"–", "-", "—", "-", "−", "-", "‐", "-", "‑", "-", "½", " 1/2", "¼", " 1/4", "¾", " 3/4", "⁄", "/",
	"<", " under ", "≤", " under ", ">", " over ", "≥", " over ", "~", " about ", "±", " about ", " à ", " to ",
)

// separateDigits inserts spaces between digits and letters, so that "2y3m" has four
// words.
func separateDigits(raw string) string {
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

// ageParser is the state of ParseAge.
type ageParser struct {
	*text
	*lexicon

	amounts map[string]float64 // by unit
	lower   map[string]float64 // amounts of the lower bound of a range
	number  *float64           // parsed, but its unit not yet
	isRange bool               // what was parsed last is the lower bound of a range
	ranged  bool               // number is the middle of a range
	over    bool
	under   bool
	group   string
}

// parse processes every word. It returns false at the first word that does not fit.
func (p *ageParser) parse() bool {
	for i := 0; i < len(p.tokens); {
		n, ok := p.parseNumber(i)
		if n == 0 {
			var e entry
			e, n = p.match(p.text, i)
			ok = p.addEntry(e)
		}
		if !ok {
			return false
		}
		i += n
	}
	return p.number == nil
}

// parseNumber parses a number in digits at token i: "3", "1.5", "1/2", "-1". It
// returns the number of tokens it consumed, which is 0 if there is no number.
func (p *ageParser) parseNumber(i int) (n int, ok bool) {
	value, ok := p.digits(i)
	if !ok {
		return 0, false
	}
	n = 1
	if next, more := p.digits(i + 1); more {
		fraction := p.tokens[i+1]
		switch p.separatorAfter(i) {
		case ".":
			value += next / math.Pow10(fraction.to-fraction.from)
			n = 2
		case "/":
			if next == 0 {
				return 2, false
			}
			value /= next
			n = 2
		}
	}
	before := p.raw[:p.tokens[i].rawFrom]
	switch {
	case p.number == nil && strings.HasSuffix(before, "-"):
		value = -value
	case strings.HasSuffix(strings.TrimRight(before, " "), "-"):
		p.isRange = p.number != nil || len(p.amounts) > 0
	}
	if strings.HasPrefix(p.raw[p.tokens[i+n-1].rawTo:], "+") {
		p.over = true
	}
	return n, p.addNumber(value)
}

// digits returns the value of token i if it is a number of at most four digits.
func (p *ageParser) digits(i int) (float64, bool) {
	if i >= len(p.tokens) || p.tokens[i].to-p.tokens[i].from > 4 {
		return 0, false
	}
	value := 0
	for _, c := range p.folded[p.tokens[i].from:p.tokens[i].to] {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int(c-'0')
	}
	return float64(value), true
}

// addNumber keeps a number until its unit follows. Of a range it keeps the middle; a
// fraction is added to the number before it.
func (p *ageParser) addNumber(value float64) bool {
	switch {
	case p.number == nil && p.isRange:
		if !p.startUpper() {
			return false
		}
	case p.number == nil:
	case p.isRange && p.ranged:
		return false
	case p.isRange:
		value, p.ranged = (*p.number+value)/2, true
	case 0 < value && value < 1:
		value += *p.number
	default:
		return false
	}
	p.number, p.isRange = &value, false
	return true
}

// startUpper starts the upper bound of a range. It returns false if one was started
// before.
func (p *ageParser) startUpper() bool {
	if p.lower != nil || len(p.amounts) == 0 {
		return false
	}
	p.lower, p.amounts = p.amounts, map[string]float64{}
	return true
}

func (p *ageParser) addEntry(e entry) bool {
	switch e.role {
	case "an":
		if p.number != nil {
			return p.addAmount("year")
		}
		return p.addNumber(1)
	case "day", "week", "month", "year":
		return p.addAmount(e.role)
	case "number":
		value, err := strconv.ParseFloat(e.term, 64)
		return err == nil && p.addNumber(value)
	case "group":
		if p.group != "" && p.group != e.term {
			return false
		}
		p.group = e.term
	case "to":
		p.isRange = p.number != nil || len(p.amounts) > 0
	case "over":
		p.over = true
	case "under":
		p.under = true
	case "about", "unknown", "ignore":
	default:
		return false
	}
	return true
}

// addAmount adds the number in a unit. In "1yr-2yrs", the second is not negative but
// the upper bound of a range.
func (p *ageParser) addAmount(unit string) bool {
	if p.number == nil {
		return false
	}
	value := *p.number
	if _, twice := p.amounts[unit]; twice && (value >= 0 || !p.startUpper()) {
		return false
	}
	if p.lower != nil {
		value = math.Abs(value)
	}
	p.amounts[unit], p.number = value, nil
	return true
}

// age returns the age that the parsed words state. It returns false if it is not
// plausible, or a bound that no group fits.
func (p *ageParser) age() (Age, bool) {
	if len(p.amounts) == 0 {
		if p.over || p.under || p.lower != nil {
			return Age{}, false
		}
		return ageInGroup(AgeGroup(p.group)), true
	}
	for unit, value := range p.lower {
		p.amounts[unit] += value
	}
	if p.lower != nil {
		for unit := range p.amounts {
			p.amounts[unit] /= 2
		}
	}
	months := math.Round(12*p.amounts["year"] + p.amounts["month"])
	days := math.Round(7*p.amounts["week"] + p.amounts["day"])
	total := months*daysPerMonth + days
	if total < 0 || total > maxPlausibleMonths*daysPerMonth {
		return Age{}, false
	}
	age := Age{
		Months:    int(months) + int(math.Floor(days/daysPerMonth)),
		Days:      int(math.Round(total)),
		Precision: p.precision(),
	}
	age.Group = AgeGroupOf(age.Months)
	switch {
	case p.over && p.under:
		return Age{}, false
	case p.over:
		return p.bounded(Senior, age.Group == Senior)
	case p.under, age.Precision == PrecisionYear && age.Months == 0:
		return p.bounded(Kitten, age.Months <= 12)
	default:
		return age, true
	}
}

// bounded returns what is known of a cat of which a bound is stated: the group that
// all ages within the bound have, if they do, or the group that is stated beside it.
func (p *ageParser) bounded(group AgeGroup, fits bool) (Age, bool) {
	if !fits {
		group = AgeGroup(p.group)
	}
	return ageInGroup(group), group != ""
}

// ageInGroup returns the age of a cat of which only the group is known.
func ageInGroup(group AgeGroup) Age {
	if group == "" {
		return Age{}
	}
	return Age{Precision: PrecisionGroup, Group: group}
}

// precision returns the precision of the smallest unit stated.
func (p *ageParser) precision() Precision {
	for _, unit := range []Precision{PrecisionDay, PrecisionWeek, PrecisionMonth} {
		if _, stated := p.amounts[string(unit)]; stated {
			return unit
		}
	}
	return PrecisionYear
}
