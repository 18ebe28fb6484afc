package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// keysCommand manages API keys.
type keysCommand struct {
	Create createKeyCommand `cmd:"" help:"Create a key and print it; it cannot be shown again."`
	List   listKeysCommand  `cmd:"" help:"List keys."`
	Revoke revokeKeyCommand `cmd:"" help:"Revoke a key immediately and permanently."`
}

type createKeyCommand struct {
	databaseFlags
	Name    string         `help:"Name of the key, shown in lists." required:"" placeholder:"NAME"`
	Scope   []string       `help:"Scopes of the key, separated by commas." required:"" placeholder:"SCOPE"`
	Partner string         `help:"Partner that holds the key, by ID or name (default none: the key reads what is public and, with the scope webhooks, has webhooks of its own)." placeholder:"PARTNER"`
	Test    bool           `help:"Create a test key: its writes are validated and answered but not stored."`
	Expires *time.Duration `help:"Lifetime of the key, for example 2160h (default unlimited)." min:"1s"`
	JSON    bool           `name:"json" help:"Print JSON with ID, secret and key."`
}

// Help lists the scopes.
func (createKeyCommand) Help() string {
	return "Scopes: " + strings.ReplaceAll(access.JoinScopes(access.Scopes()), " ", ", ") + ". The scope admin makes an operator's key."
}

// Run creates a key and prints it.
func (c *createKeyCommand) Run(p *process) error {
	scopes, err := access.ParseScopes(strings.Join(c.Scope, ","))
	if err != nil {
		return err
	}
	return c.using(p, func(db *store.Store) error {
		partnerID, err := c.partnerNamed(p.ctx, db, c.Partner)
		if err != nil {
			return err
		}
		request := catalog.NewKey{PartnerID: partnerID, Name: c.Name, Scopes: scopes, Test: c.Test, Random: random()}
		if c.Expires != nil {
			request.ExpiresAt = p.now().Add(*c.Expires)
		}
		key, encoded, err := catalog.New(db, p.now, newUUID).CreateKey(p.ctx, request)
		if err != nil {
			return err
		}
		return c.print(p, key, encoded)
	})
}

// print prints a new key, which cannot be shown again.
func (c *createKeyCommand) print(p *process, key access.Key, encoded string) error {
	newKey, err := wire.NewKeyWithSecret(key, encoded)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(p, newKey)
	}
	_, err = fmt.Fprintf(p.stdout, `%s

Store the key now; it cannot be shown again. Scopes: %s. Usage:
  curl -H 'Authorization: Bearer %s' http://127.0.0.1:8080/v1/me

Its ID is %s. To revoke it: %s
`, newKey.Key, access.JoinScopes(key.Scopes), newKey.Key, key.ID, c.commandLine("keys revoke "+key.ID))
	return err
}

// random returns random bytes, from which keys are made.
func random() (b [32]byte) {
	_, _ = rand.Read(b[:]) // it never fails
	return b
}

type listKeysCommand struct {
	databaseFlags
	Partner string `help:"List only the keys of this partner, by ID or name." placeholder:"PARTNER"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Run lists the keys of one partner, or of the operator and all partners, one per
// line.
func (c *listKeysCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		holders := map[string]string{"": "(operator)"}
		ids := []string{""}
		partners, err := db.Partners(p.ctx)
		if err != nil {
			return err
		}
		for _, partner := range partners {
			holders[partner.ID], ids = partner.Name, append(ids, partner.ID)
		}
		if c.Partner != "" {
			id, err := c.partnerNamed(p.ctx, db, c.Partner)
			if err != nil {
				return err
			}
			ids = []string{id}
		}
		var keys []access.Key
		for _, id := range ids {
			keysOfHolder, err := db.Keys(p.ctx, id)
			if err != nil {
				return err
			}
			keys = append(keys, keysOfHolder...)
		}
		if c.JSON {
			return writeJSON(p, wire.NewKeyList(keys))
		}
		table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, k := range keys {
			holder := holders[k.PartnerID]
			if k.PartnerID == "" && !k.Principal().IsAdmin() {
				holder = "(no partner)"
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", k.ID, holder, k.Name, access.JoinScopes(k.Scopes), state(k, p.now())) // Flush returns the error
		}
		return table.Flush()
	})
}

// state describes the state of a key at the time now.
func state(k access.Key, now time.Time) string {
	kind := ""
	if k.Test {
		kind = "test, "
	}
	switch {
	case !k.RevokedAt.IsZero():
		return kind + "revoked " + k.RevokedAt.Format(time.DateOnly)
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return kind + "expired " + k.ExpiresAt.Format(time.DateOnly)
	case k.LastUsedAt.IsZero():
		return kind + "never used"
	default:
		return kind + "last used " + k.LastUsedAt.Format("2006-01-02 15:04")
	}
}

type revokeKeyCommand struct {
	databaseFlags
	ID string `arg:"" help:"ID of the key, or the complete key."`
}

// Run revokes a key.
func (c *revokeKeyCommand) Run(p *process) error {
	id := c.ID
	if fromKey, _, err := access.SplitKey(c.ID); err == nil {
		id = fromKey
	}
	return c.using(p, func(db *store.Store) error {
		key, paused, err := catalog.New(db, p.now, newUUID).RevokeKey(p.ctx, id, true)
		if catalog.KindOf(err) == catalog.NotFound {
			return fmt.Errorf("key %q does not exist; list the keys with: %s", id, c.commandLine("keys list"))
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s (%s) revoked at %s\n", key.ID, cmp.Or(key.Name, "no name"), key.RevokedAt.Format(time.RFC3339))
		if err == nil && paused > 0 {
			_, err = fmt.Fprintf(p.stdout, "%d webhooks that belong to the key were paused\n", paused)
		}
		return err
	})
}
