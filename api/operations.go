package api

import (
	"context"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	swaggerui "github.com/swaggo/files/v2"

	"trailcat/docs/openapi"
	"trailcat/internal/httpkit"
)

// Root is the entry point of the API.
type Root struct {
	Name    string `json:"name" example:"Trailcat"`         // Name of the software.
	Version string `json:"version" example:"0.1.0"`         // Version of the software.
	Docs    string `json:"docs" example:"/docs"`            // Path of the documentation.
	OpenAPI string `json:"openapi" example:"/openapi.json"` // Path of the OpenAPI document.
	Cats    string `json:"cats" example:"/v1/cats"`         // Path of the list of cats.
} //	@name	Root

// Health is the state of the server.
type Health struct {
	Status string            `json:"status" enums:"ok,failing"` // `ok` if all checks pass.
	Checks map[string]string `json:"checks"`                    // Result by name of the check: `ok`, or what is wrong.
} //	@name	Health

// getRoot says what is to be found here.
//
//	@Summary		Begin here
//	@Description	Says what is to be found here.
//	@ID				getRoot
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	Root	"Where to go from here"
//	@Success		304		"You hold the newest"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Router			/ [get]
func (a *API) getRoot(c echo.Context) error {
	return httpkit.SendJSON(c, Root{Name: "Trailcat", Version: a.Version, Docs: "/docs", OpenAPI: "/openapi.json", Cats: "/v1/cats"})
}

// getOpenAPI sends the description of the API.
//
//	@Summary		Describe the API
//	@Description	Sends the description of this API, as OpenAPI 3.1.
//	@ID				getOpenAPI
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	map[string]any	"The description"
//	@Success		304		"You hold the newest"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Router			/openapi.json [get]
func (a *API) getOpenAPI(c echo.Context) error {
	return httpkit.SendEncoded(c, openapi.JSON)
}

// getDocs shows the description to people.
//
//	@Summary		Read the documentation
//	@Description	Shows this API to people, with a way to try it. Works without the internet.
//	@ID				getDocs
//	@Tags			operations
//	@Produce		text/html
//	@Success		200		{string}	string	"A page"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Router			/docs [get]
func (a *API) getDocs(c echo.Context) error {
	c.Response().Header().Set("Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'")
	return c.HTML(http.StatusOK, docsPage)
}

// getDocsFile sends the scripts and styles of the documentation.
func (a *API) getDocsFile(c echo.Context) error {
	name := c.Param("file")
	if name == "start.js" {
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", []byte(docsScript))
	}
	body, err := fs.ReadFile(swaggerui.FS, name)
	if err != nil {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Blob(http.StatusOK, mime.TypeByExtension(path.Ext(name)), body)
}

const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trailcat API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const docsScript = `SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#ui", deepLinking: true, docExpansion: "list",
  defaultModelsExpandDepth: 0, tryItOutEnabled: true, validatorUrl: null
});
`

// getLive says that the process lives.
//
//	@Summary		Is it alive?
//	@Description	Answers as long as the process lives. For supervisors that restart it.
//	@ID				getLive
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	Health	"It lives"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Router			/livez [get]
func (a *API) getLive(c echo.Context) error {
	return c.JSON(http.StatusOK, Health{Status: "ok", Checks: map[string]string{}})
}

// getReady says whether requests should be sent here.
//
//	@Summary		Is it ready?
//	@Description	Answers 200 when requests may be sent here: the index is filled, the database answers, and the server is not stopping. Else 503, and what is wrong.
//	@ID				getReady
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	Health	"It is ready"
//	@Failure		503		{object}	Health	"It is not, and why"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Router			/readyz [get]
func (a *API) getReady(c echo.Context) error {
	health := a.health(c)
	status := http.StatusOK
	if health.Status != "ok" {
		status = http.StatusServiceUnavailable
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(status, health)
}

func (a *API) health(c echo.Context) Health {
	checks := map[string]string{"index": "ok", "database": "ok", "server": "ok"}
	state := a.Index.State()
	switch {
	case !state.Ready:
		checks["index"] = "is being filled"
	case state.Err != nil:
		checks["index"] = "is as of " + state.LastContact.UTC().Format(time.RFC3339) + "; reading the log fails since"
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), time.Second)
	defer cancel()
	if err := a.Store.Ping(ctx); err != nil {
		checks["database"] = "does not answer"
	}
	if a.Draining != nil && a.Draining() {
		checks["server"] = "is stopping"
	}
	health := Health{Status: "ok", Checks: checks}
	for _, said := range checks {
		if said != "ok" {
			health.Status = "failing"
		}
	}
	return health
}

// getMetrics sends the metrics.
//
//	@Summary		Measure it
//	@Description	Sends counts and times by route, in the text format of Prometheus.
//	@ID				getMetrics
//	@Tags			operations
//	@Produce		text/plain
//	@Success		200		{string}	string	"The metrics"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Router			/metrics [get]
func (a *API) getMetrics(c echo.Context) error {
	promhttp.HandlerFor(a.metrics.Registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(c.Response(), c.Request())
	return nil
}
