package api

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// testWebhook sends a test message to a webhook.
//
//	@Summary		Test a webhook
//	@Description	Sends a `webhook.test` message now and returns the result. An unverified webhook that accepts it becomes active; a paused one stays paused.
//	@ID				testWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id				path		string			true	"ID of the webhook"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key within 24 hours returns the same response and sends no second test"
//	@Success		200				{object}	wire.Delivery	"The result of the test"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id}/test [post]
func (a *API) testWebhook(c echo.Context) error {
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	test := a.verifyWebhook
	if w.Status == catalog.WebhookPaused {
		test = func(c echo.Context, w catalog.Webhook) (catalog.Delivery, catalog.Webhook, error) {
			d, err := a.sendTest(c, w)
			return d, w, err
		}
	}
	delivery, _, err := test(c, w)
	if err != nil {
		return err
	}
	return sendPrivate(c, http.StatusOK, wire.NewDelivery(delivery, a.cursorBefore(delivery)))
}

// DeliveryListQuery is the query of the list of deliveries.
type DeliveryListQuery struct {
	Cursor string `form:"cursor" validate:"optional" maxLength:"100"`                       // `next_cursor` of the previous page.
	Limit  int    `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"` // Delivery attempts per page.
} //	@name	DeliveryListQuery

// listDeliveries returns a page of the deliveries to a webhook.
//
//	@Summary		List a webhook's deliveries
//	@Description	Returns every attempt to deliver a message to a webhook, the latest first, with its time, duration and the beginning of the response. The latest 1,000 attempts are kept, for up to 30 days.
//	@ID				listDeliveries
//	@Tags			webhooks
//	@Produce		json
//	@Param			id		path		string				true	"ID of the webhook"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query	query		DeliveryListQuery	false	"Cursor and page size"
//	@Success		200		{object}	wire.DeliveryPage	"A page of deliveries"
//	@Header			200		{string}	Link				"URL of the next page, with rel=next"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id}/deliveries [get]
func (a *API) listDeliveries(c echo.Context) error {
	in := DeliveryListQuery{Cursor: "", Limit: 20}
	if err := bindIDPage(c, &in, &in.Cursor, catalog.DeliveryPrefix); err != nil {
		return err
	}
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	found, err := a.Store.Deliveries(c.Request().Context(), w.ID, in.Cursor, in.Limit+1)
	if err != nil {
		return err
	}
	deliveries, info := cutPage(c, found, in.Limit, func(d catalog.Delivery) string { return d.ID })
	page := wire.DeliveryPage{Data: make([]wire.Delivery, len(deliveries)), Page: info}
	for i, d := range deliveries {
		page.Data[i] = wire.NewDelivery(d, a.cursorBefore(d))
	}
	return sendPrivate(c, http.StatusOK, page)
}

// ReplayQuery is the query of a replay.
type ReplayQuery struct {
	From string `form:"from" validate:"required" maxLength:"200" example:"latest"` // `next_cursor` of a message, `cursor` of a delivery, or a cursor of `/v1/changes` or of an export; `latest` skips everything that was not delivered yet.
} //	@name	ReplayQuery

// replayWebhook delivers events to a webhook again.
//
//	@Summary		Replay events to a webhook
//	@Description	Delivers all events after a cursor again, in order, and then continues with new ones. The messages have new IDs. A webhook that is not active gets them when it becomes active.
//	@ID				replayWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id				path		string			true	"ID of the webhook"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		ReplayQuery		true	"Where to start"
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key within 24 hours returns the same response and starts no second replay"
//	@Success		202				{object}	wire.Webhook	"The replay was accepted"
//	@Header			202				{string}	ETag			"Version of the webhook, for If-Match"
//	@Failure		410				{object}	httpkit.Problem	"The cursor is older than the retained log; load the export at the URL of the Link header"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id}/replay [post]
func (a *API) replayWebhook(c echo.Context) error {
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	var in ReplayQuery
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&errs, in.From == "" && len(errs) == 0, "from", errcode.Required, "Required: a cursor, for example the next_cursor of the last message that you processed.")
	if err := errs.Err(catalog.Malformed); err != nil {
		return err
	}
	after, err := a.startOf(c.Request().Context(), in.From)
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Kind == catalog.Malformed {
		binding.AddErrorIf(&errs, true, "from", e.Code, e.Detail)
		return errs.Err(catalog.Malformed)
	}
	if err != nil {
		return linkToExport(c, err)
	}
	w, err = a.catalogFor(c).ReplayWebhook(c.Request().Context(), w.ID, after)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set("ETag", httpkit.VersionETag(w.Version, a.Index.Head()))
	return sendPrivate(c, http.StatusAccepted, a.newWebhook(w, nil))
}
