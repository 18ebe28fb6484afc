package api

import (
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// eraseCat erases a cat.
//
//	@Summary		Erase a cat
//	@Description	Erases one of your cats for good: its facts, name, external ID, assessments, health items and outcomes, and whatever else is stored of
//	@Description	it, such as earlier versions in the change log and stored responses. The import files of its shelter are deleted, and the reports of its imports keep only their counts.
//	@Description	Requests for the cat then return 410 `erased`, and everyone who follows changes is told to delete their copy. This cannot be undone, and erasing the cat again changes nothing.
//	@Description	If a later file or request contains the cat again, it becomes a new cat with a new ID. To only end a listing, remove the cat instead.
//	@ID				eraseCat
//	@Tags			privacy
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key within 24 hours returns the same response and writes nothing"
//	@Success		200				{object}	wire.Erasure	"The cat is erased"
//	@Failure		409				{object}	httpkit.Problem	"An import of the shelter is running; nothing was erased"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id}/erasure [post]
func (a *API) eraseCat(c echo.Context) error {
	cat, err := a.ownedErasableCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	erasure, err := a.catalogForOwner(c).EraseCat(c.Request().Context(), cat.ID)
	return a.sendErasure(c, wire.NewErasure("cat", cat.ID, erasure), err)
}

// erasePeople erases what is stored of the people around a cat.
//
//	@Summary		Erase people from a cat
//	@Description	Erases what is stored of the people around one of your cats: the notes of its assessments and outcomes, the reason of its status,
//	@Description	the credit of its terms and the postal code of its foster home, also in earlier versions and stored responses. The import files of its shelter are deleted,
//	@Description	and the reports of its imports keep only their counts. The cat stays as it is otherwise. This cannot be undone.
//	@ID				erasePeople
//	@Tags			privacy
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key within 24 hours returns the same response and writes nothing"
//	@Success		200				{object}	wire.Erasure	"The people are erased"
//	@Failure		409				{object}	httpkit.Problem	"An import of the shelter is running; nothing was erased"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/cats/{id}/people/erasure [post]
func (a *API) erasePeople(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	erasure, err := a.catalogForOwner(c).ErasePeople(c.Request().Context(), cat.ID)
	return a.sendErasure(c, wire.NewErasure("people", cat.ID, erasure), err)
}

// eraseShelter erases a shelter.
//
//	@Summary		Erase a shelter
//	@Description	Erases a shelter for good, with all its cats as if each was erased, and its imports. Only its ID and code remain.
//	@Description	Requests for it then return 410 `erased`, and everyone who follows changes is told to delete their copy. This cannot be undone,
//	@Description	and erasing the shelter again changes nothing.
//	@ID				eraseShelter
//	@Tags			privacy
//	@Produce		json
//	@Param			id				path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key within 24 hours returns the same response and writes nothing"
//	@Success		200				{object}	wire.Erasure	"The shelter is erased"
//	@Failure		409				{object}	httpkit.Problem	"An import of the shelter is running; nothing was erased"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/shelters/{id}/erasure [post]
func (a *API) eraseShelter(c echo.Context) error {
	shelter, err := a.ownErasableShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	erasure, err := a.catalogForOwner(c).EraseShelter(c.Request().Context(), shelter.ID)
	return a.sendErasure(c, wire.NewErasure("shelter", shelter.ID, erasure), err)
}

// AssessorErasure names an assessor to erase.
type AssessorErasure struct {
	AssessorID string `json:"assessor_id" minLength:"1" maxLength:"200" example:"volunteer-17"` // Your ID of the assessor, as sent with assessments and as `verified_by` of health items.
} //	@name	AssessorErasure

// eraseAssessor erases the id of an assessor.
//
//	@Summary		Erase an assessor
//	@Description	Replaces the ID of an assessor by `erased` in all assessments and health items of the cats of one of your shelters. What was observed stays, and so do
//	@Description	the ratings: a second erased assessor of the same cat becomes `erased-2`. Notes of assessments are not changed; erase the people of a cat for that. This cannot be undone.
//	@ID				eraseAssessor
//	@Tags			privacy
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		AssessorErasure	true	"The assessor"
//	@Success		200				{object}	wire.Erasure	"The assessor is erased"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/assessors/erasure [post]
func (a *API) eraseAssessor(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in AssessorErasure
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	erasure, err := a.catalogForOwner(c).EraseAssessor(c.Request().Context(), shelter.ID, in.AssessorID)
	return a.sendErasure(c, wire.NewErasure("assessor", shelter.ID, erasure), err)
}

// AddressErasure selects the IP addresses to erase. At least one member is required.
type AddressErasure struct {
	Address *string `json:"address" validate:"optional" maxLength:"45" example:"192.0.2.1"` // Only this address; omitted, all.
	Before  *string `json:"before" validate:"optional" example:"2026-05-01" maxLength:"40"` // Only from before this day or moment; omitted, up to now.
} //	@name	AddressErasure

// eraseAddresses erases IP addresses.
//
//	@Summary		Erase IP addresses
//	@Description	Erases the IP addresses of clients from the audit log and from imports: one address, or all from before a moment, or both. This cannot be undone.
//	@ID				eraseAddresses
//	@Tags			privacy
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		AddressErasure	true	"Which addresses to erase"
//	@Success		200				{object}	wire.Erasure	"The addresses are erased"
//	@Failure		422				{object}	httpkit.Problem	"The body selects nothing, or the address is not valid"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/audit/addresses/erasure [post]
func (a *API) eraseAddresses(c echo.Context) error {
	var in AddressErasure
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	errs.Check(len(errs) > 0 || in.Address != nil || in.Before != nil, "", errcode.Required, "Send address, before or both.")
	address, addressErr := CheckAddress(wire.StringOrEmpty(in.Address))
	errs.Check(addressErr == nil, "/address", errcode.Malformed, "Must be an IP address, such as 192.0.2.1.")
	before := a.Now()
	if in.Before != nil {
		if err := binding.BindTime(&before, *in.Before); err != nil {
			errs.Check(false, "/before", err.Code, err.Message)
		}
	}
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	erasure, err := a.catalogFor(c).EraseAddresses(c.Request().Context(), address, before)
	return a.sendErasure(c, wire.NewErasure("addresses", "", erasure), err)
}

// CheckAddress returns an IP address in the form in which addresses are stored. It returns
// an empty address as it is.
func CheckAddress(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	address, err := netip.ParseAddr(text)
	return address.Unmap().String(), err
}

// sendErasure responds with an erasure unless it failed.
func (a *API) sendErasure(c echo.Context, erasure wire.Erasure, err error) error {
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return c.JSON(http.StatusOK, erasure)
}
