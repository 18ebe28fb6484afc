package api

import (
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/ingest"
)

// listShelterFormats lists the own formats of a shelter.
//
//	@Summary		List a shelter's own formats
//	@Description	Lists the formats that belong to the shelter. `format` of an import may be one of them, or a built-in one.
//	@ID				listShelterFormats
//	@Tags			imports
//	@Produce		json
//	@Param			id		path		string					true	"ID or code of the shelter"	example(MD1)
//	@Success		200		{object}	wire.ShelterFormatList	"The formats of the shelter"
//	@Failure		default	{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/import-formats [get]
func (a *API) listShelterFormats(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	formats, err := a.Store.ImportFormats(c.Request().Context(), shelter.ID)
	if err != nil {
		return err
	}
	return sendPrivate(c, http.StatusOK, wire.NewShelterFormatList(formats))
}

// ShelterFormatQuery holds the query parameters of a shelter's own format.
type ShelterFormatQuery struct {
	Version int `form:"version" validate:"optional" minimum:"1"` // Version to return; default the newest.
} //	@name	ShelterFormatQuery

// getShelterFormat returns an own format of a shelter.
//
//	@Summary		Get a shelter's own format
//	@Description	Returns a version of the format with its text, and the list of its versions. To restore an earlier version, activate it, or send its text again.
//	@ID				getShelterFormat
//	@Tags			imports
//	@Produce		json
//	@Param			id		path		string				true	"ID or code of the shelter"	example(MD1)
//	@Param			name	path		string				true	"Name of the format"		example(our-export)
//	@Param			query	query		ShelterFormatQuery	false	"Which version to return"
//	@Success		200		{object}	wire.ShelterFormat	"The format"
//	@Header			200		{string}	ETag				"Version of the format, for If-Match"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/import-formats/{name} [get]
func (a *API) getShelterFormat(c echo.Context) error {
	var in ShelterFormatQuery
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	f, err := a.Store.ImportFormat(c.Request().Context(), shelter.ID, c.Param("name"))
	if err != nil {
		return err
	}
	if in.Version == 0 {
		in.Version = f.Version
	}
	version, err := a.Store.ImportFormatVersion(c.Request().Context(), f.ShelterID, f.Name, in.Version)
	if err != nil {
		return err
	}
	return a.sendShelterFormat(c, http.StatusOK, f, version)
}

// putShelterFormat makes a text the newest version of an own format.
//
//	@Summary		Create or replace a shelter's own format
//	@Description	Makes the body the newest version of the format: YAML as in `docs/import.md`, or an `import.cfg` of Adopt-a-Pet, up to 64 KiB. Its media type is ignored.
//	@Description	`name` in the YAML must be that in the URL, and not that of a built-in format. The response to an invalid format lists its mistakes with their lines.
//	@Description
//	@Description	A new version is not used at once. An import with `dry_run=true` uses it and reports what it would do; then activate it with `PATCH`. Until then imports use the
//	@Description	version that was active before. The newest 100 versions are kept, and a shelter may have 20 formats.
//	@ID				putShelterFormat
//	@Tags			imports
//	@Accept			text/yaml,text/plain,application/octet-stream
//	@Produce		json
//	@Param			id			path		string				true	"ID or code of the shelter"	example(MD1)
//	@Param			name		path		string				true	"Name of the format: lower-case letters, digits and hyphens"	example(our-export)
//	@Param			If-Match	header		string				false	"ETag of the version to replace; if omitted, any version"
//	@Param			body		body		string				true	"The format"
//	@Success		200			{object}	wire.ShelterFormat	"The format, with a new version, or unchanged if the text is that of the newest version"
//	@Header			200			{string}	ETag				"Version of the format, for If-Match"
//	@Header			200			{string}	Trailcat-Result		"Result of the write: updated or unchanged"
//	@Success		201			{object}	wire.ShelterFormat	"The created format"
//	@Header			201			{string}	ETag				"Version of the format, for If-Match"
//	@Header			201			{string}	Location			"URL of the format"
//	@Header			201			{string}	Trailcat-Result		"Result of the write: created"
//	@Failure		412			{object}	httpkit.Problem		"The format changed in the meantime"
//	@Failure		422			{object}	httpkit.Problem		"The format or its name is invalid"
//	@Failure		default		{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/import-formats/{name} [put]
func (a *API) putShelterFormat(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	revision, err := httpkit.IfMatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	name := c.Param("name")
	text, err := readFormat(c, name)
	if err != nil {
		return err
	}
	f, version, result, err := a.catalogForOwner(c).PutImportFormat(c.Request().Context(), shelter.ID, name, text, revision)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Trailcat-Result", string(result))
	status := http.StatusOK
	if result == catalog.ResultCreated {
		status = http.StatusCreated
		c.Response().Header().Set(echo.HeaderLocation, "/v1/shelters/"+shelter.ID+"/import-formats/"+name)
	}
	return a.sendShelterFormat(c, status, f, version)
}

// readFormat reads the text of a valid format from the body of a request.
func readFormat(c echo.Context, name string) (string, error) {
	if err := ingest.CheckNewName(name); err != nil {
		return "", err
	}
	content, err := io.ReadAll(io.LimitReader(c.Request().Body, ingest.MaxFormat+1))
	if err != nil {
		return "", fmt.Errorf("read body: %w", err)
	}
	if _, err := ingest.ParseNamedFormat(name, content); err != nil {
		return "", err
	}
	text, err := ingest.DecodeFormat(content)
	return string(text), err
}

// ShelterFormatPatch is a change of a shelter's own format.
type ShelterFormatPatch struct {
	ActiveVersion *int `json:"active_version" validate:"optional" extensions:"x-nullable" minimum:"1" example:"2"` // Version that imports use; null for none, so that imports in this format are refused.
} //	@name	ShelterFormatPatch

// changeShelterFormat activates a version of an own format.
//
//	@Summary		Activate a version of a shelter's own format
//	@Description	Makes imports use a version of the format, a new or an earlier one. A version can be activated after an import with `dry_run=true` has read a cat with it; otherwise the response is 409 `format_not_tried`.
//	@ID				changeShelterFormat
//	@Tags			imports
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string				true	"ID or code of the shelter"	example(MD1)
//	@Param			name		path		string				true	"Name of the format"		example(our-export)
//	@Param			If-Match	header		string				false	"ETag of the version to change; if omitted, any version"
//	@Param			body		body		ShelterFormatPatch	true	"Fields to change"
//	@Success		200			{object}	wire.ShelterFormat	"The format, with its newest version"
//	@Header			200			{string}	ETag				"Version of the format, for If-Match"
//	@Failure		409			{object}	httpkit.Problem		"The version was not tried"
//	@Failure		412			{object}	httpkit.Problem		"The format changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/import-formats/{name} [patch]
func (a *API) changeShelterFormat(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	f, err := a.Store.ImportFormat(ctx, shelter.ID, c.Param("name"))
	if err != nil {
		return err
	}
	revision, patch, err := httpkit.ReadConditionalPatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	draft, errs, err := binding.ApplyPatch(patch, ShelterFormatPatch{ActiveVersion: wire.PositiveOrNull(f.ActiveVersion)})
	if err != nil {
		return err
	}
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	active := 0
	if draft.ActiveVersion != nil {
		active = *draft.ActiveVersion
	}
	if f, err = a.catalogForOwner(c).ActivateImportFormat(ctx, shelter.ID, f.Name, active, revision); err != nil {
		return err
	}
	version, err := a.Store.ImportFormatVersion(ctx, f.ShelterID, f.Name, f.Version)
	if err != nil {
		return err
	}
	return a.sendShelterFormat(c, http.StatusOK, f, version)
}

// deleteShelterFormat deletes an own format of a shelter.
//
//	@Summary		Delete a shelter's own format
//	@Description	Deletes the format with all its versions. The cats that were imported with it stay. With If-Match, fails if the format changed in the meantime.
//	@ID				deleteShelterFormat
//	@Tags			imports
//	@Produce		json
//	@Param			id			path	string	true	"ID or code of the shelter"	example(MD1)
//	@Param			name		path	string	true	"Name of the format"		example(our-export)
//	@Param			If-Match	header	string	false	"ETag of the version to delete; if omitted, any version"
//	@Success		204			"The format was deleted"
//	@Failure		412			{object}	httpkit.Problem	"The format changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id}/import-formats/{name} [delete]
func (a *API) deleteShelterFormat(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	revision, err := httpkit.IfMatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	if err := a.catalogForOwner(c).DeleteImportFormat(c.Request().Context(), shelter.ID, c.Param("name"), revision); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) sendShelterFormat(c echo.Context, status int, f catalog.ImportFormat, version catalog.ImportFormatVersion) error {
	versions, err := a.Store.ImportFormatVersions(c.Request().Context(), f.ShelterID, f.Name)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", httpkit.VersionETag(f.Revision, a.Index.Head()))
	return sendPrivate(c, status, wire.NewShelterFormat(f, version, versions))
}
