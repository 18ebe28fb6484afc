package api

import (
	"context"
	"fmt"

	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/httpkit"
)

// bulkUpsert is the putting of many cats.
type bulkUpsert struct {
	writer    *catalog.Catalog
	shelterID string
	rows      *bulkRows
	firstRow  map[string]int // where an external id stood first
	summary   BulkSummary
}

// nextBatch reads the next cats, up to n.
func (b *bulkUpsert) nextBatch(n int) ([]*catjson.Draft, error) {
	var batch []*catjson.Draft
	for len(batch) < n {
		d, err := b.rows.next()
		if err != nil || d == nil {
			return batch, err
		}
		index := b.summary.Rows + len(batch)
		if first, twice := b.firstRow[d.ExternalID]; twice && d.ExternalID != "" {
			d.AddError("/external_id", "duplicate", fmt.Sprintf("%q stands in row %d already.", d.ExternalID, first))
		} else {
			b.firstRow[d.ExternalID] = index
		}
		batch = append(batch, d)
	}
	return batch, nil
}

// write puts those cats of a batch that have no faults, and answers for all.
func (b *bulkUpsert) write(ctx context.Context, batch []*catjson.Draft, put func(*catalog.Catalog, context.Context, string, []catalog.CatUpdate) ([]catalog.CatResult, error)) ([]BulkResult, error) {
	edits := make([]catalog.CatUpdate, 0, len(batch))
	for _, d := range batch {
		if len(d.Errs) == 0 {
			edits = append(edits, d.Edit())
		}
	}
	outcomes, err := put(b.writer, ctx, b.shelterID, edits)
	if err != nil {
		return nil, err
	}
	results := make([]BulkResult, len(batch))
	for i, d := range batch {
		outcome := catalog.CatResult{Result: catalog.ResultRejected, Cat: catalog.Cat{}, Err: d.Errs.Err(catalog.Invalid)}
		if len(d.Errs) == 0 {
			outcome, outcomes = outcomes[0], outcomes[1:]
		}
		results[i] = newBulkResult(b.summary.Rows, d.ExternalID, outcome)
		b.summary.count(outcome.Result)
	}
	return results, nil
}

func newBulkResult(index int, externalID string, o catalog.CatResult) BulkResult {
	r := BulkResult{Index: index, ExternalID: externalID, Result: string(o.Result), ID: o.Cat.ID, Number: o.Cat.Number, Version: o.Cat.Version, Errors: nil}
	if ours, ok := asCatalogError(o.Err); ok {
		for _, f := range ours.Fields {
			r.Errors = append(r.Errors, httpkit.ProblemError(f))
		}
	}
	return r
}

func (s *BulkSummary) count(result catalog.Result) {
	s.Rows++
	switch result {
	case catalog.ResultCreated:
		s.Created++
	case catalog.ResultUpdated:
		s.Updated++
	case catalog.ResultUnchanged:
		s.Unchanged++
	case catalog.ResultRejected:
		s.Rejected++
	}
}

// rejectionError says why nothing was written.
func (b *bulkUpsert) rejectionError(results []BulkResult) error {
	var bad catalog.FieldErrors
	for _, r := range results {
		for _, e := range r.Errors {
			e.Pointer = fmt.Sprintf("/cats/%d%s", r.Index, e.Pointer)
			bad = append(bad, catalog.FieldError(e))
		}
	}
	return &catalog.Error{
		Kind: catalog.Invalid, Code: "batch_rejected", Fields: bad[:min(len(bad), maxBulkErrors)],
		Detail: fmt.Sprintf("%d of %d cats are refused, so none was written. Mend them, or send the request without atomic.", b.summary.Rejected, b.summary.Rows),
	}
}
