package changefeed

import (
	"context"
	"fmt"
	"slices"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// eventBuilder is what it takes to say what some lines of the log mean to a reader.
type eventBuilder struct {
	*Feed
	q      Query
	match  *compiledFilters        // nil: there are no filters
	wanted map[string]bool         // the cats that pass them now
	cats   map[string]*catalog.Cat // nil: they are not shown
	homes  map[string]*catalog.Shelter
}

// reading gets ready for lines. Cats are read only where they are shown; which
// pass the filters, were removed or are withheld, the index knows.
func (f *Feed) reading(ctx context.Context, q Query, lines []catalog.Change) (*eventBuilder, error) {
	r := &eventBuilder{Feed: f, q: q, match: nil, wanted: nil, cats: nil, homes: map[string]*catalog.Shelter{}}
	ids := catsOfLines(lines)
	if q.Cats != nil {
		if err := r.resolveMatches(*q.Cats, ids); err != nil {
			return nil, err
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return !r.wanted[id] })
	}
	if !q.Expand || !q.includes(catalog.CatResource) {
		return r, nil
	}
	cats, err := f.Log.CatsByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the cats of changes: %w", err)
	}
	r.cats = make(map[string]*catalog.Cat, len(cats))
	for i := range cats {
		r.cats[cats[i].ID] = &cats[i]
	}
	return r, nil
}

// catsOfLines are the cats that lines are about, each once.
func catsOfLines(lines []catalog.Change) []string {
	var ids []string
	for _, line := range lines {
		if line.Resource == catalog.CatResource {
			ids = append(ids, line.ResourceID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// resolveMatches finds out which cats pass the filters now, as the list would say.
func (r *eventBuilder) resolveMatches(q search.Query, ids []string) (err error) {
	if r.match, err = newMatchers(q); err != nil {
		return err
	}
	passing, err := r.Index.Matching(q, ids)
	if err != nil {
		return err
	}
	r.wanted = make(map[string]bool, len(ids))
	for i, id := range ids {
		r.wanted[id] = passing[i]
	}
	return nil
}

// event is what a line means to the reader, if anything.
func (r *eventBuilder) event(line catalog.Change) (wire.Event, bool) {
	if !r.q.includes(line.Resource) {
		return wire.Event{}, false
	}
	home := r.home(line.ShelterID)
	typeOf := r.ofCat
	if line.Resource == catalog.ShelterResource {
		typeOf = r.ofShelter
	}
	sort := typeOf(line, home)
	if sort == "" || len(r.q.Types) > 0 && !slices.Contains(r.q.Types, sort) {
		return wire.Event{}, false
	}
	e := wire.NewEvent(sort, line, r.q.Reader)
	if r.q.Expand && !e.Gone() {
		e.Data = r.data(line, home)
	}
	return e, true
}

func (r *eventBuilder) home(id string) *catalog.Shelter {
	home, ok := r.homes[id]
	if !ok {
		found, _ := r.Index.ShelterInfo(id) // the index has every shelter of its part of the log
		home = &found
		r.homes[id] = home
	}
	return home
}

// ofCat is the type of the event that a cat's line is to the reader, empty where
// it is none. What counts is the cat as it is now: who reads late need not be
// told of what has passed.
func (r *eventBuilder) ofCat(line catalog.Change, home *catalog.Shelter) string {
	withheld, gone := home.HidesFrom(r.q.Reader), r.gone(line.ResourceID)
	switch {
	case !withheld && !gone && (r.match == nil || r.wanted[line.ResourceID]):
		return "cat." + string(line.Op)
	case !r.wasVisible(line, home, withheld):
		return ""
	case withheld || gone:
		return "cat.removed"
	default:
		return "cat.left"
	}
}

// gone says that a cat was removed. One that is to be shown may be newer than the
// index: then it was perhaps removed a moment ago.
func (r *eventBuilder) gone(catID string) bool {
	cat, known := r.cats[catID]
	return r.Index.IsRemoved(catID) || known && cat.Status == catalog.Removed
}

// ofShelter is the type of the event that a shelter's line is to the reader,
// empty where it is none.
func (r *eventBuilder) ofShelter(line catalog.Change, home *catalog.Shelter) string {
	moved := slices.Contains(line.Fields, "address") || slices.Contains(line.Fields, "point")
	switch {
	case r.match == nil || r.match.place.Matches(r.subjects.Build(new(catalog.Cat), home, r.Now())):
		return "shelter." + string(line.Op)
	case moved && line.Seq > r.q.Began:
		return "shelter.left"
	default:
		return ""
	}
}

// data is the thing that a line is about, as it is now.
func (r *eventBuilder) data(line catalog.Change, home *catalog.Shelter) any {
	if line.Resource == catalog.CatResource {
		cat, known := r.cats[line.ResourceID]
		if !known {
			return nil
		}
		return wire.NewCat(*cat, wire.NewAttribution(r.PublicURL, *cat, *home), r.Now().UTC())
	}
	_, count, _ := r.Index.Shelter(home.ID)
	if home.HidesFrom(r.q.Reader) {
		count = 0
	}
	return wire.NewShelter(*home, count)
}
