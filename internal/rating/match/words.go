package match

import (
	"strings"

	"trailcat/internal/catalog"
)

// pronouns are how sentences speak of a cat: she, he, or this cat. All three take
// the same form of a verb.
func pronouns(c *catalog.Cat) *strings.Replacer {
	switch c.Sex {
	case "female":
		return strings.NewReplacer("{they}", "she", "{them}", "her", "{their}", "her", "{themself}", "herself")
	case "male":
		return strings.NewReplacer("{they}", "he", "{them}", "him", "{their}", "his", "{themself}", "himself")
	default:
		return strings.NewReplacer("{they}", "this cat", "{them}", "this cat", "{their}", "its", "{themself}", "itself")
	}
}

// fillPronouns puts a cat into a sentence, for {they}, {them}, {their} and {themself}, and
// lets the sentence begin with a capital.
func fillPronouns(c *catalog.Cat, sentence string) func() string {
	return func() string {
		said := pronouns(c).Replace(sentence)
		return strings.ToUpper(said[:1]) + said[1:]
	}
}

// outingWords are the activities as they stand in a sentence.
func outingWords(activity string) string {
	switch activity {
	case "leash_walk":
		return "leash walks"
	case "backpack":
		return "backpack outings"
	case "hike":
		return "hikes"
	case "patio_visit":
		return "patio visits"
	default:
		return activity
	}
}
