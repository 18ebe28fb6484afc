package store_test

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store/storetest"
)

// A commit that failed may have been applied. The writes that shared it are therefore not
// performed again.
func TestWriteCat_FailedCommitIsNotRepeated(t *testing.T) {
	t.Parallel()

	s := storetest.NewOn(t, "postgres")
	for _, statement := range []string{
		`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the commit fails'; END $$`,
		`CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON shelters DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`,
	} {
		if _, err := s.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { // other tests use the database again
		if _, err := s.SQL().ExecContext(t.Context(), `DROP FUNCTION fail() CASCADE`); err != nil {
			t.Error(err)
		}
	}()
	const waiting = 3
	var transactions, failures atomic.Int64
	perform := func(ctx context.Context, tx catalog.Tx, _ []*catalog.CatWrite, _ bool) ([]*catalog.CatWrite, error) { //nolint:unparam // of type PerformCatWrites
		n := transactions.Add(1)
		for n == 1 && s.WriteQueue().Waiting < waiting && ctx.Err() == nil {
			runtime.Gosched() // until the others wait, to share a transaction
		}
		return nil, tx.Shelters.SaveShelter(ctx, catalog.Shelter{ID: fmt.Sprint("shl_", n), Version: 1})
	}
	var all sync.WaitGroup
	for i := range 1 + waiting {
		all.Go(func() {
			if s.WriteCat(t.Context(), &catalog.CatWrite{Key: catalog.CatKey{ShelterID: "shl_a", ExternalID: strconv.Itoa(i)}}, perform) != nil {
				failures.Add(1)
			}
		})
	}
	all.Wait()
	if transactions.Load() != 2 || failures.Load() != 1+waiting {
		t.Errorf("%d transactions, %d failed writes; want 2 transactions, and the failure of all %d writes", transactions.Load(), failures.Load(), 1+waiting)
	}
}
