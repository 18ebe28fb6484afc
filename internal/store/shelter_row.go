package store

import (
	"fmt"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// shelterRow is a shelter as the table shelters has it.
type shelterRow struct {
	ID         string `gorm:"primaryKey"`
	Code       string
	ExternalID string
	PartnerID  string
	Name       string
	Version    int64
	CreatedAt  time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
	Profile    string
}

func (shelterRow) TableName() string { return "shelters" }

// shelterProfile is the document of a shelter. What was not said is left out.
type shelterProfile struct {
	Kind           string        `json:"kind,omitempty"`
	Street         string        `json:"street,omitempty"`
	City           string        `json:"city,omitempty"`
	Region         string        `json:"region,omitempty"`
	PostalCode     string        `json:"postal_code,omitempty"`
	Country        string        `json:"country,omitempty"`
	Lat            float64       `json:"lat,omitempty"`
	Lng            float64       `json:"lng,omitempty"`
	PointPrecision string        `json:"point,omitempty"`
	Phone          string        `json:"phone,omitempty"`
	Email          string        `json:"email,omitempty"`
	Website        string        `json:"website,omitempty"`
	Hours          shelterHours  `json:"hours,omitzero"`
	Mission        string        `json:"mission,omitempty"`
	AdoptionPolicy string        `json:"policy,omitempty"`
	AdoptionURL    string        `json:"adoption_url,omitempty"`
	Social         shelterSocial `json:"social,omitzero"`
	Photos         []photo       `json:"photos,omitempty"`
	StaleAfterDays int           `json:"stale_days,omitempty"`
	Demo           bool          `json:"demo,omitempty"`
	WithheldFrom   withheld      `json:"withheld,omitzero"`
}

type (
	shelterHours struct {
		Monday    string `json:"mon,omitempty"`
		Tuesday   string `json:"tue,omitempty"`
		Wednesday string `json:"wed,omitempty"`
		Thursday  string `json:"thu,omitempty"`
		Friday    string `json:"fri,omitempty"`
		Saturday  string `json:"sat,omitempty"`
		Sunday    string `json:"sun,omitempty"`
	}
	shelterSocial struct {
		Facebook  string `json:"facebook,omitempty"`
		X         string `json:"x,omitempty"`
		YouTube   string `json:"youtube,omitempty"`
		Instagram string `json:"instagram,omitempty"`
		Pinterest string `json:"pinterest,omitempty"`
		TikTok    string `json:"tiktok,omitempty"`
	}
	withheld struct {
		Classes  []catalog.AudienceClass `json:"classes,omitempty"`
		Partners []string                `json:"partners,omitempty"`
	}
)

func newShelterRow(s catalog.Shelter) (shelterRow, error) {
	profile, err := encode(newShelterProfile(s.Profile))
	if err != nil {
		return shelterRow{}, fmt.Errorf("profile of shelter %s: %w", s.ID, err)
	}
	return shelterRow{
		ID:         s.ID,
		Code:       s.Code,
		ExternalID: s.ExternalID,
		PartnerID:  s.PartnerID,
		Name:       s.Name,
		Version:    s.Version,
		CreatedAt:  s.CreatedAt.UTC(),
		UpdatedAt:  s.UpdatedAt.UTC(),
		Profile:    profile,
	}, nil
}

func (r shelterRow) shelter() (catalog.Shelter, error) {
	var doc shelterProfile
	if err := decode(r.Profile, &doc); err != nil {
		return catalog.Shelter{}, fmt.Errorf("profile of shelter %s: %w", r.ID, err)
	}
	return catalog.Shelter{
		ID:         r.ID,
		Code:       r.Code,
		ExternalID: r.ExternalID,
		PartnerID:  r.PartnerID,
		Version:    r.Version,
		CreatedAt:  r.CreatedAt.UTC(),
		UpdatedAt:  r.UpdatedAt.UTC(),
		Profile:    doc.profile(r.Name),
	}, nil
}

func newShelterProfile(p catalog.Profile) shelterProfile {
	return shelterProfile{
		Kind:           string(p.Kind),
		Street:         p.Address.Street,
		City:           p.Address.City,
		Region:         p.Address.Region,
		PostalCode:     p.Address.PostalCode,
		Country:        p.Address.Country,
		Lat:            p.Point.Lat,
		Lng:            p.Point.Lng,
		PointPrecision: string(p.PointPrecision),
		Phone:          p.Phone,
		Email:          p.Email,
		Website:        p.Website,
		Hours:          shelterHours(p.Hours),
		Mission:        p.Mission,
		AdoptionPolicy: p.AdoptionPolicy,
		AdoptionURL:    p.AdoptionURL,
		Social:         shelterSocial(p.Social),
		Photos:         newPhotos(p.Photos),
		StaleAfterDays: p.StaleAfterDays,
		Demo:           p.Demo,
		WithheldFrom:   withheld(p.WithheldFrom),
	}
}

func (d shelterProfile) profile(name string) catalog.Profile {
	return catalog.Profile{
		Name:           name,
		Kind:           catalog.ShelterKind(d.Kind),
		Address:        catalog.Address{Street: d.Street, City: d.City, Region: d.Region, PostalCode: d.PostalCode, Country: d.Country},
		Point:          geo.Point{Lat: d.Lat, Lng: d.Lng},
		PointPrecision: catalog.PointPrecision(d.PointPrecision),
		Phone:          d.Phone,
		Email:          d.Email,
		Website:        d.Website,
		Hours:          catalog.Hours(d.Hours),
		Mission:        d.Mission,
		AdoptionPolicy: d.AdoptionPolicy,
		AdoptionURL:    d.AdoptionURL,
		Social:         catalog.Social(d.Social),
		Photos:         catalogPhotos(d.Photos),
		StaleAfterDays: d.StaleAfterDays,
		Demo:           d.Demo,
		WithheldFrom:   catalog.Restriction(d.WithheldFrom),
	}
}
