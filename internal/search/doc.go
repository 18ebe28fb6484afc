// Package search is the read model: every list of cats and shelters is answered
// from it, out of memory. It is filled from a Source and kept fresh by following
// the log of changes; it can be thrown away and made again at any time.
//
// Each cat has a slot, a small number. What can be filtered by is a set of slots
// per value, what can be sorted by is a column, words lead to slots through
// postings, and the card that a list shows is kept ready, shrunk. A walk through
// pages is pinned to the place in the log at which it began, so that it never
// repeats or skips a cat while listings change.
//
// The other way round, saved searches wait for cats: a cat that changed leads to
// the few that it may answer. They need no index.
//
// It knows cats, shelters and distances. It knows no wire format (the caller
// hands in the encoder of cards), no HTTP and no database.
package search
