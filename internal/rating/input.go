package rating

import (
	"fmt"
	"time"
)

// Cat holds the facts that gates, training times and gear depend on. None of
// them affects a score. Breed and colour are left out on purpose, and so is sex but for
// the question of pregnancy.
type Cat struct {
	Born         Day      // zero if unknown; may be an estimate
	HomeSince    Day      // day of the move into the adopter's home; zero for a shelter's cat
	WeightKg     *float64 // nil if not weighed
	GirthCm      *float64 // directly behind the front legs; nil if not measured
	BodyLengthCm *float64 // nose to base of tail; nil if not measured
	LongCoat     *bool
	WarmClimate  *bool
	Male         bool // answers the question of pregnancy; false if unknown
}

// youngerThan reports whether the cat is known to be under a number of weeks.
func (c Cat) youngerThan(weeks int, asOf Day) bool {
	return c.Born != 0 && int(asOf-c.Born) < weeks*daysPerWeek
}

// olderThan reports whether the cat is known to be past a birthday.
func (c Cat) olderThan(years int, asOf Day) bool {
	return c.Born != 0 && asOf > c.Born.birthday(years)
}

// Observation is the level, from 1 to 5, that one person observed of one trait on
// one day.
type Observation struct {
	ID          string
	Trait       string // code of a trait, such as sound_recovery
	Level       int
	AssessorID  string
	Role        string
	Context     string
	ObservedOn  Day
	DaysInPlace *int // days since the cat came to that kennel or home; nil if unknown
}

// HealthItem is what a person verified, or a listing or the software of the shelter
// reports, about one gate. A
// gate without an item counts as unknown.
type HealthItem struct {
	Code       string
	Status     HealthStatus
	Severity   string // variant of the gate; empty counts as the strictest
	HappenedOn Day    // day of the operation, dose, bite or exam; zero stands for VerifiedOn
	ValidUntil Day    // after this day an ok item counts as failed, and a temporary failure as over
	VerifiedBy string
	VerifiedOn Day
	Reported   bool // from a listing or the software of the shelter, not verified: a failure counts, an ok leaves the gate unverified
}

// HealthStatus is the status of a health item.
type HealthStatus string

// The health statuses.
const (
	HealthOK            HealthStatus = "ok"
	HealthFail          HealthStatus = "fail"
	HealthUnknown       HealthStatus = "unknown"
	HealthNotApplicable HealthStatus = "not_applicable"
	HealthAtAdoption    HealthStatus = "at_adoption" // the shelter does it on the day of adoption; unknown to older rubrics
)

// Day is a calendar day in UTC, counted from 0001-01-01. The zero Day means that
// the day is not known.
type Day int32

const (
	secondsPerDay = 24 * 60 * 60
	daysPerWeek   = 7
	unixEpoch     = 719162 // 1970-01-01 as a Day
)

// DayOf returns the day of t in UTC.
func DayOf(t time.Time) Day {
	seconds := t.Unix() + unixEpoch*secondsPerDay
	return Day(seconds / secondsPerDay)
}

// ParseDay parses a day in the form 2006-01-02.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("parse day %q: want the form 2006-01-02: %w", s, err)
	}
	return DayOf(t), nil
}

// Time returns the start of the day in UTC.
func (d Day) Time() time.Time {
	return time.Unix((int64(d)-unixEpoch)*secondsPerDay, 0).UTC()
}

// String returns the day in the form 2006-01-02, and the empty string for the
// zero Day.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// birthday returns the day on which a cat born on d reaches an age in years.
func (d Day) birthday(years int) Day {
	return DayOf(d.Time().AddDate(years, 0, 0))
}
