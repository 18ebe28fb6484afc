package api

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
	"trailcat/internal/importjob"
	"trailcat/internal/ingest"
)

// ImportReader reads the records of imports and the shelters that they belong to.
type ImportReader interface {
	importjob.FormatStore

	ImportFormat(ctx context.Context, shelterID, name string) (catalog.ImportFormat, error)
	ImportFormatVersions(ctx context.Context, shelterID, name string) ([]catalog.ImportFormatVersion, error)

	Import(ctx context.Context, id string) (catalog.Import, error)
	// ImportFile returns the parts of the file of an import as it was sent.
	ImportFile(ctx context.Context, id string) iter.Seq2[[]byte, error]
	Imports(ctx context.Context, shelterIDs []string, before string, limit int) ([]catalog.Import, error)
	SheltersOf(ctx context.Context, partnerID string) ([]catalog.Shelter, error)
}

// ImportQuery holds the query parameters of an import.
type ImportQuery struct {
	Format  string    `form:"format" validate:"optional" default:"auto" maxLength:"40" example:"petfinder"` // Format of the file, one of `/v1/import-formats` or of the shelter's own; `auto` detects one of the former from the columns.
	Mode    string    `form:"mode" validate:"optional" enums:"incremental,snapshot" default:"incremental"`  // `snapshot` removes cats of the same source that are missing from the file; `incremental` keeps them.
	DryRun  bool      `form:"dry_run" validate:"optional" default:"false"`                                  // Return what would be done without doing it.
	Confirm string    `form:"confirm" validate:"optional" maxLength:"100"`                                  // Token from the response that asked for a confirmation.
	AsOf    time.Time `form:"as_of" validate:"optional" format:"date" example:"2026-05-01"`                 // Day on which the ages in the file were correct; default today.
} //	@name	ImportQuery

// createImport imports a file of listings.
//
//	@Summary		Import a file
//	@Description	Imports a file that shelter software exports. Valid rows are written in batches; the report lists the errors of the
//	@Description	other rows. The body is the file, uncompressed, compressed with gzip or as the only table of a zip file, up to 50 MB; its media type is ignored.
//	@Description	Or the body is a multipart form with the file in the part `file`, and with parameters in other parts.
//	@Description	A zip file may have an `import.cfg` of Adopt-a-Pet beside the table. Its other files are ignored.
//	@Description
//	@Description	With `mode=snapshot` the file is the complete list: cats that were imported in the same format and are missing from
//	@Description	the file are removed. A file with only a header or other animals is a list without cats. Removing more than 5 cats
//	@Description	needs confirmation if the file has no cats or lacks more than half of them: the response is 409
//	@Description	`confirmation_required`, and nothing is changed. A file that lacks the same cats on a later day (UTC) is imported. To
//	@Description	import the file at once, send it again with `confirm` and the token from the header `Trailcat-Confirm`. A file that may
//	@Description	be incomplete, because it has no text, is one page of a list or has rows without an ID, always needs the token.
//	@Description
//	@Description	A shelter has one import at a time: while one runs, another one gets 409 `import_running`. A server runs two imports at a time;
//	@Description	a further one waits for a few seconds and then gets 503 `too_many_imports` with `Retry-After`.
//	@ID				createImport
//	@Tags			imports
//	@Accept			text/csv,application/x-ndjson,text/xml,application/gzip,application/zip,application/octet-stream,multipart/form-data
//	@Produce		json
//	@Param			id				path		string		true	"ID or code of the shelter"	example(MD1)
//	@Param			query			query		ImportQuery	false	"How to import the file"
//	@Param			body			body		string		true	"The file"
//	@Param			Idempotency-Key	header		string		false	"Repeating the request with the same key and file within 24 hours returns the same response and imports nothing"
//	@Success		200				{object}	wire.ImportRun		"What the import would do, with dry_run"
//	@Success		201				{object}	wire.ImportRun		"The import, with its report"
//	@Header			201				{string}	Location	"URL of the import"
//	@Failure		409				{object}	httpkit.Problem		"Another import of the shelter is running, or this one needs confirmation"
//	@Failure		413				{object}	httpkit.Problem		"The file is too large"
//	@Failure		default			{object}	httpkit.Problem		"The request failed; the problem says why"
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
	body, options, err := a.receiveImport(c, shelter, in)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	header := c.Response().Header()
	release, err := a.importSlots.Acquire(c.Request().Context())
	if err != nil {
		header.Set("Retry-After", "5")
		return err
	}
	defer release()
	if !options.KeepsNothing() {
		options.Progress = func(int, int) { a.syncIndex(c) } // indexing beside the writes of the next batch would delay searches
	}
	file := importjob.NewFile(body, body.Size, body.SHA256, options)
	job := importjob.New(a.Store, a.catalogFor(c), a.Now, file, shelter)
	if a.Photos != nil {
		job.WithPhotos(a.Photos)
	}
	result, err := job.Run(c.Request().Context())
	if result.Import.ID != "" && !options.KeepsNothing() {
		header.Set(echo.HeaderLocation, "/v1/imports/"+result.Import.ID)
	}
	if catalogErr, ok := errors.AsType[*catalog.Error](err); ok && catalogErr.Code == errcode.ConfirmationRequired {
		header.Set("Trailcat-Confirm", *result.Report.Confirm)
	}
	if err != nil {
		return unreadableFileError(err)
	}
	return a.sendImport(c, shelter, options, result)
}

// sendImport sends the result of an import, after the index has caught up with it,
// and has the listings reviewed.
func (a *API) sendImport(c echo.Context, shelter catalog.Shelter, options importjob.Options, result importjob.Result) error {
	a.syncIndex(c)
	if a.Reviews != nil && !options.KeepsNothing() {
		a.Reviews.Enqueue(shelter)
	}
	status := http.StatusCreated
	if options.DryRun {
		status = http.StatusOK
	}
	body, err := binding.EncodeJSON(wire.NewImportRun(result.Import, options.KeepsNothing(), result.Report))
	if err != nil {
		return err
	}
	return c.Blob(status, echo.MIMEApplicationJSON, body)
}

// ImportsQuery holds the query parameters of the list of imports.
type ImportsQuery struct {
	Shelter string `form:"shelter" validate:"optional" maxLength:"100" example:"MD1"`                     // Only imports of this shelter: its ID or code.
	Cursor  string `form:"cursor" validate:"optional" maxLength:"100"`                                    // `next_cursor` of the previous page.
	Limit   int    `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20" example:"20"` // Imports per page.
} //	@name	ImportsQuery

// ImportPage is a page of imports.
type ImportPage struct {
	Data []wire.ImportRun `json:"data"` // Imports, the latest first.
	Page wire.PageInfo    `json:"page"` // Position in the list.
} //	@name	ImportPage

// listImports lists the imports of the caller's shelters.
//
//	@Summary		List imports
//	@Description	Lists the imports of your shelters, the latest first, without the errors of their rows.
//	@ID				listImports
//	@Tags			imports
//	@Produce		json
//	@Param			query			query		ImportsQuery	false	"Filter and page"
//	@Param			If-None-Match	header		string			false	"ETag of the response that you have"
//	@Success		200				{object}	ImportPage		"A page of imports"
//	@Header			200				{string}	Link			"URL of the next page, with rel=next"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/imports [get]
func (a *API) listImports(c echo.Context) error {
	in := ImportsQuery{Limit: 20}
	if err := bindIDPage(c, &in, &in.Cursor, catalog.ImportPrefix); err != nil {
		return err
	}
	ids, all, err := a.shelterIDs(c, in.Shelter)
	if err != nil {
		return err
	}
	var imports []catalog.Import
	if len(ids) > 0 || all {
		if imports, err = a.Store.Imports(c.Request().Context(), ids, in.Cursor, in.Limit+1); err != nil {
			return err
		}
	}
	imports, info := cutPage(c, imports, in.Limit, func(i catalog.Import) string { return i.ID })
	page := ImportPage{Data: make([]wire.ImportRun, len(imports)), Page: info}
	for n, i := range imports {
		report, err := wire.DecodeReport(i.Report)
		if err != nil {
			return err
		}
		if report != nil {
			report.Errors, report.Warnings = nil, nil
		}
		page.Data[n] = wire.NewImportRun(i, false, report)
	}
	return httpkit.SendJSON(c, page)
}

// shelterIDs returns the ids of the shelters whose imports are listed: the given
// shelter, or all shelters of the caller. For an administrator without a given
// shelter, all is true.
func (a *API) shelterIDs(c echo.Context, idOrCode string) (ids []string, all bool, err error) {
	if idOrCode != "" {
		shelter, err := a.ownShelter(c, idOrCode)
		return []string{shelter.ID}, false, err
	}
	if principalFrom(c).IsAdmin() {
		return nil, true, nil
	}
	shelters, err := a.Store.SheltersOf(c.Request().Context(), principalFrom(c).PartnerID)
	for _, s := range shelters {
		ids = append(ids, s.ID)
	}
	return ids, false, err
}

// receiveImport receives the file of an import. A form may have parameters, too, in fields; those
// in the query of another request are checked before the file is received.
func (a *API) receiveImport(c echo.Context, shelter catalog.Shelter, in ImportQuery) (body *httpkit.SpooledBody, options importjob.Options, err error) {
	if !httpkit.IsForm(c.Request()) {
		if options, err = a.importOptions(c, shelter, in); err == nil {
			body, err = httpkit.SpoolBody(c.Request(), a.TempDir)
		}
		return body, options, err
	}
	body, fields, err := httpkit.SpoolFormFile(c.Request(), a.TempDir)
	if err != nil {
		return nil, importjob.Options{}, err
	}
	for name, values := range c.QueryParams() {
		fields[name] = append(fields[name], values...)
	}
	if err = binding.BindValues(fields, &in).Err(catalog.Malformed); err == nil {
		options, err = a.importOptions(c, shelter, in)
	}
	if err != nil {
		err = errors.Join(err, body.Close())
	}
	return body, options, err
}

// importOptions returns the options that a request asks for.
func (a *API) importOptions(c echo.Context, shelter catalog.Shelter, in ImportQuery) (importjob.Options, error) {
	format, version, err := importjob.FindFormat(c.Request().Context(), a.Store, shelter.ID, in.Format, in.DryRun)
	return importjob.Options{
		Format:       format,
		Version:      version,
		Mode:         catalog.ImportMode(in.Mode),
		DryRun:       in.DryRun,
		Test:         principalFrom(c).Test,
		ListingsOnly: !principalFrom(c).HasScope(access.AssessmentsWrite),
		Confirm:      in.Confirm,
		AsOf:         in.AsOf,
		MaxText:      a.BodyLimits.ImportText,
		Progress:     nil,
	}, err
}

// unreadableFileError gives a file that is too large after decompression the status
// 413, as for a body that is too large.
func unreadableFileError(err error) error {
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Code == errcode.FileTooLarge {
		return httpkit.NewHTTPError(http.StatusRequestEntityTooLarge, e.Code, e.Detail)
	}
	return err
}

// getImport returns one import.
//
//	@Summary		Get an import
//	@Description	Returns one import: its file, who sent it, and the report on its rows.
//	@ID				getImport
//	@Tags			imports
//	@Produce		json
//	@Param			id				path		string	true	"ID of the import"	example(imp_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-None-Match	header		string	false	"ETag of the response that you have"
//	@Success		200				{object}	wire.ImportRun	"The import"
//	@Header			200				{string}	ETag	"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/imports/{id} [get]
func (a *API) getImport(c echo.Context) error {
	i, err := a.ownedImport(c)
	if err != nil {
		return err
	}
	report, err := wire.DecodeReport(i.Report)
	if err != nil {
		return err
	}
	return httpkit.SendJSON(c, wire.NewImportRun(i, false, report))
}

// getImportFile returns the file of an import.
//
//	@Summary		Download an imported file
//	@Description	Returns the imported file exactly as it was sent. A file is kept for 14 days unless the operator configures another time, and only as long as the quota `import_files` allows; later the response is 410 `file_deleted`.
//	@ID				getImportFile
//	@Tags			imports
//	@Produce		application/octet-stream
//	@Param			id		path		string				true	"ID of the import"	example(imp_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{string}	string				"The file"
//	@Header			200		{string}	Content-Disposition	"Suggested name of the file"
//	@Failure		410		{object}	httpkit.Problem				"The file was deleted"
//	@Failure		default	{object}	httpkit.Problem				"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/imports/{id}/file [get]
func (a *API) getImportFile(c echo.Context) error {
	i, err := a.ownedImport(c)
	if err != nil {
		return err
	}
	if !i.FileDeletedAt.IsZero() {
		return catalog.Errorf(catalog.Gone, errcode.FileDeleted, "The file was deleted at %s, because it was too old, because you sent too many newer ones, or on request. Its report is kept.", i.FileDeletedAt.Format(time.RFC3339))
	}
	next, stop := iter.Pull2(a.Store.ImportFile(c.Request().Context(), i.ID))
	defer stop()
	part, err, more := next()
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	header.Set(echo.HeaderContentLength, strconv.FormatInt(i.FileSize, 10))
	header.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", i.ID+ingest.FileExtension(part)))
	header.Set("Cache-Control", "private, no-cache")
	c.Response().WriteHeader(http.StatusOK)
	for more && err == nil {
		if _, err = c.Response().Write(part); err == nil {
			part, err, more = next()
		}
	}
	return err
}

// deleteImportFile deletes the file of an import.
//
//	@Summary		Delete an imported file
//	@Description	Deletes the file of an import, for example because it has personal data. Its report is kept. Deleting it again changes nothing.
//	@ID				deleteImportFile
//	@Tags			imports
//	@Produce		json
//	@Param			id		path	string	true	"ID of the import"	example(imp_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		204		"The file is deleted"
//	@Failure		409		{object}	httpkit.Problem	"The import is running"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/imports/{id}/file [delete]
func (a *API) deleteImportFile(c echo.Context) error {
	i, err := a.ownedImport(c)
	if err != nil {
		return err
	}
	if err := a.catalogFor(c).DeleteImportFile(c.Request().Context(), i.ID); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// ownedImport returns the import of the path. The error is NotFound if it does not
// belong to a shelter of the caller.
func (a *API) ownedImport(c echo.Context) (catalog.Import, error) {
	id := c.Param("id")
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return catalog.Import{}, err
	}
	if err := catalog.CheckID(catalog.ImportPrefix, id); err != nil {
		return catalog.Import{}, err
	}
	i, err := a.Store.Import(c.Request().Context(), id)
	if err != nil {
		return catalog.Import{}, err
	}
	if _, err := a.ownShelter(c, i.ShelterID); catalog.KindOf(err) == catalog.Forbidden {
		return catalog.Import{}, catalog.NotFoundError("import", id)
	} else if err != nil {
		return catalog.Import{}, err
	}
	return i, nil
}

// ImportFormat is a file format that can be imported.
type ImportFormat struct {
	Name  string `json:"name" example:"montgomery"`                                   // Name of the format, for the parameter `format`.
	Title string `json:"title" example:"Montgomery County, Maryland, adoptable pets"` // Title of the format.
	About string `json:"about"`                                                       // Where such files come from, and what to consider.
} //	@name	ImportFormat

// ImportFormatList is the list of the import formats.
type ImportFormatList struct {
	Data []ImportFormat `json:"data"` // Import formats, sorted by name.
	Page wire.PageInfo  `json:"page"` // Always complete: `has_more` is false.
} //	@name	ImportFormatList

// listImportFormats lists the formats of import files.
//
//	@Summary		List import formats
//	@Description	Lists the formats that files can have. `format=auto` detects each of them from its columns.
//	@ID				listImportFormats
//	@Tags			imports
//	@Produce		json
//	@Param			If-None-Match	header		string				false	"ETag of the response that you have"
//	@Success		200				{object}	ImportFormatList	"The import formats"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/import-formats [get]
func (a *API) listImportFormats(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	out := ImportFormatList{Page: wire.WholeList(), Data: []ImportFormat{}}
	for _, f := range ingest.Formats() {
		out.Data = append(out.Data, ImportFormat{Name: f.Name, Title: f.Title, About: f.About})
	}
	return httpkit.SendJSON(c, out)
}

// getImportTemplate returns a table to fill in.
//
//	@Summary		Download a template
//	@Description	Returns a CSV table to fill in, for shelters without software that exports files: the columns of the format `trailcat` and one example row.
//	@ID				getImportTemplate
//	@Tags			imports
//	@Produce		text/csv
//	@Success		200		{string}	string	"The CSV template"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/import-formats/trailcat/template.csv [get]
func (a *API) getImportTemplate(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="trailcat.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", ingest.Template())
}
