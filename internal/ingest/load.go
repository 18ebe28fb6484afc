package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"trailcat/internal/catalog"
)

// Writer is what a load needs of the catalog.
type Writer interface {
	UpsertCats(ctx context.Context, shelterID string, edits []catalog.CatUpdate) ([]catalog.CatResult, error)
}

// batch is how many cats are written at a time: one transaction each.
const batch = 500

// Load writes the cats of a listing as those of a shelter and reports what
// became of every row. After each batch it tells progress, if that is not nil,
// how many of the cats are done. To load the same listing again changes nothing.
//
// The error is for a failure of the catalog; the report then covers what was
// written before it.
func Load(ctx context.Context, w Writer, shelterID string, l *Dataset, progress func(done, total int)) (Report, error) {
	report := l.report
	report.SkippedByReason, report.Errors = maps.Clone(report.SkippedByReason), slices.Clone(report.Errors)
	done := 0
	for rows := range slices.Chunk(l.rows, batch) {
		edits := make([]catalog.CatUpdate, len(rows))
		for i, r := range rows {
			edits[i] = l.edit(r)
		}
		outcomes, err := w.UpsertCats(ctx, shelterID, edits)
		if err != nil {
			return report.sorted(), fmt.Errorf("load lines %d to %d: %w", rows[0].line, rows[len(rows)-1].line, err)
		}
		for i, outcome := range outcomes {
			report.countResult(l, rows[i], outcome)
		}
		done += len(rows)
		if progress != nil {
			progress(done, len(l.rows))
		}
	}
	return report.sorted(), nil
}

func (r *Report) countResult(l *Dataset, of record, outcome catalog.CatResult) {
	switch outcome.Result {
	case catalog.WasCreated:
		r.Created++
	case catalog.WasUpdated:
		r.Updated++
	case catalog.WasUnchanged:
		r.Unchanged++
	case catalog.ResultRejected:
		r.Rejected++
		r.Errors = append(r.Errors, l.rowErrors(of, outcome.Err)...)
	}
}

// sorted is the report with its refusals in the order of the file.
func (r Report) sorted() Report {
	slices.SortStableFunc(r.Errors, func(a, b RowError) int { return a.Line - b.Line })
	return r
}
