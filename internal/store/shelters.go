package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// shelterRow is a row of the table shelters.
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
	ErasedAt   *time.Time
}

func (shelterRow) TableName() string { return "shelters" }

// shelterProfile is the document of a shelter. Unknown values are omitted.
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
	Terms          shelterTerms  `json:"terms,omitzero"`
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
	shelterTerms struct {
		License string `json:"license,omitempty"`
		Credit  string `json:"credit,omitempty"`
		URL     string `json:"url,omitempty"`
	}
	withheld struct {
		Classes  []string `json:"classes,omitempty"`
		Partners []string `json:"partners,omitempty"`
	}
)

// shelterAtRow is a shelter and the end of the log when it was read.
type shelterAtRow struct {
	Shelter shelterRow `gorm:"embedded"`
	End     endOfLog   `gorm:"embedded"`
}

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
		ErasedAt:   timeOrNil(s.ErasedAt),
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
		ErasedAt:   timeOrZero(r.ErasedAt),
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
		WithheldFrom:   withheld(p.HiddenFrom),
		Terms:          shelterTerms(p.Terms),
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
		HiddenFrom:     catalog.Restriction(d.WithheldFrom),
		Terms:          catalog.Terms(d.Terms),
	}
}

// Shelter returns a shelter by its id.
func (s *Store) Shelter(ctx context.Context, id string) (catalog.Shelter, error) {
	return s.oneShelter(ctx, id, "id = ?", id)
}

// ShelterByCode returns a shelter by its code, such as MD12.
func (s *Store) ShelterByCode(ctx context.Context, code string) (catalog.Shelter, error) {
	return s.oneShelter(ctx, code, "code = ?", code)
}

func (s *Store) oneShelter(ctx context.Context, name string, where ...any) (shelter catalog.Shelter, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		shelter, err = scanShelter(db, name, where...)
		return err
	})
	return shelter, err
}

// Shelters returns all shelters, ordered by code, and the end of the log, without its epoch,
// when they were read.
func (s *Store) Shelters(ctx context.Context) ([]catalog.Shelter, catalog.LogPosition, error) {
	return s.shelters(ctx, func(db *gorm.DB) *gorm.DB { return db.Order("code") })
}

// SheltersOf returns the shelters of a partner, ordered by code.
func (s *Store) SheltersOf(ctx context.Context, partnerID string) ([]catalog.Shelter, error) {
	shelters, _, err := s.shelters(ctx, func(db *gorm.DB) *gorm.DB { return db.Order("code").Where("partner_id = ?", partnerID) })
	return shelters, err
}

// SheltersByID returns the existing shelters among ids, in no particular order, and the
// end of the log, without its epoch, when they were read; it is zero if there are none.
func (s *Store) SheltersByID(ctx context.Context, ids []string) ([]catalog.Shelter, catalog.LogPosition, error) {
	if len(ids) == 0 {
		return nil, catalog.LogPosition{}, nil
	}
	return s.shelters(ctx, func(db *gorm.DB) *gorm.DB { return db.Where(s.dialect.anyOf("id", ids)) })
}

func (s *Store) shelters(ctx context.Context, filter func(*gorm.DB) *gorm.DB) ([]catalog.Shelter, catalog.LogPosition, error) {
	var rows []shelterAtRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return filter(db.Model(&shelterRow{}).Select("shelters.*, " + endOfLogColumns)).Find(&rows).Error
	})
	if err != nil || len(rows) == 0 {
		return nil, catalog.LogPosition{}, wrapError(err, "read shelters")
	}
	shelters, err := convertAll(rows, func(r shelterAtRow) (catalog.Shelter, error) { return r.Shelter.shelter() })
	return shelters, rows[0].End.position(), err
}

// Shelter returns a shelter by its id and locks it until the end of the transaction:
// of two writes to a shelter's cats the second sees the result of the first.
func (t tx) Shelter(ctx context.Context, id string) (catalog.Shelter, error) {
	s, err := t.ErasableShelter(ctx, id)
	if err == nil && !s.ErasedAt.IsZero() {
		return catalog.Shelter{}, catalog.ErasedError("shelter", s.ErasedAt)
	}
	return s, err
}

// ShelterUsage returns a shelter, which it locks, and what limits its cats: the cats of its
// partner as of the last commit of each shelter.
func (t tx) ShelterUsage(ctx context.Context, id string) (catalog.Shelter, catalog.CatUsage, error) {
	shelters, err := t.ShelterUsages(ctx, []string{id}, true)
	if err != nil {
		return catalog.Shelter{}, catalog.CatUsage{}, err
	}
	s, ok := shelters[id]
	switch {
	case !ok:
		err = catalog.NotFoundError("shelter", id)
	case !s.ErasedAt.IsZero():
		err = catalog.ErasedError("shelter", s.ErasedAt)
	}
	return s.Shelter, s.CatUsage, err
}

// ShelterUsages is ShelterUsage for several shelters, as far as they exist, locked in order
// of id, so that two transactions do not deadlock. Unless wait is set, it leaves out those
// that another transaction has locked.
func (t tx) ShelterUsages(ctx context.Context, ids []string, wait bool) (map[string]catalog.ShelterUsage, error) {
	var rows []struct {
		Shelter     shelterRow `gorm:"embedded"`
		PartnerCats int64
		Quotas      string
	}
	options := clause.LockingOptionsSkipLocked
	if wait {
		// The locks come first: a statement that waits for them counts the cats as of its start.
		options = ""
		var locked []string
		if err := t.forUpdate(ctx).Table("shelters").Order("id").Where(t.dialect.anyOf("id", ids)).Pluck("id", &locked).Error; err != nil {
			return nil, fmt.Errorf("lock %d shelters: %w", len(ids), err)
		}
	}
	cats := strings.ReplaceAll(partnerCatsSQL, "@partner", "shelters.partner_id")
	err := t.db.WithContext(ctx).Table("shelters").
		Select("shelters.*, ("+cats+") AS partner_cats, coalesce((SELECT quotas FROM partners WHERE partners.id = shelters.partner_id), '{}') AS quotas").
		Clauses(clause.Locking{Strength: "NO KEY UPDATE", Table: clause.Table{}, Options: options}).
		Order("id").Find(&rows, t.dialect.anyOf("id", ids)).Error
	if err != nil {
		return nil, fmt.Errorf("read %d shelters: %w", len(ids), err)
	}
	shelters := make(map[string]catalog.ShelterUsage, len(rows))
	for _, row := range rows {
		shelter, err := row.Shelter.shelter()
		if err != nil {
			return nil, err
		}
		quotas, err := decodeQuotas(row.Quotas)
		if err != nil {
			return nil, err
		}
		shelters[shelter.ID] = catalog.ShelterUsage{Shelter: shelter, CatUsage: catalog.CatUsage{Cats: row.PartnerCats, Quotas: quotas}}
	}
	return shelters, nil
}

// ShelterByExternalID returns a shelter by its importer's name for it and locks it.
func (t tx) ShelterByExternalID(ctx context.Context, externalID string) (catalog.Shelter, error) {
	return scanShelter(t.forUpdate(ctx), externalID, "external_id = ? AND external_id <> ''", externalID)
}

// forUpdate locks the rows that are read against other writes, but not against new
// cats that refer to them.
func (t tx) forUpdate(ctx context.Context) *gorm.DB {
	return t.db.WithContext(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE", Table: clause.Table{}, Options: ""})
}

// SaveShelter inserts a shelter or replaces its stored version.
func (t tx) SaveShelter(ctx context.Context, s catalog.Shelter) error {
	row, err := newShelterRow(s)
	if err != nil {
		return err
	}
	err = t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error
	if err != nil {
		return fmt.Errorf("save shelter %s: %w", s.ID, toDomainError(err, "shelter", s.ID))
	}
	return nil
}

func scanShelter(db *gorm.DB, name string, where ...any) (catalog.Shelter, error) {
	var row shelterRow
	if err := db.Take(&row, where...).Error; err != nil {
		return catalog.Shelter{}, fmt.Errorf("read shelter: %w", toDomainError(err, "shelter", name))
	}
	return row.shelter()
}
