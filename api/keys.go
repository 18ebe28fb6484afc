package api

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// createKey creates an API key for a partner.
//
//	@Summary		Create a key
//	@Description	Creates an API key for a partner. The key is returned only in this response, because only its hash is stored.
//	@Description	A partner can have several keys. To rotate a key, create a second one, switch to it, and revoke the first.
//	@ID				createKey
//	@Tags			partners
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string		true	"ID of the partner"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string		false	"Repeating the request with the same key within 24 hours does not create a second API key; the response is then an error without the secret"
//	@Param			body			body		KeyDraft	true	"Name, scopes and expiry of the key"
//	@Success		201				{object}	wire.KeyWithSecret		"The key with its secret"
//	@Failure		default			{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/partners/{id}/keys [post]
func (a *API) createKey(c echo.Context) error {
	ctx := c.Request().Context()
	partner, err := a.Keys.Partner(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	request, err := bindKey(c)
	if err != nil {
		return err
	}
	request.PartnerID, request.Random = partner.ID, a.Random()
	key, text, err := a.catalogFor(c).CreateKey(ctx, request)
	if err != nil {
		return err
	}
	return a.sendNewKey(c, key, text, createAnother)
}

// createAnother is what to do when the response to the creation of a key is lost.
const createAnother = "revoke the key and create another one"

// sendNewKey sends a key with its secret, which a repetition of the request does not return; its
// error says what to do instead.
func (a *API) sendNewKey(c echo.Context, key access.Key, text, instead string) error {
	created, err := wire.NewKeyWithSecret(key, text)
	if err != nil {
		return err
	}
	err = a.problems.StoreErrorInstead(c, catalog.Errorf(catalog.Conflict, errcode.KeyShownOnce,
		"The key %s was created and its secret was returned once; only a hash is stored. If you did not receive it, %s.", key.ID, instead))
	if err != nil {
		return err
	}
	return sendPrivate(c, http.StatusCreated, created)
}

// bindKey reads the body of a new key.
func bindKey(c echo.Context) (catalog.NewKey, error) {
	var in wire.KeyDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return catalog.NewKey{}, err
	}
	request := catalog.NewKey{PartnerID: "", Name: in.Name, Scopes: nil, Test: in.Test, ExpiresAt: time.Time{}, Random: [32]byte{}}
	for i, name := range in.Scopes {
		if !slices.Contains(access.Scopes(), access.Scope(name)) {
			invalid := binding.UnknownValue(name, wire.ScopeNames(access.Scopes()))
			errs.Check(false, fmt.Sprintf("/scopes/%d", i), invalid.Code, invalid.Message)
		} else if !slices.Contains(request.Scopes, access.Scope(name)) {
			request.Scopes = append(request.Scopes, access.Scope(name))
		}
	}
	if in.ExpiresAt != nil {
		if invalid := binding.BindTime(&request.ExpiresAt, *in.ExpiresAt); invalid != nil {
			errs.Check(false, "/expires_at", invalid.Code, invalid.Message)
		}
	}
	return request, errs.Err(catalog.Invalid)
}

// listKeys lists the keys of a partner.
//
//	@Summary		List the keys of a partner
//	@Description	Lists all keys of a partner, the oldest first, including revoked keys. Secrets are not stored and not returned.
//	@ID				listKeys
//	@Tags			partners
//	@Produce		json
//	@Param			id		path		string	true	"ID of the partner"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.KeyList	"All keys of the partner"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
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
	return sendPrivate(c, http.StatusOK, wire.NewKeyList(keys))
}

// revokeKey revokes an API key.
//
//	@Summary		Revoke a key
//	@Description	Revokes a key and all access tokens issued for it, immediately and permanently. Revoking it again changes nothing.
//	@ID				revokeKey
//	@Tags			partners
//	@Produce		json
//	@Param			id		path	string	true	"ID of the partner"	example(prt_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			key_id	path	string	true	"ID of the key"		example(mfrggzdfmztwq2lknnwg)
//	@Success		204		"The key is revoked"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
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
	if _, _, err := a.catalogFor(c).RevokeKey(ctx, key.ID, true); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// Me is the identity and the permissions of the client.
type Me struct {
	Key         wire.Key         `json:"key"`                                                                                                             // API key of the request.
	Partner     *wire.Partner    `json:"partner" extensions:"x-nullable"`                                                                                 // Partner that holds the key; null for an operator and a reader.
	Role        string           `json:"role" enums:"operator,partner,reader"`                                                                            // `operator` acts for every partner, `partner` for the partner that holds the key, `reader` has a key without a partner.
	Description string           `json:"description" example:"Your key belongs to a partner. It manages the shelters of the partner, within its scopes."` // What the role means.
	Audience    KeyAudience      `json:"audience"`                                                                                                        // Whose view of the listings the key has. Shelters can hide listings from an audience.
	Scopes      []string         `json:"scopes"`                                                                                                          // Permissions of the request: those of the key or of the access token.
	Permissions []Permission     `json:"permissions"`                                                                                                     // What the scopes allow with this key.
	Shelters    []ShelterName    `json:"shelters"`                                                                                                        // Shelters of the partner.
	Quotas      *wire.QuotaUsage `json:"quotas" extensions:"x-nullable"`                                                                                  // What the partner, or the key without a partner, stores and may store; null for an operator, who has no quotas.
} //	@name	Me

// KeyAudience is the audience that a key has in each kind of read. `public` sees what everyone sees,
// `aggregator` what those may see who show listings elsewhere, and `operator` everything. A partner sees its own
// listings in any case.
type KeyAudience struct {
	Lists    string `json:"lists" enums:"public,aggregator,operator"`    // In lists, searches, feeds and single cats.
	Copies   string `json:"copies" enums:"public,aggregator,operator"`   // In `/v1/changes` and exports.
	Webhooks string `json:"webhooks" enums:"public,aggregator,operator"` // In messages to webhooks, also about saved searches.
} //	@name	KeyAudience

// keyAudienceOf returns the audience of a principal in each kind of read.
func keyAudienceOf(p access.Principal) KeyAudience {
	class := func(audience catalog.Audience) string { return cmp.Or(string(audience.Class), "operator") }
	owner := p.Owner()
	webhook := catalog.Webhook{PartnerID: owner.PartnerID, KeyID: owner.KeyID} //nolint:exhaustruct // only its owner matters
	return KeyAudience{Lists: class(audienceOf(p, false)), Copies: class(audienceOf(p, true)), Webhooks: class(webhook.Audience())}
}

var roleDescriptions = map[string]string{
	"operator": "Your key is an operator's. It acts for every partner, and reads everything.",
	"partner":  "Your key belongs to a partner. It manages the shelters of the partner, within its scopes.",
	"reader":   "Your key has no partner, so it manages no shelters and writes no cats. It reads what is public, and in changes, exports and webhooks what aggregators may see. With the scope webhooks, it owns the webhooks and saved searches that it creates.",
}

// Permission is what a scope allows.
type Permission struct {
	Scope       string `json:"scope" enums:"listings:read,listings:write,assessments:write,webhooks,admin"` // The scope.
	Effective   bool   `json:"effective"`                                                                   // Whether the scope allows anything with this key: most need a partner.
	Description string `json:"description" example:"Read the private data of your shelters."`               // What the scope allows.
} //	@name	Permission

// roleOf returns the role of a principal, for Me.
func roleOf(p access.Principal) string {
	switch {
	case p.IsAdmin():
		return "operator"
	case p.PartnerID != "":
		return "partner"
	default:
		return "reader"
	}
}

// permissionsOf returns what each scope of a principal allows.
func permissionsOf(p access.Principal) []Permission {
	out := make([]Permission, len(p.Scopes))
	for i, scope := range p.Scopes {
		out[i] = Permission{Scope: string(scope), Effective: true, Description: scopeDescriptions[scope]}
		switch {
		case roleOf(p) != "reader":
		case scope == access.Webhooks:
			out[i].Description = "Create, read, change and delete webhooks and saved searches of this key, which no other key sees. They report what an aggregator may see."
		default:
			out[i].Effective, out[i].Description = false, "Nothing, because the key has no partner and therefore no shelters. It reads what is public, and changes and exports as an aggregator."
		}
	}
	return out
}

var scopeDescriptions = map[access.Scope]string{
	access.ListingsRead:     "Read the private data of your shelters.",
	access.ListingsWrite:    "Read and write your shelters and their cats.",
	access.AssessmentsWrite: "Record and read assessments, health items and outcomes of your cats.",
	access.Webhooks:         "Create, read and delete webhooks and saved searches.",
	access.Admin:            "Everything, for every partner.",
}

// ShelterName identifies a shelter.
type ShelterName struct {
	ID   string `json:"id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`      // Permanent ID of the shelter.
	Code string `json:"code" example:"MD1"`                               // Short permanent code of the shelter.
	Name string `json:"name" example:"Montgomery County Animal Services"` // Name of the shelter.
} //	@name	ShelterName

// getMe returns the identity and the permissions of the caller.
//
//	@Summary		Get the current key
//	@Description	Returns the key of the request, its partner, its role and scopes and what they allow, which listings it sees, the shelters that it can manage, and its quotas. A write beyond a quota gets 409 `quota_exceeded`.
//	@ID				getMe
//	@Tags			partners
//	@Produce		json
//	@Success		200		{object}	Me		"The key, its partner, role, scopes, audience, shelters and quotas"
//	@Failure		401		{object}	httpkit.Problem	"The key is missing or not valid"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
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
	me := Me{
		Key: wire.NewKey(key), Partner: nil, Role: roleOf(p), Description: roleDescriptions[roleOf(p)], Audience: keyAudienceOf(p),
		Scopes: wire.ScopeNames(p.Scopes), Permissions: permissionsOf(p), Shelters: []ShelterName{}, Quotas: nil,
	}
	if p.IsAdmin() {
		return sendPrivate(c, http.StatusOK, me)
	}
	usage, err := a.Keys.Usage(ctx, p.Owner())
	if err != nil {
		return err
	}
	me.Quotas = wire.NewQuotaUsage(usage, a.Quotas)
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
	me.Partner, me.Quotas = new(wire.NewPartner(partner)), wire.NewQuotaUsage(usage, partner.Quotas.Or(a.Quotas))
	for _, s := range shelters {
		me.Shelters = append(me.Shelters, ShelterName{ID: s.ID, Code: s.Code, Name: s.Name})
	}
	return sendPrivate(c, http.StatusOK, me)
}
