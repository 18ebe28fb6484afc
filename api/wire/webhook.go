package wire

import (
	"reflect"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// Webhook is a URL that receives messages about changes.
type Webhook struct {
	ID                  string     `json:"id" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                   // Permanent ID of the webhook.
	PartnerID           *string    `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                   // ID of the partner that owns the webhook; null for a key without a partner and for an operator.
	KeyID               *string    `json:"key_id" extensions:"x-nullable" example:"mfrggzdfmztwq2lknnwg"`                                                                 // ID of the key without a partner that owns the webhook; null for a partner and for an operator.
	URL                 string     `json:"url" example:"https://hooks.example.org/trailcat"`                                                                              // URL that receives the messages.
	Types               []string   `json:"types" example:"cat.created,cat.removed"`                                                                                       // Event types that are sent; empty for all.
	Filters             string     `json:"filters" example:"near=20850&radius_km=50"`                                                                                     // Filters for cats and shelters, as in the URL of `/v1/changes`; empty for all.
	Expand              bool       `json:"expand"`                                                                                                                        // Whether each event contains the current cat or shelter.
	Description         string     `json:"description" example:"Copies listings to our app"`                                                                              // Your description of the webhook.
	Status              string     `json:"status" enums:"active,paused,unverified" example:"active"`                                                                      // Only an `active` webhook receives messages.
	StatusReason        *string    `json:"status_reason" extensions:"x-nullable" example:"The endpoint did not accept the test: The endpoint responded with status 503."` // Why the webhook is not active; null when it is active.
	StatusSince         time.Time  `json:"status_since" format:"date-time"`                                                                                               // When the webhook got this status.
	VerifiedAt          *time.Time `json:"verified_at" extensions:"x-nullable" format:"date-time"`                                                                        // When the URL last accepted a test message; null for never.
	PreviousSecretUntil *time.Time `json:"previous_secret_until" extensions:"x-nullable" format:"date-time"`                                                              // Until when messages are also signed with the previous secret; null when only the current one is used.
	LastDelivery        *Delivery  `json:"last_delivery" extensions:"x-nullable"`                                                                                         // Latest delivery attempt other than a test; null when there was none.
	Version             int64      `json:"version" example:"1"`                                                                                                           // Version number; increases with every change.
	CreatedAt           time.Time  `json:"created_at" format:"date-time"`                                                                                                 // When the webhook was created.
	UpdatedAt           time.Time  `json:"updated_at" format:"date-time"`                                                                                                 // When the webhook last changed.

	Warnings []FilterWarning `json:"warnings,omitempty"` // Values of `tag`, `source` and `ids` in `filters`, and of their variants, that no listed cat has now; absent if there are none.
} //	@name	Webhook

// WebhookWithSecret is a webhook with its new secret. The secret is returned only once.
type WebhookWithSecret struct {
	Secret  string    `json:"secret" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="` // Secret for the message signatures, as defined by Standard Webhooks.
	Webhook Webhook   `json:"webhook"`                                                             // The webhook.
	Test    *Delivery `json:"test" extensions:"x-nullable"`                                        // Result of the test message; null when none was sent.
} //	@name	WebhookWithSecret

// WebhookPage is a page of webhooks.
type WebhookPage struct {
	Data []Webhook `json:"data"` // Webhooks, the oldest first.
	Page PageInfo  `json:"page"` // Position in the list.
} //	@name	WebhookPage

// WebhookDraft is a new webhook.
type WebhookDraft struct {
	URL         string   `json:"url" maxLength:"2048" example:"https://hooks.example.org/trailcat"`                                                                                                                                                                     // HTTPS URL on the public internet.
	Types       []string `json:"types" validate:"optional" enums:"cat.created,cat.updated,cat.status_changed,cat.rated,cat.removed,cat.left,shelter.created,shelter.updated,shelter.removed,shelter.left,search.matched,search.left" example:"cat.created,cat.removed"` // Event types to send; empty or omitted for all. Erasures of cats are also sent to webhooks with any other `cat.…` or `search.…` type, and those of shelters to webhooks with any `shelter.…` type.
	Filters     any      `json:"filters" validate:"optional"`                                                                                                                                                                                                           // Filters for cats and shelters, as in `/v1/changes`: a string as in a URL, or an object; empty or omitted for all.
	Expand      bool     `json:"expand" validate:"optional" default:"false"`                                                                                                                                                                                            // Whether each event contains the current cat or shelter.
	Description string   `json:"description" validate:"optional" maxLength:"500" example:"Copies listings to our app"`                                                                                                                                                  // Your description of the webhook.
	Secret      string   `json:"secret" validate:"optional" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`                                                                                                                                                           // `whsec_` and the base64 of 24 to 64 random bytes, if you need to know the secret before the test message; omit it to let the server create one.
	From        string   `json:"from" validate:"optional" maxLength:"200"`                                                                                                                                                                                              // Cursor of `/v1/changes` or of an export after which to start; default now.
} //	@name	WebhookDraft

// WebhookChange is a change of a webhook. Fields that are omitted keep their values.
type WebhookChange struct {
	URL         string   `json:"url" validate:"optional" maxLength:"2048" example:"https://hooks.example.org/trailcat"`                                                                                                                                                 // HTTPS URL on the public internet; a new URL must accept a test message.
	Types       []string `json:"types" validate:"optional" enums:"cat.created,cat.updated,cat.status_changed,cat.rated,cat.removed,cat.left,shelter.created,shelter.updated,shelter.removed,shelter.left,search.matched,search.left" example:"cat.created,cat.removed"` // Event types to send; empty for all.
	Filters     any      `json:"filters" validate:"optional"`                                                                                                                                                                                                           // Filters as for a new webhook; null for all.
	Expand      bool     `json:"expand" validate:"optional"`                                                                                                                                                                                                            // Whether each event contains the current cat or shelter.
	Description string   `json:"description" validate:"optional" maxLength:"500"`                                                                                                                                                                                       // Your description of the webhook.
	Status      string   `json:"status" validate:"optional" enums:"active,paused"`                                                                                                                                                                                      // `active` sends a test message and, if it is accepted, continues where the webhook stopped.
} //	@name	WebhookChange

// Delivery is one attempt to deliver a message to a webhook.
type Delivery struct {
	ID             string    `json:"id" example:"dlv_01kabq4z8vf3ht2v0xw9r6m5ec"`                                     // Permanent ID of the attempt.
	MessageID      string    `json:"message_id" example:"msg_01kabq4z8vf3ht2v0xw9r6m5ec"`                             // ID of the message, sent as `webhook-id`; the same for every attempt.
	Type           string    `json:"type" enums:"changes,log.truncated,log.reset,webhook.test"`                       // Type of the message.
	At             time.Time `json:"at" format:"date-time"`                                                           // When the attempt started.
	Attempt        int       `json:"attempt" example:"1"`                                                             // Number of the attempt for this message; 0 for a test message, which is sent once.
	FirstAttemptAt time.Time `json:"first_attempt_at" format:"date-time"`                                             // When the first attempt for this message started.
	Events         int       `json:"events" example:"12"`                                                             // Number of events in the message.
	Cursor         *string   `json:"cursor" extensions:"x-nullable"`                                                  // Cursor before the message; replay from here to receive it again. Null for a test message, and for a message about a log that was set back or replaced.
	Succeeded      bool      `json:"succeeded"`                                                                       // Whether the URL responded with a status from 200 to 299.
	StatusCode     *int      `json:"status_code" extensions:"x-nullable" example:"204"`                               // Status code of the response; null without a response.
	LatencyMs      int64     `json:"latency_ms" example:"84"`                                                         // Milliseconds until the response or the failure.
	Error          *string   `json:"error" extensions:"x-nullable" example:"The endpoint responded with status 503."` // Why the delivery failed; null when it succeeded.
	Response       string    `json:"response" example:"ok"`                                                           // First 1,024 bytes of the response.
} //	@name	Delivery

// DeliveryPage is a page of delivery attempts.
type DeliveryPage struct {
	Data []Delivery `json:"data"` // Attempts, the latest first.
	Page PageInfo   `json:"page"` // Position in the list.
} //	@name	DeliveryPage

// EventTypes are the event types in the tag of Event.Type.
var EventTypes = func() []string {
	field, _ := reflect.TypeFor[Event]().FieldByName("Type")
	return strings.Split(field.Tag.Get("enums"), ",")
}()

// NewWebhook returns a webhook with its last delivery, which may be nil. The function
// cursor returns the log cursor before a delivery, or nil.
func NewWebhook(w catalog.Webhook, last *catalog.Delivery, cursor func(catalog.Delivery) *string, now time.Time) Webhook {
	out := Webhook{
		ID:                  w.ID,
		PartnerID:           OrNull(w.PartnerID),
		KeyID:               OrNull(w.KeyID),
		URL:                 w.URL,
		Types:               orEmpty(w.Types),
		Filters:             w.Filters,
		Expand:              w.Expand,
		Description:         w.Description,
		Status:              string(w.Status),
		StatusReason:        OrNull(w.StatusReason),
		StatusSince:         w.StatusSince,
		VerifiedAt:          timeOrNull(w.VerifiedAt),
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
		out.LastDelivery = new(NewDelivery(*last, cursor(*last)))
	}
	return out
}

// NewDelivery returns a delivery attempt with the log cursor before it, which may be nil.
func NewDelivery(d catalog.Delivery, cursor *string) Delivery {
	out := Delivery{
		ID:             d.ID,
		MessageID:      d.MessageID,
		Type:           d.Type,
		At:             d.At,
		Attempt:        d.Attempt,
		FirstAttemptAt: d.Since,
		Events:         d.Events,
		Cursor:         cursor,
		Succeeded:      d.Succeeded(),
		StatusCode:     nil,
		LatencyMs:      d.Latency.Milliseconds(),
		Error:          OrNull(d.Failure),
		Response:       d.Response,
	}
	if d.StatusCode > 0 {
		out.StatusCode = &d.StatusCode
	}
	return out
}
