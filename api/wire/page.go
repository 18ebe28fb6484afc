package wire

import (
	"strings"

	"trailcat/internal/search"
)

// CatPage is a page of cats.
type CatPage struct {
	Data   []CatCard          `json:"data"`
	Page   PageInfo           `json:"page"`
	Facets map[string][]Count `json:"facets,omitempty"` // by filter, with facets=…
} //	@name	CatPage

// CatList is a short list of cats, all of it.
type CatList struct {
	Data []CatCard `json:"data"`
	Page PageInfo  `json:"page"` // the list is always complete: has_more is false
} //	@name	CatList

// PageInfo says how a list goes on.
type PageInfo struct {
	NextCursor *string `json:"next_cursor" extensions:"x-nullable"` // send it as cursor to get the next page
	HasMore    bool    `json:"has_more"`
	Total      *int    `json:"total,omitempty"` // of all pages, with include_total=true
} //	@name	PageInfo

// WholeList is the page info of a list that is returned as a whole.
func WholeList() PageInfo { return PageInfo{NextCursor: nil, HasMore: false, Total: nil} }

// Count says how many matches have a value.
type Count struct {
	Value string `json:"value" example:"kitten"`
	Count int    `json:"count" example:"12"`
} //	@name	Count

func NewFacets(facets map[search.Field][]search.Count) map[string][]Count {
	out := map[string][]Count{}
	for field, counts := range facets {
		list := make([]Count, len(counts))
		for i, c := range counts {
			list[i] = Count(c)
		}
		name, _, _ := strings.Cut(string(field), ".") // without the activity
		out[name] = list
	}
	return out
}
