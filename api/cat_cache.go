package api

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// catCache keeps the cats that were asked for last, encoded. An entry counts
// only while the index knows of no newer version of it or of its shelter, on the
// same day, and for a minute: confirmed_at moves without a new version.
type catCache struct {
	now     func() time.Time
	entries *lru.Cache[string, cachedCat]
}

const (
	cachedCats   = 20_000
	cachedCatAge = time.Minute
)

// cachedCat is a cat and how it is shown.
type cachedCat struct {
	catalog.Cat
	body           []byte
	etag           string
	shelterVersion int64 // the shelter's version
	at             time.Time
}

func newCatCache(now func() time.Time) *catCache {
	entries, _ := lru.New[string, cachedCat](cachedCats) // fails only where the size is not positive
	return &catCache{now: now, entries: entries}
}

// get finds a cat of at least this version, as its shelter is now.
func (c *catCache) get(id string, version int64, home catalog.Shelter) (cachedCat, bool) {
	entry, ok := c.entries.Get(id)
	now := c.now()
	if !ok || entry.Version < version || version == 0 || entry.shelterVersion != home.Version || now.Sub(entry.at) > cachedCatAge || now.UTC().YearDay() != entry.at.UTC().YearDay() {
		return cachedCat{}, false
	}
	return entry, true
}

// put encodes a cat of a shelter and keeps it.
func (c *catCache) put(shown wire.Cat, cat catalog.Cat, home catalog.Shelter) (cachedCat, error) {
	body, err := binding.EncodeJSON(shown)
	if err != nil {
		return cachedCat{}, err
	}
	entry := cachedCat{Cat: cat, body: body, etag: wire.CatTag(cat.Version, shown.AgeMonths, home), shelterVersion: home.Version, at: c.now()}
	c.entries.Add(cat.ID, entry)
	return entry, nil
}
