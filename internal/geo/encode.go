package geo

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/klauspost/compress/flate"
)

// Encode writes postal codes in the compact form that Decode reads. Each needs a
// country, a postal code, a city and a valid point; within a country all postal
// codes are of one length. A code may stand several times, with several cities.
func Encode(w io.Writer, places []Place) error {
	t, err := newTable(places)
	if err != nil {
		return err
	}
	z, err := flate.NewWriter(w, flate.BestCompression)
	if err != nil {
		return fmt.Errorf("compress gazetteer: %w", err)
	}
	if _, err := z.Write(t.bytes()); err != nil {
		return fmt.Errorf("write gazetteer: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("finish gazetteer: %w", err)
	}
	return nil
}

// cityKey is a city while the table is being made: spellings with one key in one
// region are one town.
type cityKey struct {
	key    string
	region Region
}

// table is the gazetteer on its way to the file.
type table struct {
	places  []Place
	regions []Region
	towns   []cityKey
	names   map[cityKey]string
}

func newTable(places []Place) (*table, error) {
	spellings := map[cityKey]map[string]int{}
	for _, p := range places {
		if _, ok := postalShape(p.PostalCode); !ok || p.City == "" || p.Country == "" || !p.Point.Valid() {
			return nil, fmt.Errorf("encode gazetteer: %+v lacks a country, postal code, city or valid point", p)
		}
		k := townOf(p)
		if spellings[k] == nil {
			spellings[k] = map[string]int{}
		}
		spellings[k][p.City]++
	}
	t := &table{places: slices.Clone(places), names: map[cityKey]string{}}
	regions := map[Region]bool{}
	for k, names := range spellings {
		regions[k.region] = true
		t.names[k] = mostCommon(names)
	}
	t.regions = slices.SortedFunc(maps.Keys(regions), compareRegions)
	t.towns = slices.SortedFunc(maps.Keys(spellings), func(a, b cityKey) int {
		return cmp.Or(cmp.Compare(a.key, b.key), compareRegions(a.region, b.region))
	})
	slices.SortStableFunc(t.places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.PostalCode, b.PostalCode),
			mailOnlyLast(a, b))
	})
	return t, nil
}

func (t *table) bytes() []byte {
	b := appendCount(nil, len(t.regions))
	regionAt := map[Region]int{}
	for i, r := range t.regions {
		regionAt[r] = i
		b = appendText(appendText(appendText(b, r.Country), r.Code), r.Name)
	}
	b = appendCount(b, len(t.towns))
	townAt := map[cityKey]int{}
	for i, k := range t.towns {
		townAt[k] = i
		b = appendText(b, t.names[k])
	}
	for _, k := range t.towns {
		b = appendCount(b, regionAt[k.region])
	}
	return t.appendBlocks(b, townAt)
}

// appendBlocks writes the rows a country at a time, and of a country column by
// column, each number as the difference from the one before: near codes are near
// places, so most differences are small.
func (t *table) appendBlocks(b []byte, townAt map[cityKey]int) []byte {
	byCountry := map[string][]Place{}
	for _, p := range t.places {
		byCountry[p.Country] = append(byCountry[p.Country], p)
	}
	b = appendCount(b, len(byCountry))
	for _, country := range slices.Sorted(maps.Keys(byCountry)) {
		places := byCountry[country]
		b = appendText(b, country)
		b = appendCount(b, len(places[0].PostalCode))
		b = appendCount(b, len(places))
		b = appendColumn(b, places, func(p Place) int64 { return int64(codeNumber(p.PostalCode)) })
		b = appendColumn(b, places, func(p Place) int64 { return int64(townAt[townOf(p)]) })
		b = appendColumn(b, places, func(p Place) int64 { return fixedDegree(p.Point.Lat) })
		b = appendColumn(b, places, func(p Place) int64 { return fixedDegree(p.Point.Lng) })
	}
	return b
}

// ticksPerDegree is the precision of the file: GeoNames gives four decimals,
// about eleven metres.
const ticksPerDegree = 1e4

func fixedDegree(degrees float64) int64 { return int64(math.Round(degrees * ticksPerDegree)) }

func appendCount(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func appendText(b []byte, s string) []byte { return append(appendCount(b, len(s)), s...) }

func appendColumn(b []byte, places []Place, number func(Place) int64) []byte {
	last := int64(0)
	for _, p := range places {
		n := number(p)
		b = binary.AppendVarint(b, n-last)
		last = n
	}
	return b
}

func townOf(p Place) cityKey {
	return cityKey{key: nameKey(p.City), region: Region{Country: p.Country, Code: p.Region, Name: p.RegionName}}
}

func compareRegions(a, b Region) int {
	return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name))
}

func mailOnlyLast(a, b Place) int {
	x, y := townOf(a).region.isMailOnly(), townOf(b).region.isMailOnly()
	switch {
	case x == y:
		return 0
	case x:
		return 1
	default:
		return -1
	}
}

func mostCommon(names map[string]int) string {
	return slices.MinFunc(slices.Sorted(maps.Keys(names)), func(a, b string) int { return names[b] - names[a] })
}
