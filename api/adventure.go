package api

import (
	"context"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// Observed answers what was recorded of a cat.
type Observed interface {
	Assessments(ctx context.Context, catID string) ([]catalog.Assessment, error)
	Health(ctx context.Context, catID string) ([]catalog.HealthItem, error)
}

// AdventureQuery is what one may ask of a rating.
type AdventureQuery struct {
	AsOf   time.Time `query:"as_of" form:"as_of" validate:"optional" format:"date" example:"2026-11-22"` // the day of the rating; left out: today (UTC)
	Rubric string    `query:"rubric" form:"rubric" validate:"optional" example:"1.0.0"`                  // a version of the rubric; left out: the newest
	Lang   string    `query:"lang" form:"lang" validate:"optional" enums:"en" default:"en"`              // of the texts
} //	@name	AdventureQuery

// getAdventure rates a cat.
//
//	@Summary		Rate a cat
//	@Description	Rates a cat from all that was recorded of it, as of a day, and says why. Behaviour alone makes the score; health and safety
//	@Description	say what may be done now. A cat of which too little was seen is not yet assessed: its score is null, never 0.
//	@Description	Naming as_of and rubric makes any rating again.
//	@ID				getAdventure
//	@Tags			adventure
//	@Produce		json
//	@Param			id				path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		AdventureQuery	false	"As of when, and by which rubric"
//	@Param			If-None-Match	header		string			false	"The ETag that you hold"
//	@Success		200				{object}	AdventureRating	"The rating"
//	@Header			200				{string}	ETag			"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		410				{object}	Problem	"The cat was removed"
//	@Failure		default			{object}	Problem	"What was wrong"
//	@Router			/v1/cats/{id}/adventure [get]
func (a *API) getAdventure(c echo.Context) error {
	in := AdventureQuery{Lang: "en"}
	bad, err := bindQuery(c, &in)
	if err != nil {
		return err
	}
	_, rated, err := a.rated(c, in, bad)
	if err != nil {
		return err
	}
	return sendJSON(c, newAdventureRating(rated))
}

// rated rates the cat of the path as a query asks.
func (a *API) rated(c echo.Context, in AdventureQuery, bad catalog.Faults) (catalog.Cat, rating.Rating, error) {
	if in.AsOf.IsZero() {
		in.AsOf = a.today()
	} else if in.AsOf.Year() < 1900 || in.AsOf.Year() > 2200 {
		bad = append(bad, catalog.Fault{Pointer: "", Parameter: "as_of", Code: "out_of_range", Message: "Is not between 1900 and 2200."})
	}
	rubric, unknown := a.rubric(in.Rubric)
	if unknown != nil {
		unknown.Parameter = "rubric"
		bad = append(bad, *unknown)
	}
	if err := bad.Err(catalog.Malformed); err != nil {
		return catalog.Cat{}, rating.Rating{}, err
	}
	ctx := c.Request().Context()
	cat, err := a.catOf(ctx, c.Param("id"))
	if err != nil {
		return catalog.Cat{}, rating.Rating{}, err
	}
	assessments, err := a.Store.Assessments(ctx, cat.ID)
	if err != nil {
		return catalog.Cat{}, rating.Rating{}, err
	}
	health, err := a.Store.Health(ctx, cat.ID)
	if err != nil {
		return catalog.Cat{}, rating.Rating{}, err
	}
	return cat.Cat, rateCat(rubric, cat.Cat, assessments, health, in.AsOf), nil
}

// rateCat rates a cat from what was recorded of it, as far as that still counts.
func rateCat(rubric *rating.Rubric, cat catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, on time.Time) rating.Rating {
	standing := slices.DeleteFunc(slices.Clone(assessments), func(a catalog.Assessment) bool { return !a.Counts() })
	return rubric.Rate(ratedCat(cat), observationsOf(standing), healthOf(health), rating.DayOf(on))
}

// Rater rates cats for the catalog, by the newest rubric.
func Rater(rubrics *rating.Rubrics) catalog.Rater {
	return func(cat catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, on time.Time) catalog.Rating {
		return short(rateCat(rubrics.Latest(), cat, assessments, health, on))
	}
}

// short is what a cat keeps of its rating.
func short(r rating.Rating) catalog.Rating {
	out := catalog.Rating{Rubric: r.Rubric.Version, On: r.AsOf.Time(), Overall: nil, BestFit: r.BestFit, Activities: nil}
	if r.Overall != nil {
		out.Overall = &r.Overall.Score
	}
	for _, a := range r.Activities {
		if a.Readiness == rating.Suitable {
			continue // indoor enrichment suits every cat
		}
		one := catalog.ActivityRating{Activity: a.Activity, Score: nil, Low: nil, High: nil, Band: "", Readiness: string(a.Readiness), Grade: a.Grade}
		if a.Estimate != nil {
			one.Score, one.Low, one.High, one.Band = &a.Estimate.Score, &a.Estimate.Low, &a.Estimate.High, a.Estimate.Band
		}
		out.Activities = append(out.Activities, one)
	}
	return out
}
