package catalog

import (
	"time"

	"trailcat/internal/geo"
)

// Change is one line of the log. The log is gapless and in commit order:
// whoever remembers the last Seq it read has read everything up to there.
type Change struct {
	Seq        int64
	At         time.Time
	Op         Op
	Resource   Resource
	ResourceID string
	ShelterID  string
	Version    int64     // of the resource, after the change
	Fields     []string  // what differs, in the words of the API; empty for Created
	Before     *PreImage // of a changed cat, or a shelter that moved, where it was asked for
}

// PreImage is what a cat was before a change, as far as it can be found by.
type PreImage struct {
	Cat  Cat             // without its long texts and addresses; its description only if that changed; of a shelter's line nothing
	Home *ShelterContext // nil: its shelter is as it is now
}

// ShelterContext is what cats of a shelter are found by, and who may find them.
type ShelterContext struct {
	Region, Country string
	Point           geo.Point
	WithheldFrom    Restriction
	PartnerID       string // who sees them all the same; empty where nothing is withheld
}

// Home is what the shelter's cats are found by.
func (s Shelter) Home() ShelterContext {
	h := ShelterContext{Region: s.Address.Region, Country: s.Address.Country, Point: s.Point, WithheldFrom: s.WithheldFrom, PartnerID: ""}
	if s.WithheldFrom.Any() {
		h.PartnerID = s.PartnerID
	}
	return h
}

// WithContext is the shelter as it was when its cats had this home.
func (s Shelter) WithContext(h ShelterContext) Shelter {
	s.Address.Region, s.Address.Country, s.Point, s.WithheldFrom = h.Region, h.Country, h.Point, h.WithheldFrom
	if h.PartnerID != "" {
		s.PartnerID = h.PartnerID
	}
	return s
}

// before is what a cat can be found by, to be kept with the line about its change.
func before(c Cat) *PreImage {
	if !c.Birth.On.IsZero() {
		// Cats grow older without a line in the log. What a reader was told last of
		// the cat's age is the group that it was in then.
		c.AgeGroup, c.Birth = c.AgeGroupOn(c.UpdatedAt), Birth{}
	}
	c.Description, c.Summary, c.URL, c.SpecialNeedsNotes, c.StatusReason = "", "", "", "", ""
	c.Photos = make([]Photo, min(len(c.Photos), 1)) // that there is one is all that is asked for
	c.Videos, c.Raw = nil, nil
	return &PreImage{Cat: c, Home: nil}
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
	OutcomeResource    Resource = "outcome"
	WebhookResource    Resource = "webhook"
	SearchResource     Resource = "search"
)

// Op is what happened.
type Op string

// What can happen to a thing.
const (
	Created       Op = "created"
	Updated       Op = "updated"
	StatusChanged Op = "status_changed"
	OpRemoved     Op = "removed"
	Rated         Op = "rated" // a cat's adventure rating differs
)

// LogPosition is where the log ends.
type LogPosition struct {
	Seq   int64
	Epoch string // names this log; another database has another
	Floor int64  // up to here the log was shortened: the last line of each thing is left, and none of what is gone
}
