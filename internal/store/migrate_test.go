package store_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm/schema"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestMigrate_UpDownAndUpAgain(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		steps := status(t, s)
		for i, step := range steps {
			if i > 0 && step.Number <= steps[i-1].Number || step.Name == "" || step.AppliedAt.IsZero() {
				t.Errorf("migration %d is %+v, want it numbered, named and applied", i+1, step)
			}
		}
		before := columns(t, s)
		check(t, s, "")
		for range steps {
			if err := s.MigrateDown(t.Context()); err != nil {
				t.Fatal(err)
			}
			check(t, s, "the database")
		}
		if err := s.MigrateDown(t.Context()); err == nil || !strings.Contains(err.Error(), "no migration to roll back") {
			t.Errorf("rollback without a migration: %v", err)
		}
		if n, err := s.MigrateUp(t.Context()); err != nil || n != len(steps) {
			t.Errorf("second run applied %d migrations (%v), want %d", n, err, len(steps))
		}
		if n, err := s.MigrateUp(t.Context()); err != nil || n != 0 {
			t.Errorf("third run applied %d migrations (%v), want 0", n, err)
		}
		check(t, s, "")
		if after := columns(t, s); !slices.Equal(before, after) {
			t.Errorf("before %v, after %v", before, after)
		}
	})
}

// TestMigrate_RenamesStoredWords upgrades data of the version before migration 8.
func TestMigrate_RenamesStoredWords(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const oldFields, oldAudit = "name,withheld_from,raw,reads_as", `[{"op":"updated","resource":"cat","id":"cat_raw","version":2,"fields":["name","withheld_from","raw","reads_as"]}]`
		down := func() {
			t.Helper()
			for _, step := range status(t, s) {
				if step.Number < 8 {
					continue
				}
				if err := s.MigrateDown(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		down()
		exec := func(query string) {
			t.Helper()
			if _, err := s.SQL().ExecContext(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
		exec(`INSERT INTO changes (seq, at, op, resource, resource_id, shelter_id, version, fields, before)
			VALUES (1, '2026-11-22 07:30:00+00:00', 'updated', 'cat', 'cat_raw', 'shl_1', 2, '` + oldFields + `', '')`)
		exec(`INSERT INTO audit (at, key_id, partner_id, address, request_id, what, changes)
			VALUES ('2026-11-22 07:30:00+00:00', '', '', '', '', 'change_cat', '` + oldAudit + `')`)
		if _, err := s.MigrateUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{"name", "hidden_from", "unparsed", "audience"}
		if changes, err := s.Changes(t.Context(), 0, 10); err != nil || len(changes) != 1 || !slices.Equal(changes[0].Fields, want) {
			t.Errorf("change log has %+v (%v), want fields %v", changes, err, want)
		}
		if entries, err := s.AuditLog(t.Context(), 0, 10); err != nil || len(entries) != 1 || !slices.Equal(entries[0].Changes[0].Fields, want) || entries[0].Changes[0].ResourceID != "cat_raw" {
			t.Errorf("audit log has %+v (%v), want fields %v", entries, err, want)
		}
		down()
		var fields, audit string
		if err := s.SQL().QueryRowContext(t.Context(), "SELECT c.fields, a.changes FROM changes c, audit a").Scan(&fields, &audit); err != nil || fields != oldFields || audit != oldAudit {
			t.Errorf("rolled back to %q and %s (%v), want %q and %s", fields, audit, err, oldFields, oldAudit)
		}
	})
}

// TestMigrate_KeepsPrivacyOfStoredRows rolls back and upgrades a database with a restricted
// cat, an erased cat, an erased shelter and the file of an import.
func TestMigrate_KeepsPrivacyOfStoredRows(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, id := range []string{"shl_1", "shl_2"} {
			shelterNamed(t, s, id)
		}
		restricted, plain, doomed := plainCat(1, "shl_1"), plainCat(2, "shl_1"), plainCat(3, "shl_1")
		restricted.HiddenFrom.Classes = []string{"aggregator"}
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.SaveCats(t.Context(), []catalog.Cat{restricted, plain, doomed}, nil)
		})
		i := full[catalog.Import](t)
		i.ShelterID, i.Status, i.FileDeletedAt, i.TouchedAt = "shl_1", catalog.ImportRunning, time.Time{}, moment(0)
		cats := catalog.New(s, func() time.Time { return moment(0) }, func() [16]byte { return [16]byte{} })
		if _, err := cats.EraseCat(t.Context(), doomed.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := cats.EraseShelter(t.Context(), "shl_2"); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.SaveImport(t.Context(), i) })
		if err := cats.SaveImportFile(t.Context(), i.ID, strings.NewReader("ID,Name")); err != nil {
			t.Fatal(err)
		}

		for _, step := range status(t, s) {
			if step.Number < 12 {
				continue
			}
			if err := s.MigrateDown(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.MigrateUp(t.Context()); err != nil {
			t.Fatal(err)
		}

		var found []string
		err := s.Snapshot(t.Context(), func(view catalog.Snapshot) error {
			cats, err := view.RestrictedCats(t.Context())
			for _, cat := range cats {
				found = append(found, cat.ID)
			}
			return err
		})
		if err != nil || !slices.Equal(found, []string{restricted.ID}) {
			t.Errorf("got the restricted cats %v (%v), want %s", found, err, restricted.ID)
		}
		if cat, err := s.Cat(t.Context(), doomed.ID); err != nil || !cat.ErasedAt.Equal(moment(0)) {
			t.Errorf("got the erased cat %+v (%v), want it erased", cat, err)
		}
		if cat, err := s.Cat(t.Context(), plain.ID); err != nil || !cat.ErasedAt.IsZero() {
			t.Errorf("got the cat %+v (%v), want it not erased", cat, err)
		}
		for id, want := range map[string]time.Time{"shl_1": {}, "shl_2": moment(0)} {
			if shelter, err := s.Shelter(t.Context(), id); err != nil || !shelter.ErasedAt.Equal(want) {
				t.Errorf("got %s erased at %v (%v), want %v", id, shelter.ErasedAt, err, want)
			}
		}
		if i, err := s.Import(t.Context(), i.ID); err != nil || i.FileDeletedAt.IsZero() || importFile(t, s, i.ID) != "" {
			t.Errorf("got the import %+v (%v), want its file marked as deleted", i, err)
		}
	})
}

// Earlier versions do not know that a key owns a webhook, and would deliver to it as the
// operator's, also when the key is revoked. Webhooks and searches of partners and operators stay.
func TestMigrate_DownDeletesWhatKeysOwn(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		owners := map[string]access.Owner{"1": {PartnerID: "prt_a"}, "2": {KeyID: "key1"}, "3": {}}
		for n, owner := range owners {
			saveWebhooks(t, s, catalog.Webhook{ID: "whk_" + n, PartnerID: owner.PartnerID, KeyID: owner.KeyID, StatusSince: moment(1), CreatedAt: moment(1), UpdatedAt: moment(1)})
			write(t, s, func(tx catalog.Tx) error {
				if err := tx.Webhooks.SetCheckpoint(t.Context(), catalog.WebhookLease("whk_"+n), 1); err != nil {
					return err
				}
				return tx.Searches.SaveSearch(t.Context(), catalog.SavedSearch{ID: "srch_" + n, PartnerID: owner.PartnerID, KeyID: owner.KeyID, WebhookID: "whk_" + n, CreatedAt: moment(1), UpdatedAt: moment(1)})
			})
			if err := s.SaveDelivery(t.Context(), catalog.Delivery{ID: "dlv_" + n, WebhookID: "whk_" + n, At: moment(1), Since: moment(1)}); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range status(t, s) {
			if step.Number < 16 {
				continue
			}
			if err := s.MigrateDown(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for table, column := range map[string]string{"webhooks": "id", "saved_searches": "id", "deliveries": "id", "leases": "name"} {
			if n := count(t, s, "SELECT count(*) FROM "+table+" WHERE "+column+" LIKE '%2'"); n != 0 {
				t.Errorf("%s has %d rows of the key, want none", table, n)
			}
			if n := count(t, s, "SELECT count(*) FROM "+table+" WHERE "+column+" LIKE '%1' OR "+column+" LIKE '%3'"); n != 2 {
				t.Errorf("%s has %d rows of the partner and the operator, want 2", table, n)
			}
		}
	})
}

func count(t *testing.T, s *store.Store, query string) (n int) {
	t.Helper()
	if err := s.SQL().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCheckSchema_RejectsNewerSchema(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if _, err := s.SQL().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
			t.Fatal(err)
		}
		check(t, s, "version 9999, but this program needs")
	})
}

func TestCheckSchema_ChangesNothing(t *testing.T) {
	t.Parallel()

	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/empty.db")
	check(t, s, "no Trailcat tables yet")
	var tables int
	if err := s.SQL().QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("CheckSchema created %d tables (%v), want 0", tables, err)
	}
}

func TestMigrateUp_ConcurrentNodesMigrateOnce(t *testing.T) {
	t.Parallel()

	const nodes = 4
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			first := storetest.Open(t, url)
			steps := status(t, first)
			for range steps {
				if err := first.MigrateDown(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			var applied atomic.Int64
			var wg sync.WaitGroup
			for range nodes {
				s := storetest.Open(t, url)
				wg.Go(func() {
					n, err := s.MigrateUp(t.Context())
					if err != nil {
						t.Error(err)
					}
					applied.Add(int64(n))
				})
			}
			wg.Wait()
			if got := applied.Load(); got != int64(len(steps)) {
				t.Errorf("all nodes applied %d migrations, want %d", got, len(steps))
			}
		})
	}
}

// A column without a field would never be written, and a field without a column fails.
func TestRows_HaveTheColumnsOfTheirTables(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, row := range store.Rows() {
			shape, err := schema.Parse(row, new(sync.Map), schema.NamingStrategy{})
			if err != nil {
				t.Fatal(err)
			}
			got := columnsOf(t, s, shape.Table)
			want := slices.Sorted(slices.Values(shape.DBNames))
			if !slices.Equal(want, got) {
				t.Errorf("table %s has columns %v, its row type fields %v", shape.Table, got, want)
			}
		}
	})
}

func status(t *testing.T, s *store.Store) []store.Migration {
	t.Helper()
	steps, err := s.MigrationStatus(t.Context())
	if err != nil || len(steps) == 0 {
		t.Fatalf("got %d migrations: %v", len(steps), err)
	}
	return steps
}

// check expects an error of CheckSchema that contains want, or none if it is empty.
func check(t *testing.T, s *store.Store, want string) {
	t.Helper()
	err := s.CheckSchema(t.Context())
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("CheckSchema: %v, want %q", err, want)
	}
}

func columns(t *testing.T, s *store.Store) []string {
	t.Helper()
	var all []string
	for _, table := range []string{"cats", "shelters", "changes", "log_head", "counters"} {
		all = append(all, columnsOf(t, s, table)...)
	}
	return all
}

func columnsOf(t *testing.T, s *store.Store, table string) []string {
	t.Helper()
	rows, err := s.SQL().QueryContext(t.Context(), "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		t.Fatal(err)
	}
	names, err := rows.Columns()
	if err := errors.Join(err, rows.Close(), rows.Err()); err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// TestMigrate_CompressesWithLZ4 checks the columns of large values where Postgres has lz4.
func TestMigrate_CompressesWithLZ4(t *testing.T) {
	t.Parallel()

	s := storetest.Open(t, storetest.PostgresURL(t))
	var hasLZ4 bool
	if err := s.SQL().QueryRowContext(t.Context(), "SELECT EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals))").Scan(&hasLZ4); err != nil {
		t.Fatal(err)
	}
	if !hasLZ4 {
		t.Skip("Postgres was built without lz4")
	}
	var other string
	err := s.SQL().QueryRowContext(t.Context(), `SELECT coalesce(string_agg(attname, ', '), '') FROM pg_attribute WHERE attcompression <> 'l'
		AND (attrelid = 'cats'::regclass AND attname IN ('description', 'facts', 'rating') OR attrelid = 'changes'::regclass AND attname = 'before')`).Scan(&other)
	if err != nil || other != "" {
		t.Errorf("not compressed with lz4: %s %v", other, err)
	}
}
