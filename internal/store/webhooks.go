package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// webhookRow is a row of the table webhooks.
type webhookRow struct {
	ID             string `gorm:"primaryKey"`
	PartnerID      string
	KeyID          string
	URL            string
	Types          string
	Filters        string
	Expand         bool
	Description    string
	Secret         string
	PreviousSecret string
	PreviousUntil  *time.Time
	Status         string
	StatusReason   string
	StatusSince    time.Time
	VerifiedAt     *time.Time
	Version        int64
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt      time.Time `gorm:"autoUpdateTime:false"`
}

func (webhookRow) TableName() string { return "webhooks" }

func newWebhookRow(w catalog.Webhook) webhookRow {
	return webhookRow{
		ID:             w.ID,
		PartnerID:      w.PartnerID,
		KeyID:          w.KeyID,
		URL:            w.URL,
		Types:          strings.Join(w.Types, ","),
		Filters:        w.Filters,
		Expand:         w.Expand,
		Description:    w.Description,
		Secret:         w.Secret,
		PreviousSecret: w.PreviousSecret,
		PreviousUntil:  timeOrNil(w.PreviousUntil),
		Status:         string(w.Status),
		StatusReason:   w.StatusReason,
		StatusSince:    w.StatusSince.UTC(),
		VerifiedAt:     timeOrNil(w.VerifiedAt),
		Version:        w.Version,
		CreatedAt:      w.CreatedAt.UTC(),
		UpdatedAt:      w.UpdatedAt.UTC(),
	}
}

func (r webhookRow) webhook() catalog.Webhook {
	var types []string
	if r.Types != "" {
		types = strings.Split(r.Types, ",")
	}
	return catalog.Webhook{
		ID:             r.ID,
		PartnerID:      r.PartnerID,
		KeyID:          r.KeyID,
		URL:            r.URL,
		Types:          types,
		Filters:        r.Filters,
		Expand:         r.Expand,
		Description:    r.Description,
		Secret:         r.Secret,
		PreviousSecret: r.PreviousSecret,
		PreviousUntil:  timeOrZero(r.PreviousUntil),
		Status:         catalog.WebhookStatus(r.Status),
		StatusReason:   r.StatusReason,
		StatusSince:    r.StatusSince.UTC(),
		VerifiedAt:     timeOrZero(r.VerifiedAt),
		Version:        r.Version,
		CreatedAt:      r.CreatedAt.UTC(),
		UpdatedAt:      r.UpdatedAt.UTC(),
	}
}

// deliveryRow is a row of the table deliveries.
type deliveryRow struct {
	ID         string `gorm:"primaryKey"`
	WebhookID  string
	MessageID  string
	Epoch      string
	Type       string
	At         time.Time
	After      int64
	Upto       int64
	Events     int
	Attempt    int
	Since      time.Time
	StatusCode int
	LatencyMs  int64
	Failure    string
	Answer     string
}

func (deliveryRow) TableName() string { return "deliveries" }

func newDeliveryRow(d catalog.Delivery) deliveryRow {
	return deliveryRow{
		ID:         d.ID,
		WebhookID:  d.WebhookID,
		MessageID:  d.MessageID,
		Epoch:      d.Epoch,
		Type:       d.Type,
		At:         d.At.UTC(),
		After:      d.After,
		Upto:       d.Upto,
		Events:     d.Events,
		Attempt:    d.Attempt,
		Since:      d.Since.UTC(),
		StatusCode: d.StatusCode,
		LatencyMs:  d.Latency.Milliseconds(),
		Failure:    d.Failure,
		Answer:     d.Response,
	}
}

func (r deliveryRow) delivery() catalog.Delivery {
	return catalog.Delivery{
		ID:         r.ID,
		WebhookID:  r.WebhookID,
		MessageID:  r.MessageID,
		Epoch:      r.Epoch,
		Type:       r.Type,
		At:         r.At.UTC(),
		After:      r.After,
		Upto:       r.Upto,
		Events:     r.Events,
		Attempt:    r.Attempt,
		Since:      r.Since.UTC(),
		StatusCode: r.StatusCode,
		Latency:    time.Duration(r.LatencyMs) * time.Millisecond,
		Failure:    r.Failure,
		Response:   r.Answer,
	}
}

// Webhook returns a webhook by its id.
func (s *Store) Webhook(ctx context.Context, id string) (w catalog.Webhook, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		w, err = scanWebhook(db, s.keyring, id)
		return err
	})
	return w, err
}

// AllWebhooks is Webhooks for those of every owner.
func (s *Store) AllWebhooks(ctx context.Context) ([]catalog.Webhook, error) {
	return s.Webhooks(ctx, nil, "", 0)
}

// Webhooks returns the webhooks of an owner, or with nil of every owner, in order of id
// after an id. A limit of 0 means no limit. If the secrets of some cannot be
// decrypted, it returns the others with the error.
func (s *Store) Webhooks(ctx context.Context, owner *access.Owner, after string, limit int) ([]catalog.Webhook, error) {
	var rows []webhookRow
	err := s.read(ctx, func(db *gorm.DB) error {
		db = db.Where("id > ?", after).Order("id")
		if owner != nil {
			db = ownedBy(db, *owner)
		}
		if limit > 0 {
			db = db.Limit(limit)
		}
		return db.Find(&rows).Error
	})
	webhooks := make([]catalog.Webhook, 0, len(rows))
	for _, row := range rows {
		if unreadable := s.keyring.decryptRow(&row); unreadable != nil {
			err = errors.Join(err, unreadable)
		} else {
			webhooks = append(webhooks, row.webhook())
		}
	}
	return webhooks, wrapError(err, "read webhooks")
}

// Webhook returns a webhook and locks it until the end of the transaction.
func (t tx) Webhook(ctx context.Context, id string) (catalog.Webhook, error) {
	return scanWebhook(t.forUpdate(ctx), t.keyring, id)
}

// WebhooksOfKey returns the webhooks that a key owns, without their secrets, and locks them
// until the end of the transaction.
func (t tx) WebhooksOfKey(ctx context.Context, keyID string) ([]catalog.Webhook, error) {
	return t.webhooksWithoutSecrets(ctx, "key_id = ? AND key_id <> ''", keyID)
}

// WebhooksOfExpiredKeys returns the webhooks that are not paused and whose keys had expired
// at a moment, without their secrets, and locks them until the end of the transaction.
func (t tx) WebhooksOfExpiredKeys(ctx context.Context, at time.Time) ([]catalog.Webhook, error) {
	return t.webhooksWithoutSecrets(ctx, "key_id <> '' AND status <> ? AND key_id IN (SELECT id FROM keys WHERE expires_at <= ?)", string(catalog.WebhookPaused), at.UTC())
}

func (t tx) webhooksWithoutSecrets(ctx context.Context, condition string, values ...any) ([]catalog.Webhook, error) {
	var rows []webhookRow
	err := t.forUpdate(ctx).Omit("secret", "previous_secret").Where(condition, values...).Order("id").Find(&rows).Error
	return mapSlice(rows, webhookRow.webhook), wrapError(err, "read the webhooks of keys")
}

// SaveWebhookState saves the owner, the status and the version of a stored webhook, and
// nothing else.
func (t tx) SaveWebhookState(ctx context.Context, w catalog.Webhook) error {
	err := t.db.WithContext(ctx).Model(&webhookRow{}).Where("id = ?", w.ID).
		Select("key_id", "status", "status_reason", "status_since", "version", "updated_at").Updates(newWebhookRow(w)).Error
	return wrapError(err, "save the state of webhook "+w.ID)
}

// CountWebhooks counts the webhooks of an owner.
func (t tx) CountWebhooks(ctx context.Context, owner access.Owner) (int64, error) {
	var n int64
	err := ownedBy(t.db.WithContext(ctx).Model(&webhookRow{}), owner).Count(&n).Error
	return n, wrapError(err, "count webhooks")
}

// SaveWebhook inserts a webhook or replaces its stored version.
func (t tx) SaveWebhook(ctx context.Context, w catalog.Webhook) error {
	row := newWebhookRow(w)
	t.keyring.encryptRow(&row)
	return wrapError(t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error, "save webhook "+w.ID)
}

// DeleteWebhook deletes a webhook, its deliveries and its checkpoint.
func (t tx) DeleteWebhook(ctx context.Context, id string) error {
	db := t.db.WithContext(ctx)
	if err := db.Delete(&deliveryRow{}, "webhook_id = ?", id).Error; err != nil {
		return fmt.Errorf("delete deliveries of webhook %s: %w", id, err)
	}
	if err := db.Delete(&leaseRow{}, "name = ?", catalog.WebhookLease(id)).Error; err != nil {
		return fmt.Errorf("delete lease of webhook %s: %w", id, err)
	}
	return wrapError(db.Delete(&webhookRow{}, "id = ?", id).Error, "delete webhook "+id)
}

// SetCheckpoint sets the checkpoint of a lease in the present log, regardless of its
// holder.
func (t tx) SetCheckpoint(ctx context.Context, lease string, checkpoint int64) error {
	db := t.db.WithContext(ctx)
	head, err := scanHead(db)
	if err != nil {
		return err
	}
	row := leaseRow{Name: lease, Holder: "", HeldUntil: time.Unix(0, 0).UTC(), Checkpoint: checkpoint, Epoch: head.Epoch}
	err = db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "name"}},
		DoUpdates: clause.AssignmentColumns([]string{"checkpoint", "epoch"}),
	}).Create(&row).Error
	return wrapError(err, "set checkpoint of "+lease)
}

// ownedBy restricts a query of webhooks or saved searches to those of an owner.
func ownedBy(db *gorm.DB, owner access.Owner) *gorm.DB {
	return db.Where("partner_id = ? AND key_id = ?", owner.PartnerID, owner.KeyID)
}

func scanWebhook(db *gorm.DB, keyring Keyring, id string) (catalog.Webhook, error) {
	var row webhookRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Webhook{}, fmt.Errorf("read webhook: %w", toDomainError(err, "webhook", id))
	}
	if err := keyring.decryptRow(&row); err != nil {
		return catalog.Webhook{}, fmt.Errorf("read webhook: %w", err)
	}
	return row.webhook(), nil
}
