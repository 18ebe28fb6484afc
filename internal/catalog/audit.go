package catalog

import "time"

// Actor is who writes, as far as we know.
type Actor struct {
	KeyID     string // of the key that was used; empty for a command line
	PartnerID string
	Address   string // from where
	RequestID string
}

// AuditEntry is one write: who did what, from where, to which things.
type AuditEntry struct {
	ID      int64 // in order of writing, with gaps
	At      time.Time
	Actor   Actor
	What    string   // the name of the write, as in put_cats
	Changes []Change // with the versions after; before, each was one less
}
