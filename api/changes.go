package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// ChangesQuery is the query of GET /v1/changes.
type ChangesQuery struct {
	filters.ChangeFilters

	Cursor string   `form:"cursor" validate:"optional" maxLength:"200"`                         // `next_cursor` of the previous page, or the cursor of an export; `latest` starts now; omitted, the list starts at the oldest entry that is kept.
	Limit  int      `form:"limit" validate:"optional" minimum:"1" maximum:"1000" default:"100"` // Changes per page; a page has fewer if they are larger than 4 MB.
	Wait   int      `form:"wait" validate:"optional" minimum:"0" maximum:"30" default:"0"`      // Seconds to wait for a change if there is none.
	Expand []string `form:"expand" validate:"optional" collectionFormat:"csv" enums:"resource"` // `resource` adds the current cat or shelter to each change.
} //	@name	ChangesQuery

// ChangePage is a page of the change log, in the order of the changes.
type ChangePage struct {
	Data []wire.Event  `json:"data"` // Changes, the oldest first.
	Page wire.PageInfo `json:"page"` // Position in the log; `next_cursor` is always present, and `has_more` is true if more changes can be read at once.

	Warnings []wire.FilterWarning `json:"warnings,omitempty"` // Values of `tag`, `source` and `ids`, and of their variants, that no listed cat has; absent if there are none.
} //	@name	ChangePage

// maxChangesBytes bounds the events of a page. A page of fewer events than the limit has
// more to follow.
const maxChangesBytes = 4 << 20

// latestCursor is the cursor of the current end of the log.
const latestCursor = "latest"

// listChanges returns a page of the change log.
//
//	@Summary		List changes
//	@Description	Returns what happened to cats and shelters, in order and without gaps. Store `next_cursor` with your copy and send it as `cursor`
//	@Description	in the next request. To copy everything, load `/v1/exports/cats` and continue with its cursor.
//	@Description	After an event whose type ends with `removed` or `left`, delete your copy; after any other event, store the current state.
//	@Description
//	@Description	With filters you get the events of cats that match them, and `cat.left` for a cat that no longer does. You may get `cat.left` for a
//	@Description	cat that you never received; ignore it. The filters `shelter`, `region`, `country` and `near` also apply to shelters.
//	@Description	A cursor is independent of filters: before you follow other cats than before, load those.
//	@Description
//	@Description	Deletions are retained for 90 days unless the operator configures another time. An older cursor, or a cursor of another database or of changes that a failover or a restored backup lost, gets 410.
//	@Description	Shelters can hide their listings from aggregators, for whom the cats then appear as removed. A client without a key counts as an aggregator.
//	@ID				listChanges
//	@Tags			sync
//	@Produce		json
//	@Param			query	query		ChangesQuery	false	"Cursor, page size and filters"
//	@Success		200		{object}	ChangePage		"A page of events; empty if nothing happened"
//	@Header			200		{string}	Link			"URL of the next page, with rel=next"
//	@Failure		410		{object}	httpkit.Problem	"The cursor is older than the retained log, or the log was set back or replaced; load the export at the URL of the Link header with rel=start"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/changes [get]
func (a *API) listChanges(c echo.Context) error {
	in := ChangesQuery{Limit: 100}
	q, err := a.bindChanges(c, &in)
	if err != nil {
		return err
	}
	from, err := a.parseCursor(c.Request().Context(), in.Cursor)
	if err != nil {
		return linkToExport(c, err)
	}
	page, err := a.awaitChanges(c.Request().Context(), q, from, in.Limit, time.Duration(in.Wait)*time.Second)
	if err != nil {
		return linkToExport(c, err)
	}
	return sendChanges(c, page, a.Warnings(&in, q.Audience))
}

func (a *API) bindChanges(c echo.Context, in *ChangesQuery) (changefeed.Query, error) {
	values, err := binding.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return changefeed.Query{}, err
	}
	errs := filters.BindFilters(values, in)
	q := a.feed.BuildQuery(&in.ChangeFilters, a.audience(c, true), &errs)
	q.Expand, q.MaxBytes = len(in.Expand) > 0, maxChangesBytes
	return q, errs.Err(catalog.Malformed)
}

// parseCursor parses a log cursor. It updates the index first, because the cursor may
// have been issued by a node that is ahead.
func (a *API) parseCursor(ctx context.Context, text string) (changefeed.Cursor, error) {
	if err := a.Index.CatchUp(ctx); err != nil {
		return changefeed.Cursor{}, err
	}
	head := a.Index.Head()
	switch text {
	case "":
		return changefeed.StartCursor(head), nil
	case latestCursor:
		return changefeed.NewCursor(head), nil
	default:
		return changefeed.ParseCursor(text, head.Epoch)
	}
}

const (
	// shutdownPoll is how often a long-poll request checks whether the server stops.
	shutdownPoll = time.Second
	// wakeupBackoff delays a long-poll request whose wake-up produced no matching event,
	// because many clients may wait.
	wakeupBackoff = 100 * time.Millisecond
)

// awaitChanges reads a page. If the page is empty, it waits for the log to grow.
func (a *API) awaitChanges(ctx context.Context, q changefeed.Query, from changefeed.Cursor, limit int, wait time.Duration) (changefeed.Page, error) {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for woken := false; ; woken = true {
		page, err := a.feed.Read(ctx, q, from, limit)
		if err != nil || len(page.Events) > 0 {
			return page, err
		}
		if woken {
			sleep(waiting, wakeupBackoff)
		}
		more := page.Next.Seq < page.Head.Seq // entries for other clients, or entries that were just written
		if more && waiting.Err() != nil || !more && !a.awaitSeq(waiting, page.Next.Seq) {
			return page, nil
		}
		from = page.Next
	}
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// awaitSeq waits until the index has processed a log entry after seq. It returns false if
// ctx ends or the server stops first.
func (a *API) awaitSeq(ctx context.Context, seq int64) bool {
	for ctx.Err() == nil && (a.Draining == nil || !a.Draining()) {
		poll, cancel := context.WithTimeout(ctx, shutdownPoll)
		err := a.Index.Await(poll, seq)
		cancel()
		if err == nil {
			return true
		}
	}
	return false
}

func sendChanges(c echo.Context, page changefeed.Page, warnings []wire.FilterWarning) error {
	next := page.Next.Encode()
	httpkit.LinkNext(c, next)
	c.Response().Header().Set("Cache-Control", "no-store")
	rest, err := binding.EncodeJSON(struct {
		Page     wire.PageInfo        `json:"page"`
		Warnings []wire.FilterWarning `json:"warnings,omitempty"`
	}{wire.PageInfo{NextCursor: &next, HasMore: page.Next.Seq < page.Head.Seq, Total: nil}, warnings})
	if err != nil {
		return err
	}
	body := []byte(`{"data":[`)
	for i, event := range page.Events {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, event.JSON...)
	}
	body = append(append(body, "],"...), rest[1:]...)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// linkToExport adds a link to the export to the response of a Gone error.
func linkToExport(c echo.Context, err error) error {
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Kind == catalog.Gone {
		c.Response().Header().Set("Link", `</v1/exports/cats>; rel="start"`)
	}
	return err
}
