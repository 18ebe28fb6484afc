package geo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// PostalCode finds a postal code in any of its usual spellings: 20850,
// 20850-1234, M5V, "m5v 2t6". An empty country tries all, and US also finds
// Puerto Rico. Of a code that several towns share it gives the first.
func (g *Gazetteer) PostalCode(country, code string) (Place, bool) {
	towns := g.citiesOf(country, code)
	if len(towns) == 0 {
		return Place{}, false
	}
	return towns[0], true
}

// citiesOf gives the towns that have the postal code; nearly always there is one.
func (g *Gazetteer) citiesOf(country, code string) []Place {
	code, ok := postalShape(code)
	if !ok {
		return nil
	}
	for _, b := range g.blocks {
		if !inCountry(b.country, upper(country)) || len(code) != b.width {
			continue
		}
		var towns []Place
		first := g.searchCode(b, codeNumber(code))
		for i := first; i < b.last && g.rows[i].code == codeNumber(code); i++ {
			towns = append(towns, g.rowPlace(i))
		}
		if len(towns) > 0 {
			return towns
		}
	}
	return nil
}

// searchCode gives the first row of the block whose code is no less.
func (g *Gazetteer) searchCode(b block, code uint32) int {
	i, _ := slices.BinarySearchFunc(g.rows[b.first:b.last], code, func(r row, c uint32) int {
		return cmp.Compare(r.code, c)
	})
	return b.first + i
}

func (g *Gazetteer) codeText(i int) string {
	width := 0
	for _, b := range g.blocks {
		if b.first <= i && i < b.last {
			width = b.width
		}
	}
	s := upper(strconv.FormatUint(uint64(g.rows[i].code), 36))
	return strings.Repeat("0", width-len(s)) + s
}

// codeNumber reads letters and digits as base 36, which keeps the order of codes
// of one length.
func codeNumber(code string) uint32 {
	n, err := strconv.ParseUint(code, 36, 32)
	if err != nil {
		return 0 // no postal code is 0
	}
	return uint32(n)
}

// postalShape brings what looks like a whole postal code to the form in which it
// is kept: five digits, or a Canadian forward sortation area.
func postalShape(s string) (string, bool) {
	s = compact(s)
	switch shape(s) {
	case "99999", "999999999":
		return s[:5], true
	case "A9A", "A9A9A9":
		return s[:3], true
	default:
		return "", false
	}
}

// shape writes a digit as 9, a letter as A, and all else as it is.
func shape(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return '9'
		case 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z':
			return 'A'
		default:
			return r
		}
	}, s)
}
