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

// SearchStore is where saved searches are kept, and the log as far as it is about
// them and the cats they are held against.
type SearchStore interface {
	Searches(ctx context.Context, partnerID string, all bool, after string, limit int) ([]catalog.SavedSearch, error)
	SearchesByID(ctx context.Context, ids []string) ([]catalog.SavedSearch, error)
	ChangesByKind(ctx context.Context, resources []catalog.Resource, after, upto int64) ([]catalog.Change, error)
	ChangesByResourceID(ctx context.Context, ids []string, after int64) ([]catalog.Change, error)
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
}

// savedSearchMatcher holds all saved searches ready, as of a place in the log, and says which
// of them a change concerns. It may be used from many goroutines.
type savedSearchMatcher struct {
	filters.QueryResolver
	log      SearchStore
	index    *search.Index
	subjects *search.DocumentBuilder
	turns    deltaCache

	mu    sync.Mutex
	Saved *search.Percolator
	head  catalog.LogPosition // up to where they are as the log says; no epoch: nothing was read yet
}

func newSavedSearchMatcher(log SearchStore, index *search.Index, ask filters.QueryResolver, subjects *search.DocumentBuilder) *savedSearchMatcher {
	return &savedSearchMatcher{QueryResolver: ask, log: log, index: index, subjects: subjects, turns: newTurns(), mu: sync.Mutex{}, Saved: nil, head: catalog.LogPosition{}}
}

// catchUp is the searches as of a place in the log, or newer.
func (l *savedSearchMatcher) catchUp(ctx context.Context, head catalog.LogPosition) (*search.Percolator, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.head.Epoch != head.Epoch {
		if err := l.fill(ctx, head); err != nil {
			return nil, err
		}
		return l.Saved, nil
	}
	if head.Seq <= l.head.Seq {
		return l.Saved, nil
	}
	lines, err := l.log.ChangesByKind(ctx, []catalog.Resource{catalog.SearchResource, catalog.WebhookResource}, l.head.Seq, head.Seq)
	if err != nil {
		return nil, fmt.Errorf("follow the saved searches: %w", err)
	}
	if err := l.follow(ctx, lines); err != nil {
		return nil, err
	}
	l.head = head
	return l.Saved, nil
}

// fill reads all searches. What is written meanwhile is in the log after head.
func (l *savedSearchMatcher) fill(ctx context.Context, head catalog.LogPosition) error {
	saved := search.NewPercolator()
	const some = 1000
	for after, more := "", true; more; {
		searches, err := l.log.Searches(ctx, "", true, after, some)
		if err != nil {
			return fmt.Errorf("read the saved searches: %w", err)
		}
		for _, s := range searches {
			l.put(saved, s)
			after = s.ID
		}
		more = len(searches) == some
	}
	l.Saved, l.head = saved, head
	l.turns.forget()
	return nil
}

// follow brings up to date what some lines are about.
func (l *savedSearchMatcher) follow(ctx context.Context, lines []catalog.Change) error {
	var ids []string
	for _, line := range lines {
		switch {
		case line.Resource == catalog.SearchResource && !slices.Contains(ids, line.ResourceID):
			ids = append(ids, line.ResourceID)
		case line.Resource == catalog.WebhookResource && line.Op == catalog.OpRemoved:
			l.Saved.RemoveOwner(line.ResourceID)
		}
	}
	for some := range slices.Chunk(ids, 500) {
		searches, err := l.log.SearchesByID(ctx, some)
		if err != nil {
			return fmt.Errorf("read the saved searches: %w", err)
		}
		for _, id := range some {
			if at := slices.IndexFunc(searches, func(s catalog.SavedSearch) bool { return s.ID == id }); at >= 0 {
				l.put(l.Saved, searches[at])
			} else {
				l.Saved.Remove(id)
			}
		}
	}
	return nil
}

// put takes up a search. One that names what is no longer known here waits for
// nothing; whoever reads it is told why.
func (l *savedSearchMatcher) put(saved *search.Percolator, s catalog.SavedSearch) {
	values, err := url.ParseQuery(s.Query)
	if err != nil {
		saved.Remove(s.ID)
		return
	}
	q, bad := l.SavedSearchQuery(values)
	if len(bad) > 0 || saved.Put(search.QueryRef{ID: s.ID, Owner: s.WebhookID, Name: s.Name}, q) != nil {
		saved.Remove(s.ID)
	}
}
