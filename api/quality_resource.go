package api

import (
	"maps"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/quality"
)

// Quality is how a shelter's listings are, and which of them need care.
type Quality struct {
	ShelterID     string         `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Listed        int            `json:"listed" example:"35"`         // cats that are available, pending or on hold
	WithoutIssues int            `json:"without_issues" example:"12"` // of those, how many have nothing the matter
	Counts        map[string]int `json:"counts"`                      // by issue, how many listings have it
	History       []QualityDay   `json:"history"`                     // of the last 90 days, those on which somebody looked or imported; oldest first
	Data          []QualityCat   `json:"data"`                        // cats with something the matter, the worst first
	Page          wire.PageInfo  `json:"page"`
} //	@name	Quality

// QualityDay is how a shelter's listings were on a day.
type QualityDay struct {
	Day    string         `json:"day" format:"date" example:"2026-05-01"`
	Listed int            `json:"listed" example:"35"`
	Counts map[string]int `json:"counts"` // by issue, how many listings had it
} //	@name	QualityDay

// QualityCat is a listing that needs care.
type QualityCat struct {
	ID               string            `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`
	ExternalID       string            `json:"external_id" example:"A448617"`
	Name             string            `json:"name" example:"Kenny"`
	Status           string            `json:"status" enums:"available,pending,on_hold"`
	ConfirmedAt      time.Time         `json:"confirmed_at" format:"date-time"`                                                                                                                   // when its source last spoke of it
	Issues           []string          `json:"issues" enums:"stale,likely_duplicate,no_photo,no_description,no_age,unknown_good_with,unmapped_breed,unmapped_colors,unmapped_words,not_assessed"` // the worst first
	Unmapped         map[string]string `json:"unmapped"`                                                                                                                                          // by field, the words that were not understood
	LikelyDuplicates []LikelyDuplicate `json:"likely_duplicates"`                                                                                                                                 // other listings that seem to be of this cat
} //	@name	QualityCat

// LikelyDuplicate is another listing that seems to be of the same cat.
type LikelyDuplicate struct {
	CatID     string `json:"cat_id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ed"`
	ShelterID string `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ed"`
	Because   string `json:"because" enums:"microchip,looks"` // looks: the same name, sex, age and breed within 25 km
} //	@name	LikelyDuplicate

func newQuality(s catalog.Shelter, r quality.Report, history []catalog.Quality) Quality {
	out := Quality{
		ShelterID:     s.ID,
		Listed:        r.Quality.Listed,
		WithoutIssues: r.Flawless,
		Counts:        newIssueCounts(r.Quality.Counts),
		History:       []QualityDay{},
		Data:          nil,
		Page:          wire.PageInfo{},
	}
	for _, q := range history {
		out.History = append(out.History, QualityDay{Day: q.Day.Format(time.DateOnly), Listed: q.Listed, Counts: newIssueCounts(q.Counts)})
	}
	return out
}

// newIssueCounts shows every issue, those that no listing has too.
func newIssueCounts(counts map[catalog.Issue]int) map[string]int {
	out := map[string]int{}
	for _, issue := range catalog.Issues() {
		out[string(issue)] = counts[issue]
	}
	return out
}

func newQualityCat(r quality.Listing) QualityCat {
	out := QualityCat{
		ID:               r.ID,
		ExternalID:       r.ExternalID,
		Name:             r.Name,
		Status:           string(r.Status),
		ConfirmedAt:      r.ConfirmedAt,
		Issues:           []string{},
		Unmapped:         map[string]string{},
		LikelyDuplicates: []LikelyDuplicate{},
	}
	for _, issue := range catalog.Issues() {
		if r.HasAny([]string{string(issue)}) {
			out.Issues = append(out.Issues, string(issue))
		}
	}
	maps.Copy(out.Unmapped, r.Unparsed)
	for _, t := range r.Twins {
		out.LikelyDuplicates = append(out.LikelyDuplicates, LikelyDuplicate{CatID: t.ID, ShelterID: t.ShelterID, Because: string(t.Because)})
	}
	return out
}
