package catalog

import (
	"context"
	"slices"
	"time"

	"trailcat/internal/access"
	"trailcat/internal/errcode"
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

// CreateKey creates a key and returns it with its secret text, which is not stored. If a key
// has the same ID, for which Random must begin with the same bytes, the new key replaces it.
func (c *Catalog) CreateKey(ctx context.Context, spec NewKey) (access.Key, string, error) {
	key, text := access.NewKey(spec.Random, spec.Test)
	key.PartnerID, key.Name, key.Scopes = spec.PartnerID, normalizeText(spec.Name), spec.Scopes
	key.CreatedAt, key.ExpiresAt, key.Version = c.now(), instant(spec.ExpiresAt), 1
	var errs FieldErrors
	errs.Check(key.Name != "", "/name", errcode.Required, "Must not be empty; the name identifies the key's holder.")
	errs.Check(len(key.Scopes) > 0, "/scopes", errcode.Required, "Must contain at least one of: "+access.JoinScopes(access.Scopes())+".")
	errs.Check(key.PartnerID == "" || !slices.Contains(key.Scopes, access.Admin), "/scopes", errcode.NotForPartners, "The scope admin gives access to everything and is reserved for keys without a partner.")
	errs.Check(key.ExpiresAt.IsZero() || key.ExpiresAt.After(c.now()), "/expires_at", errcode.InThePast, "Must be in the future.")
	if err := errs.Err(Invalid); err != nil {
		return access.Key{}, "", err
	}
	err := c.write(ctx, "create_key", func(tx Tx) ([]Change, error) {
		if key.PartnerID != "" {
			if _, err := tx.Partners.Partner(ctx, key.PartnerID); err != nil {
				return nil, err
			}
		}
		op := Created
		switch known, err := tx.Partners.Key(ctx, key.ID); {
		case err == nil:
			op, key.Version = Updated, known.Version+1
		case KindOf(err) != NotFound:
			return nil, err
		}
		return []Change{newKeyChange(op, key, c.now())}, tx.Partners.SaveKey(ctx, key)
	})
	return key, text, wrap(err, "create key")
}

func newKeyChange(op Op, k access.Key, at time.Time, fields ...string) Change {
	return newChange(op, KeyResource, k.ID, "", k.Version, at, fields)
}

// RevokeKey revokes a key permanently, and pauses the webhooks that it owns. It returns how
// many webhooks it paused. Revoking the key again changes nothing. Unless allowLast is
// true, the error is Conflict if the partner would lose a scope with it.
func (c *Catalog) RevokeKey(ctx context.Context, id string, allowLast bool) (key access.Key, paused int, err error) {
	err = c.write(ctx, "revoke_key", func(tx Tx) (_ []Change, err error) {
		paused = 0
		if key, err = tx.Partners.Key(ctx, id); err != nil || !key.RevokedAt.IsZero() {
			return nil, err
		}
		if !allowLast && key.PartnerID != "" {
			others, err := tx.Partners.KeysOfPartner(ctx, key.PartnerID)
			if err != nil {
				return nil, err
			}
			if err := checkNotLast(key, others, c.now()); err != nil {
				return nil, err
			}
		}
		webhooks, err := tx.Webhooks.WebhooksOfKey(ctx, key.ID)
		if err != nil {
			return nil, err
		}
		changes, err := c.changeState(ctx, tx.Webhooks, webhooks, func(w *Webhook) {
			if w.Status != WebhookPaused {
				w.setStatus(WebhookPaused, keyRevokedReason(key.ID))
				paused++
			}
		})
		if err != nil {
			return nil, err
		}
		revoked, err := c.revokeKey(ctx, tx.Partners, &key)
		return append([]Change{revoked}, changes...), err
	})
	return key, paused, wrap(err, "revoke key %s", id)
}

func (c *Catalog) revokeKey(ctx context.Context, tx PartnerTx, key *access.Key) (Change, error) {
	key.RevokedAt, key.Version = c.now(), key.Version+1
	return newKeyChange(OpRemoved, *key, c.now()), tx.SaveKey(ctx, *key)
}

// KeyOverlap is how long a key works after it was rotated.
const KeyOverlap = 24 * time.Hour

// RotateKey creates a key with the name, scopes and expiry of a valid one, and returns it with
// its secret text. The old key works for KeyOverlap, unless it expires earlier, or not at
// all after the call if immediately is true. What it owns belongs to the new key.
//
// Rotating the old key again replaces the new one, which is revoked, if that was never used,
// for example because its text was lost. Otherwise the error is Conflict.
func (c *Catalog) RotateKey(ctx context.Context, id string, random [32]byte, immediately bool) (access.Key, string, error) {
	var key access.Key
	var text string
	err := c.write(ctx, "rotate_key", func(tx Tx) ([]Change, error) {
		old, err := tx.Partners.Key(ctx, id)
		if err != nil {
			return nil, err
		}
		if !old.ValidAt(c.now()) {
			return nil, Errorf(Conflict, errcode.KeyNotValid, "The key %s was revoked or has expired. Create a new one.", id)
		}
		latest, changes, err := c.latestForm(ctx, tx.Partners, old)
		if err != nil {
			return nil, err
		}
		key, text = access.NewKey(random, old.Test)
		key.PartnerID, key.Name, key.Scopes, key.CreatedAt, key.ExpiresAt, key.Version = old.PartnerID, old.Name, old.Scopes, c.now(), latest.ExpiresAt, 1
		changes = append(changes, newKeyChange(Created, key, c.now()))
		retired, err := c.retireKey(ctx, tx.Partners, old, key.ID, immediately)
		if err != nil {
			return nil, err
		}
		if err := tx.Partners.SaveKey(ctx, key); err != nil {
			return nil, err
		}
		moved, err := c.moveOwned(ctx, tx, latest.ID, key.ID)
		return slices.Concat(changes, []Change{retired}, moved), err
	})
	return key, text, wrap(err, "rotate key %s", id)
}

// latestForm returns the key that replaced a key, or the key itself. A replacement that was
// never used is revoked; if it is in use, the error is Conflict.
func (c *Catalog) latestForm(ctx context.Context, tx PartnerTx, key access.Key) (access.Key, []Change, error) {
	if key.SuccessorID == "" {
		return key, nil, nil
	}
	latest, err := tx.Key(ctx, key.SuccessorID)
	switch {
	case err != nil || !latest.ValidAt(c.now()):
		return latest, nil, err
	case !latest.LastUsedAt.IsZero():
		return access.Key{}, nil, Errorf(Conflict, errcode.AlreadyRotated, "The key %s was rotated into the key %s, which is in use. Rotate that one.", key.ID, latest.ID)
	}
	revoked, err := c.revokeKey(ctx, tx, &latest)
	return latest, []Change{revoked}, err
}

// retireKey ends a key that another one replaces.
func (c *Catalog) retireKey(ctx context.Context, tx PartnerTx, key access.Key, successorID string, immediately bool) (Change, error) {
	key.SuccessorID = successorID
	if immediately {
		return c.revokeKey(ctx, tx, &key)
	}
	fields := []string{"successor_id"}
	if end := c.now().Add(KeyOverlap); key.ExpiresAt.IsZero() || end.Before(key.ExpiresAt) {
		key.ExpiresAt, fields = end, []string{"expires_at", "successor_id"}
	}
	key.Version++
	return newKeyChange(Updated, key, c.now(), fields...), tx.SaveKey(ctx, key)
}

// moveOwned gives what a key owns to another one, and makes that the successor of the first one
// and of all keys that the first one replaced.
func (c *Catalog) moveOwned(ctx context.Context, tx Tx, fromKeyID, toKeyID string) ([]Change, error) {
	webhooks, err := tx.Webhooks.WebhooksOfKey(ctx, fromKeyID)
	if err != nil {
		return nil, err
	}
	changes, err := c.changeState(ctx, tx.Webhooks, webhooks, func(w *Webhook) { w.KeyID = toKeyID })
	if err != nil {
		return nil, err
	}
	if err := tx.Searches.MoveSearches(ctx, fromKeyID, toKeyID); err != nil {
		return nil, err
	}
	return changes, tx.Partners.ReplaceSuccessor(ctx, fromKeyID, toKeyID)
}

// currentOwner returns the owner of what an owner creates: the key that replaced a key
// since the caller was authenticated. It locks the key until the end of the transaction, so that
// it is not rotated before.
func currentOwner(ctx context.Context, keys PartnerTx, owner access.Owner) (access.Owner, error) {
	for next := owner.KeyID; next != ""; {
		key, err := keys.Key(ctx, next)
		if err != nil {
			return access.Owner{}, err
		}
		owner.KeyID, next = key.ID, key.SuccessorID
	}
	return owner, nil
}

// checkNotLast returns an error if a partner would lose a scope without the key: no other
// valid key has it that is not a test key and does not expire.
func checkNotLast(key access.Key, others []access.Key, now time.Time) error {
	if key.Test || !key.ValidAt(now) {
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
	return Errorf(Conflict, errcode.LastKey, "The key %s is your last lasting key with the scopes: %s. Create or rotate a key first, or send allow_last=true.", key.ID, access.JoinScopes(lost))
}
