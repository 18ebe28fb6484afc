package api

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

const (
	bulkBatch     = 500     // cats that are written together
	maxAtomic     = 1000    // cats of a request in plain JSON, or of one that is all or nothing
	maxStreamed   = 100_000 // cats of a stream
	maxBulkErrors = 100     // faults that one problem tells
)

// BulkQuery is how cats are to be put.
type BulkQuery struct {
	Atomic bool `query:"atomic" form:"atomic" validate:"optional"` // Write all cats or none: if one is rejected, none is written. For up to 1,000 cats.
} //	@name	BulkQuery

// BulkCats is a list of cats to write.
type BulkCats struct {
	Cats []catjson.CatDraft `json:"cats" maxItems:"1000"` // Cats to create or replace, identified by `external_id`.
} //	@name	BulkCats

// BulkReport is the result of a bulk write.
type BulkReport struct {
	Results []BulkResult `json:"data"`    // Result of each cat, in the order of the request.
	Summary BulkSummary  `json:"summary"` // Number of cats by result.
} //	@name	BulkReport

// BulkResult is the result of one cat of a bulk write.
type BulkResult struct {
	Index      int                    `json:"index" example:"0"`                                     // Position of the cat in the request, starting at 0.
	ExternalID string                 `json:"external_id" example:"A472536"`                         // The shelter's own ID of the cat.
	Result     string                 `json:"result" enums:"created,updated,unchanged,rejected"`     // Result of the write.
	ID         string                 `json:"id,omitempty" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // Permanent ID of the cat; absent for a rejected cat.
	Number     int64                  `json:"number,omitempty" example:"1042"`                       // Permanent number of the cat; absent for a rejected cat.
	Version    int64                  `json:"version,omitempty" example:"3"`                         // Version after the write; absent for a rejected cat.
	Errors     []httpkit.ProblemError `json:"errors,omitempty"`                                      // Why the cat was rejected, with pointers into this cat; absent otherwise.
} //	@name	BulkResult

// BulkSummary is the number of cats of a bulk write by result.
type BulkSummary struct {
	Rows      int `json:"rows" example:"4"`      // Cats in the request.
	Created   int `json:"created" example:"1"`   // Cats that were created.
	Updated   int `json:"updated" example:"1"`   // Cats that were changed.
	Unchanged int `json:"unchanged" example:"1"` // Cats that were already up to date.
	Rejected  int `json:"rejected" example:"1"`  // Cats that were rejected.
} //	@name	BulkSummary

// bulkUpsertCats puts many cats.
//
//	@Summary		Put many cats
//	@Description	Makes each cat what the body says, as PUT does for one. There is one result per cat, in order; a cat that is refused does not stop the others.
//	@Description	Send up to 1,000 cats as JSON, or up to 100,000 as NDJSON, one cat a line: these are written 500 at a time, each time all or none.
//	@Description	With Accept: application/x-ndjson the results come line by line while you send, then a line with the summary, or with the problem that ended it; read while you send.
//	@ID				bulkUpsertCats
//	@Tags			writing
//	@Accept			json,application/x-ndjson
//	@Produce		json,application/x-ndjson
//	@Param			id				path		string		true	"The shelter's id or code"	example(MD1)
//	@Param			Idempotency-Key	header		string		false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice; results then come when all was sent"
//	@Param			query			query		BulkQuery	false	"All or nothing?"
//	@Param			body			body		BulkCats	true	"The cats"
//	@Success		200				{object}	BulkReport	"What became of each"
//	@Failure		422				{object}	httpkit.Problem		"Atomic, and something is wrong: nothing was written"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
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
	b := &bulkUpsert{writer: a.catalogFor(c), shelterID: shelter.ID, rows: rows, firstRow: map[string]int{}, summary: BulkSummary{}}
	if in.Atomic {
		return a.upsertAtomically(c, b)
	}
	return a.upsertInBatches(c, b)
}

// upsertInBatches writes what there is, batch by batch. While the database writes
// one, the index takes in the one before.
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
			return out.fail(a, err, b.summary.Rows)
		}
	}
}

// upsertAtomically writes all or nothing.
func (a *API) upsertAtomically(c echo.Context, b *bulkUpsert) error {
	batch, err := b.nextBatch(maxAtomic + 1)
	if err != nil {
		return err
	}
	if len(batch) > maxAtomic {
		bad := catalog.FieldErrors{{Pointer: "", Parameter: "atomic", Code: "too_many", Message: fmt.Sprintf("Takes no more than %d cats.", maxAtomic)}}
		return bad.Err(catalog.Malformed)
	}
	put := (*catalog.Catalog).UpsertCatsAtomic
	if slices.ContainsFunc(batch, func(d *catjson.Draft) bool { return len(d.Errs) > 0 }) {
		b.writer = b.writer.DryRun() // nothing will be kept, but the faults of the others are told
	}
	results, err := b.write(c.Request().Context(), batch, put)
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

// wantsStream says whether the caller wants the answer line by line.
func wantsStream(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get(echo.HeaderAccept), export.MimeNDJSON)
}
