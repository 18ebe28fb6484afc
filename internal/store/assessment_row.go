package store

import (
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// assessmentRow is an assessment as the table assessments has it.
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

// healthRow is a health item as the table health_items has it.
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
