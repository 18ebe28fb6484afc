package ingest

import (
	"regexp"
	"slices"
	"strings"

	"trailcat/internal/catalog"
)

// bondedName matches names of cats that are adopted together. Software that merges
// their listings separates the names by a slash; Salt & Pepper may be one cat.
var bondedName = regexp.MustCompile(`(?i)\bbonded\b|\S / \S`)

// tagBondedPair tags a listing of several cats. Their IDs are not guessed from names.
func tagBondedPair(facts *catalog.Facts) {
	const tag = "Bonded pair"
	isTag := func(text string) bool { return strings.EqualFold(text, tag) }
	if bondedName.MatchString(facts.Name) && !slices.ContainsFunc(facts.Traits.Tags, isTag) {
		facts.Traits.Tags = append(slices.Clip(facts.Traits.Tags), tag)
	}
}
