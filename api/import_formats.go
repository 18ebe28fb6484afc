package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/httpkit"
	"trailcat/internal/ingest"
)

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
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
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

// getImportTemplate sends a table to fill in.
//
//	@Summary		Download a template
//	@Description	Sends a table to fill in, for those whose software exports nothing: the columns of the format `trailcat`, and one row to show how.
//	@ID				getImportTemplate
//	@Tags			imports
//	@Produce		text/csv
//	@Success		200		{string}	string	"The template"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/import-formats/trailcat/template.csv [get]
func (a *API) getImportTemplate(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="trailcat.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", ingest.Template())
}
