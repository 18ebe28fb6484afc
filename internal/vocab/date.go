package vocab

import (
	"strings"
	"time"
)

// dateLayouts are the accepted date formats, the most common first. Dates with
// slashes are American: month, day, year. time.Parse accepts fractions of a second
// wherever a layout has seconds.
var dateLayouts = []string{
	"2006-01-02",
	"1/2/2006",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"1/2/2006 3:04:05 PM",
	time.RFC3339,
	"2006-01-02T15:04:05-0700",
	"1/2/2006 15:04:05",
	"1/2/2006 3:04 PM",
	"1/2/2006 15:04",
	"1/2/06",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 -0700",
	"2006/1/2",
	"1-2-2006",
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

// ParseDate parses a date, with or without the time of day ("02/09/2020",
// "05/05/2025 09:55:00 AM", "2025-05-05T10:08:00", RFC 3339), and reports whether it
// is known. A time without a zone is UTC, and a date without a time is midnight UTC.
// It returns the whole field as unparsed if it is not a date.
func ParseDate(raw string) (time.Time, bool, string) {
	field := strings.Join(strings.Fields(raw), " ")
	for _, layout := range dateLayouts {
		if len(layout) > len(field)+len("January") {
			continue
		}
		if t, err := time.Parse(layout, field); err == nil {
			return t.UTC(), true, ""
		}
	}
	if IsPlaceholder(field) { // also 0000-00-00
		return time.Time{}, false, ""
	}
	return time.Time{}, false, raw
}
