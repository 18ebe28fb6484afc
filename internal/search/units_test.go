package search

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

func TestPlaces_LatitudeBandContainsAllWithinRadius(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		point := rapid.Custom(func(t *rapid.T) geo.Point {
			return geo.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lng: rapid.Float64Range(-180, 180).Draw(t, "lng")}
		})
		p := places{numbers: map[geo.Point]uint32{}}
		center := point.Draw(t, "center")
		p.getOrCreate(center)
		for _, other := range rapid.SliceOf(point).Draw(t, "others") {
			p.getOrCreate(other)
		}
		radius := newRadiusFilter(center, rapid.Float64Range(0, 25_000).Draw(t, "km"))
		band := p.latitudeBand(&radius.center, radius.minDot)
		for i := range p.units {
			if radius.contains(&p.units[i]) && !slices.Contains(band, uint32(i)) {
				t.Errorf("%v is within the radius around %v but not in its latitude band", p.all[i].point, center)
			}
		}
	})
}

func TestCatID_RoundTrip(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		var u [16]byte
		copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		want := catalog.NewID(catalog.CatPrefix, u)
		id, ok := parseCatID(want)
		if got := id.String(); !ok || got != want {
			t.Errorf("got %s, %t, want %s", got, ok, want)
		}
	})
	if _, ok := parseCatID("cat_1"); ok {
		t.Error("cat_1: got a valid id, want an invalid one")
	}
}

func TestLatestBirthDay_IsTheLastDayForTheAge(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		now := dateOf(rapid.Int32Range(0, 40_000).Draw(t, "today"))
		months := rapid.IntRange(0, 400).Draw(t, "months")
		last := dateOf(latestBirthDay(dayOf(now), months))
		if got := catalog.MonthsBetween(last, now); months > 0 && got < months {
			t.Errorf("born %s: got %d months, want at least %d", last, got, months)
		}
		if got := catalog.MonthsBetween(last.AddDate(0, 0, 1), now); months > 0 && got >= months {
			t.Errorf("born a day after %s: got %d months, want less than %d", last, got, months)
		}
	})
}

func TestFields_NamesAreDistinct(t *testing.T) {
	t.Parallel()

	seen := map[Field]bool{}
	for _, f := range Fields() {
		if seen[f.Field] {
			t.Errorf("%s: got it twice", f.Field)
		}
		seen[f.Field] = true
		if f.Closed && len(f.Values) == 0 {
			t.Errorf("%s: got a closed field without values", f.Field)
		}
	}
	if len(seen) != 40 {
		t.Errorf("got %d fields, want 40", len(seen))
	}
}
