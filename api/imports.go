package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// ImportReader finds the files that were sent, and whose they are.
type ImportReader interface {
	Import(ctx context.Context, id string) (catalog.Import, error)
	Imports(ctx context.Context, shelterIDs []string, before string, limit int) ([]catalog.Import, error)
	SheltersOf(ctx context.Context, partnerID string) ([]catalog.Shelter, error)
}

// ImportQuery says what a file is, and what it says of cats that it lacks.
type ImportQuery struct {
	Format  string    `query:"format" form:"format" validate:"optional" default:"auto" maxLength:"40" example:"petfinder"` // what wrote the file, see /v1/import-formats; auto recognises it by its columns
	Mode    string    `query:"mode" form:"mode" validate:"optional" enums:"incremental,snapshot" default:"incremental"`    // snapshot: a cat that the file lacks is no longer listed, if the same source listed it; incremental: the file says nothing of it
	DryRun  bool      `query:"dry_run" form:"dry_run" validate:"optional" default:"false"`                                 // answer what would be done, and do nothing
	Confirm string    `query:"confirm" form:"confirm" validate:"optional" maxLength:"100"`                                 // the token from an answer that asked for it
	AsOf    time.Time `query:"as_of" form:"as_of" validate:"optional" format:"date" example:"2026-05-01"`                  // the day on which the ages in the file were true; today if left out
} //	@name	ImportQuery

// createImport takes in a file of listings.
//
//	@Summary		Import a file
//	@Description	Takes in the file that your software exports, row by row: good rows are written, in batches, and the report says
//	@Description	what is wrong with the others. The body is the file, as it is or packed with gzip, 50 MB at most; its media type does not matter.
//	@Description
//	@Description	With `mode=snapshot` the file is the whole list: cats that it lacks, and that the same format listed before, are
//	@Description	removed. A file that is empty, or would remove more than half of them and more than 5, is refused with 409
//	@Description	`confirm_needed`; the header Trailcat-Confirm holds a token that, sent as `confirm` with the same file, lets it through.
//	@Description
//	@Description	A shelter has one import at a time; another one meanwhile gets 409 `import_running`.
//	@ID				createImport
//	@Tags			imports
//	@Accept			text/csv,application/x-ndjson,application/gzip,application/octet-stream
//	@Produce		json
//	@Param			id				path		string		true	"The shelter's id, or its code"	example(MD1)
//	@Param			query			query		ImportQuery	false	"What the file is"
//	@Param			body			body		string		true	"The file"
//	@Param			Idempotency-Key	header		string		false	"Sent again with the same file within 24 hours, this gets the same answer, and nothing is done twice"
//	@Success		200				{object}	Import		"What would be done, with dry_run"
//	@Success		201				{object}	Import		"What was done"
//	@Header			201				{string}	Location	"The import"
//	@Failure		409				{object}	Problem		"Another import is running, or this one needs to be confirmed"
//	@Failure		413				{object}	Problem		"The file is too large"
//	@Failure		default			{object}	Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/imports [post]
func (a *API) createImport(c echo.Context) error {
	in := ImportQuery{Format: ingest.Auto, Mode: string(catalog.ModeIncremental)}
	if err := bindValidQuery(c, &in); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	i, err := a.newImporting(c, in, shelter)
	if err != nil {
		return err
	}
	done, err := i.run(c.Request().Context(), c.Response().Header())
	if err != nil {
		return err
	}
	a.syncIndex(c)
	a.noteQuality(c, shelter)
	body, err := encode(newImport(done, i.tries, i.report))
	if err != nil {
		return err
	}
	if in.DryRun {
		return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
	}
	return c.Blob(http.StatusCreated, echo.MIMEApplicationJSON, body)
}

// ImportsQuery is what one may ask of the list of imports.
type ImportsQuery struct {
	Shelter string `query:"shelter" form:"shelter" validate:"optional" maxLength:"100" example:"MD1"`                   // only of this shelter, by its id or code
	Cursor  string `query:"cursor" form:"cursor" validate:"optional" maxLength:"100"`                                   // next_cursor of the page before
	Limit   int    `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20" example:"20"` // imports a page
} //	@name	ImportsQuery

// ImportPage is a page of imports.
type ImportPage struct {
	Data []Import `json:"data"`
	Page PageInfo `json:"page"`
} //	@name	ImportPage

// listImports lists the imports of one's shelters.
//
//	@Summary		List imports
//	@Description	Lists the files that were sent for your shelters, the newest first, without the refusals of their rows.
//	@ID				listImports
//	@Tags			imports
//	@Produce		json
//	@Param			query			query		ImportsQuery	false	"Which"
//	@Param			If-None-Match	header		string			false	"The ETag that you hold"
//	@Success		200				{object}	ImportPage		"A page of imports"
//	@Header			200				{string}	Link			"rel=next: the next page"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/imports [get]
func (a *API) listImports(c echo.Context) error {
	in := ImportsQuery{Limit: 20}
	bad, err := bindQuery(c, &in)
	if err != nil {
		return err
	}
	addErrorIf(&bad, in.Cursor != "" && catalog.CheckID(catalog.ImportPrefix, in.Cursor) != nil, "cursor", "bad_cursor", "Is not the next_cursor of a page of imports.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	of, all, err := a.shelterIDs(c, in.Shelter)
	if err != nil {
		return err
	}
	out := ImportPage{Data: []Import{}, Page: PageInfo{NextCursor: nil, HasMore: false, Total: nil}}
	if len(of) > 0 || all {
		if out, err = a.importPage(c, of, in); err != nil {
			return err
		}
	}
	return sendJSON(c, out)
}

func (a *API) importPage(c echo.Context, of []string, in ImportsQuery) (ImportPage, error) {
	imports, err := a.Store.Imports(c.Request().Context(), of, in.Cursor, in.Limit+1)
	if err != nil {
		return ImportPage{}, err
	}
	next := ""
	if len(imports) > in.Limit {
		imports = imports[:in.Limit]
		next = imports[in.Limit-1].ID
	}
	out := ImportPage{Data: []Import{}, Page: PageInfo{NextCursor: orNull(next), HasMore: next != "", Total: nil}}
	for _, i := range imports {
		report, err := decodeReport(i.Report)
		if err != nil {
			return ImportPage{}, err
		}
		if report != nil {
			report.Refusals = nil
		}
		out.Data = append(out.Data, newImport(i, false, report))
	}
	linkNext(c, next)
	return out, nil
}

// shelterIDs are the shelters whose imports are asked for: one that is named, or
// one's own. An admin who names none means all.
func (a *API) shelterIDs(c echo.Context, named string) (of []string, all bool, err error) {
	if named != "" {
		shelter, err := a.ownShelter(c, named)
		return []string{shelter.ID}, false, err
	}
	if principalFrom(c).IsAdmin() {
		return nil, true, nil
	}
	shelters, err := a.Store.SheltersOf(c.Request().Context(), principalFrom(c).PartnerID)
	for _, s := range shelters {
		of = append(of, s.ID)
	}
	return of, false, err
}
