package api

import (
	"slices"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// bindIDPage binds the query of a list whose cursor is the ID of the last item of a page.
// The query is a pointer to a struct, cursor a pointer to its field.
func bindIDPage(c echo.Context, query any, cursor *string, idPrefix string) error {
	errs, err := httpkit.BindQuery(c, query)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&errs, *cursor != "" && catalog.CheckID(idPrefix, *cursor) != nil, "cursor", errcode.BadCursor, "Must be the next_cursor of a page of this list.")
	return errs.Err(catalog.Malformed)
}

// position is the place of an item in a list that is not in the order of IDs.
type position[P any] interface {
	Compare(other P) int
	String() string // the cursor
}

// bindPositionPage binds the query of a list whose cursor is a position, and returns the
// position, or nil without a cursor. The query is a pointer to a struct, cursor a pointer to
// its field.
func bindPositionPage[P any](c echo.Context, query any, cursor *string, parse func(string) (P, error)) (after *P, err error) {
	errs, err := httpkit.BindQuery(c, query)
	if err != nil {
		return nil, err
	}
	if *cursor != "" {
		p, err := parse(*cursor)
		binding.AddErrorIf(&errs, err != nil, "cursor", errcode.BadCursor, "Must be the next_cursor of a page of this list.")
		after = &p
	}
	return after, errs.Err(catalog.Malformed)
}

// pageAfter returns the first items after a position, up to limit, and links to the next page
// if there is one. A nil position is before the first item.
func pageAfter[T any, P position[P]](c echo.Context, items []T, after *P, limit int, at func(T) P) ([]T, wire.PageInfo) {
	if after != nil {
		first := slices.IndexFunc(items, func(item T) bool { return at(item).Compare(*after) > 0 })
		if first < 0 {
			first = len(items)
		}
		items = items[first:]
	}
	return cutPage(c, items, limit, func(item T) string { return at(item).String() })
}

// cutPage cuts a page from items, of which limit+1 or more were read if there are so many, and links to the next
// page if there is one.
func cutPage[T any](c echo.Context, items []T, limit int, id func(T) string) ([]T, wire.PageInfo) {
	if len(items) <= limit {
		return items, wire.WholeList()
	}
	next := id(items[limit-1])
	httpkit.LinkNext(c, next)
	return items[:limit], wire.PageInfo{NextCursor: &next, HasMore: true, Total: nil}
}
