package changefeed

import (
	"context"
	"fmt"
	"slices"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// Types of the events of saved searches.
const (
	SearchMatched = "search.matched"
	SearchLeft    = "search.left"
)

// eventBuilder turns log entries into the events that a client gets.
type eventBuilder struct {
	*Feed
	q        Query
	start    int64                      // see Cursor.Start
	filter   *compiledFilter            // nil: without filters
	states   map[string]search.CatState // by cat ID, as of the same log position
	cats     map[string]*catalog.Cat    // current state, for Expand; nil: without Expand
	catsAt   catalog.LogPosition        // at which cats were read
	shelters map[string]*catalog.Shelter
}

// newEventBuilder prepares the events of some log entries. It reads cats only if the
// events include them; the index knows which cats match, are removed or hidden.
func (f *Feed) newEventBuilder(ctx context.Context, q Query, start int64, changes []catalog.Change) (*eventBuilder, error) {
	b := &eventBuilder{Feed: f, q: q, start: start, filter: nil, states: nil, cats: nil, catsAt: catalog.LogPosition{}, shelters: map[string]*catalog.Shelter{}}
	ids := catIDs(changes)
	if err := b.readStates(ids); err != nil {
		return nil, err
	}
	if q.Cats != nil {
		ids = slices.DeleteFunc(ids, func(id string) bool { return !b.states[id].Matches })
	}
	if !q.Expand || !q.includes(catalog.CatResource) {
		return b, nil
	}
	cats, at, err := f.Log.CatsWithPosition(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the cats of changes: %w", err)
	}
	b.catsAt = at
	b.cats = make(map[string]*catalog.Cat, len(cats))
	for i := range cats {
		b.cats[cats[i].ID] = &cats[i]
	}
	return b, nil
}

// catIDs returns the IDs of the cats that log entries are about, each once.
func catIDs(changes []catalog.Change) []string {
	var ids []string
	for _, change := range changes {
		if change.Resource == catalog.CatResource {
			ids = append(ids, change.ResourceID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// readStates determines which cats match the filters now, as the list would, and which are
// hidden or removed. It reads them at one log position: whoever got a cat in this state gets
// an event when the state changes.
func (b *eventBuilder) readStates(ids []string) error {
	var q search.Query
	if b.q.Cats != nil {
		q = *b.q.Cats
		var err error
		if b.filter, err = compileFilter(q); err != nil {
			return err
		}
	}
	q.Audience = b.q.Audience
	states, err := b.Index.CatStates(q, ids)
	if err != nil {
		return err
	}
	b.states = make(map[string]search.CatState, len(ids))
	for i, id := range ids {
		b.states[id] = states[i]
	}
	return nil
}

// events returns the events of a log entry after the query's part of it, in order.
func (b *eventBuilder) events(change catalog.Change, delta searchDelta) ([]Event, error) {
	part := b.q.Part
	if part.Seq != change.Seq {
		part = catalog.EntryPart{}
	}
	var events []wire.Event
	if part.Seq == 0 {
		if event, ok := b.event(change); ok {
			events = append(events, event)
		}
	}
	events = append(events, b.searchEvents(change, delta, part)...)
	encoded := make([]Event, len(events))
	for i, event := range events {
		var err error
		if encoded[i], err = b.encode(event); err != nil {
			return nil, err
		}
	}
	return encoded, nil
}

// encode returns an event with its JSON, without data if that is too large.
func (b *eventBuilder) encode(e wire.Event) (Event, error) {
	text, err := wire.EncodeEvent(e)
	if err == nil && b.q.MaxBytes > 0 && len(text) >= b.q.MaxBytes && e.Data != nil {
		e.Data, e.DataOmitted = nil, true
		text, err = wire.EncodeEvent(e)
	}
	return Event{Event: e, JSON: text}, err
}

// event returns the event of a log entry, and false if the client gets none.
func (b *eventBuilder) event(change catalog.Change) (wire.Event, bool) {
	if !b.q.includes(change.Resource) {
		return wire.Event{}, false
	}
	shelter := b.shelter(change.ShelterID)
	typeOf := b.catEventType
	if change.Resource == catalog.ShelterResource {
		typeOf = b.shelterEventType
	}
	name := typeOf(change, shelter)
	if name == "" || !b.q.includesType(name) && (change.Op != catalog.OpErased || !b.q.hasContentOf(change.Resource)) {
		return wire.Event{}, false
	}
	e := wire.NewEvent(name, change, b.q.Audience)
	if b.q.Expand && !e.IsRemoval() {
		e.Data = b.data(change, shelter)
	}
	return e, true
}

// shelter returns the current state of a shelter. The index has every shelter that the
// log entries which it processed mention.
func (b *eventBuilder) shelter(id string) *catalog.Shelter {
	shelter, ok := b.shelters[id]
	if !ok {
		current, _ := b.Index.ShelterInfo(id)
		shelter = &current
		b.shelters[id] = shelter
	}
	return shelter
}

// catEventType returns the type of the event of a cat's log entry, or "" if the client
// gets none. It depends on the current state of the cat: a client that reads late does
// not need states that have passed.
func (b *eventBuilder) catEventType(change catalog.Change, shelter *catalog.Shelter) string {
	if change.Op == catalog.OpErased { // also for a client that can no longer see the cat: it may have an old copy
		return erasedEventType(change, b.start)
	}
	hidden, removed := b.hides(shelter, change.ResourceID), b.isRemoved(change.ResourceID)
	matches := b.filter == nil || b.states[change.ResourceID].Matches
	switch {
	case !hidden && !removed && matches && change.Op == catalog.OpRedacted:
		return "cat.updated"
	case !hidden && !removed && matches:
		return "cat." + string(change.Op)
	case !b.wasVisible(change, shelter):
		return ""
	case hidden || removed:
		return "cat.removed"
	default:
		return "cat.left"
	}
}

// erasedEventType returns the type of the event of an erasure, or "" if the client began
// with an export that is newer.
func erasedEventType(change catalog.Change, start int64) string {
	if change.Seq <= start {
		return ""
	}
	return string(change.Resource) + ".removed"
}

// hides reports whether the client may not see a cat. A cat that was read from the
// database may be newer than the index.
func (b *eventBuilder) hides(shelter *catalog.Shelter, catID string) bool {
	if cat := b.cats[catID]; cat != nil && shelter.HidesCat(cat.HiddenFrom, b.q.Audience) {
		return true
	}
	return shelter.HidesFrom(b.q.Audience) || b.states[catID].Hidden
}

// isRemoved reports whether a cat was removed. A cat that was read from the database may
// be newer than the index.
func (b *eventBuilder) isRemoved(catID string) bool {
	cat, ok := b.cats[catID]
	return b.states[catID].Removed || ok && cat.Status == catalog.Removed
}

// shelterEventType returns the type of the event of a shelter's log entry, or "" if the
// client gets none.
func (b *eventBuilder) shelterEventType(change catalog.Change, shelter *catalog.Shelter) string {
	if change.Op == catalog.OpErased {
		return erasedEventType(change, b.start)
	}
	if !shelter.ErasedAt.IsZero() {
		return "" // the entry of the erasure follows
	}
	moved := slices.Contains(change.Fields, "address") || slices.Contains(change.Fields, "point")
	switch {
	case b.filter == nil || b.filter.place.Matches(b.documents.Build(new(catalog.Cat), shelter, b.Now())):
		return "shelter." + string(change.Op)
	case moved && change.Seq > b.start:
		return "shelter.left"
	default:
		return ""
	}
}

// data returns the current state of the cat or shelter of a log entry.
func (b *eventBuilder) data(change catalog.Change, shelter *catalog.Shelter) any {
	if change.Resource == catalog.CatResource {
		cat, ok := b.cats[change.ResourceID]
		if !ok {
			return nil
		}
		return wire.NewCat(*cat, wire.NewAttribution(b.PublicURL, *cat, *shelter), b.PhotoBase, b.Now().UTC())
	}
	_, count, _ := b.Index.Shelter(shelter.ID, b.q.Audience)
	return wire.NewShelter(*shelter, count)
}

// maxSearchesPerEvent bounds the searches of one event, which have up to 1.7 KB of JSON.
const maxSearchesPerEvent = 250

// searchEvents returns the events of a cat's log entry for the saved searches of the
// client after a part of the entry: for the searches that the cat matches since, and for
// those that it left.
func (b *eventBuilder) searchEvents(change catalog.Change, delta searchDelta, part catalog.EntryPart) []wire.Event {
	var events []wire.Event
	switch part.Type {
	case SearchMatched:
		delta.matched = searchesAfter(delta.matched, part.Search)
	case SearchLeft:
		delta.matched, delta.left = nil, searchesAfter(delta.left, part.Search)
	}
	for _, group := range []struct {
		name     string
		searches []search.QueryRef
	}{{SearchMatched, delta.matched}, {SearchLeft, delta.left}} {
		if len(group.searches) == 0 || !b.q.includesType(group.name) {
			continue
		}
		e := wire.NewEvent(group.name, change, b.q.Audience)
		shelter := b.shelter(change.ShelterID)
		if b.q.Expand && !e.IsRemoval() && b.cats[change.ResourceID] != nil && !b.isRemoved(change.ResourceID) && !b.hides(shelter, change.ResourceID) {
			e.Data = b.data(change, shelter)
		}
		for chunk := range slices.Chunk(group.searches, maxSearchesPerEvent) {
			e.Searches = make([]wire.SearchName, len(chunk))
			for i, s := range chunk {
				e.Searches[i] = wire.SearchName{ID: s.ID, Name: s.Name}
			}
			events = append(events, e)
		}
	}
	return events
}

// searchesAfter returns the searches whose IDs are greater, of searches in order of ID.
func searchesAfter(searches []search.QueryRef, id string) []search.QueryRef {
	i := slices.IndexFunc(searches, func(s search.QueryRef) bool { return s.ID > id })
	if i < 0 {
		return nil
	}
	return searches[i:]
}
