package changefeed

import (
	"testing"

	"trailcat/internal/catalog"
)

// FuzzParseCursor checks that no text makes ParseCursor panic, that its errors are for the
// caller, and that Encode returns what it accepts.
func FuzzParseCursor(f *testing.F) {
	const epoch = "log_1"
	f.Add("", epoch)
	f.Add(Cursor{Epoch: epoch, Seq: 1, Start: 0, CommitID: 7, RowsSeq: 0, RowsCommitID: 0}.Encode(), epoch)
	f.Add(Cursor{Epoch: epoch, Seq: 1 << 40, Start: 3, CommitID: -1, RowsSeq: 9, RowsCommitID: 8}.Encode(), epoch)
	f.Add(Cursor{Epoch: epoch, Seq: 1, Start: 0, CommitID: 7, RowsSeq: 0, RowsCommitID: 0}.Encode(), "log_2")
	f.Fuzz(func(t *testing.T, text, epoch string) {
		c, err := ParseCursor(text, epoch)
		if err != nil {
			if kind := catalog.KindOf(err); kind != catalog.Malformed && kind != catalog.Gone {
				t.Errorf("got error %v of kind %s, want malformed or gone", err, kind)
			}
			return
		}
		if again, err := ParseCursor(c.Encode(), epoch); err != nil || again != c {
			t.Errorf("got %+v and error %v after encoding it again, want %+v", again, err, c)
		}
	})
}
