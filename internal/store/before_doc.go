package store

import (
	"encoding/json"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// preImageDoc is what a cat was before a change, with the change's line.
type preImageDoc struct {
	Number   int64              `json:"number"`
	Name     string             `json:"name,omitempty"`
	Status   string             `json:"status"`
	Source   string             `json:"source,omitempty"`
	Version  int64              `json:"version"`
	Stale    bool               `json:"stale,omitempty"`
	ListedAt time.Time          `json:"listed,omitzero"`
	Updated  time.Time          `json:"updated"`
	Rating   *ratingDoc         `json:"rating,omitempty"`
	Text     string             `json:"text,omitempty"` // the description
	Facts    json.RawMessage    `json:"facts"`
	Home     *shelterContextDoc `json:"home,omitempty"`
}

type shelterContextDoc struct {
	Region    string   `json:"region,omitempty"`
	Country   string   `json:"country,omitempty"`
	Lat       float64  `json:"lat"`
	Lng       float64  `json:"lng"`
	Withheld  withheld `json:"withheld,omitzero"`
	PartnerID string   `json:"partner,omitempty"`
}

func newBeforeDoc(b *catalog.PreImage) (string, error) {
	if b == nil {
		return "", nil
	}
	c := &b.Cat
	facts, err := encodeFacts(&c.Facts)
	if err != nil {
		return "", err
	}
	doc := preImageDoc{
		Number:   c.Number,
		Name:     c.Name,
		Status:   string(c.Status),
		Source:   c.Source,
		Version:  c.Version,
		Stale:    c.Stale,
		ListedAt: c.ListedAt.UTC(),
		Updated:  c.UpdatedAt.UTC(),
		Rating:   ratingDocOf(c.Rating),
		Text:     c.Description,
		Facts:    json.RawMessage(facts),
		Home:     nil,
	}
	if h := b.Home; h != nil {
		doc.Home = &shelterContextDoc{Region: h.Region, Country: h.Country, Lat: h.Point.Lat, Lng: h.Point.Lng, Withheld: withheld(h.WithheldFrom), PartnerID: h.PartnerID}
	}
	return encode(doc)
}

// beforeOf reads what the cat of a line was before it.
func beforeOf(line changeRow) (*catalog.PreImage, error) {
	if line.Before == "" {
		return nil, nil //nolint:nilnil // nil says that it was not, or was not asked for
	}
	var doc preImageDoc
	if err := decode(line.Before, &doc); err != nil {
		return nil, err
	}
	var row catRow // the rest of it is not kept
	row.Name, row.Status, row.ListedAt, row.Description = doc.Name, doc.Status, timeOrNil(doc.ListedAt), doc.Text
	b := &catalog.PreImage{
		Cat: catalog.Cat{
			ID:          line.ResourceID,
			Number:      doc.Number,
			ShelterID:   line.ShelterID,
			ExternalID:  "",
			Source:      doc.Source,
			Version:     doc.Version,
			ConfirmedAt: time.Time{},
			CreatedAt:   time.Time{},
			UpdatedAt:   doc.Updated,
			Stale:       doc.Stale,
			Rating:      doc.Rating.rating(),
			Facts:       row.columnFacts(),
		},
		Home: nil,
	}
	if err := decodeFacts(doc.Facts, &b.Cat.Facts); err != nil {
		return nil, err
	}
	if h := doc.Home; h != nil {
		b.Home = &catalog.ShelterContext{Region: h.Region, Country: h.Country, Point: geo.Point{Lat: h.Lat, Lng: h.Lng}, WithheldFrom: catalog.Restriction(h.Withheld), PartnerID: h.PartnerID}
	}
	return b, nil
}
