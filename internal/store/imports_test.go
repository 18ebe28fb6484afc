package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestTouchImport_MovesOneColumnWhileTheImportRuns(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		want := full[catalog.Import](t)
		want.ShelterID, want.Status, want.FinishedAt = "shl_1", catalog.ImportRunning, time.Time{}
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.SaveImport(t.Context(), want) })
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.TouchImport(t.Context(), want.ID, moment(50)) })
		want.TouchedAt = moment(50)
		got, err := s.Import(t.Context(), want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("read import: error %v (-want +got):\n%s", err, diff)
		}

		want.Status = catalog.ImportInterrupted
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.SaveImport(t.Context(), want) })
		err = s.Write(t.Context(), func(tx catalog.Tx) error { return tx.Imports.TouchImport(t.Context(), want.ID, moment(51)) })
		if catalog.KindOf(err) != catalog.Conflict {
			t.Errorf("touch an interrupted import: got %v, want a conflict", err)
		}
	})
}

// A file is returned as it was sent, however it is stored, and deleted with its parts.
func TestImportFile_RoundTrip(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		noise := make([]byte, 2*catalog.FilePart+3)
		_, _ = rand.NewChaCha8([32]byte{1}).Read(noise) // it returns no errors
		for n, test := range []struct {
			keys []string
			file []byte
		}{
			{nil, nil}, {nil, []byte("ID,Name\n1,Zoë")}, {nil, noise}, {[]string{keyA}, noise}, {[]string{keyB, keyA}, []byte("ID,Name\n1,Zoë")},
		} {
			if err := s.SetKeyring(t.Context(), keyring(t, test.keys...)); err != nil {
				t.Fatal(err)
			}
			i := full[catalog.Import](t)
			i.ID, i.ShelterID, i.Status, i.FileDeletedAt = fmt.Sprintf("imp_%d", n), "shl_1", catalog.ImportRunning, time.Time{}
			cats := catalog.New(s, func() time.Time { return moment(0) }, func() [16]byte { return [16]byte{} })
			write(t, s, func(tx catalog.Tx) error { return tx.Imports.SaveImport(t.Context(), i) })
			if err := cats.SaveImportFile(t.Context(), i.ID, bytes.NewReader(test.file)); err != nil {
				t.Fatal(err)
			}
			if err := cats.DeleteImportFile(t.Context(), i.ID); catalog.KindOf(err) != catalog.Conflict {
				t.Errorf("delete the file of a running import: got error %v, want a conflict", err)
			}
			if _, err := cats.EndImport(t.Context(), i, catalog.ImportDone, []byte("{}")); err != nil {
				t.Fatal(err)
			}
			if got := importFile(t, s, i.ID); got != string(test.file) {
				t.Errorf("file %d: got %d other bytes, want the %d that were saved", n, len(got), len(test.file))
			}
			if err := cats.SaveImportFile(t.Context(), i.ID, strings.NewReader("late")); catalog.KindOf(err) != catalog.Conflict {
				t.Errorf("save the file of an import that has ended: got error %v, want a conflict", err)
			}
		}
		if parts := storedParts(t, s); parts != "0 1 3 3* 1*" {
			t.Errorf("got numbers of parts %q, want 0 1 3 3* 1*, where * is encrypted", parts)
		}

		for part, err := range withKeys(t, s, keyB).ImportFile(t.Context(), "imp_3") {
			if e, ok := errors.AsType[*catalog.Error](err); !ok || e.Code != errcode.SecretKeyMissing {
				t.Errorf("without the key: got %d bytes and error %v, want code %s", len(part), err, errcode.SecretKeyMissing)
			}
		}
		cats := catalog.New(s, func() time.Time { return moment(60) }, func() [16]byte { return [16]byte{} })
		for range 2 { // the second time changes nothing
			if err := errors.Join(cats.DeleteImportFile(t.Context(), "imp_2"), cats.DeleteImport(t.Context(), "imp_3")); err != nil {
				t.Fatal(err)
			}
		}
		if i, err := s.Import(t.Context(), "imp_2"); err != nil || !i.FileDeletedAt.Equal(moment(60)) || importFile(t, s, "imp_2") != "" {
			t.Errorf("got import %+v and error %v, want its file deleted", i, err)
		}
		if parts := storedParts(t, s); parts != "0 1 0 1*" {
			t.Errorf("got numbers of parts %q, want 0 1 0 1*", parts)
		}
	})
}

// withKeys sets the keys of a store.
func withKeys(t *testing.T, s *store.Store, keys ...string) *store.Store {
	t.Helper()
	if err := s.SetKeyring(t.Context(), keyring(t, keys...)); err != nil {
		t.Fatal(err)
	}
	return s
}

// storedParts returns for each import how many parts its file is stored in, with a star if they
// are encrypted.
func storedParts(t *testing.T, s *store.Store) string {
	t.Helper()
	rows, err := s.SQL().QueryContext(t.Context(), `SELECT imports.id, content FROM imports LEFT JOIN import_files ON import_id = id ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	var ids, counts []string
	parts := map[string]int{}
	encrypted := map[string]string{}
	for rows.Next() {
		var id string
		var content []byte
		if err := rows.Scan(&id, &content); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
		if content != nil {
			parts[id]++
		}
		if bytes.HasPrefix(content, []byte("aes256gcm:")) {
			encrypted[id] = "*"
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		counts = append(counts, strconv.Itoa(parts[id])+encrypted[id])
	}
	return strings.Join(counts, " ")
}

// Files that an earlier version received are in a column of their import.
func TestImportFile_OfAnEarlierVersion(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		partnerWithShelters(t, s, "prt_1", catalog.Quotas{}, "shl_1")
		id := saveImport(t, s, 1, moment(0))
		for _, statement := range []string{"DELETE FROM import_files", "UPDATE imports SET file = 'ID,Name'"} {
			if _, err := s.SQL().ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if got := importFile(t, s, id); got != "ID,Name" {
			t.Errorf("got file %q, want ID,Name", got)
		}
		if n, err := s.DeleteImportFilesBefore(t.Context(), moment(1), moment(2)); err != nil || n != 1 || importFile(t, s, id) != "" {
			t.Errorf("got %d files deleted and error %v, want the one of the earlier version", n, err)
		}
	})
}
