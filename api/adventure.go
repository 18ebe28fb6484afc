package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating"
	"trailcat/internal/suitability"
)

// AdventureQuery is what one may ask of a rating.
type AdventureQuery struct {
	AsOf   time.Time `query:"as_of" form:"as_of" validate:"optional" format:"date" example:"2026-11-22"` // Day of the rating; default today (UTC).
	Rubric string    `query:"rubric" form:"rubric" validate:"optional" example:"1.1.0"`                  // Version of the rubric; default the newest.
	Lang   string    `query:"lang" form:"lang" validate:"optional" enums:"en" default:"en"`              // Language of the texts.
} //	@name	AdventureQuery

// getAdventure rates a cat.
//
//	@Summary		Rate a cat
//	@Description	Rates a cat from all that was recorded of it, as of a day, and says why. Behaviour alone makes the score; health and safety
//	@Description	say what may be done now. A cat of which too little was seen is not yet assessed: its score is null, never 0.
//	@Description	What its listing says (fields, tags, description) counts as hints, which are told apart from what people saw: alone they give no score.
//	@Description	What the listing's flags report of health is marked as reported: a failure counts, an ok stays unverified.
//	@Description	Naming as_of and rubric makes any rating again.
//	@ID				getAdventure
//	@Tags			adventure
//	@Produce		json
//	@Param			id				path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		AdventureQuery	false	"As of when, and by which rubric"
//	@Param			If-None-Match	header		string			false	"The ETag that you hold"
//	@Success		200				{object}	wire.AdventureRating	"The rating"
//	@Header			200				{string}	ETag			"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		410				{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/cats/{id}/adventure [get]
func (a *API) getAdventure(c echo.Context) error {
	in := AdventureQuery{Lang: "en"}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	_, rated, said, err := a.rated(c, in, bad)
	if err != nil {
		return err
	}
	return httpkit.SendJSON(c, wire.NewAdventureRating(rated, said))
}

// rated rates the cat of the path as a query asks.
func (a *API) rated(c echo.Context, in AdventureQuery, bad catalog.FieldErrors) (catalog.Cat, rating.Rating, []hints.Hint, error) {
	if in.AsOf.IsZero() {
		in.AsOf = a.today()
	} else if in.AsOf.Year() < 1900 || in.AsOf.Year() > 2200 {
		bad = append(bad, catalog.FieldError{Pointer: "", Parameter: "as_of", Code: "out_of_range", Message: "Is not between 1900 and 2200."})
	}
	rubric, unknown := a.rubric(in.Rubric)
	if unknown != nil {
		unknown.Parameter = "rubric"
		bad = append(bad, *unknown)
	}
	if err := bad.Err(catalog.Malformed); err != nil {
		return catalog.Cat{}, rating.Rating{}, nil, err
	}
	ctx := c.Request().Context()
	cat, err := a.catFromPath(c)
	if err != nil {
		return catalog.Cat{}, rating.Rating{}, nil, err
	}
	assessments, err := a.Store.Assessments(ctx, cat.ID)
	if err != nil {
		return catalog.Cat{}, rating.Rating{}, nil, err
	}
	health, err := a.Store.Health(ctx, cat.ID)
	if err != nil {
		return catalog.Cat{}, rating.Rating{}, nil, err
	}
	said := suitability.EvidenceFromListing(rubric, &cat.Cat, in.AsOf)
	return cat.Cat, suitability.Rate(rubric.Rate, &cat.Cat, assessments, health, said, in.AsOf), said.Hints, nil
}
