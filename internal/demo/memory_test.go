package demo_test

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"sync"
	"time"

	"trailcat/internal/catalog"
)

var errKilled = errors.New("killed")

// memory is a store in memory that can fail after a number of writes.
type memory struct {
	writing  sync.Mutex
	shelters map[string]catalog.Shelter // by external ID
	cats     map[string]catalog.Cat     // by shelter and external ID
	numbers  map[string]int64
	changes  int
	writes   int
	killAt   int // the write that fails, from 1; 0 for none
}

// memoryTx is a transaction of a memory.
type memoryTx struct {
	unimplemented

	*memory
}

// unimplemented panics on the methods that the demo does not use.
type unimplemented struct{ catalog.CatTx }

func (memoryTx) Audit(context.Context, ...catalog.AuditEntry) error { return nil }

func (m *memory) tx() catalog.Tx {
	tx := memoryTx{unimplemented: unimplemented{CatTx: nil}, memory: m}
	return catalog.Tx{Cats: tx, Photos: noPhotos{}, Shelters: tx, Log: tx}
}

func newMemory() *memory {
	return &memory{shelters: map[string]catalog.Shelter{}, cats: map[string]catalog.Cat{}, numbers: map[string]int64{}}
}

// newCatalog returns the real catalog over a memory, at a fixed time.
func newCatalog(m *memory, now time.Time) *catalog.Catalog {
	return catalog.New(m, func() time.Time { return now }, func() (id [16]byte) {
		m.numbers["id"]++
		binary.BigEndian.PutUint64(id[8:], uint64(m.numbers["id"]))
		return id
	})
}

func (m *memory) Write(ctx context.Context, fn func(catalog.Tx) error) error {
	m.writing.Lock()
	defer m.writing.Unlock()
	if m.writes++; m.writes == m.killAt {
		return errKilled
	}
	return errors.Join(ctx.Err(), fn(m.tx()))
}

// WriteCat performs a write in a transaction of its own.
func (m *memory) WriteCat(ctx context.Context, w *catalog.CatWrite, perform catalog.PerformCatWrites) error {
	return m.Write(ctx, func(tx catalog.Tx) error {
		_, err := perform(ctx, tx, []*catalog.CatWrite{w}, true)
		return err
	})
}

func (m *memory) Shelter(_ context.Context, id string) (catalog.Shelter, error) {
	for _, s := range m.shelters {
		if s.ID == id {
			return s, nil
		}
	}
	return catalog.Shelter{}, catalog.NotFoundError("shelter", id)
}

func (m *memory) ShelterUsage(ctx context.Context, id string) (catalog.Shelter, catalog.CatUsage, error) {
	s, err := m.Shelter(ctx, id)
	return s, catalog.CatUsage{}, err
}

func (m *memory) ShelterByExternalID(_ context.Context, id string) (catalog.Shelter, error) {
	if s, ok := m.shelters[id]; ok {
		return s, nil
	}
	return catalog.Shelter{}, catalog.NotFoundError("shelter", id)
}

func (m *memory) CatsByExternalID(_ context.Context, shelterID string, ids []string) (map[string]catalog.Cat, error) {
	found := map[string]catalog.Cat{}
	for _, id := range ids {
		if cat, ok := m.cats[shelterID+" "+id]; ok {
			found[id] = cat
		}
	}
	return found, nil
}

func (m *memory) NextNumbers(_ context.Context, counter string, n int) (int64, error) {
	m.numbers[counter] += int64(n)
	return m.numbers[counter] - int64(n) + 1, nil
}

func (m *memory) SaveCats(_ context.Context, created, changed []catalog.Cat) error {
	for _, cat := range append(created, changed...) {
		m.cats[cat.ShelterID+" "+cat.ExternalID] = cat
	}
	return nil
}

func (m *memory) SaveShelter(_ context.Context, s catalog.Shelter) error {
	m.shelters[s.ExternalID] = s
	return nil
}

func (m *memory) MarkSeen(context.Context, []string, time.Time) error { return nil }

func (m *memory) Append(_ context.Context, changes []catalog.Change) (before, after catalog.LogPosition, err error) {
	m.changes += len(changes)
	return before, catalog.LogPosition{Seq: int64(m.changes)}, nil
}

// facts returns the facts of every cat.
func (m *memory) facts() map[string]catalog.Facts {
	out := map[string]catalog.Facts{}
	for id, cat := range maps.All(m.cats) {
		out[id] = cat.Facts
	}
	return out
}

// noPhotos is a transaction in which no photo is kept. Methods that are not used are nil.
type noPhotos struct{ catalog.PhotoTx }

func (noPhotos) QueuePhotoSources(context.Context, []string, time.Time) ([]catalog.PhotoSource, error) {
	return nil, nil
}

func (noPhotos) SavePhotoUses(context.Context, []catalog.Cat) error { return nil }
