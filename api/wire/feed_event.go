package wire

import (
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// Event is one thing that happened.
type Event struct {
	Seq       int64        `json:"seq" example:"4711"`                                                                                                                                                                   // its number in the log; what happened later has a greater one
	Type      string       `json:"type" enums:"cat.created,cat.updated,cat.status_changed,cat.rated,cat.removed,cat.left,shelter.created,shelter.updated,shelter.left,search.matched,search.left" example:"cat.updated"` // removed: it is listed no more, or no more for you; left: it no longer is what you asked for; anything else: it is, even if you never heard of it; search.…: what the cat is to your saved searches, told to their webhook only
	Resource  string       `json:"resource" enums:"cat,shelter" example:"cat"`                                                                                                                                           //
	ID        string       `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                                                                          // of the cat or the shelter
	ShelterID string       `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                                                                  //
	Version   int64        `json:"version" example:"3"`                                                                                                                                                                  // of the thing, after this
	At        time.Time    `json:"at" format:"date-time"`                                                                                                                                                                //
	Fields    []string     `json:"fields" example:"status,fee"`                                                                                                                                                          // what changed; empty for what was created
	Data      any          `json:"data,omitempty" extensions:"x-one-of=Cat|Shelter"`                                                                                                                                     // with expand=resource the thing as it is now, which may be newer than this; not there once it was removed or has left
	Searches  []SearchName `json:"searches,omitempty"`                                                                                                                                                                   // of search.matched and search.left: which of yours
} //	@name	Event

const hiddenFromField = "hidden_from"

// NewEvent is what a line is to a reader. From whom listings are withheld is
// nobody's business but an operator's.
func NewEvent(sort string, line catalog.Change, reader catalog.Audience) Event {
	fields := orEmpty(line.Fields)
	if reader.Class != "" {
		fields = slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return field == hiddenFromField })
	}
	return Event{
		Seq:       line.Seq,
		Type:      sort,
		Resource:  string(line.Resource),
		ID:        line.ResourceID,
		ShelterID: line.ShelterID,
		Version:   line.Version,
		At:        line.At,
		Fields:    fields,
		Data:      nil,
		Searches:  nil,
	}
}

// Gone says that whoever had the thing has it no more.
func (e *Event) Gone() bool {
	return strings.HasSuffix(e.Type, ".removed") || strings.HasSuffix(e.Type, ".left")
}

// SearchName says which saved search it is.
type SearchName struct {
	ID   string `json:"id" example:"srch_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Name string `json:"name" example:"Leash-ready near Rockville"`
} //	@name	SearchName
