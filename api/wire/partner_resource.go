package wire

import (
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// Partner is who answers for shelters and holds the keys to them.
type Partner struct {
	ID        string    `json:"id" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // for ever
	Name      string    `json:"name" example:"Montgomery County"`            //
	Audience  string    `json:"audience" enums:"public,aggregator"`          // an aggregator copies listings to show them elsewhere; shelters may withhold theirs
	Version   int64     `json:"version" example:"1"`                         // counts up with every change
	CreatedAt time.Time `json:"created_at" format:"date-time"`               //
	UpdatedAt time.Time `json:"updated_at" format:"date-time"`               //
} //	@name	Partner

// NewPartner is a partner as the API shows it.
func NewPartner(p catalog.Partner) Partner {
	return Partner{ID: p.ID, Name: p.Name, Audience: string(p.Audience), Version: p.Version, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt}
}

// PartnerList is all partners.
type PartnerList struct {
	Data []Partner `json:"data"` // the oldest first
	Page PageInfo  `json:"page"` // the list is always complete: has_more is false
} //	@name	PartnerList

// PartnerDraft is what is said of a partner.
type PartnerDraft struct {
	Name     string  `json:"name" example:"Montgomery County" maxLength:"200"`
	Audience *string `json:"audience" validate:"optional" enums:"public,aggregator" default:"public"` // an aggregator copies listings to show them elsewhere
} //	@name	PartnerDraft

// Key is what is known of a key; its secret is not.
type Key struct {
	ID         string     `json:"id" example:"mfrggzdfmztwq2lknnwg"`                                            // the part of the key that is no secret
	PartnerID  *string    `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"`  // null: an operator's own
	Name       string     `json:"name" example:"nightly export"`                                                //
	Test       bool       `json:"test"`                                                                         // what it writes is tried out, answered in full, and not kept
	Scopes     []string   `json:"scopes" enums:"listings:read,listings:write,assessments:write,webhooks,admin"` // what it may do
	CreatedAt  time.Time  `json:"created_at" format:"date-time"`                                                //
	ExpiresAt  *time.Time `json:"expires_at" extensions:"x-nullable" format:"date-time"`                        // null: never
	RevokedAt  *time.Time `json:"revoked_at" extensions:"x-nullable" format:"date-time"`                        // null: it is good
	LastUsedAt *time.Time `json:"last_used_at" extensions:"x-nullable" format:"date-time"`                      // to the minute; null: never
} //	@name	Key

// KeyList is all keys of a partner.
type KeyList struct {
	Data []Key    `json:"data"` // the oldest first, revoked ones too
	Page PageInfo `json:"page"` // the list is always complete: has_more is false
} //	@name	KeyList

// KeyWithSecret is a key that was just made. This is the only time that it is shown.
type KeyWithSecret struct {
	ID     string `json:"id" example:"mfrggzdfmztwq2lknnwg"`                                           // the part that is no secret; the client id for OAuth
	Secret string `json:"secret" example:"nbswy3dpeb3w64tmmqqhg5dborqw45db"`                           // the part that is; the client secret for OAuth
	Key    string `json:"key" example:"tc_live_mfrggzdfmztwq2lknnwg_nbswy3dpeb3w64tmmqqhg5dborqw45db"` // both, as it goes into Authorization: Bearer
	About  Key    `json:"about"`                                                                       // what can be read of it later
} //	@name	KeyWithSecret

// KeyDraft is what is asked for when a key is made.
type KeyDraft struct {
	Name      string   `json:"name" example:"nightly export" maxLength:"200"`                                       // what its holder calls it
	Scopes    []string `json:"scopes" enums:"listings:read,listings:write,assessments:write,webhooks" minItems:"1"` //
	Test      bool     `json:"test" validate:"optional" default:"false"`                                            // what it writes is tried out, answered in full, and not kept
	ExpiresAt *string  `json:"expires_at" validate:"optional" format:"date-time" example:"2027-05-01T00:00:00Z"`    // left out: never
} //	@name	KeyDraft

func NewKey(k access.Key) Key {
	return Key{
		ID:         k.ID,
		PartnerID:  OrNull(k.PartnerID),
		Name:       k.Name,
		Test:       k.Test,
		Scopes:     ScopeNames(k.Scopes),
		CreatedAt:  k.CreatedAt,
		ExpiresAt:  timeOrNil(k.ExpiresAt),
		RevokedAt:  timeOrNil(k.RevokedAt),
		LastUsedAt: timeOrNil(k.LastUsedAt),
	}
}

// ShowKeys shows keys.
func ShowKeys(keys []access.Key) KeyList {
	list := KeyList{Page: WholeList(), Data: make([]Key, len(keys))}
	for i, k := range keys {
		list.Data[i] = NewKey(k)
	}
	return list
}

// ShowNewKey shows a key that was just made, in full.
func ShowNewKey(key access.Key, text string) (KeyWithSecret, error) {
	_, secret, err := access.SplitKey(text)
	return KeyWithSecret{ID: key.ID, Secret: secret, Key: text, About: NewKey(key)}, err
}

func ScopeNames(scopes []access.Scope) []string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return names
}
