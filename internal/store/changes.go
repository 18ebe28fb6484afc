package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	Before     string
}

func (changeRow) TableName() string { return "changes" }

func newChangeRow(seq int64, c catalog.Change) (changeRow, error) {
	before, err := newBeforeDoc(c.Before)
	if err != nil {
		return changeRow{}, fmt.Errorf("what %s %s was: %w", c.Resource, c.ResourceID, err)
	}
	return changeRow{
		Seq: seq, At: c.At.UTC(), Op: string(c.Op), Resource: string(c.Resource), ResourceID: c.ResourceID,
		ShelterID: c.ShelterID, Version: c.Version, Fields: strings.Join(c.Fields, ","), Before: before,
	}, nil
}

func (r changeRow) change() (catalog.Change, error) {
	var fields []string
	if r.Fields != "" {
		fields = strings.Split(r.Fields, ",")
	}
	before, err := beforeOf(r)
	if err != nil {
		return catalog.Change{}, fmt.Errorf("what %s %s was: %w", r.Resource, r.ResourceID, err)
	}
	return catalog.Change{
		Seq: r.Seq, At: r.At.UTC(), Op: catalog.Op(r.Op), Resource: catalog.Resource(r.Resource), ResourceID: r.ResourceID,
		ShelterID: r.ShelterID, Version: r.Version, Fields: fields, Before: before,
	}, nil
}

// headRow is where the log ends. There is one.
type headRow struct {
	ID    int
	Seq   int64
	Epoch string
	Floor int64
}

func (headRow) TableName() string { return "log_head" }

func (r headRow) position() catalog.LogPosition {
	return catalog.LogPosition{Seq: r.Seq, Epoch: r.Epoch, Floor: r.Floor}
}

// changeColumns are those of a line, in the order of changeRow, without what its
// cat was before.
var changeColumns = []string{"seq", "at", "op", "resource", "resource_id", "shelter_id", "version", "fields"}

// Changes reads the log from just after a number, limit lines at most, without
// what cats were before.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	return s.changes(ctx, after, limit, changeColumns)
}

// ChangesWithBefore is Changes with what cats were before.
func (s *Store) ChangesWithBefore(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	return s.changes(ctx, after, limit, append(slices.Clone(changeColumns), "before"))
}

func (s *Store) changes(ctx context.Context, after int64, limit int, columns []string) ([]catalog.Change, error) {
	var rows []changeRow
	err := s.read(ctx, func(db *gorm.DB) (err error) {
		rows, err = changeRows(db.Model(&changeRow{}).Select(columns).Where("seq > ?", after).Order("seq").Limit(limit), columns)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("changes after %d: %w", after, err)
	}
	changes := make([]catalog.Change, len(rows))
	for i, row := range rows {
		if changes[i], err = row.change(); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// changeRows reads rows by hand: the log is read all day, and GORM takes twice as long.
func changeRows(db *gorm.DB, columns []string) (rows []changeRow, err error) {
	found, err := db.Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	for found.Next() {
		var r changeRow
		into := []any{&r.Seq, &r.At, &r.Op, &r.Resource, &r.ResourceID, &r.ShelterID, &r.Version, &r.Fields, &r.Before}
		if err := found.Scan(into[:len(columns)]...); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}

// Head is where the log ends. Its epoch was made with the tables, by chance.
func (s *Store) Head(ctx context.Context) (catalog.LogPosition, error) {
	var row headRow
	if err := s.read(ctx, func(db *gorm.DB) error { return db.Take(&row).Error }); err != nil {
		return catalog.LogPosition{}, fmt.Errorf("head of the log: %w", err)
	}
	return row.position(), nil
}

// Append puts changes at the end of the log, numbered in order and without a
// gap. From here to the commit nobody else can append, so it comes last.
func (t tx) Append(ctx context.Context, changes []catalog.Change) (catalog.LogPosition, error) {
	db := t.db.WithContext(ctx)
	var head headRow
	if err := db.Raw("UPDATE log_head SET seq = seq + ? RETURNING seq, epoch, floor", len(changes)).Scan(&head).Error; err != nil {
		return catalog.LogPosition{}, fmt.Errorf("number %d changes: %w", len(changes), err)
	}
	rows := make([]changeRow, len(changes))
	for i, c := range changes {
		row, err := newChangeRow(head.Seq-int64(len(changes)-1-i), c)
		if err != nil {
			return catalog.LogPosition{}, err
		}
		rows[i] = row
	}
	if err := db.CreateInBatches(rows, t.dialect.batch).Error; err != nil {
		return catalog.LogPosition{}, fmt.Errorf("append %d changes: %w", len(changes), err)
	}
	return head.position(), nil
}
