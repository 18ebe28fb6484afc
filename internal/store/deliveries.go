package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// SaveDelivery stores a delivery.
func (s *Store) SaveDelivery(ctx context.Context, d catalog.Delivery) error {
	row := newDeliveryRow(d)
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Create(&row) })
	return wrapError(err, "save delivery "+d.ID)
}

// RecordDelivery stores a successful delivery and advances the webhook's checkpoint,
// both or neither. It returns false and stores nothing when AdvanceCheckpoint would
// return false.
func (s *Store) RecordDelivery(ctx context.Context, d catalog.Delivery, version int64, holder string, from, to catalog.LogPosition) (ok bool, err error) {
	row := newDeliveryRow(d)
	err = s.write(neverRejected(ctx), func(t tx) error {
		if ok, err = t.advanceCheckpoint(ctx, d.WebhookID, version, holder, from, to); err != nil || !ok {
			return err
		}
		return t.db.WithContext(ctx).Create(&row).Error
	})
	return ok && err == nil, wrapError(err, "save delivery "+d.ID)
}

// Deliveries returns up to limit deliveries to a webhook, the latest first, before an
// id unless it is empty.
func (s *Store) Deliveries(ctx context.Context, webhookID, before string, limit int) ([]catalog.Delivery, error) {
	var rows []deliveryRow
	err := s.read(ctx, func(db *gorm.DB) error {
		db = db.Where("webhook_id = ?", webhookID).Order("id DESC").Limit(limit)
		if before != "" {
			db = db.Where("id < ?", before)
		}
		return db.Find(&rows).Error
	})
	return mapSlice(rows, deliveryRow.delivery), wrapError(err, "read deliveries")
}

// LastDeliveries returns the last delivery to each webhook that was not a test, by
// webhook id.
func (s *Store) LastDeliveries(ctx context.Context, webhookIDs []string) (map[string]catalog.Delivery, error) {
	var rows []deliveryRow
	err := s.read(ctx, func(db *gorm.DB) error {
		last := db.Session(&gorm.Session{NewDB: true}).Model(&deliveryRow{}).Select("max(id)").
			Where(s.dialect.anyOf("webhook_id", webhookIDs)).Where("attempt > 0").Group("webhook_id")
		return db.Where("id IN (?)", last).Find(&rows).Error
	})
	last := make(map[string]catalog.Delivery, len(rows))
	for _, row := range rows {
		last[row.WebhookID] = row.delivery()
	}
	return last, wrapError(err, "read last deliveries")
}

// PruneDeliveries deletes all but the last keep deliveries to a webhook.
func (s *Store) PruneDeliveries(ctx context.Context, webhookID string, keep int) error {
	var oldest []string
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Model(&deliveryRow{}).Where("webhook_id = ?", webhookID).Order("id DESC").Offset(keep-1).Limit(1).Pluck("id", &oldest).Error
	})
	if err != nil || len(oldest) == 0 {
		return wrapError(err, "find old deliveries")
	}
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("webhook_id = ? AND id < ?", webhookID, oldest[0]).Delete(&deliveryRow{})
	})
	return wrapError(err, "delete old deliveries to "+webhookID)
}

// DeleteDeliveriesBefore deletes the deliveries before a moment.
func (s *Store) DeleteDeliveriesBefore(ctx context.Context, before time.Time) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("at < ?", before.UTC()).Delete(&deliveryRow{})
	})
	if err != nil {
		return fmt.Errorf("delete deliveries before %s: %w", before, err)
	}
	return nil
}
