package ingest

import (
	"slices"
	"strings"

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
		c := rec.warnedColumn(w)
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

// warnedColumn returns the column that has the first words of a warning, or the first column of
// its field that has a value.
func (r *record) warnedColumn(w rowWarning) column {
	columns := w.field.columns()
	words, _, _ := strings.Cut(strings.ToLower(w.words), ", ")
	for _, c := range columns {
		if value := r.value(c); value != "" && strings.Contains(strings.ToLower(value), words) {
			return c
		}
	}
	c, _ := r.firstValue(columns)
	return c
}
