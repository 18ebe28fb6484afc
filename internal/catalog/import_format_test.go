package catalog_test

import (
	"errors"
	"fmt"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// codeOf returns the code of an error for the caller, or its kind if it has none.
func codeOf(err error) string {
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Code != "" {
		return string(e.Code)
	}
	return string(catalog.KindOf(err))
}

// A version is used after it was tried and activated, and the same text makes no new version.
func TestImportFormat_Versions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		ctx, shelter := t.Context(), fx.shelter.ID
		put := func(text string, revision int64, want catalog.Result) catalog.ImportFormat {
			t.Helper()
			f, version, result, err := fx.PutImportFormat(ctx, shelter, "own", text, revision)
			if err != nil || result != want || version.Number != f.Version || version.Text != text {
				t.Fatalf("put %q: got %+v with version %+v, %s and error %v, want %s", text, f, version, result, err, want)
			}
			return f
		}
		put("one", 0, catalog.ResultCreated)
		put("one", 1, catalog.ResultUnchanged)
		if f := put("two", 1, catalog.ResultUpdated); f.Version != 2 || f.ActiveVersion != 0 || f.Revision != 2 {
			t.Errorf("got %+v, want version 2, none active and revision 2", f)
		}
		for rule, call := range map[string]func() error{
			"version_mismatch": func() error {
				_, _, _, err := fx.PutImportFormat(ctx, shelter, "own", "three", 1)
				return err
			},
			"format_not_tried": func() error {
				_, err := fx.ActivateImportFormat(ctx, shelter, "own", 2, 0)
				return err
			},
			"not_found": func() error {
				_, err := fx.ActivateImportFormat(ctx, shelter, "own", 3, 0)
				return err
			},
		} {
			if err := call(); codeOf(err) != rule {
				t.Errorf("got error %v, want %s", err, rule)
			}
		}
		if err := fx.TryImportFormat(ctx, shelter, "own", 2); err != nil {
			t.Fatal(err)
		}
		if f, err := fx.ActivateImportFormat(ctx, shelter, "own", 2, 2); err != nil || f.ActiveVersion != 2 || f.Revision != 3 {
			t.Errorf("got %+v and error %v, want version 2 active", f, err)
		}
		for i := range 101 {
			put(fmt.Sprint("text ", i), 0, catalog.ResultUpdated)
		}
		versions, err := s.ImportFormatVersions(ctx, shelter, "own")
		if err != nil || len(versions) != 101 || versions[0].Number != 103 || versions[99].Number != 4 || versions[100].Number != 2 || versions[100].TriedAt.IsZero() {
			t.Errorf("got %d versions and error %v, want the newest 100 and the active one", len(versions), err)
		}
		if err := fx.DeleteImportFormat(ctx, shelter, "own", 3); codeOf(err) != "version_mismatch" {
			t.Errorf("got error %v, want version_mismatch", err)
		}
		if err := fx.DeleteImportFormat(ctx, shelter, "own", 0); err != nil {
			t.Error(err)
		}
		if versions, err := s.ImportFormatVersions(ctx, shelter, "own"); err != nil || len(versions) != 0 {
			t.Errorf("got %d versions and error %v, want none of a deleted format", len(versions), err)
		}
	})
}

func TestImportFormat_LimitsOwnersAndErasure(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		put := func(c *catalog.Catalog, name string) error {
			_, _, _, err := c.PutImportFormat(t.Context(), fx.shelter.ID, name, "text", 0)
			return err
		}
		if err := put(fx.DryRun(), "dry"); err != nil {
			t.Error(err)
		}
		for i := range 20 {
			if err := put(fx.Catalog, fmt.Sprint("own-", i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := put(fx.Catalog, "own-20"); codeOf(err) != "quota_exceeded" {
			t.Errorf("got error %v for one format more than 20, want quota_exceeded", err)
		}
		refuse := errors.New("another owner")
		if err := put(fx.WithOwnerCheck(func(catalog.Shelter) error { return refuse }), "own-1"); !errors.Is(err, refuse) {
			t.Errorf("got error %v, want that of the owner check", err)
		}
		if formats, err := s.ImportFormats(t.Context(), fx.shelter.ID); err != nil || len(formats) != 20 {
			t.Errorf("got %d formats and error %v, want 20", len(formats), err)
		}
		if _, err := fx.EraseShelter(t.Context(), fx.shelter.ID); err != nil {
			t.Fatal(err)
		}
		if formats, err := s.ImportFormats(t.Context(), fx.shelter.ID); err != nil || len(formats) != 0 {
			t.Errorf("got %d formats and error %v, want none of an erased shelter", len(formats), err)
		}
	})
}
