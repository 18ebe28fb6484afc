package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/importjob"
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
	Format  string    `query:"format" form:"format" validate:"optional" default:"auto" maxLength:"40" example:"petfinder"` // Format of the file, one of `/v1/import-formats`; `auto` detects it from the columns.
	Mode    string    `query:"mode" form:"mode" validate:"optional" enums:"incremental,snapshot" default:"incremental"`    // `snapshot` removes cats of the same source that are missing from the file; `incremental` keeps them.
	DryRun  bool      `query:"dry_run" form:"dry_run" validate:"optional" default:"false"`                                 // Return what would be done without doing it.
	Confirm string    `query:"confirm" form:"confirm" validate:"optional" maxLength:"100"`                                 // Token from the response that asked for a confirmation.
	AsOf    time.Time `query:"as_of" form:"as_of" validate:"optional" format:"date" example:"2026-05-01"`                  // Day on which the ages in the file were correct; default today.
} //	@name	ImportQuery

// createImport takes in a file of listings.
//
//	@Summary		Import a file
//	@Description	Takes in the file that your software exports, row by row: good rows are written, in batches, and the report says
//	@Description	what is wrong with the others. The body is the file, as it is or packed with gzip, 50 MB at most; its media type does not matter.
//	@Description
//	@Description	With `mode=snapshot` the file is the whole list: cats that it lacks, and that the same format listed before, are
//	@Description	removed. A file that is empty, or would remove more than half of them and more than 5, is refused with 409
//	@Description	`confirmation_required`; the header Trailcat-Confirm holds a token that, sent as `confirm` with the same file, lets it through.
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
//	@Success		200				{object}	wire.Import		"What would be done, with dry_run"
//	@Success		201				{object}	wire.Import		"What was done"
//	@Header			201				{string}	Location	"The import"
//	@Failure		409				{object}	httpkit.Problem		"Another import is running, or this one needs to be confirmed"
//	@Failure		413				{object}	httpkit.Problem		"The file is too large"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/imports [post]
func (a *API) createImport(c echo.Context) error {
	in := ImportQuery{Format: ingest.Auto, Mode: string(catalog.ModeIncremental)}
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	content, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return incompleteBodyError(err)
	}
	options, err := importOptions(c, in)
	if err != nil {
		return err
	}
	upload, err := importjob.Read(content, options, a.Now())
	if err != nil {
		return unreadableFileError(err)
	}
	result, err := importjob.New(a.Store, a.catalogFor(c), a.Now, upload, shelter).Run(c.Request().Context())
	header := c.Response().Header()
	if result.Import.ID != "" && !options.Test {
		header.Set(echo.HeaderLocation, "/v1/imports/"+result.Import.ID)
	}
	if catalogErr, ok := asCatalogError(err); ok && catalogErr.Code == importjob.CodeConfirmationRequired {
		header.Set("Trailcat-Confirm", *result.Report.Confirm)
	}
	if err != nil {
		return err
	}
	return a.sendImport(c, shelter, options, result)
}

// sendImport sends the result of an import, after the index has caught up with it,
// and has the listings reviewed.
func (a *API) sendImport(c echo.Context, shelter catalog.Shelter, options importjob.Options, result importjob.Result) error {
	keptNothing := options.DryRun || options.Test
	a.syncIndex(c)
	if a.Reviews != nil && !keptNothing {
		a.Reviews.Enqueue(shelter)
	}
	status := http.StatusCreated
	if options.DryRun {
		status = http.StatusOK
	}
	body, err := binding.EncodeJSON(wire.NewImport(result.Import, keptNothing, result.Report))
	if err != nil {
		return err
	}
	return c.Blob(status, echo.MIMEApplicationJSON, body)
}

// ImportsQuery is what one may ask of the list of imports.
type ImportsQuery struct {
	Shelter string `query:"shelter" form:"shelter" validate:"optional" maxLength:"100" example:"MD1"`                   // Only imports of this shelter: its ID or code.
	Cursor  string `query:"cursor" form:"cursor" validate:"optional" maxLength:"100"`                                   // `next_cursor` of the previous page.
	Limit   int    `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20" example:"20"` // Imports per page.
} //	@name	ImportsQuery

// ImportPage is a page of imports.
type ImportPage struct {
	Data []wire.Import `json:"data"` // Imports, the latest first.
	Page wire.PageInfo `json:"page"` // Position in the list.
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
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/imports [get]
func (a *API) listImports(c echo.Context) error {
	in := ImportsQuery{Limit: 20}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&bad, in.Cursor != "" && catalog.CheckID(catalog.ImportPrefix, in.Cursor) != nil, "cursor", "bad_cursor", "Is not the next_cursor of a page of imports.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	of, all, err := a.shelterIDs(c, in.Shelter)
	if err != nil {
		return err
	}
	out := ImportPage{Data: []wire.Import{}, Page: wire.PageInfo{NextCursor: nil, HasMore: false, Total: nil}}
	if len(of) > 0 || all {
		if out, err = a.importPage(c, of, in); err != nil {
			return err
		}
	}
	return httpkit.SendJSON(c, out)
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
	out := ImportPage{Data: []wire.Import{}, Page: wire.PageInfo{NextCursor: wire.OrNull(next), HasMore: next != "", Total: nil}}
	for _, i := range imports {
		report, err := wire.DecodeReport(i.Report)
		if err != nil {
			return ImportPage{}, err
		}
		if report != nil {
			report.Errors = nil
		}
		out.Data = append(out.Data, wire.NewImport(i, false, report))
	}
	httpkit.LinkNext(c, next)
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

// importOptions returns the options that a request asks for.
func importOptions(c echo.Context, in ImportQuery) (importjob.Options, error) {
	format, err := ingest.Find(in.Format)
	return importjob.Options{
		Format:   format,
		Mode:     catalog.ImportMode(in.Mode),
		DryRun:   in.DryRun,
		Test:     principalFrom(c).Test,
		Confirm:  in.Confirm,
		AsOf:     in.AsOf,
		Progress: nil,
	}, err
}

// incompleteBodyError returns the error for a body that could not be read to its end.
// A body that is too large has its own response, see httpkit.Problems; otherwise the
// caller has most likely disconnected.
func incompleteBodyError(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return catalog.Errorf(catalog.Malformed, "incomplete_body", "The body ended early. Nothing was changed; send it again.")
}

// unreadableFileError gives a file that is too large after decompression the status
// 413, as for a body that is too large.
func unreadableFileError(err error) error {
	if e, ok := asCatalogError(err); ok && e.Code == importjob.CodeFileTooLarge {
		return httpkit.NewHTTPError(http.StatusRequestEntityTooLarge, e.Code, e.Detail)
	}
	return err
}
