package suitability

import (
	"maps"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// RatedCat holds of a cat what its rating needs. A shelter's cat has not moved
// into the home that it will go out from.
func RatedCat(c catalog.Cat) rating.Cat {
	return rating.Cat{
		Born: dayOf(c.Birth.On), HomeSince: 0, WeightKg: c.WeightKg, GirthCm: c.GirthCm, BodyLengthCm: c.BodyLengthCm,
		LongCoat: longCoat(c), WarmClimate: nil,
	}
}

func longCoat(c catalog.Cat) *bool {
	if c.Coat == "" {
		return nil
	}
	return new(c.Coat == "long")
}

func Observations(assessments []catalog.Assessment) []rating.Observation {
	var out []rating.Observation
	for _, a := range assessments {
		for _, trait := range slices.Sorted(maps.Keys(a.Levels)) {
			out = append(out, rating.Observation{
				ID: a.ID, Trait: trait, Level: a.Levels[trait], AssessorID: assessorKey(a), Role: a.Role, Context: a.Context,
				ObservedOn: dayOf(a.ObservedOn), DaysInPlace: a.DaysInPlace,
			})
		}
	}
	return out
}

// assessorKey tells people apart across partners; nobody in particular is empty.
func assessorKey(a catalog.Assessment) string {
	if a.AssessorID == "" {
		return ""
	}
	return a.Assessor()
}

func HealthItems(items []catalog.HealthItem) []rating.HealthItem {
	out := make([]rating.HealthItem, len(items))
	for i, h := range items {
		out[i] = rating.HealthItem{
			Code: h.Code, Status: rating.HealthStatus(h.Status), Severity: h.Severity, HappenedOn: dayOf(h.HappenedOn),
			ValidUntil: dayOf(h.ValidUntil), VerifiedBy: h.VerifiedBy, VerifiedOn: dayOf(h.VerifiedOn),
		}
	}
	return out
}

func dayOf(t time.Time) rating.Day {
	if t.IsZero() {
		return 0
	}
	return rating.DayOf(t)
}
