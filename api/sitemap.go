package api

import (
	"encoding/xml"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// sitemapPartSize is the number of cat numbers that a part of the sitemap covers; the
// protocol allows 50,000 URLs. A cat never moves to another part, so that parts without
// changes keep their ETag.
const sitemapPartSize = 10_000

const sitemapNamespace = "http://www.sitemaps.org/schemas/sitemap/0.9"

// sitemapIndex lists the parts of a sitemap.
type sitemapIndex struct {
	XMLName xml.Name       `xml:"sitemapindex"`
	Xmlns   string         `xml:"xmlns,attr"`
	Parts   []sitemapEntry `xml:"sitemap"`
}

// sitemapPart lists the URLs of a part.
type sitemapPart struct {
	XMLName xml.Name       `xml:"urlset"`
	Xmlns   string         `xml:"xmlns,attr"`
	Cats    []sitemapEntry `xml:"url"`
}

type sitemapEntry struct {
	Location string `xml:"loc"`
	Changed  string `xml:"lastmod"`
}

// getSitemap returns the sitemap index.
//
//	@Summary		Get the sitemap index
//	@Description	Returns the sitemap index for crawlers that collect listings as linked data. Its parts contain the URL of the JSON-LD of
//	@Description	each available cat and when the cat last changed. Sitemaps can only contain URLs of their own host, and Trailcat has no
//	@Description	HTML pages of cats; websites that show listings should list their own pages in their own sitemaps.
//	@ID				getSitemap
//	@Tags			embedding
//	@Produce		application/xml
//	@Param			If-None-Match	header		string	false	"ETag of the response that you have"
//	@Success		200				{string}	string	"The sitemap index"
//	@Header			200				{string}	ETag	"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/sitemap.xml [get]
func (a *API) getSitemap(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	changed, err := a.Index.LastChanges(a.sitemapQuery(c), sitemapPartSize)
	if err != nil {
		return err
	}
	index, base := sitemapIndex{Xmlns: sitemapNamespace}, a.publicURL(c)
	for i, changedAt := range changed {
		if !changedAt.IsZero() {
			index.Parts = append(index.Parts, sitemapEntry{Location: base + "/sitemaps/cats-" + strconv.Itoa(i+1) + ".xml", Changed: formatTime(changedAt)})
		}
	}
	body, err := encodeXML(index)
	if err != nil {
		return err
	}
	return sendTyped(c, echo.MIMEApplicationXMLCharsetUTF8, body)
}

// getSitemapPart returns a part of the sitemap.
//
//	@Summary		Get a part of the sitemap
//	@Description	Returns one part of the sitemap; `/sitemap.xml` lists the parts.
//	@ID				getSitemapPart
//	@Tags			embedding
//	@Produce		application/xml
//	@Param			part			path		string	true	"Name of the part"	example(cats-1.xml)
//	@Param			If-None-Match	header		string	false	"ETag of the response that you have"
//	@Success		200				{string}	string	"The part of the sitemap"
//	@Header			200				{string}	ETag	"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/sitemaps/{part} [get]
func (a *API) getSitemapPart(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	digits := strings.TrimSuffix(strings.TrimPrefix(c.Param("part"), "cats-"), ".xml")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 || c.Param("part") != "cats-"+strconv.FormatInt(n, 10)+".xml" {
		return catalog.NotFoundError("sitemap part", c.Param("part"))
	}
	cats, err := a.Index.CatsByNumber(a.sitemapQuery(c), (n-1)*sitemapPartSize+1, n*sitemapPartSize)
	if err != nil {
		return err
	}
	if len(cats) == 0 {
		return catalog.NotFoundError("sitemap part", c.Param("part"))
	}
	part, base := sitemapPart{Xmlns: sitemapNamespace, Cats: make([]sitemapEntry, len(cats))}, a.publicURL(c)
	for i, cat := range cats {
		part.Cats[i] = sitemapEntry{Location: base + "/v1/cats/" + cat.ID + linkedSuffix, Changed: formatTime(cat.UpdatedAt)}
	}
	body, err := encodeXML(part)
	if err != nil {
		return err
	}
	return sendTyped(c, echo.MIMEApplicationXMLCharsetUTF8, body)
}

// sitemapQuery returns the query for all available cats.
func (a *API) sitemapQuery(c echo.Context) search.Query {
	return search.Query{Audience: a.audience(c, false), Where: filters.DefaultClauses()}
}
