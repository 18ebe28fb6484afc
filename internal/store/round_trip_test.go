package store_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// Nothing that is said of a cat may be lost or bent on its way through a database.
func TestCatSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()

	tests := map[string]func(*testing.T) catalog.Cat{
		"with every field set": full[catalog.Cat],
		"with all unknown":     func(*testing.T) catalog.Cat { return catalog.Cat{ID: "x", Number: 1, ExternalID: "1"} },
		"as shelters send it":  func(*testing.T) catalog.Cat { return realisticCat(1, "") },
		"with no, not unknown": withNo,
		"with a fee of zero":   func(*testing.T) catalog.Cat { return withFacts(catalog.Facts{Fee: catalog.Fee{Minor: new(int64(0))}}) },
		"with an old description": func(*testing.T) catalog.Cat {
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

				want.Version++ // and the same over what is there
				write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), nil, []catalog.Cat{want}) })
				checkCat(t, s, want)
			})
		}
	})
}

func withNo(*testing.T) catalog.Cat {
	no := new(false)
	return withFacts(catalog.Facts{
		Altered: no, GoodWith: catalog.GoodWith{Children: no, Dogs: no, Cats: no}, HouseTrained: no, Declawed: no, SpecialNeeds: no,
		ShotsCurrent: no, Microchipped: no, FIV: no, FeLV: no, IndoorOnly: no, Fee: catalog.Fee{Waived: no},
	})
}

func withFacts(f catalog.Facts) catalog.Cat {
	c := plainCat(1, "")
	c.Facts = f
	return c
}

// checkCat reads a cat in every way and compares it exactly: DiffFacts must find
// no change where there is none.
func checkCat(t *testing.T, s *store.Store, want catalog.Cat) {
	t.Helper()
	reads := map[string]func() (catalog.Cat, error){
		"Cat":         func() (catalog.Cat, error) { return s.Cat(t.Context(), want.ID) },
		"CatByNumber": func() (catalog.Cat, error) { return s.CatByNumber(t.Context(), want.Number) },
		"CatsByID": func() (catalog.Cat, error) {
			cats, err := s.CatsByID(t.Context(), []string{"nobody", want.ID})
			return only(t, cats), err
		},
		"CatsByExternalID": func() (cat catalog.Cat, err error) {
			err = s.Write(t.Context(), func(tx catalog.Tx) error {
				cats, err := tx.Cats.CatsByExternalID(t.Context(), want.ShelterID, []string{want.ExternalID, "nobody"})
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
		t.Fatalf("got %d, want one", len(list))
	}
	return list[0]
}

func TestShelterSurvivesTheRoundTrip(t *testing.T) {
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
					shelters, err := s.SheltersByID(t.Context(), []string{want.ID, "nobody"})
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
		all, err := s.Shelters(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != 3 || all[0].Code > all[1].Code || all[1].Code > all[2].Code {
			t.Errorf("got %d shelters in the order %v, want 3 by code", len(all), all)
		}
	})
}
