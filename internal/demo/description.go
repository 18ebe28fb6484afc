package demo

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// descriptionGenerator tells of one cat.
type descriptionGenerator struct {
	*rand.Rand
	book    *templates
	names   *weighted[string]
	name    string
	sex     vocab.Sex
	shelter string
	city    string
	text    []byte
	spoken  [48]*placeholder // what was said already
	said    int
}

// story is a description of about so many letters that agrees with the facts. It
// ends with what the shelter says under every cat.
func (t *descriptionGenerator) story(f *catalog.Facts, group vocab.AgeGroup, letters int, policy string) string {
	t.text = make([]byte, 0, letters+len(policy)+200)
	t.appendSentence("intro")
	topics := t.topics(f, group)
	room := letters - len(policy) - 60 // for the last sentence
	for misses := 0; len(t.text) < room && misses < 30; {
		if !t.appendSentence(topics[t.IntN(len(topics))]) {
			misses++
		}
	}
	if letters > 150 {
		t.appendSentence("closing")
	}
	if policy != "" && letters > len(policy)+200 {
		t.text = append(append(t.text, "\n\n"...), policy...)
	}
	return string(t.text)
}

// topics is what there is to tell of a cat; what comes twice is told of more.
func (t *descriptionGenerator) topics(f *catalog.Facts, group vocab.AgeGroup) []string {
	topics := append(make([]string, 0, 16), "nature", "nature", "habit", "habit", "play", "food", "people", "health", "home")
	for _, answer := range []struct {
		known *bool
		topic string
	}{{f.GoodWith.Dogs, "dogs"}, {f.GoodWith.Cats, "cats"}, {f.GoodWith.Children, "kids"}} {
		switch {
		case answer.known == nil:
		case *answer.known:
			topics = append(topics, answer.topic+"_yes")
		default:
			topics = append(topics, answer.topic+"_no")
		}
	}
	switch {
	case group == vocab.Kitten:
		topics = append(topics, "litter", "litter")
	case t.IntN(2) == 0:
		topics = append(topics, "stray")
	default:
		topics = append(topics, "surrender")
	}
	if group == vocab.Senior {
		topics = append(topics, "senior")
	}
	if f.SpecialNeeds != nil && *f.SpecialNeeds {
		topics = append(topics, "special", "special")
	}
	if f.Traits.Leash != "" {
		topics = append(topics, "adventure")
	}
	if t.IntN(4) == 0 {
		topics = append(topics, "shy")
	}
	return topics
}

// appendSentence adds a sentence of a section, unless the one drawn was told before.
func (t *descriptionGenerator) appendSentence(section string) bool {
	sentences := t.book.sections[section]
	s := sentences[t.IntN(len(sentences))]
	if t.said == len(t.spoken) || slices.Contains(t.spoken[:t.said], &s[0]) {
		return false
	}
	t.spoken[t.said] = &s[0]
	t.said++
	if len(t.text) > 0 {
		between := " "
		if t.said%6 == 0 {
			between = "\n\n"
		}
		t.text = append(t.text, between...)
	}
	for i := range s {
		t.fill(&s[i])
	}
	return true
}

func (t *descriptionGenerator) fill(g *placeholder) {
	t.text = append(t.text, g.before...)
	at := len(t.text)
	switch g.kind {
	case noGap:
		return
	case wordGap:
		word := pickWord(t.Rand, g.words)
		if g.article {
			t.text = append(t.text, article(word)...)
		}
		t.text = append(t.text, word...)
	case nameGap:
		t.text = append(t.text, t.name...)
	case friendGap:
		t.text = append(t.text, t.names.pick(t.Rand)...)
	case theyGap:
		t.text = append(t.text, t.pronoun("she", "he")...)
	case themGap:
		t.text = append(t.text, t.pronoun("her", "him")...)
	case theirGap:
		t.text = append(t.text, t.pronoun("her", "his")...)
	case themselfGap:
		t.text = append(t.text, t.pronoun("herself", "himself")...)
	case numberGap:
		t.text = strconv.AppendInt(t.text, int64(2+t.IntN(8)), 10)
	case cityGap:
		t.text = append(t.text, t.city...)
	case shelterGap:
		t.text = append(t.text, t.shelter...)
	}
	if g.capital && 'a' <= t.text[at] && t.text[at] <= 'z' {
		t.text[at] -= 'a' - 'A'
	}
}

func (t *descriptionGenerator) pronoun(hers, his string) string {
	if t.sex == vocab.SexFemale {
		return hers
	}
	return his
}

func article(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an "
	}
	return "a "
}
