package ingest

import (
	"errors"
	"strings"

	"trailcat/internal/catalog"
)

// Report says what became of every row of a file. Rows is the sum of Created,
// Updated, Unchanged, Skipped and Refused once a load is through.
type Report struct {
	Format          string         `json:"format"`
	Rows            int            `json:"rows"` // read; the header and empty rows are none
	Created         int            `json:"created"`
	Updated         int            `json:"updated"`
	Unchanged       int            `json:"unchanged"`
	Skipped         int            `json:"skipped"`           // no listing of a cat, or not its newest
	Rejected        int            `json:"rejected"`          // rows, each of which has one refusal or more
	SkippedByReason map[string]int `json:"skipped_by_reason"` // how many rows for which reason
	Errors          []RowError     `json:"errors"`
}

// RowError is one thing that is wrong with a row, for which it was not taken.
type RowError struct {
	Line       int    `json:"line"`             // of the file, where the row begins; the header is line 1
	Column     string `json:"column,omitempty"` // empty if the row as a whole is wrong
	Value      string `json:"value"`            // what stands there, shortened
	Reason     string `json:"reason"`
	ExternalID string `json:"external_id,omitempty"`
}

// rowErrors makes refusals of an outcome's error: one for each fault, at the column
// that tells the fact.
func (l *Dataset) rowErrors(r record, err error) []RowError {
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || len(e.Faults) == 0 {
		return []RowError{{Line: r.line, Column: "", Value: "", Reason: err.Error(), ExternalID: r.id}}
	}
	var out []RowError
	for _, fault := range e.Faults {
		c := l.columnOf(fault.Pointer, r.row)
		reason := fault.Message
		if c.key == "" {
			reason = fault.String() // no column tells it, so say which fact it is
		}
		out = append(out, RowError{Line: r.line, Column: c.name, Value: shorten(r.value(c)), Reason: reason, ExternalID: r.id})
	}
	return out
}

// columnOf is the column of a row that tells what a pointer points at.
func (l *Dataset) columnOf(pointer string, r row) column {
	switch pointer {
	case "/external_id":
		c, _ := r.first(l.Format.id)
		return c
	case "/status":
		c, _ := r.first(l.Format.statusColumns())
		return c
	}
	for _, f := range l.fields {
		if strings.HasPrefix(pointer+"/", f.target.pointer+"/") {
			c, _ := r.first(f.columns())
			return c
		}
	}
	return column{}
}

// shorten keeps a value short enough for a line of a report.
func shorten(value string) string {
	const room = 120
	value = strings.Join(strings.Fields(value), " ")
	if runes := []rune(value); len(runes) > room {
		return string(runes[:room]) + "…"
	}
	return value
}
