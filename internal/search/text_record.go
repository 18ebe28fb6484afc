package search

import (
	"encoding/binary"
	"slices"

	"trailcat/internal/search/analysis"
	"trailcat/internal/search/postings"
)

// A text record is what the index stores of a cat's text: the folded name, the
// folded tags, and the encoded stems of all fields in order.

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

// cutField splits off a field that starts with its length.
func cutField(record []byte) (field, rest []byte) {
	n, size := binary.Uvarint(record)
	return record[size : size+int(n)], record[size+int(n):]
}

// name returns the folded name of a listed cat. It is valid until the arena changes.
func (c *columns) name(slot uint32) []byte {
	if c.textRefs[slot] == 0 {
		return nil
	}
	name, _ := cutField(c.textArena.Get(c.textRefs[slot]))
	return name
}

// parseText returns the tags and stems of a text record.
func parseText(record []byte) (tags [][]byte, stems []byte) {
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

// epochMarks marks stems and can clear all marks at once.
type epochMarks struct {
	marks []uint32 // by stem
	epoch uint32
}

// begin clears all marks and makes room for numStems stems. Two kinds of marks can
// then be told apart: epoch and epoch-1.
func (m *epochMarks) begin(numStems int) {
	if numStems > len(m.marks) {
		m.marks = slices.Grow(m.marks, numStems-len(m.marks)+1024)
		m.marks = m.marks[:cap(m.marks)]
	}
	m.epoch += 2
	if m.epoch < 2 { // overflow
		clear(m.marks)
		m.epoch = 2
	}
}

// setTags updates the postings of a slot's tags.
func (d *indexData) setTags(slot uint32, before, after [][]byte) {
	for _, tag := range before {
		if p := d.tags[string(tag)]; p != nil {
			p.Remove(slot)
		}
	}
	for _, tag := range after {
		p := d.tags[string(tag)]
		if p == nil {
			p = &postings.Adaptive{}
			d.tags[string(tag)] = p
		}
		p.Add(slot, d.blocks())
	}
}

// compareStems returns the stems that only one of two texts has.
func (d *indexData) compareStems(before, after []byte) (lost, gained []uint32) {
	d.seen.begin(d.terms.NumStems())
	inBefore, done := d.seen.epoch-1, d.seen.epoch
	for stem := range analysis.Stems(before) {
		d.seen.marks[stem] = inBefore
	}
	for stem := range analysis.Stems(after) {
		if d.seen.marks[stem] < inBefore {
			gained = append(gained, stem)
		}
		d.seen.marks[stem] = done
	}
	for stem := range analysis.Stems(before) {
		if d.seen.marks[stem] == inBefore {
			lost = append(lost, stem)
			d.seen.marks[stem] = done
		}
	}
	return lost, gained
}
