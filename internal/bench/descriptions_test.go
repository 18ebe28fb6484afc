//go:build bench

package bench

import (
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/vocab"
)

//go:embed testdata/phrases.txt
var phrases string

// describer generates descriptions with a vocabulary that is closer to that of a
// national data set than the sentences of package demo: thousands of words, most
// of them rare. The cost of the text index depends on it.
type describer struct {
	sections map[string][]string // sentences by section
	words    map[string][]string // by slot
	bodies   []string            // the sections between introduction and closing
}

func newDescriber(t *testing.T) *describer {
	t.Helper()
	d := &describer{sections: map[string][]string{}, words: map[string][]string{}}
	heading, isSlot := "", false
	for line := range strings.Lines(phrases) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[' || line[0] == '<':
			heading, isSlot = line[1:len(line)-1], line[0] == '<'
			if !isSlot && heading != "intro" && heading != "closing" {
				d.bodies = append(d.bodies, heading)
			}
		case isSlot:
			for word := range strings.SplitSeq(line, ";") {
				d.words[heading] = append(d.words[heading], strings.TrimSpace(word))
			}
		default:
			d.sections[heading] = append(d.sections[heading], line)
		}
	}
	if len(d.bodies) == 0 || len(d.words) == 0 {
		t.Fatal("phrases.txt: got no sections or no words, want both")
	}
	return d
}

// describe returns a description of about the given length in bytes. It ends with
// the shelter's policy if there is space for it.
func (d *describer) describe(r *rand.Rand, f *catalog.Facts, shelter *demo.Shelter, length int) string {
	policy := shelter.Profile.AdoptionPolicy
	if length < len(policy)+200 {
		policy = ""
	}
	text := make([]byte, 0, length+200)
	text = d.appendSentence(text, r, f, shelter, "intro")
	for n := 1; len(text)+len(policy) < length-60; n++ {
		text = append(text, []string{"\n\n", " ", " ", " ", " ", " "}[n%6]...)
		text = d.appendSentence(text, r, f, shelter, d.bodies[r.IntN(len(d.bodies))])
	}
	text = d.appendSentence(append(text, ' '), r, f, shelter, "closing")
	if policy != "" {
		text = append(text, "\n\n"+policy...)
	}
	return string(text)
}

func (d *describer) appendSentence(text []byte, r *rand.Rand, f *catalog.Facts, shelter *demo.Shelter, section string) []byte {
	sentences := d.sections[section]
	rest := sentences[r.IntN(len(sentences))]
	for {
		before, after, more := strings.Cut(rest, "{")
		text = append(text, before...)
		if !more {
			return text
		}
		var slot string
		slot, rest, _ = strings.Cut(after, "}")
		text = d.appendSlot(text, r, f, shelter, slot)
	}
}

func (d *describer) appendSlot(text []byte, r *rand.Rand, f *catalog.Facts, shelter *demo.Shelter, slot string) []byte {
	slot, article := strings.CutPrefix(slot, "a ")
	name := strings.ToLower(slot)
	word := ""
	switch name {
	case "name":
		word = f.Name
	case "friend":
		word = d.words["person"][r.IntN(len(d.words["person"]))]
	case "n":
		word = strconv.Itoa(2 + r.IntN(8))
	case "city":
		word = shelter.Profile.Address.City
	case "shelter":
		word = shelter.Profile.Name
	case "they", "them", "their", "themself":
		word = pronoun(name, f.Sex)
	default:
		words := d.words[name]
		if len(words) == 0 {
			panic(fmt.Sprintf("bench: phrases.txt has no words for {%s}", slot))
		}
		word = words[int(float64(len(words))*math.Pow(r.Float64(), 1.4))] // the first words are the most frequent
	}
	if article && strings.ContainsRune("aeiou", rune(word[0])) {
		text = append(text, "an "...)
	} else if article {
		text = append(text, "a "...)
	}
	if slot != name {
		word = strings.ToUpper(word[:1]) + word[1:]
	}
	return append(text, word...)
}

func pronoun(slot string, sex vocab.Sex) string {
	if sex == vocab.SexFemale {
		return map[string]string{"they": "she", "them": "her", "their": "her", "themself": "herself"}[slot]
	}
	return map[string]string{"they": "he", "them": "him", "their": "his", "themself": "himself"}[slot]
}
