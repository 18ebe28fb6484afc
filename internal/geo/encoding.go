package geo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"
)

// The embedded format is a DEFLATE stream of a text and columns of numbers.
//
// The text has three sections of lines, with an empty line after each section:
// regions (country, code, name), countries (code, width of a postal code, number
// of rows) and city names. Cells are separated by tabs.
//
// Three columns have one number per city: the index of its region, its population, and
// whether it is a populated place. Four have one number per row: postal code, index of
// the city, latitude and longitude in ten-thousandths of a degree. The last two have one
// number per populated place: how far, in the same unit, it is from the mean of its
// postal codes. Each number is a varint of the difference from the previous one, which
// is small because adjacent codes are adjacent places.

const (
	// fixedPerDegree is the precision of the format. GeoNames gives four decimals,
	// about eleven meters.
	fixedPerDegree = 1e4
	microPerFixed  = microPerDegree / fixedPerDegree
)

var errBadData = errors.New("decode gazetteer: the data is truncated or not a gazetteer; generate it again with internal/geo/gen")

// Decode reads a gazetteer that Encode wrote.
func Decode(r io.Reader) (*Gazetteer, error) {
	data, err := io.ReadAll(flate.NewReader(r))
	if err != nil {
		return nil, fmt.Errorf("decompress gazetteer: %w", err)
	}
	sections := bytes.SplitN(data, []byte("\n\n"), 4)
	if len(sections) < 4 {
		return nil, errBadData
	}
	g := &Gazetteer{}
	for line := range strings.SplitSeq(string(sections[0]), "\n") {
		country, code, name := cutLine(line)
		g.regions = append(g.regions, Region{Country: country, Code: code, Name: name})
	}
	g.indexRegions()
	g.cities.setNames(strings.Split(string(sections[2]), "\n"))
	if !g.decodeCountries(string(sections[1])) || !g.decodeColumns(sections[3]) {
		return nil, errBadData
	}
	return g, nil
}

// setNames makes the tables of names and of their keys.
func (c *cityTable) setNames(list []string) {
	nameEnds, keyEnds := make([]uint32, 0, len(list)), make([]uint32, 0, len(list))
	var names, keys []byte
	for _, name := range list {
		names, keys = append(names, name...), appendKey(keys, name, true)
		nameEnds, keyEnds = append(nameEnds, uint32(len(names))), append(keyEnds, uint32(len(keys)))
	}
	c.names, c.keys = stringTable{string(names), nameEnds}, stringTable{string(keys), keyEnds}
}

func (g *Gazetteer) decodeCountries(text string) bool {
	first := 0
	for line := range strings.SplitSeq(text, "\n") {
		country, width, count := cutLine(line)
		w, err1 := strconv.Atoi(width)
		n, err2 := strconv.Atoi(count)
		if err1 != nil || err2 != nil || n < 0 || w < 0 || w > maxCodeWidth {
			return false
		}
		g.countries = append(g.countries, countryRows{code: country, width: w, first: first, last: first + n})
		first += n
	}
	g.rows = make([]row, first)
	return true
}

func (g *Gazetteer) decodeColumns(data []byte) bool {
	c, n := &g.cities, g.cities.names.len()
	c.regions, c.populations, c.placed = make([]uint16, n), make([]uint32, n), make([]bool, n)
	data = decodeColumn(data, n, 0, len(g.regions)-1, func(i, v int) { c.regions[i] = uint16(v) })
	data = decodeColumn(data, n, 0, math.MaxInt32, func(i, v int) { c.populations[i] = uint32(v) })
	data = decodeColumn(data, n, 0, 1, func(i, v int) { c.placed[i] = v == 1 })
	data = decodeColumn(data, len(g.rows), 0, math.MaxInt, func(i, v int) { g.rows[i].code = uint64(v) })
	data = decodeColumn(data, len(g.rows), 0, n-1, func(i, v int) { g.rows[i].city = uint32(v) })
	data = decodeColumn(data, len(g.rows), -90*fixedPerDegree, 90*fixedPerDegree, func(i, v int) { g.rows[i].point.lat = int32(v * microPerFixed) })
	data = decodeColumn(data, len(g.rows), -180*fixedPerDegree, 180*fixedPerDegree, func(i, v int) { g.rows[i].point.lng = int32(v * microPerFixed) })
	if data == nil {
		return false
	}
	c.points = g.countCodes()
	places := c.placedCities()
	data = decodeColumn(data, len(places), -180*fixedPerDegree, 180*fixedPerDegree, func(i, v int) { c.points[places[i]].lat += int32(v * microPerFixed) })
	data = decodeColumn(data, len(places), -360*fixedPerDegree, 360*fixedPerDegree, func(i, v int) { c.points[places[i]].lng += int32(v * microPerFixed) })
	return data != nil
}

// placedCities returns the cities whose points are those of populated places.
func (c *cityTable) placedCities() []int {
	var cities []int
	for i, placed := range c.placed {
		if placed {
			cities = append(cities, i)
		}
	}
	return cities
}

// decodeColumn passes each of n numbers to set and returns the bytes after them,
// or nil if a number is missing or not between low and high.
func decodeColumn(data []byte, n, low, high int, set func(i, n int)) []byte {
	number := 0
	for i := range n {
		step, size := binary.Varint(data)
		number += int(step)
		if size <= 0 || number < low || number > high {
			return nil
		}
		set(i, number)
		data = data[size:]
	}
	return data
}

// cutLine splits a line at its first two tabs.
func cutLine(line string) (a, b, c string) {
	a, line, _ = strings.Cut(line, "\t")
	b, c, _ = strings.Cut(line, "\t")
	return a, b, c
}

// Encode writes a gazetteer in the format that Decode reads.
func Encode(w io.Writer, g *Gazetteer) error {
	z, err := flate.NewWriter(w, flate.BestCompression)
	if err != nil {
		return fmt.Errorf("compress gazetteer: %w", err)
	}
	if _, err := z.Write(encode(g)); err != nil {
		return fmt.Errorf("write gazetteer: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("finish gazetteer: %w", err)
	}
	return nil
}

func encode(g *Gazetteer) []byte {
	var b bytes.Buffer
	for _, r := range g.regions {
		fmt.Fprintf(&b, "%s\t%s\t%s\n", r.Country, r.Code, r.Name)
	}
	b.WriteByte('\n')
	for _, c := range g.countries {
		fmt.Fprintf(&b, "%s\t%d\t%d\n", c.code, c.width, c.last-c.first)
	}
	b.WriteByte('\n')
	c := &g.cities
	for i := range c.names.len() {
		b.WriteString(c.names.get(i) + "\n")
	}
	b.WriteByte('\n')
	data := appendColumn(b.Bytes(), c.regions, func(r uint16) int { return int(r) })
	data = appendColumn(data, c.populations, func(n uint32) int { return int(n) })
	data = appendColumn(data, c.placed, func(placed bool) int {
		if placed {
			return 1
		}
		return 0
	})
	data = appendColumn(data, g.rows, func(r row) int { return int(r.code) })
	data = appendColumn(data, g.rows, func(r row) int { return int(r.city) })
	data = appendColumn(data, g.rows, func(r row) int { return int(r.point.lat / microPerFixed) })
	data = appendColumn(data, g.rows, func(r row) int { return int(r.point.lng / microPerFixed) })
	means, places := g.countCodes(), c.placedCities()
	data = appendColumn(data, places, func(i int) int { return int((c.points[i].lat - means[i].lat) / microPerFixed) })
	return appendColumn(data, places, func(i int) int { return int((c.points[i].lng - means[i].lng) / microPerFixed) })
}

func appendColumn[T any](data []byte, items []T, number func(T) int) []byte {
	last := 0
	for _, item := range items {
		n := number(item)
		data = binary.AppendVarint(data, int64(n-last))
		last = n
	}
	return data
}
