package vocab

import (
	"strconv"
	"strings"
	"time"
)

// DateOrder is the order of day and month in dates such as 05/11/2022. Empty means that it
// is not known.
type DateOrder string

// The orders.
const (
	MonthFirst DateOrder = "month_first"
	DayFirst   DateOrder = "day_first"
)

// DateOrders returns both orders.
func DateOrders() []DateOrder { return []DateOrder{MonthFirst, DayFirst} }

// dateLayouts are the accepted forms of dates of which the order is clear, the most common
// first. time.Parse accepts fractions of a second wherever a layout has seconds.
var dateLayouts = []string{
	"2006-01-02",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	time.RFC3339,
	"2006-01-02T15:04:05-0700",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 -0700",
	"2006/1/2",
	"20060102",
	"Jan 2, 2006",
	"January 2, 2006",
	"Jan 2 2006",
	"January 2 2006",
	"2 Jan 2006",
	"2 January 2006",
	"2-Jan-2006",
	"2-Jan-06",
}

// orderedLayouts are the forms of dates in which the order of day and month matters, with
// the month first and with slashes.
var orderedLayouts = []string{
	"1/2/2006",
	"1/2/2006 3:04:05 PM",
	"1/2/2006 15:04:05",
	"1/2/2006 3:04 PM",
	"1/2/2006 15:04",
	"1/2/06",
}

// ParseDate parses a date, with or without the time of day ("02/09/2020",
// "05/05/2025 09:55:00 AM", "25.10.2026", "2025-05-05T10:08:00", RFC 3339), and reports
// whether it is known. A time without a zone is UTC, and a date without a time is midnight
// UTC. It returns the whole field as unparsed if it is not a date in the given order, or,
// if the order is not known, if both orders give a date and not the same.
func ParseDate(raw string, order DateOrder) (time.Time, bool, string) {
	field := strings.Join(strings.Fields(raw), " ")
	if IsPlaceholder(field) { // also 0000-00-00
		return time.Time{}, false, ""
	}
	first, second, rest, ordered := cutNumericDate(field)
	if !ordered {
		t, ok := parseLayouts(dateLayouts, field)
		if !ok {
			return time.Time{}, false, raw
		}
		return t, true, ""
	}
	byMonth, monthOK := parseLayouts(orderedLayouts, first+"/"+second+"/"+rest)
	byDay, dayOK := parseLayouts(orderedLayouts, second+"/"+first+"/"+rest)
	switch {
	case monthOK && (order == MonthFirst || order == "" && (!dayOK || byMonth.Equal(byDay))):
		return byMonth, true, ""
	case dayOK && (order == DayFirst || order == "" && !monthOK):
		return byDay, true, ""
	default:
		return time.Time{}, false, raw
	}
}

// cutNumericDate splits a date such as 05/11/2022 into its first two numbers and the rest.
func cutNumericDate(field string) (first, second, rest string, ok bool) {
	i := strings.IndexAny(field, "/.-")
	if i < 1 || i > 2 {
		return "", "", "", false
	}
	separator := field[i : i+1]
	first, rest = field[:i], field[i+1:]
	second, rest, ok = strings.Cut(rest, separator)
	return first, second, rest, ok && isShortNumber(first) && isShortNumber(second)
}

func isShortNumber(text string) bool {
	return (len(text) == 1 || len(text) == 2) && isNumber(text)
}

func parseLayouts(layouts []string, field string) (time.Time, bool) {
	for _, layout := range layouts {
		if len(layout) > len(field)+len("January") {
			continue
		}
		if t, err := time.Parse(layout, field); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// ProvenOrder returns the only order in which a field can be a date: 25/10/2026 has the
// day first. It returns "" for any other date, and for other text.
func ProvenOrder(raw string) DateOrder {
	first, second, _, ok := cutNumericDate(strings.TrimSpace(raw))
	if !ok {
		return ""
	}
	a, _ := strconv.Atoi(first)
	b, _ := strconv.Atoi(second)
	switch {
	case a > 12 && a <= 31 && 1 <= b && b <= 12:
		return DayFirst
	case b > 12 && b <= 31 && 1 <= a && a <= 12:
		return MonthFirst
	default:
		return ""
	}
}

// ParsePartialDate parses a year or a month of a year ("2021", "2021-03", "03/2021", "March
// 2021"). It returns its first day with the precision.
func ParsePartialDate(raw string) (time.Time, Precision, bool) {
	field := strings.Join(strings.Fields(raw), " ")
	for _, layout := range []string{"2006-01", "1/2006", "2006/01", "January 2006", "Jan 2006"} {
		if t, err := time.Parse(layout, field); err == nil {
			return t, PrecisionMonth, true
		}
	}
	t, err := time.Parse("2006", field)
	return t, PrecisionYear, err == nil
}
