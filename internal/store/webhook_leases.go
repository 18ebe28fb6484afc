package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// KeepLeases holds on for a while longer to all leases of a holder whose names
// begin with prefix, and tells which those are and how far each got.
func (s *Store) KeepLeases(ctx context.Context, prefix, holder string, now time.Time, ttl time.Duration) ([]catalog.Lease, error) {
	var rows []leaseRow
	_, err := s.alone(ctx, func(db *gorm.DB) *gorm.DB {
		rows = nil
		return db.Model(&rows).Clauses(clause.Returning{}).Where("holder = ?", holder).Where(named(prefix)).
			UpdateColumn("held_until", toTheMilli(now).Add(ttl))
	})
	return each(rows, leaseRow.lease), wrapped(err, "keep leases of "+holder)
}

// DropLeases lets others have at once what a holder has of the leases whose
// names begin with prefix. The bookmarks stay.
func (s *Store) DropLeases(ctx context.Context, prefix, holder string) error {
	_, err := s.alone(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&leaseRow{}).Where("holder = ?", holder).Where(named(prefix)).UpdateColumn("holder", "")
	})
	return wrapped(err, "drop leases of "+holder)
}

// LeasesHeld lists the leases whose names begin with prefix and that somebody holds.
func (s *Store) LeasesHeld(ctx context.Context, prefix string, now time.Time) ([]catalog.Lease, error) {
	var rows []leaseRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("holder <> '' AND held_until > ?", toTheMilli(now)).Where(named(prefix)).Find(&rows).Error
	})
	return each(rows, leaseRow.lease), wrapped(err, "read leases")
}

// MoveBookmark moves the bookmark of a lease from where its holder left it. It
// says no where another has the lease now, or somebody else moved the bookmark.
func (s *Store) MoveBookmark(ctx context.Context, name, holder string, from, to int64) (bool, error) {
	moved, err := s.alone(ctx, func(db *gorm.DB) *gorm.DB { return moveBookmark(db, name, holder, from, to) })
	return moved > 0, wrapped(err, "move bookmark of "+name)
}

func moveBookmark(db *gorm.DB, name, holder string, from, to int64) *gorm.DB {
	return db.Model(&leaseRow{}).Where("name = ? AND holder = ? AND bookmark = ?", name, holder, from).UpdateColumn("bookmark", to)
}

// named holds where the name of a lease begins with prefix, which has no letters
// that mean something to LIKE.
func named(prefix string) clause.Expr { return gorm.Expr("name LIKE ?", prefix+"%") }

func (r leaseRow) lease() catalog.Lease {
	return catalog.Lease{Name: r.Name, Holder: r.Holder, Bookmark: r.Bookmark}
}
