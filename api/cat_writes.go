package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// putCat makes a cat what the body says.
//
//	@Summary		Put a cat
//	@Description	Makes the cat what the body says, by the shelter's own id: creates it, or replaces what a source can say of it.
//	@Description	What is left out becomes unknown, except for the status with its reason and times, and the microchip. To put the same again changes nothing.
//	@ID				putCat
//	@Tags			writing
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"The shelter's id or code"	example(MD1)
//	@Param			external_id		path		string			true	"The shelter's own id"		example(A472536)
//	@Param			If-Match		header		string			false	"Only if the cat is at this version"
//	@Param			If-None-Match	header		string			false	"*: only if there is no such cat yet"
//	@Param			body			body		CatDraft		true	"The cat"
//	@Success		200				{object}	wire.Cat				"The cat, updated or unchanged"
//	@Header			200				{string}	ETag			"The cat's version"
//	@Header			200				{string}	Trailcat-Result	"created, updated or unchanged"
//	@Success		201				{object}	wire.Cat				"The cat, created"
//	@Header			201				{string}	ETag			"The cat's version"
//	@Header			201				{string}	Location		"Where the cat is"
//	@Failure		412				{object}	httpkit.Problem			"The cat is not as you expected"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/cats/{external_id} [put]
func (a *API) putCat(c echo.Context) error {
	shelter, err := a.shelterToWrite(c, c.Param("id"))
	if err != nil {
		return err
	}
	d, err := a.bindCat(c, c.Param("external_id"), echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	only, err := preconditionFrom(c)
	if err != nil {
		return err
	}
	cat, result, err := a.catalogForOwner(c).PutCat(c.Request().Context(), shelter.ID, d.Edit(), only)
	if err != nil {
		return preconditionFailed(err)
	}
	return a.sendWrittenCat(c, cat, result)
}

// createCat makes a new cat.
//
//	@Summary		Create a cat
//	@Description	Makes a new cat of a shelter. The body needs an external_id; where the shelter has a cat with it already, the answer is 409.
//	@ID				createCat
//	@Tags			writing
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string		true	"The shelter's id or code"	example(MD1)
//	@Param			Idempotency-Key	header		string		false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice"
//	@Param			body			body		CatDraft	true	"The cat"
//	@Success		201				{object}	wire.Cat			"The cat"
//	@Header			201				{string}	ETag		"The cat's version"
//	@Header			201				{string}	Location	"Where the cat is"
//	@Failure		409				{object}	httpkit.Problem		"There is such a cat already"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/cats [post]
func (a *API) createCat(c echo.Context) error {
	shelter, err := a.shelterToWrite(c, c.Param("id"))
	if err != nil {
		return err
	}
	d, err := a.bindCat(c, "", echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	only := catalog.Precondition{Absent: true, Present: false, Version: 0}
	cat, result, err := a.catalogForOwner(c).PutCat(c.Request().Context(), shelter.ID, d.Edit(), only)
	if err != nil {
		return err
	}
	return a.sendWrittenCat(c, cat, result)
}

// patchCat changes some of what is said of a cat.
//
//	@Summary		Change a cat
//	@Description	Changes what the body names, as a JSON merge patch (RFC 7396): null clears, what is left out stays. Lists are replaced as a whole.
//	@ID				patchCat
//	@Tags			writing
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"Only if the cat is at this version"
//	@Param			body		body		CatDraft		true	"What is to change"
//	@Success		200			{object}	wire.Cat				"The cat, updated or unchanged"
//	@Header			200			{string}	ETag			"The cat's version"
//	@Header			200			{string}	Trailcat-Result	"updated or unchanged"
//	@Failure		410			{object}	httpkit.Problem			"The cat was removed; give it a status, or put it again"
//	@Failure		412			{object}	httpkit.Problem			"The cat has changed since"
//	@Failure		default		{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id} [patch]
func (a *API) patchCat(c echo.Context) error {
	cat, err := a.ownedListedCat(c)
	if err != nil {
		return err
	}
	d, err := a.bindCat(c, cat.ExternalID, httpkit.MergePatchType, echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	return a.changeCat(c, cat, d.ApplyPatch)
}

// getCatOfShelter shows a shelter its own cat.
//
//	@Summary		Show a cat by the shelter's own id
//	@Description	Shows all that is known of a cat to whom it belongs, also when it was removed.
//	@ID				getCatOfShelter
//	@Tags			writing
//	@Produce		json
//	@Param			id				path		string	true	"The shelter's id or code"	example(MD1)
//	@Param			external_id		path		string	true	"The shelter's own id"		example(A472536)
//	@Param			If-None-Match	header		string	false	"The ETag that you hold"
//	@Success		200				{object}	wire.Cat		"The cat"
//	@Header			200				{string}	ETag	"The cat's version"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/cats/{external_id} [get]
func (a *API) getCatOfShelter(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	cat, err := a.Store.CatByExternalID(c.Request().Context(), shelter.ID, c.Param("external_id"))
	if err != nil {
		return err
	}
	shown := a.renderCat(cat, shelter)
	body, err := binding.EncodeJSON(shown)
	if err != nil {
		return err
	}
	h, etag := c.Response().Header(), wire.CatTag(cat.Version, shown.AgeMonths, shelter)
	h.Set("ETag", etag)
	h.Set("Cache-Control", "private, no-cache")
	if httpkit.ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// preconditionFrom is what the headers of a PUT count on.
func preconditionFrom(c echo.Context) (catalog.Precondition, error) {
	version, err := httpkit.IfMatch(c)
	return catalog.Precondition{
		Absent:  strings.TrimSpace(c.Request().Header.Get("If-None-Match")) == "*",
		Present: c.Request().Header.Get("If-Match") != "",
		Version: version,
	}, err
}

// preconditionFailed makes of a conflict what it is to a caller that asked to be
// stopped there.
func preconditionFailed(err error) error {
	if ours, ok := asCatalogError(err); ok && ours.Code == "already_exists" {
		return &catalog.Error{Kind: catalog.PreconditionFailed, Code: ours.Code, Detail: ours.Detail, Fields: nil}
	}
	return err
}

// changeCat lays an edit over a cat, if it is at the version that the caller expects.
func (a *API) changeCat(c echo.Context, cat catalog.Cat, edit func(*catalog.Facts)) error {
	version, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	cat, result, err := a.catalogFor(c).ChangeCat(c.Request().Context(), cat.ID, version, cat.Source, edit)
	if err != nil {
		return err
	}
	return a.sendWrittenCat(c, cat, result)
}

// sendWrittenCat answers a write with the cat as it is now.
func (a *API) sendWrittenCat(c echo.Context, cat catalog.Cat, result catalog.Result) error {
	a.syncIndex(c)
	home, err := a.shelterOf(c.Request().Context(), cat)
	if err != nil {
		return err
	}
	shown := a.renderCat(cat, home)
	body, err := binding.EncodeJSON(shown)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("ETag", wire.CatTag(cat.Version, shown.AgeMonths, home))
	h.Set("Trailcat-Result", string(result))
	h.Set("Cache-Control", "no-store")
	if result != catalog.ResultCreated {
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
	}
	h.Set(echo.HeaderLocation, "/v1/cats/"+cat.ID)
	return c.Blob(http.StatusCreated, echo.MIMEApplicationJSON, body)
}
