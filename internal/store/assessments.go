package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// assessmentRow is a row of the table assessments.
type assessmentRow struct {
	ID           string `gorm:"primaryKey"`
	CatID        string
	PartnerID    string
	AssessorID   string
	KeyID        string
	Role         string
	Context      string
	ObservedOn   date
	DaysInPlace  *int
	Levels       string
	Note         string
	CreatedAt    time.Time `gorm:"autoCreateTime:false"`
	SupersededBy string
	WithdrawnAt  *time.Time
}

func (assessmentRow) TableName() string { return "assessments" }

func newAssessmentRow(a catalog.Assessment) (assessmentRow, error) {
	levels, err := encode(a.Levels)
	return assessmentRow{
		ID:           a.ID,
		CatID:        a.CatID,
		PartnerID:    a.PartnerID,
		AssessorID:   a.AssessorID,
		KeyID:        a.KeyID,
		Role:         a.Role,
		Context:      a.Context,
		ObservedOn:   dateOf(a.ObservedOn),
		DaysInPlace:  a.DaysInPlace,
		Levels:       levels,
		Note:         a.Note,
		CreatedAt:    a.CreatedAt.UTC(),
		SupersededBy: a.SupersededBy,
		WithdrawnAt:  timeOrNil(a.WithdrawnAt),
	}, err
}

func (r assessmentRow) assessment() (catalog.Assessment, error) {
	var levels map[string]int
	if err := decode(r.Levels, &levels); err != nil {
		return catalog.Assessment{}, fmt.Errorf("levels of assessment %s: %w", r.ID, err)
	}
	return catalog.Assessment{
		ID:           r.ID,
		CatID:        r.CatID,
		PartnerID:    r.PartnerID,
		AssessorID:   r.AssessorID,
		KeyID:        r.KeyID,
		Role:         r.Role,
		Context:      r.Context,
		ObservedOn:   r.ObservedOn.time(),
		DaysInPlace:  r.DaysInPlace,
		Levels:       levels,
		Note:         r.Note,
		CreatedAt:    r.CreatedAt.UTC(),
		SupersededBy: r.SupersededBy,
		WithdrawnAt:  timeOrZero(r.WithdrawnAt),
	}, nil
}

// healthRow is a row of the table health_items.
type healthRow struct {
	CatID      string `gorm:"primaryKey"`
	Code       string `gorm:"primaryKey"`
	Status     string
	Severity   string
	HappenedOn date
	ValidUntil date
	VerifiedBy string
	VerifiedOn date
	PartnerID  string
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
}

func (healthRow) TableName() string { return "health_items" }

func newHealthRow(h catalog.HealthItem) healthRow {
	return healthRow{
		CatID:      h.CatID,
		Code:       h.Code,
		Status:     h.Status,
		Severity:   h.Severity,
		HappenedOn: dateOf(h.HappenedOn),
		ValidUntil: dateOf(h.ValidUntil),
		VerifiedBy: h.VerifiedBy,
		VerifiedOn: dateOf(h.VerifiedOn),
		PartnerID:  h.PartnerID,
		UpdatedAt:  h.UpdatedAt.UTC(),
	}
}

func (r healthRow) item() catalog.HealthItem {
	return catalog.HealthItem{
		CatID:      r.CatID,
		Code:       r.Code,
		Status:     r.Status,
		Severity:   r.Severity,
		HappenedOn: r.HappenedOn.time(),
		ValidUntil: r.ValidUntil.time(),
		VerifiedBy: r.VerifiedBy,
		VerifiedOn: r.VerifiedOn.time(),
		PartnerID:  r.PartnerID,
		UpdatedAt:  r.UpdatedAt.UTC(),
	}
}

// Assessments returns the assessments of a cat in the order of recording, including
// withdrawn and superseded ones.
func (s *Store) Assessments(ctx context.Context, catID string) (all []catalog.Assessment, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		all, err = assessmentsOf(db, catID)
		return err
	})
	return all, err
}

// Health returns the health items of a cat, ordered by code.
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

// SaveAssessment inserts an assessment or replaces its stored version.
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

// SaveHealth inserts a health item or replaces the cat's item of the same code.
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
	return convertAll(rows, assessmentRow.assessment)
}

func healthOf(db *gorm.DB, catID string) ([]catalog.HealthItem, error) {
	var rows []healthRow
	if err := db.Where("cat_id = ?", catID).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read health of cat %s: %w", catID, err)
	}
	return mapSlice(rows, healthRow.item), nil
}
