package binding

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

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

// negations are words with which callers write the name of a filter that excludes values.
var negations = []string{"not", "exclude", "excluding", "excluded", "except", "without", "omit", "neq", "ne", "no"}

// helpWithExclusion returns the sentences about an unknown parameter that was meant to
// exclude values of a list parameter, as in exclude_breeds or breed!, with a leading space;
// or "" if it was not.
func helpWithExclusion(word string, known []Parameter) string {
	filter, ok := negatedFilter(word)
	if !ok {
		return ""
	}
	var lists []string
	for _, p := range known {
		if p.List && p.Excludes == "" {
			lists = append(lists, p.Name)
		}
	}
	name, _ := suggest(filter, lists)
	name = strings.TrimSuffix(name, "_all")
	for _, p := range known {
		switch values := strings.Split(p.Tag.Get("enums"), ","); {
		case p.Excludes == name && name != "":
			return fmt.Sprintf(" Did you mean %q?", p.Name)
		case p.Name == name && len(values) > 1 && !slices.ContainsFunc(known, func(p Parameter) bool { return p.Excludes == name }):
			return fmt.Sprintf(" Did you mean %q? It includes values, so send all others, as in %s=%s.", name, name, strings.Join(values[1:], ","))
		}
	}
	return ""
}

// negatedFilter returns the name that a word negates, with a sign or a word before or after
// it. ok is false for words that mean something else.
func negatedFilter(word string) (name string, ok bool) {
	plain := strings.TrimSuffix(word, arraySuffix)
	if name = strings.Trim(plain, "!-~"); name != plain {
		return name, true
	}
	words := strings.Fields(vocab.Fold(separateWords(plain)))
	switch last := len(words) - 1; {
	case last < 1 || len(synonyms()[nameKey(plain)]) > 0:
		return "", false
	case slices.Contains(negations, words[0]):
		return strings.Join(words[1:], "_"), true
	case slices.Contains(negations, words[last]):
		return strings.Join(words[:last], "_"), true
	default:
		return "", false
	}
}

// separateWords inserts spaces between the words of a name such as excludeBreed.
func separateWords(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// UnknownField returns the message for a field that an object does not have. The names of
// fields within objects have a dot.
func UnknownField(name string, known []string) string {
	return fmt.Sprintf("Unknown field %q.", name) + didYouMean(name, known)
}
