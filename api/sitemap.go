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

// sitemapRun is how many numbers of cats a part of the sitemap speaks for; the
// protocol allows 50,000 addresses. A cat stays in its part for ever, so parts
// without news keep their ETag.
const sitemapRun = 10_000

const sitemapNamespace = "http://www.sitemaps.org/schemas/sitemap/0.9"

type sitemapIndex struct {
	XMLName xml.Name       `xml:"sitemapindex"`
	Space   string         `xml:"xmlns,attr"`
	Parts   []sitemapEntry `xml:"sitemap"`
}

type sitemapPart struct {
	XMLName xml.Name       `xml:"urlset"`
	Space   string         `xml:"xmlns,attr"`
	Cats    []sitemapEntry `xml:"url"`
}

type sitemapEntry struct {
	Location string `xml:"loc"`
	Changed  string `xml:"lastmod"`
}

// getSitemap lists the parts of the sitemap.
//
//	@Summary		Find all listings (sitemap)
//	@Description	The sitemap index: for crawlers that gather listings as linked data. Its parts hold the JSON-LD of each available cat,
//	@Description	with when it last changed. A sitemap may hold addresses of its own host only, and Trailcat has no pages for
//	@Description	people; sites that show listings list their own pages in their own sitemaps.
//	@ID				getSitemap
//	@Tags			embedding
//	@Produce		application/xml
//	@Param			If-None-Match	header		string	false	"The ETag that you hold"
//	@Success		200				{string}	string	"The index"
//	@Header			200				{string}	ETag	"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/sitemap.xml [get]
func (a *API) getSitemap(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	changed, err := a.Index.LastChanges(a.inSitemap(c), sitemapRun)
	if err != nil {
		return err
	}
	index, base := sitemapIndex{Space: sitemapNamespace}, a.publicURL(c)
	for i, at := range changed {
		if !at.IsZero() {
			index.Parts = append(index.Parts, sitemapEntry{Location: base + "/sitemaps/cats-" + strconv.Itoa(i+1) + ".xml", Changed: stamp(at)})
		}
	}
	body, err := encodeXML(index)
	if err != nil {
		return err
	}
	return sendTyped(c, echo.MIMEApplicationXMLCharsetUTF8, body)
}

// getSitemapPart lists some of the cats.
//
//	@Summary		Find some listings (sitemap)
//	@Description	A part of the sitemap, as /sitemap.xml names it.
//	@ID				getSitemapPart
//	@Tags			embedding
//	@Produce		application/xml
//	@Param			part			path		string	true	"The name of the part"	example(cats-1.xml)
//	@Param			If-None-Match	header		string	false	"The ETag that you hold"
//	@Success		200				{string}	string	"The part"
//	@Header			200				{string}	ETag	"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/sitemaps/{part} [get]
func (a *API) getSitemapPart(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	digits := strings.TrimSuffix(strings.TrimPrefix(c.Param("part"), "cats-"), ".xml")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 1 || c.Param("part") != "cats-"+strconv.FormatInt(n, 10)+".xml" {
		return catalog.NotFoundError("part of the sitemap", c.Param("part"))
	}
	cats, err := a.Index.CatsByNumber(a.inSitemap(c), (n-1)*sitemapRun+1, n*sitemapRun)
	if err != nil {
		return err
	}
	if len(cats) == 0 {
		return catalog.NotFoundError("part of the sitemap", c.Param("part"))
	}
	part, base := sitemapPart{Space: sitemapNamespace, Cats: make([]sitemapEntry, len(cats))}, a.publicURL(c)
	for i, cat := range cats {
		part.Cats[i] = sitemapEntry{Location: base + "/v1/cats/" + cat.ID + linkedSuffix, Changed: stamp(cat.UpdatedAt)}
	}
	body, err := encodeXML(part)
	if err != nil {
		return err
	}
	return sendTyped(c, echo.MIMEApplicationXMLCharsetUTF8, body)
}

// inSitemap asks for the cats that can be adopted now.
func (a *API) inSitemap(c echo.Context) search.Query {
	return search.Query{Audience: a.audience(c, false), Where: filters.DefaultClauses()}
}
