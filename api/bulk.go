package api

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

const (
	bulkBatch     = 500     // cats per transaction
	maxAtomic     = 1000    // cats of a JSON body or of an atomic request
	maxStreamed   = 100_000 // cats of a stream
	maxBulkErrors = 100     // field errors of one problem
)

// BulkQuery is the query of a bulk write.
type BulkQuery struct {
	Atomic bool `form:"atomic" validate:"optional"` // Write all cats or none: if one is rejected, none is written. For up to 1,000 cats.
} //	@name	BulkQuery

// BulkCats are the cats of a bulk write.
type BulkCats struct {
	Cats []catjson.CatDraft `json:"cats" maxItems:"1000"` // Cats to create or replace, identified by `external_id`.
} //	@name	BulkCats

// BulkReport is the result of a bulk write.
type BulkReport struct {
	Results []BulkResult `json:"data"`    // Result of each cat, in the order of the request.
	Summary BulkSummary  `json:"summary"` // Number of cats by result.
} //	@name	BulkReport

// BulkResult is the result of a bulk write for one cat.
type BulkResult struct {
	Index      int                    `json:"index" example:"0"`                                     // Position of the cat in the request, starting at 0.
	ExternalID string                 `json:"external_id" example:"A472536"`                         // The shelter's own ID of the cat.
	Result     string                 `json:"result" enums:"created,updated,unchanged,rejected"`     // Result of the write.
	ID         string                 `json:"id,omitempty" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // Permanent ID of the cat; absent for a rejected cat.
	Number     int64                  `json:"number,omitempty" example:"1042"`                       // Permanent number of the cat; absent for a rejected cat.
	Version    int64                  `json:"version,omitempty" example:"3"`                         // Version after the write; absent for a rejected cat.
	Errors     []httpkit.ProblemError `json:"errors,omitempty"`                                      // Why the cat was rejected, with pointers into this cat; absent otherwise.
	Warnings   []wire.WriteWarning    `json:"warnings,omitempty"`                                    // Values that were not understood, with pointers into this cat. The rest was written, and these facts are unknown; absent if there are none.
} //	@name	BulkResult

// BulkSummary is the number of cats by result.
type BulkSummary struct {
	Rows      int `json:"rows" example:"4"`      // Cats in the request.
	Created   int `json:"created" example:"1"`   // Cats that were created.
	Updated   int `json:"updated" example:"1"`   // Cats that were changed.
	Unchanged int `json:"unchanged" example:"1"` // Cats that were already up to date.
	Rejected  int `json:"rejected" example:"1"`  // Cats that were rejected.
} //	@name	BulkSummary

// bulkUpsertCats creates or replaces many cats.
//
//	@Summary		Create or replace many cats
//	@Description	Creates or replaces each cat in the body, as a PUT does for one cat; cats that you read can be changed and sent back. There is one result for each cat, in order; a rejected cat does not affect the others.
//	@Description	Send up to 1,000 cats as JSON, or up to 100,000 as NDJSON with one cat per line. Cats of a stream are written in batches of 500; each batch is written as a whole or not at all.
//	@Description	With `Accept: application/x-ndjson` the server sends one line per result while you send cats, then a line with the summary, or with the problem that ended the request. Read the response while you send.
//	@ID				bulkUpsertCats
//	@Tags			writing
//	@Accept			json,application/x-ndjson
//	@Produce		json,application/x-ndjson
//	@Param			id				path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing; results are then sent after the whole body was received"
//	@Param			query			query		BulkQuery		false	"Whether to write all cats or none"
//	@Param			body			body		BulkCats		true	"Cats to create or replace"
//	@Success		200				{object}	BulkReport		"The result of each cat"
//	@Failure		422				{object}	httpkit.Problem	"With `atomic`: a cat is invalid, and none was written"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/cats/bulk-upsert [post]
func (a *API) bulkUpsertCats(c echo.Context) error {
	var in BulkQuery
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	rows, err := a.bulkRows(c)
	if err != nil {
		return err
	}
	b := &bulkUpsert{writer: a.catalogFor(c), shelterID: shelter.ID, encode: a.catEncoder(c, shelter), rows: rows, firstRow: map[string]int{}}
	if in.Atomic {
		return a.upsertAtomically(c, b)
	}
	return a.upsertInBatches(c, b)
}

// upsertInBatches writes the cats batch by batch. While the database writes a batch, the
// index applies the previous one.
func (a *API) upsertInBatches(c echo.Context, b *bulkUpsert) error {
	out := newBulkResponse(c)
	var indexing sync.WaitGroup
	defer indexing.Wait()
	for {
		batch, err := b.nextBatch(bulkBatch)
		if err == nil && len(batch) == 0 {
			indexing.Wait()
			return out.finish(b.summary)
		}
		var results []BulkResult
		if err == nil {
			results, err = b.write(c.Request().Context(), batch, (*catalog.Catalog).UpsertCats)
		}
		indexing.Wait()
		if err == nil {
			indexing.Go(func() { a.syncIndex(c) })
			err = out.addResults(results, indexing.Wait)
		}
		if err != nil {
			return out.fail(a.problems, err, b.summary.Rows)
		}
	}
}

// upsertAtomically writes all cats or none.
func (a *API) upsertAtomically(c echo.Context, b *bulkUpsert) error {
	batch, err := b.nextBatch(maxAtomic + 1)
	if err != nil {
		return err
	}
	if len(batch) > maxAtomic {
		errs := catalog.FieldErrors{{Parameter: "atomic", Code: errcode.TooMany, Message: fmt.Sprintf("Requires at most %d cats.", maxAtomic)}}
		return errs.Err(catalog.Malformed)
	}
	if slices.ContainsFunc(batch, func(d *catjson.Draft) bool { return len(d.Errs) > 0 }) {
		b.writer = b.writer.DryRun() // nothing is kept, but the errors of the other cats are found
	}
	results, err := b.write(c.Request().Context(), batch, (*catalog.Catalog).UpsertCatsAtomic)
	if err != nil {
		return err
	}
	if b.summary.Rejected > 0 {
		return b.rejectionError(results)
	}
	a.syncIndex(c)
	out := newBulkResponse(c)
	if err := out.addResults(results, func() {}); err != nil {
		return err
	}
	return out.finish(b.summary)
}

// bulkUpsert is a running bulk write.
type bulkUpsert struct {
	writer    *catalog.Catalog
	shelterID string
	encode    func(catalog.Cat) ([]byte, error) // encodes a cat as its owner reads it
	rows      bulkRows
	firstRow  map[string]int // index of the first row with an external id
	summary   BulkSummary
}

// nextBatch reads up to n cats. It returns no cats at the end.
func (b *bulkUpsert) nextBatch(n int) ([]*catjson.Draft, error) {
	var batch []*catjson.Draft
	for len(batch) < n {
		d, err := b.rows()
		if err != nil || d == nil {
			return batch, err
		}
		index := b.summary.Rows + len(batch)
		if first, found := b.firstRow[d.ExternalID]; found && d.ExternalID != "" {
			d.AddError("/external_id", errcode.Duplicate, fmt.Sprintf("%q already appears in row %d.", d.ExternalID, first))
		} else {
			b.firstRow[d.ExternalID] = index
		}
		batch = append(batch, d)
	}
	return batch, nil
}

// write writes the cats of a batch that have no errors, and returns the results of all. The
// errors of read-only fields are only found with the stored cat.
func (b *bulkUpsert) write(ctx context.Context, batch []*catjson.Draft, upsert func(*catalog.Catalog, context.Context, string, []catalog.CatUpdate) ([]catalog.CatResult, error)) ([]BulkResult, error) {
	updates := make([]catalog.CatUpdate, 0, len(batch))
	for _, d := range batch {
		if len(d.Errs) == 0 || d.HasReadOnly() {
			updates = append(updates, d.Edit(b.encode))
		}
	}
	written, err := upsert(b.writer, catalog.WithWorkload(ctx, catalog.BatchWorkload), b.shelterID, updates)
	if err != nil {
		return nil, err
	}
	results := make([]BulkResult, len(batch))
	for i, d := range batch {
		result := catalog.CatResult{Result: catalog.ResultRejected, Err: d.Errs.Err(catalog.Invalid)}
		if len(d.Errs) == 0 || d.HasReadOnly() {
			result, written = written[0], written[1:]
		}
		results[i] = newBulkResult(b.summary.Rows, d.ExternalID, result)
		if result.Err == nil {
			results[i].Warnings = wire.NewWriteWarnings(d.Unparsed())
		}
		b.summary.count(result.Result)
	}
	return results, nil
}

func newBulkResult(index int, externalID string, r catalog.CatResult) BulkResult {
	out := BulkResult{Index: index, ExternalID: externalID, Result: string(r.Result), ID: r.Cat.ID, Number: r.Cat.Number, Version: r.Cat.Version}
	out.Errors = newRowErrors(r.Err)
	return out
}

// newRowErrors returns the errors for which a row was rejected.
func newRowErrors(err error) []httpkit.ProblemError {
	e, ok := errors.AsType[*catalog.Error](err)
	switch {
	case !ok:
		return nil
	case len(e.Fields) == 0:
		return []httpkit.ProblemError{{Pointer: "", Parameter: "", Code: e.Code, Message: e.Detail}}
	default:
		return wire.MapSlice(e.Fields, func(f catalog.FieldError) httpkit.ProblemError { return httpkit.ProblemError(f) })
	}
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

// rejectionError returns the error for an atomic write of which a cat was rejected.
func (b *bulkUpsert) rejectionError(results []BulkResult) error {
	return batchRejected("cats", b.summary.Rejected, b.summary.Rows, func(yield func(int, []httpkit.ProblemError) bool) {
		for _, r := range results {
			if !yield(r.Index, r.Errors) {
				return
			}
		}
	})
}

// batchRejected returns the error for an atomic write of which a row was rejected. list names
// the rows; errorsOf has their errors by index.
func batchRejected(list string, rejected, rows int, errorsOf iter.Seq2[int, []httpkit.ProblemError]) error {
	var errs catalog.FieldErrors
	for i, ofRow := range errorsOf {
		for _, e := range ofRow {
			e.Pointer = fmt.Sprintf("/%s/%d%s", list, i, e.Pointer)
			errs = append(errs, catalog.FieldError(e))
		}
	}
	return catalog.Errorf(catalog.Invalid, errcode.BatchRejected,
		"%d of %d %s were rejected, so none was written. Correct them, or omit atomic to write the others.", rejected, rows, list).
		WithFields(errs[:min(len(errs), maxBulkErrors)]...)
}
