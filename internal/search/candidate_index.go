package search

import (
	"iter"
	"math"
	"slices"

	"trailcat/internal/geo"
)

// candidateIndex has the queries of a Percolator in buckets by routing key. A query is
// copied into each of its buckets: to scan a bucket is then faster than to look up its
// queries.
type candidateIndex struct {
	buckets [][]indexedQuery
	cells   map[cell]uint32
	values  map[fieldValue]uint32
	masks   map[valueMask]uint32 // of queries without a more selective key
}

// indexedQuery is a query in a bucket.
type indexedQuery struct {
	Matcher

	slot uint32
}

// fieldWord is the field of a fieldValue that is the stem of a word.
const fieldWord Field = "q"

// routingKeys are the keys of a query: all are of one kind.
type routingKeys struct {
	cells  []cell
	values []fieldValue
	mask   *valueMask
}

func newCandidateIndex() candidateIndex {
	return candidateIndex{buckets: nil, cells: map[cell]uint32{}, values: map[fieldValue]uint32{}, masks: map[valueMask]uint32{}}
}

// maxRoutingKeys is the maximum number of buckets of a query.
const maxRoutingKeys = 16

// routingKeysOf returns the keys of the most selective condition of a query: the ids, the
// shelter, the radius of a city, the breed, a tag, a word, then less selective ones.
func routingKeysOf(q *Query, m *Matcher) routingKeys {
	cells := cellsAround(q.Near, q.RadiusKm)
	if k, ok := clauseKeys(m, FieldIDs, FieldShelter); ok {
		return k
	}
	if len(cells) > 0 && cells[0].level == 0 {
		return routingKeys{cells: cells}
	}
	if k, ok := clauseKeys(m, FieldBreed, FieldTag); ok {
		return k
	}
	if stem := longestStem(m); stem != "" {
		return routingKeys{values: []fieldValue{{fieldWord, stem}}}
	}
	if len(cells) > 0 {
		return routingKeys{cells: cells}
	}
	if k, ok := clauseKeys(m, FieldRegion, FieldColor, FieldSource, FieldCountry); ok {
		return k
	}
	return routingKeys{mask: &m.allowed}
}

// clauseKeys returns the values of the first clause for the first of the fields.
func clauseKeys(m *Matcher, fields ...Field) (routingKeys, bool) {
	if m.residual == nil {
		return routingKeys{}, false
	}
	for _, field := range fields {
		for _, c := range m.residual.clauses {
			if c.Field != field || len(c.AnyOf) > maxRoutingKeys {
				continue
			}
			k := routingKeys{values: make([]fieldValue, len(c.AnyOf))}
			for i, value := range c.AnyOf {
				k.values[i] = fieldValue{field, value}
			}
			return k, true
		}
	}
	return routingKeys{}, false
}

// longestStem returns the longest stem of the query text that is not a prefix, or an
// empty string: long words are rare.
func longestStem(m *Matcher) string {
	longest := ""
	if m.residual != nil {
		for _, t := range m.residual.terms {
			for _, stem := range t.Stems {
				if t.Prefix == "" && len(stem) > len(longest) {
					longest = stem
				}
			}
		}
	}
	return longest
}

// add adds a query to the buckets of its keys and returns their numbers.
func (x *candidateIndex) add(q indexedQuery, k routingKeys) []uint32 {
	var numbers []uint32
	addTo := func(number uint32) {
		if !slices.Contains(numbers, number) {
			x.buckets[number] = append(x.buckets[number], q)
			numbers = append(numbers, number)
		}
	}
	for _, c := range k.cells {
		addTo(bucketOf(x, x.cells, c))
	}
	for _, v := range k.values {
		addTo(bucketOf(x, x.values, v))
	}
	if k.mask != nil {
		addTo(bucketOf(x, x.masks, *k.mask))
	}
	return slices.Clip(numbers)
}

// bucketOf returns the number of the bucket of a key, and adds a bucket if there is
// none.
func bucketOf[K comparable](x *candidateIndex, numbers map[K]uint32, key K) uint32 {
	number, ok := numbers[key]
	if !ok {
		number = uint32(len(x.buckets))
		x.buckets = append(x.buckets, nil)
		numbers[key] = number
	}
	return number
}

// remove removes a query from its buckets.
func (x *candidateIndex) remove(slot uint32, numbers []uint32) {
	for _, number := range numbers {
		bucket := x.buckets[number]
		if i := slices.IndexFunc(bucket, func(q indexedQuery) bool { return q.slot == slot }); i >= 0 {
			last := len(bucket) - 1
			bucket[i], bucket[last] = bucket[last], indexedQuery{}
			x.buckets[number] = bucket[:last]
		}
	}
}

// find returns an iterator over the queries that a cat may match, or other, which has
// the same routing. A query may occur more than once.
func (x *candidateIndex) find(cat, other *MatchDocument) iter.Seq[*indexedQuery] {
	return func(yield func(*indexedQuery) bool) {
		yieldBucket := func(number uint32, ok bool) bool {
			if ok {
				for i := range x.buckets[number] {
					if !yield(&x.buckets[number][i]) {
						return false
					}
				}
			}
			return true
		}
		for _, c := range cellsAt(cat.point) {
			number, ok := x.cells[c]
			if !yieldBucket(number, ok) {
				return
			}
		}
		for _, v := range cat.values {
			number, ok := x.values[v]
			if !yieldBucket(number, ok) {
				return
			}
		}
		for stem := range cat.tokenStream().Stems() {
			number, ok := x.values[fieldValue{fieldWord, stem}]
			if !yieldBucket(number, ok) {
				return
			}
		}
		for allowed, number := range x.masks {
			if (cat.mask.subsetOf(&allowed) || other.mask.subsetOf(&allowed)) && !yieldBucket(number, true) {
				return
			}
		}
	}
}

// cell is a rectangle of the map, in one of several sizes, so that a few cells cover a
// circle of any size.
type cell struct {
	level    uint8 // 0 is the smallest size
	lat, lng uint16
}

// cellLevels returns the sides of cells in degrees, by level. All divide 180 and 360.
func cellLevels() [3]float64 { return [3]float64{1, 4, 12} }

// cellAt returns the cell of a level that contains a point.
func cellAt(p geo.Point, level int) cell {
	size := cellLevels()[level]
	return cell{level: uint8(level), lat: uint16((p.Lat + 90) / size), lng: uint16(wrapLongitude(int((p.Lng+180)/size), size))}
}

// cellsAt returns the cells of all levels that contain a point.
func cellsAt(p geo.Point) (cells [3]cell) {
	for level := range cells {
		cells[level] = cellAt(p, level)
	}
	return cells
}

// wrapLongitude maps a cell column beyond 180 degrees to the other side of the map.
func wrapLongitude(column int, size float64) int {
	columns := int(360 / size)
	return ((column % columns) + columns) % columns
}

// cellsAround returns the smallest cells of which at most maxRoutingKeys cover a
// circle, or nil if the circle is too large or unlimited.
func cellsAround(center *geo.Point, km float64) []cell {
	if center == nil || km <= 0 {
		return nil
	}
	south, north, west, east, ok := boxAround(*center, km)
	if !ok {
		return nil
	}
	for level, size := range cellLevels() {
		rows := int((north+90)/size) - int((south+90)/size) + 1
		from, to := int(math.Floor((west+180)/size)), int(math.Floor((east+180)/size))
		if rows*(to-from+1) > maxRoutingKeys {
			continue
		}
		var cells []cell
		for row := range rows {
			for column := from; column <= to; column++ {
				cells = append(cells, cell{level: uint8(level), lat: uint16(int((south+90)/size) + row), lng: uint16(wrapLongitude(column, size))})
			}
		}
		return cells
	}
	return nil
}

// boxAround returns the bounding box of a circle in degrees, slightly enlarged for
// rounding errors. West and east may be beyond 180 degrees. ok is false for a circle
// that contains a pole.
func boxAround(p geo.Point, km float64) (south, north, west, east float64, ok bool) {
	const epsilon = 1e-6
	angle := math.Acos(max(-1, geo.DotFromKm(km))) + epsilon
	maxLat := math.Abs(p.Lat)*math.Pi/180 + angle
	if maxLat >= math.Pi/2 {
		return 0, 0, 0, 0, false
	}
	deltaLat := angle * 180 / math.Pi
	deltaLng := math.Asin(math.Sin(angle)/math.Cos(p.Lat*math.Pi/180))*180/math.Pi + epsilon
	return p.Lat - deltaLat, p.Lat + deltaLat, p.Lng - deltaLng, p.Lng + deltaLng, true
}
