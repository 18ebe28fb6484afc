package wire

import (
	"reflect"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// Webhook is an address that is told of changes.
type Webhook struct {
	ID                  string     `json:"id" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                // for ever
	PartnerID           *string    `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"`                // null: an operator's own
	URL                 string     `json:"url" example:"https://hooks.example.org/trailcat"`                                           //
	Types               []string   `json:"types" example:"cat.created,cat.removed"`                                                    // of the events that it is told of; empty: all
	Filters             string     `json:"filters" example:"near=20850&radius_km=50"`                                                  // of the cats and shelters that it is told of, as in the URL of /v1/changes; empty: all
	Expand              bool       `json:"expand"`                                                                                     // each event brings along the cat or shelter as it is now
	Description         string     `json:"description" example:"Copies listings to our app"`                                           //
	Status              string     `json:"status" enums:"active,paused,unverified" example:"active"`                                   // only an active one is told of anything
	StatusReason        *string    `json:"status_reason" extensions:"x-nullable" example:"It did not take its test: It answered 503."` // why it is not active
	StatusSince         time.Time  `json:"status_since" format:"date-time"`                                                            //
	VerifiedAt          *time.Time `json:"verified_at" extensions:"x-nullable" format:"date-time"`                                     // when it last came to be active by taking a test; null: never
	PreviousSecretUntil *time.Time `json:"previous_secret_until" extensions:"x-nullable" format:"date-time"`                           // until then messages are signed with the secret before, too; null: with the current one only
	LastDelivery        *Delivery  `json:"last_delivery" extensions:"x-nullable"`                                                      // the latest attempt that was no test, and its error, if it failed; null: there was none
	Version             int64      `json:"version" example:"1"`                                                                        // counts up with every change
	CreatedAt           time.Time  `json:"created_at" format:"date-time"`                                                              //
	UpdatedAt           time.Time  `json:"updated_at" format:"date-time"`                                                              //
} //	@name	Webhook

// WebhookWithSecret is a webhook that was just made, or got another secret. This is the
// only time that the secret is shown.
type WebhookWithSecret struct {
	Secret  string    `json:"secret" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="` // what messages are signed with, as Standard Webhooks has it
	Webhook Webhook   `json:"webhook"`                                                             //
	Test    *Delivery `json:"test" extensions:"x-nullable"`                                        // how the test went; null: none was sent
} //	@name	WebhookWithSecret

// WebhookPage is a page of webhooks.
type WebhookPage struct {
	Data []Webhook `json:"data"`
	Page PageInfo  `json:"page"`
} //	@name	WebhookPage

// WebhookDraft is what is said of a webhook that is to be made.
type WebhookDraft struct {
	URL   string   `json:"url" maxLength:"2048" example:"https://hooks.example.org/trailcat"`                                                                                                                                                     // https, on the public internet
	Types []string `json:"types" validate:"optional" enums:"cat.created,cat.updated,cat.status_changed,cat.rated,cat.removed,cat.left,shelter.created,shelter.updated,shelter.left,search.matched,search.left" example:"cat.created,cat.removed"` // of events; empty or left out: all
	// Filters are those of GET /v1/changes: an object with a value for each, or a
	// list of values of which any will do, or a text, as in a URL. Left out: all.
	Filters     any    `json:"filters" validate:"optional"`
	Expand      bool   `json:"expand" validate:"optional" default:"false"`                                           // bring along the cat or shelter as it is now
	Description string `json:"description" validate:"optional" maxLength:"500" example:"Copies listings to our app"` //
	Secret      string `json:"secret" validate:"optional" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`          // whsec_ and the base64 of 24 to 64 random bytes, for yours to know it before the test comes; left out: we make one
	From        string `json:"from" validate:"optional" maxLength:"200"`                                             // a cursor of /v1/changes or an export, to begin behind; left out: now
} //	@name	WebhookDraft

// WebhookChange is what can be changed of a webhook.
type WebhookChange struct {
	URL         string   `json:"url" validate:"optional" maxLength:"2048" example:"https://hooks.example.org/trailcat"`                                                                                                                                 // another one has to take a test
	Types       []string `json:"types" validate:"optional" enums:"cat.created,cat.updated,cat.status_changed,cat.rated,cat.removed,cat.left,shelter.created,shelter.updated,shelter.left,search.matched,search.left" example:"cat.created,cat.removed"` // of events; empty: all
	Filters     any      `json:"filters" validate:"optional"`                                                                                                                                                                                           // as of a new one; null: all
	Expand      bool     `json:"expand" validate:"optional"`                                                                                                                                                                                            //
	Description string   `json:"description" validate:"optional" maxLength:"500"`                                                                                                                                                                       //
	Status      string   `json:"status" validate:"optional" enums:"active,paused"`                                                                                                                                                                      // active sends a test, and if that is taken goes on where it stopped
} //	@name	WebhookChange

// Delivery is one attempt to hand over a message.
type Delivery struct {
	ID             string    `json:"id" example:"dlv_01kabq4z8vf3ht2v0xw9r6m5ec"`              //
	MessageID      string    `json:"message_id" example:"msg_01kabq4z8vf3ht2v0xw9r6m5ec"`      // webhook-id: the same for every attempt with this message
	Type           string    `json:"type" enums:"changes,log.truncated,webhook.test"`          // of the message
	At             time.Time `json:"at" format:"date-time"`                                    //
	Attempt        int       `json:"attempt" example:"1"`                                      // with this message; 0: a test, which is sent once
	FirstAttemptAt time.Time `json:"first_attempt_at" format:"date-time"`                      //
	Events         int       `json:"events" example:"12"`                                      // how many it holds
	Cursor         *string   `json:"cursor" extensions:"x-nullable"`                           // the cursor that it begins behind: replay from here to get it again; null: a test
	Taken          bool      `json:"taken"`                                                    // it answered with a status from 200 to 299
	StatusCode     *int      `json:"status_code" extensions:"x-nullable" example:"204"`        // of the answer; null: there was none
	LatencyMs      int64     `json:"latency_ms" example:"84"`                                  // from the beginning to the answer, or until we gave up
	Error          *string   `json:"error" extensions:"x-nullable" example:"It answered 503."` // why it was not taken
	Answer         string    `json:"answer" example:"ok"`                                      // its first 1,024 bytes
} //	@name	Delivery

// DeliveryPage is a page of deliveries.
type DeliveryPage struct {
	Data []Delivery `json:"data"` // the latest first
	Page PageInfo   `json:"page"`
} //	@name	DeliveryPage

// EventTypes are those that Event says there are.
var EventTypes = func() []string {
	field, _ := reflect.TypeFor[Event]().FieldByName("Type")
	return strings.Split(field.Tag.Get("enums"), ",")
}()

// NewWebhook shows a webhook; cursor returns the log cursor after an entry.
func NewWebhook(w catalog.Webhook, last *catalog.Delivery, cursor func(after int64) string, now time.Time) Webhook {
	out := Webhook{
		ID:                  w.ID,
		PartnerID:           OrNull(w.PartnerID),
		URL:                 w.URL,
		Types:               orEmpty(w.Types),
		Filters:             w.Filters,
		Expand:              w.Expand,
		Description:         w.Description,
		Status:              string(w.Status),
		StatusReason:        OrNull(w.StatusReason),
		StatusSince:         w.StatusSince,
		VerifiedAt:          timeOrNil(w.VerifiedAt),
		PreviousSecretUntil: nil,
		LastDelivery:        nil,
		Version:             w.Version,
		CreatedAt:           w.CreatedAt,
		UpdatedAt:           w.UpdatedAt,
	}
	if len(w.Secrets(now)) > 1 {
		out.PreviousSecretUntil = &w.PreviousUntil
	}
	if last != nil {
		out.LastDelivery = new(NewDelivery(*last, cursor))
	}
	return out
}

func NewDelivery(d catalog.Delivery, cursor func(after int64) string) Delivery {
	out := Delivery{
		ID:             d.ID,
		MessageID:      d.MessageID,
		Type:           d.Type,
		At:             d.At,
		Attempt:        d.Attempt,
		FirstAttemptAt: d.Since,
		Events:         d.Events,
		Cursor:         nil,
		Taken:          d.Succeeded(),
		StatusCode:     nil,
		LatencyMs:      d.Latency.Milliseconds(),
		Error:          OrNull(d.Failure),
		Answer:         d.Response,
	}
	if d.Attempt > 0 {
		out.Cursor = new(cursor(d.After))
	}
	if d.StatusCode > 0 {
		out.StatusCode = &d.StatusCode
	}
	return out
}
