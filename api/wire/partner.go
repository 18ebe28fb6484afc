package wire

import (
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// Partner is an organization that is responsible for shelters and holds API keys for
// them.
type Partner struct {
	ID        string    `json:"id" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // Permanent ID of the partner.
	Name      string    `json:"name" example:"Montgomery County"`            // Name of the partner.
	Audience  string    `json:"audience" enums:"public,aggregator"`          // `aggregator` for a partner that copies listings to show them elsewhere; shelters can hide their cats from aggregators.
	Quotas    Quotas    `json:"quotas"`                                      // Quotas that differ from the defaults of the server.
	Version   int64     `json:"version" example:"1"`                         // Version number; increases with every change.
	CreatedAt time.Time `json:"created_at" format:"date-time"`               // When the partner was created.
	UpdatedAt time.Time `json:"updated_at" format:"date-time"`               // When the partner last changed.
} //	@name	Partner

// NewPartner returns a partner.
func NewPartner(p catalog.Partner) Partner {
	return Partner{ID: p.ID, Name: p.Name, Audience: string(p.Audience), Quotas: Quotas(p.Quotas), Version: p.Version, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt}
}

// PartnerList is the list of all partners.
type PartnerList struct {
	Data []Partner `json:"data"` // Partners, the oldest first.
	Page PageInfo  `json:"page"` // Always complete: `has_more` is false.
} //	@name	PartnerList

// PartnerDraft is a new or changed partner.
type PartnerDraft struct {
	Name     string  `json:"name" example:"Montgomery County" maxLength:"200"`                        // Name of the partner.
	Audience *string `json:"audience" validate:"optional" enums:"public,aggregator" default:"public"` // `aggregator` for a partner that copies listings to show them elsewhere.
	Quotas   Quotas  `json:"quotas" validate:"optional"`                                              // Quotas that differ from the defaults of the server.
} //	@name	PartnerDraft

// Quotas limit how much a partner may store. Null is the default of the server, 0 is
// unlimited.
type Quotas struct {
	Cats        *int64 `json:"cats" validate:"optional" extensions:"x-nullable" minimum:"0" example:"100000"`             // Cats that are not removed, in all shelters of the partner.
	ImportFiles *int64 `json:"import_files" validate:"optional" extensions:"x-nullable" minimum:"0" example:"2000"`       // Imported files that are kept; the oldest are deleted.
	Webhooks    *int64 `json:"webhooks" validate:"optional" extensions:"x-nullable" minimum:"0" example:"20"`             // Webhooks.
	Searches    *int64 `json:"searches" validate:"optional" extensions:"x-nullable" minimum:"0" example:"20000"`          // Saved searches.
	Photos      *int64 `json:"photos" validate:"optional" extensions:"x-nullable" minimum:"0" example:"50000"`            // Photos that are kept for the cats of each shelter.
	PhotoBytes  *int64 `json:"photo_bytes" validate:"optional" extensions:"x-nullable" minimum:"0" example:"50000000000"` // Bytes of these photos, in all sizes.
} //	@name	Quotas

// QuotaUsage is how much a partner stores and may store.
type QuotaUsage struct {
	Cats        Quota `json:"cats"`         // Cats that are not removed, in all shelters of the partner.
	ImportFiles Quota `json:"import_files"` // Imported files that are kept. An import beyond the limit deletes the oldest file; its report stays.
	Webhooks    Quota `json:"webhooks"`     // Webhooks.
	Searches    Quota `json:"searches"`     // Saved searches.

	PhotosPerShelter     *int64 `json:"photos_per_shelter" extensions:"x-nullable" example:"20000"`            // Maximum number of photos that are kept for the cats of a shelter; null for no limit.
	PhotoBytesPerShelter *int64 `json:"photo_bytes_per_shelter" extensions:"x-nullable" example:"10737418240"` // Maximum number of bytes of these photos, in all sizes; null for no limit.
} //	@name	QuotaUsage

// Quota is one quota.
type Quota struct {
	Used  int64  `json:"used" example:"1042"`                           // Number at present.
	Limit *int64 `json:"limit" extensions:"x-nullable" example:"50000"` // Maximum number; null for no limit.
} //	@name	Quota

// NewQuotaUsage returns the usage of a partner with its quotas.
func NewQuotaUsage(used catalog.Usage, quotas catalog.Quotas) *QuotaUsage {
	limited := func(limit *int64) *int64 {
		if limit != nil && *limit == 0 {
			return nil
		}
		return limit
	}
	quota := func(used int64, limit *int64) Quota { return Quota{Used: used, Limit: limited(limit)} }
	return &QuotaUsage{
		Cats:        quota(used.Cats, quotas.Cats),
		ImportFiles: quota(used.ImportFiles, quotas.ImportFiles),
		Webhooks:    quota(used.Webhooks, quotas.Webhooks),
		Searches:    quota(used.Searches, quotas.Searches),

		PhotosPerShelter:     limited(quotas.Photos),
		PhotoBytesPerShelter: limited(quotas.PhotoBytes),
	}
}

// Key is an API key without its secret.
type Key struct {
	ID          string     `json:"id" example:"mfrggzdfmztwq2lknnwg"`                                            // Public part of the key.
	PartnerID   *string    `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"`  // ID of the partner that holds the key; null for a key without a partner, such as an operator's.
	Name        string     `json:"name" example:"nightly export"`                                                // Name of the key.
	Test        bool       `json:"test"`                                                                         // Whether the key is a test key: its writes are validated and answered, but not stored.
	Scopes      []string   `json:"scopes" enums:"listings:read,listings:write,assessments:write,webhooks,admin"` // Permissions of the key.
	CreatedAt   time.Time  `json:"created_at" format:"date-time"`                                                // When the key was created.
	ExpiresAt   *time.Time `json:"expires_at" extensions:"x-nullable" format:"date-time"`                        // When the key expires; null for never.
	RevokedAt   *time.Time `json:"revoked_at" extensions:"x-nullable" format:"date-time"`                        // When the key was revoked; null when it is not revoked.
	LastUsedAt  *time.Time `json:"last_used_at" extensions:"x-nullable" format:"date-time"`                      // When the key was last used, to the minute; null for never.
	SuccessorID *string    `json:"successor_id" extensions:"x-nullable" example:"nbswy3dpeb3w64tmmqqh"`          // ID of the key into which the key was rotated; null when it was not rotated.
} //	@name	Key

// KeyList is the list of all keys of a partner.
type KeyList struct {
	Data []Key    `json:"data"` // Keys, the oldest first, including revoked keys.
	Page PageInfo `json:"page"` // Always complete: `has_more` is false.
} //	@name	KeyList

// KeyWithSecret is a new API key with its secret. The secret is returned only once.
type KeyWithSecret struct {
	ID     string `json:"id" example:"mfrggzdfmztwq2lknnwg"`                                           // Public part of the key; the client ID for OAuth.
	Secret string `json:"secret" example:"nbswy3dpeb3w64tmmqqhg5dborqw45db"`                           // Secret part of the key; the client secret for OAuth.
	Key    string `json:"key" example:"tc_live_mfrggzdfmztwq2lknnwg_nbswy3dpeb3w64tmmqqhg5dborqw45db"` // The complete key, for the header `Authorization: Bearer`.
	About  Key    `json:"about"`                                                                       // The key as later requests return it.
} //	@name	KeyWithSecret

// KeyDraft is a new API key.
type KeyDraft struct {
	Name      string   `json:"name" example:"nightly export" maxLength:"200"`                                       // Name of the key.
	Scopes    []string `json:"scopes" enums:"listings:read,listings:write,assessments:write,webhooks" minItems:"1"` // Permissions of the key.
	Test      bool     `json:"test" validate:"optional" default:"false"`                                            // Whether the key is a test key: its writes are validated and answered, but not stored.
	ExpiresAt *string  `json:"expires_at" validate:"optional" format:"date-time" example:"2027-05-01T00:00:00Z"`    // When the key expires; omit it for a key that never expires.
} //	@name	KeyDraft

// NewKey returns a key without its secret.
func NewKey(k access.Key) Key {
	return Key{
		ID:          k.ID,
		PartnerID:   OrNull(k.PartnerID),
		Name:        k.Name,
		Test:        k.Test,
		Scopes:      ScopeNames(k.Scopes),
		CreatedAt:   k.CreatedAt,
		ExpiresAt:   timeOrNull(k.ExpiresAt),
		RevokedAt:   timeOrNull(k.RevokedAt),
		LastUsedAt:  timeOrNull(k.LastUsedAt),
		SuccessorID: OrNull(k.SuccessorID),
	}
}

// NewKeyList returns the complete list of keys.
func NewKeyList(keys []access.Key) KeyList {
	list := KeyList{Page: WholeList(), Data: make([]Key, len(keys))}
	for i, k := range keys {
		list.Data[i] = NewKey(k)
	}
	return list
}

// NewKeyWithSecret returns a new key with its secret, from the text of the key.
func NewKeyWithSecret(key access.Key, text string) (KeyWithSecret, error) {
	_, secret, err := access.SplitKey(text)
	return KeyWithSecret{ID: key.ID, Secret: secret, Key: text, About: NewKey(key)}, err
}

// ScopeNames returns the names of scopes.
func ScopeNames(scopes []access.Scope) []string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return names
}
