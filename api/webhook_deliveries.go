package api

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// testWebhook sends a webhook a test.
//
//	@Summary		Test a webhook
//	@Description	Sends a `webhook.test` now and tells how it went. An unverified webhook that takes it is active from then on; a paused one stays paused.
//	@ID				testWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id				path		string		true	"The webhook's id"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string		false	"Sent again within 24 hours, this gets the same answer, and no second test is sent"
//	@Success		200				{object}	wire.Delivery	"How it went"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id}/test [post]
func (a *API) testWebhook(c echo.Context) error {
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	test := a.verify
	if w.Status == catalog.WebhookPaused {
		test = func(c echo.Context, w catalog.Webhook) (catalog.Delivery, catalog.Webhook, error) {
			d, err := a.sendTest(c, w)
			return d, w, err
		}
	}
	tested, _, err := test(c, w)
	if err != nil {
		return err
	}
	return sendPrivate(c, http.StatusOK, wire.NewDelivery(tested, a.cursorAt()))
}

// DeliveryListQuery says which deliveries are wanted.
type DeliveryListQuery struct {
	Cursor string `query:"cursor" form:"cursor" validate:"optional" maxLength:"100"`                      // `next_cursor` of the previous page.
	Limit  int    `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"20"` // Delivery attempts per page.
} //	@name	DeliveryListQuery

// listDeliveries lists the deliveries to a webhook.
//
//	@Summary		List a webhook's deliveries
//	@Description	Lists every attempt to hand a message to a webhook, the latest first: when, what came back, how long it took, and how the answer begins. The last 1,000 are kept, for up to 30 days.
//	@ID				listDeliveries
//	@Tags			webhooks
//	@Produce		json
//	@Param			id		path		string				true	"The webhook's id"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query	query		DeliveryListQuery	false	"Which page"
//	@Success		200		{object}	wire.DeliveryPage		"A page of them"
//	@Header			200		{string}	Link				"rel=next: the next page"
//	@Failure		default	{object}	httpkit.Problem				"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id}/deliveries [get]
func (a *API) listDeliveries(c echo.Context) error {
	in := DeliveryListQuery{Cursor: "", Limit: 20}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&bad, in.Cursor != "" && catalog.CheckID(catalog.DeliveryPrefix, in.Cursor) != nil, "cursor", "bad_cursor", "Is no cursor that this list gave.")
	if err := bad.Err(catalog.Malformed); err != nil {
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
	page := wire.DeliveryPage{Data: []wire.Delivery{}, Page: wire.PageInfo{NextCursor: nil, HasMore: len(found) > in.Limit, Total: nil}}
	for _, d := range found[:min(len(found), in.Limit)] {
		page.Data = append(page.Data, wire.NewDelivery(d, a.cursorAt()))
	}
	if page.Page.HasMore {
		page.Page.NextCursor = new(found[in.Limit-1].ID)
		httpkit.LinkNext(c, *page.Page.NextCursor)
	}
	return sendPrivate(c, http.StatusOK, page)
}

// ReplayQuery says from where on a webhook is to be told again.
type ReplayQuery struct {
	From string `query:"from" form:"from" maxLength:"200"` // `next_cursor` of a message, `cursor` of a delivery, or a cursor of `/v1/changes` or of an export; `latest` skips everything that was not delivered yet.
} //	@name	ReplayQuery

// replayWebhook has a webhook told again.
//
//	@Summary		Replay to a webhook
//	@Description	Has a webhook told again all that happened since a cursor, in order, and then go on. Messages have other ids than the first time. A webhook that is not active is told when it is.
//	@ID				replayWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id				path		string		true	"The webhook's id"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		ReplayQuery	true	"From where"
//	@Param			Idempotency-Key	header		string		false	"Sent again within 24 hours, this gets the same answer, and it is not told a third time"
//	@Success		202				{object}	wire.Webhook		"It will be told"
//	@Header			202				{string}	ETag		"Its version"
//	@Failure		410				{object}	httpkit.Problem		"The log no longer tells all that happened since the cursor; load the export"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id}/replay [post]
func (a *API) replayWebhook(c echo.Context) error {
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	var in ReplayQuery
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&bad, in.From == "" && len(bad) == 0, "from", "required", "Is required: a cursor, such as next_cursor of the last message that you dealt with.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	after, err := a.beginning(c.Request().Context(), in.From)
	if ours, ok := errors.AsType[*catalog.Error](err); ok && ours.Kind == catalog.Malformed {
		binding.AddErrorIf(&bad, true, "from", ours.Code, ours.Detail)
		return bad.Err(catalog.Malformed)
	}
	if err != nil {
		return linkToExport(c, err)
	}
	w, err = a.catalogFor(c).ReplayWebhook(c.Request().Context(), w.ID, after)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set("ETag", httpkit.VersionETag(w.Version))
	return sendPrivate(c, http.StatusAccepted, a.shownWebhook(w, nil))
}
