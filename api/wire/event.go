package wire

import (
	"fmt"
	"slices"
	"strings"
	"time"

	quick "github.com/goccy/go-json"

	"trailcat/internal/catalog"
)

// Event is an entry of the change log.
type Event struct {
	Seq         int64        `json:"seq" example:"4711"`                                                                                                                                                                                   // Number of the log entry; later entries have greater numbers.
	Type        string       `json:"type" enums:"cat.created,cat.updated,cat.status_changed,cat.rated,cat.removed,cat.left,shelter.created,shelter.updated,shelter.removed,shelter.left,search.matched,search.left" example:"cat.updated"` // Kind of change. `cat.removed`: the cat is no longer listed, or no longer for you; `shelter.removed`: the shelter was erased; `cat.left` and `shelter.left`: it no longer matches your filters; every other type: it matches, even if you have not seen it before. `search.matched` and `search.left` report a cat that starts or stops matching your saved searches, only to the webhook of the search.
	Resource    string       `json:"resource" enums:"cat,shelter" example:"cat"`                                                                                                                                                           // Kind of resource that changed.
	ID          string       `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                                                                                          // ID of the cat or shelter.
	ShelterID   string       `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                                                                                                                                                  // ID of the shelter.
	Version     int64        `json:"version" example:"3"`                                                                                                                                                                                  // Version of the resource after the change.
	At          time.Time    `json:"at" format:"date-time"`                                                                                                                                                                                // When the change happened.
	Fields      []string     `json:"fields" example:"status,fee"`                                                                                                                                                                          // Names of the changed fields; empty for a new resource.
	Erased      bool         `json:"erased,omitempty"`                                                                                                                                                                                     // True if the cat or shelter was erased: delete everything that you have of it, also earlier versions. Absent otherwise.
	Data        any          `json:"data,omitempty" extensions:"x-one-of=Cat|Shelter"`                                                                                                                                                     // With `expand=resource`, the current resource, which may be newer than the change; absent after it was removed or has left.
	DataOmitted bool         `json:"data_omitted,omitempty"`                                                                                                                                                                               // True if `data` is missing only because the event would be larger than a message or page can be: get the resource by its ID. Absent otherwise.
	Searches    []SearchName `json:"searches,omitempty"`                                                                                                                                                                                   // Saved searches that a `search.matched` or `search.left` event is about, up to 250, in order of ID; further ones are in further events with the same `seq`. Absent in other events.
} //	@name	Event

const hiddenFromField = "hidden_from"

// NewEvent returns a log entry as an event of a type. Only operators see that a shelter
// changed who its cats are hidden from.
func NewEvent(eventType string, entry catalog.Change, audience catalog.Audience) Event {
	fields := orEmpty(entry.Fields)
	if audience.Class != "" {
		fields = slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return field == hiddenFromField })
	}
	return Event{
		Seq:         entry.Seq,
		Type:        eventType,
		Resource:    string(entry.Resource),
		ID:          entry.ResourceID,
		ShelterID:   entry.ShelterID,
		Version:     entry.Version,
		At:          entry.At,
		Fields:      fields,
		Erased:      entry.Op == catalog.OpErased,
		Data:        nil,
		DataOmitted: false,
		Searches:    nil,
	}
}

// EncodeEvent returns the JSON of an event.
func EncodeEvent(e Event) ([]byte, error) {
	text, err := quick.MarshalWithOption(e, quick.DisableHTMLEscape())
	if err != nil {
		return nil, fmt.Errorf("encode event %d: %w", e.Seq, err)
	}
	return text, nil
}

// IsRemoval reports whether the client can no longer see the resource, or no longer
// with its filters.
func (e *Event) IsRemoval() bool {
	return strings.HasSuffix(e.Type, ".removed") || strings.HasSuffix(e.Type, ".left")
}

// SearchName identifies a saved search.
type SearchName struct {
	ID   string `json:"id" example:"srch_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the saved search.
	Name string `json:"name" example:"Leash-ready near Rockville"`    // Name of the saved search.
} //	@name	SearchName
