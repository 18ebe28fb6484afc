package api

import (
	"maps"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/quality"
)

// ReviewQueue reviews the listings of shelters in the background.
type ReviewQueue interface {
	// Enqueue has a shelter reviewed soon and returns at once.
	Enqueue(shelter catalog.Shelter)
}

// QualityQuery holds the query parameters of a quality report.
type QualityQuery struct {
	Issue  []string `form:"issue" validate:"optional" collectionFormat:"csv" enums:"stale,likely_duplicate,no_photo,photo_missing,shared_photo,no_description,no_age,unknown_good_with,unmapped_breed,unmapped_colors,unmapped_words,not_assessed"` // Only cats with any of these issues.
	Cursor string   `form:"cursor" validate:"optional" maxLength:"50"`                                                                                                                                                                              // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit  int      `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                                                                                                                       // Cats per page.
} //	@name	QualityQuery

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
	ID               string            `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                                                                  // Permanent ID of the cat.
	ExternalID       string            `json:"external_id" example:"A448617"`                                                                                                                                                // The shelter's own ID of the cat.
	Name             string            `json:"name" example:"Kenny"`                                                                                                                                                         // Name of the cat.
	Status           string            `json:"status" enums:"available,pending,on_hold"`                                                                                                                                     // Adoption status.
	ConfirmedAt      time.Time         `json:"confirmed_at" format:"date-time"`                                                                                                                                              // When the source last confirmed the listing.
	Issues           []string          `json:"issues" enums:"stale,likely_duplicate,no_photo,photo_missing,shared_photo,no_description,no_age,unknown_good_with,unmapped_breed,unmapped_colors,unmapped_words,not_assessed"` // Issues, the most serious first.
	Unmapped         map[string]string `json:"unmapped"`                                                                                                                                                                     // By field, source words that could not be interpreted.
	FailedPhotos     []FailedPhoto     `json:"failed_photos"`                                                                                                                                                                // Linked photos that the server could not fetch at its last attempt.
	LikelyDuplicates []LikelyDuplicate `json:"likely_duplicates"`                                                                                                                                                            // Other listings that are probably the same cat.
} //	@name	QualityCat

// FailedPhoto is a linked photo that the server could not fetch at its last attempt. It tries
// again, after a day at the latest.
type FailedPhoto struct {
	SourceURL    string    `json:"source_url" format:"uri" example:"https://example.org/kenny.jpg"`     // Address of the photo, as the shelter gave it.
	Reason       string    `json:"reason" example:"The address responded with status 404 (Not Found)."` // Why the last attempt failed, a sentence.
	FailingSince time.Time `json:"failing_since" format:"date-time"`                                    // The first failure since the last success.
} //	@name	FailedPhoto

// LikelyDuplicate is another listing that is probably the same cat.
type LikelyDuplicate struct {
	CatID     string `json:"cat_id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ed"`     // ID of the other listing.
	ShelterID string `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ed"` // ID of its shelter.
	Because   string `json:"because" enums:"microchip,looks,photo"`               // `microchip`: the same number; `looks`: the same name, sex, age and breed within 25 km; `photo`: the same photo, and no other sex or age.
} //	@name	LikelyDuplicate

// historyDays is the length of the history in days.
const historyDays = 90

// getQuality returns the quality report of a shelter.
//
//	@Summary		Get a quality report
//	@Description	Returns what could be improved in a shelter's listings: the number of listings per issue, the history of the last 90 days,
//	@Description	and the listings with issues, the most severe first.
//	@Description
//	@Description	`likely_duplicate` is a listing that seems to describe the same cat as another one: it has the same microchip; the same
//	@Description	name, sex, age and breed at another source within 25 km; or the same photo at another source. `shared_photo` is a listing whose
//	@Description	first photo is that of another cat of the shelter, too, with which it is not bonded. `photo_missing` is one with a linked photo that
//	@Description	could not be fetched for three days; `failed_photos` says why, from the first failure on. Trailcat never merges listings.
//	@ID				getQuality
//	@Tags			shelters
//	@Produce		json
//	@Param			id				path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			query			query		QualityQuery	false	"Filter and page"
//	@Param			If-None-Match	header		string			false	"ETag of the response that you have"
//	@Success		200				{object}	Quality			"The quality report"
//	@Header			200				{string}	Link			"URL of the next page, with rel=next"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/quality [get]
func (a *API) getQuality(c echo.Context) error {
	in := QualityQuery{Limit: 20}
	after, err := bindPositionPage(c, &in, &in.Cursor, quality.ParseCursor)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	reviewer := quality.Reviewer{Store: a.Store, Index: a.Index, Log: a.Log, Now: a.Now}
	report, err := reviewer.Review(ctx, shelter)
	if err != nil {
		return err
	}
	if !principalFrom(c).Test {
		reviewer.Save(ctx, shelter, report.Quality)
	}
	history, err := a.Store.QualitySince(ctx, shelter.ID, report.Quality.Day.AddDate(0, 0, 1-historyDays))
	if err != nil {
		return err
	}
	listings := slices.DeleteFunc(report.Listings, func(l quality.Listing) bool { return len(in.Issue) > 0 && !l.HasAny(in.Issue) })
	out := newQuality(shelter, report, history)
	listings, out.Page = pageAfter(c, listings, after, in.Limit, func(l quality.Listing) quality.Cursor { return l.Cursor })
	failing, err := reviewer.FailingPhotos(ctx, listings)
	if err != nil {
		return err
	}
	out.Data = wire.MapSlice(listings, func(l quality.Listing) QualityCat { return newQualityCat(l, failing) })
	return httpkit.SendJSON(c, out)
}

func newQuality(s catalog.Shelter, r quality.Report, history []catalog.Quality) Quality {
	out := Quality{
		ShelterID:     s.ID,
		Listed:        r.Quality.Listed,
		WithoutIssues: r.WithoutIssues,
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

// newIssueCounts returns the counts of all issues, including those with 0.
func newIssueCounts(counts map[catalog.Issue]int) map[string]int {
	out := map[string]int{}
	for _, issue := range catalog.Issues() {
		out[string(issue)] = counts[issue]
	}
	return out
}

func newQualityCat(l quality.Listing, failing map[string]catalog.PhotoSource) QualityCat {
	out := QualityCat{
		ID:               l.ID,
		ExternalID:       l.ExternalID,
		Name:             l.Name,
		Status:           string(l.Status),
		ConfirmedAt:      l.ConfirmedAt,
		Issues:           []string{},
		Unmapped:         map[string]string{},
		FailedPhotos:     []FailedPhoto{},
		LikelyDuplicates: []LikelyDuplicate{},
	}
	for _, issue := range catalog.Issues() {
		if l.HasAny([]string{string(issue)}) {
			out.Issues = append(out.Issues, string(issue))
		}
	}
	maps.Copy(out.Unmapped, l.Unparsed)
	for _, p := range l.Photos {
		if s, ok := failing[p.URL]; ok {
			out.FailedPhotos = append(out.FailedPhotos, FailedPhoto{SourceURL: s.URL, Reason: s.Failure, FailingSince: s.FailingSince})
		}
	}
	for _, d := range l.Duplicates {
		out.LikelyDuplicates = append(out.LikelyDuplicates, LikelyDuplicate{CatID: d.ID, ShelterID: d.ShelterID, Because: string(d.Reason)})
	}
	return out
}
