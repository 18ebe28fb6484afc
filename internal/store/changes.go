package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// changeRow is a line of the log.
type changeRow struct {
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"`
	At         time.Time
	Op         string
	Resource   string
	ResourceID string
	ShelterID  string
	Version    int64
	Fields     string
}

func (changeRow) TableName() string { return "changes" }

func newChangeRow(seq int64, c catalog.Change) changeRow {
	return changeRow{
		Seq: seq, At: c.At.UTC(), Op: string(c.Op), Resource: string(c.Resource), ResourceID: c.ResourceID,
		ShelterID: c.ShelterID, Version: c.Version, Fields: strings.Join(c.Fields, ","),
	}
}

func (r changeRow) change() catalog.Change {
	var fields []string
	if r.Fields != "" {
		fields = strings.Split(r.Fields, ",")
	}
	return catalog.Change{
		Seq: r.Seq, At: r.At.UTC(), Op: catalog.Op(r.Op), Resource: catalog.Resource(r.Resource), ResourceID: r.ResourceID,
		ShelterID: r.ShelterID, Version: r.Version, Fields: fields,
	}
}

// headRow is where the log ends. There is one.
type headRow struct {
	ID    int
	Seq   int64
	Epoch string
}

func (headRow) TableName() string { return "log_head" }

// Changes reads the log from just after a number, limit lines at most.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	var rows []changeRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("seq > ?", after).Order("seq").Limit(limit).Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("changes after %d: %w", after, err)
	}
	changes := make([]catalog.Change, len(rows))
	for i, row := range rows {
		changes[i] = row.change()
	}
	return changes, nil
}

// Head is where the log ends. Its epoch was made with the tables, by chance.
func (s *Store) Head(ctx context.Context) (catalog.Head, error) {
	var row headRow
	if err := s.read(ctx, func(db *gorm.DB) error { return db.Take(&row).Error }); err != nil {
		return catalog.Head{}, fmt.Errorf("head of the log: %w", err)
	}
	return catalog.Head{Seq: row.Seq, Epoch: row.Epoch}, nil
}

// Append puts changes at the end of the log, numbered in order and without a
// gap. From here to the commit nobody else can append, so it comes last.
func (t tx) Append(ctx context.Context, changes []catalog.Change) error {
	if len(changes) == 0 {
		return nil
	}
	db := t.db.WithContext(ctx)
	var last int64
	if err := db.Raw("UPDATE log_head SET seq = seq + ? RETURNING seq", len(changes)).Scan(&last).Error; err != nil {
		return fmt.Errorf("number %d changes: %w", len(changes), err)
	}
	rows := make([]changeRow, len(changes))
	for i, c := range changes {
		rows[i] = newChangeRow(last-int64(len(changes)-1-i), c)
	}
	if err := db.CreateInBatches(rows, t.dialect.batch).Error; err != nil {
		return fmt.Errorf("append %d changes: %w", len(changes), err)
	}
	return nil
}
