package search

import (
	"math"
	"math/bits"
	"slices"
	"sort"

	"trailcat/internal/geo"
)

// place is a point at which cats live: that of a shelter, or the middle of the
// postal code of foster homes.
type place struct {
	point geo.Point
	tie   uint64   // orders places at the same distance, alike on every node
	slots []uint32 // of the listed cats there, by number
}

// places are all the points. A place stays for ever, for walks that still know
// cats there; there are not more than shelters and postal codes.
type places struct {
	all   []place
	units [][3]float64 // the points as vectors, side by side to go through quickly
	south []uint32     // all from south to north, to look only at those about as far north
	at    map[geo.Point]uint32
}

func (p *places) meet(point geo.Point) uint32 {
	if number, ok := p.at[point]; ok {
		return number
	}
	number := uint32(len(p.all))
	p.all = append(p.all, place{point: point, tie: tieBreaker(point), slots: nil})
	p.units = append(p.units, point.UnitVector())
	p.south = slices.Insert(p.south, p.latitudeRank(p.units[number][2]), number)
	p.at[point] = number
	return number
}

// latitudeRank is how many places are less far north than a height above the equator.
func (p *places) latitudeRank(height float64) int {
	return sort.Search(len(p.south), func(i int) bool { return p.units[p.south[i]][2] >= height })
}

// latitudeBand is all places that may have a dot product of at least so much with a
// point, and some more. The distance of two points through the earth, whose
// square is 2-2·dot, is no less than the difference of their heights.
func (p *places) latitudeBand(from *[3]float64, dot float64) []uint32 {
	if dot <= -1 {
		return p.south
	}
	apart := math.Sqrt(max(0, 2-2*dot)) + 1e-7 // not a metre more: a dot product is rounded to 1e-16, and this is the root of it
	return p.south[p.latitudeRank(from[2]-apart):p.latitudeRank(from[2]+apart)]
}

func tieBreaker(p geo.Point) uint64 {
	return mix64(math.Float64bits(p.Lat)) ^ bits.RotateLeft64(mix64(math.Float64bits(p.Lng)), 17)
}

// put keeps the slots of a place in order of number.
func (p *place) put(slot uint32, numbers []int64) {
	if last := len(p.slots) - 1; last < 0 || numbers[p.slots[last]] < numbers[slot] {
		p.slots = append(p.slots, slot)
	} else if at, found := p.find(numbers[slot], numbers); !found {
		p.slots = slices.Insert(p.slots, at, slot)
	}
}

func (p *place) take(slot uint32, numbers []int64) {
	if at, found := p.find(numbers[slot], numbers); found {
		p.slots = slices.Delete(p.slots, at, at+1)
	}
}

func (p *place) find(number int64, numbers []int64) (int, bool) {
	return slices.BinarySearchFunc(p.slots, number, func(slot uint32, number int64) int {
		return int(min(1, max(-1, numbers[slot]-number)))
	})
}

// radiusFilter is how far every place is from a point.
type radiusFilter struct {
	from    [3]float64
	nearest float64 // the dot product of what is just within the radius; -2 is everywhere
}

func vicinityOf(from geo.Point, radiusKm float64) *radiusFilter {
	v := &radiusFilter{from: from.UnitVector(), nearest: -2}
	if radiusKm > 0 {
		v.nearest = geo.DotFromKm(radiusKm)
	}
	return v
}

// dot is the larger the nearer a place is. The conversions keep compilers from
// fusing the steps, so that it is the same to the bit wherever it is reckoned.
func (v *radiusFilter) dot(unit *[3]float64) float64 {
	return float64(v.from[0]*unit[0]) + float64(v.from[1]*unit[1]) + float64(v.from[2]*unit[2])
}

func (v *radiusFilter) contains(unit *[3]float64) bool { return v.dot(unit) >= v.nearest }

// distanceKey is the larger the farther a place is.
func distanceKey(dot float64) uint64 { return math.Float64bits(max(0, 1-dot)) }

// km is the distance to a place.
func (v *radiusFilter) km(unit *[3]float64) float64 { return geo.KmFromDot(v.dot(unit)) }
