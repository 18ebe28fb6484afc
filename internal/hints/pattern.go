package hints

import (
	"fmt"
	"slices"
	"strings"
)

// A pattern is words with blanks between them, of which each may be
//
//	cat        that word
//	cat|dog    one of them
//	[out|up]   one of them, or nothing
//	{pets}     one of the phrases of a group; [{pets}] or nothing
//	...        up to three words, whatever they are
//
// Between any two words there may stand words that only stress, such as really,
// and those that stand before a noun, such as the.

// gapWord stands for up to three words.
const gapWord = "..."

// most is how many phrases one pattern may stand for: more would be a mistake.
const most = 4000

// expand lists the phrases that a pattern stands for, with groups by their names
// in braces.
func expand(pattern string) ([][]string, error) {
	all := [][]string{nil}
	for part := range strings.FieldsSeq(pattern) {
		choices := choicesOf(part)
		next := make([][]string, 0, len(all)*len(choices))
		for _, before := range all {
			for _, choice := range choices {
				next = append(next, append(slices.Clip(before), choice...))
			}
		}
		if all = next; len(all) > most {
			return nil, fmt.Errorf("it stands for more than %d phrases", most)
		}
	}
	return all, nil
}

func choicesOf(part string) [][]string {
	var choices [][]string
	if inner, optional := strings.CutPrefix(part, "["); optional {
		part = strings.TrimSuffix(inner, "]")
		choices = append(choices, nil)
	}
	return append(choices, []string{part})
}
