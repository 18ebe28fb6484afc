package search

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// cursor is where a walk through pages stands: behind a key, in an order pinned
// to a number of the log.
type cursor struct {
	question uint64 // what is asked, without cursor and limit
	seq      int64  // where the log ended when the walk began
	last     key
	random   permutation // only for OrderRandom
}

const (
	cursorVersion = 1
	sealSize      = 8
)

const (
	errCursorForeign = "This cursor was not given by this service. Use page.next_cursor as it is, or leave the cursor out to start again."
	otherQuery       = "This cursor belongs to another question. Repeat every parameter of the first page, or leave the cursor out to start again."
	tooOld           = "This walk began too long ago to be continued. Start again without cursor."
)

// cursorKey is the same on all nodes that share a log, and on no others.
func cursorKey(epoch string) []byte {
	sum := sha256.Sum256([]byte("trailcat cursor\x00" + epoch))
	return sum[:]
}

func (c cursor) encode(secret []byte) string {
	b := make([]byte, 0, 96+len(c.last.name))
	b = append(b, cursorVersion)
	b = binary.LittleEndian.AppendUint64(b, c.question)
	b = binary.AppendVarint(b, c.seq)
	b = binary.AppendUvarint(b, c.last.a)
	b = binary.AppendUvarint(b, c.last.b)
	b = binary.AppendVarint(b, c.last.n)
	b = binary.AppendVarint(b, c.random.base)
	b = append(b, c.random.bits)
	b = append(b, c.last.name...)
	return base64.RawURLEncoding.EncodeToString(append(b, seal(secret, b)...))
}

// decodeCursor reads a cursor that was given for the question.
func decodeCursor(text string, secret []byte, question uint64) (cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 1+8+sealSize || b[0] != cursorVersion {
		return cursor{}, badCursor(errCursorForeign)
	}
	body, sealed := b[:len(b)-sealSize], b[len(b)-sealSize:]
	if !hmac.Equal(sealed, seal(secret, body)) {
		return cursor{}, badCursor(errCursorForeign)
	}
	c := cursor{question: binary.LittleEndian.Uint64(body[1:])}
	if c.question != question {
		return cursor{}, badCursor(otherQuery)
	}
	r := reader{rest: body[9:]}
	c.seq, c.last.a, c.last.b, c.last.n = r.signed(), r.unsigned(), r.unsigned(), r.signed()
	c.random.base, c.random.bits = r.signed(), r.byte()
	c.last.name = r.rest
	if r.failed {
		return cursor{}, badCursor(errCursorForeign)
	}
	return c, nil
}

func seal(secret, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return mac.Sum(nil)[:sealSize]
}

// reader reads numbers off bytes; once it failed it reads zeros.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) unsigned() uint64 {
	x, n := binary.Uvarint(r.rest)
	return took(r, x, n)
}

func (r *reader) signed() int64 {
	x, n := binary.Varint(r.rest)
	return took(r, x, n)
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		return took(r, byte(0), 0)
	}
	return took(r, r.rest[0], 1)
}

func took[T any](r *reader, x T, n int) T {
	if n <= 0 {
		r.failed, r.rest = true, nil
		return *new(T)
	}
	r.rest = r.rest[n:]
	return x
}
