package api

import (
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// ownShelter returns a shelter by id or code that belongs to the caller. A shelter of
// another partner is public, so that the error is Forbidden.
func (a *API) ownShelter(c echo.Context, idOrCode string) (catalog.Shelter, error) {
	shelter, err := a.ownErasableShelter(c, idOrCode)
	if err == nil && !shelter.ErasedAt.IsZero() {
		return catalog.Shelter{}, catalog.ErasedError("shelter", shelter.ErasedAt)
	}
	return shelter, err
}

// ownErasableShelter is ownShelter for any shelter, also one that was erased.
func (a *API) ownErasableShelter(c echo.Context, idOrCode string) (catalog.Shelter, error) {
	ctx := c.Request().Context()
	shelter, err := a.Store.Shelter(ctx, idOrCode)
	if catalog.KindOf(err) == catalog.NotFound {
		shelter, err = a.Store.ShelterByCode(ctx, idOrCode)
	}
	if err != nil {
		return catalog.Shelter{}, err
	}
	if !principalFrom(c).Owns(shelter.PartnerID) {
		return catalog.Shelter{}, errNotYours(principalFrom(c), "shelter", idOrCode)
	}
	return shelter, nil
}

// errNotYours returns the error for a public resource of another partner.
func errNotYours(p access.Principal, kind, id string) error {
	if p.PartnerID == "" {
		return catalog.Errorf(catalog.Forbidden, errcode.NotYours, "Your API key has no partner, so it cannot manage the %s %s. Ask the operator for a key of the partner; GET /v1/me says what your key allows.", kind, id)
	}
	return catalog.Errorf(catalog.Forbidden, errcode.NotYours, "The %s %s belongs to another partner. GET /v1/me lists the shelters of your key.", kind, id)
}

// shelterToWrite returns a shelter that belongs to the caller, from the index if it
// knows the shelter. The index may be slightly behind, so that the write must check
// the owner again; see catalogForOwner.
func (a *API) shelterToWrite(c echo.Context, idOrCode string) (catalog.Shelter, error) {
	if shelter, ok := a.Index.ShelterInfo(idOrCode); ok && shelter.ErasedAt.IsZero() && principalFrom(c).Owns(shelter.PartnerID) {
		return shelter, nil
	}
	return a.ownShelter(c, idOrCode)
}

// ownedCat returns a cat by id or number whose shelter belongs to the caller, removed or
// not. The error for a cat of another partner is Forbidden if the caller may see the cat,
// otherwise NotFound.
func (a *API) ownedCat(c echo.Context, id string) (catalog.Cat, error) {
	cat, err := a.ownedErasableCat(c, id)
	if err == nil && !cat.ErasedAt.IsZero() {
		return catalog.Cat{}, catalog.ErasedError("cat", cat.ErasedAt)
	}
	return cat, err
}

// ownedErasableCat is ownedCat for any cat, also one that was erased.
func (a *API) ownedErasableCat(c echo.Context, id string) (catalog.Cat, error) {
	cat, err := a.findCat(c.Request().Context(), id)
	if err != nil {
		return catalog.Cat{}, err
	}
	shelter, err := a.Store.Shelter(c.Request().Context(), cat.ShelterID)
	switch {
	case err != nil:
		return catalog.Cat{}, err
	case principalFrom(c).Owns(shelter.PartnerID):
		return cat, nil
	case cat.Status == catalog.Removed || shelter.HidesCat(cat.HiddenFrom, a.audience(c, false)):
		return catalog.Cat{}, catalog.NotFoundError("cat", id)
	default:
		return catalog.Cat{}, errNotYours(principalFrom(c), "cat", id)
	}
}

// ownedListedCat returns the cat in the path, which must belong to the caller and not be
// removed.
func (a *API) ownedListedCat(c echo.Context) (catalog.Cat, error) {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err == nil && cat.Status == catalog.Removed {
		return catalog.Cat{}, errCatRemoved(cat)
	}
	return cat, err
}

// checkOwner returns an error if the resource in the path of a request does not belong to
// the caller: Forbidden if it is public, otherwise NotFound.
func (a *API) checkOwner(c echo.Context) (err error) {
	switch path := c.Path(); {
	case path == "/v1/shelters/:id/erasure":
		_, err = a.ownErasableShelter(c, c.Param("id"))
	case path == "/v1/cats/:id/erasure":
		_, err = a.ownedErasableCat(c, c.Param("id"))
	case strings.HasPrefix(path, "/v1/shelters/:id/"):
		_, err = a.shelterToWrite(c, c.Param("id"))
	case strings.HasPrefix(path, "/v1/cats/:id/"):
		_, err = a.ownedCat(c, c.Param("id"))
	case strings.HasPrefix(path, "/v1/keys/:key_id/"):
		_, err = a.ownKey(c)
	case strings.HasPrefix(path, "/v1/webhooks/:id/"):
		_, err = a.ownedWebhook(c)
	}
	return err
}

// ownerFrom returns the owner whose webhooks and saved searches the caller lists; nil for
// an operator, who lists those of all.
func ownerFrom(c echo.Context) *access.Owner {
	if p := principalFrom(c); !p.IsAdmin() {
		return new(p.Owner())
	}
	return nil
}

// catalogFor returns the catalog for writes of the caller. A partner, or a key without one,
// is limited by its quotas. With a test key the catalog does not keep what is written.
func (a *API) catalogFor(c echo.Context) *catalog.Catalog {
	p := principalFrom(c)
	writer := a.Catalog.WithActor(catalog.Actor{
		KeyID: p.KeyID, PartnerID: p.PartnerID, Address: a.clientAddress(c.Request()), RequestID: httpkit.RequestID(c.Request().Context()),
	}).WithObserver(pendingWritesOf(c).record)
	if !p.IsAdmin() {
		writer = writer.WithQuotas(a.Quotas)
	}
	if p.Test {
		return writer.DryRun()
	}
	return writer
}

// catalogForOwner is catalogFor with a check that the caller owns the shelter whose
// cats it writes.
func (a *API) catalogForOwner(c echo.Context) *catalog.Catalog {
	p := principalFrom(c)
	return a.catalogFor(c).WithOwnerCheck(func(s catalog.Shelter) error {
		if !p.Owns(s.PartnerID) {
			return errNotYours(p, "shelter", s.ID)
		}
		return nil
	})
}

// audience returns the audience that a request belongs to, which determines the cats that
// it may see. Pass true for syncing if the client copies all data, as with changes,
// exports and webhooks.
func (a *API) audience(c echo.Context, syncing bool) catalog.Audience {
	return audienceOf(principalFrom(c), syncing)
}

// audienceOf returns the audience of a principal. A key has the audience of its partner.
// A client without a partner that copies all data is an aggregator. An operator sees
// everything.
func audienceOf(p access.Principal, syncing bool) catalog.Audience {
	switch {
	case p.IsAdmin():
		return catalog.Audience{}
	case p.Aggregator || syncing && p.PartnerID == "":
		return catalog.Audience{PartnerID: p.PartnerID, Class: catalog.AggregatorReader}
	default:
		return catalog.Audience{PartnerID: p.PartnerID, Class: catalog.PublicReader}
	}
}
