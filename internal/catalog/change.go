package catalog

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/geo"
)

// Change is one entry of the log. The log is in commit order and has no gaps: a
// reader that remembers the last Seq it read has read everything up to there.
type Change struct {
	Seq        int64
	CommitID   int64 // of the transaction that appended it
	At         time.Time
	Op         Op
	Resource   Resource
	ResourceID string
	ShelterID  string
	Version    int64     // of the resource, after the change
	Fields     []string  // the fields that differ, by their API names; empty for Created
	Before     *PreImage // of a changed cat or a moved shelter, when requested
}

// PreImage is the state of a cat before a change, as far as cats are searched by it.
type PreImage struct {
	Cat     Cat             // without long texts and URLs; with the description only if that changed; zero in a shelter's entry
	Shelter *ShelterContext // nil: the shelter's context did not change
}

// Erases reports whether copies of the resource from before the change must be dropped.
func (c Change) Erases() bool { return c.Op == OpErased || c.Op == OpRedacted }

// WithoutPeople returns the pre-image without what ErasePeople erases.
func (b PreImage) WithoutPeople() PreImage {
	b.Cat.Facts = b.Cat.withoutPeople()
	return b
}

// ShelterContext is what a shelter contributes to searching its cats and to their
// visibility.
type ShelterContext struct {
	Region, Country string
	Point           geo.Point
	HiddenFrom      Restriction
	PartnerID       string // the owner, who always sees the cats; may be empty without a restriction
}

// Context returns the shelter's context.
func (s Shelter) Context() ShelterContext {
	h := ShelterContext{Region: s.Address.Region, Country: s.Address.Country, Point: s.Point, HiddenFrom: s.HiddenFrom, PartnerID: ""}
	if s.HiddenFrom.Any() {
		h.PartnerID = s.PartnerID
	}
	return h
}

// WithContext returns the shelter with an earlier context.
func (s Shelter) WithContext(h ShelterContext) Shelter {
	s.Address.Region, s.Address.Country, s.Point, s.HiddenFrom = h.Region, h.Country, h.Point, h.HiddenFrom
	if h.PartnerID != "" {
		s.PartnerID = h.PartnerID
	}
	return s
}

// newChange returns the log entry of a write to a resource.
func newChange(op Op, resource Resource, id, shelterID string, version int64, at time.Time, fields []string) Change {
	return Change{Seq: 0, CommitID: 0, At: at, Op: op, Resource: resource, ResourceID: id, ShelterID: shelterID, Version: version, Fields: fields, Before: nil}
}

// newCatChange returns the log entry of a change of an existing cat, with its pre-image.
func newCatChange(op Op, known, cat Cat, fields []string) Change {
	change := newChange(op, CatResource, cat.ID, cat.ShelterID, cat.Version, cat.UpdatedAt, fields)
	change.Before = newPreImage(known)
	if known.Description != cat.Description {
		change.Before.Cat.Description = known.Description
	}
	return change
}

// newPreImage reduces a cat to what cats are searched by.
func newPreImage(c Cat) *PreImage {
	if !c.Birth.On.IsZero() {
		// Cats age without a log entry. The last age group that clients received is
		// the one at the time of the last entry.
		c.AgeGroup, c.Birth = c.AgeGroupOn(c.UpdatedAt), Birth{}
	}
	c.Description, c.Summary, c.URL, c.SpecialNeedsNotes, c.StatusReason = "", "", "", "", ""
	c.Photos = make([]Photo, min(len(c.Photos), 1)) // searches ask only whether there is a photo
	c.Videos, c.Unparsed, c.Terms = nil, nil, Terms{}
	return &PreImage{Cat: c, Shelter: nil}
}

// Resource is the type of a resource that changes.
type Resource string

// The resources whose changes are logged.
const (
	CatResource     Resource = "cat"
	ShelterResource Resource = "shelter"
	PartnerResource Resource = "partner"
	KeyResource     Resource = "key"

	AssessmentResource Resource = "assessment"
	HealthResource     Resource = "health_item" // identified by cat id, slash and code
	OutcomeResource    Resource = "outcome"
	WebhookResource    Resource = "webhook"
	SearchResource     Resource = "search"
)

// Op is the kind of a change.
type Op string

// The kinds of changes.
const (
	Created       Op = "created"
	Updated       Op = "updated"
	StatusChanged Op = "status_changed"
	OpRemoved     Op = "removed"
	Rated         Op = "rated"    // a cat's adventure rating differs
	OpErased      Op = "erased"   // a cat or shelter was erased, and what followers have of it must be
	OpRedacted    Op = "redacted" // people were erased from a cat, also from earlier entries
)

// LogPosition is the end of the log at some moment.
type LogPosition struct {
	Seq      int64
	Epoch    string // identifies the log; another database, or a log that was set back, has another epoch; empty if it is unknown
	CommitID int64  // of the entry Seq: the random ID of the transaction that appended it; 0 for an empty log, or if it is unknown
	Floor    int64  // low-water mark: up to here the log is compacted to the last entry of each existing resource
}

// PositionAt returns the position of a log entry whose transaction is unknown.
func PositionAt(epoch string, seq int64) LogPosition {
	return LogPosition{Seq: seq, Epoch: epoch, CommitID: 0, Floor: 0}
}

// Later returns the later of two positions in the same log.
func (p LogPosition) Later(q LogPosition) LogPosition {
	if q.Seq > p.Seq {
		return q
	}
	return p
}

// resetPrefix begins the epoch of a log that was set back or replaced. A random tag that
// clients see follows, how many epochs were before, after which entry the epoch starts, and
// a random secret.
const resetPrefix = "reset."

// NextEpoch returns the epoch of a log that continues from a position after it was set back
// or replaced.
func (p LogPosition) NextEpoch() string {
	return fmt.Sprintf("%s%s.%d.%d.%s", resetPrefix, strings.ToLower(rand.Text()[:8]), p.EpochNumber()+1, p.Seq, rand.Text())
}

// EpochNumber returns how many epochs the log had before this one.
func (p LogPosition) EpochNumber() int64 { return p.epochField(1) }

// EpochStart returns the end of the log when its epoch began: what is read under this epoch
// is at least as new.
func (p LogPosition) EpochStart() int64 { return p.epochField(2) }

func (p LogPosition) epochField(i int) int64 {
	rest, ok := strings.CutPrefix(p.Epoch, resetPrefix)
	fields := strings.Split(rest, ".")
	if !ok || i >= len(fields) {
		return 0
	}
	n, err := strconv.ParseInt(fields[i], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Tagged returns a number, such as a version or a position in the log, as text that
// differs after the log was set back, as the same number may then mean something else:
// "7" in the first epoch, "7.k3dq6b2a" in a later one.
func (p LogPosition) Tagged(n int64) string {
	text := strconv.FormatInt(n, 10)
	if rest, ok := strings.CutPrefix(p.Epoch, resetPrefix); ok {
		tag, _, _ := strings.Cut(rest, ".")
		text += "." + tag
	}
	return text
}

// ParseTagged returns the number of a text that Tagged returned. The text is stale if the
// log was set back since. ok is false if the text is invalid.
func (p LogPosition) ParseTagged(text string) (n int64, stale, ok bool) {
	digits, _, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && text != p.Tagged(n), err == nil && n >= 0
}

// Actor identifies who writes, as far as known.
type Actor struct {
	KeyID     string // of the key that was used; empty for the command line
	PartnerID string
	Address   string // network address of the client
	RequestID string
}

// AuditEntry records one write: who changed what, and from where.
type AuditEntry struct {
	ID      int64 // ascending, with gaps
	At      time.Time
	Actor   Actor
	Action  string   // the name of the write, such as put_cats
	Changes []Change // with the versions after the write
}
