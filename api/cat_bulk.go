package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
)

const (
	mimeNDJSON    = "application/x-ndjson"
	bulkBatch     = 500     // cats that are written together
	mostTogether  = 1000    // cats of a request in plain JSON, or of one that is all or nothing
	mostStreamed  = 100_000 // cats of a stream
	mostBulkError = 100     // faults that one problem tells
)

// BulkQuery is how cats are to be put.
type BulkQuery struct {
	Atomic bool `query:"atomic" form:"atomic" validate:"optional"` // all or nothing: if one cat is refused, none is written; for up to 1,000 cats
} //	@name	BulkQuery

// BulkCats are cats to put.
type BulkCats struct {
	Cats []CatDraft `json:"cats" maxItems:"1000"`
} //	@name	BulkCats

// BulkReport says what became of each cat.
type BulkReport struct {
	Results []BulkResult `json:"results"` // in the order of the request
	Summary BulkSummary  `json:"summary"`
} //	@name	BulkReport

// BulkResult says what became of one cat.
type BulkResult struct {
	Index      int            `json:"index" example:"0"` // of the cat in the request
	ExternalID string         `json:"external_id" example:"A472536"`
	Result     string         `json:"result" enums:"created,updated,unchanged,refused"`
	ID         string         `json:"id,omitempty" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // but for a refused one
	Number     int64          `json:"number,omitempty" example:"1042"`
	Version    int64          `json:"version,omitempty" example:"3"`
	Errors     []ProblemError `json:"errors,omitempty"` // why it was refused, with pointers into this cat
} //	@name	BulkResult

// BulkSummary counts the results.
type BulkSummary struct {
	Rows      int `json:"rows" example:"4"`
	Created   int `json:"created" example:"1"`
	Updated   int `json:"updated" example:"1"`
	Unchanged int `json:"unchanged" example:"1"`
	Refused   int `json:"refused" example:"1"`
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
//	@Param			id		path		string		true	"The shelter's id or code"	example(MD1)
//	@Param			query	query		BulkQuery	false	"All or nothing?"
//	@Param			body	body		BulkCats	true	"The cats"
//	@Success		200		{object}	BulkReport	"What became of each"
//	@Failure		422		{object}	Problem		"Atomic, and something is wrong: nothing was written"
//	@Failure		default	{object}	Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/cats/bulk-upsert [post]
func (a *API) bulkUpsertCats(c echo.Context) error {
	var in BulkQuery
	if err := bindWhole(c, &in); err != nil {
		return err
	}
	shelter, err := a.owned(c, c.Param("id"))
	if err != nil {
		return err
	}
	rows, err := a.bulkRows(c)
	if err != nil {
		return err
	}
	b := &bulk{writer: a.writer(c), shelterID: shelter.ID, rows: rows, first: map[string]int{}, summary: BulkSummary{}}
	if in.Atomic {
		return a.bulkTogether(c, b)
	}
	return a.bulkInBatches(c, b)
}

// bulk is the putting of many cats.
type bulk struct {
	writer    *catalog.Catalog
	shelterID string
	rows      *bulkRows
	first     map[string]int // where an external id stood first
	summary   BulkSummary
}

// bulkInBatches writes what there is, batch by batch. While the database writes
// one, the index takes in the one before.
func (a *API) bulkInBatches(c echo.Context, b *bulk) error {
	out := newBulkAnswer(c)
	var indexing sync.WaitGroup
	defer indexing.Wait()
	for {
		batch, err := b.batch(bulkBatch)
		if err == nil && len(batch) == 0 {
			indexing.Wait()
			return out.end(b.summary)
		}
		var results []BulkResult
		if err == nil {
			results, err = b.write(c.Request().Context(), batch, (*catalog.Catalog).PutCats)
		}
		indexing.Wait()
		if err == nil {
			indexing.Go(func() { a.seen(c) })
			err = out.add(results, indexing.Wait)
		}
		if err != nil {
			return out.fail(a, err, b.summary.Rows)
		}
	}
}

// bulkTogether writes all or nothing.
func (a *API) bulkTogether(c echo.Context, b *bulk) error {
	batch, err := b.batch(mostTogether + 1)
	if err != nil {
		return err
	}
	if len(batch) > mostTogether {
		bad := catalog.Faults{{Pointer: "", Parameter: "atomic", Code: "too_many", Message: fmt.Sprintf("Takes no more than %d cats.", mostTogether)}}
		return bad.Err(catalog.Malformed)
	}
	put := (*catalog.Catalog).PutCatsTogether
	if slices.ContainsFunc(batch, func(d *draft) bool { return len(d.bad) > 0 }) {
		b.writer = b.writer.Trying() // nothing will be kept, but the faults of the others are told
	}
	results, err := b.write(c.Request().Context(), batch, put)
	if err != nil {
		return err
	}
	if b.summary.Refused > 0 {
		return b.refusal(results)
	}
	a.seen(c)
	out := newBulkAnswer(c)
	if err := out.add(results, func() {}); err != nil {
		return err
	}
	return out.end(b.summary)
}

// batch reads the next cats, up to n.
func (b *bulk) batch(n int) ([]*draft, error) {
	var batch []*draft
	for len(batch) < n {
		d, err := b.rows.next()
		if err != nil || d == nil {
			return batch, err
		}
		index := b.summary.Rows + len(batch)
		if first, twice := b.first[d.externalID]; twice && d.externalID != "" {
			d.fault("/external_id", "duplicate", fmt.Sprintf("%q stands in row %d already.", d.externalID, first))
		} else {
			b.first[d.externalID] = index
		}
		batch = append(batch, d)
	}
	return batch, nil
}

// write puts those cats of a batch that have no faults, and answers for all.
func (b *bulk) write(ctx context.Context, batch []*draft, put func(*catalog.Catalog, context.Context, string, []catalog.CatEdit) ([]catalog.CatOutcome, error)) ([]BulkResult, error) {
	edits := make([]catalog.CatEdit, 0, len(batch))
	for _, d := range batch {
		if len(d.bad) == 0 {
			edits = append(edits, d.edit())
		}
	}
	outcomes, err := put(b.writer, ctx, b.shelterID, edits)
	if err != nil {
		return nil, err
	}
	results := make([]BulkResult, len(batch))
	for i, d := range batch {
		outcome := catalog.CatOutcome{Result: catalog.WasRefused, Cat: catalog.Cat{}, Err: d.bad.Err(catalog.Invalid)}
		if len(d.bad) == 0 {
			outcome, outcomes = outcomes[0], outcomes[1:]
		}
		results[i] = newBulkResult(b.summary.Rows, d.externalID, outcome)
		b.summary.count(outcome.Result)
	}
	return results, nil
}

func newBulkResult(index int, externalID string, o catalog.CatOutcome) BulkResult {
	r := BulkResult{Index: index, ExternalID: externalID, Result: string(o.Result), ID: o.Cat.ID, Number: o.Cat.Number, Version: o.Cat.Version, Errors: nil}
	if ours, ok := asCatalogError(o.Err); ok {
		for _, f := range ours.Faults {
			r.Errors = append(r.Errors, ProblemError(f))
		}
	}
	return r
}

func (s *BulkSummary) count(result catalog.Result) {
	s.Rows++
	switch result {
	case catalog.WasCreated:
		s.Created++
	case catalog.WasUpdated:
		s.Updated++
	case catalog.WasUnchanged:
		s.Unchanged++
	case catalog.WasRefused:
		s.Refused++
	}
}

// refusal says why nothing was written.
func (b *bulk) refusal(results []BulkResult) error {
	var bad catalog.Faults
	for _, r := range results {
		for _, e := range r.Errors {
			e.Pointer = fmt.Sprintf("/cats/%d%s", r.Index, e.Pointer)
			bad = append(bad, catalog.Fault(e))
		}
	}
	return &catalog.Error{
		Kind: catalog.Invalid, Code: "nothing_written", Faults: bad[:min(len(bad), mostBulkError)],
		Detail: fmt.Sprintf("%d of %d cats are refused, so none was written. Mend them, or send the request without atomic.", b.summary.Refused, b.summary.Rows),
	}
}

// streams says whether the caller wants the answer line by line.
func streams(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get(echo.HeaderAccept), mimeNDJSON)
}
