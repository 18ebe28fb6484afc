package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// OutcomeReader reads the outcomes that were reported after adoptions.
type OutcomeReader interface {
	Outcomes(ctx context.Context, catID string) ([]catalog.Outcome, error)
	OutcomesByRubric(ctx context.Context, rubric string) ([]catalog.Outcome, error)
}

// createOutcome records the outcome of an activity after an adoption.
//
//	@Summary		Report an outcome
//	@Description	Reports how one activity went with an adopted cat, as its adopters reported it to you 30, 60 or 90 days after the adoption.
//	@Description	Counts cover the whole time since the adoption. A second report of the same adoption, activity and day replaces the first.
//	@Description	Also report activities that were not tried, and why; otherwise only successes are counted.
//	@Description
//	@Description	Each outcome is stored with the prediction that the latest rubric made for the activity on the day of the adoption, from the
//	@Description	evidence recorded by then. The prediction never changes. The calibration of a rubric compares all predictions with outcomes.
//	@ID				createOutcome
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		OutcomeDraft	true	"The outcome"
//	@Success		200				{object}	wire.Outcome			"The outcome, which replaced an earlier report or is the same"
//	@Success		201				{object}	wire.Outcome			"The recorded outcome"
//	@Failure		422				{object}	httpkit.Problem			"The body is not valid, or the cat is not adopted yet"
//	@Failure		default			{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/outcomes [post]
func (a *API) createOutcome(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in wire.OutcomeDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	outcome, contentErrs := in.Outcome(cat, a.today())
	if err := wire.MergeErrors(errs, contentErrs).Err(catalog.Invalid); err != nil {
		return err
	}
	outcome, result, err := a.catalogFor(c).RecordOutcome(c.Request().Context(), outcome)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return sendPut(c, result, wire.NewOutcome(outcome))
}

// listOutcomes lists the outcomes of a cat.
//
//	@Summary		List the outcomes of a cat
//	@Description	Lists what was reported about one of your cats after its adoption, in the order of the reports, each with its prediction.
//	@ID				listOutcomes
//	@Tags			adventure
//	@Produce		json
//	@Param			id		path		string		true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.OutcomeList	"All outcomes of the cat"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/outcomes [get]
func (a *API) listOutcomes(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	all, err := a.Store.Outcomes(c.Request().Context(), cat.ID)
	if err != nil {
		return err
	}
	return sendOwn(c, wire.OutcomeList{Page: wire.WholeList(), Data: wire.MapSlice(all, wire.NewOutcome)})
}
