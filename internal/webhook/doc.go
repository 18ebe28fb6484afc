// Package webhook delivers changes to webhooks: it reads the change log for each
// webhook from a checkpoint, signs messages, posts them and retries.
//
// Leases make sure that of several nodes one at a time delivers to a webhook. An
// address policy guards against requests into private networks. The package
// depends on catalog for webhooks, deliveries and leases. It does not know the
// content of events, which a Feed provides in encoded form, nor a database or the
// HTTP API.
package webhook
