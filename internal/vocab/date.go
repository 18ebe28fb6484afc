package vocab

import (
	"strings"
	"time"
)

// dateLayouts are the ways to write a date, the commonest first. Dates with
// slashes are American: month, day, year. Fractions of a second are let through
// by time.Parse wherever seconds stand.
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

// ParseDate reads a date, with or without the time of day ("02/09/2020",
// "05/05/2025 09:55:00 AM", "2025-05-05T10:08:00", RFC 3339), and says whether
// it is known. A time without a zone is taken as UTC, and a bare date is its
// midnight in UTC. It answers with the whole field when it is no date.
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
	if noDate(field) {
		return time.Time{}, false, ""
	}
	return time.Time{}, false, raw
}

// noDate says whether a field is a way to write that there is no date.
func noDate(field string) bool {
	switch Fold(field) {
	case "", "unknown", "unk", "none", "null", "n a", "na", "0000 00 00", "0000 00 00 00 00 00", "00 00 0000":
		return true
	default:
		return false
	}
}
