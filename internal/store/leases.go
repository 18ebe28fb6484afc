package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// leaseRow is the right to do something that only one node may do at a time.
type leaseRow struct {
	Name      string `gorm:"primaryKey"`
	Holder    string
	HeldUntil time.Time
	Bookmark  int64
}

func (leaseRow) TableName() string { return "leases" }

// TakeLease gives holder the right to what is named for a while, if nobody else
// has it, and tells the bookmark that was left there last: 0 at first. Who has
// it already may take it again.
func (s *Store) TakeLease(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (bookmark int64, ok bool, err error) {
	now = truncateMillis(now)
	row := leaseRow{Name: name, Holder: holder, HeldUntil: now.Add(ttl), Bookmark: 0}
	free := clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "leases.holder IN ('', ?) OR leases.held_until <= ?", Vars: []any{holder, now}, WithoutParentheses: false}}}
	taken, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "name"}},
			Where:     free,
			DoUpdates: clause.AssignmentColumns([]string{"holder", "held_until"}),
		}).Create(&row)
	})
	if err != nil || taken == 0 {
		return 0, false, wrapped(err, "take lease "+name)
	}
	bookmark, _, err = s.Checkpoint(ctx, name)
	return bookmark, err == nil, err
}

// KeepLease leaves a bookmark and holds on for a while longer. It says no where
// another has taken the lease meanwhile: then the bookmark is as that one left it.
func (s *Store) KeepLease(ctx context.Context, name, holder string, bookmark int64, now time.Time, ttl time.Duration) (bool, error) {
	kept, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&leaseRow{}).Where("name = ? AND holder = ?", name, holder).
			UpdateColumns(map[string]any{"bookmark": bookmark, "held_until": truncateMillis(now).Add(ttl)})
	})
	return kept > 0, wrapped(err, "keep lease "+name)
}

// DropLease lets another have the lease at once. The bookmark stays.
func (s *Store) DropLease(ctx context.Context, name, holder string) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&leaseRow{}).Where("name = ? AND holder = ?", name, holder).UpdateColumn("holder", "")
	})
	return wrapped(err, "drop lease "+name)
}

// Checkpoint is how far the holders of a lease got, and whether there ever was one.
func (s *Store) Checkpoint(ctx context.Context, name string) (bookmark int64, known bool, err error) {
	var rows []leaseRow
	err = s.read(ctx, func(db *gorm.DB) error { return db.Where("name = ?", name).Find(&rows).Error })
	if err != nil || len(rows) == 0 {
		return 0, false, wrapped(err, "read bookmark "+name)
	}
	return rows[0].Bookmark, true, nil
}
