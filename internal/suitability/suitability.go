package suitability

import (
	"cmp"
	"context"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/evidence"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// EvidenceStore reads the recorded evidence of a cat.
type EvidenceStore interface {
	Assessments(ctx context.Context, catID string) ([]catalog.Assessment, error)
	Health(ctx context.Context, catID string) ([]catalog.HealthItem, error)
}

// Rate rates a cat from its recorded evidence and from the evidence of its listing.
// Withdrawn and superseded assessments do not count, nor does the health that the software
// of a shelter reports, if the rubric is older than such records. The argument rate is a method
// expression: (*rating.Rubric).Rate, RateSummary or Outlook.
func Rate[R any](rate func(*rating.Rubric, rating.Cat, []rating.Observation, []rating.HealthItem, rating.Day) R,
	rubric *rating.Rubric, cat *catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, listing ListingEvidence, on time.Time,
) R {
	counted := slices.DeleteFunc(slices.Clone(assessments), func(a catalog.Assessment) bool { return !a.Counts() })
	if rubric.RecordRole() == "" {
		health = slices.DeleteFunc(slices.Clone(health), func(h catalog.HealthItem) bool { return h.Reported })
	}
	observations, items := append(evidence.Observations(counted), listing.Observations...), append(evidence.HealthItems(health), listing.Health...)
	return rate(rubric, evidence.RatedCat(*cat), observations, items, rating.DayOf(on))
}

// NewRater returns a rater for the catalog that uses the latest rubric. A cat of which no
// person recorded anything only gets a rating if its listing has enough evidence for a grade,
// or if the listing, the shelter's software or the cat's age puts an activity on hold: the
// rating of any other cat says no more than none. The rater reads each text of the
// listing once, for the rating and for the reading.
func NewRater(rubrics *rating.Rubrics) catalog.Rater {
	rubric := rubrics.Latest()
	return func(cat catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, on time.Time) (catalog.Rating, catalog.ListingReading) {
		found, reading := hints.Read(&cat.Facts)
		reading.Impression = ImpressionOf(rubric, found)
		return summarize(rubric, &cat, assessments, health, evidenceFromHints(rubric, &cat, found, on), on), reading
	}
}

// ImpressionOf returns the impression that the hints of a listing give. The zero Impression
// means that they say nothing that matters for an activity.
func ImpressionOf(rubric *rating.Rubric, found []hints.Hint) catalog.Impression {
	var out catalog.Impression
	levels := make([]rating.TraitLevel, len(found))
	for i, h := range found {
		levels[i] = rating.TraitLevel{Trait: h.Trait, Level: h.Level}
	}
	impressions, codes := rubric.Impressions(levels), rubric.ActivityCodes()
	out.Overall = string(impressions.Overall)
	for i, activity := range catalog.Activities() {
		if at := slices.Index(codes, activity); at >= 0 {
			out.Activities[i] = string(impressions.Activities[at])
		}
	}
	if out.Any() {
		out.Phrases = len(found)
	}
	return out
}

// summarize returns the rating that NewRater describes.
func summarize(rubric *rating.Rubric, cat *catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, listing ListingEvidence, on time.Time) catalog.Rating {
	recorded := len(assessments) > 0 || slices.ContainsFunc(health, func(h catalog.HealthItem) bool { return !h.Reported })
	out := toSummary(Rate((*rating.Rubric).RateSummary, rubric, cat, assessments, health, listing, on))
	if recorded || slices.ContainsFunc(out.Activities, func(a catalog.ActivityRating) bool {
		return a.Grade != catalog.NoEvidence || a.Readiness != catalog.ReadinessNotAssessed
	}) {
		return out
	}
	return catalog.Rating{}
}

// toSummary converts a rating to the summary that the catalog stores with a cat.
func toSummary(r rating.Summary) catalog.Rating {
	out := catalog.Rating{
		Rubric: r.Rubric.Version, On: r.AsOf.Time(), Overall: nil, BestFit: r.BestFit,
		Activities: make([]catalog.ActivityRating, len(r.Activities)),
	}
	if r.Overall != nil {
		out.Overall = &r.Overall.Score
	}
	for i, a := range r.Activities {
		activity := catalog.ActivityRating{Activity: a.Activity, Score: nil, Low: nil, High: nil, Band: "", Readiness: string(a.Readiness), Grade: a.Grade}
		if a.Estimate != nil {
			activity.Score, activity.Low, activity.High, activity.Band = &a.Estimate.Score, &a.Estimate.Low, &a.Estimate.High, a.Estimate.Band
		}
		out.Activities[i] = activity
	}
	return out
}

// ListingEvidence is the evidence in the text and the fields of a listing, of which some
// are the shelter's record.
type ListingEvidence struct {
	Hints        []hints.Hint
	Observations []rating.Observation
	Health       []rating.HealthItem
}

// listingContext is the context, in the terms of the rubric, of observations from a
// listing.
const listingContext = "history"

// EvidenceFromListing returns the evidence of a cat's listing, dated to the day on which
// the cat was listed. There is none before that day, or if the rubric does not use
// listings.
func EvidenceFromListing(rubric *rating.Rubric, cat *catalog.Cat, on time.Time) ListingEvidence {
	return evidenceFromHints(rubric, cat, hints.Find(&cat.Facts), on)
}

// evidenceFromHints returns the evidence in the hints and the health flags of a listing.
// Answers that the shelter recorded have the role of records if the rubric has one.
func evidenceFromHints(rubric *rating.Rubric, cat *catalog.Cat, found []hints.Hint, on time.Time) ListingEvidence {
	role, since := rubric.HintRole(), evidence.DayOf(cat.ListedAt)
	if role == "" || since > rating.DayOf(on) {
		return ListingEvidence{}
	}
	flags := hints.FindFlags(&cat.Facts)
	out := ListingEvidence{
		Hints:        found,
		Observations: make([]rating.Observation, 0, len(found)),
		Health:       make([]rating.HealthItem, 0, len(flags)),
	}
	for _, h := range found {
		source := role
		if h.Recorded {
			source = cmp.Or(rubric.RecordRole(), role)
		}
		out.Observations = append(out.Observations, rating.Observation{
			ID: source + ":" + h.Rule, Trait: h.Trait, Level: h.Level, AssessorID: source, Role: source, Context: listingContext,
			ObservedOn: since, DaysInPlace: nil,
		})
	}
	for _, flag := range flags {
		status := rating.HealthFail
		if flag.OK {
			status = rating.HealthOK
		}
		out.Health = append(out.Health, rating.HealthItem{Code: flag.Code, Status: status, Reported: true})
	}
	return out
}
