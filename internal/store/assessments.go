package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// Assessments are all that were recorded of a cat, in the order of recording,
// withdrawn and superseded ones too.
func (s *Store) Assessments(ctx context.Context, catID string) (all []catalog.Assessment, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		all, err = assessmentsOf(db, catID)
		return err
	})
	return all, err
}

// Health is what was verified of a cat, by code.
func (s *Store) Health(ctx context.Context, catID string) (all []catalog.HealthItem, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		all, err = healthOf(db, catID)
		return err
	})
	return all, err
}

// Evidence returns what was recorded of cats, by their ids.
func (t tx) Evidence(ctx context.Context, catIDs []string) (map[string]catalog.Evidence, error) {
	ofCats := t.dialect.anyOf("cat_id", catIDs)
	var assessments []assessmentRow
	if err := t.db.WithContext(ctx).Where(ofCats).Order("created_at, id").Find(&assessments).Error; err != nil {
		return nil, fmt.Errorf("read assessments of %d cats: %w", len(catIDs), err)
	}
	var health []healthRow
	if err := t.db.WithContext(ctx).Where(ofCats).Order("code").Find(&health).Error; err != nil {
		return nil, fmt.Errorf("read health of %d cats: %w", len(catIDs), err)
	}
	evidence := map[string]catalog.Evidence{}
	for _, row := range assessments {
		a, err := row.assessment()
		if err != nil {
			return nil, err
		}
		e := evidence[a.CatID]
		e.Assessments = append(e.Assessments, a)
		evidence[a.CatID] = e
	}
	for _, row := range health {
		e := evidence[row.CatID]
		e.Health = append(e.Health, row.item())
		evidence[row.CatID] = e
	}
	return evidence, nil
}

// SaveAssessment writes an assessment over what is there.
func (t tx) SaveAssessment(ctx context.Context, a catalog.Assessment) error {
	row, err := newAssessmentRow(a)
	if err == nil {
		err = t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error
	}
	if err != nil {
		return fmt.Errorf("save assessment %s: %w", a.ID, err)
	}
	return nil
}

// SaveHealth writes a health item over the cat's item of the same code.
func (t tx) SaveHealth(ctx context.Context, h catalog.HealthItem) error {
	row := newHealthRow(h)
	over := clause.OnConflict{Columns: []clause.Column{{Name: "cat_id"}, {Name: "code"}}, UpdateAll: true}
	if err := t.db.WithContext(ctx).Clauses(over).Create(&row).Error; err != nil {
		return fmt.Errorf("save health item %s of cat %s: %w", h.Code, h.CatID, err)
	}
	return nil
}

func assessmentsOf(db *gorm.DB, catID string) ([]catalog.Assessment, error) {
	var rows []assessmentRow
	if err := db.Where("cat_id = ?", catID).Order("created_at, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read assessments of cat %s: %w", catID, err)
	}
	all := make([]catalog.Assessment, len(rows))
	for i, row := range rows {
		var err error
		if all[i], err = row.assessment(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func healthOf(db *gorm.DB, catID string) ([]catalog.HealthItem, error) {
	var rows []healthRow
	if err := db.Where("cat_id = ?", catID).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read health of cat %s: %w", catID, err)
	}
	return mapSlice(rows, healthRow.item), nil
}
