package catalog

import "time"

// IdempotentRequest is a request that its sender may send again without having it done
// twice: it bears a name that its sender gave it.
type IdempotentRequest struct {
	Holder      string // who sent it
	Name        string // unique to the holder
	Fingerprint string // of all that was asked
	At          time.Time
}

// StoredResponse is what was answered to a run.
type StoredResponse struct {
	Status int // of HTTP
	Header map[string]string
	Body   []byte
}

// How long runs and answers count.
const (
	RunLease    = 2 * time.Minute // a run without an answer is taken for dead
	ResponseTTL = 24 * time.Hour  // an answer is given again
)
