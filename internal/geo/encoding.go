package geo

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"
)

// The embedded format is a DEFLATE stream of a text and five columns of numbers.
//
// The text has three sections of lines, with an empty line after each section:
// regions (country, code, name), countries (code, width of a postal code, number
// of rows) and city names. Cells are separated by tabs.
//
// The first column has one number per city, the index of its region. The others
// have one number per row: postal code in base 36, index of the city, latitude and
// longitude in ten-thousandths of a degree. Each number is a varint of the
// difference from the previous one, which is small because adjacent codes are
// adjacent places.

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
	g.decodeRegions(string(sections[0]))
	g.decodeNames(string(sections[2]))
	if !g.decodeCountries(string(sections[1])) || !g.decodeColumns(sections[3]) {
		return nil, errBadData
	}
	g.cities.computePoints(g.rows)
	return g, nil
}

func (g *Gazetteer) decodeRegions(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		country, code, name := cutLine(line)
		g.regions = append(g.regions, Region{Country: country, Code: code, Name: name})
	}
	g.indexRegions()
}

func (g *Gazetteer) decodeNames(text string) {
	n := strings.Count(text, "\n") + 1
	nameEnds, keyEnds := make([]uint32, 0, n), make([]uint32, 0, n)
	names, keys := make([]byte, 0, len(text)), make([]byte, 0, len(text))
	for name := range strings.SplitSeq(text, "\n") {
		names, keys = append(names, name...), appendKey(keys, name, true)
		nameEnds, keyEnds = append(nameEnds, uint32(len(names))), append(keyEnds, uint32(len(keys)))
	}
	g.cities.names, g.cities.keys = stringTable{string(names), nameEnds}, stringTable{string(keys), keyEnds}
}

func (g *Gazetteer) decodeCountries(text string) bool {
	first := 0
	for line := range strings.SplitSeq(text, "\n") {
		country, width, count := cutLine(line)
		w, err1 := strconv.Atoi(width)
		n, err2 := strconv.Atoi(count)
		if err1 != nil || err2 != nil || n < 0 {
			return false
		}
		g.countries = append(g.countries, codeRange{country: country, width: w, first: first, last: first + n})
		first += n
	}
	g.rows = make([]row, first)
	return true
}

func (g *Gazetteer) decodeColumns(data []byte) bool {
	g.cities.regions = make([]uint16, g.cities.names.len())
	data = decodeColumn(data, len(g.cities.regions), 0, len(g.regions)-1, func(i, n int) { g.cities.regions[i] = uint16(n) })
	data = decodeColumn(data, len(g.rows), 0, math.MaxInt32, func(i, n int) { g.rows[i].code = uint32(n) })
	data = decodeColumn(data, len(g.rows), 0, g.cities.names.len()-1, func(i, n int) { g.rows[i].city = uint32(n) })
	data = decodeColumn(data, len(g.rows), -90*fixedPerDegree, 90*fixedPerDegree, func(i, n int) { g.rows[i].point.lat = int32(n * microPerFixed) })
	data = decodeColumn(data, len(g.rows), -180*fixedPerDegree, 180*fixedPerDegree, func(i, n int) { g.rows[i].point.lng = int32(n * microPerFixed) })
	return data != nil
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

// Encode writes postal codes in the format that Decode reads. Each place needs a
// country, a postal code, a city and a valid point. Within a country all postal
// codes must have the same length. A code may occur several times, with several
// cities.
func Encode(w io.Writer, places []Place) error {
	names, err := groupCities(places)
	if err != nil {
		return err
	}
	z, err := flate.NewWriter(w, flate.BestCompression)
	if err != nil {
		return fmt.Errorf("compress gazetteer: %w", err)
	}
	if _, err := z.Write(encode(places, names)); err != nil {
		return fmt.Errorf("write gazetteer: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("finish gazetteer: %w", err)
	}
	return nil
}

// cityKey identifies a city: spellings with one nameKey in one region are the
// same city.
type cityKey struct {
	name   string
	region Region
}

func cityKeyOf(p Place) cityKey {
	return cityKey{name: nameKey(p.City), region: Region{Country: p.Country, Code: p.Region, Name: p.RegionName}}
}

// groupCities returns the most common spelling of each city.
func groupCities(places []Place) (map[cityKey]string, error) {
	spellings := map[cityKey]map[string]int{}
	for _, p := range places {
		if _, ok := normalizeCode(p.PostalCode); !ok || p.City == "" || p.Country == "" || !p.Point.Valid() {
			return nil, fmt.Errorf("encode gazetteer: %+v needs a country, a postal code, a city and a valid point", p)
		}
		k := cityKeyOf(p)
		if spellings[k] == nil {
			spellings[k] = map[string]int{}
		}
		spellings[k][p.City]++
	}
	names := map[cityKey]string{}
	for k, counts := range spellings {
		names[k] = slices.MinFunc(slices.Sorted(maps.Keys(counts)), func(a, b string) int { return counts[b] - counts[a] })
	}
	return names, nil
}

func encode(places []Place, names map[cityKey]string) []byte {
	regionIndex := map[Region]int{}
	for k := range names {
		regionIndex[k.region] = 0
	}
	var b bytes.Buffer
	for i, r := range slices.SortedFunc(maps.Keys(regionIndex), compareRegions) {
		regionIndex[r] = i
		fmt.Fprintf(&b, "%s\t%s\t%s\n", r.Country, r.Code, r.Name)
	}
	b.WriteByte('\n')
	places = slices.SortedStableFunc(slices.Values(places), compareCodes)
	encodeCountries(&b, places)
	b.WriteByte('\n')
	cities := slices.SortedFunc(maps.Keys(names), func(a, b cityKey) int {
		return cmp.Or(cmp.Compare(a.name, b.name), compareRegions(a.region, b.region))
	})
	cityIndex := map[cityKey]int{}
	for i, k := range cities {
		cityIndex[k] = i
		b.WriteString(names[k] + "\n")
	}
	b.WriteByte('\n')
	data := appendColumn(b.Bytes(), cities, func(k cityKey) int { return regionIndex[k.region] })
	data = appendColumn(data, places, func(p Place) int { return int(codeNumber(p.PostalCode)) })
	data = appendColumn(data, places, func(p Place) int { return cityIndex[cityKeyOf(p)] })
	data = appendColumn(data, places, func(p Place) int { return int(math.Round(p.Point.Lat * fixedPerDegree)) })
	return appendColumn(data, places, func(p Place) int { return int(math.Round(p.Point.Lng * fixedPerDegree)) })
}

func encodeCountries(b *bytes.Buffer, sorted []Place) {
	for len(sorted) > 0 {
		first := sorted[0]
		n := slices.IndexFunc(sorted, func(p Place) bool { return p.Country != first.Country })
		if n < 0 {
			n = len(sorted)
		}
		fmt.Fprintf(b, "%s\t%d\t%d\n", first.Country, len(first.PostalCode), n)
		sorted = sorted[n:]
	}
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

// compareCodes orders places by country and postal code. Of the places that
// share a code, military post offices come last.
func compareCodes(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.PostalCode, b.PostalCode),
		cmp.Compare(militaryRank(a), militaryRank(b)))
}

func militaryRank(p Place) int {
	if cityKeyOf(p).region.isMilitary() {
		return 1
	}
	return 0
}

func compareRegions(a, b Region) int {
	return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name))
}
