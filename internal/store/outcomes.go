package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// outcomeRow is a row of the table outcomes.
type outcomeRow struct {
	ID             string `gorm:"primaryKey"`
	CatID          string
	PartnerID      string
	KeyID          string
	Activity       string
	AdoptedOn      date
	Days           int
	Tried          bool
	NotTriedReason string
	CalmOutings    *int
	StoppedForFear *int
	Escapes        *int
	Injuries       *int
	Note           string
	ReportedOn     date
	Rubric         string
	PredictedOn    date
	Score          *float64
	Low            *float64
	High           *float64
	Band           string
	Readiness      string
	Grade          string
	Version        int64
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt      time.Time `gorm:"autoUpdateTime:false"`
}

func (outcomeRow) TableName() string { return "outcomes" }

func newOutcomeRow(o catalog.Outcome) outcomeRow {
	return outcomeRow{
		ID:             o.ID,
		CatID:          o.CatID,
		PartnerID:      o.PartnerID,
		KeyID:          o.KeyID,
		Activity:       o.Activity,
		AdoptedOn:      dateOf(o.AdoptedOn),
		Days:           o.Days,
		Tried:          o.Tried,
		NotTriedReason: o.NotTriedReason,
		CalmOutings:    o.CalmOutings,
		StoppedForFear: o.StoppedForFear,
		Escapes:        o.Escapes,
		Injuries:       o.Injuries,
		Note:           o.Note,
		ReportedOn:     dateOf(o.ReportedOn),
		Rubric:         o.Predicted.Rubric,
		PredictedOn:    dateOf(o.Predicted.On),
		Score:          o.Predicted.Score,
		Low:            o.Predicted.Low,
		High:           o.Predicted.High,
		Band:           o.Predicted.Band,
		Readiness:      o.Predicted.Readiness,
		Grade:          o.Predicted.Grade,
		Version:        o.Version,
		CreatedAt:      o.CreatedAt.UTC(),
		UpdatedAt:      o.UpdatedAt.UTC(),
	}
}

func (r outcomeRow) outcome() catalog.Outcome {
	return catalog.Outcome{
		ID:             r.ID,
		CatID:          r.CatID,
		PartnerID:      r.PartnerID,
		KeyID:          r.KeyID,
		Activity:       r.Activity,
		AdoptedOn:      r.AdoptedOn.time(),
		Days:           r.Days,
		Tried:          r.Tried,
		NotTriedReason: r.NotTriedReason,
		CalmOutings:    r.CalmOutings,
		StoppedForFear: r.StoppedForFear,
		Escapes:        r.Escapes,
		Injuries:       r.Injuries,
		Note:           r.Note,
		ReportedOn:     r.ReportedOn.time(),
		Predicted: catalog.Prediction{
			Rubric:    r.Rubric,
			On:        r.PredictedOn.time(),
			Score:     r.Score,
			Low:       r.Low,
			High:      r.High,
			Band:      r.Band,
			Readiness: r.Readiness,
			Grade:     r.Grade,
		},
		Version:   r.Version,
		CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(),
	}
}

// Outcomes returns the outcomes of a cat in the order of reporting.
func (s *Store) Outcomes(ctx context.Context, catID string) (all []catalog.Outcome, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		all, err = outcomesWhere(db, "cat_id = ?", catID)
		return err
	})
	return all, err
}

// OutcomesByRubric returns the outcomes with a prediction of a version of the rubric,
// in the order of reporting.
func (s *Store) OutcomesByRubric(ctx context.Context, rubric string) (all []catalog.Outcome, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		all, err = outcomesWhere(db, "rubric = ?", rubric)
		return err
	})
	return all, err
}

// Outcomes returns the outcomes of a cat in the order of reporting.
func (t tx) Outcomes(ctx context.Context, catID string) ([]catalog.Outcome, error) {
	return outcomesWhere(t.db.WithContext(ctx), "cat_id = ?", catID)
}

// SaveOutcome inserts an outcome or replaces its stored version.
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
