package wire

import (
	"encoding/json"
	"time"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// AdventureSummary is a summary of the latest adventure rating of a cat. `GET
// /v1/cats/{id}/adventure` returns the whole rating.
type AdventureSummary struct {
	Rubric     *string           `json:"rubric" extensions:"x-nullable" example:"1.1.0"`                           // Version of the rubric; null while nothing is recorded and the listing says nothing that the rubric uses.
	AsOf       *string           `json:"as_of" format:"date" extensions:"x-nullable"`                              // Day of the rating; null without a rating.
	Overall    *float64          `json:"overall" extensions:"x-nullable" example:"54.7" minimum:"0" maximum:"100"` // Weighted score of all assessed activities; null while none is assessed, never 0.
	BestFit    string            `json:"best_fit" enums:"indoor_enrichment,leash_walk,backpack,hike,patio_visit"`  // Activity to start with.
	Activities []ActivitySummary `json:"activities"`                                                               // Summaries of leash walk, backpack, hike and patio visit, in this order.
} //	@name	AdventureSummary

// ActivitySummary is a summary of the rating of one activity.
type ActivitySummary struct {
	Activity      string       `json:"activity" enums:"leash_walk,backpack,hike,patio_visit"`                                           // Code of the activity.
	Score         *float64     `json:"score" extensions:"x-nullable" example:"51.2" minimum:"0" maximum:"100"`                          // Score from behavior alone; null when not yet assessed.
	LikelyRange   *LikelyRange `json:"likely_range" extensions:"x-nullable"`                                                            // Range in which the score probably lies; null when not yet assessed.
	Band          *string      `json:"band" enums:"natural,promising,gentle_start,confidence_first" extensions:"x-nullable"`            // Band of the score; null when not yet assessed.
	Readiness     string       `json:"readiness" enums:"on_hold,not_yet_assessed,build_confidence_first,ready_with_training,ready_now"` // Readiness for the activity, with health and safety gates considered.
	EvidenceGrade string       `json:"evidence_grade" enums:"A,B,C,D,none"`                                                             // Quality of the evidence, `A` is the best.
} //	@name	ActivitySummary

func newAdventureSummary(r catalog.Rating) AdventureSummary {
	if r.Rubric == "" {
		return AdventureSummary{
			Rubric: nil, AsOf: nil, Overall: nil, BestFit: catalog.IndoorEnrichment,
			Activities: MapSlice(catalog.Activities(), func(activity string) ActivitySummary {
				return ActivitySummary{Activity: activity, Score: nil, LikelyRange: nil, Band: nil, Readiness: string(rating.NotYetAssessed), EvidenceGrade: catalog.NoEvidence}
			}),
		}
	}
	return AdventureSummary{
		Rubric: &r.Rubric, AsOf: new(r.On.Format(time.DateOnly)), Overall: r.Overall, BestFit: r.BestFit,
		Activities: MapSlice(r.Activities, newActivitySummary),
	}
}

func newActivitySummary(a catalog.ActivityRating) ActivitySummary {
	out := ActivitySummary{
		Activity: a.Activity, Score: a.Score, LikelyRange: nil, Band: OrNull(a.Band), Readiness: a.Readiness, EvidenceGrade: a.Grade,
	}
	if a.Low != nil && a.High != nil {
		out.LikelyRange = &LikelyRange{Level: rangeLevel, Low: *a.Low, High: *a.High}
	}
	return out
}

// EncodeAdventureSummary is the short of a cat's adventure rating as /v1 shows it, for
// those who show cats in another form; nil while nothing was recorded.
func EncodeAdventureSummary(cat catalog.Cat) json.RawMessage {
	if cat.Rating.Rubric == "" {
		return nil
	}
	body, err := binding.EncodeJSON(newAdventureSummary(cat.Rating))
	if err != nil {
		return nil // strings and numbers always encode
	}
	return body
}
