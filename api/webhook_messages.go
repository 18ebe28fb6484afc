package api

import (
	"time"

	"trailcat/api/wire"
)

// ChangesMessage is a message with changes.
type ChangesMessage struct {
	Type      string          `json:"type" enums:"changes"`         // Type of the message.
	Timestamp time.Time       `json:"timestamp" format:"date-time"` // When the latest change of the message happened.
	Data      ChangesToldData `json:"data"`                         // The changes.
} //	@name	ChangesMessage

// ChangesToldData is the content of a message with changes.
type ChangesToldData struct {
	Events     []wire.Event `json:"events"`                                // Up to 100 changes, the oldest first.
	NextCursor string       `json:"next_cursor" example:"wQW8Fq3XBAJ3pZc"` // Cursor after the message, for `GET /v1/changes` and for replay.
} //	@name	ChangesToldData

// TruncatedMessage is a message to a webhook that was unreachable for longer than the
// change log is kept.
type TruncatedMessage struct {
	Type      string        `json:"type" enums:"log.truncated"`   // Type of the message.
	Timestamp time.Time     `json:"timestamp" format:"date-time"` // When the message was created.
	Data      TruncatedData `json:"data"`                         // How to continue.
} //	@name	TruncatedMessage

// TruncatedData says how to continue after missed changes.
type TruncatedData struct {
	ExportURL  string `json:"export_url" example:"https://cats.example.org/v1/exports/cats"` // URL of an export of all current cats; load it to catch up.
	NextCursor string `json:"next_cursor" example:"wQW8Fq3XBAJ3pZc"`                         // Cursor at which the next message starts.
} //	@name	TruncatedData

// TestMessage is a test message. Respond with a status from 200 to 299 to accept it.
type TestMessage struct {
	Type      string    `json:"type" enums:"webhook.test"`    // Type of the message.
	Timestamp time.Time `json:"timestamp" format:"date-time"` // When the message was created.
	Data      TestData  `json:"data"`                         // The webhook that is tested.
} //	@name	TestMessage

// TestData identifies a test of a webhook.
type TestData struct {
	WebhookID  string `json:"webhook_id" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`  // ID of the webhook.
	DeliveryID string `json:"delivery_id" example:"dlv_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the attempt in the list of deliveries.
} //	@name	TestData

// What is sent to webhooks.

//	@Summary		Something happened
//	@Description	Tells a webhook what happened to the cats and shelters that it asked for, and to its saved searches, in order. Answer with a status from 200 to 299 within 15 seconds, best before you deal with it.
//	@Description	A message that was not taken is sent again, after 5 seconds and then ever more slowly, for three days; those after it wait. So a message may come twice: what you have at this version already, you need not deal with again.
//	@ID				changes
//	@Tags			webhooks
//	@Accept			json
//	@Param			webhook-id			header	string			true	"Names the message; the same each time that it is sent"	example(msg_p5jxn8aqm9lwm0d4lokwxjek2a)
//	@Param			webhook-timestamp	header	integer			true	"When it was sent, in seconds since 1970"
//	@Param			webhook-signature	header	string			true	"v1, and the HMAC-SHA256 of id.timestamp.body, for each valid secret"	example(v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=)
//	@Param			body				body	ChangesMessage	true	"What happened"
//	@Success		204					"You have it"
//	@Failure		410					"Never call me again"
//	@x-webhook		"changes"
//	@Router			/webhooks/changes [post]

//	@Summary		You were away for too long
//	@Description	Comes first where a webhook was paused, or failed, for longer than the log is kept: what was removed in between is no longer told. Load the export, and drop what is not in it.
//	@ID				logTruncated
//	@Tags			webhooks
//	@Accept			json
//	@Param			webhook-id			header	string				true	"Names the message; the same each time that it is sent"
//	@Param			webhook-timestamp	header	integer				true	"When it was sent, in seconds since 1970"
//	@Param			webhook-signature	header	string				true	"v1, and the HMAC-SHA256 of id.timestamp.body, for each valid secret"
//	@Param			body				body	TruncatedMessage	true	"Where everything is to be had"
//	@Success		204					"You have it"
//	@x-webhook		"log.truncated"
//	@Router			/webhooks/log.truncated [post]

//	@Summary		A test
//	@Description	Is sent when a webhook is made, when it gets another url, when it is to be active again, and when its owner asks for it.
//	@ID				webhookTest
//	@Tags			webhooks
//	@Accept			json
//	@Param			webhook-id			header	string		true	"Names the message"
//	@Param			webhook-timestamp	header	integer		true	"When it was sent, in seconds since 1970"
//	@Param			webhook-signature	header	string		true	"v1, and the HMAC-SHA256 of id.timestamp.body, for each valid secret"
//	@Param			body				body	TestMessage	true	"Which test"
//	@Success		204					"You take messages"
//	@x-webhook		"webhook.test"
//	@Router			/webhooks/webhook.test [post]
