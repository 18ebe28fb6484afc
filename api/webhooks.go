package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/errcode"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// WebhookStore reads webhooks and their deliveries, and saves deliveries.
type WebhookStore interface {
	Webhook(ctx context.Context, id string) (catalog.Webhook, error)
	Webhooks(ctx context.Context, owner *access.Owner, after string, limit int) ([]catalog.Webhook, error)
	Deliveries(ctx context.Context, webhookID, before string, limit int) ([]catalog.Delivery, error)
	LastDeliveries(ctx context.Context, webhookIDs []string) (map[string]catalog.Delivery, error)
	SaveDelivery(ctx context.Context, d catalog.Delivery) error
}

// WebhookSender sends messages to webhooks.
type WebhookSender interface {
	// ValidateURL returns why a URL is not allowed, or "" if it is.
	ValidateURL(ctx context.Context, url string) string
	// Test sends a test message. The delivery states whether the webhook accepted it.
	Test(ctx context.Context, w catalog.Webhook) (catalog.Delivery, error)
}

// createWebhook creates a webhook.
//
//	@Summary		Create a webhook
//	@Description	Registers a URL that gets changes: each message contains up to 100 events, in the order in which they happened, and is signed according to Standard Webhooks. The secret is only returned in this response.
//	@Description	The URL first gets a test message. Until it responds to a test with a status from 200 to 299, the webhook is `unverified` and gets no changes; then it gets everything that happened since it was created.
//	@Description	The URL must use https and resolve to public internet addresses.
//	@ID				createWebhook
//	@Tags			webhooks
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string					false	"Repeating the request with the same key within 24 hours does not create a second webhook; the response is then an error without the secret"
//	@Param			body			body		WebhookDraft			true	"The webhook to create"
//	@Success		201				{object}	wire.WebhookWithSecret	"The webhook, its secret and the result of the test"
//	@Header			201				{string}	Location				"URL of the webhook"
//	@Header			201				{string}	ETag					"Version of the webhook, for If-Match"
//	@Failure		409				{object}	httpkit.Problem			"The limit of webhooks is reached"
//	@Failure		400				{object}	httpkit.Problem			"A filter does not exist"
//	@Failure		422				{object}	httpkit.Problem			"The URL is not allowed, or a field is invalid"
//	@Failure		default			{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@x-callbacks	"{$request.body#/url}"
//	@Router			/v1/webhooks [post]
func (a *API) createWebhook(c echo.Context) error {
	ctx := c.Request().Context()
	var in wire.WebhookDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	owner := principalFrom(c).Owner()
	draft, after, err := a.bindWebhook(ctx, in, &errs)
	if err != nil {
		return err
	}
	if err := filters.Err(errs); err != nil {
		return err
	}
	draft.PartnerID, draft.KeyID = owner.PartnerID, owner.KeyID
	w, err := a.catalogFor(c).CreateWebhook(ctx, draft, after)
	if err != nil {
		return err
	}
	delivery, w, err := a.verifyWebhook(c, w)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set(echo.HeaderLocation, "/v1/webhooks/"+w.ID)
	return a.sendSecret(c, http.StatusCreated, w, &delivery)
}

// verifyWebhook sends a test message and activates the webhook if it accepts the message.
// With a test key, nothing is sent.
func (a *API) verifyWebhook(c echo.Context, w catalog.Webhook) (catalog.Delivery, catalog.Webhook, error) {
	delivery, err := a.sendTest(c, w)
	if err != nil || principalFrom(c).Test || w.Status == catalog.WebhookActive {
		return delivery, w, err
	}
	w, err = a.catalogFor(c).VerifyWebhook(context.WithoutCancel(c.Request().Context()), w, delivery.Failure)
	return delivery, w, err
}

// sendTest sends a test message and saves the delivery.
func (a *API) sendTest(c echo.Context, w catalog.Webhook) (catalog.Delivery, error) {
	if principalFrom(c).Test {
		d := a.Catalog.NewDelivery()
		d.WebhookID, d.Type, d.At, d.Since, d.Failure = w.ID, "webhook.test", a.Now(), a.Now(), "Not sent: the request used a test key."
		return d, nil
	}
	ctx := context.WithoutCancel(c.Request().Context()) // the delivery is saved even if the caller disconnects
	d, err := a.WebhookSender.Test(ctx, w)
	if err != nil {
		return catalog.Delivery{}, err
	}
	return d, a.Store.SaveDelivery(ctx, d)
}

// sendSecret sends a webhook with its secret. A repeated request gets an error instead,
// because responses with secrets must not be stored.
func (a *API) sendSecret(c echo.Context, status int, w catalog.Webhook, delivery *catalog.Delivery) error {
	body := wire.WebhookWithSecret{Secret: w.Secret, Webhook: a.newWebhook(w, nil), Test: nil}
	if delivery != nil {
		body.Test = new(wire.NewDelivery(*delivery, a.cursorBefore(*delivery)))
	}
	err := a.problems.StoreErrorInstead(c, catalog.Errorf(catalog.Conflict, errcode.SecretShownOnce,
		"The request was already processed, and the secret of webhook %s was returned. To get a new secret, send POST /v1/webhooks/%s/rotate-secret.", w.ID, w.ID))
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", httpkit.VersionETag(w.Version, a.Index.Head()))
	return sendPrivate(c, status, body)
}

// newWebhook returns the representation of a webhook.
func (a *API) newWebhook(w catalog.Webhook, last *catalog.Delivery) wire.Webhook {
	out := wire.NewWebhook(w, last, a.cursorBefore, a.Now())
	out.Warnings = a.StoredWarnings(w.Filters, w.Audience())
	return out
}

// sendWebhook sends a webhook with its latest delivery.
func (a *API) sendWebhook(c echo.Context, w catalog.Webhook) error {
	last, err := a.lastDeliveries(c, w)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", httpkit.VersionETag(w.Version, a.Index.Head()))
	return sendPrivate(c, http.StatusOK, a.newWebhook(w, last[w.ID]))
}

// lastDeliveries returns the latest deliveries by webhook ID.
func (a *API) lastDeliveries(c echo.Context, webhooks ...catalog.Webhook) (map[string]*catalog.Delivery, error) {
	ids := make([]string, len(webhooks))
	for i, w := range webhooks {
		ids[i] = w.ID
	}
	found, err := a.Store.LastDeliveries(c.Request().Context(), ids)
	last := make(map[string]*catalog.Delivery, len(found))
	for id, d := range found {
		last[id] = &d
	}
	return last, err
}

// WebhookListQuery is the query of the list of webhooks.
type WebhookListQuery struct {
	Cursor string `form:"cursor" validate:"optional" maxLength:"100"`                        // `next_cursor` of the previous page.
	Limit  int    `form:"limit" validate:"optional" minimum:"1" maximum:"100" default:"100"` // Webhooks per page.
} //	@name	WebhookListQuery

// listWebhooks returns a page of the caller's webhooks.
//
//	@Summary		List your webhooks
//	@Description	Returns your webhooks, the oldest first, with their status and latest delivery. Operators get the webhooks of all partners.
//	@ID				listWebhooks
//	@Tags			webhooks
//	@Produce		json
//	@Param			query	query		WebhookListQuery	false	"Cursor and page size"
//	@Success		200		{object}	wire.WebhookPage	"A page of webhooks"
//	@Header			200		{string}	Link				"URL of the next page, with rel=next"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks [get]
func (a *API) listWebhooks(c echo.Context) error {
	in := WebhookListQuery{Cursor: "", Limit: 100}
	if err := bindIDPage(c, &in, &in.Cursor, catalog.WebhookPrefix); err != nil {
		return err
	}
	found, err := a.Store.Webhooks(c.Request().Context(), ownerFrom(c), in.Cursor, in.Limit+1)
	if err != nil {
		return err
	}
	webhooks, info := cutPage(c, found, in.Limit, func(w catalog.Webhook) string { return w.ID })
	last, err := a.lastDeliveries(c, webhooks...)
	if err != nil {
		return err
	}
	page := wire.WebhookPage{Data: make([]wire.Webhook, len(webhooks)), Page: info}
	for i, w := range webhooks {
		page.Data[i] = a.newWebhook(w, last[w.ID])
	}
	return sendPrivate(c, http.StatusOK, page)
}

// getWebhook returns a webhook.
//
//	@Summary		Get a webhook
//	@Description	Returns one of your webhooks, without its secret.
//	@ID				getWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id		path		string			true	"ID of the webhook"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Success		200		{object}	wire.Webhook	"The webhook"
//	@Header			200		{string}	ETag			"Version of the webhook, for If-Match"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
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

// ownedWebhook returns the webhook of the path, or a NotFound error if it does not exist
// or belongs to somebody else.
func (a *API) ownedWebhook(c echo.Context) (catalog.Webhook, error) {
	id := c.Param("id")
	if err := catalog.CheckID(catalog.WebhookPrefix, id); err != nil {
		return catalog.Webhook{}, err
	}
	w, err := a.Store.Webhook(c.Request().Context(), id)
	if err == nil && !principalFrom(c).ActsFor(w.Owner()) {
		err = catalog.NotFoundError("webhook", id)
	}
	return w, err
}

// changeWebhook updates a webhook.
//
//	@Summary		Update a webhook
//	@Description	Changes the fields in the body; `filters` are replaced as a whole. With If-Match, fails if the webhook changed in the meantime. New types and filters apply to messages from now on.
//	@Description	A new `url`, or `status: active` for a paused or unverified webhook, sends a test message first; the response states whether the webhook is active. While a webhook is paused, changes are kept for it as long as the change log retains them.
//	@ID				changeWebhook
//	@Tags			webhooks
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"ID of the webhook"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"ETag of the version to change; if omitted, any version"
//	@Param			body		body		WebhookChange	true	"Fields to change"
//	@Success		200			{object}	wire.Webhook	"The updated webhook"
//	@Header			200			{string}	ETag			"Version of the webhook, for If-Match"
//	@Failure		412			{object}	httpkit.Problem	"The webhook changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id} [patch]
func (a *API) changeWebhook(c echo.Context) error {
	current, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	edit, activate, err := a.webhookEdit(c, patch, current)
	if err != nil {
		return err
	}
	w, err := a.catalogFor(c).ChangeWebhook(c.Request().Context(), current.ID, version, edit)
	if err != nil {
		return err
	}
	if activate || w.URL != current.URL && w.Status == catalog.WebhookUnverified {
		if _, w, err = a.verifyWebhook(c, w); err != nil {
			return err
		}
	}
	a.syncIndex(c)
	return a.sendWebhook(c, w)
}

// webhookEdit returns the change of a patch, and whether it activates the webhook.
func (a *API) webhookEdit(c echo.Context, patch binding.MergePatch, current catalog.Webhook) (edit func(*catalog.Webhook), activate bool, err error) {
	draft := wire.WebhookChange{URL: current.URL, Types: current.Types, Filters: current.Filters, Expand: current.Expand, Description: current.Description, Status: ""}
	in, errs, err := binding.ApplyPatch(patch, draft)
	if err != nil {
		return nil, false, err
	}
	errs.Check(in.URL != "", "/url", errcode.Required, "Required: the URL of the webhook.")
	checkWebhookTypes(in.Types, &errs)
	query := current.Filters
	if patch.Contains("/filters") {
		query = a.bindWebhookFilters(in.Filters, &errs)
	}
	activate = in.Status == string(catalog.WebhookActive) && current.Status != catalog.WebhookActive
	if in.URL != current.URL || activate {
		a.checkWebhookURL(c.Request().Context(), in.URL, &errs)
	}
	return func(w *catalog.Webhook) {
		w.URL, w.Types, w.Filters, w.Expand, w.Description = in.URL, in.Types, query, in.Expand, in.Description
		if in.Status == string(catalog.WebhookPaused) && w.Status != catalog.WebhookPaused {
			w.Status, w.StatusReason = catalog.WebhookPaused, "Paused by its owner."
		}
	}, activate, filters.Err(errs)
}

// deleteWebhook deletes a webhook.
//
//	@Summary		Delete a webhook
//	@Description	Deletes a webhook, its saved searches and its deliveries. With If-Match, fails if the webhook changed in the meantime.
//	@ID				deleteWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id			path	string	true	"ID of the webhook"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header	string	false	"ETag of the version to change; if omitted, any version"
//	@Success		204			"The webhook was deleted"
//	@Failure		412			{object}	httpkit.Problem	"The webhook changed in the meantime"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id} [delete]
func (a *API) deleteWebhook(c echo.Context) error {
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	version, err := httpkit.IfMatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	if err := a.catalogFor(c).DeleteWebhook(c.Request().Context(), w.ID, version); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// rotateWebhookSecret replaces the secret of a webhook.
//
//	@Summary		Rotate a webhook's secret
//	@Description	Creates a new secret and returns it in this response only. For 24 hours, messages have two signatures, one with each secret, so that you can change over without rejecting messages.
//	@ID				rotateWebhookSecret
//	@Tags			webhooks
//	@Produce		json
//	@Param			id				path		string					true	"ID of the webhook"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string					false	"Repeating the request with the same key within 24 hours does not create another secret; the response is then an error without the secret"
//	@Success		200				{object}	wire.WebhookWithSecret	"The webhook and its new secret; `test` is null"
//	@Header			200				{string}	ETag					"Version of the webhook, for If-Match"
//	@Failure		default			{object}	httpkit.Problem			"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id}/rotate-secret [post]
func (a *API) rotateWebhookSecret(c echo.Context) error {
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	w, err = a.catalogFor(c).RotateWebhookSecret(c.Request().Context(), w.ID, catalog.NewWebhookSecret(a.Random()))
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return a.sendSecret(c, http.StatusOK, w, nil)
}

// checkWebhookTypes adds an error for each unknown type of event.
func checkWebhookTypes(types []string, errs *catalog.FieldErrors) {
	for i, name := range types {
		if !slices.Contains(wire.EventTypes, name) {
			unknown := binding.UnknownValue(name, wire.EventTypes)
			errs.Check(false, fmt.Sprintf("/types/%d", i), unknown.Code, unknown.Message)
		}
	}
}

// bindWebhookFilters validates filters and returns them as a query string.
func (a *API) bindWebhookFilters(value any, errs *catalog.FieldErrors) string {
	if value == nil || value == "" {
		return ""
	}
	values, filterErrs := filters.ParseFilters(value)
	for _, f := range filterErrs {
		errs.Check(false, strings.Replace(f.Pointer, "/query", "/filters", 1), f.Code, f.Message)
	}
	if len(filterErrs) > 0 {
		return ""
	}
	_, filterErrs = a.feed.ParseQuery(values, catalog.Audience{}) //nolint:exhaustruct // validity does not depend on the audience
	_, object := value.(map[string]any)
	for _, f := range filterErrs {
		at, message := "/filters/"+binding.PointerToken(f.Parameter), f.Message
		if !object {
			at, message = "/filters", f.Parameter+": "+f.Message
		}
		errs.Check(false, at, f.Code, message)
	}
	return values.Encode()
}

// checkWebhookURL adds an error if a URL is not allowed.
func (a *API) checkWebhookURL(ctx context.Context, url string, errs *catalog.FieldErrors) {
	if url == "" {
		return // reported as missing elsewhere
	}
	reason := a.WebhookSender.ValidateURL(ctx, url)
	errs.Check(reason == "", "/url", errcode.URLNotAllowed, reason)
}

// bindWebhook validates a new webhook. It returns the webhook and the log position after
// which it begins.
func (a *API) bindWebhook(ctx context.Context, in wire.WebhookDraft, errs *catalog.FieldErrors) (catalog.Webhook, int64, error) {
	w := catalog.Webhook{URL: in.URL, Types: in.Types, Expand: in.Expand, Description: in.Description, Secret: in.Secret} //nolint:exhaustruct // the catalog sets the other fields
	checkWebhookTypes(in.Types, errs)
	w.Filters = a.bindWebhookFilters(in.Filters, errs)
	a.checkWebhookURL(ctx, in.URL, errs)
	if in.Secret == "" {
		w.Secret = catalog.NewWebhookSecret(a.Random())
	} else if err := catalog.CheckWebhookSecret(in.Secret); err != nil {
		errs.Check(false, "/secret", errcode.Malformed, sentence(err))
	}
	if in.From == "" {
		in.From = latestCursor
	}
	after, err := a.startOf(ctx, in.From)
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Kind == catalog.Malformed {
		errs.Check(false, "/from", e.Code, e.Detail)
		err = nil
	}
	return w, after, err
}

// startOf returns the log position of a cursor, or a Gone error if the log does not retain
// everything after it. It ignores the cursor's Start, because a webhook only stores a position.
func (a *API) startOf(ctx context.Context, cursor string) (int64, error) {
	from, err := a.parseCursor(ctx, cursor)
	if err != nil {
		return 0, err
	}
	if err := a.feed.Check(ctx, from); err != nil {
		return 0, err
	}
	return from.Seq, a.feed.Check(ctx, changefeed.NewCursor(catalog.PositionAt(from.Epoch, from.Seq)))
}

// cursorBefore returns the cursor with which the changes of a delivery can be read again,
// or nil for a test and for a delivery from another log.
func (a *API) cursorBefore(d catalog.Delivery) *string {
	epoch := a.Index.Head().Epoch
	if d.Attempt == 0 || d.Epoch != epoch {
		return nil
	}
	return new(changefeed.NewCursor(catalog.PositionAt(epoch, d.After)).Encode())
}
