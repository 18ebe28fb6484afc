package api

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
)

//go:embed listing.html.tmpl
var listingTemplate string

// listings is the template of a listing for people. It escapes all that shelters write.
var listings = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("listing").Parse(listingTemplate))
})

// listing is what is to be shown of a cat.
type listing struct {
	Photo       *catalog.Photo
	Facts       []string
	Paragraphs  []string
	Rating      string // the address of its picture; empty while not yet assessed
	Attribution wire.Attribution
}

// listingHTML is a cat for people, as a piece of HTML.
func listingHTML(base string, cat catalog.Cat, attribution wire.Attribution) (string, error) {
	l := listing{Facts: listingFacts(cat), Attribution: attribution}
	if len(cat.Photos) > 0 {
		l.Photo = &cat.Photos[0]
		if l.Photo.Alt == "" {
			l.Photo = &catalog.Photo{URL: l.Photo.URL, Alt: "A photo of " + cat.Name}
		}
	}
	for paragraph := range strings.SplitSeq(cat.Description, "\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			l.Paragraphs = append(l.Paragraphs, paragraph)
		}
	}
	if cat.Rating.Overall != nil {
		l.Rating = base + "/v1/cats/" + cat.ID + "/adventure.svg"
	}
	var out strings.Builder
	if err := listings().Execute(&out, l); err != nil {
		return "", fmt.Errorf("show %s: %w", cat.ID, err)
	}
	return strings.TrimSpace(out.String()), nil
}

// listingFacts are the facts that are known, in words that stay true: no age.
func listingFacts(cat catalog.Cat) []string {
	var out []string
	say := func(words ...string) {
		if text := strings.Join(words, " "); strings.TrimSpace(text) != "" {
			out = append(out, text)
		}
	}
	if cat.Status != catalog.Available {
		say(humanize(string(cat.Status)))
	}
	if sex := string(cat.Sex); sex != "" && sex != "unknown" {
		say(humanize(sex))
	}
	if born := wire.NewBirth(cat.Birth); born != nil {
		say("Born", birthText(*born))
	}
	say(cat.Breed.Primary)
	say(cat.Colors.Primary)
	if cat.Size != "" {
		say(humanize(string(cat.Size)), "size")
	}
	return out
}

// birthText is the date as far as it is known: 2023, 2023-04 or 2023-04-01.
func birthText(b wire.Birth) string {
	switch catalog.Precision(b.Precision) {
	case catalog.ToTheYear:
		return b.Date[:4]
	case catalog.ToTheMonth:
		return b.Date[:7]
	default:
		return b.Date
	}
}
