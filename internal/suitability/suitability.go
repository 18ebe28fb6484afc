package suitability

import (
	"context"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// EvidenceStore answers what was recorded of a cat.
type EvidenceStore interface {
	Assessments(ctx context.Context, catID string) ([]catalog.Assessment, error)
	Health(ctx context.Context, catID string) ([]catalog.HealthItem, error)
}

// Rate rates a cat, in full or in short, from what was recorded of it, as far as
// that still counts, and from what its listing says.
func Rate[R any](rate func(rating.Cat, []rating.Observation, []rating.HealthItem, rating.Day) R,
	cat *catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, said ListingEvidence, on time.Time,
) R {
	standing := slices.DeleteFunc(slices.Clone(assessments), func(a catalog.Assessment) bool { return !a.Counts() })
	observations, items := append(Observations(standing), said.Observations...), append(HealthItems(health), said.Health...)
	return rate(RatedCat(*cat), observations, items, rating.DayOf(on))
}

// NewRater rates cats for the catalog, by the newest rubric. Of a cat of which nothing
// is recorded it keeps a rating only where its listing reports a failure that
// holds an activity, or says enough for a grade.
func NewRater(rubrics *rating.Rubrics) catalog.Rater {
	rubric := rubrics.Latest()
	return func(cat catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, on time.Time) catalog.Rating {
		recorded, said := len(assessments)+len(health) > 0, EvidenceFromListing(rubric, &cat, on)
		if !recorded && len(said.Hints) == 0 && !said.reportsFailure() {
			return catalog.Rating{}
		}
		out := toSummary(Rate(rubric.RateSummary, &cat, assessments, health, said, on))
		if recorded || slices.ContainsFunc(out.Activities, func(a catalog.ActivityRating) bool {
			return a.Grade != catalog.NoEvidence || said.reportsFailure() && a.Readiness == string(rating.OnHold)
		}) {
			return out
		}
		return catalog.Rating{}
	}
}

// toSummary is what a cat keeps of its rating.
func toSummary(r rating.Summary) catalog.Rating {
	out := catalog.Rating{
		Rubric: r.Rubric.Version, On: r.AsOf.Time(), Overall: nil, BestFit: r.BestFit,
		Activities: make([]catalog.ActivityRating, len(r.Activities)),
	}
	if r.Overall != nil {
		out.Overall = &r.Overall.Score
	}
	for i, a := range r.Activities {
		one := catalog.ActivityRating{Activity: a.Activity, Score: nil, Low: nil, High: nil, Band: "", Readiness: string(a.Readiness), Grade: a.Grade}
		if a.Estimate != nil {
			one.Score, one.Low, one.High, one.Band = &a.Estimate.Score, &a.Estimate.Low, &a.Estimate.High, a.Estimate.Band
		}
		out.Activities[i] = one
	}
	return out
}

// ListingEvidence is what a listing says of a cat, in the words of the rating.
type ListingEvidence struct {
	Hints        []hints.Hint
	Observations []rating.Observation
	Health       []rating.HealthItem
}

// listingContext is where a listing's hints come from, in the words of the rubric.
const listingContext = "history"

// EvidenceFromListing reads a cat's listing, if the rubric listens to listings. It speaks
// as of the day since when the cat is listed, and before that day not at all.
func EvidenceFromListing(rubric *rating.Rubric, cat *catalog.Cat, on time.Time) ListingEvidence {
	role, since := rubric.HintRole(), dayOf(cat.ListedAt)
	if role == "" || since > rating.DayOf(on) {
		return ListingEvidence{}
	}
	found, flags := hints.Find(&cat.Facts), hints.FindFlags(&cat.Facts)
	said := ListingEvidence{
		Hints:        found,
		Observations: make([]rating.Observation, 0, len(found)),
		Health:       make([]rating.HealthItem, 0, len(flags)),
	}
	for _, h := range found {
		said.Observations = append(said.Observations, rating.Observation{
			ID: role + ":" + h.Rule, Trait: h.Trait, Level: h.Level, AssessorID: role, Role: role, Context: listingContext,
			ObservedOn: since, DaysInPlace: nil,
		})
	}
	for _, flag := range flags {
		status := rating.HealthFail
		if flag.OK {
			status = rating.HealthOK
		}
		said.Health = append(said.Health, rating.HealthItem{Code: flag.Code, Status: status, Reported: true})
	}
	return said
}

// reportsFailure says whether the listing reports that something is not in order.
func (h *ListingEvidence) reportsFailure() bool {
	return slices.ContainsFunc(h.Health, func(item rating.HealthItem) bool { return item.Status == rating.HealthFail })
}
