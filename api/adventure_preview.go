package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
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
//	@Success		200		{object}	wire.AdventureRating		"The rating"
//	@Failure		422		{object}	httpkit.Problem				"What cannot be true, part by part"
//	@Failure		default	{object}	httpkit.Problem				"What was wrong"
//	@Router			/v1/adventure/preview [post]
func (a *API) previewAdventure(c echo.Context) error {
	var in wire.AdventurePreview
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	if len(in.Observations) > 1000 || len(in.Health) > 100 {
		return catalog.FieldErrors{*binding.NewFieldError("too_many", "At most 1000 observations and 100 health items are rated at once.")}.Err(catalog.Invalid)
	}
	shown, content := a.preview(in)
	if err := wire.MergeErrors(bad, content).Err(catalog.Invalid); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shown)
}

// preview rates what a body says, unless it cannot be true.
func (a *API) preview(in wire.AdventurePreview) (wire.AdventureRating, catalog.FieldErrors) {
	var d wire.DateParser
	asOf := d.Day("/as_of", in.AsOf)
	if in.AsOf == nil {
		asOf = rating.DayOf(a.today())
	}
	rubric, unknown := a.rubric(wire.StringOrEmpty(in.Rubric))
	if unknown != nil {
		d.Bad.Check(false, "/rubric", unknown.Code, unknown.Message)
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
		return wire.AdventureRating{}, d.Bad // without a day nothing else can be judged
	}
	bad := wire.MergeErrors(d.Bad, wire.RatingFaults(rubric.Check(cat, observations, health, asOf)))
	if len(bad) > 0 {
		return wire.AdventureRating{}, bad
	}
	wire.NameObservations(observations)
	return wire.NewAdventureRating(rubric.Rate(cat, observations, health, asOf), nil), nil
}
