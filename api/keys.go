package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// createKey makes a key for a partner.
//
//	@Summary		Make a key
//	@Description	Makes a key for a partner. The answer shows it, this once: only a hash of it is kept.
//	@Description	A partner may have several keys at a time. To rotate one, make a second, switch to it, and revoke the first.
//	@ID				createKey
//	@Tags			partners
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string		true	"The partner's id"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string		false	"Sent again within 24 hours, this makes no second key; but the key is not shown again"
//	@Param			body			body		KeyDraft	true	"The key"
//	@Success		201				{object}	wire.KeyWithSecret		"The key, in full"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners/{id}/keys [post]
func (a *API) createKey(c echo.Context) error {
	ctx := c.Request().Context()
	partner, err := a.Keys.Partner(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	ask, err := bindKey(c)
	if err != nil {
		return err
	}
	ask.PartnerID, ask.Random = partner.ID, a.Random()
	key, text, err := a.catalogFor(c).CreateKey(ctx, ask)
	if err != nil {
		return err
	}
	shown, err := wire.ShowNewKey(key, text)
	if err != nil {
		return err
	}
	err = httpkit.StoreErrorInstead(c, &catalog.Error{
		Kind: catalog.Conflict, Code: "key_shown_once", Fields: nil,
		Detail: fmt.Sprintf("The key %s was made and shown, and only a hash of it is kept. If you did not see it, revoke it and make another.", key.ID),
	})
	if err != nil {
		return err
	}
	return sendPrivate(c, http.StatusCreated, shown)
}

func bindKey(c echo.Context) (catalog.NewKey, error) {
	var in wire.KeyDraft
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return catalog.NewKey{}, err
	}
	ask := catalog.NewKey{PartnerID: "", Name: in.Name, Scopes: nil, Test: in.Test, ExpiresAt: time.Time{}, Random: [32]byte{}}
	for i, name := range in.Scopes {
		if !slices.Contains(access.Scopes(), access.Scope(name)) {
			unknown := binding.UnknownValue(name, wire.ScopeNames(access.Scopes()))
			bad.Check(false, fmt.Sprintf("/scopes/%d", i), unknown.Code, unknown.Message)
		} else if !slices.Contains(ask.Scopes, access.Scope(name)) {
			ask.Scopes = append(ask.Scopes, access.Scope(name))
		}
	}
	if in.ExpiresAt != nil {
		if wrong := binding.BindTime(&ask.ExpiresAt, *in.ExpiresAt); wrong != nil {
			bad.Check(false, "/expires_at", wrong.Code, wrong.Message)
		}
	}
	return ask, bad.Err(catalog.Invalid)
}

// listKeys lists the keys of a partner.
//
//	@Summary		List a partner's keys
//	@Description	Lists all keys of a partner, revoked ones too, the oldest first. Their secrets are not kept.
//	@ID				listKeys
//	@Tags			partners
//	@Produce		json
//	@Param			id		path		string	true	"The partner's id"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.KeyList	"All keys"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners/{id}/keys [get]
func (a *API) listKeys(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	partner, err := a.Keys.Partner(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	keys, err := a.Keys.Keys(c.Request().Context(), partner.ID)
	if err != nil {
		return err
	}
	return sendPrivate(c, http.StatusOK, wire.ShowKeys(keys))
}

// revokeKey ends a key.
//
//	@Summary		Revoke a key
//	@Description	Ends a key and every access token that was made from it, at once and for good. To revoke it again changes nothing.
//	@ID				revokeKey
//	@Tags			partners
//	@Produce		json
//	@Param			id		path	string	true	"The partner's id"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			key_id	path	string	true	"The key's id"		example(mfrggzdfmztwq2lknnwg)
//	@Success		204		"It is revoked"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners/{id}/keys/{key_id} [delete]
func (a *API) revokeKey(c echo.Context) error {
	ctx := c.Request().Context()
	key, err := a.Keys.Key(ctx, c.Param("key_id"))
	if err != nil {
		return err
	}
	if key.PartnerID == "" || key.PartnerID != c.Param("id") {
		return catalog.NotFoundError("key", c.Param("key_id"))
	}
	if _, err := a.catalogFor(c).RevokeKey(ctx, key.ID); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// Me is the identity and the permissions of the client.
type Me struct {
	Key      wire.Key      `json:"key"`                             // API key of the request.
	Partner  *wire.Partner `json:"partner" extensions:"x-nullable"` // Partner that holds the key; null for an operator.
	Scopes   []string      `json:"scopes"`                          // Permissions of the request: those of the key or of the access token.
	Shelters []ShelterName `json:"shelters"`                        // Shelters of the partner.
} //	@name	Me

// ShelterName identifies a shelter.
type ShelterName struct {
	ID   string `json:"id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`      // Permanent ID of the shelter.
	Code string `json:"code" example:"MD1"`                               // Short permanent code of the shelter.
	Name string `json:"name" example:"Montgomery County Animal Services"` // Name of the shelter.
} //	@name	ShelterName

// getMe says who asks.
//
//	@Summary		Who am I?
//	@Description	Says what the key that came with the request is, whose, what it may do, and for which shelters.
//	@ID				getMe
//	@Tags			partners
//	@Produce		json
//	@Success		200		{object}	Me		"Who asks"
//	@Failure		401		{object}	httpkit.Problem	"No key, or one that is not good"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2
//	@Router			/v1/me [get]
func (a *API) getMe(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	p, ctx := principalFrom(c), c.Request().Context()
	if !p.Authenticated() {
		return a.unauthorized(c, keyRequiredMessage)
	}
	key, err := a.Keys.Key(ctx, p.KeyID)
	if err != nil {
		return err
	}
	me := Me{Key: wire.NewKey(key), Partner: nil, Scopes: wire.ScopeNames(p.Scopes), Shelters: []ShelterName{}}
	if p.PartnerID == "" {
		return sendPrivate(c, http.StatusOK, me)
	}
	partner, err := a.Keys.Partner(ctx, p.PartnerID)
	if err != nil {
		return err
	}
	shelters, err := a.Store.SheltersOf(ctx, p.PartnerID)
	if err != nil {
		return err
	}
	me.Partner = new(wire.NewPartner(partner))
	for _, s := range shelters {
		me.Shelters = append(me.Shelters, ShelterName{ID: s.ID, Code: s.Code, Name: s.Name})
	}
	return sendPrivate(c, http.StatusOK, me)
}
