package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// assessmentRow is a row of the table assessments.
type assessmentRow struct {
	ID              string `gorm:"primaryKey"`
	CatID           string
	PartnerID       string
	AssessorID      string
	KeyID           string
	Role            string
	Context         string
	ObservedOn      date
	DaysInPlace     *int
	Levels          string `gorm:"type:json"`
	Note            string
	Form            string
	DurationMinutes *int
	CreatedAt       time.Time `gorm:"autoCreateTime:false"`
	SupersededBy    string
	WithdrawnAt     *time.Time
}

func (assessmentRow) TableName() string { return "assessments" }

func newAssessmentRow(a catalog.Assessment) (assessmentRow, error) {
	levels, err := encode(a.Levels)
	return assessmentRow{
		ID:              a.ID,
		CatID:           a.CatID,
		PartnerID:       a.PartnerID,
		AssessorID:      a.AssessorID,
		KeyID:           a.KeyID,
		Role:            a.Role,
		Context:         a.Context,
		ObservedOn:      dateOf(a.ObservedOn),
		DaysInPlace:     a.DaysInPlace,
		Levels:          levels,
		Note:            a.Note,
		Form:            string(a.Form),
		DurationMinutes: a.Minutes,
		CreatedAt:       a.CreatedAt.UTC(),
		SupersededBy:    a.SupersededBy,
		WithdrawnAt:     timeOrNil(a.WithdrawnAt),
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
		Form:         catalog.AssessmentForm(r.Form),
		Minutes:      r.DurationMinutes,
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
	Reported   bool
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
		Reported:   h.Reported,
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
		Reported:   r.Reported,
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
	Reported   bool
}

func (r evidenceRow) item() catalog.HealthItem {
	return healthRow{
		CatID: r.Assessment.CatID, Code: r.Code, Status: r.Status, Severity: r.Severity, HappenedOn: r.HappenedOn, ValidUntil: r.ValidUntil,
		VerifiedBy: r.VerifiedBy, VerifiedOn: r.VerifiedOn, Reported: r.Reported, PartnerID: r.Assessment.PartnerID, UpdatedAt: r.Assessment.CreatedAt,
	}.item()
}

// EvidenceOf returns the recorded evidence by cat id. Cats without evidence are absent.
func (s *Store) EvidenceOf(ctx context.Context, catIDs []string) (evidence map[string]catalog.Evidence, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		evidence, err = evidenceOf(db, s.dialect, catIDs)
		return err
	})
	return evidence, err
}

// Evidence returns the recorded evidence by cat id.
func (t tx) Evidence(ctx context.Context, catIDs []string) (map[string]catalog.Evidence, error) {
	return evidenceOf(t.db.WithContext(ctx), t.dialect, catIDs)
}

// evidenceOf reads both tables with one statement, since every update of a cat's description
// needs it.
func evidenceOf(db *gorm.DB, d dialect, catIDs []string) (map[string]catalog.Evidence, error) {
	ofCats := d.anyOf("cat_id", catIDs)
	var rows []evidenceRow
	err := db.Raw(`
		SELECT id, cat_id, partner_id, assessor_id, key_id, role, context, observed_on, days_in_place, levels, note, form, duration_minutes, created_at, superseded_by, withdrawn_at,
			'' AS code, '' AS status, '' AS severity, 0 AS happened_on, 0 AS valid_until, '' AS verified_by, 0 AS verified_on, false AS reported
		FROM assessments WHERE ?
		UNION ALL
		SELECT '', cat_id, partner_id, '', '', '', '', 0, NULL, '{}', '', '', NULL, updated_at, '', NULL,
			code, status, severity, happened_on, valid_until, verified_by, verified_on, reported
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

// SaveAssessments inserts assessments, or replaces their stored versions.
func (t tx) SaveAssessments(ctx context.Context, all []catalog.Assessment) error {
	if len(all) == 0 {
		return nil
	}
	rows, err := convertAll(all, newAssessmentRow)
	if err == nil {
		err = t.dialect.insert(t.db.WithContext(ctx), rows, true)
	}
	return wrapError(err, fmt.Sprintf("save %d assessments", len(all)))
}

// SaveHealth inserts health items, or replaces those of the same cat and code.
func (t tx) SaveHealth(ctx context.Context, items []catalog.HealthItem) error {
	if len(items) == 0 {
		return nil
	}
	rows := mapSlice(items, newHealthRow)
	return wrapError(t.dialect.insert(t.db.WithContext(ctx), rows, true), fmt.Sprintf("save %d health items", len(items)))
}

// DeleteHealth deletes health items, by cat and code.
func (t tx) DeleteHealth(ctx context.Context, items []catalog.HealthItem) error {
	byCode := map[string][]string{}
	for _, h := range items {
		byCode[h.Code] = append(byCode[h.Code], h.CatID)
	}
	for code, catIDs := range byCode {
		if err := t.db.WithContext(ctx).Where("code = ?", code).Where(t.dialect.anyOf("cat_id", catIDs)).Delete(&healthRow{}).Error; err != nil {
			return fmt.Errorf("delete the health items %s of %d cats: %w", code, len(catIDs), err)
		}
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
