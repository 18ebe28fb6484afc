package petfinder

import (
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

const (
	pageParam = "page"
	walkParam = "walk" // stands in links of ours, and tells how a walk goes on
)

// Pagination says which part of a list this is.
type Pagination struct {
	CountPerPage int       `json:"count_per_page"`
	TotalCount   int       `json:"total_count"`
	CurrentPage  int       `json:"current_page"`
	TotalPages   int       `json:"total_pages"`
	Links        PageLinks `json:"_links"`
}

// PageLinks point to the pages beside this one.
type PageLinks struct {
	Previous *Link `json:"previous,omitempty"`
	Next     *Link `json:"next,omitempty"`
}

// page says which page of which list is asked for.
type page struct {
	number, limit int
	same          string // what all pages of the list have in common
	rawQuery      string
	step          pageStart // how to get there, if the link told
	linked        bool
}

// readPage reads which page is asked for. A step that was not made for this page counts for nothing.
func readPage(p *params, rawQuery string) page {
	out := page{
		number: p.number(pageParam, 1, 1, maxPage), limit: p.number("limit", defaultLimit, 1, maxLimit),
		same: p.same(), rawQuery: rawQuery, step: pageStart{}, linked: false,
	}
	if text := p.raw(walkParam); text != "" {
		number, s, ok := parseStep(text)
		if ok && number == out.number {
			out.step, out.linked = s, true
		}
	}
	return out
}

// skip is how many things stand on the pages before.
func (p page) skip() int { return (p.number - 1) * p.limit }

// pagination says which part of a list of so many things this is. A page is
// followed by another if there is a step to it.
func (p page) pagination(path string, total int, next *pageStart) Pagination {
	out := Pagination{
		CountPerPage: p.limit, TotalCount: total, CurrentPage: p.number, TotalPages: (total + p.limit - 1) / p.limit,
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

// href is the address of another page: the query as it was sent, with the page
// at its end.
func (p page) href(path string, number int, s *pageStart) string {
	var b strings.Builder
	b.WriteString(path + "?")
	for name, value := range otherPairs(p.rawQuery) {
		b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value) + "&")
	}
	if s != nil {
		b.WriteString(walkParam + "=" + s.text(number) + "&")
	}
	b.WriteString(pageParam + "=" + strconv.Itoa(number))
	return b.String()
}

// otherPairs are the parameters that do not say which page.
func otherPairs(rawQuery string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for name, value := range pairs(rawQuery) {
			if name != pageParam && name != walkParam && !yield(name, value) {
				return
			}
		}
	}
}

// link points to the pages beside this one in the header too.
func link(c echo.Context, links PageLinks) {
	var all []string
	if links.Next != nil {
		all = append(all, "<"+links.Next.Href+`>; rel="next"`)
	}
	if links.Previous != nil {
		all = append(all, "<"+links.Previous.Href+`>; rel="prev"`)
	}
	if all != nil {
		c.Response().Header().Set("Link", strings.Join(all, ", "))
	}
}
