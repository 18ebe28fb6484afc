package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/suitability"
)

// NextAssessmentsQuery holds the query parameters of the cats to assess next.
type NextAssessmentsQuery struct {
	Activity string `form:"activity" validate:"optional" enums:"leash_walk,backpack,hike,patio_visit"` // Activity to assess for; default all of them.
	Cursor   string `form:"cursor" validate:"optional" maxLength:"80"`                                 // `next_cursor` of the previous page, with all other parameters unchanged.
	Limit    int    `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`          // Cats per page.
} //	@name	NextAssessmentsQuery

// NextAssessmentPage is a page of the cats to assess next.
type NextAssessmentPage struct {
	Data []NextAssessment `json:"data"` // Cats to assess, the most useful assessment first.
	Page wire.PageInfo    `json:"page"` // Position in the list.
} //	@name	NextAssessmentPage

// NextAssessment is a cat to assess, with the trait to observe first.
type NextAssessment struct {
	CatID          string    `json:"cat_id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                                            // Permanent ID of the cat.
	Number         int64     `json:"number" example:"1042"`                                                                                                                                      // Permanent number of the cat.
	ExternalID     string    `json:"external_id" example:"A472536"`                                                                                                                              // The shelter's own ID of the cat.
	Name           string    `json:"name" example:"Kenny"`                                                                                                                                       // Name of the cat.
	Status         string    `json:"status" enums:"available,pending,on_hold"`                                                                                                                   // Adoption status.
	LastObservedOn *string   `json:"last_observed_on" format:"date" extensions:"x-nullable"`                                                                                                     // Day of the last observation that counts; null if nobody has assessed the cat.
	EvidenceGrade  string    `json:"evidence_grade" enums:"A,B,C,D,listing,none"`                                                                                                                // Best grade of the evidence of the activity, or of any of them.
	Trait          NextTrait `json:"trait"`                                                                                                                                                      // Trait to observe first.
	Reason         string    `json:"reason" example:"Nobody has assessed Kenny yet. Recovery from sounds says most about all activities: one observation removes about 9 % of the uncertainty."` // Why, in words for staff.
} //	@name	NextAssessment

// NextTrait is the trait of which one observation helps the rating of a cat most.
type NextTrait struct {
	Code  string  `json:"code" example:"sound_recovery"`                                        // Code of the trait, for `levels` of an assessment.
	Title string  `json:"title" example:"Recovery from sounds"`                                 // Name of the trait.
	Task  string  `json:"task" example:"One everyday sound: keys or a spoon dropped 2 m away."` // What to do with the cat. The rubric describes the levels.
	Gain  float64 `json:"gain" minimum:"0" maximum:"1" example:"0.09"`                          // Share of the uncertainty that one observation of full weight removes, as the mean of the activities.
} //	@name	NextTrait

// listNextAssessments lists the cats of a shelter to assess next.
//
//	@Summary		List the cats to assess next
//	@Description	Lists the cats of your shelter that are available, pending or on hold, in the order in which an assessment helps most: available cats first, then those that were not observed for longest, then those with most to gain.
//	@Description	For each cat it names the trait to observe first and says why, in words for staff. With `activity`, the trait is the one that says most about this activity.
//	@ID				listNextAssessments
//	@Tags			adventure
//	@Produce		json
//	@Param			id		path		string					true	"ID or code of the shelter"	example(MD1)
//	@Param			query	query		NextAssessmentsQuery	false	"Activity and page"
//	@Success		200		{object}	NextAssessmentPage		"A page of the cats to assess next"
//	@Header			200		{string}	Link					"URL of the next page, with rel=next"
//	@Failure		default	{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/shelters/{id}/assessments/next [get]
func (a *API) listNextAssessments(c echo.Context) error {
	in := NextAssessmentsQuery{Limit: 20}
	after, err := bindPositionPage(c, &in, &in.Cursor, suitability.ParseWorklistPosition)
	if err != nil {
		return err
	}
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	tasks, err := suitability.Worklist(c.Request().Context(), a.Store, a.Rubrics.Latest(), shelter.ID, in.Activity, a.today())
	if err != nil {
		return err
	}
	tasks, page := pageAfter(c, tasks, after, in.Limit, suitability.Task.Position)
	return sendOwn(c, NextAssessmentPage{
		Data: wire.MapSlice(tasks, func(t suitability.Task) NextAssessment { return a.newNextAssessment(t, in.Activity) }),
		Page: page,
	})
}

func (a *API) newNextAssessment(t suitability.Task, activity string) NextAssessment {
	rubric := a.Rubrics.Latest()
	title, task := rubric.TraitTask(t.Trait)
	out := NextAssessment{
		CatID: t.Cat.ID, Number: t.Cat.Number, ExternalID: t.Cat.ExternalID, Name: t.Cat.Name, Status: string(t.Cat.Status), LastObservedOn: nil, EvidenceGrade: t.Grade,
		Trait:  NextTrait{Code: t.Trait, Title: title, Task: task, Gain: t.Gain},
		Reason: t.Reason(rubric, activity, a.today()),
	}
	if !t.LastSeenOn.IsZero() {
		out.LastObservedOn = new(t.LastSeenOn.Format(time.DateOnly))
	}
	return out
}
