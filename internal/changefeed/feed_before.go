package changefeed

import (
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// compiledFilters hold things against the filters of a reader.
type compiledFilters struct {
	past     search.Matcher // for a cat as it was
	anywhere search.Matcher // for a cat as it was, where it is not known where that was
	place    search.Matcher // for a shelter; its cat is nobody in particular
}

// newMatchers make a question ready. What a cat's description was is not kept, so
// words are not asked of the past: rather is it said once too often that a cat left.
func newMatchers(q search.Query) (*compiledFilters, error) {
	past := q
	past.Text = ""
	anywhere := past
	anywhere.Near, anywhere.RadiusKm, anywhere.Where = nil, 0, nil
	place := search.Query{Near: q.Near, RadiusKm: q.RadiusKm}
	for _, clause := range q.Where {
		switch clause.Field {
		case search.FieldRegion, search.FieldCountry:
			place.Where = append(place.Where, clause)
		case search.FieldShelter:
			place.Where, anywhere.Where = append(place.Where, clause), append(anywhere.Where, clause)
		default:
			anywhere.Where = append(anywhere.Where, clause)
		}
	}
	var m compiledFilters
	for _, each := range []struct {
		to   *search.Matcher
		from search.Query
	}{{&m.past, past}, {&m.anywhere, anywhere}, {&m.place, place}} {
		var err error
		if *each.to, err = search.NewMatcher(each.from); err != nil {
			return nil, err
		}
	}
	return &m, nil
}

// maxClockSkew is by how much the clocks of nodes may.
const maxClockSkew = time.Minute

// wasVisible says whether the reader may have had a cat before a line about it. Where
// that cannot be known, they had: to be told of too many departures does no harm.
func (r *eventBuilder) wasVisible(line catalog.Change, home *catalog.Shelter, withheld bool) bool {
	if line.Op == catalog.Created || line.Seq <= r.q.Began {
		return false
	}
	// A line without a home is from when the shelter was as it is now; or the
	// shelter moved since, or withholds since, without this cat having a line of its own.
	changed := home.UpdatedAt.After(line.At.Add(-maxClockSkew))
	switch was := line.Before; {
	case was == nil: // not read, or not kept
		return !withheld || changed
	case was.Shelter != nil:
		then := home.WithContext(*was.Shelter)
		return !then.HidesFrom(r.q.Reader) && r.matched(was, line.At, &then, false)
	default:
		return (changed || !withheld) && r.matched(was, line.At, home, changed)
	}
}

// matched says whether a cat was wanted before a line of that time. It may be
// that only its age group turned since it was written.
func (r *eventBuilder) matched(was *catalog.PreImage, at time.Time, home *catalog.Shelter, anywhere bool) bool {
	if r.match == nil {
		return true
	}
	m := &r.match.past
	if anywhere {
		m = &r.match.anywhere
	}
	return m.Matches(r.subjects.Build(&was.Cat, home, was.Cat.UpdatedAt)) || m.Matches(r.subjects.Build(&was.Cat, home, at))
}
