package api

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating"
	"trailcat/internal/vocab"
)

// listRubrics lists the rubrics.
//
//	@Summary		List the rubrics
//	@Description	Lists every version of the adventure rubric that was ever published. A version stays, so that any rating can be made again.
//	@ID				listRubrics
//	@Tags			adventure
//	@Produce		json
//	@Success		200		{object}	wire.RubricList	"All versions"
//	@Header			200		{string}	ETag		"Changes when the answer does"
//	@Success		304		"You hold the newest"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
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

// getRubric shows one rubric.
//
//	@Summary		Show a rubric
//	@Description	Shows one version of the rubric, whole: traits with their anchors, roles, contexts, weights, bands, health gates, plan and gear,
//	@Description	and an honest statement of what is validated and what is not. It is the definition of an assessment form.
//	@Description	The bytes are those of which the digest was taken; they never change.
//	@ID				getRubric
//	@Tags			adventure
//	@Produce		json
//	@Param			version			path		string			true	"The version"	example(1.1.0)
//	@Param			If-None-Match	header		string			false	"The ETag that you hold"
//	@Success		200				{object}	map[string]any	"The rubric"
//	@Header			200				{string}	ETag			"The digest"
//	@Success		304				"You hold it"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
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

// rubric is the one that was asked for, or the newest. The fault lacks its place.
func (a *API) rubric(version string) (*rating.Rubric, *catalog.FieldError) {
	if version == "" {
		return a.Rubrics.Latest(), nil
	}
	rubric, err := a.Rubrics.Version(version)
	if err != nil {
		all := a.Rubrics.Versions()
		said := fmt.Sprintf("There is no rubric %q; published are %s.", version, strings.Join(all, ", "))
		if near := vocab.Suggest(version, all); near != "" {
			said = fmt.Sprintf("There is no rubric %q; did you mean %q?", version, near)
		}
		return a.Rubrics.Latest(), binding.NewFieldError("unknown_rubric", said)
	}
	return rubric, nil
}
