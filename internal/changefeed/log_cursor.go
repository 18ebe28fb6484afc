package changefeed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"trailcat/internal/catalog"
)

// Cursor is a place in the log, for who copies what it tells. It is not bound
// to a question: whoever wants to follow other cats from here on may.
type Cursor struct {
	Seq   int64 // up to here the holder knows everything
	Began int64 // where the log ended when they began: what they have is at least as new as that
}

// logCursorKind is the first byte of a log cursor; those of lists begin with another.
const logCursorKind = 0xC1

const (
	epochTagSize = 4
	logSealSize  = 8
)

// Encode is the cursor as text, which no other log takes for its own.
func (l Cursor) Encode(epoch string) string {
	tag := epochTag(epoch)
	b := append([]byte{logCursorKind}, tag[:]...)
	b = binary.AppendUvarint(b, uint64(l.Seq))
	b = binary.AppendUvarint(b, uint64(l.Began))
	return base64.RawURLEncoding.EncodeToString(append(b, sealLogCursor(epoch, b)...))
}

// ParseCursor reads a cursor that was given for this log. The head must not be
// older than the cursor.
func ParseCursor(text string, head catalog.LogPosition) (Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 1+epochTagSize+2+logSealSize || b[0] != logCursorKind {
		return Cursor{}, badLogCursor("bad_cursor", "This cursor was not given by /v1/changes or /v1/exports of this service. Use next_cursor as it is.")
	}
	body, seal := b[:len(b)-logSealSize], b[len(b)-logSealSize:]
	if [epochTagSize]byte(body[1:]) != epochTag(head.Epoch) {
		return Cursor{}, goneCursor("log_reset", "This cursor belongs to another database than the one that is served here now.")
	}
	seq, n := binary.Uvarint(body[1+epochTagSize:])
	began, m := binary.Uvarint(body[min(1+epochTagSize+max(n, 0), len(body)):])
	if !hmac.Equal(seal, sealLogCursor(head.Epoch, body)) || n <= 0 || m <= 0 {
		return Cursor{}, badLogCursor("bad_cursor", "This cursor was changed on its way. Use next_cursor as it is.")
	}
	l := Cursor{Seq: int64(seq), Began: int64(began)}
	if l.Seq > head.Seq || l.Began > head.Seq {
		return Cursor{}, badLogCursor("cursor_ahead", fmt.Sprintf("This cursor stands behind change %d, but the log ends at %d: the database was set back. Load the export and follow from its cursor.", l.Seq, head.Seq))
	}
	return l, l.Check(head)
}

// Check says that the log still tells all that the holder of the cursor does not
// know. What was there when they began cannot have been removed before.
func (l Cursor) Check(head catalog.LogPosition) error {
	if head.Floor > max(l.Seq, l.Began) {
		return goneCursor("cursor_too_old", fmt.Sprintf("This cursor stands behind change %d, but what was removed up to change %d is no longer told.", l.Seq, head.Floor))
	}
	return nil
}

func badLogCursor(code, detail string) error {
	return &catalog.Error{
		Kind: catalog.Malformed, Code: code, Detail: detail,
		Fields: catalog.FieldErrors{{Pointer: "", Parameter: "cursor", Code: code, Message: detail}},
	}
}

func goneCursor(code, detail string) error {
	return &catalog.Error{Kind: catalog.Gone, Code: code, Detail: detail + " Load /v1/exports/cats and follow from its cursor.", Fields: nil}
}

// epochTag tells one log from another without a secret.
func epochTag(epoch string) [epochTagSize]byte {
	sum := sha256.Sum256([]byte("trailcat log\x00" + epoch))
	return [epochTagSize]byte(sum[:])
}

func sealLogCursor(epoch string, body []byte) []byte {
	key := sha256.Sum256([]byte("trailcat log cursor\x00" + epoch))
	mac := hmac.New(sha256.New, key[:])
	mac.Write(body)
	return mac.Sum(nil)[:logSealSize]
}

// NewCursor returns the cursor of a reader that has everything up to seq.
func NewCursor(seq int64) Cursor { return Cursor{Seq: seq, Began: seq} }
