package api

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// createPartner creates a partner.
//
//	@Summary		Create a partner
//	@Description	Creates a partner: an organization that manages shelters and holds API keys. Next, create a key and shelters for it.
//	@ID				createPartner
//	@Tags			partners
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		PartnerDraft	true	"The partner"
//	@Success		201				{object}	wire.Partner			"The partner"
//	@Header			201				{string}	Location		"URL of the partner"
//	@Header			201				{string}	ETag			"Version of the partner"
//	@Failure		default			{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners [post]
func (a *API) createPartner(c echo.Context) error {
	var in wire.PartnerDraft
	if err := bindValidBody(c, &in); err != nil {
		return err
	}
	audience := cmp.Or(catalog.AudienceClass(wire.StringOrEmpty(in.Audience)), catalog.PublicReader)
	partner, err := a.catalogFor(c).CreatePartner(c.Request().Context(), in.Name, audience, catalog.Quotas(in.Quotas))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/partners/"+partner.ID)
	return a.sendPartner(c, http.StatusCreated, partner)
}

// listPartners lists the partners.
//
//	@Summary		List partners
//	@Description	Lists all partners, the oldest first.
//	@ID				listPartners
//	@Tags			partners
//	@Produce		json
//	@Success		200		{object}	wire.PartnerList	"All partners"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners [get]
func (a *API) listPartners(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	partners, err := a.Keys.Partners(c.Request().Context())
	if err != nil {
		return err
	}
	list := wire.PartnerList{Page: wire.WholeList(), Data: make([]wire.Partner, len(partners))}
	for i, p := range partners {
		list.Data[i] = wire.NewPartner(p)
	}
	return sendPrivate(c, http.StatusOK, list)
}

// getPartner returns one partner.
//
//	@Summary		Get a partner
//	@Description	Returns one partner.
//	@ID				getPartner
//	@Tags			partners
//	@Produce		json
//	@Param			id		path		string	true	"ID of the partner"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.Partner	"The partner"
//	@Header			200		{string}	ETag	"Version of the partner"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners/{id} [get]
func (a *API) getPartner(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	partner, err := a.Keys.Partner(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return a.sendPartner(c, http.StatusOK, partner)
}

// changePartner changes the name, the audience or the quotas of a partner.
//
//	@Summary		Change a partner
//	@Description	Changes the fields in the body. With `If-Match`, the change is rejected if the partner has changed meanwhile.
//	@ID				changePartner
//	@Tags			partners
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"ID of the partner"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"ETag of the version to change"
//	@Param			body		body		PartnerDraft	true	"Fields to change"
//	@Success		200			{object}	wire.Partner			"The changed partner"
//	@Header			200			{string}	ETag			"Version of the partner"
//	@Failure		412			{object}	httpkit.Problem			"The partner has changed meanwhile"
//	@Failure		default		{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners/{id} [patch]
func (a *API) changePartner(c echo.Context) error {
	ctx := c.Request().Context()
	known, err := a.Keys.Partner(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	draft, errs, err := binding.ApplyPatch(patch, wire.PartnerDraft{Name: known.Name, Audience: new(string(known.Audience)), Quotas: wire.Quotas(known.Quotas)})
	if err != nil {
		return err
	}
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	partner, err := a.catalogFor(c).ChangePartner(ctx, known.ID, version, func(p *catalog.Partner) {
		p.Name, p.Quotas = draft.Name, catalog.Quotas(draft.Quotas)
		p.Audience = cmp.Or(catalog.AudienceClass(wire.StringOrEmpty(draft.Audience)), catalog.PublicReader)
	})
	if err != nil {
		return err
	}
	return a.sendPartner(c, http.StatusOK, partner)
}

func (a *API) sendPartner(c echo.Context, status int, p catalog.Partner) error {
	c.Response().Header().Set("ETag", httpkit.VersionETag(p.Version, a.Index.Head()))
	return sendPrivate(c, status, wire.NewPartner(p))
}

// bindValidBody binds the body and returns one error for all field errors.
func bindValidBody(c echo.Context, in any) error {
	errs, err := httpkit.BindBody(c, in)
	if err != nil {
		return err
	}
	return errs.Err(catalog.Invalid)
}

// sendPrivate responds with data that only the caller may see, and forbids caching it.
func sendPrivate(c echo.Context, status int, v any) error {
	body, err := binding.EncodeJSON(v)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(status, echo.MIMEApplicationJSON, body)
}
