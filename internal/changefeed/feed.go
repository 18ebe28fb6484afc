package changefeed

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// Log is the log as the feed reads it, and the cats that it speaks of.
type Log interface {
	Head(ctx context.Context) (catalog.LogPosition, error)
	Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error)
	ChangesWithBefore(ctx context.Context, after int64, limit int) ([]catalog.Change, error)
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)

	SearchStore
}

// Config is what a feed needs.
type Config struct {
	Log       Log
	Index     *search.Index // says what is listed, and where
	Places    *geo.Gazetteer
	Now       func() time.Time
	PublicURL string // of this server, for attributions
	Followed  bool   // the caller sees to it that the index is up to date
}

// Feed reads the log for somebody: of all that happened what they asked for and
// may know, in order. It may be used from many goroutines.
type Feed struct {
	Config
	filters.QueryResolver
	subjects      *search.DocumentBuilder
	SavedSearches *savedSearchMatcher
}

// New is a feed of a log, as far as an index has followed it.
func New(config Config) *Feed {
	postal := func(code, country string) (geo.Point, bool) {
		place, ok := config.Places.PostalCode(country, code)
		return place.Point, ok
	}
	ask, subjects := filters.NewQueryResolver(config.Index, config.Places), search.NewDocumentBuilder(postal)
	return &Feed{Config: config, QueryResolver: ask, subjects: subjects, SavedSearches: newSavedSearchMatcher(config.Log, config.Index, ask, subjects)}
}

// Query says what somebody wants to be told.
type Query struct {
	Types     []string           // as events have them; none: all
	Resources []catalog.Resource // cats, shelters; none: both
	Cats      *search.Query      // which cats; its place says also which shelters; nil: all
	Reader    catalog.Audience
	Expand    bool   // with each thing as it is now
	Webhook   string // whose saved searches are told of as well; empty: nobody's
	Began     int64  // where the log ended when the reader began with nothing; 0: they begin behind what they have
}

// Page is a part of the log for somebody.
type Page struct {
	Events []wire.Event
	Next   int64 // up to this number of the log that is all
	// Head is where the log ends and up to where it was shortened, as of after
	// the page was read.
	Head catalog.LogPosition
}

const (
	// At first so many lines are read as are asked for, and then more and more.
	initialBatch = 100
	linesAtOnce  = 1000
	// linesAtMost bounds how long a reader waits whom nothing of it concerns.
	linesAtMost = 10 * linesAtOnce
)

// Read tells what happened after a number of the log: limit events at most, or
// fewer where much happened that is not for the reader. There is more as long as
// Next is less than Head.Seq. Who read on from before Head.Floor may have missed
// that something is gone.
func (f *Feed) Read(ctx context.Context, q Query, after int64, limit int) (Page, error) {
	if !f.Followed {
		if err := f.Index.CatchUp(ctx); err != nil {
			return Page{}, fmt.Errorf("catch up with the log: %w", err)
		}
	}
	end := f.Index.Head().Seq
	page := Page{Events: []wire.Event{}, Next: after, Head: catalog.LogPosition{}}
	lines := min(max(limit, initialBatch), linesAtOnce)
	for looked := 0; page.Next < end && len(page.Events) < limit && looked < linesAtMost; looked += lines {
		if err := f.read(ctx, q, &page, end, lines, limit); err != nil {
			return Page{}, err
		}
		lines = min(2*lines, linesAtOnce)
	}
	var err error
	if page.Head, err = f.Log.Head(ctx); err != nil {
		return Page{}, fmt.Errorf("read the head of the log: %w", err)
	}
	return page, nil
}

// read adds what the next n lines of the log have for the reader to a page.
func (f *Feed) read(ctx context.Context, q Query, page *Page, end int64, n, limit int) error {
	read := f.Log.Changes
	if q.Cats != nil || q.Webhook != "" {
		read = f.Log.ChangesWithBefore
	}
	lines, err := read(ctx, page.Next, n)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	all := len(lines) < n
	if past := slices.IndexFunc(lines, func(line catalog.Change) bool { return line.Seq > end }); past >= 0 {
		lines, all = lines[:past], true // the index is not there yet
	}
	r, err := f.reading(ctx, q, lines)
	if err != nil {
		return err
	}
	turned, err := f.turned(ctx, q, lines)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if event, ok := r.event(line); ok {
			page.Events = append(page.Events, event)
		}
		page.Events = append(page.Events, r.searchEvents(line, turned[line.Seq])...)
		if page.Next = line.Seq; len(page.Events) >= limit {
			return nil
		}
	}
	if all {
		page.Next = end
	}
	return nil
}

// Query turns list filters, as they were sent, into a question for a reader. What
// the list does by itself, such as leaving out cats that are not available, it
// does not: without filters one is told of everything.
func (f *Feed) Query(values url.Values, reader catalog.Audience) (Query, catalog.FieldErrors) {
	var in filters.ChangeFilters
	bad := filters.BindFilters(values, &in)
	return f.Question(&in, reader, &bad), bad
}

// Question is what the filters ask for.
func (f *Feed) Question(in *filters.ChangeFilters, reader catalog.Audience, bad *catalog.FieldErrors) Query {
	q := Query{Types: nil, Resources: nil, Cats: nil, Reader: reader, Expand: false, Began: 0}
	for _, entry := range in.Resource {
		for name := range strings.SplitSeq(entry, ",") {
			q.Resources = append(q.Resources, catalog.Resource(name))
		}
	}
	ofCats := *in
	ofCats.Resource = nil
	if reflect.ValueOf(ofCats).IsZero() {
		return q
	}
	cats := f.BuildQuery(&in.CatFilters, bad)
	cats.Where = f.Clauses(in, bad)
	q.Cats = &cats
	return q
}

// includes says whether a resource is asked for.
func (q *Query) includes(r catalog.Resource) bool {
	return (r == catalog.CatResource || r == catalog.ShelterResource) && (len(q.Resources) == 0 || slices.Contains(q.Resources, r))
}
