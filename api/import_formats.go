package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// ImportFormat is a sort of file that can be imported.
type ImportFormat struct {
	Name  string `json:"name" example:"montgomery"` // for format=
	Title string `json:"title" example:"Montgomery County, Maryland, adoptable pets"`
	About string `json:"about"` // where it comes from, and what to know
} //	@name	ImportFormat

// ImportFormatList lists the formats.
type ImportFormatList struct {
	Data []ImportFormat `json:"data"`
} //	@name	ImportFormatList

// listImportFormats lists the formats that files may have.
//
//	@Summary		List import formats
//	@Description	Lists the formats that files may have. `format=auto` recognises each of them by its columns.
//	@ID				listImportFormats
//	@Tags			imports
//	@Produce		json
//	@Param			If-None-Match	header		string				false	"The ETag that you hold"
//	@Success		200				{object}	ImportFormatList	"The formats"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	Problem	"What was wrong"
//	@Router			/v1/import-formats [get]
func (a *API) listImportFormats(c echo.Context) error {
	if err := bindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	out := ImportFormatList{Data: []ImportFormat{}}
	for _, f := range ingest.Formats() {
		out.Data = append(out.Data, ImportFormat{Name: f.Name, Title: f.Title, About: f.About})
	}
	return sendJSON(c, out)
}

// getImportTemplate sends a table to fill in.
//
//	@Summary		Download a template
//	@Description	Sends a table to fill in, for those whose software exports nothing: the columns of the format `trailcat`, and one row to show how.
//	@ID				getImportTemplate
//	@Tags			imports
//	@Produce		text/csv
//	@Success		200		{string}	string	"The template"
//	@Failure		default	{object}	Problem	"What was wrong"
//	@Router			/v1/import-formats/trailcat/template.csv [get]
func (a *API) getImportTemplate(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="trailcat.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", ingest.Template())
}

// maxUnpacked is how large a file may be when unpacked, in bytes.
const maxUnpacked = 256 << 20

// readListing reads a file from a country as what it is said to be, or as what it looks like.
func readListing(file []byte, in ImportQuery, country string, now time.Time) (*ingest.Dataset, error) {
	if err := checkUnpacked(file); err != nil {
		return nil, err
	}
	format, err := ingest.Find(in.Format)
	if err != nil {
		return nil, err
	}
	return ingest.Read(bytes.NewReader(file), format, ingest.Options{
		AsOf: in.AsOf, Now: now, Country: country, AllowEmpty: in.Mode == string(catalog.ModeSnapshot),
	})
}

// isPacked says whether a file is packed with gzip.
func isPacked(file []byte) bool { return bytes.HasPrefix(file, []byte{0x1f, 0x8b}) }

// checkUnpacked refuses a small file that would unpack to a huge one. What else
// is wrong with it, the reader says.
func checkUnpacked(file []byte) error {
	if !isPacked(file) {
		return nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil //nolint:nilerr // the reader says it in the caller's words
	}
	size, _ := io.Copy(io.Discard, io.LimitReader(unpacked, maxUnpacked+1)) // the same for damage
	if size > maxUnpacked {
		return &httpError{http.StatusRequestEntityTooLarge, "file_too_large", fmt.Sprintf("The file is larger than %d MiB when unpacked. Split it and send the parts.", maxUnpacked>>20)}
	}
	return nil
}
