package catalog_test

import (
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

func TestUUIDOf_InvertsNewID(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		got, ok := catalog.UUIDOf(catalog.NewID(catalog.CatPrefix, want))
		if !ok || got != want {
			t.Errorf("got %x %v, want %x", got, ok, want)
		}
	})
	for _, id := range []string{"", "cat", "cat_", "cat_8zzzzzzzzzzzzzzzzzzzzzzzzz", "cat_0100000000000000000000000u"} {
		if _, ok := catalog.UUIDOf(id); ok {
			t.Errorf("got a UUID from the invalid id %q", id)
		}
	}
}
