package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	quick "github.com/goccy/go-json"
	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// ChangesQuery is what one may ask of the changes.
type ChangesQuery struct {
	filters.ChangeFilters

	Cursor string   `query:"cursor" form:"cursor" validate:"optional" maxLength:"200"`                         // `next_cursor` of the previous page, or the cursor of an export; `latest` starts now; omitted, the list starts at the oldest entry that is kept.
	Limit  int      `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"1000" default:"100"`  // Changes per page.
	Wait   int      `query:"wait" form:"wait" validate:"optional" minimum:"0" maximum:"30" default:"0"`        // Seconds to wait for a change if there is none.
	Expand []string `query:"expand" form:"expand" validate:"optional" collectionFormat:"csv" enums:"resource"` // `resource` adds the current cat or shelter to each change.
} //	@name	ChangesQuery

// ChangePage is a page of the change log, in the order of the changes.
type ChangePage struct {
	Data []wire.Event  `json:"data"` // Changes, the oldest first.
	Page wire.PageInfo `json:"page"` // Position in the log; `next_cursor` is always present, and `has_more` is true if more changes can be read at once.
} //	@name	ChangePage

// latestCursor is what one sends to begin now.
const latestCursor = "latest"

// listChanges tells what happened.
//
//	@Summary		Follow changes
//	@Description	Tells what happened to cats and shelters, in order and without a gap: keep next_cursor and send it as cursor,
//	@Description	and you never miss a change. To copy everything, load /v1/exports/cats and go on with its cursor.
//	@Description	After a change of type removed or left drop your copy; after any other put the thing as it is now in its place.
//	@Description	With filters you are told of the cats that pass them, and with cat.left of each that no longer does. A cat may be said to
//	@Description	leave that you never had: then there is nothing to do. Filters on shelter, region, country and near hold for shelters too.
//	@Description	What was removed is told for 90 days, unless the server is set otherwise; an older cursor, or one of another database, gets 410.
//	@Description	A cursor is a place in the log, whatever you ask for there: to follow other cats than before, first load those.
//	@Description	Shelters may withhold their listings from those who copy; these appear as removed. Who asks without a key counts as copying.
//	@ID				listChanges
//	@Tags			sync
//	@Produce		json
//	@Param			query	query		ChangesQuery	false	"From where, and what"
//	@Success		200		{object}	ChangePage		"What happened"
//	@Header			200		{string}	Link			"rel=next: what happens next"
//	@Failure		410		{object}	httpkit.Problem			"The log no longer tells all that happened since your cursor; the link with rel=start leads to the export"
//	@Failure		default	{object}	httpkit.Problem			"What was wrong"
//	@Router			/v1/changes [get]
func (a *API) listChanges(c echo.Context) error {
	in := ChangesQuery{Limit: 100}
	q, err := a.bindChanges(c, &in)
	if err != nil {
		return err
	}
	from, err := a.cursorOf(c.Request().Context(), in.Cursor)
	if err != nil {
		return linkToExport(c, err)
	}
	q.Start = from.Start
	page, err := a.awaitChanges(c.Request().Context(), q, from.Seq, in.Limit, time.Duration(in.Wait)*time.Second)
	if err != nil {
		return err
	}
	if err := from.Check(page.Head); err != nil {
		return linkToExport(c, err)
	}
	next := changefeed.Cursor{Seq: page.Next, Start: from.Start}.Encode(page.Head.Epoch)
	return sendChanges(c, page, next)
}

func (a *API) bindChanges(c echo.Context, in *ChangesQuery) (changefeed.Query, error) {
	values, err := binding.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return changefeed.Query{}, err
	}
	bad := filters.BindFilters(values, in)
	q := a.feed.BuildQuery(&in.ChangeFilters, a.audience(c, true), &bad)
	q.Expand = len(in.Expand) > 0
	return q, bad.Err(catalog.Malformed)
}

// cursorOf is the place in the log that a cursor stands for. The index has
// caught up, so a cursor of another node is known.
func (a *API) cursorOf(ctx context.Context, text string) (changefeed.Cursor, error) {
	if err := a.Index.CatchUp(ctx); err != nil {
		return changefeed.Cursor{}, err
	}
	head := a.Index.Head()
	switch text {
	case "":
		return changefeed.Cursor{Seq: 0, Start: head.Seq}, nil
	case latestCursor:
		return changefeed.Cursor{Seq: head.Seq, Start: head.Seq}, nil
	default:
		return changefeed.ParseCursor(text, head)
	}
}

// shutdownPoll is how often who waits sees whether the server is to stop.
const shutdownPoll = time.Second

// wakeupBackoff is for how long who was woken for nothing lets the log go on: many may wait.
const wakeupBackoff = 100 * time.Millisecond

// awaitChanges reads a page. While that is empty it waits for the log to go on.
func (a *API) awaitChanges(ctx context.Context, q changefeed.Query, after int64, limit int, wait time.Duration) (changefeed.Page, error) {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for woken := false; ; woken = true {
		page, err := a.feed.Read(ctx, q, after, limit)
		if err != nil || len(page.Events) > 0 {
			return page, err
		}
		if woken {
			sleep(waiting, wakeupBackoff)
		}
		more := page.Next < page.Head.Seq // of what concerns others, or it came in just now
		if more && waiting.Err() != nil || !more && !a.await(waiting, page.Next) {
			return page, nil
		}
		after = page.Next
	}
}

func sleep(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// await waits until the index knows more of the log than up to seq, and says
// whether that came about before ctx ended or the server is to stop.
func (a *API) await(ctx context.Context, seq int64) bool {
	for ctx.Err() == nil && (a.Draining == nil || !a.Draining()) {
		look, cancel := context.WithTimeout(ctx, shutdownPoll)
		err := a.Index.Await(look, seq)
		cancel()
		if err == nil {
			return true
		}
	}
	return false
}

func sendChanges(c echo.Context, page changefeed.Page, next string) error {
	httpkit.LinkNext(c, next)
	c.Response().Header().Set("Cache-Control", "no-store")
	shown := ChangePage{Data: page.Events, Page: wire.PageInfo{NextCursor: &next, HasMore: page.Next < page.Head.Seq, Total: nil}}
	body, err := quick.MarshalWithOption(shown, quick.DisableHTMLEscape())
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// linkToExport leads whoever must begin again to the export.
func linkToExport(c echo.Context, err error) error {
	if ours, ok := errors.AsType[*catalog.Error](err); ok && ours.Kind == catalog.Gone {
		c.Response().Header().Set("Link", `</v1/exports/cats>; rel="start"`)
	}
	return err
}
