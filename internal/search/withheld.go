package search

import "trailcat/internal/catalog"

// WithheldFrom are the ids of the shelters that withhold their cats from a reader.
func (x *Index) WithheldFrom(reader catalog.Audience) ([]string, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return nil, errNotFilled()
	}
	var ids []string
	for _, number := range x.stock.shelters.withholding {
		if at := x.stock.shelters.all[number]; at.HiddenFrom(reader) {
			ids = append(ids, at.ID)
		}
	}
	return ids, nil
}
