package api

import (
	"sync"
	"time"

	"trailcat/internal/catalog"
)

// pageCache keeps the pages of cats that were asked for since the log moved on
// last, and for a few seconds at most: many ask the same, and until something
// changes the answer is the same. All of them are forgotten at once.
type pageCache struct {
	now      func() time.Time
	maxBytes int // bytes

	mu    sync.Mutex
	seq   int64 // of the log, as of which the pages are
	since time.Time
	bytes int
	pages map[pageKey]cachedPage
}

const cachedPageAge = 5 * time.Second

// pageKey is all that a page depends on, but for the log and the day.
type pageKey struct {
	query    string
	audience catalog.Audience
}

type cachedPage struct {
	body []byte
	etag string
	next string // the cursor of the next page
}

func newPageCache(now func() time.Time, room int) *pageCache {
	return &pageCache{now: now, maxBytes: room, mu: sync.Mutex{}, seq: -1, since: time.Time{}, bytes: 0, pages: nil}
}

// get finds a page as of a number of the log.
func (c *pageCache) get(seq int64, key pageKey) (cachedPage, bool) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := now.Sub(c.since); seq != c.seq || old > cachedPageAge || old < 0 || now.UTC().YearDay() != c.since.UTC().YearDay() {
		c.seq, c.since, c.bytes, c.pages = seq, now, 0, map[pageKey]cachedPage{}
	}
	page, ok := c.pages[key]
	return page, ok
}

// put keeps a page that was made between two looks at the log that saw the same
// number, while there is room.
func (c *pageCache) put(seq int64, key pageKey, page cachedPage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := len(page.body) + len(key.query) + 200
	if seq == c.seq && c.bytes+size <= c.maxBytes {
		c.bytes += size
		c.pages[key] = page
	}
}
