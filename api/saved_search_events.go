package api

import (
	"context"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// The types of the events that saved searches lead to.
const (
	searchMatched = "search.matched"
	searchLeft    = "search.left"
)

// SearchName says which saved search it is.
type SearchName struct {
	ID   string `json:"id" example:"srch_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Name string `json:"name" example:"Leash-ready near Rockville"`
} //	@name	SearchName

// turned is what lines mean for the saved searches of whoever asks.
func (f *Feed) turned(ctx context.Context, q FeedQuery, lines []catalog.Change) (map[int64]searchDelta, error) {
	if q.Webhook == "" || len(q.Types) > 0 && !slices.Contains(q.Types, searchMatched) && !slices.Contains(q.Types, searchLeft) {
		return nil, nil //nolint:nilnil // nothing is asked for
	}
	saved, err := f.lookout.catchUp(ctx, f.Index.Head())
	if err != nil || saved.CountByOwner(q.Webhook) == 0 {
		return nil, err
	}
	return f.lookout.deltasFor(ctx, saved, q.Webhook, q.Reader, lines)
}

// searchEvents are what a line about a cat means for the saved searches of the
// reader: one event for those that it came to match, and one for those it left.
func (r *eventBuilder) searchEvents(line catalog.Change, turned searchDelta) []Event {
	var events []Event
	for _, of := range []struct {
		sort  string
		found []search.QueryRef
	}{{searchMatched, turned.matched}, {searchLeft, turned.left}} {
		if len(of.found) == 0 || len(r.q.Types) > 0 && !slices.Contains(r.q.Types, of.sort) {
			continue
		}
		e := newEvent(of.sort, line, r.q.Reader)
		e.Searches = make([]SearchName, len(of.found))
		for i, f := range of.found {
			e.Searches[i] = SearchName{ID: f.ID, Name: f.Name}
		}
		home := r.home(line.ShelterID)
		if r.q.Expand && !e.gone() && r.cats[line.ResourceID] != nil && !r.gone(line.ResourceID) && !home.HiddenFrom(r.q.Reader) {
			e.Data = r.data(line, home)
		}
		events = append(events, e)
	}
	return events
}
