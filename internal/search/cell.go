package search

import (
	"math"

	"trailcat/internal/geo"
)

// cell is a rectangle of the map. Cells come in some sizes, so that few of them
// cover a circle of any size.
type cell struct {
	level    uint8 // 0 are the smallest
	lat, lng uint16
}

// cellLevels are the sides of cells in degrees. All divide 180 and 360.
func cellLevels() [3]float64 { return [3]float64{1, 4, 12} }

// cellAt is the cell of a level in which a point lies.
func cellAt(p geo.Point, level int) cell {
	size := cellLevels()[level]
	return cell{level: uint8(level), lat: uint16((p.Lat + 90) / size), lng: uint16(wrap(int((p.Lng+180)/size), size))}
}

// cellsAt are the cells of all levels in which a point lies.
func cellsAt(p geo.Point) (cells [3]cell) {
	for level := range cells {
		cells[level] = cellAt(p, level)
	}
	return cells
}

// wrap goes on in the west where the map ends in the east.
func wrap(lng int, size float64) int {
	round := int(360 / size)
	return ((lng % round) + round) % round
}

// cellsAround cover a circle, with cells as small as few can be. There are none
// for a circle that is too large or has no end.
func cellsAround(near *geo.Point, km float64) []cell {
	if near == nil || km <= 0 {
		return nil
	}
	south, north, west, east, ok := boxAround(*near, km)
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
			for lng := from; lng <= to; lng++ {
				cells = append(cells, cell{level: uint8(level), lat: uint16(int((south+90)/size) + row), lng: uint16(wrap(lng, size))})
			}
		}
		return cells
	}
	return nil
}

// boxAround is the least latitudes and longitudes between which a circle lies,
// and a little more for what reckoning rounds off. West and east may lie beyond
// 180 degrees. It is not ok for a circle around a pole.
func boxAround(p geo.Point, km float64) (south, north, west, east float64, ok bool) {
	const little = 1e-6
	angle := math.Acos(max(-1, geo.DotFromKm(km))) + little
	high := math.Abs(p.Lat)*math.Pi/180 + angle
	if high >= math.Pi/2 {
		return 0, 0, 0, 0, false
	}
	degrees := angle * 180 / math.Pi
	aside := math.Asin(math.Sin(angle)/math.Cos(p.Lat*math.Pi/180))*180/math.Pi + little
	return p.Lat - degrees, p.Lat + degrees, p.Lng - aside, p.Lng + aside, true
}
