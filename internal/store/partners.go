package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// partnerRow is a row of the table partners.
type partnerRow struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	Audience  string
	Quotas    string // a document
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

func (partnerRow) TableName() string { return "partners" }

// quotas is the document of the quotas of a partner.
type quotas struct {
	Cats        *int64 `json:"cats,omitempty"`
	ImportFiles *int64 `json:"import_files,omitempty"`
	Webhooks    *int64 `json:"webhooks,omitempty"`
	Searches    *int64 `json:"searches,omitempty"`
	Photos      *int64 `json:"photos,omitempty"`
	PhotoBytes  *int64 `json:"photo_bytes,omitempty"`
}

func newPartnerRow(p catalog.Partner) (partnerRow, error) {
	doc, err := encode(quotas(p.Quotas))
	return partnerRow{
		ID: p.ID, Name: p.Name, Audience: string(p.Audience), Quotas: doc, Version: p.Version, CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(),
	}, err
}

func (r partnerRow) partner() (catalog.Partner, error) {
	limits, err := decodeQuotas(r.Quotas)
	return catalog.Partner{
		ID: r.ID, Name: r.Name, Audience: catalog.AudienceClass(r.Audience), Quotas: limits, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}, err
}

func decodeQuotas(text string) (catalog.Quotas, error) {
	var doc quotas
	err := decode(text, &doc)
	return catalog.Quotas(doc), wrapError(err, "read quotas")
}

// keyRow is a row of the table keys.
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

	SuccessorID string
	Version     int64
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

		SuccessorID: k.SuccessorID,
		Version:     k.Version,
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
		Aggregator: false, // depends on the partner: see keyOfPartner
		Name:       r.Name,
		Test:       r.Test,
		Hash:       [32]byte{},
		Scopes:     scopes,
		CreatedAt:  r.CreatedAt.UTC(),
		ExpiresAt:  timeOrZero(r.ExpiresAt),
		RevokedAt:  timeOrZero(r.RevokedAt),
		LastUsedAt: timeOrZero(r.LastUsedAt),

		SuccessorID: r.SuccessorID,
		Version:     r.Version,
	}
	copy(k.Hash[:], r.Hash)
	return k, nil
}

// keyOfPartner is a key with the audience of its partner.
type keyOfPartner struct {
	Key      keyRow  `gorm:"embedded"`
	Audience *string // nil: the key has no partner
}

func (r keyOfPartner) key() (access.Key, error) {
	k, err := r.Key.key()
	k.Aggregator = r.Audience != nil && *r.Audience == string(catalog.AggregatorReader)
	return k, err
}

// upsertByID makes an INSERT replace the row with the same id.
func upsertByID() clause.OnConflict {
	return clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}
}

// Partner returns a partner by its id.
func (s *Store) Partner(ctx context.Context, id string) (p catalog.Partner, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		p, err = scanPartner(db, id)
		return err
	})
	return p, err
}

// Partners returns all partners, ordered by id.
func (s *Store) Partners(ctx context.Context) ([]catalog.Partner, error) {
	var rows []partnerRow
	if err := s.read(ctx, func(db *gorm.DB) error { return db.Order("id").Find(&rows).Error }); err != nil {
		return nil, fmt.Errorf("read partners: %w", err)
	}
	return convertAll(rows, partnerRow.partner)
}

// Usage returns how much an owner stores, who is not the operator.
func (s *Store) Usage(ctx context.Context, owner access.Owner) (u catalog.Usage, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Raw(`SELECT (`+partnerCatsSQL+`) AS cats,
			(SELECT count(*) FROM imports WHERE partner_id = @partner AND partner_id <> '' AND file_deleted_at IS NULL) AS import_files,
			(SELECT count(*) FROM webhooks WHERE partner_id = @partner AND key_id = @key) AS webhooks,
			(SELECT count(*) FROM saved_searches WHERE partner_id = @partner AND key_id = @key) AS searches`,
			map[string]any{"partner": owner.PartnerID, "key": owner.KeyID}).Scan(&u).Error
	})
	return u, wrapError(err, "read the usage of "+cmp.Or(owner.PartnerID, owner.KeyID))
}

// partnerCatsSQL counts the cats of a partner that are not removed.
const partnerCatsSQL = `SELECT coalesce(sum(cats), 0) FROM cat_counts JOIN shelters own ON own.id = cat_counts.shelter_id
	WHERE own.partner_id = @partner AND own.partner_id <> ''`

// Partner returns a partner and locks it until the end of the transaction.
func (t tx) Partner(ctx context.Context, id string) (catalog.Partner, error) {
	return scanPartner(t.forUpdate(ctx), id)
}

// SavePartner inserts a partner or replaces its stored version.
func (t tx) SavePartner(ctx context.Context, p catalog.Partner) error {
	row, err := newPartnerRow(p)
	if err != nil {
		return err
	}
	if err := t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error; err != nil {
		return fmt.Errorf("save partner %s: %w", p.ID, err)
	}
	return nil
}

func scanPartner(db *gorm.DB, id string) (catalog.Partner, error) {
	var row partnerRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Partner{}, fmt.Errorf("read partner: %w", toDomainError(err, "partner", id))
	}
	return row.partner()
}

// Key returns a key by its id, or an error that wraps access.ErrUnknown. It reads the
// audience of its partner with the same statement, since authentication needs both. Callers
// that want the same key at the same time share a read.
func (s *Store) Key(ctx context.Context, id string) (k access.Key, err error) {
	err = s.withTimeLimit(ctx, func(ctx context.Context) error {
		k, err = s.keys.Do(ctx, id, func(ctx context.Context) (access.Key, error) { return s.readKey(ctx, id) })
		return err
	})
	return k, err
}

func (s *Store) readKey(ctx context.Context, id string) (k access.Key, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		var row keyOfPartner
		err := db.Table("keys").Select("keys.*", "partners.audience").
			Joins("LEFT JOIN partners ON partners.id = keys.partner_id").Take(&row, "keys.id = ?", id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return errors.Join(toDomainError(err, "key", id), access.ErrUnknown)
		}
		if err != nil {
			return fmt.Errorf("read key: %w", err)
		}
		k, err = row.key()
		return err
	})
	return k, err
}

// Keys returns the keys of a partner or, with an empty id, of the operator, in order of
// creation.
func (s *Store) Keys(ctx context.Context, partnerID string) ([]access.Key, error) {
	var rows []keyRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("partner_id = ?", partnerID).Order("created_at, id").Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return convertAll(rows, keyRow.key)
}

// touchTimeout bounds TouchKey, for which requests wait although they do not need it.
const touchTimeout = time.Second

// TouchKey records when a key was last used. It is not a change. It does nothing while
// another call does the same for this key.
func (s *Store) TouchKey(ctx context.Context, id string, at time.Time) error {
	if _, running := s.touching.LoadOrStore(id, nil); running {
		return nil
	}
	defer s.touching.Delete(id)
	ctx, cancel := context.WithTimeout(ctx, touchTimeout)
	defer cancel()
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&keyRow{}).Where("id = ?", id).UpdateColumn("last_used_at", at.UTC())
	})
	if err != nil {
		return fmt.Errorf("touch key %s: %w", id, err)
	}
	return nil
}

// Key returns a key and locks it until the end of the transaction.
func (t tx) Key(ctx context.Context, id string) (access.Key, error) {
	return scanKey(t.forUpdate(ctx), id)
}

// KeysOfPartner returns the keys of a partner, and locks the partner until the end of the
// transaction.
func (t tx) KeysOfPartner(ctx context.Context, partnerID string) ([]access.Key, error) {
	if _, err := t.Partner(ctx, partnerID); err != nil {
		return nil, err
	}
	var rows []keyRow
	if err := t.db.WithContext(ctx).Where("partner_id = ?", partnerID).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read keys of partner %s: %w", partnerID, err)
	}
	return convertAll(rows, keyRow.key)
}

// SaveKey inserts a key or replaces its stored version.
func (t tx) SaveKey(ctx context.Context, k access.Key) error {
	row := newKeyRow(k)
	if err := t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error; err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	return nil
}

// ReplaceSuccessor makes a key the successor of another one and of all keys whose successor
// that is.
func (t tx) ReplaceSuccessor(ctx context.Context, successorID, newID string) error {
	err := t.db.WithContext(ctx).Model(&keyRow{}).Where("id = ? OR successor_id = ?", successorID, successorID).UpdateColumn("successor_id", newID).Error
	return wrapError(err, "replace the successor "+successorID)
}

func scanKey(db *gorm.DB, id string) (access.Key, error) {
	var row keyRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return access.Key{}, fmt.Errorf("read key: %w", toDomainError(err, "key", id))
	}
	return row.key()
}
