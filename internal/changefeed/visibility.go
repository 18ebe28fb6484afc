package changefeed

import (
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// compiledFilter matches past states of cats, and shelters, against the filters of a client.
type compiledFilter struct {
	past     search.Matcher // a cat in its shelter at that time
	anywhere search.Matcher // a cat whose place at that time is unknown
	place    search.Matcher // a shelter, built as the document of an empty cat
}

// compileFilter compiles a query. The log does not keep past descriptions, so past states
// are matched without the words of the query; a spurious cat.left is harmless.
func compileFilter(q search.Query) (*compiledFilter, error) {
	past := q
	past.Text = ""
	anywhere := past
	anywhere.Near, anywhere.RadiusKm, anywhere.Where, anywhere.Exclude = nil, 0, nil, nil
	place := search.Query{Near: q.Near, RadiusKm: q.RadiusKm}
	for _, list := range []struct{ clauses, toPlace, toAnywhere *[]search.Clause }{
		{&q.Where, &place.Where, &anywhere.Where}, {&q.Exclude, &place.Exclude, &anywhere.Exclude},
	} {
		for _, clause := range *list.clauses {
			switch clause.Field {
			case search.FieldRegion, search.FieldCountry:
				*list.toPlace = append(*list.toPlace, clause)
			case search.FieldShelter:
				*list.toPlace, *list.toAnywhere = append(*list.toPlace, clause), append(*list.toAnywhere, clause)
			default:
				*list.toAnywhere = append(*list.toAnywhere, clause)
			}
		}
	}
	var f compiledFilter
	for _, pair := range []struct {
		to   *search.Matcher
		from search.Query
	}{{&f.past, past}, {&f.anywhere, anywhere}, {&f.place, place}} {
		var err error
		if *pair.to, err = search.NewMatcher(pair.from); err != nil {
			return nil, err
		}
	}
	return &f, nil
}

// maxClockSkew is the maximum difference between the clocks of nodes.
const maxClockSkew = time.Minute

// wasVisible reports whether the client could see the cat before a change. If unknown it
// returns true, because a spurious cat.left or cat.removed is harmless.
func (b *eventBuilder) wasVisible(change catalog.Change, shelter *catalog.Shelter) bool {
	if change.Op == catalog.Created || change.Seq <= b.start {
		return false
	}
	// An entry without the shelter's context was written while the shelter was as it is
	// now, unless the shelter moved or was hidden later without an entry for this cat.
	hidden, shelterChanged := shelter.HidesFrom(b.q.Audience), shelter.UpdatedAt.After(change.At.Add(-maxClockSkew))
	switch before := change.Before; {
	case before == nil: // not read, or no longer retained
		return !hidden || shelterChanged
	case before.Shelter != nil:
		then := shelter.WithContext(*before.Shelter)
		return !then.HidesCat(before.Cat.HiddenFrom, b.q.Audience) && b.matchedBefore(change, &then, false)
	case !hidden && shelter.HidesCat(before.Cat.HiddenFrom, b.q.Audience):
		return false
	default:
		return (shelterChanged || !hidden) && b.matchedBefore(change, shelter, shelterChanged)
	}
}

// matchedBefore reports whether a cat matched the filters before a change, with its age
// group either when it was last written or at the time of the change.
func (b *eventBuilder) matchedBefore(change catalog.Change, shelter *catalog.Shelter, placeUnknown bool) bool {
	if b.filter == nil {
		return true
	}
	m := &b.filter.past
	if placeUnknown {
		m = &b.filter.anywhere
	}
	cat := &change.Before.Cat
	return m.Matches(b.documents.Build(cat, shelter, cat.UpdatedAt)) || m.Matches(b.documents.Build(cat, shelter, change.At))
}
