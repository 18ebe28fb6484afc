package search

import (
	"math"
	"math/bits"
	"slices"
	"sort"

	"trailcat/internal/geo"
	"trailcat/internal/search/hashing"
)

// place is a location of cats: that of a shelter, or the centre of the postal code
// of foster homes.
type place struct {
	point      geo.Point
	tieBreaker uint64   // orders places at the same distance, the same on every node
	slots      []uint32 // of the listed cats here, by number
}

// places is a spatial index. A place is never removed, because the history refers to
// it; there are at most as many places as shelters and postal codes.
type places struct {
	all        []place
	units      [][3]float64 // the points as unit vectors, contiguous for scans
	byLatitude []uint32     // all places from south to north
	numbers    map[geo.Point]uint32
}

func (p *places) getOrCreate(point geo.Point) uint32 {
	if number, ok := p.numbers[point]; ok {
		return number
	}
	number := uint32(len(p.all))
	p.all = append(p.all, place{point: point, tieBreaker: tieBreaker(point), slots: nil})
	p.units = append(p.units, point.UnitVector())
	p.byLatitude = slices.Insert(p.byLatitude, p.latitudeRank(p.units[number][2]), number)
	p.numbers[point] = number
	return number
}

// latitudeRank returns the number of places whose unit vector has a smaller z.
func (p *places) latitudeRank(z float64) int {
	return sort.Search(len(p.byLatitude), func(i int) bool { return p.units[p.byLatitude[i]][2] >= z })
}

// latitudeBand returns a superset of the places whose dot product with a point is at
// least dot. The straight-line distance of two points, whose square is 2-2·dot, is
// at least the difference of their z.
func (p *places) latitudeBand(center *[3]float64, dot float64) []uint32 {
	if dot <= -1 {
		return p.byLatitude
	}
	// 1e-7 is less than a metre: the root of the rounding error of a dot product, 1e-16.
	width := math.Sqrt(max(0, 2-2*dot)) + 1e-7
	return p.byLatitude[p.latitudeRank(center[2]-width):p.latitudeRank(center[2]+width)]
}

func tieBreaker(p geo.Point) uint64 {
	return hashing.Mix64(math.Float64bits(p.Lat)) ^ bits.RotateLeft64(hashing.Mix64(math.Float64bits(p.Lng)), 17)
}

// addSlot adds a slot in order of number. numbers is the column of cat numbers.
func (p *place) addSlot(slot uint32, numbers []int64) {
	if last := len(p.slots) - 1; last < 0 || numbers[p.slots[last]] < numbers[slot] {
		p.slots = append(p.slots, slot)
	} else if at, found := p.find(numbers[slot], numbers); !found {
		p.slots = slices.Insert(p.slots, at, slot)
	}
}

func (p *place) removeSlot(slot uint32, numbers []int64) {
	if at, found := p.find(numbers[slot], numbers); found {
		p.slots = slices.Delete(p.slots, at, at+1)
	}
}

func (p *place) find(number int64, numbers []int64) (int, bool) {
	return slices.BinarySearchFunc(p.slots, number, func(slot uint32, number int64) int {
		return int(min(1, max(-1, numbers[slot]-number)))
	})
}

// radiusFilter is a circle around a point. The distance is computed as the dot
// product of unit vectors, which is larger for a nearer point.
type radiusFilter struct {
	center [3]float64
	minDot float64 // of a point within the radius; noRadius is unlimited
}

// noRadius is the minDot of a circle without limit: less than any dot product.
const noRadius = -2

// newRadiusFilter returns a circle; a radius of 0 is unlimited.
func newRadiusFilter(center geo.Point, radiusKm float64) *radiusFilter {
	f := &radiusFilter{center: center.UnitVector(), minDot: noRadius}
	if radiusKm > 0 {
		f.minDot = geo.DotFromKm(radiusKm)
	}
	return f
}

// dot returns the dot product with a point. The conversions keep compilers from
// fusing the operations, so that the result is the same to the bit on every
// processor.
func (f *radiusFilter) dot(unit *[3]float64) float64 {
	return float64(f.center[0]*unit[0]) + float64(f.center[1]*unit[1]) + float64(f.center[2]*unit[2])
}

func (f *radiusFilter) contains(unit *[3]float64) bool { return f.dot(unit) >= f.minDot }

// hasLimit reports whether the circle excludes any point.
func (f *radiusFilter) hasLimit() bool { return f.minDot > noRadius }

// distanceKey returns a number that is larger for a farther point.
func distanceKey(dot float64) uint64 { return math.Float64bits(max(0, 1-dot)) }

// km returns the distance to a point in kilometres.
func (f *radiusFilter) km(unit *[3]float64) float64 { return geo.KmFromDot(f.dot(unit)) }
