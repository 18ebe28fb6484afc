package search

import (
	"math"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search/analysis"
	"trailcat/internal/search/arena"
	"trailcat/internal/search/bitset"
	"trailcat/internal/search/dictionary"
	"trailcat/internal/search/hashing"
	"trailcat/internal/search/hugepage"
	"trailcat/internal/search/postings"
	"trailcat/internal/vocab"
)

// indexData is everything the index holds of cats and shelters, as of a log
// position. The lock of the index guards it; only terms and cards have their own.
type indexData struct {
	options Options
	head    catalog.LogPosition
	rowsAt  catalog.LogPosition // at which the latest row was read: head or later, in the same log
	secret  []byte              // signs cursors
	today   int32               // days since 1970; age groups are as of this day
	erased  bool                // an erasure was applied since the fill; see WriteCheckpoint

	columns
	byID, byNumber hashing.OrdinalTable
	live           bitset.Set // the listed cats: known and not removed

	leastNumber, greatestNumber int64

	fields map[Field]*fieldValues
	sets   []*fieldValues // the fields in a fixed order
	tags   map[string]*postings.Adaptive

	terms *analysis.TermDictionary
	cards *dictionary.Compressor
	stems []postings.Adaptive // by stem
	seen  epochMarks          // buffer to compare the stems of two texts

	places   places
	shelters shelters
	orders   map[Order][]uint32 // the listed cats in each of storedOrders; by suitability, only those with a score
	history  history
}

// columns hold one fact each, by slot. The name, tags and stems of a cat are a
// record in textArena, its compressed card a record in cardArena.
type columns struct {
	capacity    int // slots
	ids         []catID
	numbers     []int64
	versions    []uint32
	shelterOf   []uint32
	placeOf     []uint32
	listedAt    []int64 // microseconds since 1970
	updatedAt   []int64 // microseconds since 1970
	bornOn      []int32 // days since 1970, or unknownBirthDay
	reportedAge []uint8 // the age group from the source: 0 is none, else its index in the vocabulary plus one
	fees        []int32 // as feeOf returns them
	scores      []suitabilityScores
	textRefs    []arena.Handle
	cardRefs    []arena.Handle
	textArena   arena.Arena
	cardArena   arena.Arena
}

// unknownBirthDay is the birth day of a cat whose birth date is unknown.
const unknownBirthDay = math.MinInt32

func newIndexData(o Options, head catalog.LogPosition) *indexData {
	d := &indexData{
		options: o, head: head, rowsAt: head, secret: cursorKey(head.Epoch), today: dayOf(o.Now()),
		fields: newFields(), tags: map[string]*postings.Adaptive{},
		terms: analysis.NewTermDictionary(), cards: dictionary.NewCompressor(o.CardFragments),
		places:   places{numbers: map[geo.Point]uint32{}},
		shelters: newShelters(),
		orders:   map[Order][]uint32{},
		history:  history{completeAfter: head.Seq, capacity: o.History},
	}
	for _, def := range fieldDefs() {
		if f := d.fields[def.Field]; f != nil {
			d.sets = append(d.sets, f)
		}
	}
	return d
}

// advanceRows records positions at which rows were read, which are in one log with those
// that are recorded.
func (d *indexData) advanceRows(read ...catalog.LogPosition) {
	for _, at := range read {
		d.rowsAt = d.rowsAt.Later(at)
	}
}

// numSlots returns the number of slots in use.
func (c *columns) numSlots() int { return len(c.ids) }

// blocks returns the capacity in bitset blocks.
func (c *columns) blocks() int { return c.capacity / bitset.BlockSize }

// growth prepares larger copies of columns, sets and tables, with capacity for n more slots and some in
// reserve. It changes nothing itself: the function that it returns replaces the originals by the
// copies, and must be called under the lock before anything else changes.
func (d *indexData) growth(n int) (take func()) {
	byID := d.byID.WithCapacity(n, func(slot uint32) uint64 { return d.ids[slot].hash() })
	byNumber := d.byNumber.WithCapacity(n, func(slot uint32) uint64 { return hashing.Mix64(uint64(d.numbers[slot])) })
	columns := d.columns
	sets := map[*bitset.Set]bitset.Set{}
	if need := d.numSlots() + n; need > d.capacity {
		need += need / 16
		columns = columns.withCapacity((need + bitset.BlockSize - 1) / bitset.BlockSize * bitset.BlockSize)
		grow := func(s *bitset.Set) {
			larger := *s
			larger.Grow(columns.blocks())
			sets[s] = larger
		}
		grow(&d.live)
		for _, f := range d.sets {
			for _, v := range f.values {
				if v.set.HasCapacity() {
					grow(&v.set)
				}
			}
		}
	}
	return func() {
		d.byID, d.byNumber, d.columns = byID, byNumber, columns
		for s, larger := range sets {
			*s = larger
		}
	}
}

// withCapacity returns the columns with a capacity of n slots.
func (c columns) withCapacity(n int) columns {
	c.capacity = n
	c.ids, c.numbers, c.versions = withCapacity(c.ids, n), withCapacity(c.numbers, n), withCapacity(c.versions, n)
	c.shelterOf, c.placeOf = withCapacity(c.shelterOf, n), withCapacity(c.placeOf, n)
	c.listedAt, c.updatedAt = withCapacity(c.listedAt, n), withCapacity(c.updatedAt, n)
	c.bornOn, c.reportedAge, c.scores = withCapacity(c.bornOn, n), withCapacity(c.reportedAge, n), withCapacity(c.scores, n)
	c.fees = withCapacity(c.fees, n)
	c.textRefs, c.cardRefs = withCapacity(c.textRefs, n), withCapacity(c.cardRefs, n)
	return c
}

// withCapacity returns a copy of list with a capacity of exactly n.
func withCapacity[T any](list []T, n int) []T {
	return append(make([]T, 0, n), list...)
}

// memory returns the memory that queries read at random: cards, columns, sets and orders.
func (d *indexData) memory() [][]byte {
	c := &d.columns
	ranges := slices.Concat(c.cardArena.Chunks(), d.cards.Memory(), [][]byte{
		hugepage.Bytes(c.ids), hugepage.Bytes(c.numbers), hugepage.Bytes(c.versions), hugepage.Bytes(c.shelterOf), hugepage.Bytes(c.placeOf),
		hugepage.Bytes(c.listedAt), hugepage.Bytes(c.updatedAt), hugepage.Bytes(c.bornOn), hugepage.Bytes(c.cardRefs),
		hugepage.Bytes(d.live.Words()), hugepage.Bytes(d.places.units),
	})
	for _, f := range d.sets {
		for _, v := range f.values {
			ranges = append(ranges, hugepage.Bytes(v.set.Words()))
		}
	}
	for _, order := range d.orders {
		ranges = append(ranges, hugepage.Bytes(order))
	}
	return ranges
}

// newSlot adds a slot for a cat that has none. The columns must have capacity for it.
func (d *indexData) newSlot(id catID, number int64) uint32 {
	slot := uint32(d.numSlots())
	if slot == 0 {
		d.leastNumber, d.greatestNumber = number, number
	}
	d.leastNumber, d.greatestNumber = min(d.leastNumber, number), max(d.greatestNumber, number)
	c := &d.columns
	c.ids, c.numbers, c.versions = append(c.ids, id), append(c.numbers, number), append(c.versions, 0)
	c.shelterOf, c.placeOf = append(c.shelterOf, 0), append(c.placeOf, 0)
	c.listedAt, c.updatedAt = append(c.listedAt, 0), append(c.updatedAt, 0)
	c.bornOn, c.reportedAge, c.scores = append(c.bornOn, unknownBirthDay), append(c.reportedAge, 0), append(c.scores, suitabilityScores{})
	c.fees = append(c.fees, unknownFee)
	c.textRefs, c.cardRefs = append(c.textRefs, 0), append(c.cardRefs, 0)
	d.byID.Add(slot, func(slot uint32) uint64 { return d.ids[slot].hash() })
	d.byNumber.Add(slot, func(slot uint32) uint64 { return hashing.Mix64(uint64(d.numbers[slot])) })
	return slot
}

func (d *indexData) slotOf(id catID) (uint32, bool) {
	return d.byID.Find(id.hash(), func(slot uint32) bool { return d.ids[slot] == id })
}

func (d *indexData) slotOfNumber(number int64) (uint32, bool) {
	return d.byNumber.Find(hashing.Mix64(uint64(number)), func(slot uint32) bool { return d.numbers[slot] == number })
}

// findCat returns the slot of a cat by its id or number.
func (d *indexData) findCat(idOrNumber string) (slot uint32, ok bool) {
	if number, err := strconv.ParseInt(idOrNumber, 10, 64); err == nil {
		return d.slotOfNumber(number)
	}
	id, ok := parseCatID(idOrNumber)
	if !ok {
		return 0, false
	}
	return d.slotOf(id)
}

// available returns the cats that can be adopted now.
func (d *indexData) available() *bitset.Set {
	return &d.fields[FieldStatus].find(string(catalog.Available)).set
}

// reportedAgeGroup returns an age group from the column reportedAge, which may be empty.
func reportedAgeGroup(index uint8) vocab.AgeGroup {
	if index > 0 {
		return vocab.AgeGroups()[index-1]
	}
	return ""
}

// permutation returns a random order of the numbers that cats have now.
func (d *indexData) permutation(seed int64) hashing.Permutation {
	return hashing.Permutation{Base: d.leastNumber, Bits: uint8(max(1, bits.Len64(uint64(d.greatestNumber-d.leastNumber)))), Seed: seed}
}

// dayOf returns the day of t in UTC, in days since 1970.
func dayOf(t time.Time) int32 {
	const seconds = 24 * 60 * 60
	unix := t.Unix()
	if unix < 0 {
		unix -= seconds - 1
	}
	return int32(unix / seconds)
}

// dateOf returns midnight UTC of a day.
func dateOf(day int32) time.Time { return time.Unix(int64(day)*24*60*60, 0).UTC() }
