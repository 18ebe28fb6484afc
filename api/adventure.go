package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/hints"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating"
	"trailcat/internal/suitability"
)

// AdventureQuery holds the query parameters of a rating.
type AdventureQuery struct {
	AsOf   time.Time `form:"as_of" validate:"optional" format:"date" example:"2026-11-22"` // Day of the rating; default today (UTC).
	Rubric string    `form:"rubric" validate:"optional" example:"1.2.0"`                   // Version of the rubric; default the newest.
	Lang   string    `form:"lang" validate:"optional" enums:"en" default:"en"`             // Language of the texts.
} //	@name	AdventureQuery

// getAdventure returns the adventure rating of a cat.
//
//	@Summary		Get the adventure rating of a cat
//	@Description	Rates a cat as of one day from everything that was recorded about it, and explains the result. The score depends on
//	@Description	behavior only; health and safety decide which activities the cat can begin now. A cat with too few observations is not yet
//	@Description	assessed: its score is null, never 0.
//	@Description
//	@Description	What the listing says (fields, tags and description) counts as hints, which are shown apart from what people observed and
//	@Description	give no score on their own. Answers on leash, crate, travel and energy in the software of the shelter are its record: hints
//	@Description	that count more. Health flags of the listing are marked as reported: a failure counts, an ok stays unverified.
//	@Description
//	@Description	The same `as_of` and `rubric` always give the same rating for the same evidence.
//	@ID				getAdventure
//	@Tags			adventure
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		AdventureQuery	false	"Day, rubric and language"
//	@Param			If-None-Match	header		string			false	"ETag of the response that you have"
//	@Success		200				{object}	wire.AdventureRating	"The adventure rating"
//	@Header			200				{string}	ETag			"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		410				{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats/{id}/adventure [get]
func (a *API) getAdventure(c echo.Context) error {
	in := AdventureQuery{Lang: "en"}
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	r, err := a.rated(c, in, errs)
	if err != nil {
		return err
	}
	return httpkit.SendJSON(c, wire.NewAdventureRating(r.rating, r.hints, r.impression))
}

// ratedCat is a cat with its rating, the hints of its listing and the impression that
// these give.
type ratedCat struct {
	cat        catalog.Cat
	rating     rating.Rating
	hints      []hints.Hint
	impression catalog.Impression
}

// rated returns the cat of the path and its rating. errs are the errors of the query so far.
func (a *API) rated(c echo.Context, in AdventureQuery, errs catalog.FieldErrors) (ratedCat, error) {
	if in.AsOf.IsZero() {
		in.AsOf = a.today()
	} else if in.AsOf.Year() < 1900 || in.AsOf.Year() > 2200 {
		errs = append(errs, catalog.FieldError{Pointer: "", Parameter: "as_of", Code: errcode.OutOfRange, Message: "Must be between 1900 and 2200."})
	}
	rubric, unknown := a.rubric(in.Rubric)
	if unknown != nil {
		unknown.Parameter = "rubric"
		errs = append(errs, *unknown)
	}
	if err := errs.Err(catalog.Malformed); err != nil {
		return ratedCat{}, err
	}
	ctx := c.Request().Context()
	cat, err := a.catFromPath(c)
	if err != nil {
		return ratedCat{}, err
	}
	assessments, err := a.Store.Assessments(ctx, cat.ID)
	if err != nil {
		return ratedCat{}, err
	}
	health, err := a.Store.Health(ctx, cat.ID)
	if err != nil {
		return ratedCat{}, err
	}
	listing := suitability.EvidenceFromListing(rubric, &cat.Cat, in.AsOf)
	return ratedCat{
		cat: cat.Cat, rating: suitability.Rate((*rating.Rubric).Rate, rubric, &cat.Cat, assessments, health, listing, in.AsOf),
		hints: listing.Hints, impression: suitability.ImpressionOf(rubric, listing.Hints),
	}, nil
}

// previewAdventure rates a cat that is not stored.
//
//	@Summary		Rate a cat that is not stored
//	@Description	Rates a cat from the observations in the body, for example in an assessment app. Nothing is stored, and no key is needed.
//	@Description	With `as_of` and `rubric`, the same body always gives exactly the same rating; the order of the observations does not matter.
//	@ID				previewAdventure
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			body	body		AdventurePreview	true	"The cat, the observations and the health items"
//	@Success		200		{object}	wire.AdventureRating		"The adventure rating"
//	@Failure		422		{object}	httpkit.Problem				"The body is not valid; errors lists each field"
//	@Failure		default	{object}	httpkit.Problem				"The request failed; the problem says why"
//	@Router			/v1/adventure/preview [post]
func (a *API) previewAdventure(c echo.Context) error {
	var in wire.AdventurePreview
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	if len(in.Observations) > 1000 || len(in.Health) > 100 {
		return catalog.FieldErrors{*binding.NewFieldError(errcode.TooMany, "Must have at most 1000 observations and 100 health items.")}.Err(catalog.Invalid)
	}
	rated, contentErrs := a.preview(in)
	if err := wire.MergeErrors(errs, contentErrs).Err(catalog.Invalid); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, rated)
}

// preview returns the rating of a body, or the errors of its content.
func (a *API) preview(in wire.AdventurePreview) (wire.AdventureRating, catalog.FieldErrors) {
	var d wire.DateParser
	asOf := d.ParseDay("/as_of", in.AsOf)
	if in.AsOf == nil {
		asOf = rating.DayOf(a.today())
	}
	rubric, unknown := a.rubric(wire.StringOrEmpty(in.Rubric))
	if unknown != nil {
		d.Errs.Check(false, "/rubric", unknown.Code, unknown.Message)
	}
	cat := in.Cat.Cat(&d)
	observations := make([]rating.Observation, len(in.Observations))
	for i, o := range in.Observations {
		observations[i] = o.Observation(&d, i)
	}
	health := make([]rating.HealthItem, len(in.Health))
	for i, h := range in.Health {
		health[i] = h.Item(&d, fmt.Sprintf("/health/%d", i))
	}
	if asOf == 0 {
		return wire.AdventureRating{}, d.Errs // nothing else can be checked without a day
	}
	errs := wire.MergeErrors(d.Errs, wire.RatingFieldErrors(rubric.Check(cat, observations, health, asOf)))
	if len(errs) > 0 {
		return wire.AdventureRating{}, errs
	}
	wire.AssignObservationIDs(observations)
	return wire.NewAdventureRating(rubric.Rate(cat, observations, health, asOf), nil, catalog.Impression{}), nil
}
