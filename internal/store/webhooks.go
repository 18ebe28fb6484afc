package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// Webhook finds one webhook by its id.
func (s *Store) Webhook(ctx context.Context, id string) (w catalog.Webhook, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		w, err = takeWebhook(db, id)
		return err
	})
	return w, err
}

// Webhooks lists the webhooks of a partner, or where all is set everybody's, by
// id: those after an id, if one is given. Without a limit it lists them all.
func (s *Store) Webhooks(ctx context.Context, partnerID string, all bool, after string, limit int) ([]catalog.Webhook, error) {
	var rows []webhookRow
	err := s.read(ctx, func(db *gorm.DB) error {
		db = db.Where("id > ?", after).Order("id")
		if !all {
			db = db.Where("partner_id = ?", partnerID)
		}
		if limit > 0 {
			db = db.Limit(limit)
		}
		return db.Find(&rows).Error
	})
	return mapSlice(rows, webhookRow.webhook), wrapped(err, "read webhooks")
}

// Webhook finds one webhook and holds it until the end of the write.
func (t tx) Webhook(ctx context.Context, id string) (catalog.Webhook, error) {
	return takeWebhook(t.forUpdate(ctx), id)
}

// CountWebhooks counts the webhooks of a partner.
func (t tx) CountWebhooks(ctx context.Context, partnerID string) (int, error) {
	var n int64
	err := t.db.WithContext(ctx).Model(&webhookRow{}).Where("partner_id = ?", partnerID).Count(&n).Error
	return int(n), wrapped(err, "count webhooks")
}

// SaveWebhook writes a webhook over what is there.
func (t tx) SaveWebhook(ctx context.Context, w catalog.Webhook) error {
	row := newWebhookRow(w)
	return wrapped(t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error, "save webhook "+w.ID)
}

// DeleteWebhook removes a webhook, its deliveries and its bookmark.
func (t tx) DeleteWebhook(ctx context.Context, id string) error {
	db := t.db.WithContext(ctx)
	if err := db.Delete(&deliveryRow{}, "webhook_id = ?", id).Error; err != nil {
		return fmt.Errorf("delete deliveries of webhook %s: %w", id, err)
	}
	if err := db.Delete(&leaseRow{}, "name = ?", catalog.WebhookLease(id)).Error; err != nil {
		return fmt.Errorf("delete lease of webhook %s: %w", id, err)
	}
	return wrapped(db.Delete(&webhookRow{}, "id = ?", id).Error, "delete webhook "+id)
}

// SetCheckpoint says how far the holders of a lease got, whoever holds it.
func (t tx) SetCheckpoint(ctx context.Context, lease string, bookmark int64) error {
	row := leaseRow{Name: lease, Holder: "", HeldUntil: time.Unix(0, 0).UTC(), Bookmark: bookmark}
	err := t.db.WithContext(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "name"}},
		DoUpdates: clause.AssignmentColumns([]string{"bookmark"}),
	}).Create(&row).Error
	return wrapped(err, "set bookmark of "+lease)
}

func takeWebhook(db *gorm.DB, id string) (catalog.Webhook, error) {
	var row webhookRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Webhook{}, fmt.Errorf("read webhook: %w", toDomainError(err, "webhook", id))
	}
	return row.webhook(), nil
}
