package catalog

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"trailcat/internal/access"
)

// Partner is who answers for shelters and holds the keys to them.
type Partner struct {
	ID        string // prt_…, for ever
	Name      string
	ReadsAs   AudienceClass // public or aggregator
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// PartnerReaders lists the sorts of readers that a partner can be.
func PartnerReaders() []AudienceClass { return []AudienceClass{PublicReader, AggregatorReader} }

// CreatePartner makes a partner who reads as one of PartnerReaders.
func (c *Catalog) CreatePartner(ctx context.Context, name string, readsAs AudienceClass) (Partner, error) {
	p := Partner{ID: NewID(PartnerPrefix, c.newUUID()), Name: normalizeText(name), ReadsAs: readsAs, Version: 1, CreatedAt: c.now(), UpdatedAt: c.now()}
	if err := p.faults().Err(Invalid); err != nil {
		return Partner{}, err
	}
	err := c.write(ctx, "create_partner", func(tx Tx) ([]Change, error) {
		return []Change{change(Created, PartnerResource, p.ID, "", p.Version, p.UpdatedAt, nil)}, tx.SavePartner(ctx, p)
	})
	return p, wrap(err, "create partner")
}

// ChangePartner gives a partner another name, and another way of reading.
func (c *Catalog) ChangePartner(ctx context.Context, id string, version int64, name string, readsAs AudienceClass) (Partner, error) {
	var p Partner
	err := c.write(ctx, "change_partner", func(tx Tx) (_ []Change, err error) {
		if p, err = tx.Partner(ctx, id); err != nil {
			return nil, err
		}
		if err := checkVersion("partner", p.Version, version); err != nil {
			return nil, err
		}
		var fields []string
		if p.Name != normalizeText(name) {
			fields = append(fields, "name")
		}
		if p.ReadsAs != readsAs {
			fields = append(fields, "reads_as")
		}
		if len(fields) == 0 {
			return nil, nil
		}
		p.Name, p.ReadsAs, p.Version, p.UpdatedAt = normalizeText(name), readsAs, p.Version+1, c.now()
		if err := p.faults().Err(Invalid); err != nil {
			return nil, err
		}
		return []Change{change(Updated, PartnerResource, p.ID, "", p.Version, p.UpdatedAt, fields)}, tx.SavePartner(ctx, p)
	})
	return p, wrap(err, "change partner %s", id)
}

func (p Partner) faults() FieldErrors {
	var bad FieldErrors
	bad.Check(p.Name != "", "/name", "required", "a partner needs a name")
	bad.Check(utf8.RuneCountInString(p.Name) <= MaxName, "/name", "too_long", fmt.Sprintf("is longer than %d letters", MaxName))
	bad.Check(slices.Contains(PartnerReaders(), p.ReadsAs), "/reads_as", "unknown_value", fmt.Sprintf("%q is none of public, aggregator", p.ReadsAs))
	return bad
}

// NewKey is what is asked for when a key is made.
type NewKey struct {
	PartnerID string // empty for an operator's own
	Name      string
	Scopes    []access.Scope
	Test      bool
	ExpiresAt time.Time // zero: never
	Random    [32]byte
}

// CreateKey makes a key, and the text of it, which is not kept.
func (c *Catalog) CreateKey(ctx context.Context, ask NewKey) (access.Key, string, error) {
	key, text := access.NewKey(ask.Random, ask.Test)
	key.PartnerID, key.Name, key.Scopes = ask.PartnerID, normalizeText(ask.Name), ask.Scopes
	key.CreatedAt, key.ExpiresAt = c.now(), instant(ask.ExpiresAt)
	var bad FieldErrors
	bad.Check(key.Name != "", "/name", "required", "a key needs a name, so that its holder is known by it")
	bad.Check(len(key.Scopes) > 0, "/scopes", "required", "a key needs a scope: "+access.JoinScopes(access.Scopes()))
	bad.Check(key.PartnerID == "" || !slices.Contains(key.Scopes, access.Admin), "/scopes", "not_for_partners", "admin is for keys of the operator's own, without a partner: it opens everything")
	bad.Check(key.ExpiresAt.IsZero() || key.ExpiresAt.After(c.now()), "/expires_at", "in_the_past", "is in the past")
	if err := bad.Err(Invalid); err != nil {
		return access.Key{}, "", err
	}
	err := c.write(ctx, "create_key", func(tx Tx) ([]Change, error) {
		if key.PartnerID != "" {
			if _, err := tx.Partner(ctx, key.PartnerID); err != nil {
				return nil, err
			}
		}
		return []Change{change(Created, KeyResource, key.ID, "", 1, c.now(), nil)}, tx.SaveKey(ctx, key)
	})
	return key, text, wrap(err, "create key")
}

// RevokeKey ends a key, at once and for good. To revoke it again changes nothing.
func (c *Catalog) RevokeKey(ctx context.Context, id string) (access.Key, error) {
	var key access.Key
	err := c.write(ctx, "revoke_key", func(tx Tx) (_ []Change, err error) {
		if key, err = tx.Key(ctx, id); err != nil || !key.RevokedAt.IsZero() {
			return nil, err
		}
		key.RevokedAt = c.now()
		return []Change{change(OpRemoved, KeyResource, key.ID, "", 2, c.now(), nil)}, tx.SaveKey(ctx, key)
	})
	return key, wrap(err, "revoke key %s", id)
}
