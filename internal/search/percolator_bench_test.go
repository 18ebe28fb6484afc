package search

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// town makes up what people wait for: most of them near a city, of which the
// largest has a tenth of all people.
type town struct {
	*syntheticSource
	rand   *rand.Rand
	cities []geo.Point
	zipf   *rand.Zipf
}

func newTown() town {
	r := rand.New(rand.NewPCG(3, 4))
	t := town{syntheticSource: newSyntheticSource(), rand: r, cities: make([]geo.Point, 300), zipf: rand.NewZipf(r, 1.3, 4, 299)}
	for i := range t.cities {
		t.cities[i] = geo.Point{Lat: 28 + 20*r.Float64(), Lng: -122 + 50*r.Float64()}
	}
	for i := range t.shelters {
		t.shelters[i].Point = t.around(0.3)
	}
	return t
}

// around is somewhere about a city.
func (t town) around(degrees float64) geo.Point {
	p := t.cities[t.zipf.Uint64()]
	return geo.Point{Lat: p.Lat + degrees*t.rand.NormFloat64(), Lng: p.Lng + degrees*t.rand.NormFloat64()}
}

// search makes up a saved search: seven of ten are near a city, each asks for up
// to four other things.
func (t town) search() Query {
	q := Query{Where: []Clause{{FieldStatus, []string{"available"}}, {FieldStale, []string{"false"}}}}
	if t.rand.IntN(10) < 7 {
		q.Near, q.RadiusKm = new(t.around(0.2)), []float64{16, 40, 50, 80, 80, 160, 320}[t.rand.IntN(7)]
	}
	for range 1 + t.rand.IntN(4) {
		one := func(f Field, values []string) Clause { return Clause{f, []string{values[t.rand.IntN(len(values))]}} }
		switch t.rand.IntN(9) {
		case 0:
			q.Where = append(q.Where, one(FieldSex, []string{"female", "male"}))
		case 1, 2:
			q.Where = append(q.Where, Clause{FieldAgeGroup, [][]string{{"kitten"}, {"young"}, {"kitten", "young"}, {"young", "adult"}, {"senior"}}[t.rand.IntN(5)]})
		case 3:
			q.Where = append(q.Where, one(FieldBreed, vocab.Breeds()))
		case 4:
			q.Where = append(q.Where, one(FieldColor, vocab.ColorNames()))
		case 5:
			q.Where = append(q.Where, Clause{[]Field{FieldGoodWithCats, FieldGoodWithChildren, FieldGoodWithDogs}[t.rand.IntN(3)], []string{"true"}})
		case 6:
			q.Where = append(q.Where, one(FieldCoat, texts(vocab.Coats())))
		case 7:
			q.Where = append(q.Where, one([]Field{FieldFIV, FieldHasPhotos, FieldSpecialNeeds, FieldHouseTrained}[t.rand.IntN(4)], []string{"true", "false"}))
		case 8:
			for len(q.Text) < 7 { // nobody looks for a short word
				q.Text = t.words[t.rand.IntN(len(t.words))] + " "
			}
		}
	}
	return q
}

// BenchmarkTurned tells what a changed cat costs with so many saved searches: an
// adopted one, which leaves all that it answered.
func BenchmarkTurned(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			t := newTown()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			saved, subjects := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
			for i := range n {
				if err := saved.Put(QueryRef{ID: fmt.Sprintf("srch_%026d", i), Owner: "whk_00000000000000000000000001", Name: "Leash-ready"}, t.search()); err != nil {
					b.Fatal(err)
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			cats := make([]catalog.Cat, 2000)
			for i := range cats {
				cats[i] = t.cat(i + 1)
				cats[i].Status, cats[i].Description = catalog.Available, strings.Clone(cats[i].Description)
			}
			left, candidates, at := 0, 0, 0
			start := cpu()
			for b.Loop() {
				was, is := cats[at%len(cats)], cats[at%len(cats)]
				is.Status = catalog.Adopted
				home := &t.shelters[at%len(t.shelters)]
				at++
				_, gone := saved.Diff(subjects.Build(&was, home, today), subjects.Build(&is, home, today))
				left += len(gone)
			}
			b.ReportMetric(float64((cpu()-start).Microseconds())/float64(at), "cpu-µs/cat")
			for i := range 200 {
				cat := subjects.Build(&cats[i], &t.shelters[i], today)
				for range saved.candidates.find(cat, cat) {
					candidates++
				}
			}
			b.ReportMetric(float64(left)/float64(at), "left/cat")
			b.ReportMetric(float64(candidates)/200, "candidates/cat")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/search")
			runtime.KeepAlive(saved)
		})
	}
}
