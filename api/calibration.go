package api

import (
	"slices"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating/calibrate"
)

// getCalibration compares a rubric with what became of the cats.
//
//	@Summary		How far a rubric can be trusted
//	@Description	Compares what one version of the rubric predicted with what adopters reported: how many of each band took to an activity, how far the scores were off (Brier), how well they tell cats that took to it from those that did not (AUC), and what went wrong.
//	@Description	A case is one activity after one adoption that had a score, was tried, and of which day 60 is known; it is a success with two calm outings or more by then. Every share comes with its 95 % interval.
//	@Description	Below 30 cases the verdict is too_few and no statistic is given. Read the caveats: only what was tried can be judged.
//	@ID				getCalibration
//	@Tags			adventure
//	@Produce		json
//	@Param			version			path		string		true	"The version of the rubric"	example(1.0.0)
//	@Param			If-None-Match	header		string		false	"The ETag that you hold"
//	@Success		200				{object}	wire.Calibration	"What is known so far"
//	@Header			200				{string}	ETag		"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/rubrics/{version}/calibration [get]
func (a *API) getCalibration(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	rubric, err := a.Rubrics.Version(c.Param("version"))
	if err != nil {
		return catalog.NotFoundError("rubric", c.Param("version"))
	}
	name := rubric.Identity()
	outcomes, err := a.Store.OutcomesByRubric(c.Request().Context(), name.Version)
	if err != nil {
		return err
	}
	readinesses := catalog.Readinesses()
	slices.Reverse(readinesses)
	return httpkit.SendJSON(c, wire.NewCalibration(wire.RubricName(name), calibrate.Evaluate(outcomes, calibrate.Vocabulary{
		Activities:  catalog.Activities(),
		Bands:       []string{"natural", "promising", "gentle_start", "confidence_first"},
		Readinesses: readinesses,
	})))
}
