package api

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
)

// QualityStore reads what quality is judged by, and keeps what was found.
type QualityStore interface {
	ListedCats(ctx context.Context, shelterID string, each func(batch []catalog.Cat) error) error
	CatsByMicrochip(ctx context.Context, hashes []string) ([]catalog.Cat, error)
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
	SaveQuality(ctx context.Context, shelterID string, q catalog.Quality) error
	QualitySince(ctx context.Context, shelterID string, day time.Time) ([]catalog.Quality, error)
}

// QualityQuery is what one may ask of the quality of listings.
type QualityQuery struct {
	Issue  []string `query:"issue" form:"issue" validate:"optional" collectionFormat:"csv" enums:"stale,likely_duplicate,no_photo,no_description,no_age,unknown_good_with,unmapped_breed,unmapped_colors,unmapped_words,not_assessed"` // only cats with any of these
	Cursor string   `query:"cursor" form:"cursor" validate:"optional" maxLength:"50"`                                                                                                                                                  // next_cursor of the page before; everything else as it was
	Limit  int      `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                                                                                            // cats a page
} //	@name	QualityQuery

// historyDays is how many days of history are shown.
const historyDays = 90

// getQuality tells what could be better about a shelter's listings.
//
//	@Summary		Look after the listings
//	@Description	Tells what could be better about a shelter's listings: how many lack what, how that was over the last 90 days,
//	@Description	and which cats to begin with, the worst first.
//	@Description
//	@Description	`likely_duplicate` is a listing that seems to be of the same cat as another one: by its microchip, or by name, sex, age
//	@Description	and breed at another source within 25 km. Nothing is ever merged; you decide.
//	@ID				getQuality
//	@Tags			shelters
//	@Produce		json
//	@Param			id				path		string			true	"The shelter's id, or its code"	example(MD1)
//	@Param			query			query		QualityQuery	false	"Which cats"
//	@Param			If-None-Match	header		string			false	"The ETag that you hold"
//	@Success		200				{object}	Quality			"The quality of the listings"
//	@Header			200				{string}	Link			"rel=next: the next page"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/quality [get]
func (a *API) getQuality(c echo.Context) error {
	in := QualityQuery{Limit: 20}
	bad, err := bindQuery(c, &in)
	if err != nil {
		return err
	}
	after, err := parseQualityCursor(in.Cursor)
	addErrorIf(&bad, err != nil, "cursor", "bad_cursor", "Is not the next_cursor of a page of this list.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	review, err := a.review(c.Request().Context(), shelter)
	if err != nil {
		return err
	}
	if !principalFrom(c).Test {
		a.keepQuality(c.Request().Context(), shelter, review.quality)
	}
	history, err := a.Store.QualitySince(c.Request().Context(), shelter.ID, review.quality.Day.AddDate(0, 0, 1-historyDays))
	if err != nil {
		return err
	}
	out, next := newQuality(shelter, review, history), ""
	out.Data, next = review.page(in, after)
	out.Page = PageInfo{NextCursor: orNull(next), HasMore: next != "", Total: nil}
	linkNext(c, next)
	return sendJSON(c, out)
}

// qualityReport is what was found about a shelter's listings.
type qualityReport struct {
	quality  catalog.Quality
	flawless int
	cats     []listingIssues // with something the matter, the worst first
}

// listingIssues is a listing with something the matter.
type listingIssues struct {
	catalog.Cat

	issues []catalog.Issue
	twins  []duplicate
	at     qualityCursor
}

// review judges all listings of a shelter.
func (a *API) review(ctx context.Context, shelter catalog.Shelter) (qualityReport, error) {
	var cats []catalog.Cat
	err := a.Store.ListedCats(ctx, shelter.ID, func(batch []catalog.Cat) error {
		cats = append(cats, batch...)
		return nil
	})
	if err != nil {
		return qualityReport{}, err
	}
	twins, err := a.duplicates(ctx, shelter, cats)
	if err != nil {
		return qualityReport{}, err
	}
	out := qualityReport{quality: catalog.Quality{Day: a.today(), Listed: len(cats), Counts: map[catalog.Issue]int{}}}
	for _, cat := range cats {
		issues := cat.Issues()
		if len(twins[cat.ID]) > 0 {
			issues = append(issues, catalog.IssueDuplicate)
		}
		for _, issue := range issues {
			out.quality.Counts[issue]++
		}
		if len(issues) == 0 {
			out.flawless++
			continue
		}
		out.cats = append(out.cats, listingIssues{Cat: cat, issues: issues, twins: twins[cat.ID], at: qualityCursor{catalog.SeverityScore(issues), cat.Number}})
	}
	slices.SortFunc(out.cats, func(a, b listingIssues) int { return a.at.compare(b.at) })
	return out, nil
}

// page is the next cats after a cursor.
func (r qualityReport) page(in QualityQuery, after *qualityCursor) (page []QualityCat, next string) {
	page = []QualityCat{}
	wanted := listed(in.Issue)
	last := qualityCursor{}
	for _, cat := range r.cats {
		if after != nil && cat.at.compare(*after) <= 0 || len(in.Issue) > 0 && !cat.hasAny(wanted) {
			continue
		}
		if len(page) == in.Limit {
			return page, last.String()
		}
		page, last = append(page, newQualityCat(cat)), cat.at
	}
	return page, ""
}

func (r listingIssues) hasAny(wanted []string) bool {
	return slices.ContainsFunc(r.issues, func(i catalog.Issue) bool { return slices.Contains(wanted, string(i)) })
}

// qualityCursor is the place of a cat in the list: the heavier come first, then
// the older numbers.
type qualityCursor struct {
	weight int
	number int64
}

func (q qualityCursor) compare(with qualityCursor) int {
	return cmp.Or(cmp.Compare(with.weight, q.weight), cmp.Compare(q.number, with.number))
}

func (q qualityCursor) String() string { return fmt.Sprintf("%d.%d", q.weight, q.number) }

func parseQualityCursor(text string) (*qualityCursor, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // none was sent
	}
	var q qualityCursor
	_, err := fmt.Sscanf(text, "%d.%d", &q.weight, &q.number)
	return &q, err
}

// noteQuality keeps how the listings are after an import.
func (a *API) noteQuality(c echo.Context, shelter catalog.Shelter) {
	ctx := c.Request().Context()
	found, err := a.review(ctx, shelter)
	if err != nil {
		a.Log.WarnContext(ctx, "quality not reviewed", slog.String("shelter", shelter.ID), slog.Any("error", err))
		return
	}
	a.keepQuality(ctx, shelter, found.quality)
}

// keepQuality keeps a day of the history. That it could not is no reason to
// keep the answer from who asks.
func (a *API) keepQuality(ctx context.Context, shelter catalog.Shelter, q catalog.Quality) {
	if err := a.Store.SaveQuality(ctx, shelter.ID, q); err != nil {
		a.Log.WarnContext(ctx, "quality not kept", slog.String("shelter", shelter.ID), slog.Any("error", err))
	}
}
