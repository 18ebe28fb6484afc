package store

import (
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// partnerRow is a partner as the table partners has it.
type partnerRow struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	ReadsAs   string
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

func (partnerRow) TableName() string { return "partners" }

func newPartnerRow(p catalog.Partner) partnerRow {
	return partnerRow{ID: p.ID, Name: p.Name, ReadsAs: string(p.ReadsAs), Version: p.Version, CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC()}
}

func (r partnerRow) partner() catalog.Partner {
	return catalog.Partner{ID: r.ID, Name: r.Name, ReadsAs: catalog.AudienceClass(r.ReadsAs), Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC()}
}

// keyRow is a key as the table keys has it.
type keyRow struct {
	ID         string `gorm:"primaryKey"`
	PartnerID  string
	Name       string
	Test       bool
	Hash       []byte
	Scopes     string
	CreatedAt  time.Time `gorm:"autoCreateTime:false"`
	ExpiresAt  *time.Time
	RevokedAt  *time.Time
	LastUsedAt *time.Time
}

func (keyRow) TableName() string { return "keys" }

func newKeyRow(k access.Key) keyRow {
	return keyRow{
		ID:         k.ID,
		PartnerID:  k.PartnerID,
		Name:       k.Name,
		Test:       k.Test,
		Hash:       k.Hash[:],
		Scopes:     access.JoinScopes(k.Scopes),
		CreatedAt:  k.CreatedAt.UTC(),
		ExpiresAt:  timeOrNil(k.ExpiresAt),
		RevokedAt:  timeOrNil(k.RevokedAt),
		LastUsedAt: timeOrNil(k.LastUsedAt),
	}
}

func (r keyRow) key() (access.Key, error) {
	scopes, err := access.ParseScopes(r.Scopes)
	if err != nil {
		return access.Key{}, err
	}
	k := access.Key{
		ID:         r.ID,
		PartnerID:  r.PartnerID,
		Aggregator: false, // the partner's to say: see keyOfPartner
		Name:       r.Name,
		Test:       r.Test,
		Hash:       [32]byte{},
		Scopes:     scopes,
		CreatedAt:  r.CreatedAt.UTC(),
		ExpiresAt:  timeOrZero(r.ExpiresAt),
		RevokedAt:  timeOrZero(r.RevokedAt),
		LastUsedAt: timeOrZero(r.LastUsedAt),
	}
	copy(k.Hash[:], r.Hash)
	return k, nil
}

// keyOfPartner is a key and how its partner reads.
type keyOfPartner struct {
	Key     keyRow  `gorm:"embedded"`
	ReadsAs *string // nil: it has no partner
}

func (r keyOfPartner) key() (access.Key, error) {
	k, err := r.Key.key()
	k.Aggregator = r.ReadsAs != nil && *r.ReadsAs == string(catalog.AggregatorReader)
	return k, err
}
