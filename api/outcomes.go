package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// OutcomeReader answers what became of cats that found a home.
type OutcomeReader interface {
	Outcomes(ctx context.Context, catID string) ([]catalog.Outcome, error)
	OutcomesByRubric(ctx context.Context, rubric string) ([]catalog.Outcome, error)
}

// createOutcome keeps what became of an activity.
//
//	@Summary		Report an outcome
//	@Description	Reports what became of one activity with one of your cats that found a home, as its people told you 30, 60 or 90 days after the adoption. Counts are of all the time since the adoption.
//	@Description	Kept beside it is what the newest rubric said of that activity on the day of the adoption, from what was recorded by then; it never changes. All reports together show how far a rubric can be trusted: see the calibration of a rubric.
//	@Description	A second report of the same adoption, activity and day takes the place of the first. Report also what was not tried, and why: else only good news counts.
//	@ID				createOutcome
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice"
//	@Param			body			body		OutcomeDraft	true	"What became of it"
//	@Success		200				{object}	wire.Outcome			"It took the place of an earlier report, or said the same"
//	@Success		201				{object}	wire.Outcome			"It is recorded"
//	@Failure		422				{object}	httpkit.Problem			"What cannot be true, part by part; or the cat did not find a home yet"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/outcomes [post]
func (a *API) createOutcome(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in wire.OutcomeDraft
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	made, content := in.Outcome(cat, a.today())
	if err := wire.MergeErrors(bad, content).Err(catalog.Invalid); err != nil {
		return err
	}
	made, result, err := a.catalogFor(c).RecordOutcome(c.Request().Context(), made)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return sendPut(c, result, wire.NewOutcome(made))
}

// listOutcomes lists what became of a cat.
//
//	@Summary		List the outcomes of a cat
//	@Description	Lists what was reported of one of your cats after its adoption, in the order of reporting, each beside what was predicted.
//	@ID				listOutcomes
//	@Tags			adventure
//	@Produce		json
//	@Param			id		path		string		true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.OutcomeList	"All of them"
//	@Failure		default	{object}	httpkit.Problem		"What was wrong"
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
