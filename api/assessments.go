package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// createAssessment records an assessment of a cat.
//
//	@Summary		Record an assessment
//	@Description	Records what one person observed about one of your cats on one visit: a level for each observed trait, as the anchors of
//	@Description	the rubric define it. The rating of the cat is updated at once. Assessors are identified by their ID within your partner
//	@Description	account, so that two visits of one person do not count as the judgement of two people.
//	@ID				createAssessment
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		AssessmentDraft	true	"The assessment"
//	@Success		201				{object}	wire.Assessment		"The recorded assessment"
//	@Header			201				{string}	Location		"URL of the assessment"
//	@Failure		422				{object}	httpkit.Problem			"The body is not valid; errors lists each field"
//	@Failure		default			{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/assessments [post]
func (a *API) createAssessment(c echo.Context) error {
	cat, err := a.catToAssess(c)
	if err != nil {
		return err
	}
	var in wire.AssessmentDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	assessment := catalog.Assessment{CatID: cat.ID, PartnerID: principalFrom(c).PartnerID}
	errs = wire.MergeErrors(errs, in.ApplyTo(&assessment, a.Rubrics.Latest(), cat, a.today()))
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	assessment, err = a.catalogFor(c).RecordAssessment(c.Request().Context(), assessment)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set(echo.HeaderLocation, "/v1/cats/"+cat.ID+"/assessments/"+assessment.ID)
	return c.JSON(http.StatusCreated, wire.NewAssessment(assessment))
}

// listAssessments lists the assessments of a cat.
//
//	@Summary		List the assessments of a cat
//	@Description	Lists all assessments of one of your cats in the order in which they were recorded, including superseded and withdrawn
//	@Description	ones, which no longer count.
//	@ID				listAssessments
//	@Tags			adventure
//	@Produce		json
//	@Param			id		path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.AssessmentList	"All assessments of the cat"
//	@Failure		default	{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/assessments [get]
func (a *API) listAssessments(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	cat, err := a.catToAssess(c)
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
//	@Description	Applies a JSON merge patch to an assessment of one of your cats. The result is a new assessment; the old one remains in
//	@Description	the list and is marked as superseded. To remove a trait, send null as its level. The assessor can be corrected too.
//	@ID				correctAssessment
//	@Tags			adventure
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			assessment_id	path		string			true	"ID of the assessment"			example(asm_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			body			body		map[string]any	true	"Fields to change, as in an AssessmentDraft"
//	@Success		200				{object}	wire.Assessment		"The new assessment"
//	@Failure		409				{object}	httpkit.Problem			"The assessment has already been withdrawn or superseded"
//	@Failure		422				{object}	httpkit.Problem			"The body is not valid; errors lists each field"
//	@Failure		default			{object}	httpkit.Problem			"The request failed; the problem says why"
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
	assessment, err := a.catalogFor(c).CorrectAssessment(c.Request().Context(), cat.ID, c.Param("assessment_id"), func(old *catalog.Assessment) error {
		in, errs, err := binding.ApplyPatch(patch, wire.NewAssessmentDraft(*old))
		if err != nil {
			return err
		}
		return wire.MergeErrors(errs, in.ApplyTo(old, a.Rubrics.Latest(), cat, a.today())).Err(catalog.Invalid)
	})
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return c.JSON(http.StatusOK, wire.NewAssessment(assessment))
}

// withdrawAssessment withdraws an assessment.
//
//	@Summary		Withdraw an assessment
//	@Description	Withdraws an assessment of one of your cats. It remains in the list but no longer counts. Withdrawing it again changes nothing.
//	@ID				withdrawAssessment
//	@Tags			adventure
//	@Param			id				path	string	true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			assessment_id	path	string	true	"ID of the assessment"			example(asm_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		204				"The assessment is withdrawn"
//	@Failure		409				{object}	httpkit.Problem	"The assessment has been superseded"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
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

// putHealth sets the status of a health item of a cat.
//
//	@Summary		Set a health item
//	@Description	Sets the status of one health or safety gate of the rubric for one of your cats. A gate without a status is unknown, never
//	@Description	ok. Health items do not change scores; they decide which activities the cat can begin now. The rating of the cat is updated
//	@Description	at once.
//	@ID				putHealth
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			code	path		string			true	"Code of the gate in the rubric"				example(ID.CHIP)
//	@Param			body	body		HealthItemDraft	true	"The health item"
//	@Success		200		{object}	wire.HealthItem		"The updated health item"
//	@Success		201		{object}	wire.HealthItem		"The created health item"
//	@Failure		422		{object}	httpkit.Problem			"The body is not valid; errors lists each field"
//	@Failure		default	{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/health/{code} [put]
func (a *API) putHealth(c echo.Context) error {
	cat, err := a.ownedCat(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in wire.HealthItemDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	item := catalog.HealthItem{CatID: cat.ID, Code: c.Param("code")}
	errs = wire.MergeErrors(errs, in.ApplyTo(&item, a.Rubrics.Latest(), cat, a.today()))
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	item, result, err := a.catalogFor(c).PutHealth(c.Request().Context(), item)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return sendPut(c, result, wire.NewHealthItem(item))
}

// listHealth lists the health items of a cat.
//
//	@Summary		List the health items of a cat
//	@Description	Lists the health items of one of your cats, sorted by code. A gate that is not listed is unknown.
//	@ID				listHealth
//	@Tags			adventure
//	@Produce		json
//	@Param			id		path		string		true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.HealthList	"All health items of the cat"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/health [get]
func (a *API) listHealth(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	cat, err := a.catToAssess(c)
	if err != nil {
		return err
	}
	items, err := a.Store.Health(c.Request().Context(), cat.ID)
	if err != nil {
		return err
	}
	return sendOwn(c, wire.HealthList{Page: wire.WholeList(), Data: wire.MapSlice(items, wire.NewHealthItem)})
}

// sendPut responds to a PUT: with 201 if it created the resource, otherwise with 200.
func sendPut(c echo.Context, result catalog.Result, v any) error {
	status := http.StatusOK
	if result == catalog.ResultCreated {
		status = http.StatusCreated
	}
	return c.JSON(status, v)
}

// sendOwn responds with data that only its owner may see, and forbids caching it.
func sendOwn(c echo.Context, v any) error {
	c.Response().Header().Set("Cache-Control", "private, no-store")
	return c.JSON(http.StatusOK, v)
}
