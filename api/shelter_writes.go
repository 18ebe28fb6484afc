package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// createShelter makes a shelter.
//
//	@Summary		Make a shelter
//	@Description	Makes a shelter and gives it to a partner. A name, a postal code and a country are enough;
//	@Description	city, region and the place on the map follow from the postal code.
//	@ID				createShelter
//	@Tags			shelters
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice"
//	@Param			body			body		ShelterDraft	true	"The shelter"
//	@Success		201				{object}	wire.Shelter			"The shelter"
//	@Header			201				{string}	Location		"Where the shelter is"
//	@Header			201				{string}	ETag			"The shelter's version, and its count of cats"
//	@Failure		422				{object}	httpkit.Problem			"What cannot be true, part by part"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/shelters [post]
func (a *API) createShelter(c echo.Context) error {
	var in ShelterDraft
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	if err := a.checkPartner(c, &bad, in.PartnerID); err != nil {
		return err
	}
	if err := bad.Err(catalog.Invalid); err != nil {
		return err
	}
	shelter, err := a.catalogFor(c).CreateShelter(c.Request().Context(), a.Places, wire.StringOrEmpty(in.PartnerID), in.profile())
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set(echo.HeaderLocation, "/v1/shelters/"+shelter.ID)
	return a.sendShelter(c, http.StatusCreated, shelter)
}

// changeShelter changes what a shelter says of itself.
//
//	@Summary		Change a shelter
//	@Description	Changes what the body names, as a JSON merge patch: what it does not name stays, and null clears.
//	@Description	Partners change their own shelters; partner_id is for admins. With If-Match only if nobody changed it since.
//	@ID				changeShelter
//	@Tags			shelters
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"The shelter's id, or its code"	example(MD1)
//	@Param			If-Match	header		string			false	"The ETag that you hold"
//	@Param			body		body		ShelterDraft	true	"What to change"
//	@Success		200			{object}	wire.Shelter			"The shelter as it is now"
//	@Header			200			{string}	ETag			"The shelter's version, and its count of cats"
//	@Failure		412			{object}	httpkit.Problem			"The shelter has changed since"
//	@Failure		422			{object}	httpkit.Problem			"What cannot be true, part by part"
//	@Failure		default		{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id} [patch]
func (a *API) changeShelter(c echo.Context) error {
	known, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c)
	if err != nil {
		return err
	}
	draft, bad, err := applyShelterPatch(patch, known.PartnerID, known.Profile)
	if err != nil {
		return err
	}
	partnerID := wire.StringOrEmpty(draft.PartnerID)
	if partnerID != known.PartnerID && !principalFrom(c).IsAdmin() {
		return &catalog.Error{Kind: catalog.Forbidden, Code: "missing_scope", Fields: nil, Detail: "Only keys with the scope admin give a shelter to another partner."}
	}
	if err := a.checkPartner(c, &bad, draft.PartnerID); err != nil {
		return err
	}
	if err := bad.Err(catalog.Invalid); err != nil {
		return err
	}
	edit := func(p *catalog.Profile) {
		// The faults are those that were found above: none.
		if draft, _, err := applyShelterPatch(patch, partnerID, *p); err == nil {
			*p = draft.applyTo(*p)
		}
	}
	shelter, err := a.saveShelter(c, known, version, partnerID, edit)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return a.sendShelter(c, http.StatusOK, shelter)
}

func (a *API) saveShelter(c echo.Context, known catalog.Shelter, version int64, partnerID string, edit func(*catalog.Profile)) (catalog.Shelter, error) {
	ctx, writer := c.Request().Context(), a.catalogFor(c)
	if partnerID == known.PartnerID {
		return writer.ChangeShelter(ctx, a.Places, known.ID, version, edit)
	}
	return writer.TransferShelter(ctx, a.Places, known.ID, version, partnerID, edit)
}

// applyShelterPatch lays a patch over a shelter. Where it moves the shelter to another
// postal code without a word on the city, the city follows from the code.
func applyShelterPatch(p binding.MergePatch, partnerID string, known catalog.Profile) (ShelterDraft, catalog.FieldErrors, error) {
	draft, bad, err := binding.ApplyPatch(p, newShelterDraft(partnerID, known))
	address, _ := p["address"].(map[string]any)
	if moved := draft.profile().Address; moved.PostalCode != known.Address.PostalCode || moved.Country != known.Address.Country {
		if address["city"] == nil {
			draft.Address.City = nil
		}
		if address["region"] == nil {
			draft.Address.Region = nil
		}
	}
	return draft, bad, err
}

// applyTo is what the draft makes of a profile: what no draft can say stays.
func (d ShelterDraft) applyTo(known catalog.Profile) catalog.Profile {
	p := d.profile()
	p.Demo = known.Demo
	return p
}

// checkPartner notes a fault where the body names a partner that is not there.
func (a *API) checkPartner(c echo.Context, bad *catalog.FieldErrors, partnerID *string) error {
	if partnerID == nil {
		return nil
	}
	_, err := a.Keys.Partner(c.Request().Context(), *partnerID)
	if catalog.KindOf(err) == catalog.NotFound {
		bad.Check(false, "/partner_id", "unknown_value", fmt.Sprintf("There is no partner %q; GET /v1/partners lists them.", *partnerID))
		return nil
	}
	return err
}

func (a *API) sendShelter(c echo.Context, status int, s catalog.Shelter) error {
	_, count, _ := a.Index.Shelter(s.ID) // none, if it was only tried
	shown := wire.ShownTo(principalFrom(c), s, count)
	c.Response().Header().Set("ETag", shown.Tag())
	return sendPrivate(c, status, shown)
}
