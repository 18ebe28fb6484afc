package api

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/export"
)

// pageCache caches encoded pages of the list of cats from the second time that they are
// requested. All entries expire when the log grows, after a few seconds, and at the end of the
// day. It is safe for concurrent use.
type pageCache struct {
	now      func() time.Time
	maxBytes int
	seed     maphash.Seed

	mu    sync.Mutex
	asked [1 << 12]uint64     // hashes of keys that were requested lately, each at one index
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
	encoding export.Encoding // that the caller prefers
}

type cachedPage struct {
	body     []byte
	encoding export.Encoding // of the body
	etag     string
	next     string // the cursor of the next page
}

func newPageCache(now func() time.Time, maxBytes int) *pageCache {
	return &pageCache{now: now, maxBytes: maxBytes, seed: maphash.MakeSeed()}
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

// put caches a copy of a page that was requested before, if there is space. The caller must
// have seen head as the end of the log both before and after it made the page.
func (c *pageCache) put(head catalog.LogPosition, key pageKey, page cachedPage) {
	const overhead = 200 // bytes, estimated
	hash := maphash.Comparable(c.seed, key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if asked := &c.asked[hash%uint64(len(c.asked))]; *asked != hash {
		*asked = hash
		return
	}
	size := len(page.body) + len(key.query) + overhead
	if _, known := c.pages[key]; !known && head == c.head && c.bytes+size <= c.maxBytes {
		c.bytes += size
		page.body = slices.Clone(page.body)
		c.pages[key] = page
	}
}

// pageBuffers provides memory for pages, so that it is not allocated for each of them.
type pageBuffers struct{ pool sync.Pool }

// pageBuffer has the memory for one page. The page must have been sent when the buffer is
// put back.
type pageBuffer struct{ body, compressed []byte }

// compress compresses a page with an encoding, unless it is too short. Its body is then in the
// buffer.
func (a *API) compress(page *cachedPage, buffer *pageBuffer, encoding export.Encoding) {
	var ok bool
	if buffer.compressed, ok = a.compressor.Append(buffer.compressed[:0], page.body, string(encoding)); ok {
		page.body, page.encoding = buffer.compressed, encoding
	}
}

// maxPageBuffer is the size in bytes up to which buffers are used again.
const maxPageBuffer = 1 << 20

func (b *pageBuffers) get() *pageBuffer {
	if buffer, ok := b.pool.Get().(*pageBuffer); ok {
		return buffer
	}
	return &pageBuffer{body: make([]byte, 0, 64<<10)}
}

func (b *pageBuffers) put(buffer *pageBuffer) {
	if cap(buffer.body) <= maxPageBuffer {
		b.pool.Put(buffer)
	}
}
