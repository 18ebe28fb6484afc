package catalog

import (
	"context"
	"slices"
	"time"

	"trailcat/internal/access"
)

// NewKey describes a key to create.
type NewKey struct {
	PartnerID string // empty for an operator's key
	Name      string
	Scopes    []access.Scope
	Test      bool
	ExpiresAt time.Time // zero: never
	Random    [32]byte
}

// CreateKey creates a key and returns it with its secret text, which is not stored.
func (c *Catalog) CreateKey(ctx context.Context, spec NewKey) (access.Key, string, error) {
	key, text := access.NewKey(spec.Random, spec.Test)
	key.PartnerID, key.Name, key.Scopes = spec.PartnerID, normalizeText(spec.Name), spec.Scopes
	key.CreatedAt, key.ExpiresAt = c.now(), instant(spec.ExpiresAt)
	var errs FieldErrors
	errs.Check(key.Name != "", "/name", "required", "Must not be empty; the name identifies the key's holder.")
	errs.Check(len(key.Scopes) > 0, "/scopes", "required", "Must contain at least one of: "+access.JoinScopes(access.Scopes())+".")
	errs.Check(key.PartnerID == "" || !slices.Contains(key.Scopes, access.Admin), "/scopes", "not_for_partners", "The scope admin gives access to everything and is reserved for keys without a partner.")
	errs.Check(key.ExpiresAt.IsZero() || key.ExpiresAt.After(c.now()), "/expires_at", "in_the_past", "Must be in the future.")
	if err := errs.Err(Invalid); err != nil {
		return access.Key{}, "", err
	}
	err := c.write(ctx, "create_key", func(tx Tx) ([]Change, error) {
		if key.PartnerID != "" {
			if _, err := tx.Partners.Partner(ctx, key.PartnerID); err != nil {
				return nil, err
			}
		}
		return []Change{newChange(Created, KeyResource, key.ID, "", 1, c.now(), nil)}, tx.Partners.SaveKey(ctx, key)
	})
	return key, text, wrap(err, "create key")
}

// RevokeKey revokes a key permanently. Revoking it again changes nothing. Unless allowLast is
// true, the error is Conflict if the partner would lose a scope with it.
func (c *Catalog) RevokeKey(ctx context.Context, id string, allowLast bool) (access.Key, error) {
	var key access.Key
	err := c.write(ctx, "revoke_key", func(tx Tx) (_ []Change, err error) {
		if key, err = tx.Partners.Key(ctx, id); err != nil || !key.RevokedAt.IsZero() {
			return nil, err
		}
		if !allowLast {
			others, err := tx.Partners.KeysOfPartner(ctx, key.PartnerID)
			if err != nil {
				return nil, err
			}
			if err := checkNotLast(key, others, c.now()); err != nil {
				return nil, err
			}
		}
		key.RevokedAt = c.now()
		return []Change{newChange(OpRemoved, KeyResource, key.ID, "", 2, c.now(), nil)}, tx.Partners.SaveKey(ctx, key)
	})
	return key, wrap(err, "revoke key %s", id)
}

// KeyOverlap is how long a key works after it was rotated.
const KeyOverlap = 24 * time.Hour

// RotateKey creates a key with the name, scopes and expiry of a valid one, and returns it with
// its secret text. The old key works for KeyOverlap, unless it expires earlier, or not at
// all after the call if immediately is true.
func (c *Catalog) RotateKey(ctx context.Context, id string, random [32]byte, immediately bool) (access.Key, string, error) {
	var key access.Key
	var text string
	err := c.write(ctx, "rotate_key", func(tx Tx) ([]Change, error) {
		old, err := tx.Partners.Key(ctx, id)
		if err != nil {
			return nil, err
		}
		if !old.ValidAt(c.now()) {
			return nil, Errorf(Conflict, "key_not_valid", "The key %s was revoked or has expired. Create a new one.", id)
		}
		key, text = access.NewKey(random, old.Test)
		key.PartnerID, key.Name, key.Scopes, key.CreatedAt, key.ExpiresAt = old.PartnerID, old.Name, old.Scopes, c.now(), old.ExpiresAt
		changes := []Change{newChange(Created, KeyResource, key.ID, "", 1, c.now(), nil)}
		if end := c.now().Add(KeyOverlap); immediately {
			old.RevokedAt = c.now()
			changes = append(changes, newChange(OpRemoved, KeyResource, old.ID, "", 2, c.now(), nil))
		} else if old.ExpiresAt.IsZero() || end.Before(old.ExpiresAt) {
			old.ExpiresAt = end
			changes = append(changes, newChange(Updated, KeyResource, old.ID, "", 2, c.now(), []string{"expires_at"}))
		}
		if err := tx.Partners.SaveKey(ctx, old); err != nil {
			return nil, err
		}
		return changes, tx.Partners.SaveKey(ctx, key)
	})
	return key, text, wrap(err, "rotate key %s", id)
}

// checkNotLast returns an error if a partner would lose a scope without the key: no other
// valid key has it that is not a test key and does not expire.
func checkNotLast(key access.Key, others []access.Key, now time.Time) error {
	if key.PartnerID == "" || key.Test || !key.ValidAt(now) {
		return nil
	}
	lost := slices.DeleteFunc(slices.Clone(key.Scopes), func(scope access.Scope) bool {
		return slices.ContainsFunc(others, func(k access.Key) bool {
			return k.ID != key.ID && !k.Test && k.ExpiresAt.IsZero() && k.ValidAt(now) && slices.Contains(k.Scopes, scope)
		})
	})
	if len(lost) == 0 {
		return nil
	}
	return Errorf(Conflict, "last_key", "The key %s is your last lasting key with the scopes: %s. Create or rotate a key first, or send allow_last=true.", key.ID, access.JoinScopes(lost))
}
