package changefeed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// Cursor is a position in the change log. It is independent of filters: a client may
// continue from it with other filters than before.
type Cursor struct {
	Epoch string // of the log
	Seq   int64  // log position up to which the client has all events
	Start int64  // end of the log when the client began without data: what it has is at least as new
	// CommitID identifies the log entry Seq or Start, whichever is later. A log without it
	// was set back.
	CommitID int64
	// RowsSeq and RowsCommitID identify the later log entry at which cats and shelters were
	// read for the client; zero: none. A log without it was set back, too.
	RowsSeq, RowsCommitID int64
}

// NewCursor returns the cursor of a client that has everything up to a log position.
func NewCursor(at catalog.LogPosition) Cursor {
	return Cursor{Epoch: at.Epoch, Seq: at.Seq, Start: at.Seq, CommitID: at.CommitID, RowsSeq: 0, RowsCommitID: 0}
}

// StartCursor returns the cursor of a client that has nothing yet and reads the log from
// its oldest entry.
func StartCursor(head catalog.LogPosition) Cursor {
	return Cursor{Epoch: head.Epoch, Seq: 0, Start: head.Seq, CommitID: head.CommitID, RowsSeq: 0, RowsCommitID: 0}
}

// known returns the log position up to which the client does not need older entries.
func (c Cursor) known() catalog.LogPosition {
	return catalog.LogPosition{Seq: max(c.Seq, c.Start), Epoch: c.Epoch, CommitID: c.CommitID, Floor: 0}
}

// advance returns the cursor after a later log entry has been read.
func (c Cursor) advance(seq, commitID int64) Cursor {
	if c.Seq = seq; seq >= c.Start {
		c.CommitID = commitID
	}
	return c
}

// rowsAt returns the log position at which cats and shelters were read for the client.
func (c Cursor) rowsAt() catalog.LogPosition {
	return catalog.LogPosition{Seq: c.RowsSeq, Epoch: c.Epoch, CommitID: c.RowsCommitID, Floor: 0}
}

// withRows returns the cursor of a client that has cats and shelters as of a log position,
// in the log that contains the position of the cursor.
func (c Cursor) withRows(at catalog.LogPosition) Cursor {
	c.RowsSeq, c.RowsCommitID = 0, 0
	if at.Seq > max(c.Seq, c.Start) {
		c.RowsSeq, c.RowsCommitID = at.Seq, at.CommitID
	}
	return c
}

// The encoded cursor is the kind, the tag of the log's epoch, Seq, Start, CommitID and,
// unless they are zero, RowsSeq and RowsCommitID as varints, and a seal.
const (
	cursorKind   = 0xC1 // cursors of lists have other kinds
	epochTagSize = 4
	sealSize     = 8
)

// Encode returns the cursor as text that is valid only for the log with its epoch.
func (c Cursor) Encode() string {
	tag := epochTag(c.Epoch)
	b := append([]byte{cursorKind}, tag[:]...)
	numbers := []int64{c.Seq, c.Start, c.CommitID}
	if c.RowsSeq > 0 {
		numbers = append(numbers, c.RowsSeq, c.RowsCommitID)
	}
	for _, n := range numbers {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return base64.RawURLEncoding.EncodeToString(append(b, cursorSeal(c.Epoch, b)...))
}

// ParseCursor parses a cursor of the log with this epoch. It returns a Malformed error
// for an invalid cursor, and a Gone error for a cursor of another log.
func ParseCursor(text, epoch string) (Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 1+epochTagSize+2+sealSize || b[0] != cursorKind {
		return Cursor{}, malformedCursor("This is not a cursor of /v1/changes or /v1/exports. Send next_cursor unchanged.")
	}
	body, seal := b[:len(b)-sealSize], b[len(b)-sealSize:]
	if [epochTagSize]byte(body[1:]) != epochTag(epoch) {
		return Cursor{}, errLogReset()
	}
	c := Cursor{Epoch: epoch, Seq: 0, Start: 0, CommitID: 0, RowsSeq: 0, RowsCommitID: 0}
	rest, complete := body[1+epochTagSize:], true
	for i, field := range []*int64{&c.Seq, &c.Start, &c.CommitID, &c.RowsSeq, &c.RowsCommitID} {
		if i == 3 && len(rest) == 0 {
			break // without rows
		}
		n, size := binary.Uvarint(rest)
		complete = complete && size > 0
		*field, rest = int64(n), rest[max(size, 0):]
	}
	if !hmac.Equal(seal, cursorSeal(epoch, body)) || !complete {
		return Cursor{}, malformedCursor("This cursor was modified. Send next_cursor unchanged.")
	}
	return c, nil
}

// check returns a Gone error if the log with this head is not that of the cursor, or if it
// no longer contains everything that the client does not have. What existed at Start
// cannot have been deleted before it.
func (c Cursor) check(head catalog.LogPosition) error {
	switch {
	case head.Epoch != c.Epoch:
		return errLogReset()
	case head.Floor > max(c.Seq, c.Start):
		return goneCursor(errcode.CursorTooOld, fmt.Sprintf("This cursor (change %d) is older than the retained log, which starts after change %d.", c.Seq, head.Floor))
	}
	return nil
}

func malformedCursor(detail string) error {
	return &catalog.Error{
		Kind: catalog.Malformed, Code: errcode.BadCursor, Detail: detail,
		Fields: catalog.FieldErrors{{Pointer: "", Parameter: "cursor", Code: errcode.BadCursor, Message: detail}},
	}
}

// errLogReset returns the error of a cursor of a log that no longer exists.
func errLogReset() error {
	return goneCursor(errcode.LogReset, "This cursor belongs to another database, or to changes that were lost in a failover or by the restore of a backup.")
}

func goneCursor(code errcode.Code, detail string) error {
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
