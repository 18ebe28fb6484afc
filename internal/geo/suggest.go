package geo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxSuggestions is the number of suggestions in an error.
const maxSuggestions = 5

// UnknownPlaceError reports that a text does not name a place. Its message is intended
// for the caller of the API.
type UnknownPlaceError struct {
	// Text is the text that was given, truncated.
	Text string
	// Suggestions are up to five places that may have been meant, the most likely
	// first.
	Suggestions []Place
}

// Error says which forms are accepted and which places may have been meant.
func (e *UnknownPlaceError) Error() string {
	names := make([]string, len(e.Suggestions))
	for i, p := range e.Suggestions {
		names[i] = p.String()
	}
	s := fmt.Sprintf("Unknown place %q. Expected a postal code (20850, M5V or SW1A 1AA), "+
		"a city with or without its state or country (Rockville, MD), or latitude,longitude (39.08,-77.15).", e.Text)
	if len(names) > 0 {
		s += " Near matches: " + strings.Join(names, "; ") + "."
	}
	return s
}

// suggest returns places that were probably meant by words that name none.
func (g *Gazetteer) suggest(words, countries []string) []Place {
	last := words[len(words)-1]
	if s := shape(last); s == "9999" || s == "999" { // spreadsheets drop leading zeros
		if p, ok := g.PostalCode("", strings.Repeat("0", 5-len(s))+last); ok && countryMatches(p.Country, countries) {
			return []Place{p}
		}
	}
	all := g.interpretations(words, countries)
	slices.Reverse(all) // if the text may end in a country, it probably does
	for _, in := range all {
		for k := min(maxRegionWords, len(in.words)-1); k > 0; k-- {
			city := in.words[:len(in.words)-k]
			if regions := g.regionIndexes(strings.Join(in.words[len(city):], " "), in.countries); len(regions) > 0 {
				return g.suggestCities(nameKey(strings.Join(city, " ")), in.countries, regions)
			}
		}
	}
	return g.suggestCities(nameKey(strings.Join(all[0].words, " ")), all[0].countries, nil)
}

const (
	// editPenalty is the score of one edit; the lowest score is the best suggestion.
	// A city of exactly that name in another region ranks after the cities one edit
	// away in the right region.
	editPenalty = 2
)

// suggestCities returns the cities of the regions, or of all, whose names are a few edits away
// or begin with key, and the cities of exactly that name in other regions.
func (g *Gazetteer) suggestCities(key string, countries []string, regions []int) []Place {
	maxEdits := min(3, 1+len(key)/5)
	var table editTable
	type candidate struct{ city, score int }
	var candidates []candidate
	for c := range g.cities.keys.len() {
		r := int(g.cities.regions[c])
		if g.regions[r].isMilitary() || !countryMatches(g.regions[r].Country, countries) {
			continue
		}
		name, score := g.cities.keys.get(c), math.MaxInt
		switch {
		case name == key:
			score = editPenalty + 1
		case regions != nil && !slices.Contains(regions, r):
		case len(key) >= 4 && strings.HasPrefix(name, key):
			score = editPenalty
		case max(len(name)-len(key), len(key)-len(name)) <= maxEdits:
			score = editPenalty * table.distance(name, key)
		}
		if score <= max(maxEdits*editPenalty, editPenalty+1) {
			candidates = append(candidates, candidate{city: c, score: score})
		}
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(a.score-b.score, g.cities.compareSize(a.city, b.city))
	})
	places := make([]Place, 0, maxSuggestions)
	for _, c := range candidates[:min(maxSuggestions, len(candidates))] {
		places = append(places, g.cityPlace(c.city))
	}
	return places
}

// suggestCodes returns postal codes around an unknown code, of the country in which a
// code shares most of its beginning.
func (g *Gazetteer) suggestCodes(code string, countries []string) []Place {
	var best []Place
	longest := 1
	for k, c := range g.countries {
		stored := storedCode(c.code, compactCode(code))
		if !countryMatches(c.code, countries) || len(stored) != c.width && shape(stored) != shape(g.codeText(c.first)) {
			continue
		}
		number, ok := codeNumber(stored, c.width)
		if !ok {
			continue
		}
		middle := g.searchCode(c, number)
		first, last := max(c.first, middle-maxSuggestions), min(c.last, middle+maxSuggestions)
		shared := func(i int) int { return commonPrefix(g.codeText(i), stored) }
		near := 0
		for i := first; i < last; i++ {
			near = max(near, shared(i))
		}
		if near <= longest {
			continue
		}
		longest, best = near, nil
		for i := first; i < last && len(best) < maxSuggestions; i++ {
			if shared(i) == near && (len(best) == 0 || g.codeText(i) != best[len(best)-1].PostalCode) {
				best = append(best, g.codePlace(g.rangeAt(k, i)))
			}
		}
	}
	return best
}

// rangeAt returns the range of the postal code of row i in a country.
func (g *Gazetteer) rangeAt(country, i int) codeRange {
	r := codeRange{country: country, first: i, last: i + 1}
	for c := g.countries[country]; r.last < c.last && g.rows[r.last].code == g.rows[i].code; r.last++ {
	}
	return r
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// editTable computes edit distances. It reuses its rows from one pair of names to
// the next.
type editTable struct{ before, row, next [maxTextBytes + 1]int }

// distance returns the optimal string alignment distance: the number of letters
// inserted, deleted, replaced or swapped with their neighbor to turn a into b. It
// compares at most the first 120 bytes.
func (t *editTable) distance(a, b string) int {
	a, b = a[:min(maxTextBytes, len(a))], b[:min(maxTextBytes, len(b))]
	before, row, next := &t.before, &t.row, &t.next
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			replace := row[j]
			if a[i] != b[j] {
				replace++
			}
			next[j+1] = min(replace, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
