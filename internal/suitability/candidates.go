package suitability

import (
	"context"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
	"trailcat/internal/rating/match"
)

// BulkEvidenceStore reads the recorded evidence of many cats at once.
type BulkEvidenceStore interface {
	// EvidenceOf returns the recorded evidence by cat id. Cats without evidence are absent.
	EvidenceOf(ctx context.Context, catIDs []string) (map[string]catalog.Evidence, error)
}

// Candidates returns cats to match with a home, with the outlook of their ratings on a day
// and the hints of their listings. The distances are not set.
func Candidates(ctx context.Context, store BulkEvidenceStore, rubric *rating.Rubric, cats []catalog.Cat, on time.Time) ([]match.Candidate, error) {
	var ids []string
	for i := range cats {
		if len(cats[i].Rating.Activities) > 0 {
			ids = append(ids, cats[i].ID)
		}
	}
	recorded := map[string]catalog.Evidence{}
	if len(ids) > 0 {
		var err error
		if recorded, err = store.EvidenceOf(ctx, ids); err != nil {
			return nil, err
		}
	}
	out := make([]match.Candidate, len(cats))
	for i := range cats {
		cat := &cats[i]
		out[i] = match.Candidate{Cat: *cat, DistanceKm: -1, Outlook: nil, Hints: hints.Find(&cat.Facts)}
		if len(cat.Rating.Activities) > 0 || cat.Declawed != nil && *cat.Declawed { // restricted, although no rating says so
			evidence := recorded[cat.ID]
			listing := evidenceFromHints(rubric, cat, out[i].Hints, on)
			out[i].Outlook = new(Rate((*rating.Rubric).Outlook, rubric, cat, evidence.Assessments, evidence.Health, listing, on))
		}
	}
	return out, nil
}
