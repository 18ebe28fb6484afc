package search

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

func TestSetsDoTheAlgebra(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) ([]uint32, *bitset) {
			members := rapid.SliceOfDistinct(rapid.Uint32Range(0, 2*slotsPerBlock-1), rapid.ID).Draw(t, name)
			slices.Sort(members)
			s := &bitset{}
			s.grow(2)
			for _, m := range members {
				s.add(m)
			}
			return members, s
		}
		a, as := draw("a")
		b, bs := draw("b")
		c, cs := draw("c")
		both := slices.DeleteFunc(slices.Clone(a), func(m uint32) bool { return !slices.Contains(b, m) })
		if got := as.countAnd(bs); got != len(both) {
			t.Errorf("shared: got %d, want %d", got, len(both))
		}
		and := &bitset{}
		and.grow(2)
		and.copyFrom(as)
		and.intersectUnion([]*bitset{bs, cs})
		want := slices.DeleteFunc(slices.Clone(a), func(m uint32) bool { return !slices.Contains(b, m) && !slices.Contains(c, m) })
		if got := slices.Collect(and.all()); !slices.Equal(got, want) || and.count() != len(want) {
			t.Errorf("and any: got %v, want %v", got, want)
		}
		as.and(bs)
		if got := slices.Collect(as.all()); !slices.Equal(got, both) {
			t.Errorf("and: got %v, want %v", got, both)
		}
	})
}

func TestATagLeadsToItsSlotsRareOrFrequent(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		const blocks = 2
		tag, base := tagPostings{}, bitset{}
		base.grow(blocks)
		step := rapid.Uint32Range(1, 12).Draw(t, "step") // every slot, so that the tag turns frequent, to every twelfth
		want := map[uint32]bool{}
		for slot := uint32(0); slot < blocks*slotsPerBlock; slot += step {
			tag.add(slot, blocks)
			want[slot] = true
		}
		for _, slot := range rapid.SliceOfN(rapid.Uint32Range(0, blocks*slotsPerBlock-1), 0, 50).Draw(t, "removed") {
			tag.remove(slot)
			delete(want, slot)
		}
		shared := 0
		for slot := uint32(0); slot < blocks*slotsPerBlock; slot += 3 {
			base.add(slot)
			if want[slot] {
				shared++
			}
		}
		if tag.isFrequent() != (step < 8) {
			t.Errorf("got frequent %t with %d slots", tag.isFrequent(), len(want))
		}
		if got := tag.countIn(&base); got != shared || tag.len() != len(want) {
			t.Errorf("got %d of %d in the base, want %d of %d", got, tag.len(), shared, len(want))
		}
		out, room := bitset{}, bitset{}
		out.grow(blocks)
		room.grow(blocks)
		tag.into(&out, &room)
		if got := slices.Collect(out.all()); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
			t.Errorf("got %d slots, want %d", len(got), len(want))
		}
	})
}

func TestABandHasEveryPlaceNearEnough(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		point := rapid.Custom(func(t *rapid.T) geo.Point {
			return geo.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lng: rapid.Float64Range(-180, 180).Draw(t, "lng")}
		})
		p := places{at: map[geo.Point]uint32{}}
		from := point.Draw(t, "from")
		p.meet(from)
		for _, other := range rapid.SliceOf(point).Draw(t, "others") {
			p.meet(other)
		}
		near := vicinityOf(from, rapid.Float64Range(0, 25_000).Draw(t, "km"))
		band := p.latitudeBand(&near.from, near.nearest)
		for i := range p.units {
			if near.contains(&p.units[i]) && !slices.Contains(band, uint32(i)) {
				t.Errorf("%v is within reach of %v but not in its band", p.all[i].point, from)
			}
		}
	})
}

func TestACardComesOutAsItWentIn(t *testing.T) {
	t.Parallel()

	l := newLibrary([]string{`"status":"available"`})
	r := rapid.StringN(0, 60, -1)
	var cards, shrunk [][]byte
	for i := range 4000 {
		card, _ := json.Marshal(map[string]any{"id": i, "status": "available", "name": r.Example(i % 50), "text": strings.Repeat("purr ", i%9)})
		cards, shrunk = append(cards, card), append(shrunk, l.shrink(nil, card))
	}
	in, out := 0, 0
	for i, s := range shrunk {
		if got := l.unfold(nil, s); !bytes.Equal(got, cards[i]) {
			t.Fatalf("got %s, want %s", got, cards[i])
		}
		in, out = in+len(cards[i]), out+len(s)
	}
	if len(l.books) < 3 || out > in/2 {
		t.Errorf("got %d bytes of %d with %d books, want less than half", out, in, len(l.books))
	}
}

func TestAnyTextUnfolds(t *testing.T) {
	t.Parallel()

	sample := [][]byte{[]byte("abababababab the cat the cat the cat the cat, the caterpillar and the category"), bytes.Repeat([]byte("the cat sat on the mat. "), 40)}
	b := trainDictionary([]string{"x", "xyz", "a long piece of text", strings.Repeat("é", 300)}, sample, 2)
	rapid.Check(t, func(t *rapid.T) {
		text := bytes.Join(rapid.SliceOf(rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.SampledFrom(sample))).Draw(t, "text"), nil)
		if got := b.decompress(nil, b.compress(nil, text)); !bytes.Equal(got, text) {
			t.Errorf("got %q, want %q", got, text)
		}
	})
}

func TestSlabsKeepTheirRecords(t *testing.T) {
	t.Parallel()

	var s arena
	refs := make([]handle, 500)
	want := make([]string, len(refs))
	for i := range 20_000 {
		at := i * 7919 % len(refs)
		s.free(refs[at])
		want[at] = strings.Repeat(strconv.Itoa(i), 1+i%200)
		refs[at] = s.put([]byte(want[at]))
		if chunk := s.fragmentedChunk(); chunk >= 0 {
			s.compactChunk(chunk, refs)
		}
	}
	for i, r := range refs {
		if got := string(s.get(r)); got != want[i] {
			t.Fatalf("record %d: got %.40q, want %.40q", i, got, want[i])
		}
	}
	if len(s.chunks) > 4 {
		t.Errorf("got %d chunks for half a megabyte, want the holes swept", len(s.chunks))
	}
}

func TestIDsArePackedAndUnpacked(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		var u [16]byte
		copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid"))
		want := catalog.NewID(catalog.CatPrefix, u)
		id, ok := parseCatID(want)
		if got := id.String(); !ok || got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	if _, ok := parseCatID("cat_1"); ok {
		t.Error("cat_1 is no id")
	}
}

func TestAShuffleVisitsEachNumberOnce(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		s := permutation{
			base: rapid.Int64Range(-1000, 1<<40).Draw(t, "base"), bits: uint8(rapid.IntRange(1, 12).Draw(t, "bits")),
			seed: rapid.Int64().Draw(t, "seed"),
		}
		seen := map[int64]bool{}
		for place := range s.mask() + 1 {
			number := s.at(place)
			seen[number] = true
			if back, ok := s.indexOf(number); !ok || back != place {
				t.Fatalf("place %d holds %d, which stands at %d, %t", place, number, back, ok)
			}
		}
		if uint64(len(seen)) != s.mask()+1 {
			t.Errorf("got %d numbers, want %d", len(seen), s.mask()+1)
		}
	})
}

func TestWordsOfText(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		text string
		want string
	}{
		"case and punctuation":     {"Hello, World! 3-legged", "hello world 3 legged"},
		"an apostrophe joins":      {"don't he'll", "dont hell"},
		"a possessive s goes":      {"the cat's Ada’s", "the cat ada"},
		"quotes are no apostrophe": {"'quoted' words", "quoted words"},
		"accents fold":             {"Café Éclair naïve", "cafe eclair naive"},
		"a dash between":           {"cat—dog", "cat dog"},
		"other scripts":            {"кот 猫", "кот 猫"},
		"nothing":                  {"  ?! ", ""},
		"a long word is cut":       {strings.Repeat("m", 90), strings.Repeat("m", maxTokenLen)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := strings.Join(wordsOf(test.text), " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheLastBirthThatIsSoOld(t *testing.T) {
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

func TestFieldsHaveDistinctNames(t *testing.T) {
	t.Parallel()

	seen := map[Field]bool{}
	for _, f := range Fields() {
		if seen[f.Field] {
			t.Errorf("%s twice", f.Field)
		}
		seen[f.Field] = true
		if f.Closed && len(f.Values) == 0 {
			t.Errorf("%s is closed and has no values", f.Field)
		}
	}
	if len(seen) != 33 {
		t.Errorf("got %d fields, want 33", len(seen))
	}
}
