package search

import (
	"bytes"
	"encoding/binary"
)

// chunkSize is how much a slab asks for at a time. A record lies in one chunk.
const chunkSize = 1 << 20

// slab keeps many small records without a pointer to each. Records are written
// once; what is dropped leaves a hole until its chunk is swept.
type slab struct {
	chunks [][]byte
	holes  []int // bytes dropped, by chunk
	free   []int // chunks without records
	open   int   // the chunk that is being filled
}

// ref says where in a slab a record lies: the chunk, and the offset within. The
// zero ref is no record.
type ref uint64

func (r ref) chunk() int { return int(r>>32) - 1 }

// put keeps a copy of a record.
func (s *slab) put(record []byte) ref {
	need := len(record) + binary.MaxVarintLen32
	if len(s.chunks) == 0 || cap(s.chunks[s.open])-len(s.chunks[s.open]) < need {
		s.turn(need)
	}
	chunk := s.chunks[s.open]
	at := ref(s.open+1)<<32 | ref(len(chunk))
	chunk = binary.AppendUvarint(chunk, uint64(len(record)))
	s.chunks[s.open] = append(chunk, record...)
	return at
}

// turn opens a chunk with room for need bytes.
func (s *slab) turn(need int) {
	if last := len(s.free) - 1; last >= 0 && need <= chunkSize {
		s.open, s.free = s.free[last], s.free[:last]
		return
	}
	s.chunks = append(s.chunks, make([]byte, 0, max(chunkSize, need)))
	s.holes = append(s.holes, 0)
	s.open = len(s.chunks) - 1
}

// get is the record at r, to read while nobody writes.
func (s *slab) get(r ref) []byte {
	if r == 0 {
		return nil
	}
	tail := s.chunks[r.chunk()][uint32(r):]
	n, size := binary.Uvarint(tail)
	return tail[size : size+int(n)]
}

// drop gives up the record at r.
func (s *slab) drop(r ref) {
	if r != 0 {
		s.holes[r.chunk()] += len(s.get(r)) + 1
	}
}

// replace makes r lead to a record, or nowhere if the record is empty.
func (s *slab) replace(r *ref, record []byte) {
	if bytes.Equal(s.get(*r), record) {
		return
	}
	s.drop(*r)
	*r = 0
	if len(record) > 0 {
		*r = s.put(record)
	}
}

// wasteful is a full chunk that is mostly holes, or -1.
func (s *slab) wasteful() int {
	for c, holes := range s.holes {
		if c != s.open && holes > len(s.chunks[c])/2 {
			return c
		}
	}
	return -1
}

// sweep moves what is left of a chunk elsewhere and frees it. Refs are all that
// lead into the slab.
func (s *slab) sweep(chunk int, refs []ref) {
	for i, r := range refs {
		if r.chunk() == chunk {
			refs[i] = s.put(s.get(r))
		}
	}
	s.holes[chunk] = 0
	if cap(s.chunks[chunk]) > chunkSize {
		s.chunks[chunk] = nil // it was made for one long record
	} else {
		s.chunks[chunk] = s.chunks[chunk][:0]
		s.free = append(s.free, chunk)
	}
}
