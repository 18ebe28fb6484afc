package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestCatsAreReadOnByNumber(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		cats := realisticCats(1, 6, "shl_1")
		cats[3].Status = catalog.Removed
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
		for name, tt := range map[string]struct {
			after int64
			limit int
			want  []catalog.Cat
		}{
			"from the first":              {0, 2, cats[:2]},
			"removed ones are left out":   {2, 3, []catalog.Cat{cats[2], cats[4], cats[5]}},
			"behind the last is nobody":   {6, 3, nil},
			"the last may be by itself":   {5, 3, cats[5:]},
			"no more than there are left": {4, 100, cats[4:]},
		} {
			var got []catalog.Cat
			write(t, s, func(tx catalog.Tx) (err error) {
				got, err = tx.Cats.CatsAfter(t.Context(), tt.after, tt.limit)
				return err
			})
			if diff := cmp.Diff(numbers(tt.want), numbers(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		var got []catalog.Cat
		write(t, s, func(tx catalog.Tx) (err error) {
			got, err = tx.Cats.CatsByID(t.Context(), []string{cats[3].ID, cats[0].ID, "cat_nobody"})
			return err
		})
		slices.SortFunc(got, func(a, b catalog.Cat) int { return int(a.Number - b.Number) })
		if diff := cmp.Diff([]catalog.Cat{cats[0], cats[3]}, got); diff != "" {
			t.Errorf("by id, removed ones too (-want +got):\n%s", diff)
		}
	})
}

func numbers(cats []catalog.Cat) []int64 {
	var out []int64
	for _, c := range cats {
		out = append(out, c.Number)
	}
	return out
}

// Two writes that hold the same shelters the other way round wait for each
// other's end and not for each other.
func TestCatsThatAreHeldWait(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		shelterNamed(t, s, "shl_2")
		cats := []catalog.Cat{plainCat(1, "shl_1"), plainCat(2, "shl_2")}
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
		const rounds = 20
		done := make(chan error, 2)
		for _, ids := range [][]string{{cats[0].ID, cats[1].ID}, {cats[1].ID, cats[0].ID}} {
			go func() {
				var err error
				for range rounds {
					err = s.Write(context.WithoutCancel(t.Context()), func(tx catalog.Tx) error {
						held, err := tx.Cats.CatsByID(t.Context(), ids)
						if err != nil {
							return err
						}
						for i := range held {
							held[i].Version++
						}
						return tx.Cats.SaveCats(t.Context(), nil, held)
					})
					if err != nil {
						break
					}
				}
				done <- err
			}()
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range cats {
			if got, err := s.Cat(t.Context(), c.ID); err != nil || got.Version != 1+2*rounds {
				t.Errorf("version %d, want %d: somebody's write was lost (%v)", got.Version, 1+2*rounds, err)
			}
		}
	})
}

func TestWhatWasObservedOfSeveralCatsIsThatOfEach(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		cats := realisticCats(1, 3, "shl_1")
		day := time.Date(2026, time.November, 17, 0, 0, 0, 0, time.UTC)
		write(t, s, func(tx catalog.Tx) error {
			if err := tx.Cats.SaveCats(t.Context(), cats, nil); err != nil {
				return err
			}
			for i, c := range cats[:2] {
				for n := range 2 {
					a := catalog.Assessment{ID: fmt.Sprint("asm_", i, n), CatID: c.ID, Levels: map[string]int{"play_drive": 1 + n}, ObservedOn: day, CreatedAt: moment(5 - n)}
					if err := tx.Evidence.SaveAssessment(t.Context(), a); err != nil {
						return err
					}
					h := catalog.HealthItem{CatID: c.ID, Code: fmt.Sprint("CODE", 2-n), Status: "ok", UpdatedAt: moment(1)}
					if err := tx.Evidence.SaveHealth(t.Context(), h); err != nil {
						return err
					}
				}
			}
			return nil
		})
		alone, err := s.Assessments(t.Context(), cats[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		healthAlone, err := s.Health(t.Context(), cats[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, func(tx catalog.Tx) error {
			evidence, err := tx.Evidence.Evidence(t.Context(), []string{cats[0].ID, cats[2].ID})
			if diff := cmp.Diff(map[string]catalog.Evidence{cats[0].ID: {Assessments: alone, Health: healthAlone}}, evidence); diff != "" {
				t.Errorf("evidence of two cats (-want +got):\n%s", diff)
			}
			return err
		})
	})
}
