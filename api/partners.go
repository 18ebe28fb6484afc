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

// createPartner makes a partner.
//
//	@Summary		Make a partner
//	@Description	Makes a partner: who answers for shelters and holds the keys to them. Give it a key and shelters next.
//	@ID				createPartner
//	@Tags			partners
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice"
//	@Param			body			body		PartnerDraft	true	"The partner"
//	@Success		201				{object}	wire.Partner			"The partner"
//	@Header			201				{string}	Location		"Where the partner is"
//	@Header			201				{string}	ETag			"The partner's version"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners [post]
func (a *API) createPartner(c echo.Context) error {
	var in wire.PartnerDraft
	if err := bindValidBody(c, &in); err != nil {
		return err
	}
	audience := cmp.Or(catalog.AudienceClass(wire.StringOrEmpty(in.Audience)), catalog.PublicReader)
	partner, err := a.catalogFor(c).CreatePartner(c.Request().Context(), in.Name, audience)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/partners/"+partner.ID)
	return sendPartner(c, http.StatusCreated, partner)
}

// listPartners lists the partners.
//
//	@Summary		List the partners
//	@Description	Lists all partners, the oldest first.
//	@ID				listPartners
//	@Tags			partners
//	@Produce		json
//	@Success		200		{object}	wire.PartnerList	"All partners"
//	@Failure		default	{object}	httpkit.Problem		"What was wrong"
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

// getPartner shows one partner.
//
//	@Summary		Show a partner
//	@Description	Shows one partner.
//	@ID				getPartner
//	@Tags			partners
//	@Produce		json
//	@Param			id		path		string	true	"The partner's id"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.Partner	"The partner"
//	@Header			200		{string}	ETag	"The partner's version"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
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
	return sendPartner(c, http.StatusOK, partner)
}

// changePartner gives a partner another name, or another way of reading.
//
//	@Summary		Change a partner
//	@Description	Changes what the body names. With If-Match only if nobody changed it since.
//	@ID				changePartner
//	@Tags			partners
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"The partner's id"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"The ETag that you hold"
//	@Param			body		body		PartnerDraft	true	"What to change"
//	@Success		200			{object}	wire.Partner			"The partner as it is now"
//	@Header			200			{string}	ETag			"The partner's version"
//	@Failure		412			{object}	httpkit.Problem			"The partner has changed since"
//	@Failure		default		{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners/{id} [patch]
func (a *API) changePartner(c echo.Context) error {
	ctx := c.Request().Context()
	known, err := a.Keys.Partner(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c)
	if err != nil {
		return err
	}
	draft, bad, err := binding.ApplyPatch(patch, wire.PartnerDraft{Name: known.Name, Audience: new(string(known.Audience))})
	if err != nil {
		return err
	}
	if err := bad.Err(catalog.Invalid); err != nil {
		return err
	}
	audience := cmp.Or(catalog.AudienceClass(wire.StringOrEmpty(draft.Audience)), catalog.PublicReader)
	partner, err := a.catalogFor(c).ChangePartner(ctx, known.ID, version, draft.Name, audience)
	if err != nil {
		return err
	}
	return sendPartner(c, http.StatusOK, partner)
}

func sendPartner(c echo.Context, status int, p catalog.Partner) error {
	c.Response().Header().Set("ETag", httpkit.VersionETag(p.Version))
	return sendPrivate(c, status, wire.NewPartner(p))
}

// bindValidBody is bindBody where nothing else can be wrong with the form.
func bindValidBody(c echo.Context, in any) error {
	bad, err := httpkit.BindBody(c, in)
	if err != nil {
		return err
	}
	return bad.Err(catalog.Invalid)
}

// sendPrivate sends what is for the asker's eyes and no cache's.
func sendPrivate(c echo.Context, status int, v any) error {
	body, err := binding.EncodeJSON(v)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(status, echo.MIMEApplicationJSON, body)
}
