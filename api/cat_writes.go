package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// putCat creates or replaces a cat.
//
//	@Summary		Create or replace a cat
//	@Description	Creates the cat with the shelter's own ID, or replaces all facts that a source can set.
//	@Description	Omitted facts become unknown, except for the microchip, the listing and adoption dates, and the status with its reason and time. Repeating the request changes nothing.
//	@Description	A cat that you read can be changed and sent back: fields that only the server sets are accepted with the values that they have. Other values get 422 `read_only`.
//	@Description	The `source` of the cat becomes `api`, unless the body has the `source` that the cat has.
//	@Description	Null is the same as omitted, also for a list; `hidden_from` with null hides the cat from nobody.
//	@ID				putCat
//	@Tags			writing
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"ID or code of the shelter"			example(MD1)
//	@Param			external_id		path		string			true	"The shelter's own ID of the cat"	example(A472536)
//	@Param			If-Match		header		string			false	"ETag of the version to replace; if omitted, any version"
//	@Param			If-None-Match	header		string			false	"`*` to create the cat only if it does not exist"
//	@Param			body			body		CatDraft		true	"Facts of the cat"
//	@Success		200				{object}	wire.WrittenCat		"The cat, updated or unchanged"
//	@Header			200				{string}	ETag			"Version of the cat, for If-Match"
//	@Header			200				{string}	Trailcat-Result	"Result of the write: created, updated or unchanged"
//	@Success		201				{object}	wire.WrittenCat		"The created cat"
//	@Header			201				{string}	ETag			"Version of the cat, for If-Match"
//	@Header			201				{string}	Location		"URL of the cat"
//	@Failure		412				{object}	httpkit.Problem	"The cat changed in the meantime, or it exists and If-None-Match is `*`"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/cats/{external_id} [put]
func (a *API) putCat(c echo.Context) error {
	shelter, err := a.shelterToWrite(c, c.Param("id"))
	if err != nil {
		return err
	}
	d, err := a.readCat(c, c.Param("external_id"), echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	only, err := a.preconditionFrom(c)
	if err != nil {
		return err
	}
	if err := d.Errs.Err(catalog.Invalid); err != nil && !d.HasReadOnly() { // whose errors are found with the stored cat
		return err
	}
	cat, result, err := a.catalogForOwner(c).PutCat(c.Request().Context(), shelter.ID, d.Edit(a.catEncoder(c, shelter)), only)
	if err != nil {
		return preconditionFailed(err)
	}
	return a.sendWrittenCat(c, cat, result, d.Unparsed())
}

// createCat creates a cat.
//
//	@Summary		Create a cat
//	@Description	Creates a cat of a shelter. The body must contain `external_id`; if the shelter has a cat with that ID, the response is 409.
//	@ID				createCat
//	@Tags			writing
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		CatDraft		true	"Facts of the cat"
//	@Success		201				{object}	wire.WrittenCat		"The created cat"
//	@Header			201				{string}	ETag			"Version of the cat, for If-Match"
//	@Header			201				{string}	Location		"URL of the cat"
//	@Failure		409				{object}	httpkit.Problem	"The shelter already has a cat with this external ID"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
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
	cat, result, err := a.catalogForOwner(c).PutCat(c.Request().Context(), shelter.ID, d.Edit(nil), catalog.Precondition{Absent: true})
	if err != nil {
		return err
	}
	return a.sendWrittenCat(c, cat, result, d.Unparsed())
}

// patchCat changes some facts of a cat.
//
//	@Summary		Change a cat
//	@Description	Changes the facts in the body, as a JSON merge patch (RFC 7396): null clears a fact, omitted facts keep their values, and arrays are replaced as a whole.
//	@Description	Fields that only the server sets are accepted with the values that they have. Other values get 422 `read_only`.
//	@ID				patchCat
//	@Tags			writing
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"ETag of the version to change; if omitted, any version"
//	@Param			body		body		CatDraft		true	"Facts to change"
//	@Success		200			{object}	wire.WrittenCat		"The cat, updated or unchanged"
//	@Header			200			{string}	ETag			"Version of the cat, for If-Match"
//	@Header			200			{string}	Trailcat-Result	"Result of the write: updated or unchanged"
//	@Failure		410			{object}	httpkit.Problem	"The cat was removed; set its status or replace it with a PUT to list it again"
//	@Failure		412			{object}	httpkit.Problem	"The cat changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id} [patch]
func (a *API) patchCat(c echo.Context) error {
	cat, err := a.ownedListedCat(c)
	if err != nil {
		return err
	}
	d, err := a.readCat(c, cat.ExternalID, httpkit.MergePatchType, echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	if d.HasReadOnly() {
		shelter, err := a.shelterOf(c.Request().Context(), cat)
		if err != nil {
			return err
		}
		stored, err := a.catEncoder(c, shelter)(cat)
		if err != nil {
			return err
		}
		d.CheckReadOnly(stored)
	}
	if err := d.Errs.Err(catalog.Invalid); err != nil {
		return err
	}
	return a.changeCat(c, cat, d.ApplyPatch, d.Unparsed())
}

// StatusChange is a new status of a cat.
type StatusChange struct {
	Status string  `json:"status" enums:"available,pending,on_hold,adopted,removed"`                      // New status.
	Date   *string `json:"date" validate:"optional" example:"2026-04-30"`                                 // Date or time since which the cat has the status; default now.
	Reason *string `json:"reason" validate:"optional" maxLength:"200" example:"moved in with the Smiths"` // Reason for the status.
} //	@name	StatusChange

// setCatStatus changes the status of a cat.
//
//	@Summary		Set the status of a cat
//	@Description	Sets the status of the cat, the time since which it has the status, and the reason. Setting another status lists a removed cat again.
//	@ID				setCatStatus
//	@Tags			writing
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			If-Match		header		string			false	"ETag of the version to change; if omitted, any version"
//	@Param			body			body		StatusChange	true	"The new status"
//	@Success		200				{object}	wire.WrittenCat		"The cat, updated or unchanged"
//	@Header			200				{string}	ETag			"Version of the cat, for If-Match"
//	@Header			200				{string}	Trailcat-Result	"Result of the write: updated or unchanged"
//	@Failure		412				{object}	httpkit.Problem	"The cat changed in the meantime"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id}/status [post]
func (a *API) setCatStatus(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in StatusChange
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	var since time.Time
	if in.Date != nil {
		if err := binding.BindTime(&since, *in.Date); err != nil {
			errs.Check(false, "/date", err.Code, err.Message)
		}
		errs.Check(!since.After(a.Now().AddDate(0, 0, 1)), "/date", errcode.InTheFuture, "Must not be in the future.")
	}
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	return a.changeCat(c, cat, in.edit(since, a.today()), nil)
}

// edit returns a function that sets the status of a cat. It keeps adopted_on consistent
// with the status: an adopted cat has the date, a listed cat has none.
func (in StatusChange) edit(since, today time.Time) func(*catalog.Facts) {
	return func(f *catalog.Facts) {
		before := f.Status
		f.Status = catalog.Status(in.Status)
		if in.Reason != nil {
			f.StatusReason = *in.Reason
		}
		if !since.IsZero() {
			f.StatusChangedAt = since
		}
		switch {
		case f.Status == catalog.Adopted && !since.IsZero():
			f.AdoptedOn = since
		case f.Status == catalog.Adopted && before != catalog.Adopted:
			f.AdoptedOn = today
		case f.Status != catalog.Adopted && f.Status != catalog.Removed:
			f.AdoptedOn = time.Time{}
		}
	}
}

// RemoveQuery is the query of the removal of a cat.
type RemoveQuery struct {
	Reason string `form:"reason" validate:"optional" maxLength:"200" example:"transferred"` // Reason for the removal, shown to clients that request the cat.
} //	@name	RemoveQuery

// removeCat removes a cat from the list.
//
//	@Summary		Remove a cat
//	@Description	Removes the cat from all lists. Requests for it then return 410 with the time of the removal. Removing it again changes nothing.
//	@ID				removeCat
//	@Tags			writing
//	@Produce		json
//	@Param			id			path	string		true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query		query	RemoveQuery	false	"Reason for the removal"
//	@Param			If-Match	header	string		false	"ETag of the version to remove; if omitted, any version"
//	@Success		204			"The cat was removed"
//	@Failure		412			{object}	httpkit.Problem	"The cat changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id} [delete]
func (a *API) removeCat(c echo.Context) error {
	var in RemoveQuery
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	version, err := httpkit.IfMatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	if cat.Status != catalog.Removed {
		_, _, err = a.catalogFor(c).ChangeCat(c.Request().Context(), cat, version, func(f *catalog.Facts) {
			f.Status, f.StatusReason = catalog.Removed, in.Reason
		})
		if err != nil {
			return err
		}
		a.syncIndex(c)
	}
	return c.NoContent(http.StatusNoContent)
}

// putCatPhotos replaces the photos of a cat.
//
//	@Summary		Replace the photos of a cat
//	@Description	Replaces all photos of the cat by those in the body, in their order. The first photo represents the cat in lists. Duplicates are removed. `[]` removes all photos; null is an error.
//	@Description	Photos can be sent back as they were read. The server fetches linked photos in the background and then shows its copies. To send files, or
//	@Description	files and addresses, send a form as for POST.
//	@ID				putCatPhotos
//	@Tags			writing
//	@Accept			json,multipart/form-data
//	@Produce		json
//	@Param			id			path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"ETag of the version to change; if omitted, any version"
//	@Param			body		body		PhotosDraft		true	"All photos of the cat"
//	@Success		200			{object}	wire.WrittenCat		"The cat, updated or unchanged"
//	@Header			200			{string}	ETag			"Version of the cat, for If-Match"
//	@Header			200			{string}	Trailcat-Result	"Result of the write: updated or unchanged"
//	@Failure		410			{object}	httpkit.Problem	"The cat was removed"
//	@Failure		412			{object}	httpkit.Problem	"The cat changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@x-photo-form	true
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id}/photos [put]
func (a *API) putCatPhotos(c echo.Context) error {
	cat, err := a.ownedListedCat(c)
	if err != nil {
		return err
	}
	if httpkit.IsForm(c.Request()) {
		photos, err := a.receivePhotos(c, cat)
		if err != nil {
			return err
		}
		return a.changeCat(c, cat, func(f *catalog.Facts) { f.Photos = photos }, nil)
	}
	if httpkit.CheckMediaType(c, echo.MIMEApplicationJSON) != nil {
		return httpkit.NewHTTPError(http.StatusUnsupportedMediaType, errcode.UnsupportedMediaType,
			"PUT replaces all photos. Send them as JSON, with Content-Type: application/json, or as a form with files, multipart/form-data. Add the file of one photo with POST.")
	}
	v, err := readCatJSON(c, echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	d := catjson.ReadPhotos(v, cat.ExternalID, a.today())
	if err := d.Errs.Err(catalog.Invalid); err != nil {
		return err
	}
	return a.changeCat(c, cat, d.ApplyPatch, d.Unparsed())
}

// bindCat reads a cat from a request body of one of the media types. If externalID is
// not empty, an external id in the body must equal it. Read-only fields are errors.
func (a *API) bindCat(c echo.Context, externalID string, mediaTypes ...string) (*catjson.Draft, error) {
	d, err := a.readCat(c, externalID, mediaTypes...)
	if err != nil {
		return nil, err
	}
	d.RefuseReadOnly()
	return d, d.Errs.Err(catalog.Invalid)
}

// readCat is bindCat for a cat that the sender may have read before. The draft contains
// the errors of its fields, and its read-only fields are not checked yet.
func (a *API) readCat(c echo.Context, externalID string, mediaTypes ...string) (*catjson.Draft, error) {
	v, err := readCatJSON(c, mediaTypes...)
	if err != nil {
		return nil, err
	}
	return catjson.ReadBack(v, externalID, a.today()), nil
}

// readCatJSON returns the JSON value in a request body of one of the media types.
func readCatJSON(c echo.Context, mediaTypes ...string) (gjson.Result, error) {
	if err := httpkit.CheckMediaType(c, mediaTypes...); err != nil {
		return gjson.Result{}, err
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("read body: %w", err)
	}
	v, err := catjson.ParseJSON(body)
	if err != nil {
		return gjson.Result{}, httpkit.MalformedBody(err)
	}
	return v, nil
}

// catEncoder returns a function that encodes cats of a shelter as their owner reads them, with
// the shelter.
func (a *API) catEncoder(c echo.Context, shelter catalog.Shelter) func(catalog.Cat) ([]byte, error) {
	var expanded *wire.Shelter
	if known, count, err := a.shelterWithCount(c, shelter.ID); err == nil {
		expanded = new(wire.NewShelter(known, count))
	}
	return func(cat catalog.Cat) ([]byte, error) {
		resource := a.renderCatForOwner(cat, shelter)
		resource.Shelter = expanded
		return binding.EncodeJSON(resource)
	}
}

// preconditionFrom returns the precondition of a PUT from its headers.
func (a *API) preconditionFrom(c echo.Context) (catalog.Precondition, error) {
	version, err := httpkit.IfMatch(c, a.Index.Head())
	return catalog.Precondition{
		Absent:  strings.TrimSpace(c.Request().Header.Get("If-None-Match")) == "*",
		Present: c.Request().Header.Get("If-Match") != "",
		Version: version,
	}, err
}

// preconditionFailed turns the conflict with an existing cat into a failed precondition,
// because the caller sent If-None-Match.
func preconditionFailed(err error) error {
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Code == "already_exists" {
		return catalog.Errorf(catalog.PreconditionFailed, e.Code, "%s", e.Detail)
	}
	return err
}

// changeCat applies an edit to a cat if the cat has the version in If-Match, and sends
// the result with warnings about the words of fields that were not understood.
func (a *API) changeCat(c echo.Context, cat catalog.Cat, edit func(*catalog.Facts), unparsed map[string]string) error {
	version, err := httpkit.IfMatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	cat, result, err := a.catalogFor(c).ChangeCat(c.Request().Context(), cat, version, edit)
	if err != nil {
		return err
	}
	return a.sendWrittenCat(c, cat, result, unparsed)
}

// sendWrittenCat sends the cat after a write, with warnings about the words of fields that
// were not understood.
func (a *API) sendWrittenCat(c echo.Context, cat catalog.Cat, result catalog.Result, unparsed map[string]string) error {
	a.syncIndex(c)
	shelter, err := a.shelterOf(c.Request().Context(), cat)
	if err != nil {
		return err
	}
	resource := wire.WrittenCat{Cat: a.renderCatForOwner(cat, shelter), Warnings: wire.NewWriteWarnings(unparsed)}
	body, err := binding.EncodeJSON(resource)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("ETag", wire.CatETag(a.Index.Head().Tagged(cat.Version), resource.AgeMonths, shelter))
	h.Set("Trailcat-Result", string(result))
	h.Set("Cache-Control", "no-store")
	if result != catalog.ResultCreated {
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
	}
	h.Set(echo.HeaderLocation, "/v1/cats/"+cat.ID)
	return c.Blob(http.StatusCreated, echo.MIMEApplicationJSON, body)
}
