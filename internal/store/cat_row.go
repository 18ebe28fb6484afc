package store

import (
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// catRow is a cat as the table cats has it: keys, what is asked for by hand, and
// the other facts in one document.
type catRow struct {
	ID              string `gorm:"primaryKey"`
	Number          int64
	ShelterID       string
	ExternalID      string
	Source          string
	Status          string
	Name            string
	Description     string
	ListedAt        *time.Time
	StatusChangedAt *time.Time
	ConfirmedAt     time.Time
	Version         int64
	CreatedAt       time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt       time.Time `gorm:"autoUpdateTime:false"`
	Stale           bool
	MicrochipHash   string
	Rating          string
	Facts           string
}

func (catRow) TableName() string { return "cats" }

func newCatRow(c catalog.Cat) (catRow, error) {
	facts, err := encode(newCatFacts(c.Facts))
	if err != nil {
		return catRow{}, fmt.Errorf("facts of cat %s: %w", c.ID, err)
	}
	rating, err := newRatingDoc(c.Rating)
	if err != nil {
		return catRow{}, fmt.Errorf("rating of cat %s: %w", c.ID, err)
	}
	return catRow{
		ID:              c.ID,
		Number:          c.Number,
		ShelterID:       c.ShelterID,
		ExternalID:      c.ExternalID,
		Source:          c.Source,
		Status:          string(c.Status),
		Name:            c.Name,
		Description:     c.Description,
		ListedAt:        timeOrNil(c.ListedAt),
		StatusChangedAt: timeOrNil(c.StatusChangedAt),
		ConfirmedAt:     c.ConfirmedAt.UTC(),
		Version:         c.Version,
		CreatedAt:       c.CreatedAt.UTC(),
		UpdatedAt:       c.UpdatedAt.UTC(),
		Stale:           c.Stale,
		MicrochipHash:   c.MicrochipHash,
		Rating:          rating,
		Facts:           facts,
	}, nil
}

func newCatRows(cats []catalog.Cat) ([]catRow, error) {
	rows := make([]catRow, len(cats))
	for i, c := range cats {
		var err error
		if rows[i], err = newCatRow(c); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (r *catRow) cat() (catalog.Cat, error) { return r.toCat([]byte(r.Facts), new(catFacts)) }

// toCat makes the cat from its row and its facts, by way of a document whose
// memory it may use.
func (r *catRow) toCat(facts []byte, doc *catFacts) (catalog.Cat, error) {
	*doc = catFacts{}
	if err := decode(facts, doc); err != nil {
		return catalog.Cat{}, fmt.Errorf("facts of cat %s: %w", r.ID, err)
	}
	rating, err := ratingOf(r.Rating)
	if err != nil {
		return catalog.Cat{}, fmt.Errorf("rating of cat %s: %w", r.ID, err)
	}
	return catalog.Cat{
		ID:          r.ID,
		Number:      r.Number,
		ShelterID:   r.ShelterID,
		ExternalID:  r.ExternalID,
		Source:      r.Source,
		Version:     r.Version,
		ConfirmedAt: r.ConfirmedAt.UTC(),
		CreatedAt:   r.CreatedAt.UTC(),
		UpdatedAt:   r.UpdatedAt.UTC(),
		Stale:       r.Stale,
		Rating:      rating,
		Facts:       doc.facts(r),
	}, nil
}

func catsOf(rows []catRow) ([]catalog.Cat, error) {
	cats := make([]catalog.Cat, len(rows))
	var doc catFacts // one for all: it is as large as a cat
	for i := range rows {
		var err error
		if cats[i], err = rows[i].toCat([]byte(rows[i].Facts), &doc); err != nil {
			return nil, err
		}
	}
	return cats, nil
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

func timeOrZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
