package api

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating"
	"trailcat/internal/vocab"
)

// listRubrics lists the versions of the rubric.
//
//	@Summary		List the rubrics
//	@Description	Lists all published versions of the adventure rubric. Versions are never removed, so that any rating can be computed again.
//	@ID				listRubrics
//	@Tags			adventure
//	@Produce		json
//	@Success		200		{object}	wire.RubricList	"All versions of the rubric"
//	@Header			200		{string}	ETag		"Version of the response"
//	@Success		304		"The response that you have is current"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/rubrics [get]
func (a *API) listRubrics(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	list := wire.RubricList{Page: wire.WholeList(), Data: []wire.RubricName{}, Latest: a.Rubrics.Latest().Identity().Version}
	for _, v := range a.Rubrics.Versions() {
		rubric, err := a.Rubrics.Version(v)
		if err != nil {
			return err
		}
		list.Data = append(list.Data, wire.RubricName(rubric.Identity()))
	}
	return httpkit.SendJSON(c, list)
}

// getRubric returns one version of the rubric.
//
//	@Summary		Get a rubric
//	@Description	Returns one version of the rubric: traits with their anchors, roles, contexts, weights, bands, health gates, plan and gear,
//	@Description	and a statement of what is validated and what is not. An assessment form can be built from it. The document of a version
//	@Description	never changes; its digest is the SHA-256 of these bytes.
//	@ID				getRubric
//	@Tags			adventure
//	@Produce		json
//	@Param			version			path		string			true	"Version of the rubric"	example(1.2.0)
//	@Param			If-None-Match	header		string			false	"ETag of the response that you have"
//	@Success		200				{object}	map[string]any	"The rubric"
//	@Header			200				{string}	ETag			"Digest of the rubric"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/rubrics/{version} [get]
func (a *API) getRubric(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	rubric, err := a.Rubrics.Version(c.Param("version"))
	if err != nil {
		return catalog.NotFoundError("rubric", c.Param("version"))
	}
	return httpkit.SendTagged(c, `"`+rubric.Identity().Digest+`"`, rubric.JSON())
}

// rubric returns the rubric of a version, or the latest if the version is empty. The
// error for an unknown version has no pointer or parameter yet.
func (a *API) rubric(version string) (*rating.Rubric, *catalog.FieldError) {
	if version == "" {
		return a.Rubrics.Latest(), nil
	}
	rubric, err := a.Rubrics.Version(version)
	if err != nil {
		all := a.Rubrics.Versions()
		message := fmt.Sprintf("Unknown rubric %q. Expected one of %s.", version, strings.Join(all, ", "))
		if near := vocab.Suggest(version, all); near != "" {
			message = fmt.Sprintf("Unknown rubric %q. Did you mean %q?", version, near)
		}
		return a.Rubrics.Latest(), binding.NewFieldError(errcode.UnknownRubric, message)
	}
	return rubric, nil
}
