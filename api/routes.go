package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
)

// routes is the map of the API.
func (a *API) routes(e *echo.Echo) {
	v1 := e.Group("/v1")
	v1.GET("/cats", a.listCats)
	v1.GET("/cats/:id", a.getCat)
	v1.GET("/cats/:id/similar", a.listSimilarCats)

	writes := a.may(access.ListingsWrite)
	v1.PATCH("/cats/:id", a.patchCat, writes)
	v1.DELETE("/cats/:id", a.removeCat, writes)
	v1.POST("/cats/:id/status", a.setCatStatus, writes)
	v1.PUT("/cats/:id/photos", a.putCatPhotos, writes)
	v1.POST("/shelters/:id/cats", a.createCat, writes)
	v1.POST("/shelters/:id/cats/bulk-upsert", a.bulkUpsertCats, writes)
	v1.GET("/shelters/:id/cats/:external_id", a.getCatOfShelter, a.may(access.ListingsRead, access.ListingsWrite))
	v1.PUT("/shelters/:id/cats/:external_id", a.putCat, writes)

	v1.GET("/shelters", a.listShelters)
	v1.GET("/shelters/:id", a.getShelter)
	v1.POST("/shelters", a.createShelter, a.may(access.Admin))
	v1.PATCH("/shelters/:id", a.changeShelter, a.may(access.ListingsWrite))
	v1.GET("/rubrics", a.listRubrics)
	v1.GET("/rubrics/:version", a.getRubric)
	v1.POST("/adventure/preview", a.previewAdventure)
	observes := a.may(access.AssessmentsWrite)
	v1.GET("/cats/:id/adventure", a.getAdventure)
	v1.GET("/cats/:id/adventure.svg", a.getAdventurePicture)
	v1.GET("/cats/:id/assessments", a.listAssessments, observes)
	v1.POST("/cats/:id/assessments", a.createAssessment, observes)
	v1.PATCH("/cats/:id/assessments/:assessment_id", a.correctAssessment, observes)
	v1.DELETE("/cats/:id/assessments/:assessment_id", a.withdrawAssessment, observes)
	v1.GET("/cats/:id/health", a.listHealth, observes)
	v1.PUT("/cats/:id/health/:code", a.putHealth, observes)
	reads := a.may(access.ListingsRead, access.ListingsWrite)
	v1.GET("/shelters/:id/quality", a.getQuality, reads)
	v1.POST("/shelters/:id/imports", a.createImport, a.may(access.ListingsWrite))
	v1.GET("/imports", a.listImports, reads)
	v1.GET("/imports/:id", a.getImport, reads)
	v1.GET("/imports/:id/file", a.getImportFile, reads)
	v1.GET("/import-formats", a.listImportFormats)
	v1.GET("/import-formats/trailcat/template.csv", a.getImportTemplate)

	admin := a.may(access.Admin)
	v1.GET("/me", a.getMe)
	v1.GET("/partners", a.listPartners, admin)
	v1.POST("/partners", a.createPartner, admin)
	v1.GET("/partners/:id", a.getPartner, admin)
	v1.PATCH("/partners/:id", a.changePartner, admin)
	v1.GET("/partners/:id/keys", a.listKeys, admin)
	v1.POST("/partners/:id/keys", a.createKey, admin)
	v1.DELETE("/partners/:id/keys/:key_id", a.revokeKey, admin)
	v1.GET("/audit", a.listAudit, admin)

	v1.GET("/places", a.listPlaces)
	v1.GET("/vocabulary", a.getVocabulary)

	e.POST(tokenPath, a.createToken)
	e.GET("/", a.getRoot)
	e.GET("/openapi.json", a.getOpenAPI)
	e.GET("/docs", a.getDocs)
	e.GET("/docs/:file", a.getDocsFile)
	e.GET("/livez", a.getLive)
	e.GET("/readyz", a.getReady)
	e.GET("/metrics", a.getMetrics)
}
