package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// WebhookKeeper keeps webhooks and how they were delivered to.
type WebhookKeeper interface {
	Webhook(ctx context.Context, id string) (catalog.Webhook, error)
	Webhooks(ctx context.Context, partnerID string, all bool, after string, limit int) ([]catalog.Webhook, error)
	Deliveries(ctx context.Context, webhookID, before string, limit int) ([]catalog.Delivery, error)
	LastDeliveries(ctx context.Context, webhookIDs []string) (map[string]catalog.Delivery, error)
	SaveDelivery(ctx context.Context, d catalog.Delivery) error
}

// WebhookSender calls webhooks.
type WebhookSender interface {
	// Refusal says why an address cannot be called; it is empty for one that can.
	ValidateURL(ctx context.Context, url string) string
	// Test sends a webhook a test, and tells how it went.
	Test(ctx context.Context, w catalog.Webhook) (catalog.Delivery, error)
}

// createWebhook makes a webhook.
//
//	@Summary		Make a webhook
//	@Description	Has an address told of changes: every message holds up to 100 of them, in the order in which they happened, signed as Standard Webhooks has it. The secret is shown this once.
//	@Description	First it is sent a test. Until it takes one, by answering with a status from 200 to 299, it is `unverified` and told of nothing; then it is told all that happened since it was made.
//	@Description	An address must be https and lead to the public internet.
//	@ID				createWebhook
//	@Tags			webhooks
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"Sent again within 24 hours, this makes no second webhook; but the secret is not shown again"
//	@Param			body			body		WebhookDraft	true	"The webhook"
//	@Success		201				{object}	wire.WebhookWithSecret		"The webhook, its secret, and how the test went"
//	@Header			201				{string}	Location		"Where it is"
//	@Header			201				{string}	ETag			"Its version"
//	@Failure		409				{object}	httpkit.Problem			"There are too many already"
//	@Failure		400				{object}	httpkit.Problem			"Filters that there are not"
//	@Failure		422				{object}	httpkit.Problem			"An address that cannot be called, or types that there are not"
//	@Failure		default			{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks [post]
func (a *API) createWebhook(c echo.Context) error {
	ctx := c.Request().Context()
	var in wire.WebhookDraft
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	draft, after, err := a.bindWebhook(ctx, in, &bad)
	if err != nil {
		return err
	}
	if err := filters.Err(bad); err != nil {
		return err
	}
	draft.PartnerID = principalFrom(c).PartnerID
	w, err := a.catalogFor(c).CreateWebhook(ctx, draft, after)
	if err != nil {
		return err
	}
	tested, w, err := a.verify(c, w)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set(echo.HeaderLocation, "/v1/webhooks/"+w.ID)
	return a.showSecret(c, http.StatusCreated, w, &tested)
}

// verify sends a webhook a test, and has it told of changes if it takes that. A
// test key sends nothing.
func (a *API) verify(c echo.Context, w catalog.Webhook) (catalog.Delivery, catalog.Webhook, error) {
	tested, err := a.sendTest(c, w)
	if err != nil || principalFrom(c).Test || w.Status == catalog.WebhookActive {
		return tested, w, err
	}
	w, err = a.catalogFor(c).VerifyWebhook(context.WithoutCancel(c.Request().Context()), w, tested.Failure)
	return tested, w, err
}

// sendTest sends a webhook a test and keeps how it went.
func (a *API) sendTest(c echo.Context, w catalog.Webhook) (catalog.Delivery, error) {
	if principalFrom(c).Test {
		d := a.Catalog.NewDelivery()
		d.WebhookID, d.Type, d.At, d.Since, d.Failure = w.ID, "webhook.test", a.Now(), a.Now(), "It was not sent: a test key sends nothing."
		return d, nil
	}
	ctx := context.WithoutCancel(c.Request().Context()) // who hung up may look at the deliveries
	d, err := a.WebhookSender.Test(ctx, w)
	if err != nil {
		return catalog.Delivery{}, err
	}
	return d, a.Store.SaveDelivery(ctx, d)
}

// showSecret answers with a webhook's secret, this once.
func (a *API) showSecret(c echo.Context, status int, w catalog.Webhook, tested *catalog.Delivery) error {
	shown := wire.WebhookWithSecret{Secret: w.Secret, Webhook: a.shownWebhook(w, nil), Test: nil}
	if tested != nil {
		shown.Test = new(wire.NewDelivery(*tested, a.cursorAt()))
	}
	err := httpkit.StoreErrorInstead(c, &catalog.Error{
		Kind: catalog.Conflict, Code: "secret_shown_once", Fields: nil,
		Detail: fmt.Sprintf("This was done: the secret of webhook %s was shown. If you did not see it, ask for another: POST /v1/webhooks/%s/rotate-secret.", w.ID, w.ID),
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", httpkit.VersionETag(w.Version))
	return sendPrivate(c, status, shown)
}

func (a *API) shownWebhook(w catalog.Webhook, last *catalog.Delivery) wire.Webhook {
	return wire.NewWebhook(w, last, a.cursorAt(), a.Now())
}

// sendWebhook sends a webhook with its last delivery.
func (a *API) sendWebhook(c echo.Context, w catalog.Webhook) error {
	last, err := a.lastDeliveries(c, w)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", httpkit.VersionETag(w.Version))
	return sendPrivate(c, http.StatusOK, a.shownWebhook(w, last[w.ID]))
}

func (a *API) lastDeliveries(c echo.Context, hooks ...catalog.Webhook) (map[string]*catalog.Delivery, error) {
	ids := make([]string, len(hooks))
	for i, w := range hooks {
		ids[i] = w.ID
	}
	found, err := a.Store.LastDeliveries(c.Request().Context(), ids)
	last := make(map[string]*catalog.Delivery, len(found))
	for id, d := range found {
		last[id] = &d
	}
	return last, err
}

// WebhookListQuery says which webhooks are wanted.
type WebhookListQuery struct {
	Cursor string `query:"cursor" form:"cursor" validate:"optional" maxLength:"100"`                       // `next_cursor` of the previous page.
	Limit  int    `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"100"` // Webhooks per page.
} //	@name	WebhookListQuery

// listWebhooks lists webhooks.
//
//	@Summary		List your webhooks
//	@Description	Lists your webhooks, the oldest first: whether each is told of changes, and if not, since when and why. An operator sees everybody's.
//	@ID				listWebhooks
//	@Tags			webhooks
//	@Produce		json
//	@Param			query	query		WebhookListQuery	false	"Which page"
//	@Success		200		{object}	wire.WebhookPage			"A page of them"
//	@Header			200		{string}	Link				"rel=next: the next page"
//	@Failure		default	{object}	httpkit.Problem				"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks [get]
func (a *API) listWebhooks(c echo.Context) error {
	in := WebhookListQuery{Cursor: "", Limit: 100}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	binding.AddErrorIf(&bad, in.Cursor != "" && catalog.CheckID(catalog.WebhookPrefix, in.Cursor) != nil, "cursor", "bad_cursor", "Is no cursor that this list gave.")
	if err := bad.Err(catalog.Malformed); err != nil {
		return err
	}
	p := principalFrom(c)
	found, err := a.Store.Webhooks(c.Request().Context(), p.PartnerID, p.IsAdmin(), in.Cursor, in.Limit+1)
	if err != nil {
		return err
	}
	page := wire.WebhookPage{Data: []wire.Webhook{}, Page: wire.PageInfo{NextCursor: nil, HasMore: len(found) > in.Limit, Total: nil}}
	found = found[:min(len(found), in.Limit)]
	last, err := a.lastDeliveries(c, found...)
	if err != nil {
		return err
	}
	for _, w := range found {
		page.Data = append(page.Data, a.shownWebhook(w, last[w.ID]))
	}
	if page.Page.HasMore {
		page.Page.NextCursor = new(found[in.Limit-1].ID)
		httpkit.LinkNext(c, *page.Page.NextCursor)
	}
	return sendPrivate(c, http.StatusOK, page)
}

// getWebhook shows one webhook.
//
//	@Summary		Show a webhook
//	@Description	Shows one of your webhooks; never its secret.
//	@ID				getWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id		path		string	true	"The webhook's id"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.Webhook	"The webhook"
//	@Header			200		{string}	ETag	"Its version"
//	@Failure		default	{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id} [get]
func (a *API) getWebhook(c echo.Context) error {
	if err := httpkit.BindValidQuery(c, &struct{}{}); err != nil {
		return err
	}
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	return a.sendWebhook(c, w)
}

// ownedWebhook finds a webhook that belongs to who asks.
func (a *API) ownedWebhook(c echo.Context) (catalog.Webhook, error) {
	id := c.Param("id")
	if err := catalog.CheckID(catalog.WebhookPrefix, id); err != nil {
		return catalog.Webhook{}, err
	}
	w, err := a.Store.Webhook(c.Request().Context(), id)
	if err == nil && !principalFrom(c).Owns(w.PartnerID) {
		err = catalog.NotFoundError("webhook", id)
	}
	return w, err
}

// cursorAt returns a function from a log position to the cursor that continues after it.
func (a *API) cursorAt() func(seq int64) string {
	epoch := a.Index.Head().Epoch
	return func(seq int64) string { return changefeed.NewCursor(seq).Encode(epoch) }
}
