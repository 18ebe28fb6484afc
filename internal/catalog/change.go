package catalog

import "time"

// Change is one line of the log. The log is gapless and in commit order:
// whoever remembers the last Seq it read has read everything up to there.
type Change struct {
	Seq        int64
	At         time.Time
	Op         Op
	Resource   Resource
	ResourceID string
	ShelterID  string
	Version    int64    // of the resource, after the change
	Fields     []string // what differs, in the words of the API; empty for Created
}

// Resource is a sort of thing that changes.
type Resource string

// The things that change.
const (
	CatResource     Resource = "cat"
	ShelterResource Resource = "shelter"
	PartnerResource Resource = "partner"
	KeyResource     Resource = "key"

	AssessmentResource Resource = "assessment"
	HealthResource     Resource = "health_item" // by the cat's id, a slash and the code
)

// Op is what happened.
type Op string

// What can happen to a thing.
const (
	Created       Op = "created"
	Updated       Op = "updated"
	StatusChanged Op = "status_changed"
	RemovedOp     Op = "removed"
	Rated         Op = "rated" // a cat's adventure rating differs
)

// Head is where the log ends.
type Head struct {
	Seq   int64
	Epoch string // names this log; another database has another
}
