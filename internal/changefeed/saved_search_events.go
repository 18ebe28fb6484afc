package changefeed

import (
	"context"
	"slices"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// The types of the events that saved searches lead to.
const (
	SearchMatched = "search.matched"
	SearchLeft    = "search.left"
)

// turned is what lines mean for the saved searches of whoever asks.
func (f *Feed) turned(ctx context.Context, q Query, lines []catalog.Change) (map[int64]searchDelta, error) {
	if q.Webhook == "" || len(q.Types) > 0 && !slices.Contains(q.Types, SearchMatched) && !slices.Contains(q.Types, SearchLeft) {
		return nil, nil //nolint:nilnil // nothing is asked for
	}
	saved, err := f.SavedSearches.catchUp(ctx, f.Index.Head())
	if err != nil || saved.CountByOwner(q.Webhook) == 0 {
		return nil, err
	}
	return f.SavedSearches.deltasFor(ctx, saved, q.Webhook, q.Reader, lines)
}

// searchEvents are what a line about a cat means for the saved searches of the
// reader: one event for those that it came to match, and one for those it left.
func (r *eventBuilder) searchEvents(line catalog.Change, turned searchDelta) []wire.Event {
	var events []wire.Event
	for _, of := range []struct {
		sort  string
		found []search.QueryRef
	}{{SearchMatched, turned.matched}, {SearchLeft, turned.left}} {
		if len(of.found) == 0 || len(r.q.Types) > 0 && !slices.Contains(r.q.Types, of.sort) {
			continue
		}
		e := wire.NewEvent(of.sort, line, r.q.Reader)
		e.Searches = make([]wire.SearchName, len(of.found))
		for i, f := range of.found {
			e.Searches[i] = wire.SearchName{ID: f.ID, Name: f.Name}
		}
		home := r.home(line.ShelterID)
		if r.q.Expand && !e.Gone() && r.cats[line.ResourceID] != nil && !r.gone(line.ResourceID) && !home.HidesFrom(r.q.Reader) {
			e.Data = r.data(line, home)
		}
		events = append(events, e)
	}
	return events
}
