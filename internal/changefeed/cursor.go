package changefeed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"trailcat/internal/catalog"
)

// Cursor is a position in the change log. It is independent of filters: a client may
// continue from it with other filters than before.
type Cursor struct {
	Seq   int64 // log position up to which the client has all events
	Start int64 // end of the log when the client began without data: what it has is at least as new
}

// NewCursor returns the cursor of a client that has everything up to a log position.
func NewCursor(seq int64) Cursor { return Cursor{Seq: seq, Start: seq} }

// The encoded cursor is the kind, the tag of the log's epoch, Seq and Start as varints,
// and a seal.
const (
	cursorKind   = 0xC1 // cursors of lists have other kinds
	epochTagSize = 4
	sealSize     = 8
)

// Encode returns the cursor as text that is valid only for the log with this epoch.
func (c Cursor) Encode(epoch string) string {
	tag := epochTag(epoch)
	b := append([]byte{cursorKind}, tag[:]...)
	b = binary.AppendUvarint(b, uint64(c.Seq))
	b = binary.AppendUvarint(b, uint64(c.Start))
	return base64.RawURLEncoding.EncodeToString(append(b, cursorSeal(epoch, b)...))
}

// ParseCursor parses a cursor of the log with this head, which must not be older than the
// cursor. It returns a Malformed error for an invalid cursor, and a Gone error if events
// after the cursor are lost.
func ParseCursor(text string, head catalog.LogPosition) (Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 1+epochTagSize+2+sealSize || b[0] != cursorKind {
		return Cursor{}, malformedCursor("bad_cursor", "This is not a cursor of /v1/changes or /v1/exports. Send next_cursor unchanged.")
	}
	body, seal := b[:len(b)-sealSize], b[len(b)-sealSize:]
	if [epochTagSize]byte(body[1:]) != epochTag(head.Epoch) {
		return Cursor{}, goneCursor("log_reset", "This cursor belongs to another database.")
	}
	seq, n := binary.Uvarint(body[1+epochTagSize:])
	start, m := binary.Uvarint(body[min(1+epochTagSize+max(n, 0), len(body)):])
	if !hmac.Equal(seal, cursorSeal(head.Epoch, body)) || n <= 0 || m <= 0 {
		return Cursor{}, malformedCursor("bad_cursor", "This cursor was modified. Send next_cursor unchanged.")
	}
	c := Cursor{Seq: int64(seq), Start: int64(start)}
	if c.Seq > head.Seq || c.Start > head.Seq {
		return Cursor{}, malformedCursor("cursor_ahead", fmt.Sprintf("This cursor (change %d) is ahead of the log, which ends at %d: the database was restored from a backup. Load a new export and continue with its cursor.", c.Seq, head.Seq))
	}
	return c, c.Check(head)
}

// Check returns a Gone error if the log no longer contains everything that the client
// does not have. What existed at Start cannot have been deleted before it.
func (c Cursor) Check(head catalog.LogPosition) error {
	if head.Floor > max(c.Seq, c.Start) {
		return goneCursor("cursor_too_old", fmt.Sprintf("This cursor (change %d) is older than the retained log, which starts after change %d.", c.Seq, head.Floor))
	}
	return nil
}

func malformedCursor(code, detail string) error {
	return &catalog.Error{
		Kind: catalog.Malformed, Code: code, Detail: detail,
		Fields: catalog.FieldErrors{{Pointer: "", Parameter: "cursor", Code: code, Message: detail}},
	}
}

func goneCursor(code, detail string) error {
	return &catalog.Error{Kind: catalog.Gone, Code: code, Detail: detail + " Load a new export from /v1/exports/cats and continue with its cursor.", Fields: nil}
}

// epochTag returns a short hash that distinguishes logs.
func epochTag(epoch string) [epochTagSize]byte {
	sum := sha256.Sum256([]byte("trailcat log\x00" + epoch))
	return [epochTagSize]byte(sum[:])
}

// cursorSeal returns a checksum that detects modified cursors.
func cursorSeal(epoch string, body []byte) []byte {
	key := sha256.Sum256([]byte("trailcat log cursor\x00" + epoch))
	mac := hmac.New(sha256.New, key[:])
	mac.Write(body)
	return mac.Sum(nil)[:sealSize]
}
