package access

import (
	"fmt"
	"slices"
	"strings"
)

// Scope is something that a key may do.
type Scope string

// The scopes.
const (
	ListingsRead     Scope = "listings:read"     // read what is not public of one's own shelters, and more requests a minute
	ListingsWrite    Scope = "listings:write"    // write shelters and cats of one's own
	AssessmentsWrite Scope = "assessments:write" // record what was observed of one's own cats
	Webhooks         Scope = "webhooks"          // be told of changes
	Admin            Scope = "admin"             // everything, for everyone
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{ListingsRead, ListingsWrite, AssessmentsWrite, Webhooks, Admin}
}

// ParseScopes reads scopes that are separated by commas or spaces, as on a
// command line or in an OAuth request. The error names the scope that is none.
func ParseScopes(text string) ([]Scope, error) {
	var out []Scope
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		scope := Scope(word)
		if !slices.Contains(Scopes(), scope) {
			return nil, fmt.Errorf("%q is no scope; there are %s", word, JoinScopes(Scopes()))
		}
		if !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return out, nil
}

// JoinScopes writes scopes as OAuth does, with spaces between them.
func JoinScopes(scopes []Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}
