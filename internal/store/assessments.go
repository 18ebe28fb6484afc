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

// evidenceRow is an assessment or, if its code is not empty, a health item.
type evidenceRow struct {
	Assessment assessmentRow `gorm:"embedded"` // of a health item only cat, partner and time

	Code       string
	Status     string
	Severity   string
	HappenedOn date
	ValidUntil date
	VerifiedBy string
	VerifiedOn date
}

func (r evidenceRow) item() catalog.HealthItem {
	return healthRow{
		CatID: r.Assessment.CatID, Code: r.Code, Status: r.Status, Severity: r.Severity, HappenedOn: r.HappenedOn, ValidUntil: r.ValidUntil,
		VerifiedBy: r.VerifiedBy, VerifiedOn: r.VerifiedOn, PartnerID: r.Assessment.PartnerID, UpdatedAt: r.Assessment.CreatedAt,
	}.item()
}

// Evidence returns the recorded evidence by cat id. It reads both tables with one
// statement, since every update of a cat's description needs it.
func (t tx) Evidence(ctx context.Context, catIDs []string) (map[string]catalog.Evidence, error) {
	ofCats := t.dialect.anyOf("cat_id", catIDs)
	var rows []evidenceRow
	err := t.db.WithContext(ctx).Raw(`
		SELECT id, cat_id, partner_id, assessor_id, key_id, role, context, observed_on, days_in_place, levels, note, created_at, superseded_by, withdrawn_at,
			'' AS code, '' AS status, '' AS severity, 0 AS happened_on, 0 AS valid_until, '' AS verified_by, 0 AS verified_on
		FROM assessments WHERE ?
		UNION ALL
		SELECT '', cat_id, partner_id, '', '', '', '', 0, NULL, '{}', '', updated_at, '', NULL,
			code, status, severity, happened_on, valid_until, verified_by, verified_on
		FROM health_items WHERE ?
		ORDER BY code, created_at, id`, ofCats, ofCats).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read evidence of %d cats: %w", len(catIDs), err)
	}
	evidence := map[string]catalog.Evidence{}
	for _, row := range rows {
		e := evidence[row.Assessment.CatID]
		if row.Code != "" {
			e.Health = append(e.Health, row.item())
		} else {
			a, err := row.Assessment.assessment()
			if err != nil {
				return nil, err
			}
			e.Assessments = append(e.Assessments, a)
		}
		evidence[row.Assessment.CatID] = e
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
