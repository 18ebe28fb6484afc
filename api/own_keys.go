package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// listOwnKeys lists the keys of the caller's partner.
//
//	@Summary		List your keys
//	@Description	Lists all keys of your partner, the oldest first, including revoked keys. Secrets are not stored and not returned. All keys of a partner see each other, also those with fewer scopes, so that a key that nobody knows is noticed.
//	@Description	A key without a partner sees only itself and the keys that it replaced, that of an operator all keys without a partner.
//	@ID				listOwnKeys
//	@Tags			partners
//	@Produce		json
//	@Success		200		{object}	wire.KeyList	"All your keys"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2
//	@Router			/v1/keys [get]
func (a *API) listOwnKeys(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	p := principalFrom(c)
	keys, err := a.Keys.Keys(c.Request().Context(), p.PartnerID)
	if err != nil {
		return err
	}
	return sendPrivate(c, http.StatusOK, wire.NewKeyList(slices.DeleteFunc(keys, func(k access.Key) bool { return !holds(p, k) })))
}

// holds reports whether a key is one of a principal's own: of the same partner or, without a
// partner, the key itself or one that it replaced, or any such key for an operator.
func holds(p access.Principal, k access.Key) bool {
	return k.PartnerID == p.PartnerID && (p.PartnerID != "" || p.IsAdmin() || k.ID == p.KeyID || k.SuccessorID == p.KeyID)
}

// createOwnKey creates a key for the caller's partner.
//
//	@Summary		Create a key of your own
//	@Description	Creates a key for your partner, with scopes that the key of the request has. The key is returned only in this response, because only its hash is stored.
//	@Description	It expires with the key that creates it, or earlier with `expires_at`; a later `expires_at` is an error with the code `outlives_key`. An access token counts as the key that it was issued for.
//	@Description	Revoking the key that created it does not revoke it.
//	@ID				createOwnKey
//	@Tags			partners
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"Repeating the request with the same key within 24 hours does not create a second API key; the response is then an error without the secret"
//	@Param			body			body		KeyDraft			true	"Name, scopes and expiry of the key"
//	@Success		201				{object}	wire.KeyWithSecret	"The key with its secret"
//	@Failure		403				{object}	httpkit.Problem		"Your key lacks one of the scopes, or has no partner"
//	@Failure		default			{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2
//	@Router			/v1/keys [post]
func (a *API) createOwnKey(c echo.Context) error {
	p := principalFrom(c)
	if p.PartnerID == "" && !p.IsAdmin() {
		return catalog.Errorf(catalog.Forbidden, errcode.NoPartner, "Your API key has no partner, and can only rotate and revoke itself. Ask the operator for another key.")
	}
	request, err := bindKey(c)
	if err != nil {
		return err
	}
	if err := checkGranted(p, request.Scopes); err != nil {
		return err
	}
	if request.ExpiresAt.IsZero() {
		request.ExpiresAt = p.ExpiresAt
	}
	if p.OutlivedBy(request.ExpiresAt) {
		var errs catalog.FieldErrors
		errs.Check(false, "/expires_at", errcode.OutlivesKey, "Must not be after "+p.ExpiresAt.Format(time.RFC3339)+", when your own key expires.")
		return errs.Err(catalog.Invalid)
	}
	request.PartnerID, request.Random = p.PartnerID, a.Random()
	key, text, err := a.catalogFor(c).CreateKey(c.Request().Context(), request)
	if err != nil {
		return err
	}
	return a.sendNewKey(c, key, text, createAnother)
}

// checkGranted returns an error if a principal lacks one of the scopes of a key that it
// creates, rotates or revokes.
func checkGranted(p access.Principal, scopes []access.Scope) error {
	lacking := slices.DeleteFunc(slices.Clone(scopes), p.HasScope)
	if len(lacking) == 0 {
		return nil
	}
	return catalog.Errorf(catalog.Forbidden, errcode.MissingScope, "Your API key can only manage keys whose scopes it has, and lacks: %s. Its scopes are: %s.",
		access.JoinScopes(lacking), scopeList(p))
}

// RotateKeyQuery is the query of the rotation of a key.
type RotateKeyQuery struct {
	Immediately bool `form:"immediately" validate:"optional"` // Revoke the old key at once, for example because others know it.
} //	@name	RotateKeyQuery

// rotateOwnKey replaces a key.
//
//	@Summary		Rotate a key
//	@Description	Creates a key with the same name, scopes and expiry, and returns it in this response only. The old key works for another 24 hours, so that you can change over without rejected requests.
//	@Description	With `immediately=true` the old key is revoked at once. Webhooks and saved searches of a key without a partner belong to the new key, and the old one can use them as long as it works.
//	@Description	A key that expires rotates itself and those that do not last longer; for others the response is 403 `outlives_key`.
//	@Description	If the response is lost, rotate the old key again: the new key that was never used is revoked and replaced. If it is in use, the response is 409 `already_rotated`.
//	@ID				rotateOwnKey
//	@Tags			partners
//	@Produce		json
//	@Param			key_id			path		string				true	"ID of the key"	example(mfrggzdfmztwq2lknnwg)
//	@Param			query			query		RotateKeyQuery		false	"When the old key ends"
//	@Param			Idempotency-Key	header		string				false	"Repeating the request with the same key within 24 hours does not create another API key; the response is then an error without the secret"
//	@Success		201				{object}	wire.KeyWithSecret	"The new key with its secret"
//	@Failure		403				{object}	httpkit.Problem		"Your key lacks one of the scopes of the key, or expires earlier"
//	@Failure		409				{object}	httpkit.Problem		"The key was revoked or has expired, or it was rotated into a key that is in use"
//	@Failure		default			{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2
//	@Router			/v1/keys/{key_id}/rotate [post]
func (a *API) rotateOwnKey(c echo.Context) error {
	var in RotateKeyQuery
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	old, err := a.ownKey(c)
	if err != nil {
		return err
	}
	if p := principalFrom(c); old.ID != p.KeyID && p.OutlivedBy(old.ExpiresAt) {
		return catalog.Errorf(catalog.Forbidden, errcode.OutlivesKey, "The key %s lasts longer than your API key, which expires at %s and can only rotate keys that expire by then. You can revoke it.",
			old.ID, p.ExpiresAt.Format(time.RFC3339))
	}
	key, text, err := a.catalogFor(c).RotateKey(c.Request().Context(), old.ID, a.Random(), in.Immediately)
	if err != nil {
		return err
	}
	return a.sendNewKey(c, key, text, "rotate the key "+old.ID+" again with a new Idempotency-Key")
}

// ownKey returns the key in the path, which must be one of the caller's own and have no
// scope that the caller lacks.
func (a *API) ownKey(c echo.Context) (access.Key, error) {
	p, id := principalFrom(c), c.Param("key_id")
	key, err := a.Keys.Key(c.Request().Context(), id)
	if err == nil && !holds(p, key) {
		err = catalog.NotFoundError("key", id)
	}
	if err != nil {
		return access.Key{}, err
	}
	return key, checkGranted(p, key.Scopes)
}

// RevokeKeyQuery is the query of the revocation of a key.
type RevokeKeyQuery struct {
	AllowLast bool `form:"allow_last" validate:"optional"` // Revoke the key even if no other lasting key of your partner has its scopes.
} //	@name	RevokeKeyQuery

// revokeOwnKey revokes a key of the caller's partner.
//
//	@Summary		Revoke a key of your own
//	@Description	Revokes a key and all access tokens issued for it, immediately and permanently. Revoking it again changes nothing.
//	@Description	The webhooks of a key without a partner are paused, and only an operator can read and delete them then. Those of a partner continue, because they belong to the partner.
//	@Description	If your partner would lose a scope, because no other valid key without expiry has it, the response is 409 `last_key` unless `allow_last=true` is sent. Test keys do not count.
//	@ID				revokeOwnKey
//	@Tags			partners
//	@Produce		json
//	@Param			key_id	path	string			true	"ID of the key"	example(mfrggzdfmztwq2lknnwg)
//	@Param			query	query	RevokeKeyQuery	false	"Whether to revoke the last key"
//	@Success		204		"The key is revoked"
//	@Header			204		{integer}	Trailcat-Paused-Webhooks	"Number of webhooks that were paused, because the key owned them; absent if there are none"
//	@Failure		403		{object}	httpkit.Problem	"Your key lacks one of the scopes of the key"
//	@Failure		409		{object}	httpkit.Problem	"The key is the last one with its scopes"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2
//	@Router			/v1/keys/{key_id} [delete]
func (a *API) revokeOwnKey(c echo.Context) error {
	var in RevokeKeyQuery
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	key, err := a.ownKey(c)
	if err != nil {
		return err
	}
	_, paused, err := a.catalogFor(c).RevokeKey(c.Request().Context(), key.ID, in.AllowLast)
	if err != nil {
		return err
	}
	if paused > 0 {
		c.Response().Header().Set("Trailcat-Paused-Webhooks", strconv.Itoa(paused))
		a.syncIndex(c)
	}
	return c.NoContent(http.StatusNoContent)
}
