package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// AssessmentsQuery is the query of a request with many assessments.
type AssessmentsQuery struct {
	Atomic bool `form:"atomic" validate:"optional"` // Record all assessments or none: if one is rejected, none is recorded.
} //	@name	AssessmentsQuery

// AssessmentsReport is the result of a request with many assessments.
type AssessmentsReport struct {
	Results []AssessmentResult `json:"data"`    // Result of each assessment, in the order of the request.
	Summary AssessmentsSummary `json:"summary"` // Number of assessments by result.
} //	@name	AssessmentsReport

// AssessmentResult is the result of one of many assessments.
type AssessmentResult struct {
	Index      int                    `json:"index" example:"0"`                                         // Position of the assessment in the request, starting at 0.
	ExternalID *string                `json:"external_id" extensions:"x-nullable" example:"A472536"`     // The shelter's own ID of the cat; null if it is not known.
	Result     string                 `json:"result" enums:"created,unchanged,rejected"`                 // `unchanged`: the cat has an assessment of the same content.
	ID         string                 `json:"id,omitempty" example:"asm_01kabq4z8vf3ht2v0xw9r6m5ec"`     // Permanent ID of the assessment; absent for a rejected one.
	CatID      string                 `json:"cat_id,omitempty" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // Permanent ID of the cat; absent for a rejected assessment.
	Errors     []httpkit.ProblemError `json:"errors,omitempty"`                                          // Why the assessment was rejected, with pointers into it; absent otherwise.
} //	@name	AssessmentResult

// AssessmentsSummary is the number of assessments by result.
type AssessmentsSummary struct {
	Rows      int `json:"rows" example:"3"`      // Assessments in the request.
	Created   int `json:"created" example:"1"`   // Assessments that were recorded.
	Unchanged int `json:"unchanged" example:"1"` // Assessments that were recorded before.
	Rejected  int `json:"rejected" example:"1"`  // Assessments that were rejected.
} //	@name	AssessmentsSummary

// createAssessments records assessments of many cats.
//
//	@Summary		Record many assessments
//	@Description	Records up to 500 assessments of cats of your shelter, each as a single one is recorded. The cats are identified by the shelter's own IDs, or by their permanent ones. There is one result for each assessment, in order; a
//	@Description	rejected one does not affect the others. All of them are recorded in one transaction, and the rating of each cat is updated at once.
//	@Description	An assessment is `unchanged` if the cat has one of the same content, also if that was corrected or withdrawn since. So the same request can be sent again.
//	@ID				createAssessments
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string				true	"ID or code of the shelter"	example(MD1)
//	@Param			Idempotency-Key	header		string				false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			query			query		AssessmentsQuery	false	"Whether to record all assessments or none"
//	@Param			body			body		AssessmentsDraft	true	"Assessments to record"
//	@Success		200				{object}	AssessmentsReport	"The result of each assessment"
//	@Failure		422				{object}	httpkit.Problem		"With `atomic`: an assessment is invalid, and none was recorded"
//	@Failure		default			{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/shelters/{id}/assessments [post]
func (a *API) createAssessments(c echo.Context) error {
	var query AssessmentsQuery
	if err := httpkit.BindValidQuery(c, &query); err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in wire.AssessmentsDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	errs, rowErrs := splitRowErrors(errs, "/assessments/", len(in.Assessments))
	errs.Check(len(in.Assessments) <= wire.MaxAssessments, "/assessments", errcode.TooMany, fmt.Sprintf("Must have at most %d entries. Send several requests.", wire.MaxAssessments))
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	ctx := catalog.WithWorkload(c.Request().Context(), catalog.BatchWorkload)
	updates, err := a.assessmentUpdates(ctx, shelter, in.Assessments, rowErrs)
	if err != nil {
		return err
	}
	results, err := a.catalogForOwner(c).RecordEvidence(ctx, shelter.ID, updates, query.Atomic)
	if err != nil {
		return err
	}
	report := newAssessmentsReport(updates, results, rowErrs)
	if query.Atomic && report.Summary.Rejected > 0 {
		return report.rejectionError()
	}
	a.syncIndex(c)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, report)
}

// splitRowErrors separates the errors in rows of a list from the other errors. The pointers
// of the former are within the row.
func splitRowErrors(errs catalog.FieldErrors, list string, rows int) (others catalog.FieldErrors, byRow []catalog.FieldErrors) {
	byRow = make([]catalog.FieldErrors, rows)
	for _, e := range errs {
		rest, ok := strings.CutPrefix(e.Pointer, list)
		row, pointer, _ := strings.Cut(rest, "/")
		i, err := strconv.Atoi(row)
		if !ok || err != nil || i >= rows {
			others = append(others, e)
			continue
		}
		if e.Pointer = ""; pointer != "" {
			e.Pointer = "/" + pointer
		}
		byRow[i] = append(byRow[i], e)
	}
	return others, byRow
}

// assessmentUpdates returns an update for each row. It adds the errors of the IDs of cats to
// those of the rows.
func (a *API) assessmentUpdates(ctx context.Context, shelter catalog.Shelter, rows []wire.CatAssessmentDraft, rowErrs []catalog.FieldErrors) ([]catalog.EvidenceUpdate, error) {
	var ids []string
	for _, row := range rows {
		if row.CatID != nil {
			ids = append(ids, *row.CatID)
		}
	}
	cats, err := a.Store.CatsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	externalIDs := map[string]string{}
	for _, cat := range cats {
		if cat.ShelterID == shelter.ID {
			externalIDs[cat.ID] = cat.ExternalID
		}
	}
	updates := make([]catalog.EvidenceUpdate, len(rows))
	for i, row := range rows {
		externalID := wire.StringOrEmpty(row.ExternalID)
		switch {
		case len(rowErrs[i]) > 0:
		case row.CatID == nil:
			rowErrs[i].Check(externalID != "", "/external_id", errcode.Required, "Expected the shelter's own ID of the cat, or cat_id.")
		case row.ExternalID != nil:
			rowErrs[i].Check(externalIDs[*row.CatID] == externalID, "/cat_id", errcode.Ambiguous, "The IDs are not of the same cat. Send one of them.")
		default:
			externalID = externalIDs[*row.CatID]
			rowErrs[i].Check(externalID != "", "/cat_id", errcode.NotFound, fmt.Sprintf("The shelter has no cat with ID %q.", *row.CatID))
		}
		updates[i] = catalog.EvidenceUpdate{ExternalID: externalID, Read: func(cat catalog.Cat) (catalog.Statement, error) {
			var assessment catalog.Assessment
			errs := wire.MergeErrors(rowErrs[i], row.ApplyTo(&assessment, a.Rubrics.Latest(), cat, a.today()))
			return catalog.Statement{Assessment: &assessment}, errs.Err(catalog.Invalid)
		}}
	}
	return updates, nil
}

func newAssessmentsReport(updates []catalog.EvidenceUpdate, results []catalog.EvidenceResult, rowErrs []catalog.FieldErrors) AssessmentsReport {
	out := AssessmentsReport{Results: make([]AssessmentResult, len(results)), Summary: AssessmentsSummary{Rows: len(results)}}
	for i, r := range results {
		result := AssessmentResult{Index: i, ExternalID: wire.OrNull(updates[i].ExternalID), Result: string(r.Result), ID: r.Assessment.ID, CatID: r.Cat.ID}
		switch r.Result {
		case catalog.ResultRejected:
			out.Summary.Rejected++
			result.Errors = newRowErrors(r.Err)
			if len(rowErrs[i]) > 0 && updates[i].ExternalID == "" { // the cat was not looked up
				result.Errors = newRowErrors(rowErrs[i].Err(catalog.Invalid))
			}
		case catalog.ResultUnchanged:
			out.Summary.Unchanged++
		case catalog.ResultCreated, catalog.ResultUpdated:
			out.Summary.Created++
		}
		out.Results[i] = result
	}
	return out
}

// rejectionError returns the error for an atomic request of which an assessment was rejected.
func (r AssessmentsReport) rejectionError() error {
	return batchRejected("assessments", r.Summary.Rejected, r.Summary.Rows, func(yield func(int, []httpkit.ProblemError) bool) {
		for _, result := range r.Results {
			if !yield(result.Index, result.Errors) {
				return
			}
		}
	})
}

// replaceHealth sets all health items of a cat.
//
//	@Summary		Set all health items of a cat
//	@Description	Sets the status of all health and safety gates of one of your cats at once. The list is complete: a gate that it omits becomes unknown, and with an empty list all are. The rating of the cat is updated once.
//	@Description	To set one gate and keep the others, use `PUT /v1/cats/{id}/health/{code}`.
//	@ID				replaceHealth
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			body	body		HealthDrafts	true	"All gates whose state is known"
//	@Success		200		{object}	wire.HealthList	"All health items of the cat"
//	@Header			200		{string}	Trailcat-Result	"Result of the write: updated or unchanged"
//	@Failure		422		{object}	httpkit.Problem	"The body is not valid; errors lists each field"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/cats/{id}/health [put]
func (a *API) replaceHealth(c echo.Context) error {
	cat, err := a.catToAssess(c)
	if err != nil {
		return err
	}
	var in wire.HealthDrafts
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	items, contentErrs := in.Items(a.Rubrics.Latest(), cat, a.today())
	if err := wire.MergeErrors(errs, contentErrs).Err(catalog.Invalid); err != nil {
		return err
	}
	update := catalog.EvidenceUpdate{ExternalID: cat.ExternalID, Read: func(catalog.Cat) (catalog.Statement, error) {
		return catalog.Statement{Health: items, Replaces: func(catalog.HealthItem) bool { return true }}, nil
	}}
	results, err := a.catalogFor(c).RecordEvidence(c.Request().Context(), cat.ShelterID, []catalog.EvidenceUpdate{update}, true)
	if err != nil {
		return err
	}
	if err := results[0].Err; err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set("Trailcat-Result", string(results[0].Result))
	return sendOwn(c, wire.HealthList{Page: wire.WholeList(), Data: wire.MapSlice(results[0].Health, wire.NewHealthItem)})
}

// catToAssess returns the cat in the path, by its id or number, or by its shelter and the
// shelter's own id. It must belong to the caller.
func (a *API) catToAssess(c echo.Context) (catalog.Cat, error) {
	if !slices.Contains(c.ParamNames(), "external_id") {
		return a.ownedCat(c, c.Param("id"))
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return catalog.Cat{}, err
	}
	cat, err := a.Store.CatByExternalID(c.Request().Context(), shelter.ID, c.Param("external_id"))
	if err == nil && !cat.ErasedAt.IsZero() {
		return catalog.Cat{}, catalog.ErasedError("cat", cat.ErasedAt)
	}
	return cat, err
}

// createAssessmentOfShelter records an assessment of a cat by the shelter's own ID.
//
//	@Summary		Record an assessment by the shelter's own ID
//	@Description	Records an assessment as `POST /v1/cats/{id}/assessments` does.
//	@ID				createAssessmentOfShelter
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string			true	"ID or code of the shelter"			example(MD1)
//	@Param			external_id		path		string			true	"The shelter's own ID of the cat"	example(A472536)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		AssessmentDraft	true	"The assessment"
//	@Success		201				{object}	wire.Assessment	"The recorded assessment"
//	@Header			201				{string}	Location		"URL of the assessment"
//	@Failure		422				{object}	httpkit.Problem	"The body is not valid; errors lists each field"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/shelters/{id}/cats/{external_id}/assessments [post]
func (a *API) createAssessmentOfShelter(c echo.Context) error { return a.createAssessment(c) }

// listAssessmentsOfShelter lists the assessments of a cat by the shelter's own ID.
//
//	@Summary		List the assessments of a cat by the shelter's own ID
//	@Description	Lists all assessments as `GET /v1/cats/{id}/assessments` does.
//	@ID				listAssessmentsOfShelter
//	@Tags			adventure
//	@Produce		json
//	@Param			id			path		string				true	"ID or code of the shelter"			example(MD1)
//	@Param			external_id	path		string				true	"The shelter's own ID of the cat"	example(A472536)
//	@Success		200			{object}	wire.AssessmentList	"All assessments of the cat"
//	@Failure		default		{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/shelters/{id}/cats/{external_id}/assessments [get]
func (a *API) listAssessmentsOfShelter(c echo.Context) error { return a.listAssessments(c) }

// replaceHealthOfShelter sets all health items of a cat by the shelter's own ID.
//
//	@Summary		Set all health items by the shelter's own ID
//	@Description	Sets the status of all gates as `PUT /v1/cats/{id}/health` does.
//	@ID				replaceHealthOfShelter
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id			path		string			true	"ID or code of the shelter"			example(MD1)
//	@Param			external_id	path		string			true	"The shelter's own ID of the cat"	example(A472536)
//	@Param			body		body		HealthDrafts	true	"All gates whose state is known"
//	@Success		200			{object}	wire.HealthList	"All health items of the cat"
//	@Header			200			{string}	Trailcat-Result	"Result of the write: updated or unchanged"
//	@Failure		422			{object}	httpkit.Problem	"The body is not valid; errors lists each field"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/shelters/{id}/cats/{external_id}/health [put]
func (a *API) replaceHealthOfShelter(c echo.Context) error { return a.replaceHealth(c) }

// listHealthOfShelter lists the health items of a cat by the shelter's own ID.
//
//	@Summary		List the health items of a cat by the shelter's own ID
//	@Description	Lists the health items as `GET /v1/cats/{id}/health` does.
//	@ID				listHealthOfShelter
//	@Tags			adventure
//	@Produce		json
//	@Param			id			path		string			true	"ID or code of the shelter"			example(MD1)
//	@Param			external_id	path		string			true	"The shelter's own ID of the cat"	example(A472536)
//	@Success		200			{object}	wire.HealthList	"All health items of the cat"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/shelters/{id}/cats/{external_id}/health [get]
func (a *API) listHealthOfShelter(c echo.Context) error { return a.listHealth(c) }
