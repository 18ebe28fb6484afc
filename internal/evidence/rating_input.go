package evidence

import (
	"maps"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// RatedCat returns the facts of a cat that its rating uses. HomeSince is unset, because a
// cat at a shelter does not live in its future home yet.
func RatedCat(c catalog.Cat) rating.Cat {
	return rating.Cat{
		Born: DayOf(c.Birth.On), HomeSince: 0, WeightKg: c.WeightKg, GirthCm: c.GirthCm, BodyLengthCm: c.BodyLengthCm,
		LongCoat: longCoat(c), WarmClimate: nil, Male: c.Sex == "male",
	}
}

// longCoat reports whether the coat is long. It returns nil if the coat is unknown.
func longCoat(c catalog.Cat) *bool {
	if c.Coat == "" {
		return nil
	}
	return new(c.Coat == "long")
}

// Observations returns the observations in assessments: one per trait, with the traits of
// an assessment in alphabetical order.
func Observations(assessments []catalog.Assessment) []rating.Observation {
	var out []rating.Observation
	for _, a := range assessments {
		for _, trait := range slices.Sorted(maps.Keys(a.Levels)) {
			out = append(out, rating.Observation{
				ID: a.ID, Trait: trait, Level: a.Levels[trait], AssessorID: assessorKey(a), Role: a.Role, Context: a.Context,
				ObservedOn: DayOf(a.ObservedOn), DaysInPlace: a.DaysInPlace,
			})
		}
	}
	return out
}

// assessorKey identifies an assessor across partners. It is empty for an anonymous one.
func assessorKey(a catalog.Assessment) string {
	if a.AssessorID == "" {
		return ""
	}
	return a.Assessor()
}

// HealthItems converts health items for the rating.
func HealthItems(items []catalog.HealthItem) []rating.HealthItem {
	out := make([]rating.HealthItem, len(items))
	for i, h := range items {
		out[i] = rating.HealthItem{
			Code: h.Code, Status: rating.HealthStatus(h.Status), Severity: h.Severity, HappenedOn: DayOf(h.HappenedOn),
			ValidUntil: DayOf(h.ValidUntil), VerifiedBy: h.VerifiedBy, VerifiedOn: DayOf(h.VerifiedOn),
			Reported: h.Reported,
		}
	}
	return out
}

// DayOf returns the day of a time, and 0 for the zero time.
func DayOf(t time.Time) rating.Day {
	if t.IsZero() {
		return 0
	}
	return rating.DayOf(t)
}
