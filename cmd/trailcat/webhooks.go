package main

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/publicnet"
	"trailcat/internal/store"
	"trailcat/internal/webhook"
)

// webhookSender returns the sender that makes all calls to webhooks: deliveries
// and the test calls of their owners.
func (c *serveCommand) webhookSender(db *store.Store, now func() time.Time) *webhook.Sender {
	return webhook.NewSender(webhook.SenderConfig{
		Policy:      publicnet.Policy{Allow: c.WebhookAllow},
		Timeout:     webhook.CallTimeout,
		Now:         now,
		NewDelivery: catalog.New(db, now, newUUID).NewDelivery,
		UserAgent:   "Trailcat/" + version(),
	})
}

// deliverWebhooks delivers changes to webhooks, from when the index is filled
// until ctx ends and the calls in progress are over.
func (s *server) deliverWebhooks(ctx context.Context) error {
	for !s.index.State().Ready {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(100 * time.Millisecond):
		}
	}
	public := s.flags.publicURL()
	webhook.New(webhook.Config{
		Store:        s.db,
		Feed:         changefeed.NewWebhookFeed(changefeed.Config{Log: s.db, Index: s.index, Places: s.places, Now: s.clock.Now, PublicURL: public, PhotoBase: s.flags.photoBase()}),
		Pauser:       s.cats,
		Sender:       s.sender,
		Log:          s.log,
		Now:          s.clock.Now,
		Jitter:       mathrand.Float64,
		Node:         rand.Text(),
		ExportURL:    public + "/v1/exports/cats",
		PollInterval: s.flags.PollInterval,
	}).Run(ctx)
	return nil
}
