package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/quality"
)

// QualityQuery is what one may ask of the quality of listings.
type QualityQuery struct {
	Issue  []string `query:"issue" form:"issue" validate:"optional" collectionFormat:"csv" enums:"stale,likely_duplicate,no_photo,no_description,no_age,unknown_good_with,unmapped_breed,unmapped_colors,unmapped_words,not_assessed"` // Only cats with any of these issues.
	Cursor string   `query:"cursor" form:"cursor" validate:"optional" maxLength:"50"`                                                                                                                                                  // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit  int      `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                                                                                            // Cats per page.
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
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/quality [get]
func (a *API) getQuality(c echo.Context) error {
	in := QualityQuery{Limit: 20}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	after, err := quality.ParseCursor(in.Cursor)
	binding.AddErrorIf(&bad, err != nil, "cursor", "bad_cursor", "Is not the next_cursor of a page of this list.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	review, err := a.reviewer().Review(c.Request().Context(), shelter)
	if err != nil {
		return err
	}
	if !principalFrom(c).Test {
		a.reviewer().KeepQuality(c.Request().Context(), shelter, review.Quality)
	}
	history, err := a.Store.QualitySince(c.Request().Context(), shelter.ID, review.Quality.Day.AddDate(0, 0, 1-historyDays))
	if err != nil {
		return err
	}
	out, next := newQuality(shelter, review, history), ""
	out.Data, next = qualityPage(review, in, after)
	out.Page = wire.PageInfo{NextCursor: wire.OrNull(next), HasMore: next != "", Total: nil}
	httpkit.LinkNext(c, next)
	return httpkit.SendJSON(c, out)
}

// qualityPage is the next cats after a cursor.
func qualityPage(r quality.Report, in QualityQuery, after *quality.Cursor) (page []QualityCat, next string) {
	page = []QualityCat{}
	wanted := binding.SplitList(in.Issue)
	last := quality.Cursor{}
	for _, cat := range r.Cats {
		if after != nil && cat.At.Compare(*after) <= 0 || len(in.Issue) > 0 && !cat.HasAny(wanted) {
			continue
		}
		if len(page) == in.Limit {
			return page, last.String()
		}
		page, last = append(page, newQualityCat(cat)), cat.At
	}
	return page, ""
}

// reviewer returns the reviewer of this server's listings.
func (a *API) reviewer() quality.Reviewer {
	return quality.Reviewer{Store: a.Store, Index: a.Index, Log: a.Log, Now: a.Now}
}
