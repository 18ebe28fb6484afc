package api

import (
	"errors"
	"log/slog"
	"strconv"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// CatExportQuery says how an export of cats is to be written.
type CatExportQuery struct {
	Format string `query:"format" form:"format" validate:"optional" enums:"ndjson,csv" default:"ndjson"` // ndjson: whole cats, one a line, between a first and a last line; csv: the table that imports read
} //	@name	CatExportQuery

// exportCats sends all cats.
//
//	@Summary		Export all cats
//	@Description	Sends every cat that is listed, of whatever status, as they stood at one moment: load it once, then go on with
//	@Description	/v1/changes from its cursor, and nothing is missed and nothing doubled. Removed cats are not in it, nor are those
//	@Description	of shelters that withhold their listings from you.
//	@Description
//	@Description	As NDJSON, the first line is an ExportHeader with the cursor, then each line is a cat as GET /v1/cats/{id} shows it,
//	@Description	and the last line is an ExportFooter with the count: without it the export is not whole. As CSV, the header
//	@Description	Trailcat-Cursor has the cursor; the columns are those that imports read, after id, number, version and shelter_id.
//	@Description
//	@Description	Packed with zstd or gzip if you accept that (do: it is a tenth as long). An export may be up to a minute old; its
//	@Description	cursor is exact. To resume a broken download, send Range with If-Range and the ETag: the rest comes with 206
//	@Description	while that export is kept, else the newest from its beginning with 200.
//	@ID				exportCats
//	@Tags			sync
//	@Produce		application/x-ndjson,text/csv
//	@Param			query			query		CatExportQuery	false	"How to write it"
//	@Param			Range			header		string			false	"The part that you lack: bytes=1048576-"
//	@Param			If-Range		header		string			false	"The ETag of the part that you have"
//	@Param			If-None-Match	header		string			false	"The ETag of the export that you hold"
//	@Success		200				{string}	string			"The export"
//	@Header			200				{string}	ETag			"Names these very bytes"
//	@Header			200				{string}	Trailcat-Cursor	"For /v1/changes: goes on from exactly here"
//	@Header			200				{integer}	Trailcat-Seq	"Up to which number of the log everything is in it"
//	@Header			200				{integer}	Trailcat-Count	"How many cats; as a trailer while the export is being made"
//	@Success		206				"The part of it"
//	@Success		304				"You hold the newest"
//	@Failure		416				{object}	httpkit.Problem	"There is no such part"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/exports/cats [get]
func (a *API) exportCats(c echo.Context) error {
	in := CatExportQuery{Format: export.NDJSON}
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	return a.export(c, export.Cats, in.Format)
}

// ShelterExportQuery says how an export of shelters is to be written.
type ShelterExportQuery struct {
	Format string `query:"format" form:"format" validate:"optional" enums:"ndjson,csv,geojson" default:"ndjson"` // ndjson: whole shelters, one a line, between a first and a last line; csv: a table; geojson: for maps
} //	@name	ShelterExportQuery

// exportShelters sends all shelters.
//
//	@Summary		Export all shelters
//	@Description	Sends every shelter as it stood at one moment. All that is said of the export of cats holds here; besides, it comes
//	@Description	as GeoJSON, with the ExportHeader as `export` and the ExportFooter as `end` beside the features.
//	@ID				exportShelters
//	@Tags			sync
//	@Produce		application/x-ndjson,text/csv,application/geo+json
//	@Param			query			query		ShelterExportQuery	false	"How to write it"
//	@Param			Range			header		string				false	"The part that you lack: bytes=1048576-"
//	@Param			If-Range		header		string				false	"The ETag of the part that you have"
//	@Param			If-None-Match	header		string				false	"The ETag of the export that you hold"
//	@Success		200				{object}	export.ShelterMap			"The export"
//	@Header			200				{string}	ETag				"Names these very bytes"
//	@Header			200				{string}	Trailcat-Cursor		"For /v1/changes: goes on from exactly here"
//	@Header			200				{integer}	Trailcat-Seq		"Up to which number of the log everything is in it"
//	@Header			200				{integer}	Trailcat-Count		"How many shelters; as a trailer while the export is being made"
//	@Success		206				"The part of it"
//	@Success		304				"You hold the newest"
//	@Failure		416				{object}	httpkit.Problem	"There is no such part"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/exports/shelters [get]
func (a *API) exportShelters(c echo.Context) error {
	in := ShelterExportQuery{Format: export.NDJSON}
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	return a.export(c, export.Shelters, in.Format)
}

// exportTries is how often an export is looked for that suits, while shelters
// change from whom they withhold.
const exportTries = 3

// export sends a resource, written in a format, from the shelf.
func (a *API) export(c echo.Context, resource, format string) error {
	httpkit.ExtendDeadlines(c.Response(), a.Now()) // to make it, or to wait until another is made
	for range exportTries {
		ask, err := a.exportAsk(c, resource, format)
		if err != nil {
			return err
		}
		x, err := a.exports.Acquire(c.Request().Context(), ask)
		switch {
		case errors.Is(err, export.ErrMismatch):
			continue
		case err != nil:
			return err
		}
		defer a.exports.Release(x.Packed)
		return a.sendExport(c, x)
	}
	return &catalog.Error{Kind: catalog.Unavailable, Code: "export_overtaken", Detail: "Listings change faster than the export could be begun. Try again in a moment.", Fields: nil}
}

// exportAsk is what who asks may have, as of now.
func (a *API) exportAsk(c echo.Context, resource, format string) (export.Request, error) {
	ctx, h := c.Request().Context(), c.Request().Header
	if err := a.Index.CatchUp(ctx); err != nil {
		a.Log.WarnContext(ctx, "index not caught up", slog.Any("error", err))
	}
	reader := a.reader(c, true)
	shelters, err := a.Index.HiddenShelters(reader)
	if err != nil {
		return export.Request{}, err
	}
	hidden := make(map[string]struct{}, len(shelters))
	for _, id := range shelters {
		hidden[id] = struct{}{}
	}
	atLeast, _ := strconv.ParseInt(h.Get(minSeqHeader), 10, 64) // what is no number was refused before
	return export.Request{
		Resource: resource, Format: format, Reader: reader, Hidden: hidden,
		Head: a.Index.State().Head.Seq, AtLeast: atLeast, Tag: export.TagOf(h.Get("If-Range")),
	}, nil
}
