package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	mathrand "math/rand/v2"
	"time"

	"trailcat/api"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/webhook"
)

// webhookSender is what calls webhooks, for their owners' tests and for the rest.
func (c *serveCommand) webhookSender(db *store.Store) *webhook.Sender {
	return webhook.NewSender(webhook.SenderConfig{
		Guard:       webhook.AddressPolicy{Allow: c.WebhookAllow},
		Resolver:    nil,
		Timeout:     webhook.CallTimeout,
		Now:         now,
		NewDelivery: catalog.New(db, now, newUUID).NewDelivery,
		UserAgent:   "Trailcat/" + version(),
	})
}

// deliver tells webhooks of changes as soon as the index is filled, until ctx
// ends and the calls under way are over.
func (c *serveCommand) deliver(ctx context.Context, db *store.Store, index *search.Index, places *geo.Gazetteer, sender *webhook.Sender, log *slog.Logger) {
	public := publicURL(c.PublicURL)
	feed := api.NewWebhookFeed(api.FeedConfig{Log: db, Index: index, Places: places, Now: now, PublicURL: public, Followed: false})
	deliverer := webhook.New(webhook.Config{
		Store:       db,
		Feed:        feed,
		Owner:       catalog.New(db, now, newUUID),
		Sender:      sender,
		Log:         log,
		Now:         now,
		Jitter:      mathrand.Float64,
		Node:        rand.Text(),
		ExportURL:   public + "/v1/exports/cats",
		Poll:        c.PollInterval,
		Lease:       0,
		FirstRetry:  0,
		LongestWait: 0,
		GiveUp:      0,
	})
	for !index.State().Ready {
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	deliverer.Run(ctx)
}
