package api

import (
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
