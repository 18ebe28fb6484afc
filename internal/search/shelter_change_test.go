package search

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
)

// A change of any field of a shelter's profile leaves the index as if it were filled again,
// and reads cats only if their place may depend on the field.
func TestShelterChange_ReadsCatsOnlyIfTheirPlaceDependsOnIt(t *testing.T) {
	t.Parallel()

	located := []string{"Address.Country", "Point.Lat", "Point.Lng"}
	for _, path := range leaves(reflect.TypeFor[catalog.Profile](), "", nil) {
		t.Run(path.name, func(t *testing.T) {
			t.Parallel()

			f := newFixture()
			f.addCat(catalog.Cat{ShelterID: f.shelters[0].ID, Facts: catalog.Facts{Name: "Fern", FosterPostalCode: "20850"}})
			x := filled(t, f)
			for number := range f.shelters {
				f.editShelter(1+number, func(s *catalog.Shelter) { alter(reflect.ValueOf(&s.Profile).Elem().FieldByIndex(path.index)) })
			}
			catchUp(t, x)
			if diff := cmp.Diff(contents(filled(t, f)), contents(x)); diff != "" {
				t.Errorf("the index differs from one that is filled (-filled +followed):\n%s", diff)
			}
			if want := slices.Contains(located, path.name); f.catsRead > 0 != want {
				t.Errorf("read %d cats, want some: %t", f.catsRead, want)
			}
		})
	}
}

// leaf is a field of a struct, or of one in it.
type leaf struct {
	name  string
	index []int
}

// leaves returns the fields of a struct that are not structs themselves.
func leaves(of reflect.Type, prefix string, index []int) []leaf {
	var out []leaf
	for i := range of.NumField() {
		field, at := of.Field(i), append(slices.Clone(index), i)
		if field.Type.Kind() == reflect.Struct {
			out = append(out, leaves(field.Type, prefix+field.Name+".", at)...)
		} else {
			out = append(out, leaf{prefix + field.Name, at})
		}
	}
	return out
}

// alter changes a value.
func alter(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // the kinds of a profile's fields
	case reflect.String:
		v.SetString(v.String() + "X")
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Slice:
		added := reflect.New(v.Type().Elem()).Elem()
		if added.Kind() == reflect.String {
			added.SetString(string(catalog.AggregatorReader))
		}
		v.Set(reflect.Append(v, added))
	default:
		panic(fmt.Sprintf("a field of kind %s", v.Kind()))
	}
}

// contents returns all that an index has of each shelter, and of each listed cat.
func contents(x *Index) map[string]any {
	d, out := x.data, map[string]any{}
	for _, s := range d.shelters.all {
		out[s.ID] = []any{*s.Shelter, s.name, s.searchText, slices.Sorted(slices.Values(d.idsOf(s.cats)))}
	}
	for slot := range d.live.All() {
		place := d.places.all[d.placeOf[slot]]
		values := []any{d.versions[slot], place.point, slices.Contains(place.slots, slot), d.shelters.all[d.shelterOf[slot]].ID, string(d.name(slot)), d.shows(slot, aggregator)}
		for _, f := range d.sets {
			for _, v := range f.values {
				if v.set.Has(slot) {
					values = append(values, string(f.def.Field)+"="+v.name)
				}
			}
		}
		out[d.ids[slot].String()] = values
	}
	placed := 0
	for _, p := range d.places.all {
		placed += len(p.slots)
	}
	out["cats in places"] = placed
	return out
}
