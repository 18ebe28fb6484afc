package search

// tagPostings are the slots that have a tag. Those of a rare tag are postings; those
// of a frequent one are a set, which is counted twenty times faster.
type tagPostings struct {
	rare     postings
	frequent bitset
}

// minFrequent is how many slots a frequent tag has at least, be the index ever
// so small; in a large one it is one slot of 64. A set is then at most four times
// as large as the postings would be.
const minFrequent = 1024

func (t *tagPostings) isFrequent() bool { return len(t.frequent.words) > 0 }

// add puts a slot in, of an index with so many blocks.
func (t *tagPostings) add(slot uint32, blocks int) {
	if !t.isFrequent() {
		if t.rare.add(slot); t.rare.len() <= max(minFrequent, blocks*slotsPerBlock/64) {
			return
		}
		t.frequent.grow(blocks)
		for slot := range t.rare.all() {
			t.frequent.add(slot)
		}
		t.rare = postings{few: nil, many: nil}
		return
	}
	t.frequent.grow(blocks)
	t.frequent.add(slot)
}

func (t *tagPostings) remove(slot uint32) {
	if t.isFrequent() {
		t.frequent.remove(slot)
	} else {
		t.rare.remove(slot)
	}
}

// into puts the slots into s. Room is a cleared set; it comes back cleared.
func (t *tagPostings) into(s, room *bitset) {
	if t.isFrequent() {
		s.or(&t.frequent)
	} else {
		t.rare.orInto(s, room)
	}
}

func (t *tagPostings) len() int {
	if t.isFrequent() {
		return t.frequent.n
	}
	return t.rare.len()
}

// intersectionCount is how many of the slots are in s.
func (t *tagPostings) countIn(s *bitset) int {
	if t.isFrequent() {
		return t.frequent.countAnd(s)
	}
	return t.rare.intersectionCount(s)
}
