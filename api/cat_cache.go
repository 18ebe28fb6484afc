package api

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"trailcat/internal/catalog"
)

// catCache keeps the cats that were asked for last, encoded. An entry counts
// only while the index knows of no newer version, on the same day, and for a
// minute: confirmed_at moves without a new version.
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
	body []byte
	etag string
	at   time.Time
}

func newCatCache(now func() time.Time) *catCache {
	entries, _ := lru.New[string, cachedCat](cachedCats) // fails only where the size is not positive
	return &catCache{now: now, entries: entries}
}

// get finds a cat of at least this version.
func (c *catCache) get(id string, version int64) (cachedCat, bool) {
	entry, ok := c.entries.Get(id)
	now := c.now()
	if !ok || entry.Version < version || version == 0 || now.Sub(entry.at) > cachedCatAge || now.UTC().YearDay() != entry.at.UTC().YearDay() {
		return cachedCat{}, false
	}
	return entry, true
}

// put encodes a cat and keeps it.
func (c *catCache) put(cat catalog.Cat) (cachedCat, error) {
	now := c.now()
	shown := newCat(cat, now.UTC())
	body, err := encode(shown)
	if err != nil {
		return cachedCat{}, err
	}
	entry := cachedCat{Cat: cat, body: body, etag: catTag(cat.Version, shown.AgeMonths), at: now}
	c.entries.Add(cat.ID, entry)
	return entry, nil
}

// catTag is the ETag of a cat: its version, and its age, which changes by itself.
func catTag(version int64, ageMonths *int) string {
	if ageMonths == nil {
		return fmt.Sprintf(`"v%d"`, version)
	}
	return fmt.Sprintf(`"v%d-%d"`, version, *ageMonths)
}
