package catalog

import (
	"cmp"
	"context"

	"trailcat/internal/access"
	"trailcat/internal/errcode"
)

// Quotas limit how much a partner may store. Nil is not stated, 0 is unlimited.
type Quotas struct {
	Cats        *int64 // that are not removed, in all shelters of the partner
	ImportFiles *int64 // kept; the oldest are deleted
	Webhooks    *int64
	Searches    *int64 // saved
	Photos      *int64 // kept for the cats of each shelter
	PhotoBytes  *int64 // of these photos, in all sizes
}

// Or returns the quotas with those of defaults where nothing is stated.
func (q Quotas) Or(defaults Quotas) Quotas {
	return Quotas{
		Cats:        cmp.Or(q.Cats, defaults.Cats),
		ImportFiles: cmp.Or(q.ImportFiles, defaults.ImportFiles),
		Webhooks:    cmp.Or(q.Webhooks, defaults.Webhooks),
		Searches:    cmp.Or(q.Searches, defaults.Searches),
		Photos:      cmp.Or(q.Photos, defaults.Photos),
		PhotoBytes:  cmp.Or(q.PhotoBytes, defaults.PhotoBytes),
	}
}

// Usage is how much a partner stores, by quota.
type Usage struct {
	Cats        int64
	ImportFiles int64
	Webhooks    int64
	Searches    int64
}

// CatUsage is what limits the cats of a shelter: how many its partner has, and the quotas
// of the partner.
type CatUsage struct {
	Cats   int64
	Quotas Quotas
}

// ShelterUsage is a shelter with what limits its cats.
type ShelterUsage struct {
	Shelter
	CatUsage
}

// WithQuotas returns a catalog whose writes are limited by the quotas of the partners and
// keys that they are for; defaults apply where a partner has none of its own. Without it, as for
// operators, nothing is limited.
func (c *Catalog) WithQuotas(defaults Quotas) *Catalog {
	out := *c
	out.quotas = &defaults
	return &out
}

// quotasOf returns the quotas that limit what is stored for an owner. A key without a
// partner has the default ones.
func (c *Catalog) quotasOf(ctx context.Context, tx Tx, owner access.Owner) (Quotas, error) {
	if c.quotas == nil || owner == (access.Owner{}) {
		return Quotas{}, nil
	}
	if owner.PartnerID == "" {
		return *c.quotas, nil
	}
	partner, err := tx.Partners.Partner(ctx, owner.PartnerID)
	return partner.Quotas.Or(*c.quotas), err
}

// isLimited reports whether a quota limits anything.
func isLimited(quota *int64) bool { return quota != nil && *quota > 0 }

// checkQuota returns an error if an owner has as much as a quota allows. It counts only
// if there is a limit.
func checkQuota(ctx context.Context, limit *int64, what string, owner access.Owner, count func(context.Context, access.Owner) (int64, error)) error {
	if !isLimited(limit) {
		return nil
	}
	used, err := count(ctx, owner)
	if err == nil && used >= *limit {
		return quotaExceeded(what, used, *limit)
	}
	return err
}

func quotaExceeded(what string, used, limit int64) error {
	return Errorf(Conflict, errcode.QuotaExceeded,
		"You have %d %s, and your quota is %d. Remove some that are no longer needed, or ask the operator for a higher quota; GET /v1/me shows your quotas.", used, what, limit)
}
