package changefeed

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/search"
)

// searchLog reads saved searches, and the log entries about them and about the cats that
// they are matched with.
type searchLog interface {
	SearchesAfter(ctx context.Context, after string, limit int) ([]catalog.SavedSearch, catalog.LogPosition, error)
	SearchesByID(ctx context.Context, ids []string) ([]catalog.SavedSearch, catalog.LogPosition, error)
	ChangesByKind(ctx context.Context, resources []catalog.Resource, after, upto int64) ([]catalog.Change, error)
	ChangesByResourceID(ctx context.Context, ids []string, after int64) ([]catalog.Change, error)
	CatsWithPosition(ctx context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error)
}

// savedSearches keeps all saved searches compiled and determines which of them a change
// of a cat concerns. It is safe for concurrent use.
type savedSearches struct {
	log       searchLog
	index     *search.Index
	resolver  filters.QueryResolver
	documents *search.DocumentBuilder
	deltas    deltaCache

	mu         sync.Mutex
	percolator *search.Percolator
	nearTo     map[string]string   // the shelter that a saved search is near to, by the ID of the search
	head       catalog.LogPosition // log position of percolator; without an epoch nothing was read yet
}

func newSavedSearches(log searchLog, index *search.Index, resolver filters.QueryResolver, documents *search.DocumentBuilder) *savedSearches {
	return &savedSearches{
		log: log, index: index, resolver: resolver, documents: documents, deltas: newDeltaCache(),
		mu: sync.Mutex{}, percolator: nil, nearTo: map[string]string{}, head: catalog.LogPosition{},
	}
}

// searchDeltas returns by log position what changes mean for the saved searches of the
// query's webhook.
func (f *Feed) searchDeltas(ctx context.Context, q Query, changes []catalog.Change) (map[int64]searchDelta, error) {
	if q.WebhookID == "" || !q.includesType(SearchMatched) && !q.includesType(SearchLeft) {
		return nil, nil //nolint:nilnil // an empty map
	}
	percolator, err := f.savedSearches.upTo(ctx, f.Index.Head())
	if err != nil || percolator.CountByOwner(q.WebhookID) == 0 {
		return nil, err
	}
	return f.savedSearches.deltasFor(ctx, percolator, q.WebhookID, q.Audience, changes)
}

// upTo returns the saved searches as of a log position or later.
func (s *savedSearches) upTo(ctx context.Context, head catalog.LogPosition) (*search.Percolator, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.head.Epoch != head.Epoch {
		if err := s.load(ctx, head); err != nil {
			return nil, err
		}
		return s.percolator, nil
	}
	if head.Seq <= s.head.Seq {
		return s.percolator, nil
	}
	changes, err := s.log.ChangesByKind(ctx, []catalog.Resource{catalog.SearchResource, catalog.WebhookResource, catalog.ShelterResource}, s.head.Seq, head.Seq)
	if err != nil {
		return nil, fmt.Errorf("read the changes of saved searches: %w", err)
	}
	if err := s.apply(ctx, changes); err != nil {
		return nil, err
	}
	s.head = head
	return s.percolator, nil
}

// load reads all saved searches. Those that are written meanwhile are in the log after head.
func (s *savedSearches) load(ctx context.Context, head catalog.LogPosition) error {
	percolator := search.NewPercolator()
	clear(s.nearTo)
	const pageSize = 1000
	for after, more := "", true; more; {
		page, at, err := s.log.SearchesAfter(ctx, after, pageSize)
		if err != nil {
			return fmt.Errorf("read the saved searches: %w", err)
		}
		s.remember(at, head.Epoch)
		for _, saved := range page {
			s.compile(percolator, saved)
			after = saved.ID
		}
		more = len(page) == pageSize
	}
	s.percolator, s.head = percolator, head
	s.deltas.clear()
	return nil
}

// remember makes the index check the position at which saved searches were read.
func (s *savedSearches) remember(at catalog.LogPosition, epoch string) {
	at.Epoch = epoch
	s.index.Remember(at)
}

// apply updates the saved searches that log entries are about, and those near to a shelter
// that they are about, which may have moved.
func (s *savedSearches) apply(ctx context.Context, changes []catalog.Change) error {
	var ids []string
	shelters := map[string]bool{}
	for _, change := range changes {
		switch {
		case change.Resource == catalog.ShelterResource:
			shelters[change.ResourceID] = true
		case change.Resource == catalog.SearchResource && !slices.Contains(ids, change.ResourceID):
			ids = append(ids, change.ResourceID)
		case change.Resource == catalog.WebhookResource && change.Op == catalog.OpRemoved:
			s.percolator.RemoveOwner(change.ResourceID)
		}
	}
	for id, shelter := range s.nearTo {
		if shelters[shelter] && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for batch := range slices.Chunk(ids, 500) {
		found, at, err := s.log.SearchesByID(ctx, batch)
		if err != nil {
			return fmt.Errorf("read the saved searches: %w", err)
		}
		s.remember(at, s.head.Epoch)
		for _, id := range batch {
			if i := slices.IndexFunc(found, func(saved catalog.SavedSearch) bool { return saved.ID == id }); i >= 0 {
				s.compile(s.percolator, found[i])
			} else {
				s.percolator.Remove(id)
				delete(s.nearTo, id)
			}
		}
	}
	return nil
}

// compile adds a saved search. A search that is no longer valid, such as one for an
// unknown breed, matches nothing; GET /v1/searches returns the reason.
func (s *savedSearches) compile(percolator *search.Percolator, saved catalog.SavedSearch) {
	delete(s.nearTo, saved.ID)
	values, err := url.ParseQuery(saved.Query)
	if err != nil {
		percolator.Remove(saved.ID)
		return
	}
	if near := values.Get("near"); filters.IsShelterID(near) {
		s.nearTo[saved.ID] = near
	}
	q, errs := s.resolver.SavedSearchQuery(values)
	if len(errs) > 0 || percolator.Put(search.QueryRef{ID: saved.ID, Owner: saved.WebhookID, Name: saved.Name}, q) != nil {
		percolator.Remove(saved.ID)
	}
}
