package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// fakeSource is a Source in memory with a log.
type fakeSource struct {
	mu       sync.Mutex
	head     catalog.LogPosition
	shelters []catalog.Shelter
	cats     []catalog.Cat // by number, from 1
	log      []catalog.Change
	commits  int64 // of transactions, also of those that were lost
	down     bool
	catsRead int // rows
}

var errDown = errors.New("the source is unavailable")

// available returns errDown while the source is down.
func (f *fakeSource) available() error {
	if f.down {
		return errDown
	}
	return nil
}

func (f *fakeSource) Head(context.Context) (catalog.LogPosition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head, f.available()
}

// HeadSince returns the head with the epoch "set back" if the log does not contain one of
// the positions.
func (f *fakeSource) HeadSince(_ context.Context, known catalog.LogPosition, read ...catalog.LogPosition) (catalog.LogPosition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, at := range append(read, known) {
		if n := at.Seq; known.Epoch == f.head.Epoch && n > 0 && (n > f.head.Seq || f.log[n-1].CommitID != at.CommitID) {
			f.head.Epoch = "set back"
		}
	}
	return f.head, f.available()
}

// rowsAt returns the position at which rows are read.
func (f *fakeSource) rowsAt() catalog.LogPosition {
	return catalog.LogPosition{Seq: f.head.Seq, CommitID: f.head.CommitID}
}

func (f *fakeSource) Shelters(context.Context) ([]catalog.Shelter, catalog.LogPosition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.shelters), f.rowsAt(), f.available()
}

func (f *fakeSource) SheltersByID(_ context.Context, ids []string) ([]catalog.Shelter, catalog.LogPosition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []catalog.Shelter
	for _, s := range f.shelters {
		if slices.Contains(ids, s.ID) {
			out = append(out, s)
		}
	}
	return out, f.rowsAt(), f.available()
}

func (f *fakeSource) ScanCats(_ context.Context, each func([]catalog.Cat, catalog.LogPosition) error) error {
	f.mu.Lock()
	cats, at := slices.Clone(f.cats), f.rowsAt()
	f.mu.Unlock()
	var work sync.WaitGroup
	errs := make([]error, 2)
	for half := range 2 {
		work.Go(func() {
			batches := cats[half*len(cats)/2 : (half+1)*len(cats)/2]
			for batch := range slices.Chunk(batches, 500) {
				if errs[half] = each(batch, at); errs[half] != nil {
					return
				}
			}
		})
	}
	work.Wait()
	return errors.Join(errs...)
}

func (f *fakeSource) CatsWithPosition(_ context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []catalog.Cat
	for _, id := range ids {
		parsed, _ := parseCatID(id)
		if n := parsed.low; 0 < n && n <= uint64(len(f.cats)) {
			out = append(out, f.cats[n-1])
			f.catsRead++
		}
	}
	return out, f.rowsAt(), f.available()
}

func (f *fakeSource) Changes(_ context.Context, after int64, limit int) ([]catalog.Change, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	from := min(int(after), len(f.log))
	return slices.Clone(f.log[from:min(from+limit, len(f.log))]), f.available()
}

// appendLog appends an entry to the log.
func (f *fakeSource) appendLog(op catalog.Op, resource catalog.Resource, id string, version int64) {
	f.head.Seq++
	f.commits++
	f.head.CommitID = f.commits
	f.log = append(f.log, catalog.Change{Seq: f.head.Seq, CommitID: f.commits, Op: op, Resource: resource, ResourceID: id, Version: version})
}

// addShelter adds a shelter and sets its id, code and version.
func (f *fakeSource) addShelter(s catalog.Shelter) catalog.Shelter {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.shelters) + 1
	s.ID, s.Code, s.Version = catalog.NewID(catalog.ShelterPrefix, uuid(n)), fmt.Sprintf("MD%d", n), 1
	f.shelters = append(f.shelters, s)
	f.appendLog(catalog.Created, catalog.ShelterResource, s.ID, 1)
	return s
}

// addCat adds a cat and sets its id, number and version.
func (f *fakeSource) addCat(c catalog.Cat) catalog.Cat {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.cats) + 1
	c.ID, c.Number, c.Version = catalog.NewID(catalog.CatPrefix, uuid(n)), int64(n), 1
	if c.Status == "" {
		c.Status = catalog.Available
	}
	if c.Sex == "" {
		c.Sex = vocab.SexUnknown
	}
	f.cats = append(f.cats, c)
	f.appendLog(catalog.Created, catalog.CatResource, c.ID, 1)
	return c
}

// editCat edits the cat with a number, from 1.
func (f *fakeSource) editCat(number int, edit func(c *catalog.Cat)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &f.cats[number-1]
	edit(c)
	c.Version++
	f.appendLog(catalog.Updated, catalog.CatResource, c.ID, c.Version)
}

// editShelter edits the shelter with a number, from 1.
func (f *fakeSource) editShelter(number int, edit func(s *catalog.Shelter)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &f.shelters[number-1]
	edit(s)
	s.Version++
	f.appendLog(catalog.Updated, catalog.ShelterResource, s.ID, s.Version)
}

func uuid(n int) (u [16]byte) {
	for i := range 8 {
		u[15-i] = byte(n >> (8 * i))
	}
	return u
}

// today is the current time of all tests.
var today = time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)

func testOptions() Options {
	return Options{
		Card: func(c catalog.Cat) []byte {
			return fmt.Appendf(nil, `{"id":%q,"name":%q,"status":%q,"version":%d}`, c.ID, c.Name, c.Status, c.Version)
		},
		PostalPoint: func(code, country string) (geo.Point, bool) {
			p, ok := map[string]geo.Point{"US 20850": {Lat: 39.08, Lng: -77.15}}[country+" "+code]
			return p, ok
		},
		Now: func() time.Time { return today },
	}
}
