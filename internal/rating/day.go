package rating

import (
	"fmt"
	"time"
)

// Day is a calendar day in UTC, counted from 0001-01-01. The zero Day means
// that no day was given, as the zero time.Time does.
type Day int32

const (
	secondsPerDay = 24 * 60 * 60
	daysPerWeek   = 7
	unixDay       = 719162 // 1970-01-01
)

// DayOf returns the day of t in UTC.
func DayOf(t time.Time) Day {
	seconds := t.Unix() + unixDay*secondsPerDay
	return Day(seconds / secondsPerDay)
}

// ParseDay reads a day written as 2006-01-02.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("read day %q: write it as 2006-01-02: %w", s, err)
	}
	return DayOf(t), nil
}

// Time is the start of the day in UTC.
func (d Day) Time() time.Time {
	return time.Unix((int64(d)-unixDay)*secondsPerDay, 0).UTC()
}

// String is the day as 2006-01-02, empty for the zero Day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// birthday is the day on which a cat born on d turns years old.
func (d Day) birthday(years int) Day {
	return DayOf(d.Time().AddDate(years, 0, 0))
}
