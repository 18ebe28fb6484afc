package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"trailcat/internal/catalog"
)

// Message types.
const (
	typeChanges   = "changes"
	typeTruncated = "log.truncated"
	typeTest      = "webhook.test"
)

// Message is the body of a call and what it covers. All attempts to deliver a
// message have the same ID.
type Message struct {
	ID          string
	Type        string
	Body        []byte
	After, Upto int64 // it covers the log entries after After, up to and including Upto
	Events      int
}

// newMessage wraps data in the envelope that Standard Webhooks recommends: type,
// timestamp and data.
func newMessage(w catalog.Webhook, kind string, at time.Time, after, upto int64, events int, data []byte) Message {
	body := fmt.Appendf(nil, `{"type":%q,"timestamp":%q,"data":`, kind, at.UTC().Format(time.RFC3339Nano))
	return Message{
		ID: messageID(w, kind, after, upto), Type: kind, Body: append(append(body, data...), '}'), After: after, Upto: upto, Events: events,
	}
}

// messageID derives the ID of a message from its content, so that every node
// gives it the same one. The version of the webhook is part of it: a changed
// webhook, or one that is replayed, gets new IDs.
func messageID(w catalog.Webhook, kind string, after, upto int64) string {
	hash := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %d %d", w.ID, w.Version, kind, after, upto))
	return "msg_" + strings.ToLower(base32.StdEncoding.EncodeToString(hash[:])[:26])
}

// changesMessage returns the message with a batch of events.
func changesMessage(w catalog.Webhook, after int64, batch catalog.Batch) (Message, error) {
	cursor, err := json.Marshal(batch.Cursor)
	if err != nil {
		return Message{}, fmt.Errorf("encode cursor: %w", err)
	}
	data := fmt.Appendf(nil, `{"events":[%s],"next_cursor":%s}`, bytes.Join(batch.Events, []byte(",")), cursor)
	return newMessage(w, typeChanges, batch.At, after, batch.Upto, len(batch.Events), data), nil
}

// truncatedMessage returns the message that the log entries up to floor have been
// removed before they were delivered, and that an export has to be loaded.
func truncatedMessage(w catalog.Webhook, at time.Time, after, floor int64, cursor, exportURL string) (Message, error) {
	data, err := json.Marshal(map[string]string{"export_url": exportURL, "next_cursor": cursor})
	if err != nil {
		return Message{}, fmt.Errorf("encode truncation: %w", err)
	}
	return newMessage(w, typeTruncated, at, after, floor, 0, data), nil
}

// testMessage returns a test message. No two have the same ID.
func testMessage(w catalog.Webhook, d catalog.Delivery, at time.Time) (Message, error) {
	data, err := json.Marshal(map[string]string{"webhook_id": w.ID, "delivery_id": d.ID})
	if err != nil {
		return Message{}, fmt.Errorf("encode test: %w", err)
	}
	m := newMessage(w, typeTest, at, 0, 0, 0, data)
	m.ID = strings.Replace(d.ID, catalog.DeliveryPrefix, "msg", 1)
	return m, nil
}

// sign returns the value of the webhook-signature header: one signature per
// secret, that of the current secret first.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		signer, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		if signatures[i], err = signer.Sign(id, at, body); err != nil {
			return "", fmt.Errorf("sign %s: %w", id, err)
		}
	}
	return strings.Join(signatures, " "), nil
}
