package geo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// PostalCode finds a postal code in any of its usual spellings: 20850,
// 20850-1234, M5V, "m5v 2t6". An empty country matches every country, and US also
// matches Puerto Rico. If several cities share the code it returns the first.
func (g *Gazetteer) PostalCode(country, code string) (Place, bool) {
	places := g.placesWithCode(country, code)
	if len(places) == 0 {
		return Place{}, false
	}
	return places[0], true
}

// placesWithCode returns one place for each city that shares the postal code,
// which is nearly always one.
func (g *Gazetteer) placesWithCode(country, code string) []Place {
	code, ok := normalizeCode(code)
	if !ok {
		return nil
	}
	for _, c := range g.countries {
		if !countryMatches(c.country, upper(country)) || len(code) != c.width {
			continue
		}
		var places []Place
		for i := g.searchCode(c, codeNumber(code)); i < c.last && g.rows[i].code == codeNumber(code); i++ {
			places = append(places, g.postalPlace(i))
		}
		if len(places) > 0 {
			return places
		}
	}
	return nil
}

// searchCode returns the first row of the country whose code is not less than
// code.
func (g *Gazetteer) searchCode(c codeRange, code uint32) int {
	i, _ := slices.BinarySearchFunc(g.rows[c.first:c.last], code, func(r row, code uint32) int {
		return cmp.Compare(r.code, code)
	})
	return c.first + i
}

func (g *Gazetteer) codeText(i int) string {
	width := 0
	for _, c := range g.countries {
		if c.first <= i && i < c.last {
			width = c.width
		}
	}
	s := upper(strconv.FormatUint(uint64(g.rows[i].code), 36))
	return strings.Repeat("0", width-len(s)) + s
}

// codeNumber parses letters and digits as base 36, which keeps the order of codes
// of the same length.
func codeNumber(code string) uint32 {
	n, err := strconv.ParseUint(code, 36, 32)
	if err != nil {
		return 0 // no postal code is 0
	}
	return uint32(n)
}

// normalizeCode returns a complete postal code in the form used by the
// gazetteer: five digits, or a Canadian forward sortation area. It reports
// whether s has the shape of a postal code.
func normalizeCode(s string) (string, bool) {
	s = compactCode(s)
	switch shape(s) {
	case "99999", "999999999":
		return s[:5], true
	case "A9A", "A9A9A9":
		return s[:3], true
	default:
		return "", false
	}
}

// compactCode removes spaces and hyphens and changes letters to upper case.
func compactCode(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return -1
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		default:
			return r
		}
	}, s)
}

// shape replaces each digit with 9 and each letter with A.
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
