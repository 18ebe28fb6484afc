package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// listCatsOfShelter lists the cats of a shelter for its partner.
//
//	@Summary		List the cats of your shelter
//	@Description	Lists the cats of your own shelter with all facts, in the order in which they were created: also those that are stale, hidden or adopted, and with `status=removed` those that were removed.
//	@Description	Each cat can be changed and sent back with `PUT /v1/shelters/{id}/cats/{external_id}`. A page can have fewer cats than `limit`, even none, while `has_more` is true.
//	@ID				listCatsOfShelter
//	@Tags			writing
//	@Produce		json
//	@Param			id		path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			query	query		ShelterCatQuery	false	"Filters and page"
//	@Success		200		{object}	wire.OwnCatPage	"A page of cats"
//	@Header			200		{string}	Link			"URL of the next page, with rel=next"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/cats [get]
func (a *API) listCatsOfShelter(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	values, err := binding.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	in, err := a.ParseShelterCatRequest(values, a.audience(c, false))
	if err != nil {
		return err
	}
	cats, next, err := a.findCatsOfShelter(c.Request().Context(), shelter, in)
	if err != nil {
		return err
	}
	warnings, err := a.withoutRemoved(c.Request().Context(), shelter, in)
	if err != nil {
		return err
	}
	page := wire.OwnCatPage{Data: make([]wire.Cat, len(cats)), Page: wire.PageInfo{NextCursor: wire.OrNull(next), HasMore: next != "", Total: nil, Near: nil}, Warnings: warnings}
	for i, cat := range cats {
		page.Data[i] = a.renderCatForOwner(cat, shelter)
	}
	httpkit.LinkNext(c, next)
	return sendPrivate(c, http.StatusOK, page)
}

// withoutRemoved returns the warnings of a request, without those about removed cats of the
// shelter if it asks for removed cats: the index does not know them.
func (a *API) withoutRemoved(ctx context.Context, shelter catalog.Shelter, in filters.ShelterCatRequest) ([]wire.FilterWarning, error) {
	if !slices.Contains(in.Statuses, catalog.Removed) {
		return in.Warnings, nil
	}
	var out []wire.FilterWarning
	for _, w := range in.Warnings {
		if w.Parameter == "ids" || w.Parameter == "not_ids" {
			switch cat, err := a.findCat(ctx, w.Value); {
			case err == nil && cat.ShelterID == shelter.ID:
				continue
			case err != nil && catalog.KindOf(err) != catalog.NotFound:
				return nil, err
			}
		}
		out = append(out, w)
	}
	return out, nil
}

const (
	shelterCatsBatch = 500
	maxShelterCats   = 5000 // read for one page
)

// findCatsOfShelter returns a page of cats, in order of ID, and the cursor of the next
// page, or an empty one. The cats are read from the database, because the index does not
// contain removed ones.
func (a *API) findCatsOfShelter(ctx context.Context, shelter catalog.Shelter, in filters.ShelterCatRequest) (page []catalog.Cat, next string, err error) {
	after := in.Cursor
	for read, n := 0, in.Limit+1; read < maxShelterCats; read, n = read+n, shelterCatsBatch {
		cats, err := a.Store.CatsOfShelterAfter(ctx, shelter.ID, in.ExternalID, in.Statuses, after, n)
		if err != nil {
			return nil, "", err
		}
		for _, cat := range cats {
			after = cat.ID
			if !a.matchesAnyStatus(in, cat, shelter) {
				continue
			}
			if len(page) == in.Limit {
				return page, page[in.Limit-1].ID, nil
			}
			page = append(page, cat)
		}
		if len(cats) < n {
			return page, "", nil
		}
	}
	return page, after, nil
}

// matchesAnyStatus reports whether a cat matches the filters, also if it was removed.
func (a *API) matchesAnyStatus(in filters.ShelterCatRequest, cat catalog.Cat, shelter catalog.Shelter) bool {
	cat.Status = catalog.Available // matchers reject removed cats; this one has no condition on the status
	return in.Matcher.Matches(a.feed.Documents().Build(&cat, &shelter, a.Now()))
}
