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

// UnknownPlaceError reports that a text does not name a place, or names several.
// Its message is intended for the caller of the API.
type UnknownPlaceError struct {
	// Text is the text that was given, truncated.
	Text string
	// Suggestions are up to five places that may have been meant, the most likely
	// first.
	Suggestions []Place
	// Matches is the number of cities with this name, or 0 if the name is unknown.
	Matches int
}

// Error says which forms are accepted and which places may have been meant.
func (e *UnknownPlaceError) Error() string {
	names := make([]string, len(e.Suggestions))
	for i, p := range e.Suggestions {
		names[i] = p.String()
	}
	suggestions := strings.Join(names, "; ")
	if e.Matches > 0 {
		return fmt.Sprintf("%d cities are named %q. Add the state or province, as in %s.", e.Matches, e.Text, suggestions)
	}
	s := fmt.Sprintf("Unknown place %q. Expected a postal code (20850 or M5V), "+
		"a city with its state or province (Rockville, MD), or latitude,longitude (39.08,-77.15).", e.Text)
	if suggestions != "" {
		s += " Near matches: " + suggestions + "."
	}
	return s
}

// suggest returns places that were probably meant by words that name none.
func (g *Gazetteer) suggest(words []string) []Place {
	last := words[len(words)-1]
	if s := shape(last); s == "9999" || s == "999" { // spreadsheets drop leading zeros
		if p, ok := g.PostalCode("", strings.Repeat("0", 5-len(s))+last); ok {
			return []Place{p}
		}
	}
	all := interpretations(words)
	slices.Reverse(all) // if the text may end in a country, it probably does
	for _, in := range all {
		for k := min(maxRegionWords, len(in.words)-1); k > 0; k-- {
			city := in.words[:len(in.words)-k]
			if i, ok := g.regionIndex(in.country, in.words[len(city):]); ok {
				return g.suggestCities(nameKey(strings.Join(city, " ")), in.country, i)
			}
		}
	}
	return g.suggestCities(nameKey(strings.Join(all[0].words, " ")), all[0].country, anyRegion)
}

const (
	anyRegion = -1
	// editPenalty is the score of one edit; the lowest score is the best suggestion.
	// A city of exactly that name in another region ranks after the cities one edit
	// away in the right region.
	editPenalty = 2
)

// suggestCities returns the cities of the region whose names are a few edits away
// or begin with key, and the cities of exactly that name in other regions.
func (g *Gazetteer) suggestCities(key, country string, region int) []Place {
	maxEdits := min(3, 1+len(key)/5)
	var table editTable
	type candidate struct{ city, score int }
	var candidates []candidate
	for c := range g.cities.keys.len() {
		r := int(g.cities.regions[c])
		if g.regions[r].isMilitary() || !countryMatches(g.regions[r].Country, country) {
			continue
		}
		name, score := g.cities.keys.get(c), math.MaxInt
		switch {
		case name == key:
			score = editPenalty + 1
		case region != anyRegion && region != r:
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

// suggestCodes returns postal codes around an unknown code, among those that share
// its longest known prefix.
func (g *Gazetteer) suggestCodes(code string) []Place {
	for _, c := range g.countries {
		for k := len(code) - 1; k >= 2 && len(code) == c.width; k-- {
			pad := len(code) - k
			first := g.searchCode(c, codeNumber(code[:k]+strings.Repeat("0", pad)))
			last := g.searchCode(c, codeNumber(code[:k]+strings.Repeat("z", pad)))
			if first == last {
				continue
			}
			middle := g.searchCode(c, codeNumber(code))
			first = max(first, min(middle-maxSuggestions/2, last-maxSuggestions))
			var places []Place
			for i := first; i < min(last, first+maxSuggestions); i++ {
				places = append(places, g.postalPlace(i))
			}
			return places
		}
	}
	return nil
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
