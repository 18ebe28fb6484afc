package catalog

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trailcat/internal/access"
	"trailcat/internal/errcode"
)

// Webhook is an HTTP endpoint that is notified of changes.
type Webhook struct {
	ID          string // whk_…
	PartnerID   string // the owner; empty for a key without a partner and for the operator
	KeyID       string // the owner if it is a key without a partner
	URL         string
	Types       []string // types of events to send; empty means all
	Filters     string   // cats and shelters to report, as the query string of a list; empty means all
	Expand      bool     // events contain the current state of the resource
	Description string

	Secret         string    // whsec_… in base64; signs the messages
	PreviousSecret string    // also signs until PreviousUntil
	PreviousUntil  time.Time // zero: there is no previous secret

	Status       WebhookStatus
	StatusReason string    // a sentence for the owner; empty while active
	StatusSince  time.Time // when the status last changed
	VerifiedAt   time.Time // when the endpoint last accepted a test; zero: never

	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// WebhookStatus determines whether a webhook is notified.
type WebhookStatus string

// The statuses of webhooks.
const (
	WebhookActive     WebhookStatus = "active"
	WebhookPaused     WebhookStatus = "paused"     // by its owner, or after failing for too long
	WebhookUnverified WebhookStatus = "unverified" // the endpoint has not accepted a test yet
)

// Limits of webhooks.
const (
	MaxWebhookURL         = 2048 // bytes
	SecretOverlap         = 24 * time.Hour
	MaxWebhookDescription = 500 // characters
)

// WebhookLeases is the prefix of the names of webhook leases.
const WebhookLeases = "webhook "

// WebhookLease returns the name of the lease of a webhook. Its holder delivers to
// the webhook, and its checkpoint is the log position up to which it did.
func WebhookLease(id string) string { return WebhookLeases + id }

// Owner returns the owner of the webhook.
func (w Webhook) Owner() access.Owner { return access.Owner{PartnerID: w.PartnerID, KeyID: w.KeyID} }

// Secrets returns the secrets that sign a message at a moment, the current one first.
func (w Webhook) Secrets(at time.Time) []string {
	if w.PreviousUntil.After(at) {
		return []string{w.Secret, w.PreviousSecret}
	}
	return []string{w.Secret}
}

// Audience returns the audience of the webhook. A client that is notified of all
// changes can copy the listings, so every webhook counts as an aggregator, also that of
// an operator.
func (w Webhook) Audience() Audience {
	return Audience{PartnerID: w.PartnerID, Class: AggregatorReader, Copies: true}
}

// CreateWebhook creates a webhook that is notified of the changes after a log
// number, once its endpoint has accepted a test. The caller validates the URL,
// types and filters.
func (c *Catalog) CreateWebhook(ctx context.Context, w Webhook, after int64) (Webhook, error) {
	w.ID, w.Version, w.CreatedAt, w.UpdatedAt = NewID(WebhookPrefix, c.newUUID()), 1, c.now(), c.now()
	w.Status, w.StatusSince, w.StatusReason = WebhookUnverified, c.now(), "The endpoint has not accepted a test yet."
	if err := w.normalize(); err != nil {
		return Webhook{}, err
	}
	err := c.write(ctx, "create_webhook", func(tx Tx) ([]Change, error) {
		owner, err := currentOwner(ctx, tx.Partners, w.Owner())
		if err != nil {
			return nil, err
		}
		w.KeyID = owner.KeyID
		quotas, err := c.quotasOf(ctx, tx, owner)
		if err != nil {
			return nil, err
		}
		if err := checkQuota(ctx, quotas.Webhooks, "webhooks", owner, tx.Webhooks.CountWebhooks); err != nil {
			return nil, err
		}
		if err := tx.Webhooks.SaveWebhook(ctx, w); err != nil {
			return nil, err
		}
		return []Change{w.change(Created, nil)}, tx.Webhooks.SetCheckpoint(ctx, WebhookLease(w.ID), after)
	})
	return w, wrap(err, "create webhook")
}

// ChangeWebhook applies an edit to a webhook. When version is neither 0 nor the
// webhook's version, nothing changes and the error is PreconditionFailed. After a
// change of its URL the webhook must be verified again.
func (c *Catalog) ChangeWebhook(ctx context.Context, id string, version int64, edit func(*Webhook)) (Webhook, error) {
	return c.changeWebhook(ctx, "change_webhook", id, version, func(_ Tx, w *Webhook) ([]string, error) {
		known := *w
		edit(w)
		if w.URL != known.URL && w.Status == WebhookActive {
			w.setStatus(WebhookUnverified, "The URL has changed, and the new endpoint has not accepted a test yet.")
		}
		return nil, w.normalize()
	})
}

// VerifyWebhook records that the endpoint accepted a test, which resumes
// notifications from where they stopped, or with a failure why it did not. If the
// URL is no longer the tested one, nothing changes. If the key that owns the webhook is no
// longer valid, the webhook is paused.
func (c *Catalog) VerifyWebhook(ctx context.Context, tested Webhook, failure string) (Webhook, error) {
	return c.changeWebhook(ctx, "verify_webhook", tested.ID, 0, func(tx Tx, w *Webhook) ([]string, error) {
		invalid, err := w.invalidKey(ctx, tx.Partners, c.now())
		switch {
		case err != nil:
			return nil, err
		case invalid != "":
			w.setStatus(WebhookPaused, invalid)
		case w.URL != tested.URL:
		case failure == "":
			w.VerifiedAt = c.now()
			w.setStatus(WebhookActive, "")
		case w.Status != WebhookActive:
			w.setStatus(WebhookUnverified, "The endpoint did not accept the test: "+failure)
		}
		return nil, nil
	})
}

// PauseWebhook stops notifications to a webhook.
func (c *Catalog) PauseWebhook(ctx context.Context, id, reason string) (Webhook, error) {
	return c.changeWebhook(ctx, "pause_webhook", id, 0, func(_ Tx, w *Webhook) ([]string, error) {
		if w.Status != WebhookPaused {
			w.setStatus(WebhookPaused, reason)
		}
		return nil, nil
	})
}

// RotateWebhookSecret sets a new secret. The previous one signs as well for SecretOverlap.
func (c *Catalog) RotateWebhookSecret(ctx context.Context, id, secret string) (Webhook, error) {
	return c.changeWebhook(ctx, "rotate_webhook_secret", id, 0, func(_ Tx, w *Webhook) ([]string, error) {
		w.PreviousSecret, w.PreviousUntil = w.Secret, c.now().Add(SecretOverlap)
		w.Secret = secret
		return nil, nil
	})
}

// ReplayWebhook sends a webhook the changes after a log number again.
func (c *Catalog) ReplayWebhook(ctx context.Context, id string, after int64) (Webhook, error) {
	return c.changeWebhook(ctx, "replay_webhook", id, 0, func(tx Tx, _ *Webhook) ([]string, error) {
		return []string{"position"}, tx.Webhooks.SetCheckpoint(ctx, WebhookLease(id), after)
	})
}

// DeleteWebhook deletes a webhook and its deliveries.
func (c *Catalog) DeleteWebhook(ctx context.Context, id string, version int64) error {
	err := c.write(ctx, "delete_webhook", func(tx Tx) ([]Change, error) {
		w, err := tx.Webhooks.Webhook(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := CheckVersion("webhook", w.Version, version); err != nil {
			return nil, err
		}
		w.Version, w.UpdatedAt = w.Version+1, c.now()
		return []Change{w.change(OpRemoved, nil)}, tx.Webhooks.DeleteWebhook(ctx, id)
	})
	return wrap(err, "delete webhook %s", id)
}

// changeWebhook applies an edit to a webhook. The edit returns the names of what it
// changed outside of the webhook's fields.
func (c *Catalog) changeWebhook(ctx context.Context, action, id string, version int64, edit func(Tx, *Webhook) (also []string, err error)) (Webhook, error) {
	var w Webhook
	err := c.write(ctx, action, func(tx Tx) (_ []Change, err error) {
		if w, err = tx.Webhooks.Webhook(ctx, id); err != nil {
			return nil, err
		}
		if err := CheckVersion("webhook", w.Version, version); err != nil {
			return nil, err
		}
		known := w
		also, err := edit(tx, &w)
		if err != nil {
			return nil, err
		}
		fields := append(known.diff(w), also...)
		if len(fields) == 0 {
			return nil, nil
		}
		if w.Status != known.Status {
			w.StatusSince = c.now()
		}
		w.Version, w.UpdatedAt = w.Version+1, c.now()
		return []Change{w.change(Updated, fields)}, tx.Webhooks.SaveWebhook(ctx, w)
	})
	return w, wrap(err, "%s %s", action, id)
}

// invalidKey returns why the key that owns the webhook is not valid, or "".
func (w Webhook) invalidKey(ctx context.Context, keys PartnerTx, now time.Time) (reason string, err error) {
	if w.KeyID == "" {
		return "", nil
	}
	key, err := keys.Key(ctx, w.KeyID)
	switch {
	case err != nil || key.ValidAt(now):
		return "", err
	case key.RevokedAt.IsZero():
		return keyExpiredReason(key.ID), nil
	default:
		return keyRevokedReason(key.ID), nil
	}
}

func keyExpiredReason(keyID string) string {
	return "The key " + keyID + ", which owns it, has expired."
}

func keyRevokedReason(keyID string) string {
	return "The key " + keyID + ", which owns it, was revoked."
}

// changeState applies an edit to the owner and the status of webhooks that were read without
// their secrets, and returns the changes of those that differ.
func (c *Catalog) changeState(ctx context.Context, tx WebhookTx, webhooks []Webhook, edit func(*Webhook)) ([]Change, error) {
	var changes []Change
	for _, w := range webhooks {
		known := w
		edit(&w)
		fields := known.diff(w)
		if len(fields) == 0 {
			continue
		}
		if w.Status != known.Status {
			w.StatusSince = c.now()
		}
		w.Version, w.UpdatedAt = w.Version+1, c.now()
		if err := tx.SaveWebhookState(ctx, w); err != nil {
			return nil, err
		}
		changes = append(changes, w.change(Updated, fields))
	}
	return changes, nil
}

// PauseWebhooksOfExpiredKeys pauses the webhooks whose keys have expired, and returns how
// many. Several nodes may run it concurrently.
func (c *Catalog) PauseWebhooksOfExpiredKeys(ctx context.Context) (paused int, err error) {
	err = c.write(WithWorkload(ctx, JobWorkload), "pause_webhooks", func(tx Tx) ([]Change, error) {
		webhooks, err := tx.Webhooks.WebhooksOfExpiredKeys(ctx, c.now())
		if err != nil {
			return nil, err
		}
		paused = len(webhooks)
		return c.changeState(ctx, tx.Webhooks, webhooks, func(w *Webhook) { w.setStatus(WebhookPaused, keyExpiredReason(w.KeyID)) })
	})
	return paused, wrap(err, "pause the webhooks of expired keys")
}

func (w *Webhook) setStatus(status WebhookStatus, reason string) {
	w.Status, w.StatusReason = status, reason
}

func (w Webhook) change(op Op, fields []string) Change {
	return newChange(op, WebhookResource, w.ID, "", w.Version, w.UpdatedAt, fields)
}

// diff returns the names of the fields that differ between two versions.
func (w Webhook) diff(other Webhook) []string {
	var fields []string
	for _, f := range []struct {
		name  string
		equal bool
	}{
		{"key_id", w.KeyID == other.KeyID},
		{"url", w.URL == other.URL},
		{"types", slices.Equal(w.Types, other.Types)},
		{"filters", w.Filters == other.Filters},
		{"expand", w.Expand == other.Expand},
		{"description", w.Description == other.Description},
		{"secret", w.Secret == other.Secret},
		{"status", w.Status == other.Status && w.StatusReason == other.StatusReason},
		{"verified_at", w.VerifiedAt.Equal(other.VerifiedAt)},
	} {
		if !f.equal {
			fields = append(fields, f.name)
		}
	}
	return fields
}

func (w *Webhook) normalize() error {
	w.Description = normalizeText(w.Description)
	w.Types = normalizeSet(w.Types)
	var errs FieldErrors
	errs.Check(len(w.URL) <= MaxWebhookURL, "/url", errcode.TooLong, fmt.Sprintf("Must be at most %d bytes.", MaxWebhookURL))
	errs.Check(utf8.RuneCountInString(w.Description) <= MaxWebhookDescription, "/description", errcode.TooLong, fmt.Sprintf("Must be at most %d characters.", MaxWebhookDescription))
	return errs.Err(Invalid)
}

const webhookSecretPrefix = "whsec_"

// NewWebhookSecret encodes random bytes as a secret of Standard Webhooks.
func NewWebhookSecret(random [32]byte) string {
	return webhookSecretPrefix + base64.StdEncoding.EncodeToString(random[:])
}

// CheckWebhookSecret returns an error unless text is a secret of Standard Webhooks.
func CheckWebhookSecret(text string) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, webhookSecretPrefix))
	if err != nil || !strings.HasPrefix(text, webhookSecretPrefix) || len(key) < 24 || len(key) > 64 {
		return errors.New("expected whsec_ followed by the base64 of 24 to 64 random bytes")
	}
	return nil
}

// Delivery is one attempt to send a message to a webhook.
type Delivery struct {
	ID        string // dlv_…
	WebhookID string
	MessageID string // the same for every attempt of a message
	Type      string // of the message: changes, log.truncated, log.reset, webhook.test
	At        time.Time
	Epoch     string    // of the log that the numbers refer to; empty for a test
	After     int64     // the message contains the changes after this log number
	Upto      int64     // up to this one; both are 0 for a test
	Events    int       // number of events in the message
	Attempt   int       // 1 for the first; 0 for a test
	Since     time.Time // when the first attempt was made

	StatusCode int // of the endpoint's response; 0: no response
	Latency    time.Duration
	Failure    string // why the attempt failed, a sentence; empty: it succeeded
	Response   string // the beginning of the response body
}

// Succeeded reports whether the endpoint accepted the message.
func (d Delivery) Succeeded() bool { return d.Failure == "" }

// How many deliveries of each webhook are kept, for how long, and how many bytes of
// each response.
const (
	MaxDeliveries    = 1000
	DeliveryTTL      = 30 * 24 * time.Hour
	MaxResponseBytes = 1024
)

// NewDelivery returns a delivery with a new id.
func (c *Catalog) NewDelivery() Delivery { return Delivery{ID: NewID(DeliveryPrefix, c.newUUID())} }

// Batch is what a webhook is sent about a range of the log.
type Batch struct {
	Events [][]byte  // encoded
	Upto   int64     // the last log number of the range
	Part   EntryPart // unless zero, the entry Upto has more events, which follow this part
	Cursor string    // with which GET /v1/changes continues after the complete entries of the range
	At     time.Time // when the last of the events happened
}

// EntryPart is the part of a log entry's events up to one of them. The zero value means
// the whole entry or nothing of it.
type EntryPart struct {
	Seq    int64
	Type   string // of the last event in the part
	Search string // ID of the event's last saved search; empty for an event without any
}
