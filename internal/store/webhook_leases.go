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
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		rows = nil
		return db.Model(&rows).Clauses(clause.Returning{}).Where("holder = ?", holder).Where(named(prefix)).
			UpdateColumn("held_until", truncateMillis(now).Add(ttl))
	})
	return mapSlice(rows, leaseRow.lease), wrapped(err, "keep leases of "+holder)
}

// DropLeases lets others have at once what a holder has of the leases whose
// names begin with prefix. The bookmarks stay.
func (s *Store) DropLeases(ctx context.Context, prefix, holder string) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&leaseRow{}).Where("holder = ?", holder).Where(named(prefix)).UpdateColumn("holder", "")
	})
	return wrapped(err, "drop leases of "+holder)
}

// LeasesHeld lists the leases whose names begin with prefix and that somebody holds.
func (s *Store) LeasesHeld(ctx context.Context, prefix string, now time.Time) ([]catalog.Lease, error) {
	var rows []leaseRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("holder <> '' AND held_until > ?", truncateMillis(now)).Where(named(prefix)).Find(&rows).Error
	})
	return mapSlice(rows, leaseRow.lease), wrapped(err, "read leases")
}

// AdvanceCheckpoint moves the bookmark of a webhook from where its holder left it. It
// says no where another has the lease now, or the webhook is not at this version:
// a replay may have set the bookmark, perhaps to where it was.
func (s *Store) AdvanceCheckpoint(ctx context.Context, webhookID string, version int64, holder string, from, to int64) (ok bool, err error) {
	err = s.write(ctx, func(t tx) error {
		ok, err = t.moveBookmark(ctx, webhookID, version, holder, from, to)
		return err
	})
	return ok && err == nil, wrapped(err, "move bookmark of webhook "+webhookID)
}

func (t tx) moveBookmark(ctx context.Context, webhookID string, version int64, holder string, from, to int64) (bool, error) {
	switch w, err := t.Webhook(ctx, webhookID); {
	case catalog.KindOf(err) == catalog.NotFound:
		return false, nil
	case err != nil || w.Version != version:
		return false, err
	}
	moved := t.db.WithContext(ctx).Model(&leaseRow{}).
		Where("name = ? AND holder = ? AND bookmark = ?", catalog.WebhookLease(webhookID), holder, from).UpdateColumn("bookmark", to)
	return moved.RowsAffected > 0, moved.Error
}

// named holds where the name of a lease begins with prefix, which has no letters
// that mean something to LIKE.
func named(prefix string) clause.Expr { return gorm.Expr("name LIKE ?", prefix+"%") }

func (r leaseRow) lease() catalog.Lease {
	return catalog.Lease{Name: r.Name, Holder: r.Holder, Bookmark: r.Bookmark}
}
