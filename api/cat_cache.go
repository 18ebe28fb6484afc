package api

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// catCache caches single encoded cats. An entry is valid while the index knows no newer
// version of the cat or its shelter, in the same log, on the same day, and for one minute, because
// confirmed_at changes without a new version. It is safe for concurrent use.
type catCache struct {
	now     func() time.Time
	entries *lru.Cache[string, cachedCat]
}

const (
	maxCachedCats = 20_000
	cachedCatAge  = time.Minute
)

// cachedCat is a cat with its encoded representation.
type cachedCat struct {
	catalog.Cat
	body           []byte
	etag           string
	epoch          string // of the log
	shelterVersion int64
	at             time.Time
}

func newCatCache(now func() time.Time) *catCache {
	entries, _ := lru.New[string, cachedCat](maxCachedCats) // fails only if the size is not positive
	return &catCache{now: now, entries: entries}
}

// get returns the cat if the cache has at least the version, with the current version of
// its shelter.
func (c *catCache) get(id string, version int64, shelter catalog.Shelter, log catalog.LogPosition) (cachedCat, bool) {
	entry, ok := c.entries.Get(id)
	now := c.now()
	if !ok || entry.epoch != log.Epoch || entry.Version < version || version == 0 || entry.shelterVersion != shelter.Version ||
		now.Sub(entry.at) > cachedCatAge || now.UTC().YearDay() != entry.at.UTC().YearDay() {
		return cachedCat{}, false
	}
	return entry, true
}

// remove removes a cat from the cache.
func (c *catCache) remove(id string) { c.entries.Remove(id) }

// put encodes a cat and caches it.
func (c *catCache) put(resource wire.Cat, cat catalog.Cat, shelter catalog.Shelter, log catalog.LogPosition) (cachedCat, error) {
	body, err := binding.EncodeJSON(resource)
	if err != nil {
		return cachedCat{}, err
	}
	entry := cachedCat{Cat: cat, body: body, etag: wire.CatETag(log.Tagged(cat.Version), resource.AgeMonths, shelter), epoch: log.Epoch, shelterVersion: shelter.Version, at: c.now()}
	c.entries.Add(cat.ID, entry)
	return entry, nil
}

// pageCache caches encoded pages of the list of cats. All entries expire when the log
// grows, after a few seconds, and at the end of the day. It is safe for concurrent use.
type pageCache struct {
	now      func() time.Time
	maxBytes int

	mu    sync.Mutex
	head  catalog.LogPosition // that the pages reflect
	since time.Time           // when the pages began to be cached
	bytes int
	pages map[pageKey]cachedPage
}

const cachedPageAge = 5 * time.Second

// pageKey contains everything that a page depends on, apart from the log and the day.
type pageKey struct {
	query    string
	audience catalog.Audience
}

type cachedPage struct {
	body []byte
	etag string
	next string // the cursor of the next page
}

func newPageCache(now func() time.Time, maxBytes int) *pageCache {
	return &pageCache{now: now, maxBytes: maxBytes}
}

// get returns a page that reflects the log up to its end.
func (c *pageCache) get(head catalog.LogPosition, key pageKey) (cachedPage, bool) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.since); head != c.head || age > cachedPageAge || age < 0 || now.UTC().YearDay() != c.since.UTC().YearDay() {
		c.head, c.since, c.bytes, c.pages = head, now, 0, map[pageKey]cachedPage{}
	}
	page, ok := c.pages[key]
	return page, ok
}

// clear removes all pages.
func (c *pageCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes, c.pages = 0, map[pageKey]cachedPage{}
}

// put caches a page if there is space. The caller must have seen head as the end of the
// log both before and after it made the page.
func (c *pageCache) put(head catalog.LogPosition, key pageKey, page cachedPage) {
	const overhead = 200 // bytes, estimated
	c.mu.Lock()
	defer c.mu.Unlock()
	size := len(page.body) + len(key.query) + overhead
	if head == c.head && c.bytes+size <= c.maxBytes {
		c.bytes += size
		c.pages[key] = page
	}
}
