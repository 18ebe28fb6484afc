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
	"trailcat/internal/resourcetest"
	"trailcat/internal/vocab"
)

// searchGenerator generates saved searches. Most are near one of its cities, the largest
// of which has a tenth of all people.
type searchGenerator struct {
	*syntheticSource
	rand   *rand.Rand
	cities []geo.Point
	zipf   *rand.Zipf
}

func newSearchGenerator() searchGenerator {
	r := rand.New(rand.NewPCG(3, 4))
	g := searchGenerator{syntheticSource: newSyntheticSource(), rand: r, cities: make([]geo.Point, 300), zipf: rand.NewZipf(r, 1.3, 4, 299)}
	for i := range g.cities {
		g.cities[i] = geo.Point{Lat: 28 + 20*r.Float64(), Lng: -122 + 50*r.Float64()}
	}
	for i := range g.shelters {
		g.shelters[i].Point = g.pointNearCity(0.3)
	}
	return g
}

// pointNearCity returns a random point near a city; degrees is the standard deviation.
func (g searchGenerator) pointNearCity(degrees float64) geo.Point {
	p := g.cities[g.zipf.Uint64()]
	return geo.Point{Lat: p.Lat + degrees*g.rand.NormFloat64(), Lng: p.Lng + degrees*g.rand.NormFloat64()}
}

// search generates a saved search: seven of ten are near a city, and each has one to four
// other conditions.
func (g searchGenerator) search() Query {
	q := Query{Where: []Clause{{FieldStatus, []string{"available"}}, {FieldStale, []string{"false"}}}}
	if g.rand.IntN(10) < 7 {
		q.Near, q.RadiusKm = new(g.pointNearCity(0.2)), []float64{16, 40, 50, 80, 80, 160, 320}[g.rand.IntN(7)]
	}
	for range 1 + g.rand.IntN(4) {
		randomValue := func(f Field, values []string) Clause { return Clause{f, []string{values[g.rand.IntN(len(values))]}} }
		switch g.rand.IntN(9) {
		case 0:
			q.Where = append(q.Where, randomValue(FieldSex, []string{"female", "male"}))
		case 1, 2:
			q.Where = append(q.Where, Clause{FieldAgeGroup, [][]string{{"kitten"}, {"young"}, {"kitten", "young"}, {"young", "adult"}, {"senior"}}[g.rand.IntN(5)]})
		case 3:
			q.Where = append(q.Where, randomValue(FieldBreed, vocab.Breeds()))
		case 4:
			q.Where = append(q.Where, randomValue(FieldColor, vocab.ColorNames()))
		case 5:
			q.Where = append(q.Where, Clause{[]Field{FieldGoodWithCats, FieldGoodWithChildren, FieldGoodWithDogs}[g.rand.IntN(3)], []string{"true"}})
		case 6:
			q.Where = append(q.Where, randomValue(FieldCoat, texts(vocab.Coats())))
		case 7:
			q.Where = append(q.Where, randomValue([]Field{"fiv", FieldHasPhotos, "special_needs", "house_trained"}[g.rand.IntN(4)], []string{"true", "false"}))
		case 8:
			for len(q.Text) < 7 { // only long words: people rarely search for short ones
				q.Text = g.words[g.rand.IntN(len(g.words))] + " "
			}
		}
	}
	return q
}

// BenchmarkDiff measures Diff for a cat that is adopted, and so leaves all saved searches
// that it matched.
func BenchmarkDiff(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			g := newSearchGenerator()
			memoryBefore, _ := resourcetest.LiveHeap()
			percolator, builder := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
			for i := range n {
				if err := percolator.Put(QueryRef{ID: fmt.Sprintf("srch_%026d", i), Owner: "whk_00000000000000000000000001", Name: "Leash-ready"}, g.search()); err != nil {
					b.Fatal(err)
				}
			}
			memoryAfter, _ := resourcetest.LiveHeap()
			cats := make([]catalog.Cat, 2000)
			for i := range cats {
				cats[i] = g.cat(i + 1)
				cats[i].Status, cats[i].Description = catalog.Available, strings.Clone(cats[i].Description)
			}
			left, candidates, at := 0, 0, 0
			start := cpuTime()
			for b.Loop() {
				before, after := cats[at%len(cats)], cats[at%len(cats)]
				after.Status = catalog.Adopted
				shelter := &g.shelters[at%len(g.shelters)]
				at++
				_, refs := percolator.Diff(builder.Build(&before, shelter, today), builder.Build(&after, shelter, today))
				left += len(refs)
			}
			b.ReportMetric(float64((cpuTime()-start).Microseconds())/float64(at), "cpu-µs/cat")
			for i := range 200 {
				cat := builder.Build(&cats[i], &g.shelters[i], today)
				for range percolator.candidates.find(cat, cat) {
					candidates++
				}
			}
			b.ReportMetric(float64(left)/float64(at), "left/cat")
			b.ReportMetric(float64(candidates)/200, "candidates/cat")
			b.ReportMetric((memoryAfter-memoryBefore)/float64(n), "B/search")
			runtime.KeepAlive(percolator)
		})
	}
}
