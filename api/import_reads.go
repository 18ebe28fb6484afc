package api

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/importjob"
)

// getImport shows one import.
//
//	@Summary		Show an import
//	@Description	Shows a file that was sent, who sent it, and what became of its rows.
//	@ID				getImport
//	@Tags			imports
//	@Produce		json
//	@Param			id				path		string	true	"The import's id"	example(imp_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-None-Match	header		string	false	"The ETag that you hold"
//	@Success		200				{object}	wire.Import	"The import"
//	@Header			200				{string}	ETag	"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
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
	return httpkit.SendJSON(c, wire.NewImport(i, false, report))
}

// getImportFile sends the file of an import.
//
//	@Summary		Download an imported file
//	@Description	Sends a file back as it was sent, byte by byte.
//	@ID				getImportFile
//	@Tags			imports
//	@Produce		application/octet-stream
//	@Param			id		path		string				true	"The import's id"	example(imp_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{string}	string				"The file"
//	@Header			200		{string}	Content-Disposition	"A name for the file"
//	@Failure		default	{object}	httpkit.Problem				"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/imports/{id}/file [get]
func (a *API) getImportFile(c echo.Context) error {
	i, err := a.ownedImport(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", i.ID+fileExtension(i.File)))
	c.Response().Header().Set("Cache-Control", "private, no-cache")
	return c.Blob(http.StatusOK, echo.MIMEOctetStream, i.File)
}

// fileExtension is how the name of a file ends, by its first bytes.
func fileExtension(file []byte) string {
	switch head := bytes.TrimSpace(file[:min(len(file), 64)]); {
	case importjob.IsGzip(file):
		return ".gz"
	case bytes.HasPrefix(head, []byte("[")), bytes.HasPrefix(head, []byte("{")):
		return ".json"
	default:
		return ".csv"
	}
}

// ownedImport finds an import of a shelter that belongs to who asks.
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
	if _, err := a.ownShelter(c, i.ShelterID); catalog.KindOf(err) == catalog.NotFound {
		return catalog.Import{}, catalog.NotFoundError("import", id)
	} else if err != nil {
		return catalog.Import{}, err
	}
	return i, nil
}
