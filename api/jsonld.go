package api

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/httpkit"
)

// linkedSuffix asks for a cat in the words of schema.org. The router knows no
// suffixes, so getCat looks for it.
const linkedSuffix = ".jsonld"

// getLinkedCat shows a cat in the words of schema.org.
//
//	@Summary		Embed a cat (JSON-LD)
//	@Description	Shows a cat in the words of schema.org, for sites to put into a script element of the type application/ld+json on
//	@Description	the page on which they show it, so that search engines understand that page. It holds no less-than sign, so it can
//	@Description	be put in as it is.
//	@ID				getLinkedCat
//	@Tags			embedding
//	@Produce		application/ld+json
//	@Param			id				path		string		true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-None-Match	header		string		false	"The ETag that you hold"
//	@Success		200				{object}	JSONLDCat	"The cat"
//	@Header			200				{string}	ETag		"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		410				{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/cats/{id}.jsonld [get]
func (a *API) getLinkedCat(c echo.Context) error {
	c.SetParamValues(strings.TrimSuffix(c.Param("id"), linkedSuffix))
	httpkit.SetRoute(c.Request().Context(), c.Path()+linkedSuffix)
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	cat, err := a.catFromPath(c)
	if err != nil {
		return err
	}
	home, err := a.shelterOf(c.Request().Context(), cat.Cat)
	if err != nil {
		return err
	}
	body, err := json.Marshal(newLinkedCat(a.publicURL(c), cat.Cat, home)) // which writes < as \u003c
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return sendTyped(c, "application/ld+json", body)
}
