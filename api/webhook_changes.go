package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
)

// changeWebhook changes a webhook.
//
//	@Summary		Change a webhook
//	@Description	Changes what the body names; filters take the place of those before as a whole. With If-Match only if nobody changed it since. Types and filters hold for what it is told from now on.
//	@Description	Another url, or `status: active` where it is paused or unverified, sends a test first: the answer says whether it is active now. `status: paused` keeps all that happens for when it is active again, for as long as the log is kept.
//	@ID				changeWebhook
//	@Tags			webhooks
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"The webhook's id"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header		string			false	"The ETag that you hold"
//	@Param			body		body		WebhookChange	true	"What to change"
//	@Success		200			{object}	wire.Webhook			"The webhook as it is now"
//	@Header			200			{string}	ETag			"Its version"
//	@Failure		412			{object}	httpkit.Problem			"The webhook has changed since"
//	@Failure		default		{object}	httpkit.Problem			"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id} [patch]
func (a *API) changeWebhook(c echo.Context) error {
	known, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c)
	if err != nil {
		return err
	}
	edit, takeUp, err := a.webhookEdit(c, patch, known)
	if err != nil {
		return err
	}
	w, err := a.catalogFor(c).ChangeWebhook(c.Request().Context(), known.ID, version, edit)
	if err != nil {
		return err
	}
	if takeUp || w.URL != known.URL && w.Status == catalog.WebhookUnverified {
		if _, w, err = a.verify(c, w); err != nil {
			return err
		}
	}
	a.syncIndex(c)
	return a.sendWebhook(c, w)
}

// webhookEdit is what a patch does to a webhook, and whether it is to take it up again.
func (a *API) webhookEdit(c echo.Context, patch binding.MergePatch, known catalog.Webhook) (edit func(*catalog.Webhook), takeUp bool, err error) {
	now := wire.WebhookChange{URL: known.URL, Types: known.Types, Filters: known.Filters, Expand: known.Expand, Description: known.Description, Status: ""}
	in, bad, err := binding.ApplyPatch(patch, now)
	if err != nil {
		return nil, false, err
	}
	bad.Check(in.URL != "", "/url", "required", "A webhook needs an address.")
	checkWebhookTypes(in.Types, &bad)
	query := known.Filters
	if patch.Names("/filters") {
		query = a.bindWebhookFilters(in.Filters, &bad)
	}
	takeUp = in.Status == string(catalog.WebhookActive) && known.Status != catalog.WebhookActive
	if in.URL != known.URL || takeUp {
		a.checkWebhookURL(c.Request().Context(), in.URL, &bad)
	}
	return func(w *catalog.Webhook) {
		w.URL, w.Types, w.Filters, w.Expand, w.Description = in.URL, in.Types, query, in.Expand, in.Description
		if in.Status == string(catalog.WebhookPaused) && w.Status != catalog.WebhookPaused {
			w.Status, w.StatusReason = catalog.WebhookPaused, "It was paused by its owner."
		}
	}, takeUp, filters.Err(bad)
}

// deleteWebhook ends a webhook.
//
//	@Summary		Delete a webhook
//	@Description	Ends a webhook, its saved searches and what is known of its deliveries. With If-Match only if nobody changed it since.
//	@ID				deleteWebhook
//	@Tags			webhooks
//	@Produce		json
//	@Param			id			path	string	true	"The webhook's id"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			If-Match	header	string	false	"The ETag that you hold"
//	@Success		204			"It is gone"
//	@Failure		412			{object}	httpkit.Problem	"The webhook has changed since"
//	@Failure		default		{object}	httpkit.Problem	"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[webhooks]
//	@Router			/v1/webhooks/{id} [delete]
func (a *API) deleteWebhook(c echo.Context) error {
	w, err := a.ownedWebhook(c)
	if err != nil {
		return err
	}
	version, err := httpkit.IfMatch(c)
	if err != nil {
		return err
	}
	if err := a.catalogFor(c).DeleteWebhook(c.Request().Context(), w.ID, version); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// rotateWebhookSecret gives a webhook another secret.
//
//	@Summary		Rotate a webhook's secret
//	@Description	Makes another secret and shows it, this once. For 24 hours messages bear two signatures, one with each secret, so that yours can change over without missing any.
//	@ID				rotateWebhookSecret
//	@Tags			webhooks
//	@Produce		json
//	@Param			id				path		string		true	"The webhook's id"	example(whk_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			Idempotency-Key	header		string		false	"Sent again within 24 hours, this makes no third secret; but the second is not shown again"
//	@Success		200				{object}	wire.WebhookWithSecret	"The webhook and its new secret"
//	@Header			200				{string}	ETag		"Its version"
//	@Failure		default			{object}	httpkit.Problem		"What was wrong"
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
	return a.showSecret(c, http.StatusOK, w, nil)
}
