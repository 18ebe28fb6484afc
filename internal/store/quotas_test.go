package store_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// partnerWithShelters saves a partner that owns shelters.
func partnerWithShelters(t *testing.T, s *store.Store, id string, quotas catalog.Quotas, shelterIDs ...string) {
	t.Helper()
	write(t, s, func(tx catalog.Tx) error {
		return tx.Partners.SavePartner(t.Context(), catalog.Partner{ID: id, Name: id, Audience: catalog.PublicReader, Quotas: quotas, Version: 1})
	})
	for _, shelterID := range shelterIDs {
		write(t, s, func(tx catalog.Tx) error {
			return tx.Shelters.SaveShelter(t.Context(), catalog.Shelter{ID: shelterID, Code: shelterID, PartnerID: id, Version: 1, Profile: catalog.Profile{Name: shelterID}})
		})
	}
}

// The number of a partner's cats follows every write of their status, also one that is
// rolled back.
func TestUsage_CountsCatsThatAreNotRemoved(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		limit := catalog.Quotas{Cats: new(int64(7))}
		partnerWithShelters(t, s, "prt_1", limit, "shl_1", "shl_2")
		partnerWithShelters(t, s, "prt_2", catalog.Quotas{}, "shl_3")
		check := func(step string, want int64) {
			t.Helper()
			usage, err := s.Usage(t.Context(), access.Owner{PartnerID: "prt_1"})
			if err != nil || usage.Cats != want {
				t.Errorf("%s: got %d cats (%v), want %d", step, usage.Cats, err, want)
			}
			write(t, s, func(tx catalog.Tx) error {
				shelter, usage, err := tx.Shelters.ShelterUsage(t.Context(), "shl_2")
				if shelter.ID != "shl_2" || usage.Cats != want || !cmp.Equal(usage.Quotas, limit) {
					t.Errorf("%s: got shelter %s and usage %+v, want shl_2, %d cats and its quotas", step, shelter.ID, usage, want)
				}
				return err
			})
		}
		cats := make([]catalog.Cat, 6)
		for i := range cats {
			cats[i] = plainCat(i+1, fmt.Sprint("shl_", 1+i%3))
		}
		cats[3].Status = catalog.Removed // shl_1
		save := func(created, changed []catalog.Cat) {
			t.Helper()
			write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), created, changed) })
		}
		check("no cats", 0)
		save(cats, nil)
		check("4 cats of which one is removed, and 2 of another partner", 3)
		cats[0].Status, cats[1].Status, cats[2].Status = catalog.Removed, catalog.Adopted, catalog.Removed
		save(nil, cats[:3])
		check("another removed", 2)
		save(nil, cats[:3])
		check("nothing changed", 2)
		cats[0].Status, cats[3].Status = catalog.Available, catalog.Available
		save(nil, cats)
		check("both listed again", 4)
		_ = s.Write(t.Context(), func(tx catalog.Tx) error {
			cats[0].Status = catalog.Removed
			if err := tx.Cats.SaveCats(t.Context(), []catalog.Cat{plainCat(9, "shl_1")}, cats[:1]); err != nil {
				t.Error(err)
			}
			return catalog.Errorf(catalog.Conflict, "", "rolled back")
		})
		check("rolled back", 4)
		partnerWithShelters(t, s, "prt_1", limit, "shl_3")
		check("shelter of the other partner transferred", 5)
	})
}

func saveImport(t *testing.T, s *store.Store, n int, at time.Time) string {
	t.Helper()
	i := catalog.Import{
		ID: fmt.Sprintf("imp_%026d", n), ShelterID: "shl_1", Actor: catalog.Actor{PartnerID: "prt_1", Address: "192.0.2.1"},
		Status: catalog.ImportRunning, StartedAt: at, TouchedAt: at, Report: []byte("{}"), FileSize: 7,
	}
	write(t, s, func(tx catalog.Tx) error {
		if err := tx.Imports.SaveImport(t.Context(), i); err != nil {
			return err
		}
		if err := tx.Imports.SaveImportFile(t.Context(), i.ID, 0, []byte("ID,Name")); err != nil {
			return err
		}
		i.Status = catalog.ImportDone
		return tx.Imports.SaveImport(t.Context(), i)
	})
	return i.ID
}

// importFile returns the file of an import.
func importFile(t *testing.T, s *store.Store, id string) string {
	t.Helper()
	var file []byte
	for part, err := range s.ImportFile(t.Context(), id) {
		if err != nil {
			t.Fatal(err)
		}
		file = append(file, part...)
	}
	return string(file)
}

func TestImportFiles_AreDeletedByAgeAndNumber(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		partnerWithShelters(t, s, "prt_1", catalog.Quotas{}, "shl_1")
		var ids []string
		for n := range 25 {
			ids = append(ids, saveImport(t, s, n, moment(n)))
		}
		check := func(step string, firstKept int) {
			t.Helper()
			for n, id := range ids {
				i, err := s.Import(t.Context(), id)
				if kept := n >= firstKept; err != nil || (importFile(t, s, id) == "ID,Name") != kept || i.FileDeletedAt.IsZero() != kept || i.FileSize != 7 || string(i.Report) != "{}" {
					t.Errorf("%s: import %d is %+v (%v), want its file kept: %t", step, n, i, err, kept)
				}
			}
			if usage, err := s.Usage(t.Context(), access.Owner{PartnerID: "prt_1"}); err != nil || usage.ImportFiles != int64(len(ids)-firstKept) {
				t.Errorf("%s: got usage %+v (%v), want %d files", step, usage, err, len(ids)-firstKept)
			}
		}
		check("new", 0)
		if n, err := s.DeleteImportFilesBefore(t.Context(), moment(21), moment(50)); err != nil || n != 21 {
			t.Errorf("deleted %d old files (%v), want 21", n, err)
		}
		check("by age", 21)
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.TrimImportFiles(t.Context(), "prt_1", 3, moment(51)) })
		check("by number", 22)
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.TrimImportFiles(t.Context(), "prt_2", 1, moment(51)) })
		check("of another partner", 22)
	})
}

// A lowered quota deletes files over several imports, so that no write takes long.
func TestImportFiles_AreTrimmedInSteps(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		partnerWithShelters(t, s, "prt_1", catalog.Quotas{}, "shl_1")
		var last string
		for n := range 26 {
			last = saveImport(t, s, n, moment(n))
		}
		for _, want := range []int64{6, 1, 1} {
			write(t, s, func(tx catalog.Tx) error { return tx.Imports.TrimImportFiles(t.Context(), "prt_1", 1, moment(51)) })
			if usage, err := s.Usage(t.Context(), access.Owner{PartnerID: "prt_1"}); err != nil || usage.ImportFiles != want {
				t.Errorf("got %d files (%v), want %d", usage.ImportFiles, err, want)
			}
		}
		if importFile(t, s, last) == "" {
			t.Error("the newest import has no file")
		}
	})
}

func TestAddresses_AreErasedByAge(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		partnerWithShelters(t, s, "prt_1", catalog.Quotas{}, "shl_1")
		const old, recent = 1200, 5
		write(t, s, func(tx catalog.Tx) error {
			for n := range old + recent {
				at := moment(1)
				if n >= old {
					at = moment(2)
				}
				actor := catalog.Actor{KeyID: "key", Address: "192.0.2.1", RequestID: "req"}
				if err := tx.Log.Audit(t.Context(), catalog.AuditEntry{At: at, Actor: actor, Action: "put_cats"}); err != nil {
					return err
				}
			}
			return nil
		})
		saveImport(t, s, 1, moment(1))
		saveImport(t, s, 2, moment(2))
		for _, want := range []int64{old + 1, 0} {
			if n, err := s.EraseAddressesBefore(t.Context(), moment(2)); err != nil || n != want {
				t.Errorf("erased %d addresses (%v), want %d", n, err, want)
			}
		}
		entries, err := s.AuditLog(t.Context(), 0, 2*old)
		if err != nil || len(entries) != old+recent {
			t.Fatalf("got %d entries (%v), want %d", len(entries), err, old+recent)
		}
		for n, e := range entries {
			want := catalog.Actor{KeyID: "key", Address: "", RequestID: "req"}
			if n >= old {
				want.Address = "192.0.2.1"
			}
			if e.Actor != want {
				t.Fatalf("entry %d has the actor %+v, want %+v", n, e.Actor, want)
			}
		}
		imports, err := s.Imports(t.Context(), nil, "", 10)
		if err != nil || len(imports) != 2 || imports[0].Actor.Address != "192.0.2.1" || imports[1].Actor.Address != "" {
			t.Errorf("got imports %+v (%v), want the address of the second only", imports, err)
		}
	})
}

// A write that waits for the lock of a shelter counts the cats that the write before it adds.
func TestShelterUsage_CountsCatsOfTheWriteThatItWaitsFor(t *testing.T) {
	t.Parallel()

	s := storetest.NewOn(t, "postgres")
	partnerWithShelters(t, s, "prt_1", catalog.Quotas{}, "shl_1")
	waiting := func() (n int) {
		const query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
		if err := s.SQL().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	var second sync.WaitGroup
	write(t, s, func(tx catalog.Tx) error {
		if _, _, err := tx.Shelters.ShelterUsage(t.Context(), "shl_1"); err != nil {
			return err
		}
		second.Go(func() {
			err := s.Write(t.Context(), func(tx catalog.Tx) error {
				_, usage, err := tx.Shelters.ShelterUsage(t.Context(), "shl_1")
				if usage.Cats != 1 {
					t.Errorf("the second write counts %d cats, want 1", usage.Cats)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		for waiting() == 0 && !t.Failed() {
			runtime.Gosched()
		}
		return tx.Cats.SaveCats(t.Context(), []catalog.Cat{plainCat(1, "shl_1")}, nil)
	})
	second.Wait()
}
