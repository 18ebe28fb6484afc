package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// createAssessment records what somebody saw of a cat.
//
//	@Summary		Record an assessment
//	@Description	Records what one person saw of one of your cats on one visit: a level for each trait that was seen, by the anchors of the rubric.
//	@Description	The cat is rated anew at once. Who assessed is the assessor's id together with your partner: one person's marks never count twice as two people's.
//	@ID				createAssessment
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Sent again with the same body within 24 hours, this gets the same answer, and nothing is done twice"
//	@Param			body			body		AssessmentDraft	true	"What was seen"
//	@Success		201				{object}	wire.Assessment		"It is recorded"
//	@Header			201				{string}	Location		"Where it is"
//	@Failure		422				{object}	httpkit.Problem			"What cannot be true, part by part"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/assessments [post]
func (a *API) createAssessment(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in wire.AssessmentDraft
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	made := catalog.Assessment{CatID: cat.ID, PartnerID: principalFrom(c).PartnerID}
	bad = wire.MergeErrors(bad, in.ApplyTo(&made, a.Rubrics.Latest(), cat, a.today()))
	if err := bad.Err(catalog.Invalid); err != nil {
		return err
	}
	made, err = a.catalogFor(c).RecordAssessment(c.Request().Context(), made)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set(echo.HeaderLocation, "/v1/cats/"+cat.ID+"/assessments/"+made.ID)
	return c.JSON(http.StatusCreated, wire.NewAssessment(made))
}

// listAssessments lists what was seen of a cat.
//
//	@Summary		List the assessments of a cat
//	@Description	Lists what was recorded of one of your cats, in the order of recording; superseded and withdrawn ones too, which no longer count.
//	@ID				listAssessments
//	@Tags			adventure
//	@Produce		json
//	@Param			id		path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.AssessmentList	"All of them"
//	@Failure		default	{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/assessments [get]
func (a *API) listAssessments(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	all, err := a.Store.Assessments(c.Request().Context(), cat.ID)
	if err != nil {
		return err
	}
	return sendOwn(c, wire.AssessmentList{Page: wire.WholeList(), Data: wire.MapSlice(all, wire.NewAssessment)})
}

// correctAssessment corrects an assessment.
//
//	@Summary		Correct an assessment
//	@Description	Lays a merge patch over an assessment of one of your cats. The old one stays and is marked as superseded; the answer is the new one.
//	@Description	To take one trait out, send null as its level. Who assessed may be corrected too.
//	@ID				correctAssessment
//	@Tags			adventure
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id				path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			assessment_id	path		string			true	"The assessment's id"			example(asm_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			body			body		map[string]any	true	"What to change, as in an AssessmentDraft"
//	@Success		200				{object}	wire.Assessment		"The one that counts now"
//	@Failure		409				{object}	httpkit.Problem			"It was withdrawn or superseded before"
//	@Failure		422				{object}	httpkit.Problem			"What cannot be true, part by part"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/assessments/{assessment_id} [patch]
func (a *API) correctAssessment(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	patch, err := httpkit.ReadPatch(c)
	if err != nil {
		return err
	}
	made, err := a.catalogFor(c).CorrectAssessment(c.Request().Context(), cat.ID, c.Param("assessment_id"), func(old *catalog.Assessment) error {
		in, bad, err := binding.ApplyPatch(patch, wire.NewAssessmentDraft(*old))
		if err != nil {
			return err
		}
		return wire.MergeErrors(bad, in.ApplyTo(old, a.Rubrics.Latest(), cat, a.today())).Err(catalog.Invalid)
	})
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return c.JSON(http.StatusOK, wire.NewAssessment(made))
}

// withdrawAssessment takes an assessment back.
//
//	@Summary		Withdraw an assessment
//	@Description	Takes an assessment of one of your cats back. It stays in the list and counts no longer. To withdraw it again changes nothing.
//	@ID				withdrawAssessment
//	@Tags			adventure
//	@Param			id				path	string	true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			assessment_id	path	string	true	"The assessment's id"			example(asm_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		204				"It counts no longer"
//	@Failure		409				{object}	httpkit.Problem	"It was superseded"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/assessments/{assessment_id} [delete]
func (a *API) withdrawAssessment(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	if err := a.catalogFor(c).WithdrawAssessment(c.Request().Context(), cat.ID, c.Param("assessment_id")); err != nil {
		return err
	}
	a.syncIndex(c)
	return c.NoContent(http.StatusNoContent)
}

// putHealth says how a gate of a cat stands.
//
//	@Summary		Say how a health gate stands
//	@Description	Says how one health or safety gate of the rubric stands for one of your cats. What nobody said is unknown, never fine.
//	@Description	It never moves a score; it says what may be done now. The cat is rated anew at once.
//	@ID				putHealth
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			code	path		string			true	"The gate's code"				example(ID.CHIP)
//	@Param			body	body		HealthItemDraft	true	"How it stands"
//	@Success		200		{object}	wire.HealthItem		"It stands so"
//	@Success		201		{object}	wire.HealthItem		"It stands so, for the first time"
//	@Failure		422		{object}	httpkit.Problem			"What cannot be true, part by part"
//	@Failure		default	{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/health/{code} [put]
func (a *API) putHealth(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in wire.HealthItemDraft
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	item := catalog.HealthItem{CatID: cat.ID, Code: c.Param("code")}
	bad = wire.MergeErrors(bad, in.Over(&item, a.Rubrics.Latest(), cat, a.today()))
	if err := bad.Err(catalog.Invalid); err != nil {
		return err
	}
	item, result, err := a.catalogFor(c).PutHealth(c.Request().Context(), item)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return sendPut(c, result, wire.NewHealthItem(item))
}

// listHealth lists how the gates of a cat stand.
//
//	@Summary		List the health items of a cat
//	@Description	Lists what was verified of one of your cats, by code. A gate that is not in it is unknown.
//	@ID				listHealth
//	@Tags			adventure
//	@Produce		json
//	@Param			id		path		string		true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.HealthList	"All of them"
//	@Failure		default	{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/health [get]
func (a *API) listHealth(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	items, err := a.Store.Health(c.Request().Context(), cat.ID)
	if err != nil {
		return err
	}
	return sendOwn(c, wire.HealthList{Page: wire.WholeList(), Data: wire.MapSlice(items, wire.NewHealthItem)})
}

// sendPut sends what was put: 201 where it was not there before.
func sendPut(c echo.Context, result catalog.Result, v any) error {
	status := http.StatusOK
	if result == catalog.ResultCreated {
		status = http.StatusCreated
	}
	return c.JSON(status, v)
}

// sendOwn sends what is for its owner's eyes: no cache on the way keeps it.
func sendOwn(c echo.Context, v any) error {
	c.Response().Header().Set("Cache-Control", "private, no-store")
	return c.JSON(http.StatusOK, v)
}
