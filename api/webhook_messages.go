package api

import (
	"time"

	"trailcat/api/wire"
)

// ChangesMessage is a message with changes.
type ChangesMessage struct {
	Type      string      `json:"type" enums:"changes"`         // Type of the message.
	Timestamp time.Time   `json:"timestamp" format:"date-time"` // When the latest change of the message happened.
	Data      ChangesData `json:"data"`                         // The changes.
} //	@name	ChangesMessage

// ChangesData is the content of a message with changes.
type ChangesData struct {
	Events     []wire.Event `json:"events"`                                // Up to 100 changes, the oldest first. The message has at most 1 MB.
	NextCursor string       `json:"next_cursor" example:"wQW8Fq3XBAJ3pZc"` // Cursor after the message, for `GET /v1/changes` and for replay. If further messages have events of the last change, for other saved searches, it is the cursor before that change.
} //	@name	ChangesData

// TruncatedMessage is a message to a webhook that was unreachable for longer than the
// change log is kept.
type TruncatedMessage struct {
	Type      string     `json:"type" enums:"log.truncated"`   // Type of the message.
	Timestamp time.Time  `json:"timestamp" format:"date-time"` // When the message was created.
	Data      ReloadData `json:"data"`                         // How to continue.
} //	@name	TruncatedMessage

// ResetMessage is a message to a webhook about a change log that was set back or
// replaced, so that changes which were sent before may not exist.
type ResetMessage struct {
	Type      string     `json:"type" enums:"log.reset"`       // Type of the message.
	Timestamp time.Time  `json:"timestamp" format:"date-time"` // When the message was created.
	Data      ReloadData `json:"data"`                         // How to continue.
} //	@name	ResetMessage

// ReloadData says how to continue after missed or lost changes.
type ReloadData struct {
	ExportURL  string `json:"export_url" example:"https://cats.example.org/v1/exports/cats"` // URL of an export of all current cats; load it to catch up.
	NextCursor string `json:"next_cursor" example:"wQW8Fq3XBAJ3pZc"`                         // Cursor at which the next message starts.
} //	@name	ReloadData

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

// The following comments describe the messages that are sent to webhooks.

//	@Summary		Changes
//	@Description	Contains what happened to the cats and shelters that the webhook selects, and to its saved searches, in order. Respond with a status from 200 to 299 within 15 seconds, preferably before you process the message.
//	@Description	A message that was not accepted is sent again after 5 seconds and then at growing intervals, for three days; later messages wait. A message may therefore arrive twice: skip events whose version you already have.
//	@ID				changes
//	@Tags			messages
//	@Accept			json
//	@Param			webhook-id			header	string			true	"ID of the message, the same for each attempt to deliver it"	example(msg_p5jxn8aqm9lwm0d4lokwxjek2a)
//	@Param			webhook-timestamp	header	integer			true	"Time of the attempt, in seconds since 1970-01-01 UTC"
//	@Param			webhook-signature	header	string			true	"`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, once for each valid secret, separated by spaces"	example(v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=)
//	@Param			body				body	ChangesMessage	true	"The changes"
//	@Success		204					"The message is accepted; any status from 200 to 299 has this meaning"
//	@Failure		410					"The webhook is paused and gets no more messages"
//	@x-webhook		"changes"
//	@Router			/webhooks/changes [post]

//	@Summary		Changes were lost
//	@Description	Precedes other messages if a webhook was paused or failed for longer than the change log is retained: deletions in between are lost. Load the export and delete what is not in it.
//	@ID				logTruncated
//	@Tags			messages
//	@Accept			json
//	@Param			webhook-id			header	string				true	"ID of the message, the same for each attempt to deliver it"
//	@Param			webhook-timestamp	header	integer				true	"Time of the attempt, in seconds since 1970-01-01 UTC"
//	@Param			webhook-signature	header	string				true	"`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, once for each valid secret, separated by spaces"
//	@Param			body				body	TruncatedMessage	true	"How to continue"
//	@Success		204					"The message is accepted; any status from 200 to 299 has this meaning"
//	@x-webhook		"log.truncated"
//	@Router			/webhooks/log.truncated [post]

//	@Summary		The change log was set back
//	@Description	Precedes other messages after a failover that lost transactions, or the restore of a backup: changes that you received may not exist, and others follow with the same sequence numbers and versions. Load the export, replace your copies with it and delete what is not in it.
//	@ID				logReset
//	@Tags			messages
//	@Accept			json
//	@Param			webhook-id			header	string			true	"ID of the message, the same for each attempt to deliver it"
//	@Param			webhook-timestamp	header	integer			true	"Time of the attempt, in seconds since 1970-01-01 UTC"
//	@Param			webhook-signature	header	string			true	"`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, once for each valid secret, separated by spaces"
//	@Param			body				body	ResetMessage	true	"How to continue"
//	@Success		204					"The message is accepted; any status from 200 to 299 has this meaning"
//	@x-webhook		"log.reset"
//	@Router			/webhooks/log.reset [post]

//	@Summary		Test message
//	@Description	Sent when a webhook is created, when its URL changes, when it is activated again, and when its owner requests a test.
//	@ID				webhookTest
//	@Tags			messages
//	@Accept			json
//	@Param			webhook-id			header	string		true	"ID of the message"
//	@Param			webhook-timestamp	header	integer		true	"Time of the attempt, in seconds since 1970-01-01 UTC"
//	@Param			webhook-signature	header	string		true	"`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, once for each valid secret, separated by spaces"
//	@Param			body				body	TestMessage	true	"The test"
//	@Success		204					"The webhook accepts messages; any status from 200 to 299 has this meaning"
//	@x-webhook		"webhook.test"
//	@Router			/webhooks/webhook.test [post]
