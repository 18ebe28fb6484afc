package catalog

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Webhook is an address that is told of changes.
type Webhook struct {
	ID          string // whk_…
	PartnerID   string // whose it is; empty for an operator's own
	URL         string
	Types       []string // of events; none means all
	Filters     string   // which cats and shelters, as the query of a list; empty means all
	Expand      bool     // events bring along what they are about, as it is now
	Description string

	Secret         string    // whsec_… and base64: what messages are signed with
	PreviousSecret string    // signs too until PreviousUntil
	PreviousUntil  time.Time // zero: there is none

	Status       WebhookStatus
	StatusReason string    // a sentence for its owner; empty while it is active
	StatusSince  time.Time // when it came to be so
	VerifiedAt   time.Time // when it last took a test; zero: never

	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// WebhookStatus says whether a webhook is told of changes.
type WebhookStatus string

// What a webhook can be.
const (
	WebhookActive     WebhookStatus = "active"
	WebhookPaused     WebhookStatus = "paused"     // by its owner, or after failing for too long
	WebhookUnverified WebhookStatus = "unverified" // it did not take a test yet
)

// Limits of webhooks.
const (
	MaxWebhooks           = 100 // of one partner
	MaxWebhookURL         = 2048
	SecretOverlap         = 24 * time.Hour
	MaxWebhookDescription = 500 // letters
)

// WebhookLease names the right to deliver to a webhook, and how far that got.
func WebhookLease(id string) string { return WebhookLeases + id }

// WebhookLeases is what the names of those rights begin with.
const WebhookLeases = "webhook "

// Secrets are those that sign a message at a moment, the current one first.
func (w Webhook) Secrets(at time.Time) []string {
	if w.PreviousUntil.After(at) {
		return []string{w.Secret, w.PreviousSecret}
	}
	return []string{w.Secret}
}

// Reader is who reads by way of a webhook. To be told of all changes is to copy.
func (w Webhook) Reader() Audience {
	if w.PartnerID == "" {
		return Audience{}
	}
	return Audience{PartnerID: w.PartnerID, Class: AggregatorReader, Copies: true}
}

// CreateWebhook makes a webhook that is told what follows on number after of the
// log, once it has taken a test. The address, types and filters are the caller's
// to check.
func (c *Catalog) CreateWebhook(ctx context.Context, w Webhook, after int64) (Webhook, error) {
	w.ID, w.Version, w.CreatedAt, w.UpdatedAt = NewID(WebhookPrefix, c.newUUID()), 1, c.now(), c.now()
	w.Status, w.StatusSince, w.StatusReason = WebhookUnverified, c.now(), "It has not taken a test yet."
	if err := w.tidy(); err != nil {
		return Webhook{}, err
	}
	err := c.write(ctx, "create_webhook", func(tx Tx) ([]Change, error) {
		n, err := tx.CountWebhooks(ctx, w.PartnerID)
		if err != nil {
			return nil, err
		}
		if n >= MaxWebhooks {
			return nil, &Error{Kind: Conflict, Code: "too_many_webhooks", Faults: nil, Detail: fmt.Sprintf("There are %d webhooks already, which is as many as there may be. Delete one that you no longer need.", n)}
		}
		if err := tx.SaveWebhook(ctx, w); err != nil {
			return nil, err
		}
		return []Change{w.change(Created, nil)}, tx.SetCheckpoint(ctx, WebhookLease(w.ID), after)
	})
	return w, wrap(err, "create webhook")
}

// ChangeWebhook lays an edit over a webhook. Where version is not 0 and not the
// webhook's, nothing is done and the error is Stale. One with another address has
// to take a test again before it is told of anything.
func (c *Catalog) ChangeWebhook(ctx context.Context, id string, version int64, edit func(*Webhook)) (Webhook, error) {
	return c.changeWebhook(ctx, "change_webhook", id, version, func(_ Tx, w *Webhook) ([]string, error) {
		known := *w
		edit(w)
		if w.URL != known.URL && w.Status == WebhookActive {
			w.position(WebhookUnverified, "Its address has changed, and that has not taken a test yet.")
		}
		return nil, w.tidy()
	})
}

// VerifyWebhook notes that a webhook took a test, and has it told of changes
// from where it stopped; or, with the reason, that it did not take it. Where it
// has another address than the tested one meanwhile, that says nothing.
func (c *Catalog) VerifyWebhook(ctx context.Context, tested Webhook, failure string) (Webhook, error) {
	return c.changeWebhook(ctx, "verify_webhook", tested.ID, 0, func(_ Tx, w *Webhook) ([]string, error) {
		switch {
		case w.URL != tested.URL:
		case failure == "":
			w.VerifiedAt = c.now()
			w.position(WebhookActive, "")
		case w.Status != WebhookActive:
			w.position(WebhookUnverified, "It did not take its test: "+failure)
		}
		return nil, nil
	})
}

// PauseWebhook stops telling a webhook of changes.
func (c *Catalog) PauseWebhook(ctx context.Context, id, reason string) (Webhook, error) {
	return c.changeWebhook(ctx, "pause_webhook", id, 0, func(_ Tx, w *Webhook) ([]string, error) {
		if w.Status != WebhookPaused {
			w.position(WebhookPaused, reason)
		}
		return nil, nil
	})
}

// RotateWebhookSecret gives a webhook another secret. The one before signs too,
// for a day.
func (c *Catalog) RotateWebhookSecret(ctx context.Context, id, secret string) (Webhook, error) {
	return c.changeWebhook(ctx, "rotate_webhook_secret", id, 0, func(_ Tx, w *Webhook) ([]string, error) {
		w.PreviousSecret, w.PreviousUntil = w.Secret, c.now().Add(SecretOverlap)
		w.Secret = secret
		return nil, nil
	})
}

// ReplayWebhook has a webhook told again what follows on number after of the log.
func (c *Catalog) ReplayWebhook(ctx context.Context, id string, after int64) (Webhook, error) {
	return c.changeWebhook(ctx, "replay_webhook", id, 0, func(tx Tx, _ *Webhook) ([]string, error) {
		return []string{"position"}, tx.SetCheckpoint(ctx, WebhookLease(id), after)
	})
}

// DeleteWebhook ends a webhook and what is known of its deliveries.
func (c *Catalog) DeleteWebhook(ctx context.Context, id string, version int64) error {
	err := c.write(ctx, "delete_webhook", func(tx Tx) ([]Change, error) {
		w, err := tx.Webhook(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := checkVersion("webhook", w.Version, version); err != nil {
			return nil, err
		}
		w.Version, w.UpdatedAt = w.Version+1, c.now()
		return []Change{w.change(OpRemoved, nil)}, tx.DeleteWebhook(ctx, id)
	})
	return wrap(err, "delete webhook %s", id)
}

// changeWebhook lays an edit over a webhook; also names what it changed beside.
func (c *Catalog) changeWebhook(ctx context.Context, what, id string, version int64, edit func(Tx, *Webhook) (also []string, err error)) (Webhook, error) {
	var w Webhook
	err := c.write(ctx, what, func(tx Tx) (_ []Change, err error) {
		if w, err = tx.Webhook(ctx, id); err != nil {
			return nil, err
		}
		if err := checkVersion("webhook", w.Version, version); err != nil {
			return nil, err
		}
		known := w
		also, err := edit(tx, &w)
		if err != nil {
			return nil, err
		}
		fields := append(known.differs(w), also...)
		if len(fields) == 0 {
			return nil, nil
		}
		if w.Status != known.Status {
			w.StatusSince = c.now()
		}
		w.Version, w.UpdatedAt = w.Version+1, c.now()
		return []Change{w.change(Updated, fields)}, tx.SaveWebhook(ctx, w)
	})
	return w, wrap(err, "%s %s", what, id)
}

func (w *Webhook) position(status WebhookStatus, reason string) {
	w.Status, w.StatusReason = status, reason
}

func (w Webhook) change(op Op, fields []string) Change {
	return change(op, WebhookResource, w.ID, "", w.Version, w.UpdatedAt, fields)
}

// differs names what is not the same in two versions of a webhook.
func (w Webhook) differs(from Webhook) []string {
	var fields []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"url", w.URL == from.URL},
		{"types", slices.Equal(w.Types, from.Types)},
		{"filters", w.Filters == from.Filters},
		{"expand", w.Expand == from.Expand},
		{"description", w.Description == from.Description},
		{"secret", w.Secret == from.Secret},
		{"status", w.Status == from.Status && w.StatusReason == from.StatusReason},
		{"verified_at", w.VerifiedAt.Equal(from.VerifiedAt)},
	} {
		if !f.same {
			fields = append(fields, f.name)
		}
	}
	return fields
}

func (w *Webhook) tidy() error {
	w.Description = normalizeText(w.Description)
	w.Types = tidySet(w.Types)
	var bad FieldErrors
	bad.Check(len(w.URL) <= MaxWebhookURL, "/url", "too_long", fmt.Sprintf("is longer than %d bytes", MaxWebhookURL))
	bad.Check(utf8.RuneCountInString(w.Description) <= MaxWebhookDescription, "/description", "too_long", fmt.Sprintf("is longer than %d letters", MaxWebhookDescription))
	return bad.Err(Invalid)
}
