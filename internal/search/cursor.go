package search

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"trailcat/internal/search/hashing"
)

// cursor is the position of a scan through pages: after a sort key, in the order as
// of a log position.
type cursor struct {
	queryHash uint64 // of the query without cursor and limit
	seq       int64  // the end of the log when the scan started
	last      sortKey
	random    hashing.Permutation // only for OrderRandom; the seed is not encoded
}

const (
	cursorVersion = 1
	macSize       = 8 // bytes
)

const (
	foreignCursorMessage = "This cursor was not issued by this service. Send page.next_cursor unchanged, or omit the cursor to start again."
	otherQueryMessage    = "This cursor belongs to a different query. Repeat every parameter of the first page, or omit the cursor to start again."
	expiredCursorMessage = "This cursor has expired. Omit the cursor to start again."
)

// cursorKey returns the key that signs cursors. It is the same on all nodes that
// share a log, and different for any other log.
func cursorKey(epoch string) []byte {
	sum := sha256.Sum256([]byte("trailcat cursor\x00" + epoch))
	return sum[:]
}

func (c cursor) encode(key []byte) string {
	b := make([]byte, 0, 96+len(c.last.name))
	b = append(b, cursorVersion)
	b = binary.LittleEndian.AppendUint64(b, c.queryHash)
	b = binary.AppendVarint(b, c.seq)
	b = binary.AppendUvarint(b, c.last.a)
	b = binary.AppendUvarint(b, c.last.b)
	b = binary.AppendVarint(b, c.last.n)
	b = binary.AppendVarint(b, c.random.Base)
	b = append(b, c.random.Bits)
	b = append(b, c.last.name...)
	return base64.RawURLEncoding.EncodeToString(append(b, sign(key, b)...))
}

// decodeCursor decodes a cursor that was issued for the query with the given hash.
func decodeCursor(text string, key []byte, queryHash uint64) (cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 1+8+macSize || b[0] != cursorVersion {
		return cursor{}, badCursor(foreignCursorMessage)
	}
	body, mac := b[:len(b)-macSize], b[len(b)-macSize:]
	if !hmac.Equal(mac, sign(key, body)) {
		return cursor{}, badCursor(foreignCursorMessage)
	}
	c := cursor{queryHash: binary.LittleEndian.Uint64(body[1:])}
	if c.queryHash != queryHash {
		return cursor{}, badCursor(otherQueryMessage)
	}
	r := byteReader{rest: body[9:]}
	c.seq, c.last.a, c.last.b, c.last.n = r.signed(), r.unsigned(), r.unsigned(), r.signed()
	c.random.Base, c.random.Bits = r.signed(), r.byte()
	c.last.name = r.rest
	if r.failed {
		return cursor{}, badCursor(foreignCursorMessage)
	}
	return c, nil
}

func sign(key, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	return mac.Sum(nil)[:macSize]
}

// byteReader reads numbers from bytes. After a failure it reads zeros.
type byteReader struct {
	rest   []byte
	failed bool
}

func (r *byteReader) unsigned() uint64 {
	x, n := binary.Uvarint(r.rest)
	return consume(r, x, n)
}

func (r *byteReader) signed() int64 {
	x, n := binary.Varint(r.rest)
	return consume(r, x, n)
}

func (r *byteReader) byte() byte {
	if len(r.rest) == 0 {
		return consume(r, byte(0), 0)
	}
	return consume(r, r.rest[0], 1)
}

// consume skips the n bytes of a number and returns it; n ≤ 0 is a failure.
func consume[T any](r *byteReader, number T, n int) T {
	if n <= 0 {
		r.failed, r.rest = true, nil
		return *new(T)
	}
	r.rest = r.rest[n:]
	return number
}
