package ingest

import (
	"slices"

	"trailcat/internal/errcode"
)

// maxWarnings is how many entries the warnings of a report have.
const maxWarnings = 200

// ValueWarning is a value of a column that was not understood, or that no cat can have, in one
// row or more. The rows were imported without the fact.
type ValueWarning struct {
	Column  string       `json:"column"`
	Value   string       `json:"value"` // the words that were not understood, shortened
	Code    errcode.Code `json:"code"`
	Message string       `json:"message"`
	Line    int          `json:"line"` // of the first row
	Rows    int          `json:"rows"`
}

// addWarnings adds the warnings of a row.
func (r *Report) addWarnings(rec record) {
	all := slices.Concat(rec.warnings, rec.leftOut, rec.photos.warnings())
	r.WarningCount += len(all)
	for _, w := range all {
		c, _ := rec.firstValue(w.field.columns())
		value := shorten(w.words)
		i := slices.IndexFunc(r.Warnings, func(known ValueWarning) bool { return known.Column == c.name && known.Value == value })
		if i >= 0 {
			r.Warnings[i].Rows++
		} else if len(r.Warnings) < maxWarnings {
			warning := w.warning()
			r.Warnings = append(r.Warnings, ValueWarning{Column: c.name, Value: value, Code: warning.Code, Message: warning.Message, Line: rec.line, Rows: 1})
		}
	}
}
