package search

// Matching says of each of some cats, by their ids, whether it is an answer to a
// question, on whichever page. A cat that is not listed never is.
func (x *Index) Matching(q Query, ids []string) ([]bool, error) {
	q.Order, q.Cursor = "", ""
	s := x.workshop.borrow()
	defer x.workshop.put(s)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return nil, errNotFilled()
	}
	p, err := x.stock.newPlan(&q, s)
	if err != nil {
		return nil, err
	}
	out := make([]bool, len(ids))
	for i, id := range ids {
		if key, ok := parseCatID(id); ok {
			slot, known := x.stock.slotOf(key)
			out[i] = known && x.stock.live.has(slot) && p.has(slot)
		}
	}
	return out, nil
}
