package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// SyndicationQuery is what one may ask of the cats in a feed: any list of cats,
// the newest first.
type SyndicationQuery struct {
	filters.CatFilters

	Status       []string `query:"status" form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted" extensions:"x-default=available"` // Adoption status; default `available`.
	AgeMonthsMin *int     `query:"age_months_min" form:"age_months_min" validate:"optional" minimum:"0" maximum:"480"`                                                         // Minimum age in months; cats of unknown age do not match.
	AgeMonthsMax *int     `query:"age_months_max" form:"age_months_max" validate:"optional" minimum:"0" maximum:"480"`                                                         // Maximum age in months; cats of unknown age do not match.
	Stale        []string `query:"stale" form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false" extensions:"x-default=false"`                              // `true` for listings that their sources have not confirmed lately; default `false`.
	Sort         string   `query:"sort" form:"sort" validate:"optional" enums:"newest,updated" default:"newest"`                                                               // `newest` for the latest listing first, `updated` for the latest change first.
	Cursor       string   `query:"cursor" form:"cursor" validate:"optional" maxLength:"500"`                                                                                   // Cursor from the link to the next page.
	Limit        int      `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                              // Cats per page.
} //	@name	SyndicationQuery

// getJSONFeed is a list of cats as a JSON Feed.
//
//	@Summary		Follow cats in a feed reader (JSON Feed)
//	@Description	Any list of cats as a [JSON Feed 1.1](https://www.jsonfeed.org/version/1.1/), for feed readers and widgets: whole
//	@Description	descriptions, and with each cat the attribution that is to be shown. Feeds show what is new; they do not say who
//	@Description	left: to copy listings, follow /v1/changes.
//	@ID				getJSONFeed
//	@Tags			embedding
//	@Produce		application/feed+json
//	@Param			query			query		SyndicationQuery	false	"Which cats"
//	@Param			If-None-Match	header		string				false	"The ETag that you hold"
//	@Success		200				{object}	JSONFeed			"A page of the feed"
//	@Header			200				{string}	ETag				"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/cats.json-feed [get]
func (a *API) getJSONFeed(c echo.Context) error {
	feed, err := a.syndicate(c)
	if err != nil {
		return err
	}
	body, err := binding.EncodeJSON(newJSONFeed(feed))
	if err != nil {
		return err
	}
	return sendTyped(c, "application/feed+json", body)
}

// getAtom is a list of cats as an Atom feed.
//
//	@Summary		Follow cats in a feed reader (Atom)
//	@Description	Any list of cats as an Atom feed (RFC 4287), as /v1/cats.json-feed shows it.
//	@ID				getAtom
//	@Tags			embedding
//	@Produce		application/atom+xml
//	@Param			query			query		SyndicationQuery	false	"Which cats"
//	@Param			If-None-Match	header		string				false	"The ETag that you hold"
//	@Success		200				{string}	string				"A page of the feed"
//	@Header			200				{string}	ETag				"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/cats.atom [get]
func (a *API) getAtom(c echo.Context) error {
	feed, err := a.syndicate(c)
	if err != nil {
		return err
	}
	body, err := encodeXML(newAtomFeed(feed))
	if err != nil {
		return err
	}
	return sendTyped(c, "application/atom+xml", body)
}

// feedPage is a page of cats, ready to be put into the form of a feed.
type feedPage struct {
	Self, First, Next string // addresses; Next is empty at the end
	Docs              string
	Updated           time.Time
	Cats              []syndicatedCat
}

type syndicatedCat struct {
	catalog.Cat
	URN         string // stands for the cat for ever, wherever it is shown
	Title       string
	HTML        string
	Attribution wire.Attribution
}

const feedTitle = "Adoptable cats"

// syndicate finds the cats that a feed asks for.
func (a *API) syndicate(c echo.Context) (feedPage, error) {
	query, err := a.bindSyndicationQuery(c)
	if err != nil {
		return feedPage{}, err
	}
	page, err := a.Index.Cats(query)
	if err != nil {
		return feedPage{}, err
	}
	cats, err := a.catsOf(c, page.Hits)
	if err != nil {
		return feedPage{}, err
	}
	base, path := a.publicURL(c), c.Request().URL.EscapedPath()
	out := feedPage{Docs: base + "/docs", Self: base + c.Request().URL.RequestURI(), First: base + path + "?" + httpkit.WithCursor(c, ""), Updated: midnight(a.today())}
	if page.Next != "" {
		out.Next = base + path + "?" + httpkit.WithCursor(c, page.Next)
	}
	for i, cat := range cats {
		home, _ := a.Index.ShelterInfo(cat.ShelterID) // the index found the cat there
		one, err := newSyndicatedCat(base, cat, home)
		if err != nil {
			return feedPage{}, err
		}
		out.Cats = append(out.Cats, one)
		if i == 0 || cat.UpdatedAt.After(out.Updated) {
			out.Updated = cat.UpdatedAt
		}
	}
	return out, nil
}

func (a *API) bindSyndicationQuery(c echo.Context) (search.Query, error) {
	in := SyndicationQuery{Status: []string{string(catalog.Available)}, Stale: []string{"false"}, Sort: string(search.OrderNewest), Limit: 20}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return search.Query{}, err
	}
	q := a.BuildQuery(&in.CatFilters, &bad)
	q.Where, q.Audience = a.Clauses(&in, &bad), a.audience(c, false)
	q.AgeMonthsMin, q.AgeMonthsMax = in.AgeMonthsMin, in.AgeMonthsMax
	q.Order, q.Cursor, q.Limit, q.WithoutCards = search.Order(in.Sort), in.Cursor, in.Limit, true
	return q, bad.Err(catalog.Malformed)
}

// catsOf reads the cats that were found, in the order of the hits. Those that were
// removed meanwhile are left out.
func (a *API) catsOf(c echo.Context, hits []search.Hit) ([]catalog.Cat, error) {
	ids := make([]string, len(hits))
	for i, hit := range hits {
		ids[i] = hit.ID
	}
	read, err := a.Store.CatsByID(c.Request().Context(), ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]catalog.Cat, len(read))
	for _, cat := range read {
		byID[cat.ID] = cat
	}
	out := make([]catalog.Cat, 0, len(hits))
	for _, id := range ids {
		if cat, ok := byID[id]; ok && cat.Status != catalog.Removed {
			out = append(out, cat)
		}
	}
	return out, nil
}

func newSyndicatedCat(base string, cat catalog.Cat, home catalog.Shelter) (syndicatedCat, error) {
	attribution := wire.NewAttribution(base, cat, home)
	html, err := listingHTML(base, cat, attribution)
	if err != nil {
		return syndicatedCat{}, err
	}
	id, _ := catalog.UUIDOf(cat.ID)
	return syndicatedCat{Cat: cat, URN: uuid.UUID(id).URN(), Title: cat.Name, HTML: html, Attribution: attribution}, nil
}

func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// sendTyped sends an encoded answer of some type with a weak ETag, or 304.
func sendTyped(c echo.Context, kind string, body []byte) error {
	h, etag := c.Response().Header(), httpkit.WeakETag(body)
	h.Set("ETag", etag)
	h.Set("Cache-Control", httpkit.CacheScope(c)+", max-age=0, must-revalidate")
	if httpkit.ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, body)
}
