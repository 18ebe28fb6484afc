package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// ListedCats passes the listed cats of a shelter to each, in batches and in order of
// number.
func (s *Store) ListedCats(ctx context.Context, shelterID string, each func(batch []catalog.Cat) error) error {
	for after, full := int64(-1), true; full; {
		var rows []catRow
		err := s.read(ctx, func(db *gorm.DB) error {
			return db.Order("number").Limit(scanStep).
				Find(&rows, "shelter_id = ? AND number > ? AND "+isListed, shelterID, after).Error
		})
		if err != nil {
			return fmt.Errorf("read listed cats of shelter %s: %w", shelterID, err)
		}
		cats, err := catsOf(rows)
		if err != nil {
			return err
		}
		if err := each(cats); err != nil {
			return err
		}
		if full = len(rows) == scanStep; full {
			after = rows[len(rows)-1].Number
		}
	}
	return nil
}

// CatsByMicrochip returns the listed cats of any shelter with one of the microchips,
// in no particular order.
func (s *Store) CatsByMicrochip(ctx context.Context, hashes []string) ([]catalog.Cat, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	var rows []catRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("microchip_hash <> '' AND "+isListed).Find(&rows, s.dialect.anyOf("microchip_hash", hashes)).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read cats with %d microchips: %w", len(hashes), err)
	}
	return catsOf(rows)
}

// qualityRow is a row of the table quality: one day of a shelter.
type qualityRow struct {
	ShelterID string `gorm:"primaryKey"`
	Day       string `gorm:"primaryKey"`
	Counts    string
}

func (qualityRow) TableName() string { return "quality" }

// qualityCounts is the document of a quality row.
type qualityCounts struct {
	Listed int            `json:"listed"`
	Issues map[string]int `json:"issues"`
}

func newQualityRow(shelterID string, q catalog.Quality) (qualityRow, error) {
	doc := qualityCounts{Listed: q.Listed, Issues: map[string]int{}}
	for issue, n := range q.Counts {
		doc.Issues[string(issue)] = n
	}
	counts, err := encode(doc)
	return qualityRow{ShelterID: shelterID, Day: q.Day.Format(time.DateOnly), Counts: counts}, err
}

func (r qualityRow) quality() (catalog.Quality, error) {
	day, err := time.Parse(time.DateOnly, r.Day)
	if err != nil {
		return catalog.Quality{}, fmt.Errorf("quality of shelter %s: %w", r.ShelterID, err)
	}
	var doc qualityCounts
	if err := decode(r.Counts, &doc); err != nil {
		return catalog.Quality{}, fmt.Errorf("quality of shelter %s on %s: %w", r.ShelterID, r.Day, err)
	}
	counts := make(map[catalog.Issue]int, len(doc.Issues))
	for issue, n := range doc.Issues {
		counts[catalog.Issue(issue)] = n
	}
	return catalog.Quality{Day: day, Listed: doc.Listed, Counts: counts}, nil
}

// SaveQuality stores the quality of a shelter's listings, in place of an earlier one of
// the same day. It is not a change.
func (s *Store) SaveQuality(ctx context.Context, shelterID string, q catalog.Quality) error {
	row, err := newQualityRow(shelterID, q)
	if err != nil {
		return fmt.Errorf("quality of shelter %s: %w", shelterID, err)
	}
	byDay := clause.OnConflict{Columns: []clause.Column{{Name: "shelter_id"}, {Name: "day"}}, UpdateAll: true}
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Clauses(byDay).Create(&row) })
	if err != nil {
		return fmt.Errorf("save quality of shelter %s: %w", shelterID, err)
	}
	return nil
}

// QualitySince returns the quality of a shelter's listings since a day, the oldest first.
func (s *Store) QualitySince(ctx context.Context, shelterID string, day time.Time) ([]catalog.Quality, error) {
	var rows []qualityRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Order("day").Find(&rows, "shelter_id = ? AND day >= ?", shelterID, day.Format(time.DateOnly)).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read quality of shelter %s: %w", shelterID, err)
	}
	return convertAll(rows, qualityRow.quality)
}
