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
	report.AsideBy, report.Refusals = maps.Clone(report.AsideBy), slices.Clone(report.Refusals)
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
			report.count(l, rows[i], outcome)
		}
		done += len(rows)
		if progress != nil {
			progress(done, len(l.rows))
		}
	}
	return report.sorted(), nil
}

func (r *Report) count(l *Dataset, of record, outcome catalog.CatResult) {
	switch outcome.Result {
	case catalog.WasCreated:
		r.Created++
	case catalog.WasUpdated:
		r.Updated++
	case catalog.WasUnchanged:
		r.Unchanged++
	case catalog.ResultRejected:
		r.Refused++
		r.Refusals = append(r.Refusals, l.reject(of, outcome.Err)...)
	}
}

// sorted is the report with its refusals in the order of the file.
func (r Report) sorted() Report {
	slices.SortStableFunc(r.Refusals, func(a, b RowError) int { return a.Line - b.Line })
	return r
}
