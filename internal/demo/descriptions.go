package demo

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
	"trailcat/internal/vocab"
)

// descriptions holds the sentences of real descriptions. Those of synthetic cats
// are random selections of them. The slices repeat a sentence as often as it occurs.
type descriptions struct {
	lengths   []int // of the real descriptions, in bytes
	openings  []string
	sentences []sentence
	diagnoses []sentence // for cats with special needs
}

// sentence is a sentence of a real description, with namePlaceholder for the name.
type sentence struct {
	text string
	sex  vocab.Sex // the sex that it implies, if any
}

const namePlaceholder = "{name}"

// diagnosisHeading opens the part of a description that lists medical conditions.
const diagnosisHeading = "A veterinarian has diagnosed"

var (
	sentencePattern = regexp.MustCompile(`[^.!?\n]+[.!?]+`)
	gendered        = regexp.MustCompile(`(?i)\b(she|her|he|his|him|girl|guy|boy|gal|lady|princess|king|sir)\b`)
	// statesFact matches sentences that a synthetic cat's own facts may contradict.
	statesFact = regexp.MustCompile(`(?i)\d|\$|dog|rottweiler|pup|child|kid|other (house )?cat|(only|another|aother|most) cat|other animals|only pet|` +
		`kitty friend|housemate|declaw|microchip|vaccin|adoption fee|inquire|foster|kitten|\bage\b|\bold|young|\buri\b|black|blanca|adopted|personality color|documented`)
)

// realDescriptions reads the descriptions of King County's cats.
var realDescriptions = sync.OnceValues(func() (*descriptions, error) {
	format, err := ingest.Find("kingcounty")
	if err != nil {
		return nil, err
	}
	day := lists()[1].day
	dataset, err := ingest.Read(bytes.NewReader(kingCounty), format, ingest.Options{AsOf: day, Now: day})
	if err != nil {
		return nil, fmt.Errorf("read the real descriptions: %w", err)
	}
	var d descriptions
	if _, err := ingest.Load(context.Background(), &d, "", dataset, nil); err != nil {
		return nil, fmt.Errorf("read the real descriptions: %w", err)
	}
	return &d, nil
})

// UpsertCats collects the descriptions of cats instead of writing the cats.
func (d *descriptions) UpsertCats(_ context.Context, _ string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	for _, e := range edits {
		var f catalog.Facts
		e.Edit(&f)
		d.addDescription(f)
	}
	return make([]catalog.CatResult, len(edits)), nil
}

func (d *descriptions) addDescription(f catalog.Facts) {
	text := regexp.MustCompile(`\b`+regexp.QuoteMeta(f.Name)+`\b`).ReplaceAllLiteralString(f.Description, namePlaceholder)
	d.lengths = append(d.lengths, len(f.Description))
	text, conditions, _ := strings.Cut(text, diagnosisHeading)
	for _, s := range parseSentences(text, f.Sex) {
		switch named := strings.Contains(s.text, namePlaceholder); {
		case !named:
			d.sentences = append(d.sentences, s)
		case s.sex == "":
			d.openings = append(d.openings, s.text)
		}
	}
	d.diagnoses = append(d.diagnoses, parseSentences(conditions, f.Sex)...)
}

// parseSentences returns the sentences of a text about a cat of the given sex that
// can be said of other cats too.
func parseSentences(text string, sex vocab.Sex) []sentence {
	var out []sentence
	for _, s := range sentencePattern.FindAllString(text, -1) {
		s = strings.TrimSpace(s)
		switch {
		case len(s) < 8 || statesFact.MatchString(s):
		case gendered.MatchString(s):
			out = append(out, sentence{text: s, sex: sex})
		default:
			out = append(out, sentence{text: s, sex: ""})
		}
	}
	return out
}

// length returns the length of a random real description, in bytes.
func (d *descriptions) length(r *rand.Rand) int { return d.lengths[r.IntN(len(d.lengths))] }

// describe returns a description of about the given length in bytes. It ends with
// the shelter's policy if there is space for it.
func (d *descriptions) describe(r *rand.Rand, f *catalog.Facts, shelter *Shelter, length int) string {
	policy := shelter.Profile.AdoptionPolicy
	pool := d.sentences
	if f.SpecialNeeds != nil && *f.SpecialNeeds {
		pool = slices.Concat(pool, d.diagnoses)
	}
	chosen := []string{d.openings[r.IntN(len(d.openings))]}
	size := len(chosen[0]) + len(policy)
	for range 100 {
		s := pool[r.IntN(len(pool))]
		if size >= length {
			break
		}
		if (s.sex == "" || s.sex == f.Sex) && !slices.Contains(chosen, s.text) {
			chosen = append(chosen, s.text)
			size += len(s.text) + 1
		}
	}
	var b strings.Builder
	for i, s := range chosen {
		switch {
		case i == 0:
		case i%5 == 0:
			b.WriteString("\n\n")
		default:
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	if policy != "" && length > len(policy)+200 {
		b.WriteString("\n\n" + policy)
	}
	return strings.ReplaceAll(b.String(), namePlaceholder, f.Name)
}
