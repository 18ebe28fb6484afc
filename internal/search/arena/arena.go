// Package arena stores many small byte records without a pointer to each, so
// that the garbage collector need not scan them. It depends on no other package
// of this module and does not know what the records hold.
package arena

import (
	"bytes"
	"encoding/binary"
)

// chunkSize is the size of an allocation in bytes. A record never spans chunks.
const chunkSize = 1 << 20

// Arena stores records. A record is written once and never overwritten; a freed record
// leaves a hole until its chunk is compacted and left to the garbage collector. The zero
// value is an empty arena. An Arena is not safe for concurrent use while it changes.
type Arena struct {
	chunks     [][]byte
	holes      []int // freed bytes, by chunk
	freeChunks []int // chunks without memory
	open       int   // the chunk that is being filled
}

// Handle identifies a record: its chunk, and the offset within. The zero Handle
// refers to no record.
type Handle uint64

func (h Handle) chunk() int { return int(h>>32) - 1 }

// Put stores a copy of a record.
func (a *Arena) Put(record []byte) Handle {
	need := len(record) + binary.MaxVarintLen32
	if len(a.chunks) == 0 || cap(a.chunks[a.open])-len(a.chunks[a.open]) < need {
		a.openChunk(need)
	}
	chunk := a.chunks[a.open]
	h := Handle(a.open+1)<<32 | Handle(len(chunk))
	chunk = binary.AppendUvarint(chunk, uint64(len(record)))
	a.chunks[a.open] = append(chunk, record...)
	return h
}

// openChunk opens a chunk with room for need bytes.
func (a *Arena) openChunk(need int) {
	if last := len(a.freeChunks) - 1; last >= 0 {
		a.open, a.freeChunks = a.freeChunks[last], a.freeChunks[:last]
	} else {
		a.open, a.chunks, a.holes = len(a.chunks), append(a.chunks, nil), append(a.holes, 0)
	}
	a.chunks[a.open] = make([]byte, 0, max(chunkSize, need))
}

// Get returns the record, or nil for the zero Handle. The handle is valid until the arena
// changes, the record for ever; the caller must not change it.
func (a *Arena) Get(h Handle) []byte {
	if h == 0 {
		return nil
	}
	tail := a.chunks[h.chunk()][uint32(h):]
	n, size := binary.Uvarint(tail)
	return tail[size : size+int(n)]
}

// Chunks returns the memory of the records.
func (a *Arena) Chunks() [][]byte { return a.chunks }

// Free gives up a record.
func (a *Arena) Free(h Handle) {
	if h != 0 {
		a.holes[h.chunk()] += len(a.Get(h)) + 1
	}
}

// Replace makes *h refer to a copy of record, or to none if record is empty.
func (a *Arena) Replace(h *Handle, record []byte) {
	if bytes.Equal(a.Get(*h), record) {
		return
	}
	a.Free(*h)
	*h = 0
	if len(record) > 0 {
		*h = a.Put(record)
	}
}

// Compaction frees a chunk by moving its records elsewhere, in steps. The arena may be read
// between them, but must not change in other ways until the last.
type Compaction struct {
	arena   *Arena
	chunk   int
	handles []Handle
	left    []int // indexes of the handles of records to move
}

// Compaction returns the compaction of a chunk that is more than half holes, or nil if there
// is none. handles must be all handles of live records; those of moved records are updated.
// It changes nothing yet.
func (a *Arena) Compaction(handles []Handle) *Compaction {
	chunk := a.fragmentedChunk()
	if chunk < 0 {
		return nil
	}
	c := &Compaction{arena: a, chunk: chunk, handles: handles}
	for i, h := range handles {
		if h.chunk() == chunk {
			c.left = append(c.left, i)
		}
	}
	return c
}

// Move moves up to n records. It reports whether these were the last, so that the chunk is
// free.
func (c *Compaction) Move(n int) (done bool) {
	n = min(n, len(c.left))
	for _, i := range c.left[:n] {
		c.handles[i] = c.arena.Put(c.arena.Get(c.handles[i]))
	}
	if c.left = c.left[n:]; len(c.left) > 0 {
		return false
	}
	c.arena.release(c.chunk)
	return true
}

// fragmentedChunk returns a full chunk that is more than half holes, or -1.
func (a *Arena) fragmentedChunk() int {
	for c, holes := range a.holes {
		if c != a.open && holes > len(a.chunks[c])/2 {
			return c
		}
	}
	return -1
}

// release frees the memory of a chunk without records.
func (a *Arena) release(chunk int) {
	a.holes[chunk] = 0
	a.chunks[chunk] = nil // readers may still have its records
	a.freeChunks = append(a.freeChunks, chunk)
}
