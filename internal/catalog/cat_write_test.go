package catalog_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestPutCat_ConcurrentWritesAreSerial performs random writes of a few cats at once, from
// two nodes, and checks that the cats and the log are as if they had been performed one
// after the other in the order of the log, and that a write that failed left nothing.
func TestPutCat_ConcurrentWritesAreSerial(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		nodes := []*fixture{newFixture(t, storetest.Open(t, url)), newFixture(t, storetest.Open(t, url))}
		var ids atomic.Uint64
		nodes[1].Catalog = nodes[1].WithUUIDs(func() (id [16]byte) {
			id[0] = 1 // unlike those of the first node
			binary.BigEndian.PutUint64(id[8:], ids.Add(1))
			return id
		})
		if _, _, err := nodes[0].WithUUIDs(takenID).PutCat(t.Context(), nodes[0].shelter.ID, edit("taken", named("Taken")), catalog.Precondition{}); err != nil {
			t.Fatal(err)
		}
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			w := concurrentWrites{nodes: nodes, round: round, shelters: []string{nodes[0].shelter.ID, newShelter(t, nodes[0], fmt.Sprint("second ", round)), "unknown"}}
			before := head(t, nodes[0].store)
			planned := rapid.SliceOfN(rapid.Custom(drawWrite), 1, 24).Draw(rt, "writes")
			ops := make([]concurrentWrite, len(planned))
			var all sync.WaitGroup
			for i := range ops {
				ops[i] = concurrentWrite{plannedWrite: planned[i], token: fmt.Sprintf("<%d>", i)}
				all.Go(func() { w.perform(t.Context(), &ops[i]) })
			}
			all.Wait()
			w.check(t, rt, ops, nodes[0].log(t, before))
			w.checkAudit(t, rt, ops)
		})
	})
}

// newShelter returns the ID of a new shelter.
func newShelter(t *testing.T, fx *fixture, externalID string) string {
	t.Helper()
	shelter, _, err := fx.PutShelter(t.Context(), onePlace{}, externalID, catalog.Profile{Name: externalID, Address: catalog.Address{PostalCode: "20855", Country: "us"}})
	if err != nil {
		t.Fatal(err)
	}
	return shelter.ID
}

type plannedWrite struct {
	Node, Shelter, Cat int
	Kind               string
	Version            int64
}

// concurrentWrite is a write that appends a token to the description of a cat, and its
// result.
type concurrentWrite struct {
	plannedWrite

	token  string
	cat    catalog.Cat
	result catalog.Result
	err    error
	panics any
}

func drawWrite(t *rapid.T) plannedWrite {
	return plannedWrite{
		Node: rapid.IntRange(0, 1).Draw(t, "node"), Shelter: rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2}).Draw(t, "shelter"), Cat: rapid.IntRange(0, 3).Draw(t, "cat"),
		Kind:    rapid.SampledFrom([]string{"valid", "valid", "valid", "version", "absent", "invalid", "panic", "cancelled", "not owned", "dry run", "taken id"}).Draw(t, "kind"),
		Version: rapid.Int64Range(1, 3).Draw(t, "version"),
	}
}

type concurrentWrites struct {
	nodes    []*fixture
	shelters []string
	round    int
}

// takenID returns the id of a cat that exists, so that the database refuses a new one.
func takenID() [16]byte { return [16]byte{9} }

var errNotOwned = errors.New("not owned")

func (w concurrentWrites) perform(ctx context.Context, op *concurrentWrite) {
	defer func() { op.panics = recover() }()
	c := w.nodes[op.Node].WithActor(catalog.Actor{RequestID: w.requestID(op)}).WithRater(rateByDescription)
	var precondition catalog.Precondition
	edit := func(f *catalog.Facts) { f.Name, f.Description = "Ada", f.Description+op.token }
	switch op.Kind {
	case "version":
		precondition.Version = op.Version
	case "absent":
		precondition.Absent = true
	case "invalid":
		edit = func(f *catalog.Facts) { f.Name, f.Description = "", f.Description+op.token }
	case "panic":
		edit = func(*catalog.Facts) { panic("edit of " + op.token) }
	case "cancelled":
		cancelled, cancel := context.WithCancel(ctx)
		ctx = cancelled
		cancel()
	case "not owned":
		c = c.WithOwnerCheck(func(catalog.Shelter) error { return errNotOwned })
	case "dry run":
		c = c.DryRun()
	case "taken id":
		c = c.WithUUIDs(takenID)
	}
	op.cat, op.result, op.err = c.PutCat(ctx, w.shelters[op.Shelter], catalog.CatUpdate{ExternalID: w.externalID(op), Source: "api", Edit: edit}, precondition)
}

func (w concurrentWrites) externalID(op *concurrentWrite) string {
	return fmt.Sprintf("%d-%d", w.round, op.Cat)
}

func (w concurrentWrites) requestID(op *concurrentWrite) string {
	return fmt.Sprintf("%d %s", w.round, op.token)
}

// rateByDescription rates a cat by the length of its description.
func rateByDescription(cat catalog.Cat, _ []catalog.Assessment, _ []catalog.HealthItem, on time.Time) (catalog.Rating, catalog.ListingReading) {
	return catalog.Rating{Rubric: "length", On: on, Overall: new(float64(len(cat.Description)))}, catalog.ListingReading{}
}

// check compares the results of the writes and the cats with the log.
func (w concurrentWrites) check(t *testing.T, rt *rapid.T, ops []concurrentWrite, log []catalog.Change) {
	t.Helper()
	written := map[string]*concurrentWrite{} // by cat and version
	for i := range ops {
		op := &ops[i]
		w.checkResult(rt, op)
		if op.err == nil && op.panics == nil && op.Kind != "dry run" {
			written[fmt.Sprintf("%s v%d", op.cat.ID, op.cat.Version)] = op
		}
	}
	latest := map[string]catalog.Cat{}
	for i, change := range log {
		op := written[fmt.Sprintf("%s v%d", change.ResourceID, change.Version)]
		known := latest[change.ResourceID]
		switch {
		case i > 0 && change.Seq != log[i-1].Seq+1:
			rt.Fatalf("entry %d follows %d", change.Seq, log[i-1].Seq)
		case op == nil:
			rt.Fatalf("entry %+v belongs to no write that succeeded", change)
		case change.Version != known.Version+1 || op.cat.Description != known.Description+op.token || *op.cat.Rating.Overall != float64(len(op.cat.Description)):
			rt.Fatalf("entry %+v of %+v follows %+v", change, op.cat, known)
		case op.Kind == "version" && op.Version != known.Version, op.Kind == "absent" && known.Version != 0:
			rt.Fatalf("write %+v was performed on version %d", op.plannedWrite, known.Version)
		}
		latest[change.ResourceID] = op.cat
	}
	if len(log) != len(written) {
		rt.Fatalf("got %d entries of %d writes", len(log), len(written))
	}
	for id, want := range latest {
		if got := w.nodes[0].cat(t, id); got.Version != want.Version || got.Description != want.Description || *got.Rating.Overall != *want.Rating.Overall {
			rt.Fatalf("stored %+v, want %+v", got, want)
		}
	}
}

// checkResult checks that a write failed as it must.
func (w concurrentWrites) checkResult(rt *rapid.T, op *concurrentWrite) {
	unknown := w.shelters[op.Shelter] == "unknown"
	ok := op.err == nil
	switch {
	case op.Kind == "cancelled":
		ok = errors.Is(op.err, context.Canceled)
	case unknown:
		ok = catalog.KindOf(op.err) == catalog.NotFound
	case op.Kind == "panic":
		ok = op.panics == "edit of "+op.token
	case op.Kind == "invalid":
		ok = catalog.KindOf(op.err) == catalog.Invalid
	case op.Kind == "not owned":
		ok = errors.Is(op.err, errNotOwned)
	case op.Kind == "version":
		ok = ok || catalog.KindOf(op.err) == catalog.PreconditionFailed
	case op.Kind == "absent", op.Kind == "taken id":
		ok = ok || catalog.KindOf(op.err) == catalog.Conflict
	}
	if !ok {
		rt.Fatalf("write %+v: got error %v", op.plannedWrite, op.err)
	}
}

// checkAudit checks that each write that succeeded has an audit entry of its own.
func (w concurrentWrites) checkAudit(t *testing.T, rt *rapid.T, ops []concurrentWrite) {
	t.Helper()
	entries, err := w.nodes[0].store.AuditLog(t.Context(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ops {
		op := &ops[i]
		var audited []string
		for _, e := range entries {
			if e.Actor.RequestID == w.requestID(op) {
				for _, change := range e.Changes {
					audited = append(audited, fmt.Sprintf("%s %s v%d", e.Action, change.ResourceID, change.Version))
				}
			}
		}
		var want []string
		if op.err == nil && op.panics == nil && op.Kind != "dry run" {
			want = []string{fmt.Sprintf("put_cats %s v%d", op.cat.ID, op.cat.Version)}
		}
		if !slices.Equal(audited, want) {
			rt.Fatalf("write %+v: audited as %q, want %q", op.plannedWrite, audited, want)
		}
	}
}

// blockedWrite starts a write of a new cat that runs until release is called, and returns
// when it runs.
func blockedWrite(t *testing.T, fx *fixture, shelterID, externalID string) (release func() error) {
	t.Helper()
	var once sync.Once
	runs, released, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, _, err := fx.PutCat(t.Context(), shelterID, edit(externalID, func(f *catalog.Facts) {
			once.Do(func() { close(runs) })
			<-released
			f.Name = externalID
		}), catalog.Precondition{})
		done <- err
	}()
	<-runs
	return func() error {
		close(released)
		return <-done
	}
}

// waitForWrites waits until n writes wait for their turn.
func waitForWrites(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for s.WriteQueue().Waiting != n && t.Context().Err() == nil {
		runtime.Gosched()
	}
}

func TestPutCat_WritesThatWaitShareATransaction(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		release := blockedWrite(t, fx, fx.shelter.ID, "first")
		const waiting = 5
		var observed sync.Map // the writes that callers observe
		var all sync.WaitGroup
		gone, leave := context.WithCancel(t.Context())
		for i := range waiting + 1 {
			ctx, id := t.Context(), fmt.Sprint("waiting ", i)
			if i == waiting {
				ctx = gone
			}
			all.Go(func() {
				c := fx.WithObserver(func(_ context.Context, w catalog.Written) { observed.Store(id, w) })
				_, _, err := c.PutCat(ctx, fx.shelter.ID, edit(id, named(id)), catalog.Precondition{})
				if (err != nil) != (ctx == gone) {
					t.Errorf("%s: got error %v", id, err)
				}
			})
			waitForWrites(t, s, i+1)
		}
		leave()
		waitForWrites(t, s, waiting)
		if err := release(); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		log := fx.log(t, 0)
		for i, change := range log[len(log)-waiting:] {
			if change.CommitID != log[len(log)-1].CommitID {
				t.Errorf("entry %d of the waiting writes has a commit of its own", i)
			}
		}
		want := catalog.WriteQueue{CatWrites: 1 + waiting, CatGroups: [catalog.CatGroupSizes]int64{0: 1, 3: 1}}
		if got := s.WriteQueue(); got != want {
			t.Errorf("got %+v, want %+v: one transaction for the first write and one for the others", got, want)
		}
		for i := range waiting {
			w, ok := observed.Load(fmt.Sprint("waiting ", i))
			if got, _ := w.(catalog.Written); !ok || len(got.Changes) != waiting || len(got.Cats) != waiting || got.Head.Seq != head(t, s) || got.Changes[0].Seq != got.Before.Seq+1 {
				t.Errorf("caller %d observed %+v, want the whole transaction", i, w)
			}
		}
	})
}

// Writes of one transaction count for the quota of a partner.
func TestPutCat_QuotaCountsWritesThatShareATransaction(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		partner, err := fx.CreatePartner(t.Context(), "Rescue", catalog.PublicReader, catalog.Quotas{Cats: new(int64(4))})
		if err != nil {
			t.Fatal(err)
		}
		shelter, err := fx.CreateShelter(t.Context(), onePlace{}, partner.ID, catalog.Profile{Name: "Rescue", Address: catalog.Address{PostalCode: "20855", Country: "us"}})
		if err != nil {
			t.Fatal(err)
		}
		release := blockedWrite(t, fx, shelter.ID, "first")
		c := fx.WithQuotas(catalog.Quotas{})
		var written, rejected atomic.Int64
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				id := strconv.Itoa(i)
				switch _, _, err := c.PutCat(t.Context(), shelter.ID, edit(id, named(id)), catalog.Precondition{}); {
				case err == nil:
					written.Add(1)
				case catalog.KindOf(err) == catalog.Conflict:
					rejected.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		waitForWrites(t, s, 8)
		if err := release(); err != nil {
			t.Fatal(err)
		}
		all.Wait()
		if written.Load() != 3 || rejected.Load() != 5 {
			t.Errorf("%d writes were performed and %d rejected, want 3 and 5", written.Load(), rejected.Load())
		}
	})
}

func TestChangeCat_MissingCats(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		cat := fx.put(t, edit("1", named("Ada")))[0].Cat
		if _, err := fx.EraseCat(t.Context(), cat.ID); err != nil {
			t.Fatal(err)
		}
		replaced := fx.put(t, edit("1", named("Ada")))[0].Cat // with the external id of the erased cat
		unknown := cat
		unknown.ID = "cat_unknown"
		for _, tt := range []struct {
			cat  catalog.Cat
			want catalog.Kind
		}{{cat, catalog.Gone}, {unknown, catalog.NotFound}, {replaced, ""}} {
			if _, _, err := fx.ChangeCat(t.Context(), tt.cat, 0, named("Bo")); catalog.KindOf(err) != tt.want {
				t.Errorf("%s: got error %v, want kind %q", tt.cat.ID, err, tt.want)
			}
		}
	})
}

// TestPutCat_LockedShelterHoldsUpOnlyItsOwnWrites locks a shelter as another node does.
func TestPutCat_LockedShelterHoldsUpOnlyItsOwnWrites(t *testing.T) {
	t.Parallel()

	fx := newFixture(t, storetest.NewOn(t, "postgres"))
	other := newShelter(t, fx, "other")
	put := func(shelterID, externalID string) error {
		_, _, err := fx.PutCat(t.Context(), shelterID, edit(externalID, named(externalID)), catalog.Precondition{})
		return err
	}
	locked, unlock, unlocked := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		var once sync.Once
		unlocked <- fx.store.Write(t.Context(), func(tx catalog.Tx) error {
			_, err := tx.Shelters.Shelter(t.Context(), fx.shelter.ID)
			once.Do(func() { close(locked) })
			<-unlock
			return err
		})
	}()
	<-locked
	var waiting sync.WaitGroup
	for i := range 3 {
		waiting.Go(func() {
			if err := put(fx.shelter.ID, fmt.Sprint("waits ", i)); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range 10 {
		if err := put(other, fmt.Sprint("free ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := countNamed(t, fx, "waits"); n != 0 {
		t.Errorf("%d writes to the locked shelter were performed", n)
	}
	close(unlock)
	waiting.Wait()
	if err := <-unlocked; err != nil {
		t.Fatal(err)
	}
	if n := countNamed(t, fx, "waits"); n != 3 {
		t.Errorf("%d writes were performed after the lock, want 3", n)
	}
}

// countNamed counts the cats of the fixture's shelter with a prefix of the external id.
func countNamed(t *testing.T, fx *fixture, prefix string) (n int) {
	t.Helper()
	cats, err := fx.store.CatsOfShelterAfter(t.Context(), fx.shelter.ID, "", []catalog.Status{catalog.Available}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, cat := range cats {
		if strings.HasPrefix(cat.ExternalID, prefix) {
			n++
		}
	}
	return n
}

// Databases cannot store every string. One that they cannot store is an error of its cat only.
func TestUpsertCats_ExternalIDMustBeText(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		for _, id := range []string{"a\x00b", "a\xffb"} {
			_, _, err := fx.PutCat(t.Context(), fx.shelter.ID, edit(id, named("Ada")), catalog.Precondition{})
			if catalog.KindOf(err) != catalog.Invalid {
				t.Errorf("PutCat with %q: got error %v, want kind invalid", id, err)
			}
			got := fx.put(t, edit(id, named("Ada")), edit("1", named("Bo")))
			if catalog.KindOf(got[0].Err) != catalog.Invalid || got[1].Err != nil {
				t.Errorf("UpsertCats with %q: got errors %v and %v, want the first only", id, got[0].Err, got[1].Err)
			}
			if _, err := s.CatByExternalID(t.Context(), fx.shelter.ID, id); catalog.KindOf(err) != catalog.NotFound {
				t.Errorf("CatByExternalID with %q: got error %v, want kind not found", id, err)
			}
		}
	})
}
