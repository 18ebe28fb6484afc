package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// Outcomes are what was reported of a cat after its adoption, in the order of
// reporting.
func (s *Store) Outcomes(ctx context.Context, catID string) (all []catalog.Outcome, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		all, err = outcomesWhere(db, "cat_id = ?", catID)
		return err
	})
	return all, err
}

// OutcomesForetold are all outcomes that a version of the rubric is to be judged
// by, in the order of reporting.
func (s *Store) OutcomesForetold(ctx context.Context, rubric string) (all []catalog.Outcome, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		all, err = outcomesWhere(db, "rubric = ?", rubric)
		return err
	})
	return all, err
}

// Outcomes are what was reported of a cat after its adoption.
func (t tx) Outcomes(ctx context.Context, catID string) ([]catalog.Outcome, error) {
	return outcomesWhere(t.db.WithContext(ctx), "cat_id = ?", catID)
}

// SaveOutcome writes an outcome over what is there.
func (t tx) SaveOutcome(ctx context.Context, o catalog.Outcome) error {
	row := newOutcomeRow(o)
	if err := t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error; err != nil {
		return fmt.Errorf("save outcome %s: %w", o.ID, toDomainError(err, "outcome", o.ID))
	}
	return nil
}

func outcomesWhere(db *gorm.DB, where string, value string) ([]catalog.Outcome, error) {
	var rows []outcomeRow
	if err := db.Where(where, value).Order("created_at, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read outcomes where %s, %s: %w", where, value, err)
	}
	return mapSlice(rows, outcomeRow.outcome), nil
}
