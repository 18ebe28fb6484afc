package ingest_test

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"trailcat/internal/catalog"
)

// now is the time of every import in these tests.
var now = time.Date(2026, 5, 20, 9, 30, 0, 0, time.UTC)

const shelterID = "shl_test"

// memory is an in-memory store of one shelter.
type memory struct {
	mu       sync.Mutex
	cats     map[string]catalog.Cat       // by external ID
	evidence map[string]catalog.Evidence  // by ID
	kept     map[string]catalog.KeptPhoto // by hash
	next     int64
	log      []catalog.Change
}

// newCatalog returns the real catalog over an empty memory.
func newCatalog() (*catalog.Catalog, *memory) {
	m := &memory{cats: map[string]catalog.Cat{}, evidence: map[string]catalog.Evidence{}, kept: map[string]catalog.KeptPhoto{}}
	var created uint64
	newUUID := func() (id [16]byte) {
		created++
		binary.BigEndian.PutUint64(id[8:], created)
		return id
	}
	return catalog.New(m, func() time.Time { return now }, newUUID), m
}

// Write discards the changes of a failed fn, as a database does.
func (m *memory) Write(_ context.Context, fn func(catalog.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	tx := &memoryTx{memory: m, saved: map[string]catalog.Cat{}}
	if err := fn(catalog.Tx{Cats: tx, Photos: photosTx{kept: m.kept}, Shelters: tx, Log: tx, Evidence: tx}); err != nil {
		return err
	}
	maps.Copy(m.cats, tx.saved)
	m.log = append(m.log, tx.changes...)
	return nil
}

// WriteCat performs a write in a transaction of its own.
func (m *memory) WriteCat(ctx context.Context, w *catalog.CatWrite, perform catalog.PerformCatWrites) error {
	return m.Write(ctx, func(tx catalog.Tx) error {
		_, err := perform(ctx, tx, []*catalog.CatWrite{w}, true)
		return err
	})
}

func (m *memory) cat(t *testing.T, externalID string) catalog.Cat {
	t.Helper()
	cat, ok := m.cats[externalID]
	if !ok {
		t.Fatalf("got no cat %s, want one", externalID)
	}
	return cat
}

type memoryTx struct {
	catalog.CatTx // methods that imports do not use are nil

	*memory

	saved   map[string]catalog.Cat
	changes []catalog.Change
}

func (tx *memoryTx) Shelter(_ context.Context, id string) (catalog.Shelter, error) {
	if id != shelterID {
		return catalog.Shelter{}, catalog.NotFoundError("shelter", id)
	}
	return catalog.Shelter{ID: id}, nil
}

func (tx *memoryTx) ShelterUsage(ctx context.Context, id string) (catalog.Shelter, catalog.CatUsage, error) {
	s, err := tx.Shelter(ctx, id)
	return s, catalog.CatUsage{}, err
}

func (tx *memoryTx) ShelterByExternalID(_ context.Context, id string) (catalog.Shelter, error) {
	return catalog.Shelter{}, catalog.NotFoundError("shelter", id)
}

func (tx *memoryTx) CatsByExternalID(_ context.Context, _ string, ids []string) (map[string]catalog.Cat, error) {
	found := map[string]catalog.Cat{}
	for _, id := range ids {
		if cat, ok := tx.cats[id]; ok {
			found[id] = cat
		}
	}
	return found, nil
}

func (tx *memoryTx) NextNumbers(_ context.Context, _ string, n int) (int64, error) {
	first := tx.next + 1
	tx.next += int64(n)
	return first, nil
}

func (tx *memoryTx) SaveCats(_ context.Context, created, changed []catalog.Cat) error {
	for _, cat := range append(created, changed...) {
		tx.saved[cat.ExternalID] = cat
	}
	return nil
}

func (tx *memoryTx) SaveShelter(context.Context, catalog.Shelter) error {
	return errors.New("no test saves a shelter")
}

func (tx *memoryTx) MarkSeen(context.Context, []string, time.Time) error { return nil }

func (tx *memoryTx) Append(_ context.Context, changes []catalog.Change) (before, after catalog.LogPosition, err error) {
	tx.changes = append(tx.changes, changes...)
	return before, catalog.LogPosition{Seq: int64(len(tx.log) + len(tx.changes))}, nil
}

func (tx *memoryTx) Audit(context.Context, ...catalog.AuditEntry) error { return nil }

// statuses returns the statuses of the cats by external ID.
func (m *memory) statuses() map[string]catalog.Status {
	out := map[string]catalog.Status{}
	for id, cat := range m.cats {
		out[id] = cat.Status
	}
	return out
}

func (tx *memoryTx) Evidence(_ context.Context, catIDs []string) (map[string]catalog.Evidence, error) {
	out := map[string]catalog.Evidence{}
	for _, id := range catIDs {
		if e, ok := tx.evidence[id]; ok {
			out[id] = e
		}
	}
	return out, nil
}

func (tx *memoryTx) SaveAssessments(_ context.Context, all []catalog.Assessment) error {
	for _, a := range all {
		e := tx.evidence[a.CatID]
		e.Assessments = append(slices.DeleteFunc(slices.Clone(e.Assessments), func(known catalog.Assessment) bool { return known.ID == a.ID }), a)
		tx.evidence[a.CatID] = e
	}
	return nil
}

func (tx *memoryTx) SaveHealth(ctx context.Context, items []catalog.HealthItem) error {
	_ = tx.DeleteHealth(ctx, items) // returns no error
	for _, h := range items {
		e := tx.evidence[h.CatID]
		e.Health = append(e.Health, h)
		tx.evidence[h.CatID] = e
	}
	return nil
}

func (tx *memoryTx) DeleteHealth(_ context.Context, items []catalog.HealthItem) error {
	for _, h := range items {
		e := tx.evidence[h.CatID]
		e.Health = slices.DeleteFunc(slices.Clone(e.Health), func(known catalog.HealthItem) bool { return known.Code == h.Code })
		tx.evidence[h.CatID] = e
	}
	return nil
}

// photosTx has the kept photos of a memory. Methods that imports do not use are nil.
type photosTx struct {
	catalog.PhotoTx

	kept map[string]catalog.KeptPhoto
}

func (tx photosTx) KeptPhotos(context.Context, []string) (map[string]catalog.KeptPhoto, error) {
	return tx.kept, nil
}

func (photosTx) QueuePhotoSources(context.Context, []string, time.Time) ([]catalog.PhotoSource, error) {
	return nil, nil
}

func (photosTx) SavePhotoUses(context.Context, []catalog.Cat) error { return nil }
