package api

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// StatusChange is a change of the adoption status of a cat.
type StatusChange struct {
	Status string  `json:"status" enums:"available,pending,on_hold,adopted,removed"`                      // New status.
	Date   *string `json:"date" validate:"optional" example:"2026-04-30"`                                 // Date or time since which the cat has the status; default now.
	Reason *string `json:"reason" validate:"optional" maxLength:"200" example:"moved in with the Smiths"` // Reason for the status.
} //	@name	StatusChange

// setCatStatus says how it stands with a cat.
//
//	@Summary		Set a cat's status
//	@Description	Says how it stands with the cat, since when and why. A removed cat is listed again by any other status.
//	@ID				setCatStatus
//	@Tags			writing
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice"
//	@Param			If-Match		header		string			false	"Only if the cat is at this version"
//	@Param			body			body		StatusChange	true	"The status"
//	@Success		200				{object}	wire.Cat				"The cat, updated or unchanged"
//	@Header			200				{string}	ETag			"The cat's version"
//	@Header			200				{string}	Trailcat-Result	"updated or unchanged"
//	@Failure		412				{object}	httpkit.Problem			"The cat has changed since"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id}/status [post]
func (a *API) setCatStatus(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in StatusChange
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	var since time.Time
	if in.Date != nil {
		if fault := binding.BindTime(&since, *in.Date); fault != nil {
			bad.Check(false, "/date", fault.Code, fault.Message)
		}
		bad.Check(!since.After(a.Now().AddDate(0, 0, 1)), "/date", "in_the_future", "Is in the future.")
	}
	if err := bad.Err(catalog.Invalid); err != nil {
		return err
	}
	return a.changeCat(c, cat, in.edit(since, a.today()))
}

// edit lays the status over facts. A cat that is adopted was so on a day; one
// that is not, or no longer, was on none.
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

// RemoveQuery says why a cat is removed.
type RemoveQuery struct {
	Reason string `query:"reason" form:"reason" validate:"optional" maxLength:"200" example:"transferred"` // Reason for the removal, shown to clients that request the cat.
} //	@name	RemoveQuery

// removeCat takes a cat off the list.
//
//	@Summary		Remove a cat
//	@Description	Takes the cat off the list. Its address answers 410 from then on, and says since when. To remove it again changes nothing.
//	@ID				removeCat
//	@Tags			writing
//	@Produce		json
//	@Param			id			path	string		true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query		query	RemoveQuery	false	"Why"
//	@Param			If-Match	header	string		false	"Only if the cat is at this version"
//	@Success		204			"Removed"
//	@Failure		412			{object}	httpkit.Problem	"The cat has changed since"
//	@Failure		default		{object}	httpkit.Problem	"What was wrong"
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
	version, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	if cat.Status != catalog.Removed {
		_, _, err = a.catalogFor(c).ChangeCat(c.Request().Context(), cat.ID, version, cat.Source, func(f *catalog.Facts) {
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
//	@Summary		Put a cat's photos
//	@Description	Makes the cat's photos those of the body, in this order; the first is the face. A photo that comes twice is kept once.
//	@ID				putCatPhotos
//	@Tags			writing
//	@Accept			json
//	@Produce		json
//	@Param			id			path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"Only if the cat is at this version"
//	@Param			body		body		PhotosDraft		true	"All photos"
//	@Success		200			{object}	wire.Cat				"The cat, updated or unchanged"
//	@Header			200			{string}	ETag			"The cat's version"
//	@Header			200			{string}	Trailcat-Result	"updated or unchanged"
//	@Failure		410			{object}	httpkit.Problem			"The cat was removed"
//	@Failure		412			{object}	httpkit.Problem			"The cat has changed since"
//	@Failure		default		{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id}/photos [put]
func (a *API) putCatPhotos(c echo.Context) error {
	cat, err := a.ownedListedCat(c)
	if err != nil {
		return err
	}
	d, err := a.bindCat(c, cat.ExternalID, echo.MIMEApplicationJSON)
	if err != nil {
		return err
	}
	if !d.HasOnly("photos") {
		bad := catalog.FieldErrors{{Pointer: "/photos", Parameter: "", Code: "required", Message: "Send an object with photos and nothing else."}}
		return bad.Err(catalog.Invalid)
	}
	return a.changeCat(c, cat, d.ApplyPatch)
}

// ownedListedCat finds a cat that belongs to who asks and was not removed.
func (a *API) ownedListedCat(c echo.Context) (catalog.Cat, error) {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err == nil && cat.Status == catalog.Removed {
		return catalog.Cat{}, errCatRemoved(cat)
	}
	return cat, err
}

// errCatRemoved is the error for a cat that was removed.
func errCatRemoved(cat catalog.Cat) error {
	return &catalog.Error{
		Kind: catalog.Gone, Code: "cat_removed", Fields: nil,
		Detail: fmt.Sprintf("%s is no longer listed, since %s.%s", cat.Name, cat.StatusChangedAt.Format(time.RFC3339), reasonSentence(cat.StatusReason)),
	}
}

// asCatalogError is err where it is the caller's to mend.
func asCatalogError(err error) (*catalog.Error, bool) {
	var ours *catalog.Error
	ok := errors.As(err, &ours)
	return ours, ok
}
