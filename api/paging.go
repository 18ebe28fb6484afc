package api

import (
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

// cutPage cuts a page from items, of which up to limit+1 were read, and links to the next
// page if there is one.
func cutPage[T any](c echo.Context, items []T, limit int, id func(T) string) ([]T, wire.PageInfo) {
	if len(items) <= limit {
		return items, wire.WholeList()
	}
	next := id(items[limit-1])
	httpkit.LinkNext(c, next)
	return items[:limit], wire.PageInfo{NextCursor: &next, HasMore: true, Total: nil}
}
