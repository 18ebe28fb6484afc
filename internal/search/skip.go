package search

import "slices"

// keyAtOffset is where the last of the first n answers stands, so that a list may
// go on behind it. All is every answer, and there are more than n. It costs a
// look at each of the n, or at every answer where these are few or in no kept order.
func (p *plan) keyAtOffset(n int, all *bitset, count int) key {
	if count > sortThreshold && p.order != OrderFarthest && p.order != OrderRandom {
		for slot := range p.next(nil) {
			if !all.has(slot) {
				continue
			}
			if n--; n == 0 {
				return p.key(slot)
			}
		}
	}
	keys := make([]key, 0, count)
	for slot := range all.all() {
		keys = append(keys, p.key(slot))
	}
	slices.SortFunc(keys, key.compare)
	return keys[n-1]
}
