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

// Log reads the change log, and the cats and saved searches that it mentions.
type Log interface {
	HeadSince(ctx context.Context, known catalog.LogPosition, read ...catalog.LogPosition) (catalog.LogPosition, error)
	Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error)
	ChangesWithBefore(ctx context.Context, after int64, limit int) ([]catalog.Change, error)

	searchLog
}

// Config is what a feed depends on.
type Config struct {
	Log       Log
	Index     *search.Index // the current state of cats and shelters
	Places    *geo.Gazetteer
	Now       func() time.Time
	PublicURL string // base URL of this server, for attributions; may be empty
	PhotoBase catalog.PhotoBase
}

// Feed reads the change log on behalf of a client: it returns the events that match the
// client's filters and that the client may see, in order. It is safe for concurrent use.
type Feed struct {
	Config
	resolver      filters.QueryResolver
	documents     *search.DocumentBuilder
	savedSearches *savedSearches
	indexFollows  bool // Read does not have to update the index
}

// NewFeed returns a feed. It reads the log as far as the index has processed it, and
// updates the index with each read.
func NewFeed(config Config) *Feed {
	postal := func(code, country string) (geo.Point, bool) {
		place, ok := config.Places.PostalCode(country, code)
		return place.Point, ok
	}
	resolver, documents := filters.NewQueryResolver(config.Index, config.Places), search.NewDocumentBuilder(postal)
	return &Feed{
		Config: config, resolver: resolver, documents: documents,
		savedSearches: newSavedSearches(config.Log, config.Index, resolver, documents), indexFollows: false,
	}
}

// Documents returns the builder of documents with which the feed matches cats.
func (f *Feed) Documents() *search.DocumentBuilder { return f.documents }

// Query selects the events for a client.
type Query struct {
	Types     []string           // of events; empty: all
	Resources []catalog.Resource // cats, shelters; empty: both
	Cats      *search.Query      // only cats that match, and shelters at its place; nil: all
	Audience  catalog.Audience
	Expand    bool   // include the current state of each cat and shelter
	WebhookID string // include the events of its saved searches; empty: none
	Upto      int64  // the last log position; 0: the end of the log
	// MaxBytes bounds the JSON of a page, unless the events of its first log entry are
	// larger. A larger event omits its data. 0: no bound.
	MaxBytes int
	Part     catalog.EntryPart // unless zero, omit the events of this log entry up to the part
}

// Page is a part of the feed.
type Page struct {
	Events []Event
	Next   Cursor // log position up to which Events are complete
	// Head is the end of the log, read after the page. There are more events as long as
	// Next.Seq is less than Head.Seq.
	Head catalog.LogPosition

	bytes int                   // of the JSON of Events
	full  bool                  // no further entry fits
	read  []catalog.LogPosition // positions at which cats were read
}

// Event is an event with its JSON.
type Event struct {
	wire.Event

	JSON []byte
}

// add adds the events of a log entry. It returns false if they do not fit; an empty page
// accepts any.
func (p *Page) add(events []Event, limit, maxBytes int) bool {
	size := 0
	for _, e := range events {
		size += len(e.JSON) + len(",")
	}
	fits := len(p.Events)+len(events) <= limit && (maxBytes == 0 || p.bytes+size <= maxBytes)
	if len(events) > 0 && len(p.Events) > 0 && !fits {
		p.full = true
		return false
	}
	p.Events, p.bytes = append(p.Events, events...), p.bytes+size
	p.full = len(p.Events) >= limit
	return true
}

// rowsAt returns the latest position at which something was read.
func (p *Page) rowsAt() catalog.LogPosition {
	latest := catalog.LogPosition{}
	for _, at := range p.read {
		latest = latest.Later(at)
	}
	return latest
}

const (
	// Read begins with as many log entries as it needs events, but with initialBatch at
	// least, and doubles that up to maxBatch.
	initialBatch = 100
	maxBatch     = 1000
	// maxEntriesPerRead bounds the time that a read without matching entries takes.
	maxEntriesPerRead = 10 * maxBatch
)

// Read returns up to limit events after a log position. A page may have fewer events
// although more follow, if many log entries do not concern the client or if the events
// are large. It contains all events of each of its log entries, and exceeds limit only if
// a single entry has more. The error is Gone if the log was set back, or no longer contains
// all events.
func (f *Feed) Read(ctx context.Context, q Query, from Cursor, limit int) (Page, error) {
	if !f.indexFollows {
		if err := f.Index.CatchUp(ctx); err != nil {
			return Page{}, fmt.Errorf("update the index from the log: %w", err)
		}
	}
	end := f.Index.Head()
	if end.Epoch != from.Epoch {
		return Page{}, errLogReset()
	}
	if q.Upto > 0 && q.Upto < end.Seq {
		end.Seq, end.CommitID = q.Upto, 0 // the entry that is read has the commit ID
	}
	page := Page{Events: []Event{}, Next: from, Head: catalog.LogPosition{}, bytes: 0, full: false, read: nil}
	batch := min(max(limit, initialBatch), maxBatch)
	for count := 0; page.Next.Seq < end.Seq && !page.full && count < maxEntriesPerRead; count += batch {
		if err := f.readBatch(ctx, q, &page, end, batch, limit); err != nil {
			return Page{}, err
		}
		batch = min(2*batch, maxBatch)
	}
	// The log is checked after all reads. If it contains everything that was read, it
	// contains it as long as it contains the latest.
	page.read = append(page.read, page.Next.known(), from.rowsAt(), f.Index.RowsAt())
	var err error
	page.Head, err = f.headSince(ctx, from, page.read...)
	page.Next = page.Next.withRows(page.rowsAt())
	return page, err
}

// Check returns a Gone error if the log was set back since it had the cursor's position, or
// no longer contains all events after it.
func (f *Feed) Check(ctx context.Context, c Cursor) error {
	_, err := f.headSince(ctx, c, c.rowsAt())
	return err
}

// headSince returns the end of the log if a client can continue from a cursor, and if the
// log contains all positions at which something was read.
func (f *Feed) headSince(ctx context.Context, c Cursor, read ...catalog.LogPosition) (catalog.LogPosition, error) {
	head, err := f.Log.HeadSince(ctx, c.known(), read...)
	if err != nil {
		return head, fmt.Errorf("read the head of the log: %w", err)
	}
	return head, c.check(head)
}

// readBatch adds the events of the next n log entries to a page.
func (f *Feed) readBatch(ctx context.Context, q Query, page *Page, end catalog.LogPosition, n, limit int) error {
	read := f.Log.Changes
	if q.Cats != nil || q.WebhookID != "" || f.Index.HidesAny(q.Audience) {
		read = f.Log.ChangesWithBefore
	}
	changes, err := read(ctx, page.Next.Seq, n)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	changes, complete := trimChanges(changes, n, end.Seq) // the index has not processed the others
	b, err := f.newEventBuilder(ctx, q, page.Next.Start, changes)
	if err != nil {
		return err
	}
	page.read = append(page.read, b.catsAt)
	deltas, err := f.searchDeltas(ctx, q, changes)
	if err != nil {
		return err
	}
	for _, change := range changes {
		events, err := b.events(change, deltas[change.Seq])
		if err != nil {
			return err
		}
		if !page.add(events, limit, q.MaxBytes) {
			return nil
		}
		if page.Next = page.Next.advance(change.Seq, change.CommitID); page.full {
			return nil
		}
	}
	if complete && page.Next.Seq < end.Seq { // compaction deleted the last entries
		page.Next = page.Next.advance(end.Seq, end.CommitID)
	}
	return nil
}

// trimChanges returns those of the log entries of a read with a limit that are not after a
// position, and whether they are all up to there.
func trimChanges(changes []catalog.Change, limit int, seq int64) (_ []catalog.Change, complete bool) {
	if beyond := slices.IndexFunc(changes, func(change catalog.Change) bool { return change.Seq > seq }); beyond >= 0 {
		return changes[:beyond], true
	}
	return changes, len(changes) < limit
}

// ParseQuery parses list filters into a query. Unlike the list, it has no default
// filters: without filters it selects all events.
func (f *Feed) ParseQuery(values url.Values, audience catalog.Audience) (Query, catalog.FieldErrors) {
	var in filters.ChangeFilters
	errs := filters.BindFilters(values, &in)
	return f.BuildQuery(&in, audience, &errs), errs
}

// BuildQuery returns the query for list filters, and adds what is wrong with them to errs.
func (f *Feed) BuildQuery(in *filters.ChangeFilters, audience catalog.Audience, errs *catalog.FieldErrors) Query {
	q := Query{
		Types: nil, Resources: nil, Cats: nil, Audience: audience, Expand: false, WebhookID: "", Upto: 0,
		MaxBytes: 0, Part: catalog.EntryPart{},
	}
	for _, name := range in.Resource {
		q.Resources = append(q.Resources, catalog.Resource(name))
	}
	catFilters := *in
	catFilters.Resource = nil
	if reflect.ValueOf(catFilters).IsZero() {
		return q
	}
	cats, _ := f.resolver.BuildQuery(&in.CatFilters, in, errs)
	q.Cats = &cats
	return q
}

// includes reports whether the query selects events of a resource.
func (q *Query) includes(r catalog.Resource) bool {
	return (r == catalog.CatResource || r == catalog.ShelterResource) && (len(q.Resources) == 0 || slices.Contains(q.Resources, r))
}

// hasContentOf reports whether the client gets the content of cats or shelters, whatever
// types of events it selects.
func (q *Query) hasContentOf(r catalog.Resource) bool {
	return slices.ContainsFunc(q.Types, func(name string) bool {
		return strings.HasPrefix(name, string(r)+".") || r == catalog.CatResource && strings.HasPrefix(name, "search.")
	})
}

// includesType reports whether the query selects events of a type.
func (q *Query) includesType(name string) bool {
	return len(q.Types) == 0 || slices.Contains(q.Types, name)
}
