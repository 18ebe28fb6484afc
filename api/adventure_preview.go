package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// previewAdventure rates a cat that is not stored.
//
//	@Summary		Rate a cat that is not stored
//	@Description	Rates a cat from what you send: to try the rubric, or for assessment apps. Nothing is kept, and no key is needed.
//	@Description	The same body gives the same rating to the byte, whatever the order of the observations, as long as as_of and rubric are named.
//	@ID				previewAdventure
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			body	body		AdventurePreview	true	"The cat, what was seen of it, and how its health stands"
//	@Success		200		{object}	AdventureRating		"The rating"
//	@Failure		422		{object}	Problem				"What cannot be true, part by part"
//	@Failure		default	{object}	Problem				"What was wrong"
//	@Router			/v1/adventure/preview [post]
func (a *API) previewAdventure(c echo.Context) error {
	var in AdventurePreview
	bad, err := bindBody(c, &in)
	if err != nil {
		return err
	}
	if len(in.Observations) > 1000 || len(in.Health) > 100 {
		return catalog.FieldErrors{*fault("too_many", "At most 1000 observations and 100 health items are rated at once.")}.Err(catalog.Invalid)
	}
	shown, content := a.preview(in)
	if err := mergeErrors(bad, content).Err(catalog.Invalid); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shown)
}

// preview rates what a body says, unless it cannot be true.
func (a *API) preview(in AdventurePreview) (AdventureRating, catalog.FieldErrors) {
	var d dateParser
	asOf := d.day("/as_of", in.AsOf)
	if in.AsOf == nil {
		asOf = rating.DayOf(a.today())
	}
	rubric, unknown := a.rubric(stringOrEmpty(in.Rubric))
	if unknown != nil {
		d.bad.Check(false, "/rubric", unknown.Code, unknown.Message)
	}
	cat := in.Cat.cat(&d)
	observations := make([]rating.Observation, len(in.Observations))
	for i, o := range in.Observations {
		observations[i] = o.observation(&d, i)
	}
	health := make([]rating.HealthItem, len(in.Health))
	for i, h := range in.Health {
		health[i] = h.item(&d, fmt.Sprintf("/health/%d", i))
	}
	if asOf == 0 {
		return AdventureRating{}, d.bad // without a day nothing else can be judged
	}
	bad := mergeErrors(d.bad, ratingFaults(rubric.Check(cat, observations, health, asOf)))
	if len(bad) > 0 {
		return AdventureRating{}, bad
	}
	name(observations)
	return newAdventureRating(rubric.Rate(cat, observations, health, asOf), nil), nil
}
