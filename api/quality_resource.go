package api

import (
	"maps"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/quality"
)

// Quality is the quality of a shelter's listings, and which of them need attention.
type Quality struct {
	ShelterID     string         `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the shelter.
	Listed        int            `json:"listed" example:"35"`                                 // Number of cats that are available, pending or on hold.
	WithoutIssues int            `json:"without_issues" example:"12"`                         // Number of those cats without any issue.
	Counts        map[string]int `json:"counts"`                                              // Number of listings by issue.
	History       []QualityDay   `json:"history"`                                             // The days within the last 90 days on which the listings were reviewed, the oldest first.
	Data          []QualityCat   `json:"data"`                                                // Cats with issues, the most serious first.
	Page          wire.PageInfo  `json:"page"`                                                // Position in the list.
} //	@name	Quality

// QualityDay is the quality of a shelter's listings on one day.
type QualityDay struct {
	Day    string         `json:"day" format:"date" example:"2026-05-01"` // The day.
	Listed int            `json:"listed" example:"35"`                    // Number of cats that were available, pending or on hold.
	Counts map[string]int `json:"counts"`                                 // Number of listings by issue.
} //	@name	QualityDay

// QualityCat is a listing that needs attention.
type QualityCat struct {
	ID               string            `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                                       // Permanent ID of the cat.
	ExternalID       string            `json:"external_id" example:"A448617"`                                                                                                                     // The shelter's own ID of the cat.
	Name             string            `json:"name" example:"Kenny"`                                                                                                                              // Name of the cat.
	Status           string            `json:"status" enums:"available,pending,on_hold"`                                                                                                          // Adoption status.
	ConfirmedAt      time.Time         `json:"confirmed_at" format:"date-time"`                                                                                                                   // When the source last confirmed the listing.
	Issues           []string          `json:"issues" enums:"stale,likely_duplicate,no_photo,no_description,no_age,unknown_good_with,unmapped_breed,unmapped_colors,unmapped_words,not_assessed"` // Issues, the most serious first.
	Unmapped         map[string]string `json:"unmapped"`                                                                                                                                          // By field, source words that could not be interpreted.
	LikelyDuplicates []LikelyDuplicate `json:"likely_duplicates"`                                                                                                                                 // Other listings that are probably the same cat.
} //	@name	QualityCat

// LikelyDuplicate is another listing that is probably the same cat.
type LikelyDuplicate struct {
	CatID     string `json:"cat_id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ed"`     // ID of the other listing.
	ShelterID string `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ed"` // ID of its shelter.
	Because   string `json:"because" enums:"microchip,looks"`                     // `microchip`: the same number; `looks`: the same name, sex, age and breed within 25 km.
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
