package binding

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"trailcat/internal/vocab"
)

//go:embed names.tsv
var nameTable string

// synonym says what a word of callers may mean.
type synonym struct{ name, advice string }

// synonyms returns what words mean, by their key. The words are those of Petfinder,
// RescueGroups, Adopt-a-Pet, PawPlacer and schema.org, and what people try.
var synonyms = sync.OnceValue(func() map[string][]synonym {
	out := map[string][]synonym{}
	for row := range strings.Lines(nameTable) {
		if strings.HasPrefix(row, "#") {
			continue
		}
		columns := append(strings.Split(strings.TrimSuffix(row, "\n"), "\t"), "")
		for word := range strings.SplitSeq(columns[1], "; ") {
			out[nameKey(word)] = append(out[nameKey(word)], synonym{columns[0], columns[2]})
		}
	}
	return out
})

// nameKey returns a name as synonyms compares it: zipCode, zip_code and ZIP are alike
// written in one word. A leading minus counts, as in -date.
func nameKey(name string) string {
	key := strings.ReplaceAll(vocab.Fold(name), " ", "")
	if strings.HasPrefix(name, "-") && key != "" {
		return "-" + key
	}
	return key
}

// suggest returns which of the known names a word means, or is a misspelling of, or "", and
// advice, which may be empty.
func suggest(word string, known []string) (name, advice string) {
	key := nameKey(word)
	for _, name := range known {
		if nameKey(name) == key {
			return name, ""
		}
	}
	meanings := synonyms()[key]
	for _, s := range meanings {
		if slices.Contains(known, s.name) {
			return s.name, s.advice
		}
	}
	for _, s := range meanings {
		if s.name == "-" {
			return "", s.advice
		}
	}
	if len(meanings) > 0 { // similar names mean something else
		return "", ""
	}
	return vocab.Suggest(word, known), ""
}

// didYouMean returns the sentences about a word that is none of the known names, with a
// leading space, or "" if nothing can be said about it.
func didYouMean(word string, known []string) string {
	text := ""
	name, advice := suggest(word, known)
	if name != "" {
		text = fmt.Sprintf(" Did you mean %q?", name)
	}
	if advice != "" {
		text += " " + advice
	}
	return text
}

// UnknownField returns the message for a field that an object does not have. The names of
// fields within objects have a dot.
func UnknownField(name string, known []string) string {
	return fmt.Sprintf("Unknown field %q.", name) + didYouMean(name, known)
}
