package search

import (
	"bytes"
	"encoding/binary"
)

// chunkSize is how much a slab asks for at a time. A record lies in one chunk.
const chunkSize = 1 << 20

// arena keeps many small records without a pointer to each. Records are written
// once; what is dropped leaves a hole until its chunk is swept.
type arena struct {
	chunks     [][]byte
	holes      []int // bytes dropped, by chunk
	freeChunks []int // chunks without records
	open       int   // the chunk that is being filled
}

// handle says where in a slab a record lies: the chunk, and the offset within. The
// zero ref is no record.
type handle uint64

func (r handle) chunk() int { return int(r>>32) - 1 }

// put keeps a copy of a record.
func (s *arena) put(record []byte) handle {
	need := len(record) + binary.MaxVarintLen32
	if len(s.chunks) == 0 || cap(s.chunks[s.open])-len(s.chunks[s.open]) < need {
		s.openChunk(need)
	}
	chunk := s.chunks[s.open]
	at := handle(s.open+1)<<32 | handle(len(chunk))
	chunk = binary.AppendUvarint(chunk, uint64(len(record)))
	s.chunks[s.open] = append(chunk, record...)
	return at
}

// openChunk opens a chunk with room for need bytes.
func (s *arena) openChunk(need int) {
	if last := len(s.freeChunks) - 1; last >= 0 && need <= chunkSize {
		s.open, s.freeChunks = s.freeChunks[last], s.freeChunks[:last]
		return
	}
	s.chunks = append(s.chunks, make([]byte, 0, max(chunkSize, need)))
	s.holes = append(s.holes, 0)
	s.open = len(s.chunks) - 1
}

// get is the record at r, to read while nobody writes.
func (s *arena) get(r handle) []byte {
	if r == 0 {
		return nil
	}
	tail := s.chunks[r.chunk()][uint32(r):]
	n, size := binary.Uvarint(tail)
	return tail[size : size+int(n)]
}

// free gives up the record at r.
func (s *arena) free(r handle) {
	if r != 0 {
		s.holes[r.chunk()] += len(s.get(r)) + 1
	}
}

// replace makes r lead to a record, or nowhere if the record is empty.
func (s *arena) replace(r *handle, record []byte) {
	if bytes.Equal(s.get(*r), record) {
		return
	}
	s.free(*r)
	*r = 0
	if len(record) > 0 {
		*r = s.put(record)
	}
}

// fragmentedChunk is a full chunk that is mostly holes, or -1.
func (s *arena) fragmentedChunk() int {
	for c, holes := range s.holes {
		if c != s.open && holes > len(s.chunks[c])/2 {
			return c
		}
	}
	return -1
}

// compactChunk moves what is left of a chunk elsewhere and frees it. Refs are all that
// lead into the slab.
func (s *arena) compactChunk(chunk int, refs []handle) {
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
		s.freeChunks = append(s.freeChunks, chunk)
	}
}
