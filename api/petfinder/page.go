package petfinder

import (
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/httpkit"
)

const (
	pageParam   = "page"
	cursorParam = "cursor" // the start of the page, in links to the next page
)

// Pagination describes a page of a list.
type Pagination struct {
	CountPerPage int       `json:"count_per_page"`
	TotalCount   int       `json:"total_count"`
	CurrentPage  int       `json:"current_page"`
	TotalPages   int       `json:"total_pages"`
	Links        PageLinks `json:"_links"`
}

// PageLinks are the links to the previous and the next page.
type PageLinks struct {
	Previous *Link `json:"previous,omitempty"`
	Next     *Link `json:"next,omitempty"`
}

// page is the page that a request selects.
type page struct {
	number, limit int
	list          string // the parameters that select the list
	rawQuery      string
	start         pageStart // the start of the page, if linked
	linked        bool      // the request has a valid cursor for this page
}

// readPage reads which page is requested. A cursor for another page is ignored.
func readPage(p *params, rawQuery string) page {
	out := page{
		number: p.integer(pageParam, 1, 1, maxPage), limit: p.integer("limit", defaultLimit, 1, maxLimit),
		list: p.list(), rawQuery: rawQuery, start: pageStart{}, linked: false,
	}
	if number, start, ok := parsePageStart(p.raw(cursorParam)); ok && number == out.number {
		out.start, out.linked = start, true
	}
	return out
}

// skip returns the number of items on the previous pages.
func (p page) skip() int { return (p.number - 1) * p.limit }

// totalPages returns the number of pages of total items.
func (p page) totalPages(total int) int { return (total + p.limit - 1) / p.limit }

// pagination returns the description of the page in a list of total items. It has a link
// to the next page unless next is nil.
func (p page) pagination(path string, total int, next *pageStart) Pagination {
	out := Pagination{
		CountPerPage: p.limit, TotalCount: total, CurrentPage: p.number, TotalPages: p.totalPages(total),
		Links: PageLinks{Previous: nil, Next: nil},
	}
	if p.number > 1 {
		out.Links.Previous = &Link{p.href(path, p.number-1, nil)}
	}
	if next != nil {
		out.Links.Next = &Link{p.href(path, p.number+1, next)}
	}
	return out
}

// href returns the URL of another page: the query as it was sent, followed by the cursor
// and the page number.
func (p page) href(path string, number int, start *pageStart) string {
	var b strings.Builder
	b.WriteString(path + "?")
	for name, value := range listPairs(p.rawQuery) {
		b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value) + "&")
	}
	if start != nil {
		b.WriteString(cursorParam + "=" + start.encode(number) + "&")
	}
	b.WriteString(pageParam + "=" + strconv.Itoa(number))
	return b.String()
}

// listPairs iterates over the parameters of a query that do not select the page.
func listPairs(rawQuery string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for name, value := range queryPairs(rawQuery) {
			if name != pageParam && name != cursorParam && !yield(name, value) {
				return
			}
		}
	}
}

// sendPage sends a list. The body is a JSON object without its end, to which it appends
// the pagination.
func sendPage(c echo.Context, body []byte, pagination Pagination) error {
	encoded, err := binding.EncodeJSON(pagination)
	if err != nil {
		return err
	}
	body = append(body, `,"pagination":`...)
	body = append(append(body, encoded...), '}')
	setLinkHeader(c, pagination.Links)
	return httpkit.SendEncoded(c, body)
}

// setLinkHeader adds the links to the previous and next page as a header.
func setLinkHeader(c echo.Context, links PageLinks) {
	var values []string
	if links.Next != nil {
		values = append(values, "<"+links.Next.Href+`>; rel="next"`)
	}
	if links.Previous != nil {
		values = append(values, "<"+links.Previous.Href+`>; rel="prev"`)
	}
	if values != nil {
		c.Response().Header().Set("Link", strings.Join(values, ", "))
	}
}
