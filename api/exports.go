package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// CatExportQuery is the query of an export of cats.
type CatExportQuery struct {
	Format string `form:"format" validate:"optional" enums:"ndjson,csv" default:"ndjson"` // `ndjson`: complete cats, one per line, between a header line and a footer line. `csv`: a table that imports can read.
} //	@name	CatExportQuery

// exportCats sends all listed cats.
//
//	@Summary		Export all cats
//	@Description	Returns every listed cat, of any status, as of one moment. Load it once, then continue with
//	@Description	`/v1/changes` from its cursor: no change is missed and none is delivered twice. Removed cats and the
//	@Description	cats of shelters that hide their listings from you are not included.
//	@Description
//	@Description	NDJSON: the first line is an ExportHeader with the cursor, each following line is a cat as `GET /v1/cats/{id}` returns it,
//	@Description	and the last line is an ExportFooter with the count. A file without that last line is incomplete. CSV: the columns are
//	@Description	`id`, `number`, `version` and `shelter_id`, followed by the columns that imports read; the cursor is in the header `Trailcat-Cursor`.
//	@Description
//	@Description	Accept zstd or gzip: the file is about ten times smaller. The response begins when the export is complete, which takes some
//	@Description	seconds if no recent one exists. An export may be up to a minute old; its cursor belongs to exactly its moment.
//	@Description
//	@Description	To resume an interrupted download of a compressed export, send `Range` and `If-Range` with the ETag: the response is 206
//	@Description	with the rest, or 200 with a newer export if that one no longer exists. Without compression, exports cannot be resumed.
//	@ID				exportCats
//	@Tags			sync
//	@Produce		application/x-ndjson,text/csv
//	@Param			query			query		CatExportQuery	false	"Format of the export"
//	@Param			Range			header		string			false	"Part of the compressed file to return, for example `bytes=1048576-`"
//	@Param			If-Range		header		string			false	"ETag of the export whose download is resumed"
//	@Param			If-None-Match	header		string			false	"ETag of an export that you have; if it is still current, the response is 304"
//	@Success		200				{string}	string			"The complete export"
//	@Header			200				{string}	ETag			"Identifies the export and its compression"
//	@Header			200				{string}	Trailcat-Cursor	"Cursor for `/v1/changes` that continues after this export"
//	@Header			200				{string}	Trailcat-Seq	"Log position of the export; it contains every change up to it"
//	@Header			200				{integer}	Trailcat-Count	"Number of cats"
//	@Success		206				"The requested part of the export"
//	@Success		304				"The export that you have is current"
//	@Failure		412				"The export has another version than If-Match or If-Unmodified-Since requires"
//	@Failure		416				{object}	httpkit.Problem	"The requested range is outside of the export"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/exports/cats [get]
func (a *API) exportCats(c echo.Context) error {
	in := CatExportQuery{Format: export.NDJSON}
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	return a.export(c, export.Cats, in.Format)
}

// ShelterExportQuery is the query of an export of shelters.
type ShelterExportQuery struct {
	Format string `form:"format" validate:"optional" enums:"ndjson,csv,geojson" default:"ndjson"` // `ndjson`: complete shelters, one per line, between a header line and a footer line. `csv`: a table. `geojson`: a FeatureCollection for maps.
} //	@name	ShelterExportQuery

// exportShelters sends all shelters.
//
//	@Summary		Export all shelters
//	@Description	Returns every shelter as of one moment, in the same way as the export of cats. As GeoJSON, the FeatureCollection
//	@Description	contains the ExportHeader as `export` and the ExportFooter as `end`, beside the features.
//	@ID				exportShelters
//	@Tags			sync
//	@Produce		application/x-ndjson,text/csv,application/geo+json
//	@Param			query			query		ShelterExportQuery	false	"Format of the export"
//	@Param			Range			header		string				false	"Part of the compressed file to return, for example `bytes=1048576-`"
//	@Param			If-Range		header		string				false	"ETag of the export whose download is resumed"
//	@Param			If-None-Match	header		string				false	"ETag of an export that you have; if it is still current, the response is 304"
//	@Success		200				{object}	export.ShelterMap	"The complete export; this schema describes GeoJSON"
//	@Header			200				{string}	ETag				"Identifies the export and its compression"
//	@Header			200				{string}	Trailcat-Cursor		"Cursor for `/v1/changes` that continues after this export"
//	@Header			200				{string}	Trailcat-Seq		"Log position of the export; it contains every change up to it"
//	@Header			200				{integer}	Trailcat-Count		"Number of shelters"
//	@Success		206				"The requested part of the export"
//	@Success		304				"The export that you have is current"
//	@Failure		412				"The export has another version than If-Match or If-Unmodified-Since requires"
//	@Failure		416				{object}	httpkit.Problem	"The requested range is outside of the export"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/exports/shelters [get]
func (a *API) exportShelters(c echo.Context) error {
	in := ShelterExportQuery{Format: export.NDJSON}
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	return a.export(c, export.Shelters, in.Format)
}

// exportTries is the number of times that a request is repeated while shelters change
// from whom they hide their cats.
const exportTries = 3

// export sends an export of a resource, which it creates if necessary.
func (a *API) export(c echo.Context, resource, format string) error {
	httpkit.ExtendDeadlines(c.Response(), a.DeadlineNow()) // creating it takes longer than other requests
	for range exportTries {
		request, err := a.exportRequest(c, resource, format)
		if err != nil {
			return err
		}
		file, err := a.Exports.Acquire(c.Request().Context(), request)
		switch {
		case errors.Is(err, export.ErrMismatch):
			continue
		case err != nil:
			return err
		}
		defer file.Release()
		return a.sendExport(c, file)
	}
	return catalog.Errorf(catalog.Unavailable, errcode.ExportConflict, "Shelters changed while the export was created. Retry in a moment.")
}

// exportRequest returns what the caller may export as of now.
func (a *API) exportRequest(c echo.Context, resource, format string) (export.Request, error) {
	ctx, h := c.Request().Context(), c.Request().Header
	if err := a.Index.CatchUp(ctx); err != nil {
		return export.Request{}, fmt.Errorf("update the index from the log: %w", err) // a cached export may have lost content
	}
	audience := a.audience(c, true)
	hidden, err := a.Index.Hidden(audience)
	if err != nil {
		return export.Request{}, err
	}
	head := a.Index.Head()
	minSeq, stale, ok := head.ParseTagged(h.Get(minSeqHeader))
	if stale || !ok { // the middleware rejected what is invalid
		minSeq = 0
	}
	fileID, _, _ := strings.Cut(strings.Trim(h.Get("If-Range"), `"`), "-")
	return export.Request{
		Resource: resource, Format: format, Audience: audience, Hidden: hidden,
		Head: head, MinSeq: minSeq, FileID: fileID,
	}, nil
}

// sendExport sends an export in the encoding that the caller prefers. The stored
// encodings can be requested in parts; the decompressed file is sent as a stream.
func (a *API) sendExport(c echo.Context, file *export.File) error {
	r, h := c.Request(), c.Response().Header()
	encoding := export.NegotiateEncoding(r.Header.Values("Accept-Encoding"))
	if encoding == export.Identity {
		stop, ok := a.Exports.StartDecompressing(a.client(c))
		if !ok {
			h.Set("Retry-After", "30")
			return catalog.Errorf(catalog.Unavailable, errcode.TooManyDownloads, "You or all callers together receive too many exports without compression. Send Accept-Encoding: zstd or gzip, or retry in 30 seconds.")
		}
		defer stop()
	}
	content, err := a.Exports.Content(r.Context(), file, encoding)
	if err != nil {
		return err
	}
	setExportHeaders(c, file, encoding)
	if httpkit.ETagMatches(r.Header.Values("If-None-Match"), h.Get("ETag")) {
		return c.NoContent(http.StatusNotModified)
	}
	_, head := c.Response().Writer.(httpkit.HeadWriter)
	w := httpkit.RatedWriter(c.Response(), a.ExportRate, a.DeadlineNow)
	if encoding == export.Identity {
		h.Set("Accept-Ranges", "none")
		h.Set(echo.HeaderContentLength, strconv.FormatInt(file.Size, 10))
		w.WriteHeader(http.StatusOK)
		if head {
			return nil
		}
		return export.Decompress(w, content)
	}
	if head {
		r = r.Clone(r.Context())
		r.Method = http.MethodHead
	}
	part := &rangeWriter{ResponseWriter: w, size: content.Size(), unsatisfiable: false}
	http.ServeContent(part, r, "", file.CreatedAt, content)
	if part.unsatisfiable {
		h.Del(echo.HeaderContentDisposition)
		return httpkit.NewHTTPError(http.StatusRequestedRangeNotSatisfiable, errcode.RangeNotSatisfiable, fmt.Sprintf("The requested range is outside of the export, which has %d bytes.", content.Size()))
	}
	return nil
}

// client returns the API key of a request, or its network if it has none.
func (a *API) client(c echo.Context) string {
	return cmp.Or(principalFrom(c).KeyID, httpkit.ClientNetwork(a.clientAddress(c.Request())))
}

func setExportHeaders(c echo.Context, file *export.File, encoding export.Encoding) {
	h, etag := c.Response().Header(), file.ID
	if encoding != export.Identity {
		h.Set(echo.HeaderContentEncoding, string(encoding))
		etag += "-" + string(encoding)
	}
	h.Set("ETag", `"`+etag+`"`)
	h.Set(echo.HeaderContentType, file.MediaType)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+file.FileName+`"`)
	h.Set(gzhttp.HeaderNoCompression, "1") // the middleware must not compress it again
	h.Set("Cache-Control", httpkit.CacheScope(c)+", max-age=0, must-revalidate")
	h.Set(echo.HeaderLastModified, file.CreatedAt.Format(http.TimeFormat))
	h.Set("Trailcat-Cursor", file.Cursor)
	h.Set("Trailcat-Count", strconv.Itoa(file.Count))
	h.Set(seqHeader, file.Head.Tagged(file.Head.Seq))
}

// rangeWriter completes what http.ServeContent does: it sets the length of a whole
// compressed file, and suppresses the response to an unsatisfiable range, for which the
// handler sends a problem.
type rangeWriter struct {
	http.ResponseWriter
	size          int64
	unsatisfiable bool
}

func (w *rangeWriter) WriteHeader(status int) {
	switch status {
	case http.StatusRequestedRangeNotSatisfiable:
		w.unsatisfiable = true
		return
	case http.StatusOK:
		w.Header().Set(echo.HeaderContentLength, strconv.FormatInt(w.size, 10))
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *rangeWriter) Write(p []byte) (int, error) {
	if w.unsatisfiable {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}
