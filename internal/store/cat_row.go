package store

import (
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// catRow is a row of the table cats: keys, columns that statements use, and the other
// facts in one document.
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
	Restricted      bool // Facts has a restriction
	MicrochipHash   string
	Rating          string
	ErasedAt        *time.Time
	Facts           string `gorm:"type:json"`
}

func (catRow) TableName() string { return "cats" }

func newCatRow(c catalog.Cat) (catRow, error) {
	facts, err := encodeFacts(&c)
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
		Restricted:      c.HiddenFrom.Any(),
		MicrochipHash:   c.MicrochipHash,
		Rating:          rating,
		ErasedAt:        timeOrNil(c.ErasedAt),
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

func (r *catRow) cat() (catalog.Cat, error) {
	var c catalog.Cat
	err := r.readCat([]byte(r.Facts), &c)
	return c, err
}

// readCat sets c to the cat of a row and of the document of its facts.
func (r *catRow) readCat(document []byte, c *catalog.Cat) error {
	rating, err := ratingOf(r.Rating)
	if err != nil {
		return fmt.Errorf("rating of cat %s: %w", r.ID, err)
	}
	*c = catalog.Cat{
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
		ErasedAt:    timeOrZero(r.ErasedAt),
		Reading:     catalog.ListingReading{}, // the document has it
		Facts:       r.columnFacts(),
	}
	if err := decodeFacts(document, c); err != nil {
		return fmt.Errorf("facts of cat %s: %w", r.ID, err)
	}
	return nil
}

// columnFacts returns the facts that have a column; the document has the others.
func (r *catRow) columnFacts() catalog.Facts {
	return catalog.Facts{
		Name:            r.Name,
		Status:          catalog.Status(r.Status),
		StatusChangedAt: timeOrZero(r.StatusChangedAt),
		ListedAt:        timeOrZero(r.ListedAt),
		Description:     r.Description,
		MicrochipHash:   r.MicrochipHash,
	}
}

func catsOf(rows []catRow) ([]catalog.Cat, error) {
	cats := make([]catalog.Cat, len(rows))
	for i := range rows {
		if err := rows[i].readCat([]byte(rows[i].Facts), &cats[i]); err != nil {
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

// ratingDoc is the document of a cat's rating. An unrated cat has none.
type ratingDoc struct {
	Rubric     string        `json:"rubric"`
	On         date          `json:"on"`
	Overall    *float64      `json:"overall,omitempty"`
	BestFit    string        `json:"best"`
	Activities []activityDoc `json:"activities"`
}

type activityDoc struct {
	Activity  string   `json:"activity"`
	Score     *float64 `json:"score,omitempty"`
	Low       *float64 `json:"low,omitempty"`
	High      *float64 `json:"high,omitempty"`
	Band      string   `json:"band,omitempty"`
	Readiness string   `json:"readiness"`
	Grade     string   `json:"grade"`
}

func newRatingDoc(r catalog.Rating) (string, error) {
	doc := ratingDocOf(r)
	if doc == nil {
		return "", nil
	}
	return encode(doc)
}

func ratingDocOf(r catalog.Rating) *ratingDoc {
	if r.Rubric == "" {
		return nil
	}
	return &ratingDoc{
		Rubric: r.Rubric, On: dateOf(r.On), Overall: r.Overall, BestFit: r.BestFit,
		Activities: mapSlice(r.Activities, func(a catalog.ActivityRating) activityDoc { return activityDoc(a) }),
	}
}

func ratingOf(text string) (catalog.Rating, error) {
	if text == "" {
		return catalog.Rating{}, nil
	}
	var doc ratingDoc
	if err := decode(text, &doc); err != nil {
		return catalog.Rating{}, err
	}
	return doc.rating(), nil
}

// rating returns the zero Rating if there is no document.
func (d *ratingDoc) rating() catalog.Rating {
	if d == nil {
		return catalog.Rating{}
	}
	return catalog.Rating{
		Rubric: d.Rubric, On: d.On.time(), Overall: d.Overall, BestFit: d.BestFit,
		Activities: mapSlice(d.Activities, func(a activityDoc) catalog.ActivityRating { return catalog.ActivityRating(a) }),
	}
}
