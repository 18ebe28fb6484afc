package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/filters"
)

// checkWebhookTypes notes types of events that there are not.
func checkWebhookTypes(types []string, bad *catalog.FieldErrors) {
	for i, name := range types {
		if !slices.Contains(wire.EventTypes, name) {
			unknown := binding.UnknownValue(name, wire.EventTypes)
			bad.Check(false, fmt.Sprintf("/types/%d", i), unknown.Code, unknown.Message)
		}
	}
}

// bindWebhookFilters checks filters, and is the text of them that is kept.
func (a *API) bindWebhookFilters(value any, bad *catalog.FieldErrors) string {
	if value == nil || value == "" {
		return ""
	}
	values, wrong := filters.ParseFilters(value)
	for _, f := range wrong {
		bad.Check(false, strings.Replace(f.Pointer, "/query", "/filters", 1), f.Code, f.Message)
	}
	if len(wrong) > 0 {
		return ""
	}
	_, wrong = a.feed.ParseQuery(values, catalog.Audience{}) //nolint:exhaustruct // who reads makes no filter good or bad
	_, object := value.(map[string]any)
	for _, f := range wrong {
		at, message := "/filters/"+binding.PointerToken(f.Parameter), f.Message
		if !object {
			at, message = "/filters", f.Parameter+": "+f.Message
		}
		bad.Check(false, at, f.Code, message)
	}
	return values.Encode()
}

// checkWebhookURL notes why an address cannot be called.
func (a *API) checkWebhookURL(ctx context.Context, url string, bad *catalog.FieldErrors) {
	if url == "" {
		return // that it is required is said already
	}
	refusal := a.WebhookSender.ValidateURL(ctx, url)
	bad.Check(refusal == "", "/url", "url_not_allowed", refusal)
}

// bindWebhook checks what is said of a new webhook, and where it is to begin.
func (a *API) bindWebhook(ctx context.Context, in wire.WebhookDraft, bad *catalog.FieldErrors) (catalog.Webhook, int64, error) {
	w := catalog.Webhook{URL: in.URL, Types: in.Types, Expand: in.Expand, Description: in.Description, Secret: in.Secret} //nolint:exhaustruct // the catalog says the rest
	checkWebhookTypes(in.Types, bad)
	w.Filters = a.bindWebhookFilters(in.Filters, bad)
	a.checkWebhookURL(ctx, in.URL, bad)
	if in.Secret == "" {
		w.Secret = catalog.NewWebhookSecret(a.Random())
	} else if err := catalog.CheckWebhookSecret(in.Secret); err != nil {
		bad.Check(false, "/secret", "malformed", sentence(err))
	}
	if in.From == "" {
		in.From = latestCursor
	}
	after, err := a.beginning(ctx, in.From)
	if ours, ok := errors.AsType[*catalog.Error](err); ok && ours.Kind == catalog.Malformed {
		bad.Check(false, "/from", ours.Code, ours.Detail)
		err = nil
	}
	return w, after, err
}

// beginning is the number of the log that a cursor stands behind, if the log tells
// all that followed: a webhook has nothing yet, so what was gone before it began
// would never be told.
func (a *API) beginning(ctx context.Context, cursor string) (int64, error) {
	from, err := a.parseCursor(ctx, cursor)
	if err != nil {
		return 0, err
	}
	head, err := a.Store.Head(ctx)
	if err != nil {
		return 0, err
	}
	return from.Seq, changefeed.Cursor{Seq: from.Seq, Start: from.Seq}.Check(head)
}
