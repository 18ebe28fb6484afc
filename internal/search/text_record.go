package search

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"
)

// A text record is what the index keeps of a cat's words: the folded name, the
// folded tags, and the stems of all its fields in order.

func appendTextRecord(dst []byte, name string, tags []string, stems []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(name)))
	dst = append(dst, name...)
	dst = binary.AppendUvarint(dst, uint64(len(tags)))
	for _, tag := range tags {
		dst = binary.AppendUvarint(dst, uint64(len(tag)))
		dst = append(dst, tag...)
	}
	return append(dst, stems...)
}

// cutField cuts off a field that begins with its length.
func cutField(record []byte) (field, rest []byte) {
	n, size := binary.Uvarint(record)
	return record[size : size+int(n)], record[size+int(n):]
}

// name is the folded name of a listed cat, good until the slab changes.
func (c *columns) name(slot uint32) []byte {
	if c.texts[slot] == 0 {
		return nil
	}
	name, _ := cutField(c.textSlab.get(c.texts[slot]))
	return name
}

// textOf takes a text record apart.
func textOf(record []byte) (tags [][]byte, stems []byte) {
	if len(record) == 0 {
		return nil, nil
	}
	_, rest := cutField(record)
	n, size := binary.Uvarint(rest)
	rest = rest[size:]
	for range n {
		var tag []byte
		tag, rest = cutField(rest)
		tags = append(tags, tag)
	}
	return tags, rest
}

// stemsIn goes through the stems of a text record, without the gaps.
func stemsIn(stems []byte) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for len(stems) > 0 {
			stem, size := uint64(stems[0]), 1
			switch {
			case stem < 0x80: // most are one byte or two
			case len(stems) > 1 && stems[1] < 0x80:
				stem, size = stem&0x7f|uint64(stems[1])<<7, 2
			default:
				stem, size = binary.Uvarint(stems)
			}
			stems = stems[size:]
			if stem != 0 && !yield(uint32(stem)) {
				return
			}
		}
	}
}

// containsPhrase says that the stems of a phrase follow each other in a text. A number's
// last byte is below 0x80 and no other is, so a match of the bytes is a match of
// the numbers where the byte before it ends a number.
func containsPhrase(stems, phrase []byte) bool {
	for at := 0; ; {
		i := bytes.Index(stems[at:], phrase)
		if i < 0 {
			return false
		}
		if at += i; at == 0 || stems[at-1] < 0x80 {
			return true
		}
		at++
	}
}

// epochMarks tells which stems were seen, forgetting all at once.
type epochMarks struct {
	at   []uint32
	tick uint32
}

// begin forgets; from then on there are so many stems. It leaves two kinds of
// mark: tick and tick-1.
func (m *epochMarks) begin(stems int) {
	if stems > len(m.at) {
		m.at = slices.Grow(m.at, stems-len(m.at)+1024)
		m.at = m.at[:cap(m.at)]
	}
	m.tick += 2
	if m.tick < 2 { // after four billion texts it begins anew
		clear(m.at)
		m.tick = 2
	}
}

// setWords makes the words and tags of a slot those of a record, in place of
// those of the record that it has; an empty record has none.
func (st *indexData) setWords(slot uint32, record []byte) {
	old := st.textSlab.get(st.texts[slot])
	if bytes.Equal(old, record) {
		return
	}
	oldTags, oldStems := textOf(old)
	newTags, newStems := textOf(record)
	st.setTags(slot, oldTags, newTags)
	st.setStems(slot, oldStems, newStems)
}

func (st *indexData) setTags(slot uint32, old, now [][]byte) {
	for _, tag := range old {
		if p := st.tags[string(tag)]; p != nil {
			p.remove(slot)
		}
	}
	for _, tag := range now {
		p := st.tags[string(tag)]
		if p == nil {
			p = &tagPostings{}
			st.tags[string(tag)] = p
		}
		p.add(slot, st.blocks())
	}
}

// setStems touches only the postings of stems that came or went.
func (st *indexData) setStems(slot uint32, old, now []byte) {
	most := uint32(0)
	for stem := range stemsIn(now) {
		most = max(most, stem)
	}
	for len(st.stems) <= int(most) {
		st.stems = append(st.stems, postings{})
	}
	st.seen.begin(len(st.stems))
	kept, wanted := st.seen.tick-1, st.seen.tick
	for stem := range stemsIn(old) {
		st.seen.at[stem] = kept
	}
	for stem := range stemsIn(now) {
		if st.seen.at[stem] < kept {
			st.stems[stem].add(slot)
		}
		st.seen.at[stem] = wanted
	}
	for stem := range stemsIn(old) {
		if st.seen.at[stem] == kept {
			st.stems[stem].remove(slot)
			st.seen.at[stem] = wanted
		}
	}
}
