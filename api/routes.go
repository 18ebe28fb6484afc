package api

import "github.com/labstack/echo/v4"

// routes is the map of the API.
func (a *API) routes(e *echo.Echo) {
	v1 := e.Group("/v1")
	v1.GET("/cats", a.listCats)
	v1.GET("/cats/:id", a.getCat)
	v1.GET("/cats/:id/similar", a.listSimilarCats)
	v1.GET("/shelters", a.listShelters)
	v1.GET("/shelters/:id", a.getShelter)
	v1.GET("/places", a.listPlaces)
	v1.GET("/vocabulary", a.getVocabulary)

	e.GET("/", a.getRoot)
	e.GET("/openapi.json", a.getOpenAPI)
	e.GET("/docs", a.getDocs)
	e.GET("/docs/:file", a.getDocsFile)
	e.GET("/livez", a.getLive)
	e.GET("/readyz", a.getReady)
	e.GET("/metrics", a.getMetrics)
}
