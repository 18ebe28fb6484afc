package store

import (
	"context"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// ChangesByKind are the lines of the log about some sorts of things, from just after
// a number up to another.
func (s *Store) ChangesByKind(ctx context.Context, resources []catalog.Resource, after, upto int64) ([]catalog.Change, error) {
	return s.lines(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Select(changeColumns).Where("resource IN ? AND seq > ? AND seq <= ?", resources, after, upto)
	})
}

// ChangesByResourceID are the lines of the log about some cats and shelters, from just after
// a number, with what those were before.
func (s *Store) ChangesByResourceID(ctx context.Context, ids []string, after int64) ([]catalog.Change, error) {
	return s.lines(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("resource IN ? AND resource_id IN ? AND seq > ?", []catalog.Resource{catalog.CatResource, catalog.ShelterResource}, ids, after)
	})
}

func (s *Store) lines(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]catalog.Change, error) {
	var rows []changeRow
	if err := s.read(ctx, func(db *gorm.DB) error { return which(db).Order("seq").Find(&rows).Error }); err != nil {
		return nil, wrapped(err, "read lines of the log")
	}
	changes := make([]catalog.Change, len(rows))
	var err error
	for i, row := range rows {
		if changes[i], err = row.change(); err != nil {
			return nil, err
		}
	}
	return changes, nil
}
