package geo

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxSuggestions is how many guesses an error carries.
const maxSuggestions = 5

// UnknownPlaceError says that a text names no place, or more than one. It is the
// caller's to mend, and its text is written for them.
type UnknownPlaceError struct {
	// Text is what was given.
	Text string
	// Near is up to five places that may have been meant, the likeliest first.
	Suggestions []Place
	// Namesakes is how many cities bear the name, or 0 when none does.
	Matches int
}

// Error says what is accepted and what may have been meant.
func (e *UnknownPlaceError) Error() string {
	names := make([]string, len(e.Suggestions))
	for i, p := range e.Suggestions {
		names[i] = p.String()
	}
	near := strings.Join(names, "; ")
	if e.Matches > 0 {
		return fmt.Sprintf("%q is the name of %d cities; add the state or province, as in %s", e.Text, e.Matches, near)
	}
	s := fmt.Sprintf("%q is not a place we know; give a postal code (20850 or M5V), "+
		"a city with its state or province (Rockville, MD), or latitude,longitude (39.08,-77.15)", e.Text)
	if near != "" {
		s += "; near matches: " + near
	}
	return s
}

// near guesses what was meant by words that no reading could find.
func (g *Gazetteer) near(words []string) []Place {
	last := words[len(words)-1]
	if s := shape(last); s == "9999" || s == "999" { // spreadsheets drop the zeros in front
		if p, ok := g.PostalCode("", strings.Repeat("0", 5-len(s))+last); ok {
			return []Place{p}
		}
	}
	rs := readings(words)
	slices.Reverse(rs) // a country that is there was most likely meant
	for _, r := range rs {
		for k := min(4, len(r.words)-1); k > 0; k-- {
			city := r.words[:len(r.words)-k]
			if i, ok := g.regionNamed(r.country, r.words[len(city):]); ok {
				return g.nearCities(nameKey(strings.Join(city, " ")), r.country, i)
			}
		}
	}
	return g.nearCities(nameKey(strings.Join(rs[0].words, " ")), rs[0].country, anyRegion)
}

const (
	anyRegion = -1
	// editPenalty is what one wrong letter counts in a guess. A city of the very name
	// in another region comes after those one letter off in the right one.
	editPenalty = 2
)

// nearCities is the cities of the region whose names are a few letters off, or
// begin so, and those of the very name elsewhere.
func (g *Gazetteer) nearCities(key, country string, region int) []Place {
	slips := min(3, 1+len(key)/5)
	var e editor
	type guess struct{ city, score int }
	var guesses []guess
	for c := range g.cities.keys.len() {
		r := int(g.cities.region[c])
		if g.regions[r].isMailOnly() || !inCountry(g.regions[r].Country, country) {
			continue
		}
		name, score := g.cities.keys.at(c), math.MaxInt
		switch {
		case name == key:
			score = editPenalty + 1
		case region != anyRegion && region != r:
		case len(key) >= 4 && strings.HasPrefix(name, key):
			score = editPenalty
		case max(len(name)-len(key), len(key)-len(name)) <= slips:
			score = editPenalty * e.edits(name, key)
		}
		if score <= max(slips*editPenalty, editPenalty+1) {
			guesses = append(guesses, guess{city: c, score: score})
		}
	}
	slices.SortFunc(guesses, func(a, b guess) int {
		return cmp.Or(a.score-b.score, g.cities.bigger(a.city, b.city))
	})
	near := make([]Place, 0, maxSuggestions)
	for _, x := range guesses[:min(maxSuggestions, len(guesses))] {
		near = append(near, g.cityPlace(x.city))
	}
	return near
}

// nearCodes is the postal codes around one that does not exist, among those that
// share the most characters in front.
func (g *Gazetteer) nearCodes(code string) []Place {
	for _, b := range g.blocks {
		for k := len(code) - 1; k >= 2 && len(code) == b.width; k-- {
			pad := len(code) - k
			first := g.searchCode(b, codeNumber(code[:k]+strings.Repeat("0", pad)))
			last := g.searchCode(b, codeNumber(code[:k]+strings.Repeat("z", pad)))
			if first == last {
				continue
			}
			at := g.searchCode(b, codeNumber(code))
			first = max(first, min(at-maxSuggestions/2, last-maxSuggestions))
			var near []Place
			for i := first; i < min(last, first+maxSuggestions); i++ {
				near = append(near, g.rowPlace(i))
			}
			return near
		}
	}
	return nil
}

// editor counts edits; it keeps its rows from one pair of names to the next.
type editor struct{ before, row, next [longest + 1]int }

// edits is how many letters must be put in, left out, changed or swapped with
// their neighbour to make a of b (optimal string alignment). Of longer names it
// sees the first 120 bytes.
func (e *editor) edits(a, b string) int {
	a, b = a[:min(longest, len(a))], b[:min(longest, len(b))]
	before, row, next := &e.before, &e.row, &e.next
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			next[j+1] = min(change, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
