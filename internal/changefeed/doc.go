// Package changefeed reads the change log on behalf of a client: it returns the events
// that match the client's filters and that the client may see, for GET /v1/changes, for
// webhooks and for saved searches. It also defines the cursor of the log.
//
// It depends on catalog, search, filters and api/wire. It does not know HTTP: handlers and
// the webhook deliverer send the events.
package changefeed
