package catalog

import "time"

// IdempotentRequest identifies a request that its sender may repeat without effect,
// by a name that the sender chose.
type IdempotentRequest struct {
	Holder      string // id of the sender's key
	Name        string // unique per holder
	Fingerprint string // hash of the whole request
	At          time.Time
}

// StoredResponse is the response to an idempotent request, as its sender's protocol
// encodes it. The catalog does not interpret it.
type StoredResponse struct {
	Status int // opaque, not 0
	Header map[string]string
	Body   []byte
}

// Retention of idempotent requests.
const (
	RequestLease = 2 * time.Minute // a request without a response after this time counts as failed
	ResponseTTL  = 24 * time.Hour  // a stored response is repeated for this time
)
