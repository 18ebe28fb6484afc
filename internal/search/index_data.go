package search

import (
	"math"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// indexData is all that is known of cats and shelters, as of a place in the log. The
// index guards it with a lock; only the lexicon and the library have their own.
type indexData struct {
	options Options
	head    catalog.LogPosition
	secret  []byte // seals cursors
	today   int32  // days since 1970; age groups are as of this day

	columns
	byID, byNumber ordinalTable
	live           bitset // the cats that are listed: known and not removed

	leastNumber, greatestNumber int64

	fields map[Field]*fieldValues
	plain  []*fieldValues // the fields, in a fixed order
	tags   map[string]*tagPostings

	lexicon  *termDictionary
	frequent sync.Pool // of *frequent
	books    *cardCompressor
	stems    []postings // by stem
	seen     epochMarks // room to compare the stems of two texts

	places   places
	shelters shelters
	orders   map[Order]*order
	past     history
}

// columns hold one fact each, by slot. Names, tags and words of a cat are a
// record in the slab of texts, its shrunk card one in the slab of cards.
type columns struct {
	room      int // slots there is room for
	ids       []catID
	numbers   []int64
	versions  []uint32
	shelterOf []uint32
	placeOf   []uint32
	listed    []int64 // microseconds since 1970
	updated   []int64
	born      []int32 // days since 1970, or unknownBirthDay
	saidAge   []uint8 // the age group as the source put it; 0 is nothing, else its place in the vocabulary plus one
	suits     []suitabilityScores
	texts     []handle
	cards     []handle
	textSlab  arena
	cardSlab  arena
}

// unknownBirthDay stands for a birth that is not known.
const unknownBirthDay = math.MinInt32

func newStock(o Options, head catalog.LogPosition) *indexData {
	st := &indexData{
		options: o, head: head, secret: cursorKey(head.Epoch), today: dayOf(o.Now()),
		fields: newFields(), tags: map[string]*tagPostings{},
		lexicon: newLexicon(), books: newLibrary(o.Shrink),
		places:   places{at: map[geo.Point]uint32{}},
		shelters: newShelters(),
		past:     history{reach: head.Seq, most: o.History},
	}
	for _, def := range fieldDefs() {
		if f := st.fields[def.Field]; f != nil {
			st.plain = append(st.plain, f)
		}
	}
	st.orders = map[Order]*order{
		OrderNewest:  {compare: st.compareBy(OrderNewest)},
		OrderUpdated: {compare: st.compareBy(OrderUpdated)},
		OrderName:    {compare: st.compareBy(OrderName)},
	}
	for place := range 1 + outings {
		st.orders[suitOrder(place)] = &order{compare: st.compareBy(suitOrder(place))}
	}
	return st
}

// slots is how many slots are in use.
func (c *columns) slots() int { return len(c.ids) }

// blocks is how many blocks of slots the sets have room for.
func (c *columns) blocks() int { return c.room / slotsPerBlock }

// reserve makes room for more slots, some at a time.
func (st *indexData) reserve(more int) {
	need := st.slots() + more
	if need <= st.room {
		return
	}
	need += need / 16
	st.room = (need + slotsPerBlock - 1) / slotsPerBlock * slotsPerBlock
	st.live.grow(st.blocks())
	for _, f := range st.plain {
		for _, v := range f.values {
			if len(v.set.words) > 0 {
				v.set.grow(st.blocks())
			}
		}
	}
	c := &st.columns
	c.ids, c.numbers, c.versions = roomy(c.ids, st.room), roomy(c.numbers, st.room), roomy(c.versions, st.room)
	c.shelterOf, c.placeOf = roomy(c.shelterOf, st.room), roomy(c.placeOf, st.room)
	c.listed, c.updated = roomy(c.listed, st.room), roomy(c.updated, st.room)
	c.born, c.saidAge, c.suits = roomy(c.born, st.room), roomy(c.saidAge, st.room), roomy(c.suits, st.room)
	c.texts, c.cards = roomy(c.texts, st.room), roomy(c.cards, st.room)
}

// roomy is list with room for n in all and not more.
func roomy[T any](list []T, n int) []T {
	return append(make([]T, 0, n), list...)
}

// newSlot is the slot of a cat that has none.
func (st *indexData) newSlot(id catID, number int64) uint32 {
	st.reserve(1)
	slot := uint32(st.slots())
	if slot == 0 {
		st.leastNumber, st.greatestNumber = number, number
	}
	st.leastNumber, st.greatestNumber = min(st.leastNumber, number), max(st.greatestNumber, number)
	c := &st.columns
	c.ids, c.numbers, c.versions = append(c.ids, id), append(c.numbers, number), append(c.versions, 0)
	c.shelterOf, c.placeOf = append(c.shelterOf, 0), append(c.placeOf, 0)
	c.listed, c.updated = append(c.listed, 0), append(c.updated, 0)
	c.born, c.saidAge, c.suits = append(c.born, unknownBirthDay), append(c.saidAge, 0), append(c.suits, suitabilityScores{})
	c.texts, c.cards = append(c.texts, 0), append(c.cards, 0)
	st.byID.add(slot, func(slot uint32) uint64 { return st.ids[slot].hash() })
	st.byNumber.add(slot, func(slot uint32) uint64 { return mix64(uint64(st.numbers[slot])) })
	return slot
}

func (st *indexData) slotOf(id catID) (uint32, bool) {
	return st.byID.find(id.hash(), func(slot uint32) bool { return st.ids[slot] == id })
}

func (st *indexData) slotOfNumber(number int64) (uint32, bool) {
	return st.byNumber.find(mix64(uint64(number)), func(slot uint32) bool { return st.numbers[slot] == number })
}

// available are the cats that can be adopted now.
func (st *indexData) available() *bitset {
	return &st.fields[FieldStatus].find(string(catalog.Available)).set
}

// reportedAgeGroup is the age group as the source put it.
func (st *indexData) reportedAgeGroup(slot uint32) vocab.AgeGroup {
	if said := st.saidAge[slot]; said > 0 {
		return vocab.AgeGroups()[said-1]
	}
	return ""
}

// dayOf is the day of t in UTC, in days since 1970.
func dayOf(t time.Time) int32 {
	const seconds = 24 * 60 * 60
	unix := t.Unix()
	if unix < 0 {
		unix -= seconds - 1
	}
	return int32(unix / seconds)
}

// dateOf is midnight of a day.
func dateOf(day int32) time.Time { return time.Unix(int64(day)*24*60*60, 0).UTC() }
