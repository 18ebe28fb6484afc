package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestCat_RoundTrip(t *testing.T) {
	t.Parallel()

	tests := map[string]func(*testing.T) catalog.Cat{
		"every field set":       full[catalog.Cat],
		"all unknown":           func(*testing.T) catalog.Cat { return catalog.Cat{ID: "x", Number: 1, ExternalID: "1"} },
		"as shelters send it":   func(*testing.T) catalog.Cat { return realisticCat(1, "") },
		"no instead of unknown": withNo,
		"a fee of zero":         func(*testing.T) catalog.Cat { return withFacts(catalog.Facts{Fee: catalog.Fee{Minor: new(int64(0))}}) },
		"special characters": func(*testing.T) catalog.Cat {
			return withFacts(catalog.Facts{Description: "line\nline\ttab \u2028 😺 </script>"})
		},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		number := int64(0)
		for name, want := range tests {
			number++
			t.Run(name, func(t *testing.T) {
				want := want(t)
				want.ID, want.ShelterID, want.ExternalID, want.Number = "cat "+name, "shl_1", name, number
				write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), []catalog.Cat{want}, nil) })
				checkCat(t, s, want)

				want.Version++ // replace the stored version
				write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), nil, []catalog.Cat{want}) })
				checkCat(t, s, want)
			})
		}
	})
}

// Several cats are saved by another statement than one.
func TestCats_RoundTrip(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		cats := []catalog.Cat{full[catalog.Cat](t), {}, withNo(t), realisticCat(4, "")}
		for i := range cats {
			n := strconv.Itoa(i + 1)
			cats[i].ID, cats[i].ShelterID, cats[i].ExternalID, cats[i].Number = "cat_"+n, "shl_1", n, int64(i+1)
		}
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
		for _, cat := range cats {
			checkCat(t, s, cat)
		}
		for i := range cats {
			cats[i].Version++
			cats[i].Facts, cats[(i+1)%len(cats)].Facts = cats[(i+1)%len(cats)].Facts, cats[i].Facts
		}
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), nil, cats) })
		for _, cat := range cats {
			checkCat(t, s, cat)
		}
	})
}

// withNo returns a cat whose tri-state facts are all false.
func withNo(*testing.T) catalog.Cat {
	var facts catalog.Facts
	for _, fact := range catalog.FactTable() {
		if at, ok := fact.At.(func(*catalog.Facts) **bool); ok {
			*at(&facts) = new(false)
		}
	}
	return withFacts(facts)
}

func withFacts(f catalog.Facts) catalog.Cat {
	c := plainCat(1, "")
	c.Facts = f
	return c
}

// checkCat reads a cat with every method and compares it exactly, since DiffFacts must
// find no difference in an unchanged cat.
func checkCat(t *testing.T, s *store.Store, want catalog.Cat) {
	t.Helper()
	reads := map[string]func() (catalog.Cat, error){
		"Cat":         func() (catalog.Cat, error) { return s.Cat(t.Context(), want.ID) },
		"CatByNumber": func() (catalog.Cat, error) { return s.CatByNumber(t.Context(), want.Number) },
		"CatsByID": func() (catalog.Cat, error) {
			cats, err := s.CatsByID(t.Context(), []string{"unknown", want.ID})
			return only(t, cats), err
		},
		"CatsByExternalID": func() (cat catalog.Cat, err error) {
			err = s.Write(t.Context(), func(tx catalog.Tx) error {
				cats, err := tx.Cats.CatsByExternalID(t.Context(), want.ShelterID, []string{want.ExternalID, "unknown"})
				cat = cats[want.ExternalID]
				return err
			})
			return cat, err
		},
	}
	for name, read := range reads {
		got, err := read()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(want, got))
		}
	}
}

func only[T any](t *testing.T, list []T) T {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("got %d elements, want 1", len(list))
	}
	return list[0]
}

func TestShelter_RoundTrip(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, want := range []catalog.Shelter{full[catalog.Shelter](t), {ID: "shl_2", Code: "MD2"}, {ID: "shl_3", Code: "MD3"}} {
			write(t, s, func(tx catalog.Tx) error {
				return tx.Shelters.SaveShelter(t.Context(), catalog.Shelter{ID: want.ID, Code: want.Code})
			})
			write(t, s, func(tx catalog.Tx) error { return tx.Shelters.SaveShelter(t.Context(), want) })
			reads := map[string]func() (catalog.Shelter, error){
				"Shelter":       func() (catalog.Shelter, error) { return s.Shelter(t.Context(), want.ID) },
				"ShelterByCode": func() (catalog.Shelter, error) { return s.ShelterByCode(t.Context(), want.Code) },
				"SheltersByID": func() (catalog.Shelter, error) {
					shelters, _, err := s.SheltersByID(t.Context(), []string{want.ID, "unknown"})
					return only(t, shelters), err
				},
			}
			for name, read := range reads {
				got, err := read()
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(want, got) {
					t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(want, got))
				}
			}
		}
		all, _, err := s.Shelters(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != 3 || all[0].Code > all[1].Code || all[1].Code > all[2].Code {
			t.Errorf("got %d shelters %v, want 3 ordered by code", len(all), all)
		}
	})
}

func TestScanCats_PassesEachCatOnce(t *testing.T) {
	t.Parallel()

	tests := map[string][]int64{
		"none":                        nil,
		"one":                         {1},
		"one with a large number":     {1_000_000},
		"at the borders of steps":     {1, 999, 1000, 1001, 1002, 2000, 2001, 3001},
		"with gaps wider than a step": {5, 12_345, 12_346, 40_000},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		for name, numbers := range tests {
			var cats []catalog.Cat
			for _, n := range numbers {
				cat := plainCat(int(n), "shl_a")
				cat.Status = catalog.Removed
				cats = append(cats, cat)
			}
			if _, err := s.SQL().ExecContext(t.Context(), "DELETE FROM cats"); err != nil {
				t.Fatal(err)
			}
			write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
			if got := scanned(t, s); !slices.Equal(got, numbers) {
				t.Errorf("%s: got numbers %v, want %v", name, got, numbers)
			}
		}
	})
}

// scanned returns the numbers of all scanned cats in order.
func scanned(t *testing.T, s *store.Store) []int64 {
	t.Helper()
	var mu sync.Mutex
	times := map[int64]int{}
	err := s.ScanCats(t.Context(), func(batch []catalog.Cat, _ catalog.LogPosition) error {
		mu.Lock()
		defer mu.Unlock()
		for _, cat := range batch {
			times[cat.Number]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, seen := range times {
		if seen != 1 {
			t.Errorf("number %d was scanned %d times", n, seen)
		}
	}
	return slices.Sorted(maps.Keys(times))
}

func TestScanCats_StopsWithTheFirstError(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.SaveCats(t.Context(), []catalog.Cat{plainCat(1, "shl_a"), plainCat(5000, "shl_a")}, nil)
		})
		full := errors.New("no room")
		if err := s.ScanCats(t.Context(), func([]catalog.Cat, catalog.LogPosition) error { return full }); !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
	})
}

func TestMarkSeen_ChangesOnlyConfirmedAt(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		cats := realisticCats(1, 3, "shl_a")
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.MarkSeen(t.Context(), []string{cats[0].ID, cats[2].ID}, moment(30))
		})
		cats[0].ConfirmedAt, cats[2].ConfirmedAt = moment(30), moment(30)
		for _, cat := range cats {
			checkCat(t, s, cat)
		}
	})
}

func TestCatsAfter_OrderedByNumber(t *testing.T) {
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
			"from the first":           {0, 2, cats[:2]},
			"removed cats are omitted": {2, 3, []catalog.Cat{cats[2], cats[4], cats[5]}},
			"after the last":           {6, 3, nil},
			"only the last":            {5, 3, cats[5:]},
			"a limit over the rest":    {4, 100, cats[4:]},
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
			got, err = tx.Cats.CatsByID(t.Context(), []string{cats[3].ID, cats[0].ID, "cat_unknown"})
			return err
		})
		slices.SortFunc(got, func(a, b catalog.Cat) int { return int(a.Number - b.Number) })
		if diff := cmp.Diff([]catalog.Cat{cats[0], cats[3]}, got); diff != "" {
			t.Errorf("CatsByID, including removed cats (-want +got):\n%s", diff)
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

// Two writes that lock the same shelters in opposite order do not deadlock.
func TestCatsByID_LocksWithoutDeadlock(t *testing.T) {
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
				t.Errorf("got version %d, want %d: a write was lost (%v)", got.Version, 1+2*rounds, err)
			}
		}
	})
}

func TestEvidence_OfSeveralCats(t *testing.T) {
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
					if err := tx.Evidence.SaveAssessments(t.Context(), []catalog.Assessment{a}); err != nil {
						return err
					}
					h := catalog.HealthItem{CatID: c.ID, Code: fmt.Sprint("CODE", 2-n), Status: "ok", UpdatedAt: moment(1)}
					if err := tx.Evidence.SaveHealth(t.Context(), []catalog.HealthItem{h}); err != nil {
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
