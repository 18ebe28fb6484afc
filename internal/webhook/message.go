package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// The types of messages.
const (
	typeChanges   = "changes"
	typeTruncated = "log.truncated"
	typeTest      = "webhook.test"
)

// Message is what is posted. Its id is the same for every attempt.
type Message struct {
	ID          string
	Type        string
	Body        []byte
	After, Upto int64 // the stretch of the log that it tells of
	Events      int
}

// newMessage wraps data as Standard Webhooks advises: what it is, of when, and
// what there is to say.
func newMessage(w catalog.Webhook, kind string, at time.Time, after, upto int64, events int, data []byte) Message {
	body := fmt.Appendf(nil, `{"type":%q,"timestamp":%q,"data":`, kind, at.UTC().Format(time.RFC3339Nano))
	return Message{
		ID: messageID(w, kind, after, upto), Type: kind, Body: append(append(body, data...), '}'), After: after, Upto: upto, Events: events,
	}
}

// messageID follows from what a message tells, so that every node gives the same
// one; a webhook that was changed, or is told again, gets new ones.
func messageID(w catalog.Webhook, kind string, after, upto int64) string {
	print := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %d %d", w.ID, w.Version, kind, after, upto))
	return "msg_" + strings.ToLower(base32.StdEncoding.EncodeToString(print[:])[:26])
}

func changesMessage(w catalog.Webhook, after int64, batch catalog.Batch) (Message, error) {
	cursor, err := json.Marshal(batch.Cursor)
	if err != nil {
		return Message{}, fmt.Errorf("encode cursor: %w", err)
	}
	data := fmt.Appendf(nil, `{"events":[%s],"next_cursor":%s}`, bytes.Join(batch.Events, []byte(",")), cursor)
	return newMessage(w, typeChanges, batch.At, after, batch.Upto, len(batch.Events), data), nil
}

// truncatedMessage says that a stretch of the log is no longer there.
func truncatedMessage(w catalog.Webhook, at time.Time, after, floor int64, cursor, exportURL string) (Message, error) {
	data, err := json.Marshal(map[string]string{"export_url": exportURL, "next_cursor": cursor})
	if err != nil {
		return Message{}, fmt.Errorf("encode what is lost: %w", err)
	}
	return newMessage(w, typeTruncated, at, after, floor, 0, data), nil
}

func testMessage(w catalog.Webhook, d catalog.Delivery, at time.Time) (Message, error) {
	data, err := json.Marshal(map[string]string{"webhook_id": w.ID, "delivery_id": d.ID})
	if err != nil {
		return Message{}, fmt.Errorf("encode test: %w", err)
	}
	m := newMessage(w, typeTest, at, 0, 0, 0, data)
	m.ID = strings.Replace(d.ID, catalog.DeliveryPrefix, "msg", 1) // no two tests are the same message
	return m, nil
}
