package catalog

import "time"

// Delivery is one attempt to hand a message to a webhook.
type Delivery struct {
	ID        string // dlv_…
	WebhookID string
	MessageID string // the same for every attempt with the same message
	Type      string // of the message: changes, log.truncated, webhook.test
	At        time.Time
	After     int64     // the message holds what follows on this number of the log
	Upto      int64     // up to this one; both are 0 for a test
	Events    int       // how many it holds
	Attempt   int       // 1 for the first
	Since     time.Time // when the first attempt was

	StatusCode int // of the answer; 0: there was none
	Latency    time.Duration
	Failure    string // why it was not taken, a sentence; empty: it was
	Answer     string // how the answer begins
}

// Succeeded says whether the webhook took the message.
func (d Delivery) Succeeded() bool { return d.Failure == "" }

// What is kept of deliveries: so many of each webhook, so long, and so many bytes
// of each answer.
const (
	MaxDeliveries      = 1000
	KeepDeliveriesFor  = 30 * 24 * time.Hour
	KeptBytesOfAnswers = 1024
)

// NewDelivery is a delivery with an id of its own.
func (c *Catalog) NewDelivery() Delivery { return Delivery{ID: NewID(DeliveryPrefix, c.newUUID())} }

// Lease is the right of one node to do something, and how far that got.
type Lease struct {
	Name     string
	Holder   string
	Bookmark int64
}

// Batch is what there is to tell a webhook of a stretch of the log.
type Batch struct {
	Events [][]byte  // as they go out
	Upto   int64     // the last number of the stretch
	Cursor string    // by which GET /v1/changes goes on after it
	At     time.Time // when the last of the events happened
}
