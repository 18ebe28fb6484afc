package geo

import (
	"sort"
	"strings"
)

// cityTable is the cities in order of key, then region.
type cityTable struct {
	names  texts
	keys   texts
	region []uint16
	size   []uint16       // how many postal codes it has
	at     []microDegrees // the mean of its postal codes' points
}

// texts is many short strings in one.
type texts struct {
	all  string
	ends []uint32
}

func (t texts) at(i int) string {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.all[start:t.ends[i]]
}

func (t texts) len() int { return len(t.ends) }

// withPrefix gives the stretch of cities whose key begins with prefix.
func (c *cityTable) withPrefix(prefix string) (first, last int) {
	n := c.keys.len()
	first = sort.Search(n, func(i int) bool { return c.keys.at(i) >= prefix })
	last = first + sort.Search(n-first, func(i int) bool {
		return !strings.HasPrefix(c.keys.at(first+i), prefix)
	})
	return first, last
}

// named gives the stretch of cities that bear the name, in all regions.
func (c *cityTable) named(key string) (first, last int) {
	n := c.keys.len()
	first = sort.Search(n, func(i int) bool { return c.keys.at(i) >= key })
	last = first
	for last < n && c.keys.at(last) == key {
		last++
	}
	return first, last
}

// bigger orders cities by size, the most postal codes first, and then as they
// stand.
func (c *cityTable) bigger(a, b int) int {
	if c.size[a] != c.size[b] {
		return int(c.size[b]) - int(c.size[a])
	}
	return a - b
}

// measure counts each city's postal codes and finds its middle.
func (c *cityTable) measure(rows []row) {
	n := c.names.len()
	c.size, c.at = make([]uint16, n), make([]microDegrees, n)
	lat, lng := make([]int64, n), make([]int64, n)
	for _, r := range rows {
		c.size[r.city]++
		lat[r.city] += int64(r.at.lat)
		lng[r.city] += int64(r.at.lng)
	}
	for i, k := range c.size {
		if k > 0 {
			c.at[i] = microDegrees{lat: int32(lat[i] / int64(k)), lng: int32(lng[i] / int64(k))}
		}
	}
}
