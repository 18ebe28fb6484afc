package api

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// SyndicationQuery holds the query parameters of a feed of cats.
type SyndicationQuery struct {
	filters.CatFilters

	Status       []string `form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted" extensions:"x-default=available"` // Adoption status; default `available`, and all with `ids`.
	AgeMonthsMin *int     `form:"age_months_min" validate:"optional" minimum:"0" maximum:"480"`                                                                 // Minimum age in months; cats of unknown age do not match.
	AgeMonthsMax *int     `form:"age_months_max" validate:"optional" minimum:"0" maximum:"480"`                                                                 // Maximum age in months; cats of unknown age do not match.
	Stale        []string `form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false" extensions:"x-default=false"`                             // `true` for listings that their sources have not confirmed lately; default `false`, and both with `ids`.
	Sort         string   `form:"sort" validate:"optional" enums:"newest,updated" default:"newest"`                                                             // `newest` for the latest listing first, `updated` for the latest change first.
	Cursor       string   `form:"cursor" validate:"optional" maxLength:"500"`                                                                                   // Cursor from the link to the next page.
	Limit        int      `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"`                                                             // Cats per page.
} //	@name	SyndicationQuery

// getJSONFeed returns a list of cats as a JSON Feed.
//
//	@Summary		Follow cats in a feed reader (JSON Feed)
//	@Description	Returns a list of cats as a [JSON Feed 1.1](https://www.jsonfeed.org/version/1.1/), for feed readers and widgets. Each item
//	@Description	has the whole description and the attribution to show. Feeds contain new listings but no removals; to copy listings, use
//	@Description	`/v1/changes`.
//	@ID				getJSONFeed
//	@Tags			embedding
//	@Produce		application/feed+json
//	@Param			query			query		SyndicationQuery	false	"Filters and page"
//	@Param			If-None-Match	header		string				false	"ETag of the response that you have"
//	@Success		200				{object}	JSONFeed			"A page of the feed"
//	@Header			200				{string}	ETag				"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats.json-feed [get]
func (a *API) getJSONFeed(c echo.Context) error {
	feed, err := a.feedPage(c)
	if err != nil {
		return err
	}
	body, err := binding.EncodeJSON(newJSONFeed(feed))
	if err != nil {
		return err
	}
	return sendTyped(c, "application/feed+json", body)
}

// getAtom returns a list of cats as an Atom feed.
//
//	@Summary		Follow cats in a feed reader (Atom)
//	@Description	Returns a list of cats as an Atom feed (RFC 4287), with the same items as `/v1/cats.json-feed`.
//	@ID				getAtom
//	@Tags			embedding
//	@Produce		application/atom+xml
//	@Param			query			query		SyndicationQuery	false	"Filters and page"
//	@Param			If-None-Match	header		string				false	"ETag of the response that you have"
//	@Success		200				{string}	string				"A page of the feed"
//	@Header			200				{string}	ETag				"Version of the response"
//	@Success		304				"The response that you have is current"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats.atom [get]
func (a *API) getAtom(c echo.Context) error {
	feed, err := a.feedPage(c)
	if err != nil {
		return err
	}
	body, err := encodeXML(newAtomFeed(feed))
	if err != nil {
		return err
	}
	return sendTyped(c, "application/atom+xml", body)
}

// feedPage is a page of cats, independent of the feed format.
type feedPage struct {
	Self, First, Next string // URLs; Next is empty on the last page
	Docs              string
	Updated           time.Time
	Cats              []syndicatedCat
	Warnings          []wire.FilterWarning
}

// syndicatedCat is a cat with what all feed formats show.
type syndicatedCat struct {
	catalog.Cat
	URN         string // permanent id of the cat
	Title       string
	HTML        string
	Attribution wire.Attribution
}

const feedTitle = "Adoptable cats"

// feedPage returns the page of cats that a request asks for.
func (a *API) feedPage(c echo.Context) (feedPage, error) {
	query, warnings, err := a.bindSyndicationQuery(c)
	if err != nil {
		return feedPage{}, err
	}
	page, err := a.Index.Cats(query)
	if err != nil {
		return feedPage{}, err
	}
	cats, err := a.readCats(c, page.Hits)
	if err != nil {
		return feedPage{}, err
	}
	base, path := a.publicURL(c), c.Request().URL.EscapedPath()
	out := feedPage{Warnings: warnings, Docs: base + "/docs", Self: base + c.Request().URL.RequestURI(), First: base + path + "?" + httpkit.WithCursor(c, ""), Updated: midnight(a.today())}
	if page.Next != "" {
		out.Next = base + path + "?" + httpkit.WithCursor(c, page.Next)
	}
	for i, cat := range cats {
		shelter, _ := a.Index.ShelterInfo(cat.ShelterID) // known, because the index found the cat
		item, err := newSyndicatedCat(base, a.PhotoBase, cat, shelter)
		if err != nil {
			return feedPage{}, err
		}
		out.Cats = append(out.Cats, item)
		if i == 0 || cat.UpdatedAt.After(out.Updated) {
			out.Updated = cat.UpdatedAt
		}
	}
	return out, nil
}

func (a *API) bindSyndicationQuery(c echo.Context) (search.Query, []wire.FilterWarning, error) {
	in := SyndicationQuery{Sort: string(search.OrderNewest), Limit: 20}
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return search.Query{}, nil, err
	}
	in.SetDefaults(&in.Status, &in.Stale)
	q, _ := a.BuildQuery(&in.CatFilters, &in, &errs)
	q.Audience = a.audience(c, false)
	q.AgeMonthsMin, q.AgeMonthsMax = in.AgeMonthsMin, in.AgeMonthsMax
	q.Order, q.Cursor, q.Limit, q.WithoutCards = search.Order(in.Sort), in.Cursor, in.Limit, true
	return q, a.Warnings(&in, q.Audience), errs.Err(catalog.Malformed)
}

// readCats reads the cats of hits, in the same order. Cats that were removed or hidden from
// the caller meanwhile are left out.
func (a *API) readCats(c echo.Context, hits []search.Hit) ([]catalog.Cat, error) {
	ids := make([]string, len(hits))
	for i, hit := range hits {
		ids[i] = hit.ID
	}
	cats, err := a.Store.CatsByID(c.Request().Context(), ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]catalog.Cat, len(cats))
	for _, cat := range cats {
		byID[cat.ID] = cat
	}
	audience, out := a.audience(c, false), make([]catalog.Cat, 0, len(hits))
	for _, id := range ids {
		if cat, ok := byID[id]; ok && cat.Status != catalog.Removed && !a.hides(cat, audience) {
			out = append(out, cat)
		}
	}
	return out, nil
}

func newSyndicatedCat(base string, photos catalog.PhotoBase, cat catalog.Cat, shelter catalog.Shelter) (syndicatedCat, error) {
	cat.Photos = photos.Absolute(base).WithURLs(cat.Photos)
	attribution := wire.NewAttribution(base, cat, shelter)
	html, err := listingHTML(base, cat, attribution)
	if err != nil {
		return syndicatedCat{}, err
	}
	id, _ := catalog.UUIDOf(cat.ID)
	return syndicatedCat{Cat: cat, URN: uuid.UUID(id).URN(), Title: cat.Name, HTML: html, Attribution: attribution}, nil
}

// midnight returns the start of the day (UTC).
func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// sendTyped responds with a body of a media type and a weak ETag, or with 304.
func sendTyped(c echo.Context, mediaType string, body []byte) error {
	h, etag := c.Response().Header(), httpkit.WeakETag(body)
	h.Set("ETag", etag)
	h.Set("Cache-Control", httpkit.CacheScope(c)+", max-age=0, must-revalidate")
	if httpkit.ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, mediaType, body)
}

// JSONFeed is a page of cats in the format JSON Feed 1.1.
type JSONFeed struct {
	Version     string         `json:"version" enums:"https://jsonfeed.org/version/1.1"`                         // URL of the version of the format.
	Title       string         `json:"title" example:"Adoptable cats"`                                           // Title of the feed.
	HomePageURL string         `json:"home_page_url" example:"https://cats.example.org/docs"`                    // Page that describes the feed.
	FeedURL     string         `json:"feed_url" example:"https://cats.example.org/v1/cats.json-feed?near=20850"` // URL of this page of the feed.
	NextURL     string         `json:"next_url,omitempty"`                                                       // URL of the next page; absent on the last page.
	Language    string         `json:"language" example:"en"`                                                    // Language of the feed, as a BCP 47 tag.
	Trailcat    *JSONFeedPage  `json:"_trailcat,omitempty"`                                                      // Fields that JSON Feed does not define; absent without warnings.
	Items       []JSONFeedItem `json:"items"`                                                                    // Cats of the page.
} //	@name	JSONFeed

// JSONFeedPage is what a page of a JSON feed says in addition to the format.
type JSONFeedPage struct {
	Warnings []wire.FilterWarning `json:"warnings"` // Values of `tag`, `source` and `ids`, and of their variants, that no listed cat has.
} //	@name	JSONFeedPage

// JSONFeedItem is a cat in a JSON feed.
type JSONFeedItem struct {
	ID            string           `json:"id" example:"urn:uuid:019a97d9-b3e8-7b71-a3fa-09aeb41e0b2a"` // Permanent ID of the cat, as a URN.
	URL           string           `json:"url"`                                                        // Page to link to, as in `attribution`.
	Title         string           `json:"title" example:"Kenny Chatney"`                              // Name of the cat.
	Summary       string           `json:"summary,omitempty"`                                          // One or two sentences about the cat; absent when there is no description.
	ContentHTML   string           `json:"content_html"`                                               // Photo, facts, description and attribution as sanitized HTML.
	Image         string           `json:"image,omitempty"`                                            // URL of the first photo; absent when there is none.
	DatePublished time.Time        `json:"date_published" format:"date-time"`                          // When the cat was listed for adoption.
	DateModified  time.Time        `json:"date_modified" format:"date-time"`                           // When the cat last changed on this server.
	Authors       []JSONFeedAuthor `json:"authors"`                                                    // The shelter.
	Tags          []string         `json:"tags,omitempty"`                                             // Facts about the cat as words.
	Trailcat      JSONFeedCat      `json:"_trailcat"`                                                  // Fields that JSON Feed does not define.
} //	@name	JSONFeedItem

// JSONFeedAuthor is the shelter that lists a cat.
type JSONFeedAuthor struct {
	Name string `json:"name"` // Name of the shelter.
	URL  string `json:"url"`  // Website of the shelter; absent when unknown.
} //	@name	JSONFeedAuthor

// JSONFeedCat links an item of a feed to the cat, with the attribution to show.
type JSONFeedCat struct {
	About       string           `json:"about"`                                       // URL of the documentation of these fields.
	ID          string           `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // Permanent ID of the cat.
	Attribution wire.Attribution `json:"attribution"`                                 // What to show with the cat.
} //	@name	JSONFeedCat

func newJSONFeed(feed feedPage) JSONFeed {
	out := JSONFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: feedTitle, HomePageURL: feed.Docs, FeedURL: feed.Self, NextURL: feed.Next, Language: "en",
		Items: make([]JSONFeedItem, len(feed.Cats)),
	}
	for i, cat := range feed.Cats {
		out.Items[i] = newJSONFeedItem(feed.Docs, cat)
	}
	if len(feed.Warnings) > 0 {
		out.Trailcat = &JSONFeedPage{Warnings: feed.Warnings}
	}
	return out
}

func newJSONFeedItem(docs string, cat syndicatedCat) JSONFeedItem {
	out := JSONFeedItem{
		ID:            cat.URN,
		URL:           cat.Attribution.URL,
		Title:         cat.Title,
		Summary:       cat.Excerpt(),
		ContentHTML:   cat.HTML,
		Image:         "",
		DatePublished: cat.ListedAt,
		DateModified:  cat.UpdatedAt,
		Authors:       []JSONFeedAuthor{{Name: cat.Attribution.ShelterName, URL: cat.Attribution.URL}},
		Tags:          cat.Traits.Tags,
		Trailcat:      JSONFeedCat{About: docs, ID: cat.ID, Attribution: cat.Attribution},
	}
	if len(cat.Photos) > 0 {
		out.Image = cat.Photos[0].URL
	}
	return out
}

// atomFeed is a page of cats as an Atom feed (RFC 4287).
type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Author     atomPerson     `xml:"author"`
	Rights     string         `xml:"rights"` // the attribution
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary,omitempty"`
	Content    atomText       `xml:"content"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func newAtomFeed(feed feedPage) atomFeed {
	out := atomFeed{
		Lang: "en", ID: feed.First, Title: feedTitle, Updated: formatTime(feed.Updated), Generator: "Trailcat",
		Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: feed.Self}, {Rel: "first", Type: "application/atom+xml", Href: feed.First}},
	}
	if feed.Next != "" {
		out.Links = append(out.Links, atomLink{Rel: "next", Type: "application/atom+xml", Href: feed.Next})
	}
	for _, cat := range feed.Cats {
		out.Entries = append(out.Entries, newAtomEntry(cat))
	}
	return out
}

func newAtomEntry(cat syndicatedCat) atomEntry {
	out := atomEntry{
		ID:        cat.URN,
		Title:     cat.Title,
		Published: formatTime(cat.ListedAt),
		Updated:   formatTime(cat.UpdatedAt),
		Author:    atomPerson{Name: cat.Attribution.ShelterName, URI: cat.Attribution.URL},
		Rights:    cat.Attribution.Text,
		Links:     []atomLink{{Rel: "alternate", Type: "", Href: cat.Attribution.URL}},
		Summary:   cat.Excerpt(),
		Content:   atomText{Type: "html", Text: cat.HTML},
	}
	if len(cat.Photos) > 0 {
		out.Links = append(out.Links, atomLink{Rel: "enclosure", Type: "", Href: cat.Photos[0].URL})
	}
	for _, tag := range cat.Traits.Tags {
		out.Categories = append(out.Categories, atomCategory{Term: tag})
	}
	return out
}

// formatTime formats a time as RFC 3339 in UTC.
func formatTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// encodeXML returns an XML document, indented for people who look for an error in it.
func encodeXML(v any) ([]byte, error) {
	body, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode XML: %w", err)
	}
	return append([]byte(xml.Header), body...), nil
}
