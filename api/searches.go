package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// SearchReader finds saved searches.
type SearchReader interface {
	Search(ctx context.Context, id string) (catalog.SavedSearch, error)
	Searches(ctx context.Context, partnerID string, all bool, after string, limit int) ([]catalog.SavedSearch, error)
}

// SearchListQuery says which saved searches are wanted.
type SearchListQuery struct {
	Cursor string `query:"cursor" form:"cursor" validate:"optional" maxLength:"100"`                        // `next_cursor` of the previous page.
	Limit  int    `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"1000" default:"100"` // Saved searches per page.
} //	@name	SearchListQuery

// createSearch saves a search.
//
//	@Summary		Save a search
//	@Description	Saves filters of the list of cats with one of your webhooks. From then on the webhook is told `search.matched` when a cat comes to match, be it new, changed, older or assessed,
//	@Description	and `search.left` when it no longer does. One event tells of all your searches that a change concerns. Who matches already is on the list behind `cats_url`.
//	@ID				createSearch
//	@Tags			webhooks
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string		false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice"
//	@Param			body			body		SearchDraft	true	"The search"
//	@Success		201				{object}	wire.SavedSearch	"It is saved"
//	@Header			201				{string}	Location	"Where it is"
//	@Header			201				{string}	ETag		"Its version"
//	@Failure		400				{object}	httpkit.Problem		"Which filters there are not"
//	@Failure		422				{object}	httpkit.Problem		"What they do not take"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches [post]
func (a *API) createSearch(c echo.Context) error {
	var in wire.SearchDraft
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	made := catalog.SavedSearch{PartnerID: principalFrom(c).PartnerID, WebhookID: in.WebhookID, Name: in.Name}
	if in.Query != nil {
		made.Query = a.ParseSavedSearch(in.Query, &bad)
	}
	if err := filters.Err(bad); err != nil {
		return err
	}
	made, err = a.catalogFor(c).CreateSearch(c.Request().Context(), made)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/searches/"+made.ID)
	return a.sendSearch(c, http.StatusCreated, made)
}

// listSearches lists saved searches.
//
//	@Summary		List your saved searches
//	@Description	Lists your saved searches, the oldest first. An operator sees everybody's.
//	@ID				listSearches
//	@Tags			webhooks
//	@Produce		json
//	@Param			query	query		SearchListQuery	false	"Which page"
//	@Success		200		{object}	wire.SavedSearchPage	"A page of them"
//	@Header			200		{string}	Link			"Where the next page is"
//	@Failure		default	{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches [get]
func (a *API) listSearches(c echo.Context) error {
	in := SearchListQuery{Cursor: "", Limit: 100}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&bad, in.Cursor != "" && catalog.CheckID(catalog.SearchPrefix, in.Cursor) != nil, "cursor", "bad_cursor", "Is no cursor that this list gave.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	p := principalFrom(c)
	found, err := a.Store.Searches(c.Request().Context(), p.PartnerID, p.IsAdmin(), in.Cursor, in.Limit+1)
	if err != nil {
		return err
	}
	page := wire.SavedSearchPage{Data: []wire.SavedSearch{}, Page: wire.PageInfo{NextCursor: nil, HasMore: len(found) > in.Limit, Total: nil}}
	for _, s := range found[:min(len(found), in.Limit)] {
		page.Data = append(page.Data, a.newSavedSearch(s))
	}
	if page.Page.HasMore {
		page.Page.NextCursor = new(found[in.Limit-1].ID)
		httpkit.LinkNext(c, *page.Page.NextCursor)
	}
	return sendPrivate(c, http.StatusOK, page)
}

// getSearch shows one saved search.
//
//	@Summary		Show a saved search
//	@Description	Shows one of your saved searches.
//	@ID				getSearch
//	@Tags			webhooks
//	@Produce		json
//	@Param			id		path		string		true	"The search's id"	example(srch_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.SavedSearch	"The search"
//	@Header			200		{string}	ETag		"Its version"
//	@Failure		default	{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches/{id} [get]
func (a *API) getSearch(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	found, err := a.ownedSearch(c)
	if err != nil {
		return err
	}
	return a.sendSearch(c, http.StatusOK, found)
}

// changeSearch changes a saved search.
//
//	@Summary		Change a saved search
//	@Description	Changes what the body names; a query takes the place of the one before as a whole. With If-Match only if nobody changed the search since.
//	@Description	A change of the query itself is told to nobody: who matches from then on is on the list behind `cats_url`.
//	@ID				changeSearch
//	@Tags			webhooks
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string		true	"The search's id"	example(srch_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string		false	"The ETag that you hold"
//	@Param			body		body		SearchPatch	true	"What to change"
//	@Success		200			{object}	wire.SavedSearch	"The search as it is now"
//	@Header			200			{string}	ETag		"Its version"
//	@Failure		412			{object}	httpkit.Problem		"The search has changed since"
//	@Failure		default		{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches/{id} [patch]
func (a *API) changeSearch(c echo.Context) error {
	known, err := a.ownedSearch(c)
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c)
	if err != nil {
		return err
	}
	draft, bad, err := binding.ApplyPatch(patch, wire.SearchPatch{Name: known.Name, Query: known.Query, WebhookID: known.WebhookID})
	if err != nil {
		return err
	}
	query := known.Query
	if patch.Names("/query") && draft.Query != nil {
		query = a.ParseSavedSearch(draft.Query, &bad)
	}
	if err := filters.Err(bad); err != nil {
		return err
	}
	changed, err := a.catalogFor(c).ChangeSearch(c.Request().Context(), known.ID, version, func(s *catalog.SavedSearch) {
		s.Name, s.Query, s.WebhookID = draft.Name, query, draft.WebhookID
	})
	if err != nil {
		return err
	}
	return a.sendSearch(c, http.StatusOK, changed)
}

// deleteSearch ends a saved search.
//
//	@Summary		Delete a saved search
//	@Description	Ends a saved search. With If-Match only if nobody changed it since. It also ends with its webhook.
//	@ID				deleteSearch
//	@Tags			webhooks
//	@Produce		json
//	@Param			id			path	string	true	"The search's id"	example(srch_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header	string	false	"The ETag that you hold"
//	@Success		204			"It is gone"
//	@Failure		412			{object}	httpkit.Problem	"The search has changed since"
//	@Failure		default		{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches/{id} [delete]
func (a *API) deleteSearch(c echo.Context) error {
	known, err := a.ownedSearch(c)
	if err != nil {
		return err
	}
	version, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	if err := a.catalogFor(c).DeleteSearch(c.Request().Context(), known.ID, version); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// ownedSearch finds a saved search that belongs to who asks.
func (a *API) ownedSearch(c echo.Context) (catalog.SavedSearch, error) {
	id := c.Param("id")
	if err := catalog.CheckID(catalog.SearchPrefix, id); err != nil {
		return catalog.SavedSearch{}, err
	}
	found, err := a.Store.Search(c.Request().Context(), id)
	if err == nil && !principalFrom(c).Owns(found.PartnerID) {
		err = catalog.NotFoundError("search", id)
	}
	return found, err
}

func (a *API) sendSearch(c echo.Context, status int, s catalog.SavedSearch) error {
	c.Response().Header().Set("ETag", httpkit.VersionETag(s.Version))
	return sendPrivate(c, status, a.newSavedSearch(s))
}

// newSavedSearch is a saved search as the API shows it.
func (a *API) newSavedSearch(s catalog.SavedSearch) wire.SavedSearch {
	out := wire.SavedSearch{
		ID:        s.ID,
		Name:      s.Name,
		Query:     s.Query,
		CatsURL:   "/v1/cats?" + s.Query,
		WebhookID: s.WebhookID,
		Problem:   nil,
		Version:   s.Version,
		CreatedAt: s.CreatedAt,
		UpdatedAt: s.UpdatedAt,
	}
	if values, err := url.ParseQuery(s.Query); err != nil {
		out.Problem = new(sentence(err))
	} else if _, bad := a.SavedSearchQuery(values); len(bad) > 0 {
		out.Problem = new(bad[0].Parameter + ": " + bad[0].Message)
	}
	return out
}
