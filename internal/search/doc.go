// Package search is the read model: it answers every list of cats and shelters
// from memory. An Index is filled from a Source and kept current by following the
// change log; it can be discarded and filled again at any time.
//
// Each cat has a slot: its ordinal in the index. A filter is a bitset of slots for
// each value, a sort key is a column, terms have postings, and the card that a list
// shows is stored encoded and compressed. A scan through pages is pinned to the log
// position at which it started, so it never repeats or misses a cat while listings
// change.
//
// A Percolator does the reverse: it stores queries and finds those that a changed
// cat matches. It needs no Index, but shares the queries, the table of fields and
// the matching rules, which is why it is in this package.
//
// The package knows cats, shelters and distances. It depends on packages catalog,
// geo and vocab, and on its own subpackages, which know no cats: bitset, postings,
// analysis, arena, dictionary and hashing. It does not know the wire format (the
// caller passes the encoder of cards), HTTP or the database.
package search
