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
	typeReset     = "log.reset"
	typeTest      = "webhook.test"
)

// Message is the body of a call and what it covers. All attempts to deliver a
// message have the same ID.
type Message struct {
	ID          string
	Type        string
	Body        []byte
	After, Upto int64             // it covers the log entries after After, up to and including Upto
	Part        catalog.EntryPart // unless zero, the entry Upto has more events, which follow this part
	Epoch       string            // of the log after the message
	Events      int
}

// newMessage wraps data in the envelope that Standard Webhooks recommends: type,
// timestamp and data.
func newMessage(w catalog.Webhook, epoch, kind string, at time.Time, after, upto int64, events int, data []byte) Message {
	body := fmt.Appendf(nil, `{"type":%q,"timestamp":%q,"data":`, kind, at.UTC().Format(time.RFC3339Nano))
	return Message{
		ID: messageID(w, epoch, kind, after, upto), Type: kind, Body: append(append(body, data...), '}'), Epoch: epoch, After: after, Upto: upto, Events: events,
	}
}

// messageID derives the ID of a message from its content, so that every node
// gives it the same one. The version of the webhook is part of it: a changed
// webhook, or one that is replayed, gets new IDs. So is the epoch of the log, because
// in a log that was set back the same entries have other content.
func messageID(w catalog.Webhook, epoch, kind string, after, upto int64) string {
	return "msg_" + shortHash(fmt.Sprintf("%s %d %s %s %d %d", w.ID, w.Version, epoch, kind, after, upto))
}

// resetID returns the ID of the message that the log was set back or replaced. It does not
// depend on how far the new log has grown.
func resetID(w catalog.Webhook, epoch string) string { return messageID(w, epoch, typeReset, 0, 0) }

// partID returns the ID of a message with the events of an entry after one part and up to
// another. It begins with the ID of a message with all of them.
func partID(whole string, after, upto catalog.EntryPart) string {
	return whole + "_" + shortHash(fmt.Sprint(after, upto))
}

// isPending reports whether a delivery was an attempt that failed to send a webhook the
// message that follows its checkpoint, or a part of it.
func isPending(d catalog.Delivery, w catalog.Webhook, checkpoint catalog.Lease) bool {
	switch {
	case d.Succeeded():
		return false
	case d.Type == typeReset: // the checkpoint is in the log before
		return d.MessageID == resetID(w, d.Epoch)
	default:
		return d.After >= checkpoint.Checkpoint && strings.HasPrefix(d.MessageID, messageID(w, checkpoint.Epoch, d.Type, d.After, d.Upto))
	}
}

// shortHash returns 26 characters that are practically unique for a text.
func shortHash(text string) string {
	hash := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(hash[:])[:26])
}

// changesMessage returns the message with a batch of events after a log entry, or after
// part of an entry.
func changesMessage(w catalog.Webhook, epoch string, after int64, part catalog.EntryPart, batch catalog.Batch) (Message, error) {
	cursor, err := json.Marshal(batch.Cursor)
	if err != nil {
		return Message{}, fmt.Errorf("encode cursor: %w", err)
	}
	data := fmt.Appendf(nil, `{"events":[%s],"next_cursor":%s}`, bytes.Join(batch.Events, []byte(",")), cursor)
	m := newMessage(w, epoch, typeChanges, batch.At, after, batch.Upto, len(batch.Events), data)
	if none := (catalog.EntryPart{}); part != none || batch.Part != none {
		m.ID, m.Part = partID(m.ID, part, batch.Part), batch.Part
	}
	return m, nil
}

// exportMessage returns the message that an export has to be loaded: because the log
// entries up to upto have been removed before they were delivered (typeTruncated), or
// because the log was set back or replaced (typeReset).
func exportMessage(w catalog.Webhook, epoch, kind string, at time.Time, after, upto int64, cursor, exportURL string) (Message, error) {
	data, err := json.Marshal(map[string]string{"export_url": exportURL, "next_cursor": cursor})
	if err != nil {
		return Message{}, fmt.Errorf("encode %s: %w", kind, err)
	}
	m := newMessage(w, epoch, kind, at, after, upto, 0, data)
	if kind == typeReset {
		m.ID = resetID(w, epoch)
	}
	return m, nil
}

// testMessage returns a test message. No two have the same ID.
func testMessage(w catalog.Webhook, d catalog.Delivery, at time.Time) (Message, error) {
	data, err := json.Marshal(map[string]string{"webhook_id": w.ID, "delivery_id": d.ID})
	if err != nil {
		return Message{}, fmt.Errorf("encode test: %w", err)
	}
	m := newMessage(w, "", typeTest, at, 0, 0, 0, data)
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
