package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// SearchStore reads saved searches.
type SearchStore interface {
	Search(ctx context.Context, id string) (catalog.SavedSearch, error)
	Searches(ctx context.Context, owner *access.Owner, after string, limit int) ([]catalog.SavedSearch, error)
}

// SearchListQuery is the query of the list of saved searches.
type SearchListQuery struct {
	Cursor string `form:"cursor" validate:"optional" maxLength:"100"`                         // `next_cursor` of the previous page.
	Limit  int    `form:"limit" validate:"optional" minimum:"1" maximum:"1000" default:"100"` // Saved searches per page.
} //	@name	SearchListQuery

// createSearch creates a saved search.
//
//	@Summary		Save a search
//	@Description	Saves filters of the list of cats for one of your webhooks. From then on, the webhook gets `search.matched` when a cat begins to match, because it is new, changed, older or newly assessed,
//	@Description	and `search.left` when it no longer does. One event names all your searches that a change concerns. Cats that match already are in the list at `cats_url`.
//	@ID				createSearch
//	@Tags			webhooks
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"Repeating the request with the same key and body within 24 hours returns the same response and creates no second search"
//	@Param			body			body		SearchDraft			true	"The search to create"
//	@Success		201				{object}	wire.SavedSearch	"The saved search"
//	@Header			201				{string}	Location			"URL of the saved search"
//	@Header			201				{string}	ETag				"Version of the saved search, for If-Match"
//	@Failure		400				{object}	httpkit.Problem		"A filter does not exist"
//	@Failure		422				{object}	httpkit.Problem		"A filter has an invalid value"
//	@Failure		default			{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches [post]
func (a *API) createSearch(c echo.Context) error {
	var in wire.SearchDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	owner := principalFrom(c).Owner()
	search := catalog.SavedSearch{PartnerID: owner.PartnerID, KeyID: owner.KeyID, WebhookID: in.WebhookID, Name: in.Name}
	if in.Query != nil {
		search.Query = a.ParseSavedSearch(in.Query, &errs)
	}
	if err := filters.Err(errs); err != nil {
		return err
	}
	search, err = a.catalogFor(c).CreateSearch(c.Request().Context(), search)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/searches/"+search.ID)
	return a.sendSearch(c, http.StatusCreated, search)
}

// listSearches returns a page of the caller's saved searches.
//
//	@Summary		List your saved searches
//	@Description	Returns your saved searches, the oldest first. Operators get the saved searches of all partners.
//	@ID				listSearches
//	@Tags			webhooks
//	@Produce		json
//	@Param			query	query		SearchListQuery			false	"Cursor and page size"
//	@Success		200		{object}	wire.SavedSearchPage	"A page of saved searches"
//	@Header			200		{string}	Link					"URL of the next page, with rel=next"
//	@Failure		default	{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches [get]
func (a *API) listSearches(c echo.Context) error {
	in := SearchListQuery{Cursor: "", Limit: 100}
	if err := bindIDPage(c, &in, &in.Cursor, catalog.SearchPrefix); err != nil {
		return err
	}
	found, err := a.Store.Searches(c.Request().Context(), ownerFrom(c), in.Cursor, in.Limit+1)
	if err != nil {
		return err
	}
	searches, info := cutPage(c, found, in.Limit, func(s catalog.SavedSearch) string { return s.ID })
	page := wire.SavedSearchPage{Data: make([]wire.SavedSearch, len(searches)), Page: info}
	for i, s := range searches {
		page.Data[i] = a.newSavedSearch(s)
	}
	return sendPrivate(c, http.StatusOK, page)
}

// getSearch returns a saved search.
//
//	@Summary		Get a saved search
//	@Description	Returns one of your saved searches.
//	@ID				getSearch
//	@Tags			webhooks
//	@Produce		json
//	@Param			id		path		string				true	"ID of the saved search"	example(srch_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.SavedSearch	"The saved search"
//	@Header			200		{string}	ETag				"Version of the saved search, for If-Match"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
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

// changeSearch updates a saved search.
//
//	@Summary		Update a saved search
//	@Description	Changes the fields in the body; `query` is replaced as a whole. With If-Match, fails if the search changed in the meantime.
//	@Description	A new query causes no events by itself: the cats that match it are in the list at `cats_url`.
//	@ID				changeSearch
//	@Tags			webhooks
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string				true	"ID of the saved search"	example(srch_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string				false	"ETag of the version to change; if omitted, any version"
//	@Param			body		body		SearchPatch			true	"Fields to change"
//	@Success		200			{object}	wire.SavedSearch	"The updated search"
//	@Header			200			{string}	ETag				"Version of the saved search, for If-Match"
//	@Failure		412			{object}	httpkit.Problem		"The search changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches/{id} [patch]
func (a *API) changeSearch(c echo.Context) error {
	current, err := a.ownedSearch(c)
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	draft, errs, err := binding.ApplyPatch(patch, wire.SearchPatch{Name: current.Name, Query: current.Query, WebhookID: current.WebhookID})
	if err != nil {
		return err
	}
	query := current.Query
	if patch.Contains("/query") && draft.Query != nil {
		query = a.ParseSavedSearch(draft.Query, &errs)
	}
	if err := filters.Err(errs); err != nil {
		return err
	}
	updated, err := a.catalogFor(c).ChangeSearch(c.Request().Context(), current.ID, version, func(s *catalog.SavedSearch) {
		s.Name, s.Query, s.WebhookID = draft.Name, query, draft.WebhookID
	})
	if err != nil {
		return err
	}
	return a.sendSearch(c, http.StatusOK, updated)
}

// deleteSearch deletes a saved search.
//
//	@Summary		Delete a saved search
//	@Description	Deletes a saved search. With If-Match, fails if the search changed in the meantime. Deleting a webhook also deletes its saved searches.
//	@ID				deleteSearch
//	@Tags			webhooks
//	@Produce		json
//	@Param			id			path	string	true	"ID of the saved search"	example(srch_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header	string	false	"ETag of the version to change; if omitted, any version"
//	@Success		204			"The search was deleted"
//	@Failure		412			{object}	httpkit.Problem	"The search changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/searches/{id} [delete]
func (a *API) deleteSearch(c echo.Context) error {
	current, err := a.ownedSearch(c)
	if err != nil {
		return err
	}
	version, err := httpkit.IfMatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	if err := a.catalogFor(c).DeleteSearch(c.Request().Context(), current.ID, version); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// ownedSearch returns the saved search of the path, or a NotFound error if it does not
// exist or belongs to somebody else.
func (a *API) ownedSearch(c echo.Context) (catalog.SavedSearch, error) {
	id := c.Param("id")
	if err := catalog.CheckID(catalog.SearchPrefix, id); err != nil {
		return catalog.SavedSearch{}, err
	}
	found, err := a.Store.Search(c.Request().Context(), id)
	if err == nil && !principalFrom(c).ActsFor(found.Owner()) {
		err = catalog.NotFoundError("search", id)
	}
	return found, err
}

func (a *API) sendSearch(c echo.Context, status int, s catalog.SavedSearch) error {
	c.Response().Header().Set("ETag", httpkit.VersionETag(s.Version, a.Index.Head()))
	return sendPrivate(c, status, a.newSavedSearch(s))
}

// newSavedSearch returns the representation of a saved search.
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
		Warnings:  a.StoredWarnings(s.Query, catalog.Webhook{PartnerID: s.PartnerID}.Audience()),
	}
	if values, err := url.ParseQuery(s.Query); err != nil {
		out.Problem = new(sentence(err))
	} else if _, errs := a.SavedSearchQuery(values); len(errs) > 0 {
		out.Problem = new(errs[0].Parameter + ": " + errs[0].Message)
	}
	return out
}
