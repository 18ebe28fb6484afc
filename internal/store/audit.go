package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// auditRow is a row of the table audit: one write.
type auditRow struct {
	ID        int64 `gorm:"primaryKey"`
	At        time.Time
	KeyID     string
	PartnerID string
	Address   string
	RequestID string
	What      string
	Changes   string `gorm:"type:json"`
}

func (auditRow) TableName() string { return "audit" }

// auditedChange is a change in the document of an audit row.
type auditedChange struct {
	Op         string   `json:"op"`
	Resource   string   `json:"resource"`
	ResourceID string   `json:"id"`
	ShelterID  string   `json:"shelter,omitempty"`
	Version    int64    `json:"version"`
	Fields     []string `json:"fields,omitempty"`
}

func newAuditRow(e catalog.AuditEntry) (auditRow, error) {
	changes, err := encode(mapSlice(e.Changes, func(c catalog.Change) auditedChange {
		return auditedChange{
			Op: string(c.Op), Resource: string(c.Resource), ResourceID: c.ResourceID,
			ShelterID: c.ShelterID, Version: c.Version, Fields: c.Fields,
		}
	}))
	return auditRow{
		ID: 0, At: e.At.UTC(), KeyID: e.Actor.KeyID, PartnerID: e.Actor.PartnerID, Address: e.Actor.Address,
		RequestID: e.Actor.RequestID, What: e.Action, Changes: changes,
	}, err
}

func (r auditRow) entry() (catalog.AuditEntry, error) {
	var changes []auditedChange
	if err := decode(r.Changes, &changes); err != nil {
		return catalog.AuditEntry{}, fmt.Errorf("changes of audit entry %d: %w", r.ID, err)
	}
	at := r.At.UTC()
	return catalog.AuditEntry{
		ID: r.ID, At: at, Action: r.What,
		Actor: catalog.Actor{KeyID: r.KeyID, PartnerID: r.PartnerID, Address: r.Address, RequestID: r.RequestID},
		Changes: mapSlice(changes, func(c auditedChange) catalog.Change {
			return catalog.Change{
				Seq: 0, CommitID: 0, At: at, Op: catalog.Op(c.Op), Resource: catalog.Resource(c.Resource), ResourceID: c.ResourceID,
				ShelterID: c.ShelterID, Version: c.Version, Fields: c.Fields, Before: nil,
			}
		}),
	}, nil
}

// Audit records who made changes.
func (t tx) Audit(ctx context.Context, entries ...catalog.AuditEntry) error {
	rows, err := convertAll(entries, newAuditRow)
	if err == nil {
		err = t.dialect.insert(t.db.WithContext(ctx), rows, false)
	}
	return wrapError(err, fmt.Sprintf("audit %d writes", len(entries)))
}

// addressTables are the tables with network addresses, and their columns with the time.
var addressTables = []struct{ name, at string }{{"audit", "at"}, {"imports", "started_at"}}

// EraseAddressesBefore erases the network addresses of audit entries and imports from
// before a moment. It returns how many it erased.
func (s *Store) EraseAddressesBefore(ctx context.Context, before time.Time) (erased int64, err error) {
	for _, table := range addressTables {
		erase := fmt.Sprintf("UPDATE %[1]s SET address = '' WHERE id IN (SELECT id FROM %[1]s WHERE %[2]s < ? AND address <> '' LIMIT %[3]d)", table.name, table.at, entriesPerStatement)
		for n := int64(entriesPerStatement); n == entriesPerStatement; erased += n {
			n, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Exec(erase, before.UTC()) })
			if err != nil {
				return erased, fmt.Errorf("erase addresses of table %s: %w", table.name, err)
			}
		}
	}
	return erased, nil
}

// AuditLog returns up to limit audit entries after an id, in order.
func (s *Store) AuditLog(ctx context.Context, after int64, limit int) ([]catalog.AuditEntry, error) {
	var rows []auditRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("id > ?", after).Order("id").Limit(limit).Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	return convertAll(rows, auditRow.entry)
}
