package api

import (
	"slices"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating/calibrate"
)

// getCalibration returns how well the predictions of a rubric match the reported
// outcomes.
//
//	@Summary		Get the calibration of a rubric
//	@Description	Compares the predictions of one version of the rubric with the outcomes that adopters reported: the share of successes per
//	@Description	band, the error of the scores (Brier score), how well the scores separate successes from failures (AUC), and the adverse
//	@Description	events.
//	@Description
//	@Description	A case is an activity after an adoption that had a score, was tried, and has a report for day 60. It is a success if at least
//	@Description	two activities had been calm by then. Every share has a 95 % confidence interval. With fewer than 30 cases the verdict is
//	@Description	`too_few` and there are no statistics. The caveats state the limits: only activities that were tried can be evaluated.
//	@ID				getCalibration
//	@Tags			adventure
//	@Produce		json
//	@Param			version			path		string		true	"Version of the rubric"	example(1.0.0)
//	@Param			If-None-Match	header		string		false	"ETag of the response that you have"
//	@Success		200				{object}	wire.Calibration	"The calibration"
//	@Header			200				{string}	ETag		"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/rubrics/{version}/calibration [get]
func (a *API) getCalibration(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	rubric, err := a.Rubrics.Version(c.Param("version"))
	if err != nil {
		return catalog.NotFoundError("rubric", c.Param("version"))
	}
	identity := rubric.Identity()
	outcomes, err := a.Store.OutcomesByRubric(c.Request().Context(), identity.Version)
	if err != nil {
		return err
	}
	readinesses := catalog.Readinesses()
	slices.Reverse(readinesses)
	return httpkit.SendJSON(c, wire.NewCalibration(wire.RubricName(identity), calibrate.Evaluate(outcomes, calibrate.Vocabulary{
		Activities:  catalog.Activities(),
		Bands:       []string{"natural", "promising", "gentle_start", "confidence_first"},
		Readinesses: readinesses,
	})))
}
