package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/vocab"
)

// moment returns the n-th of several times that the databases store exactly.
func moment(n int) time.Time {
	return time.Date(2026, time.November, 22, 7, 30, n, n*1000, time.UTC)
}

func write(tb testing.TB, s *store.Store, fn func(catalog.Tx) error) {
	tb.Helper()
	if err := s.Write(tb.Context(), fn); err != nil {
		tb.Fatal(err)
	}
}

// appendLog appends changes to the log, where the new end of the log does not matter.
func appendLog(tx catalog.Tx, ctx context.Context, changes []catalog.Change) error { //nolint:revive // reads like tx.Log.Append
	_, _, err := tx.Log.Append(ctx, changes)
	return err
}

// shelterNamed saves a minimal shelter.
func shelterNamed(tb testing.TB, s *store.Store, id string) {
	tb.Helper()
	write(tb, s, func(tx catalog.Tx) error {
		return tx.Shelters.SaveShelter(tb.Context(), catalog.Shelter{ID: id, Code: "code-" + id, Version: 1, Profile: catalog.Profile{Name: id}})
	})
}

// plainCat returns a minimal cat.
func plainCat(n int, shelterID string) catalog.Cat {
	return catalog.Cat{
		ID: fmt.Sprintf("cat_%026d", n), Number: int64(n), ShelterID: shelterID, ExternalID: fmt.Sprint("A", n),
		Source: "api", Version: 1, ConfirmedAt: moment(1), CreatedAt: moment(1), UpdatedAt: moment(1),
		Facts: catalog.Facts{Name: fmt.Sprint("Cat ", n), Status: catalog.Available, Sex: vocab.SexUnknown},
	}
}

// realisticCat returns a cat of the size that shelters send.
func realisticCat(n int, shelterID string) catalog.Cat {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	c := plainCat(n, shelterID)
	yes := func() *bool {
		if r.IntN(3) == 0 {
			return nil
		}
		return new(r.IntN(2) == 0)
	}
	words := strings.Fields("this gentle cat loves sunny windows long naps and a slow walk on the leash when the street is quiet she came to us as a stray and now")
	var b strings.Builder
	for b.Len() < 600 {
		b.WriteString(words[r.IntN(len(words))] + " ")
	}
	c.Facts = catalog.Facts{
		Name: fmt.Sprint("Cat ", n), URL: fmt.Sprintf("https://shelter.example/cats/%d", n), Status: catalog.Available,
		StatusChangedAt: moment(2), ListedAt: moment(3), Description: strings.TrimSpace(b.String()),
		Birth: catalog.Birth{On: time.Date(2015+r.IntN(11), 5, 1+r.IntN(28), 0, 0, 0, 0, time.UTC), Precision: catalog.ToTheMonth},
		Sex:   "female", Altered: yes(), Breed: vocab.Breed{Primary: "Domestic Short Hair", Mixed: yes()},
		Colors: vocab.Colors{Primary: "Black & White / Tuxedo"}, Coat: "short", Size: "medium", WeightKg: new(4.2),
		GoodWith: catalog.GoodWith{Children: yes(), Dogs: yes(), Cats: yes()}, HouseTrained: yes(), Declawed: yes(),
		SpecialNeeds: yes(), ShotsCurrent: yes(), Microchipped: yes(), FIV: yes(),
		Traits: catalog.Traits{Energy: "4", Tags: []string{"Playful", "Curious", "Lap cat"}},
		Fee:    catalog.Fee{Minor: new(int64(12500)), Currency: "USD"},
		Photos: []catalog.Photo{
			{URL: fmt.Sprintf("https://photos.shelter.example/%d/1.jpg", n), Width: 800, Height: 600},
			{URL: fmt.Sprintf("https://photos.shelter.example/%d/2.jpg", n), Width: 800, Height: 600},
		},
	}
	return c
}

func realisticCats(first, n int, shelterID string) []catalog.Cat {
	cats := make([]catalog.Cat, n)
	for i := range cats {
		cats[i] = realisticCat(first+i, shelterID)
	}
	return cats
}

// fill sets every field of a struct, recursively, to a distinct value that is not
// zero, so that a field that is not stored is detected.
func fill(t *testing.T, v reflect.Value, path string, n *int) {
	t.Helper()
	*n++
	switch value := v.Addr().Interface().(type) {
	case *time.Time:
		*value = moment(*n % 60)
		if strings.HasSuffix(path, "On") { // a date
			*value = time.Date(2001+*n%20, time.Month(1+*n%12), 1+*n%28, 0, 0, 0, 0, time.UTC)
		}
		return
	case *geo.Point:
		*value = geo.Point{Lat: 39.083 + float64(*n), Lng: -77.15}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf(`%s "%d" <é&\>`, path, *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1<<40 + *n))
	case reflect.Uint64:
		v.SetUint(1<<63 + uint64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(1 + *n%100)) // a byte that text columns accept
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.125)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), path, n)
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), fmt.Sprintf("%s[%d]", path, i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), path+"[0]", n)
		fill(t, v.Index(1), path+"[1]", n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("one"), reflect.ValueOf("eins"))
		v.SetMapIndex(reflect.ValueOf("two"), reflect.ValueOf("zwei"))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), path+"."+v.Type().Field(i).Name, n)
		}
	default:
		t.Fatalf("%s: no value for a %s", path, v.Kind())
	}
}

// full returns a value of a type with every field set.
func full[T any](t *testing.T) T {
	t.Helper()
	var value T
	n := 0
	fill(t, reflect.ValueOf(&value).Elem(), reflect.TypeFor[T]().Name(), &n)
	return value
}
