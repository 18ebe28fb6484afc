package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"trailcat/internal/catalog"
)

// Writer writes cats into a catalog.
type Writer interface {
	UpsertCats(ctx context.Context, shelterID string, edits []catalog.CatUpdate) ([]catalog.CatResult, error)
}

const (
	// batchSize is how many cats are written in one transaction, and maxBatch is the size of
	// their rows, in bytes, from which on there are fewer.
	batchSize = 500
	maxBatch  = 4 << 20
	// maxErrors is how many errors a report has. All are counted.
	maxErrors = 1000
)

// Load writes the cats of a dataset as cats of a shelter and reports what
// happened to every row. After each batch it calls progress, if that is not nil,
// with the number of cats written so far and in total. Loading the same dataset
// again changes nothing.
//
// The error is for a failure of the writer; the report then covers what was
// written before.
func Load(ctx context.Context, w Writer, shelterID string, d *Dataset, progress func(done, total int)) (Report, error) {
	report, done := d.report.clone(), 0
	for batch, err := range d.batches() {
		if err != nil {
			return report.sorted(), err
		}
		if err := d.keepPhotos(ctx, batch); err != nil {
			return report.sorted(), err
		}
		updates := make([]catalog.CatUpdate, len(batch))
		for i := range batch {
			updates[i] = d.edit(&batch[i])
		}
		results, err := w.UpsertCats(ctx, shelterID, updates)
		if err != nil {
			return report.sorted(), fmt.Errorf("load lines %d to %d: %w", batch[0].line, batch[len(batch)-1].line, err)
		}
		if err := d.recordEvidence(ctx, w, shelterID, batch, results, &report); err != nil {
			return report.sorted(), fmt.Errorf("record the evidence of lines %d to %d: %w", batch[0].line, batch[len(batch)-1].line, err)
		}
		for i, result := range results {
			report.countResult(d, batch[i], result)
		}
		report.Photos = len(d.usedPhotos)
		report.IgnoredFiles = d.report.IgnoredFiles - report.Photos
		done += len(batch)
		if progress != nil {
			progress(done, len(d.rows))
		}
	}
	return report.sorted(), nil
}

// batches returns the rows that describe cats, in batches that are written in one
// transaction. An error is the last value.
func (d *Dataset) batches() iter.Seq2[[]record, error] {
	return func(yield func([]record, error) bool) {
		var batch []record
		size := 0
		for rec, err := range d.records() {
			if err != nil {
				yield(nil, err)
				return
			}
			batch, size = append(batch, rec), size+rec.size()
			if len(batch) < batchSize && size < maxBatch {
				continue
			}
			if !yield(batch, nil) {
				return
			}
			batch, size = nil, 0
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}

func (r *Report) countResult(d *Dataset, rec record, result catalog.CatResult) {
	if result.Result != catalog.ResultRejected {
		r.addWarnings(rec)
		r.Statuses[result.Cat.Status]++
	}
	switch result.Result {
	case catalog.ResultCreated:
		r.Created++
	case catalog.ResultUpdated:
		r.Updated++
	case catalog.ResultUnchanged:
		r.Unchanged++
	case catalog.ResultRejected:
		r.Rejected++
		if len(r.Errors) < len(d.report.Errors)+maxErrors {
			r.Errors = append(r.Errors, d.rowErrors(rec, result.Err)...)
		}
	}
}

// clone returns a copy of the report, to which more results can be added.
func (r Report) clone() Report {
	r.SkippedByReason, r.Statuses, r.Errors = maps.Clone(r.SkippedByReason), map[catalog.Status]int{}, slices.Clone(r.Errors)
	return r
}

// sorted returns the report with its first errors in the order of the file.
func (r Report) sorted() Report {
	slices.SortStableFunc(r.Errors, func(a, b RowError) int { return a.Line - b.Line })
	r.Errors = r.Errors[:min(len(r.Errors), maxErrors)]
	return r
}

// Report counts what happened to the rows of a file. After a load, Rows is the
// sum of Created, Updated, Unchanged, Skipped and Rejected.
type Report struct {
	Format          string                 `json:"format"`
	Rows            int                    `json:"rows"` // without the header and blank rows
	Created         int                    `json:"created"`
	Updated         int                    `json:"updated"`
	Unchanged       int                    `json:"unchanged"`
	Skipped         int                    `json:"skipped"`       // rows that are no listing of a cat or not its newest
	Rejected        int                    `json:"rejected"`      // rows with one error or more
	IgnoredFiles    int                    `json:"ignored_files"` // entries of a zip file that were not read
	Photos          int                    `json:"photos"`        // photos in a zip file that the rows name
	SkippedByReason map[string]int         `json:"skipped_by_reason"`
	Statuses        map[catalog.Status]int `json:"statuses"`      // cats that were created, updated or unchanged, by their status afterwards
	Errors          []RowError             `json:"errors"`        // the first 1,000
	Warnings        []ValueWarning         `json:"warnings"`      // the first 200
	WarningCount    int                    `json:"warning_count"` // values, also those without an entry in Warnings
	Assessments     int                    `json:"assessments"`   // of the cats, recorded now or before
}

// RowError is one error in a rejected row.
type RowError struct {
	Line       int    `json:"line"`             // line of the file at which the row begins; the header is line 1
	Column     string `json:"column,omitempty"` // empty for an error of the whole row
	Value      string `json:"value"`            // the content of the column, shortened
	Reason     string `json:"reason"`
	ExternalID string `json:"external_id,omitempty"`
}

// rowErrors converts the error of a result: one RowError for each field error, at
// the column that the fact is read from.
func (d *Dataset) rowErrors(r record, err error) []RowError {
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || len(e.Fields) == 0 {
		return []RowError{{Line: r.line, Column: "", Value: "", Reason: err.Error(), ExternalID: strings.Clone(r.id)}}
	}
	var out []RowError
	for _, fieldErr := range e.Fields {
		c := d.columnOf(fieldErr.Pointer, r.row)
		reason := fieldErr.Message
		if c.key == "" {
			reason = fieldErr.String() // no column has the fact, so name it
		}
		out = append(out, RowError{Line: r.line, Column: c.name, Value: shorten(r.value(c)), Reason: reason, ExternalID: strings.Clone(r.id)})
	}
	return out
}

// columnOf returns the column of a row that the fact at a JSON pointer is read
// from.
func (d *Dataset) columnOf(pointer string, r row) column {
	switch pointer {
	case "/external_id":
		c, _ := r.firstValue(d.Format.id)
		return c
	case "/status":
		c, _ := r.firstValue(d.Format.statusColumns())
		return c
	}
	for _, f := range d.fields {
		if strings.HasPrefix(pointer+"/", f.setter.pointer+"/") {
			c, _ := r.firstValue(f.columns())
			return c
		}
	}
	return column{}
}

// shorten limits a value to 120 characters and puts it on one line.
func shorten(value string) string {
	const maxLength = 120
	value = strings.Join(strings.Fields(value), " ")
	if runes := []rune(value); len(runes) > maxLength {
		return string(runes[:maxLength]) + "…"
	}
	return strings.Clone(value) // without the rest of the row
}
