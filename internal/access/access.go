// Package access defines API keys, the scopes they grant, and the short-lived access
// tokens issued for them.
//
// It depends on no other package of this program, and it does not know databases,
// HTTP, the clock or sources of randomness: callers pass in what it needs.
package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scope is a permission of a key.
type Scope string

// The scopes.
const (
	ListingsRead     Scope = "listings:read"     // read the private data of the partner's own shelters; higher rate limit
	ListingsWrite    Scope = "listings:write"    // write the partner's own shelters and cats
	AssessmentsWrite Scope = "assessments:write" // record observations of the partner's own cats
	Webhooks         Scope = "webhooks"          // subscribe to changes
	Admin            Scope = "admin"             // everything, for every partner
)

// Scopes returns every scope. Access tokens encode scopes by their position here.
func Scopes() []Scope {
	return []Scope{ListingsRead, ListingsWrite, AssessmentsWrite, Webhooks, Admin}
}

// ParseScopes parses scopes separated by commas or spaces, as on a command line or in
// an OAuth request. The error names the first unknown scope.
func ParseScopes(text string) ([]Scope, error) {
	var scopes []Scope
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		scope := Scope(word)
		if !slices.Contains(Scopes(), scope) {
			return nil, fmt.Errorf("unknown scope %q; expected one of %s", word, JoinScopes(Scopes()))
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes, nil
}

// JoinScopes returns the scopes separated by spaces, as OAuth formats them.
func JoinScopes(scopes []Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

// Principal is the authenticated caller of a request. The zero Principal is an
// anonymous caller.
type Principal struct {
	KeyID       string
	PartnerID   string
	SuccessorID string    // the key that replaced this one, which works for a while longer; empty if none did
	ExpiresAt   time.Time // of the key, also for a token of it; zero: never
	Aggregator  bool      // the partner republishes listings elsewhere
	Scopes      []Scope
	Test        bool // writes are validated and rolled back
}

// OutlivedBy reports whether a key that expires at a time, or with the zero time never, lasts
// longer than the key of p.
func (p Principal) OutlivedBy(expires time.Time) bool {
	return !p.ExpiresAt.IsZero() && (expires.IsZero() || expires.After(p.ExpiresAt))
}

// Owner identifies who owns a webhook or a saved search: a partner, or a key without a
// partner. The zero Owner is the operator.
type Owner struct {
	PartnerID string
	KeyID     string // empty if a partner or the operator is the owner
}

// Authenticated reports whether the caller sent a valid key or token.
func (p Principal) Authenticated() bool { return p.KeyID != "" }

// HasScope reports whether p has the scope. Admin includes every scope.
func (p Principal) HasScope(scope Scope) bool {
	return slices.Contains(p.Scopes, scope) || p.IsAdmin()
}

// IsAdmin reports whether p may act for every partner.
func (p Principal) IsAdmin() bool { return slices.Contains(p.Scopes, Admin) }

// Owns reports whether p may see the private data of a resource of this partner and
// write it. An admin owns everything. A resource without a partner belongs to admins
// only.
func (p Principal) Owns(partnerID string) bool {
	return p.IsAdmin() || partnerID != "" && p.PartnerID == partnerID
}

// Owner returns the owner of the webhooks and saved searches that p creates: its partner,
// the operator for an admin, or else the key, or the one that replaced it.
func (p Principal) Owner() Owner {
	switch {
	case p.PartnerID != "" || p.IsAdmin():
		return Owner{PartnerID: p.PartnerID, KeyID: ""}
	default:
		return Owner{PartnerID: "", KeyID: cmp.Or(p.SuccessorID, p.KeyID)}
	}
}

// ActsFor reports whether p may read and write what the owner owns. An admin acts for
// everyone, and only admins act for the operator.
func (p Principal) ActsFor(o Owner) bool {
	return p.IsAdmin() || o != Owner{} && p.Owner() == o
}
