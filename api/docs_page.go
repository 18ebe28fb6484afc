package api

import (
	"bytes"
	"embed"
	"html/template"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"trailcat/docs/swaggerui"
	"trailcat/internal/docsite"
	"trailcat/internal/httpkit"
)

// docsPage has the page of the documentation, its script and its styles.
//
//go:embed docs_page
var docsPage embed.FS

var docsTemplate = template.Must(template.ParseFS(docsPage, "docs_page/page.html"))

// getDocs sends the page of the documentation.
//
//	@Summary		Read the documentation
//	@Description	Returns a web page that shows this API and sends requests to try it. The page needs no access to the internet.
//	@ID				getDocs
//	@x-static		true
//	@Tags			operations
//	@Produce		text/html
//	@Success		200		{string}	string			"The web page"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/docs [get]
func (a *API) getDocs(c echo.Context) error {
	var page bytes.Buffer
	if err := docsTemplate.Execute(&page, docsite.Sections()); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	return c.HTMLBlob(http.StatusOK, page.Bytes())
}

// getDocsFile sends a guide or a file of one, or a script or style of the reference. The
// file names of guides and addresses with a slash at the end lead to the pages.
func (a *API) getDocsFile(c echo.Context) error {
	name := c.Param("*")
	if page := strings.TrimSuffix(strings.TrimRight(name, "/"), ".md"); page != name || name == "" {
		if _, ok := a.guides[page]; ok || page == "" {
			return c.Redirect(http.StatusMovedPermanently, strings.TrimRight("/docs/"+page, "/"))
		}
	}
	if guide, ok := a.guides[name]; ok {
		c.Response().Header().Set("Content-Security-Policy",
			"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		return httpkit.SendFile(c, guide.Type, guide.Body)
	}
	mediaType := mime.TypeByExtension(path.Ext(name))
	if name == "start.js" || name == "style.css" {
		body, err := docsPage.ReadFile("docs_page/" + name)
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, mediaType, body)
	}
	file, err := swaggerui.Files.Open(name + ".gz")
	if err != nil {
		return echo.ErrNotFound
	}
	body, err := gzip.NewReader(file) // the middleware compresses it as the client accepts
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=86400")
	return c.Stream(http.StatusOK, mediaType, body)
}
