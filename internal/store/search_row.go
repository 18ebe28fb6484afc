package store

import (
	"time"

	"trailcat/internal/catalog"
)

// searchRow is a saved search as the table saved_searches has it.
type searchRow struct {
	ID        string `gorm:"primaryKey"`
	PartnerID string
	WebhookID string
	Name      string
	Query     string
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

func (searchRow) TableName() string { return "saved_searches" }

func newSearchRow(s catalog.SavedSearch) searchRow {
	return searchRow{
		ID:        s.ID,
		PartnerID: s.PartnerID,
		WebhookID: s.WebhookID,
		Name:      s.Name,
		Query:     s.Query,
		Version:   s.Version,
		CreatedAt: s.CreatedAt.UTC(),
		UpdatedAt: s.UpdatedAt.UTC(),
	}
}

func (r searchRow) search() catalog.SavedSearch {
	return catalog.SavedSearch{
		ID:        r.ID,
		PartnerID: r.PartnerID,
		WebhookID: r.WebhookID,
		Name:      r.Name,
		Query:     r.Query,
		Version:   r.Version,
		CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(),
	}
}
