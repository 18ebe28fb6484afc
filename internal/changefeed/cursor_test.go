package changefeed

import (
	"encoding/base64"
	"errors"
	"testing"

	"trailcat/internal/catalog"
)

// A cursor is valid for the log that issued it, while that contains everything since.
func TestParseCursor(t *testing.T) {
	t.Parallel()

	head := catalog.LogPosition{Seq: 100, Epoch: "ours", Floor: 40}
	modify := func(text string, at int) string {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		b[at]++
		return base64.RawURLEncoding.EncodeToString(b)
	}
	valid := Cursor{Epoch: "ours", Seq: 50, Start: 30, CommitID: 1 << 60}.Encode()
	rows := Cursor{Epoch: "ours", Seq: 50, Start: 30, CommitID: 1 << 60, RowsSeq: 53, RowsCommitID: 1 << 61}
	for name, test := range map[string]struct{ text, code string }{
		"after the floor":                 {valid, ""},
		"with later rows":                 {rows.Encode(), ""},
		"modified rows":                   {modify(rows.Encode(), len(rows.Encode())*3/4-9), "bad_cursor"},
		"at the floor":                    {Cursor{Epoch: "ours", Seq: 40, Start: 0}.Encode(), ""},
		"before the floor, started at it": {Cursor{Epoch: "ours", Seq: 10, Start: 40}.Encode(), ""},
		"before the floor":                {Cursor{Epoch: "ours", Seq: 39, Start: 39}.Encode(), "cursor_too_old"},
		"at the end":                      {Cursor{Epoch: "ours", Seq: 100, Start: 100}.Encode(), ""},
		"of another database":             {Cursor{Epoch: "theirs", Seq: 50, Start: 30, CommitID: 1 << 60}.Encode(), "log_reset"},
		"modified position":               {modify(valid, 5), "bad_cursor"},
		"modified seal":                   {modify(valid, len(valid)*3/4-1), "bad_cursor"},
		"truncated":                       {valid[:10], "bad_cursor"},
		"not base64":                      {"n€xt", "bad_cursor"},
		"of a list":                       {"AUCH8WXoIiEOkF_3Xk2aQk1bQk1bQk1b", "bad_cursor"},
		"only the kind and the epoch":     {valid[:7] + "AAAAAAAAAAAAAA", "bad_cursor"},
	} {
		got, err := ParseCursor(test.text, head.Epoch)
		if err == nil {
			err = got.check(head)
		}
		code := ""
		if e, ok := errors.AsType[*catalog.Error](err); ok {
			code = string(e.Code)
		}
		if code != test.code {
			t.Errorf("%s: got code %q, want %q (%v)", name, code, test.code, err)
		}
		if test.text == valid && got != (Cursor{Epoch: "ours", Seq: 50, Start: 30, CommitID: 1 << 60}) {
			t.Errorf("%s: got %+v", name, got)
		}
		if test.text == rows.Encode() && got != rows {
			t.Errorf("%s: got %+v, want %+v", name, got, rows)
		}
	}
}
