package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search/arena"
	"trailcat/internal/search/bitset"
	"trailcat/internal/search/postings"
	"trailcat/internal/vocab"
)

// A checkpoint is a copy of an index in a file: what a cat's document has, for all cats, as of
// a log position. To load it and to follow the log from there takes a fraction of the time
// that it takes to read and encode all rows. It has a header, which says what it is of, and
// ends with a checksum. What is quickly computed from the rest is not in it: hash tables, and
// the cats by shelter, by place and by tag.
//
// A checkpoint is only of use if everything that it contains is what a fill would compute now.
// It is refused if it was written by another program or with other options, if the log is not
// the same or does not contain the position, and if more of the log follows than is worth
// reading.

// checkpointMagic starts every checkpoint, and names the format.
const checkpointMagic = "trailcat index 1\n"

// minWorthwhile is the number of log entries that are always read after a checkpoint. Beyond,
// an entry for each fourth cat takes about as long as a fill.
const minWorthwhile = 1000

// ErrCheckpoint means that a checkpoint cannot be used.
var ErrCheckpoint = errors.New("the checkpoint of the index cannot be used")

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrCheckpoint, fmt.Errorf(format, args...))
}

// WriteCheckpoint reads the log to its end and writes a checkpoint. Meanwhile queries are
// answered, but nothing new is applied. written is false if there is none to write: the index is
// empty, or has applied an erasure since it was filled, so that words of what was erased may be
// left in its dictionaries. ready is called after the last byte, before anything new is applied.
func (x *Index) WriteCheckpoint(ctx context.Context, out io.Writer, ready func() error) (written bool, err error) {
	if err := x.acquireUpdate(ctx); err != nil {
		return false, err
	}
	defer x.releaseUpdate()
	if x.data == nil || x.refilling.Load() {
		return false, nil
	}
	if err := x.recordResult(x.catchUp(ctx)); err != nil {
		return false, err
	}
	if x.data.erased {
		return false, nil
	}
	hash := xxhash.New()
	w := newCheckpointWriter(io.MultiWriter(out, hash))
	x.data.writeTo(w)
	if err := w.flush(); err != nil {
		return false, fmt.Errorf("write the checkpoint of the index: %w", err)
	}
	if _, err := out.Write(hash.Sum(nil)); err != nil {
		return false, fmt.Errorf("write the checkpoint of the index: %w", err)
	}
	return true, ready()
}

// LoadCheckpoint fills an empty index from a checkpoint of size bytes and from the log since
// then. After an error, which is ErrCheckpoint unless the source is unavailable, the index is
// empty; Fill fills it.
func (x *Index) LoadCheckpoint(ctx context.Context, file io.ReadSeeker, size int64) error {
	if err := x.acquireUpdate(ctx); err != nil {
		return err
	}
	defer x.releaseUpdate()
	if x.data != nil {
		return errors.New("the index is filled already")
	}
	d, err := readCheckpoint(file, size, x.options)
	if err != nil {
		return err
	}
	head, err := x.source.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the head of the log: %w", err)
	}
	switch {
	case head.Epoch != d.head.Epoch:
		return refused("it is of another log")
	case head.Seq-d.head.Seq > max(minWorthwhile, int64(d.numSlots()/4)):
		return refused("the log went on from %d to %d", d.head.Seq, head.Seq)
	}
	// The index becomes visible only at the end of the log: the checkpoint may be days old.
	x.erasedMu.Lock()
	loaded := &Index{source: x.source, options: x.options, data: d, erased: x.erased}
	x.erasedMu.Unlock()
	switch err := x.recordResult(loaded.catchUp(ctx)); {
	case errors.Is(err, errLogReset):
		return refused("%w", err)
	case err != nil:
		return err
	}
	x.mu.Lock()
	x.data = d
	x.mu.Unlock()
	x.applied.broadcast()
	return nil
}

// writeTo writes everything before the checksum. The columns of names, tags and stems, and of
// the cards, are written cat by cat, so that nothing is left of records that were replaced.
func (d *indexData) writeTo(w *checkpointWriter) {
	w.text(checkpointMagic)
	w.text(d.options.Build)
	w.text(d.head.Epoch)
	for _, at := range []catalog.LogPosition{d.head, d.rowsAt} {
		w.int(at.Seq)
		w.int(at.CommitID)
		w.int(at.Floor)
	}
	w.int(int64(d.today))

	c := &d.columns
	n := d.numSlots()
	w.uint(uint64(n))
	ids := make([]uint64, 0, 2*n)
	for _, id := range c.ids {
		ids = append(ids, id.high, id.low)
	}
	writeColumn(w, ids)
	writeColumn(w, c.numbers)
	writeColumn(w, c.versions)
	writeColumn(w, c.shelterOf)
	writeColumn(w, c.placeOf)
	writeColumn(w, c.listedAt)
	writeColumn(w, c.updatedAt)
	writeColumn(w, c.bornOn)
	writeColumn(w, c.reportedAge)
	writeColumn(w, c.fees)
	writeColumn(w, packScores(c.scores))
	d.writeSets(w)
	d.writeShelters(w)
	d.writePlaces(w)
	writeRecords(w, &c.textArena, c.textRefs)
	writeRecords(w, &c.cardArena, c.cardRefs)
	w.bytes(d.terms.AppendTo(nil))
	w.bytes(d.cards.AppendTo(nil))
	d.writePostings(w)
	d.writeOrders(w)
}

// readCheckpoint reads a checkpoint.
func readCheckpoint(file io.ReadSeeker, size int64, o Options) (*indexData, error) {
	if err := verifyChecksum(file, size); err != nil {
		return nil, err
	}
	r := newCheckpointReader(file, size-xxhashSize)
	if magic := r.text(); magic != checkpointMagic {
		return nil, refused("it has another format")
	}
	if build := r.text(); build != o.Build {
		return nil, refused("another program wrote it, or the same with other options")
	}
	var at [2]catalog.LogPosition // the head, and the position of the rows
	epoch := r.text()
	for i := range at {
		at[i] = catalog.LogPosition{Seq: r.int(), Epoch: "", CommitID: r.int(), Floor: r.int()}
	}
	at[0].Epoch = epoch
	d := newIndexData(o, at[0])
	d.rowsAt, d.today = at[1], int32(r.int())
	d.rowsAt.Epoch = epoch
	d.readFrom(r)
	if r.err == nil && r.left > 0 {
		r.fail(errMalformedCheckpoint)
	}
	if r.err != nil {
		return nil, refused("%w", r.err)
	}
	return d, nil
}

// xxhashSize is the size of the checksum in bytes.
const xxhashSize = 8

// verifyChecksum compares the checksum at the end of the file, and rewinds the file.
func verifyChecksum(file io.ReadSeeker, size int64) error {
	if size < xxhashSize {
		return refused("it is too short")
	}
	hash := xxhash.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{hash}, io.LimitReader(file, size-xxhashSize), make([]byte, 1<<18)); err != nil {
		return refused("%w", err)
	}
	sum := make([]byte, xxhashSize)
	if _, err := io.ReadFull(file, sum); err != nil {
		return refused("%w", err)
	}
	if !slices.Equal(sum, hash.Sum(nil)) {
		return refused("its checksum is wrong")
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return refused("%w", err)
	}
	return nil
}

// readFrom reads what follows the header. The reader has the error.
func (d *indexData) readFrom(r *checkpointReader) {
	const minBytesPerSlot = 64 // the columns alone take more
	n := r.count(minBytesPerSlot)
	d.growth(n)()
	ids := readColumn(r, []uint64(nil), 2*n)
	numbers := readColumn(r, []int64(nil), n)
	if r.err != nil {
		return
	}
	for i, number := range numbers {
		d.newSlot(catID{high: ids[2*i], low: ids[2*i+1]}, number)
	}
	c := &d.columns
	c.versions = readColumn(r, c.versions[:0], n)
	c.shelterOf = readColumn(r, c.shelterOf[:0], n)
	c.placeOf = readColumn(r, c.placeOf[:0], n)
	c.listedAt = readColumn(r, c.listedAt[:0], n)
	c.updatedAt = readColumn(r, c.updatedAt[:0], n)
	c.bornOn = readColumn(r, c.bornOn[:0], n)
	c.reportedAge = readColumn(r, c.reportedAge[:0], n)
	c.fees = readColumn(r, c.fees[:0], n)
	unpackScores(c.scores, readColumn(r, []uint16(nil), scoreWords*n))
	if r.err != nil {
		return
	}
	d.readSets(r)
	d.readShelters(r)
	d.readPlaces(r)
	readRecords(r, &c.textArena, c.textRefs)
	readRecords(r, &c.cardArena, c.cardRefs)
	if blob := r.bytes(); r.err == nil {
		r.check(d.terms.ReadFrom(blob))
	}
	if blob := r.bytes(); r.err == nil {
		r.check(d.cards.ReadFrom(blob))
	}
	d.addListedSlots(r)
	d.readPostings(r)
	d.readOrders(r)
}

// scoreWords is the number of numbers that the scores of a cat are packed into.
const scoreWords = 2*(1+numActivities) + 1

func packScores(scores []suitabilityScores) []uint16 {
	out := make([]uint16, 0, scoreWords*len(scores))
	for i := range scores {
		s := &scores[i]
		for k := range 1 + numActivities {
			out = append(out, uint16(s.low[k]), uint16(s.score[k]))
		}
		out = append(out, uint16(s.impressions))
	}
	return out
}

func unpackScores(scores []suitabilityScores, packed []uint16) {
	for i := 0; len(packed) >= scoreWords; i, packed = i+1, packed[scoreWords:] {
		s := &scores[i]
		for k := range 1 + numActivities {
			s.low[k], s.score[k] = fixedPoint(packed[2*k]), fixedPoint(packed[2*k+1])
		}
		s.impressions = impressionRanks(packed[scoreWords-1])
	}
}

// writeSets writes the set of listed cats and those of the values of all fields.
func (d *indexData) writeSets(w *checkpointWriter) {
	d.writeSet(w, &d.live)
	for _, f := range d.sets {
		used := slices.DeleteFunc(slices.Clone(f.values), func(v *value) bool { return v.set.Len() == 0 })
		w.uint(uint64(len(used)))
		for _, v := range used {
			w.text(v.name)
			d.writeSet(w, &v.set)
		}
	}
}

// setWords returns the number of words that the sets of all slots take.
func (d *indexData) setWords() int { return (d.numSlots() + 63) / 64 }

func (d *indexData) writeSet(w *checkpointWriter, set *bitset.Set) {
	words := make([]uint64, d.setWords())
	copy(words, set.Words())
	writeColumn(w, words)
}

func (d *indexData) readSets(r *checkpointReader) {
	d.readSet(r, &d.live)
	for _, f := range d.sets {
		for range r.count(1) {
			d.readSet(r, &f.getOrCreate(r.text()).set)
			if r.err != nil {
				return
			}
		}
	}
}

func (d *indexData) readSet(r *checkpointReader, set *bitset.Set) {
	words := readColumn(r, []uint64(nil), d.setWords())
	if last := len(words) - 1; last >= 0 && d.numSlots()%64 != 0 && words[last]>>(d.numSlots()%64) != 0 {
		r.fail(errMalformedCheckpoint)
		return
	}
	set.Grow(d.blocks())
	set.SetWords(words)
}

// writeShelters writes all shelters by number, each with the restrictions of its cats.
func (d *indexData) writeShelters(w *checkpointWriter) {
	w.uint(uint64(len(d.shelters.all)))
	for _, s := range d.shelters.all {
		row, err := json.Marshal(s.Shelter)
		if err != nil {
			row = nil // texts, numbers and times always encode; reading would fail
		}
		w.bytes(row)
		w.uint(uint64(len(s.restrictions)))
		for _, r := range s.restrictions {
			writeTexts(w, r.Classes)
			writeTexts(w, r.Partners)
			w.uint(uint64(len(r.slots)))
			writeColumn(w, r.slots)
		}
	}
}

func (d *indexData) readShelters(r *checkpointReader) {
	for range r.count(1) {
		var row catalog.Shelter
		if blob := r.bytes(); r.err == nil {
			r.check(json.Unmarshal(blob, &row))
		}
		d.shelters.upsert(row)
		s := d.shelters.all[d.shelters.byID[row.ID]]
		for range r.count(1) {
			own := catalog.Restriction{Classes: readTexts(r), Partners: readTexts(r)}
			for _, slot := range readColumn(r, []uint32(nil), r.count(4)) {
				s.restrictCat(slot, own)
			}
		}
		d.shelters.noteRestriction(d.shelters.byID[row.ID])
		if r.err != nil {
			return
		}
	}
}

func writeTexts(w *checkpointWriter, texts []string) {
	w.uint(uint64(len(texts)))
	for _, t := range texts {
		w.text(t)
	}
}

func readTexts(r *checkpointReader) []string {
	var out []string
	for range r.count(1) {
		out = append(out, r.text())
	}
	return out
}

func (d *indexData) writePlaces(w *checkpointWriter) {
	w.uint(uint64(len(d.places.all)))
	for i := range d.places.all {
		p := d.places.all[i].point
		writeColumn(w, []uint64{math.Float64bits(p.Lat), math.Float64bits(p.Lng)})
	}
}

func (d *indexData) readPlaces(r *checkpointReader) {
	for range r.count(16) {
		p := readColumn(r, make([]uint64, 0, 2), 2)
		if r.err != nil {
			return
		}
		d.places.getOrCreate(geo.Point{Lat: math.Float64frombits(p[0]), Lng: math.Float64frombits(p[1])})
	}
}

func writeRecords(w *checkpointWriter, a *arena.Arena, handles []arena.Handle) {
	for _, h := range handles {
		w.bytes(a.Get(h))
	}
}

func readRecords(r *checkpointReader, a *arena.Arena, handles []arena.Handle) {
	for i := range handles {
		a.Replace(&handles[i], r.bytes())
	}
}

// addListedSlots adds the listed cats to their shelters and places, and all tags to theirs.
func (d *indexData) addListedSlots(r *checkpointReader) {
	for slot := range d.ids {
		if int(d.shelterOf[slot]) >= len(d.shelters.all) || int(d.reportedAge[slot]) > len(vocab.AgeGroups()) {
			r.fail(errMalformedCheckpoint)
		}
	}
	for slot := range d.live.All() {
		if int(d.placeOf[slot]) >= len(d.places.all) {
			r.fail(errMalformedCheckpoint)
		}
		if r.err != nil {
			return
		}
		d.shelters.all[d.shelterOf[slot]].addCat(slot)
		d.places.all[d.placeOf[slot]].addSlot(slot, d.numbers)
		tags, _ := parseText(d.textArena.Get(d.textRefs[slot]))
		d.setTags(slot, nil, tags)
	}
}

func (d *indexData) writePostings(w *checkpointWriter) {
	var encoded []byte
	w.uint(uint64(len(d.stems)))
	for i := range d.stems {
		var err error
		if encoded, err = d.stems[i].AppendTo(encoded[:0]); err != nil {
			encoded = nil // writing to memory does not fail; reading would
		}
		w.bytes(encoded)
	}
}

func (d *indexData) readPostings(r *checkpointReader) {
	d.stems = make([]postings.Adaptive, 0, r.count(1))
	for range cap(d.stems) {
		encoded := r.bytes()
		if r.err != nil {
			return
		}
		list, err := postings.Decode(encoded, d.numSlots())
		r.check(err)
		d.stems = append(d.stems, postings.NewAdaptive(list, d.blocks()))
	}
	d.terms.Sort(0)
}

// writeOrders writes the sorted slots of all orders.
func (d *indexData) writeOrders(w *checkpointWriter) {
	for _, o := range storedOrders() {
		w.uint(uint64(len(d.orders[o])))
		writeColumn(w, d.orders[o])
	}
}

func (d *indexData) readOrders(r *checkpointReader) {
	for _, o := range storedOrders() {
		n := r.count(4)
		slots := readColumn(r, make([]uint32, 0, n+n/32+64), n)
		if slices.ContainsFunc(slots, func(slot uint32) bool { return !d.live.Has(slot) }) {
			r.fail(errMalformedCheckpoint)
		}
		d.orders[o] = slots
	}
}
