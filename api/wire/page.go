package wire

import (
	"strings"

	"trailcat/internal/search"
)

// CatPage is a page of a list of cats.
type CatPage struct {
	Data   []CatCard          `json:"data"`             // Cats of the page.
	Page   PageInfo           `json:"page"`             // Position in the list.
	Facets map[string][]Count `json:"facets,omitempty"` // Number of matches by filter and value; only present with `facets`.
} //	@name	CatPage

// CatList is a complete list of cats.
type CatList struct {
	Data []CatCard `json:"data"` // Cats, the best first.
	Page PageInfo  `json:"page"` // Always complete: `has_more` is false.
} //	@name	CatList

// PageInfo is the position of a page in a list.
type PageInfo struct {
	NextCursor *string `json:"next_cursor" extensions:"x-nullable"` // Send it as `cursor` to get the next page; null on the last page.
	HasMore    bool    `json:"has_more"`                            // Whether there are further pages.
	Total      *int    `json:"total,omitempty"`                     // Number of items on all pages; only present with `include_total=true`.
} //	@name	PageInfo

// WholeList returns the page info of a complete list.
func WholeList() PageInfo { return PageInfo{NextCursor: nil, HasMore: false, Total: nil} }

// Count is the number of items with one value.
type Count struct {
	Value string `json:"value" example:"kitten"` // The value.
	Count int    `json:"count" example:"12"`     // Number of items.
} //	@name	Count

// NewFacets returns the counts by the parameter that filters by the field.
func NewFacets(facets map[search.Field][]search.Count) map[string][]Count {
	out := map[string][]Count{}
	for field, counts := range facets {
		list := make([]Count, len(counts))
		for i, c := range counts {
			list[i] = Count(c)
		}
		name, _, _ := strings.Cut(string(field), ".") // without the activity after the dot
		out[name] = list
	}
	return out
}
