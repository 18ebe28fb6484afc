package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// leaseRow is a row of the table leases: the right to do work that only one node may
// do at a time.
type leaseRow struct {
	Name       string `gorm:"primaryKey"`
	Holder     string
	HeldUntil  time.Time
	Checkpoint int64
	Epoch      string // of the log that the checkpoint of a webhook refers to
}

func (leaseRow) TableName() string { return "leases" }

// clockTolerance is how much the clocks of nodes may differ. What a node stored for a
// time further ahead comes from a clock that was wrong.
const clockTolerance = time.Minute

// TakeLease gives a lease to holder for ttl unless another node holds it, and returns
// it with the last stored checkpoint, initially 0. The holder may take it again. A lease
// that is held for much longer than ttl was taken by a node whose clock was wrong, and
// is free.
func (s *Store) TakeLease(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (lease catalog.Lease, ok bool, err error) {
	now = truncateMillis(now)
	row := leaseRow{Name: name, Holder: holder, HeldUntil: now.Add(ttl), Checkpoint: 0, Epoch: ""}
	free := clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "leases.holder IN ('', ?) OR leases.held_until <= ? OR leases.held_until > ?", Vars: []any{holder, now, now.Add(ttl + clockTolerance)}, WithoutParentheses: false}}}
	taken, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "name"}},
			Where:     free,
			DoUpdates: clause.AssignmentColumns([]string{"holder", "held_until"}),
		}).Create(&row)
	})
	if err != nil || taken == 0 {
		return catalog.Lease{}, false, wrapError(err, "take lease "+name)
	}
	err = s.read(ctx, func(db *gorm.DB) error { return db.Take(&row, "name = ?", name).Error })
	return row.lease(), err == nil, wrapError(err, "read lease "+name)
}

// KeepLease stores a checkpoint and extends the lease by ttl. It returns false and
// stores nothing when another node holds the lease by now.
func (s *Store) KeepLease(ctx context.Context, name, holder string, checkpoint int64, now time.Time, ttl time.Duration) (bool, error) {
	kept, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&leaseRow{}).Where("name = ? AND holder = ?", name, holder).
			UpdateColumns(map[string]any{"checkpoint": checkpoint, "held_until": truncateMillis(now).Add(ttl)})
	})
	return kept > 0, wrapError(err, "keep lease "+name)
}

// DropLease releases a lease at once. The checkpoint is kept.
func (s *Store) DropLease(ctx context.Context, name, holder string) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&leaseRow{}).Where("name = ? AND holder = ?", name, holder).UpdateColumn("holder", "")
	})
	return wrapError(err, "drop lease "+name)
}

// Checkpoint returns the checkpoint of a lease, and whether the lease exists.
func (s *Store) Checkpoint(ctx context.Context, name string) (checkpoint int64, known bool, err error) {
	var rows []leaseRow
	err = s.read(ctx, func(db *gorm.DB) error { return db.Where("name = ?", name).Find(&rows).Error })
	if err != nil || len(rows) == 0 {
		return 0, false, wrapError(err, "read checkpoint "+name)
	}
	return rows[0].Checkpoint, true, nil
}

// KeepLeases extends all leases of a holder whose names begin with prefix by ttl, and
// returns them.
func (s *Store) KeepLeases(ctx context.Context, prefix, holder string, now time.Time, ttl time.Duration) ([]catalog.Lease, error) {
	var rows []leaseRow
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		rows = nil
		return db.Model(&rows).Clauses(clause.Returning{}).Where("holder = ?", holder).Where(hasPrefix(prefix)).
			UpdateColumn("held_until", truncateMillis(now).Add(ttl))
	})
	return mapSlice(rows, leaseRow.lease), wrapError(err, "keep leases of "+holder)
}

// DropLeases releases all leases of a holder whose names begin with prefix. The
// checkpoints are kept.
func (s *Store) DropLeases(ctx context.Context, prefix, holder string) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&leaseRow{}).Where("holder = ?", holder).Where(hasPrefix(prefix)).UpdateColumn("holder", "")
	})
	return wrapError(err, "drop leases of "+holder)
}

// LeasesHeld returns the leases that are held, for at most about ttl, and whose names
// begin with prefix.
func (s *Store) LeasesHeld(ctx context.Context, prefix string, now time.Time, ttl time.Duration) ([]catalog.Lease, error) {
	var rows []leaseRow
	now = truncateMillis(now)
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("holder <> '' AND held_until > ? AND held_until <= ?", now, now.Add(ttl+clockTolerance)).Where(hasPrefix(prefix)).Find(&rows).Error
	})
	return mapSlice(rows, leaseRow.lease), wrapError(err, "read leases")
}

// AdvanceCheckpoint advances the checkpoint of a webhook from a position to another,
// which may belong to another log. It returns false when another node holds the lease
// by now, when the checkpoint is not at from, or when the webhook is not at this
// version: a replay may have set the checkpoint, perhaps to the same position.
func (s *Store) AdvanceCheckpoint(ctx context.Context, webhookID string, version int64, holder string, from, to catalog.LogPosition) (ok bool, err error) {
	err = s.write(neverRejected(ctx), func(t tx) error {
		ok, err = t.advanceCheckpoint(ctx, webhookID, version, holder, from, to)
		return err
	})
	return ok && err == nil, wrapError(err, "advance checkpoint of webhook "+webhookID)
}

func (t tx) advanceCheckpoint(ctx context.Context, webhookID string, version int64, holder string, from, to catalog.LogPosition) (bool, error) {
	switch w, err := t.Webhook(ctx, webhookID); {
	case catalog.KindOf(err) == catalog.NotFound:
		return false, nil
	case err != nil || w.Version != version:
		return false, err
	}
	moved := t.db.WithContext(ctx).Model(&leaseRow{}).
		Where("name = ? AND holder = ? AND checkpoint = ? AND epoch = ?", catalog.WebhookLease(webhookID), holder, from.Seq, from.Epoch).
		UpdateColumns(map[string]any{"checkpoint": to.Seq, "epoch": to.Epoch})
	return moved.RowsAffected > 0, moved.Error
}

// hasPrefix returns the condition that a lease's name begins with prefix, which must
// not contain wildcards of LIKE.
func hasPrefix(prefix string) clause.Expr { return gorm.Expr("name LIKE ?", prefix+"%") }

func (r leaseRow) lease() catalog.Lease {
	return catalog.Lease{Name: r.Name, Holder: r.Holder, Checkpoint: r.Checkpoint, Epoch: r.Epoch}
}
