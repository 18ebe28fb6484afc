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

// listingHTMLTemplate returns the parsed template, which escapes all values.
var listingHTMLTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("listing").Parse(listingTemplate))
})

// listing is the data of the template.
type listing struct {
	Name        string
	Photo       *catalog.Photo
	Facts       []string
	Paragraphs  []string
	Rating      string // URL of its image, which is PNG because mail clients show no SVG; empty unless the cat is assessed
	Attribution wire.Attribution
}

// listingHTML returns a listing as an HTML fragment.
func listingHTML(base string, cat catalog.Cat, attribution wire.Attribution) (string, error) {
	l := listing{Name: cat.Name, Facts: listingFacts(cat), Attribution: attribution}
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
		l.Rating = base + "/v1/cats/" + cat.ID + "/adventure.png"
	}
	var out strings.Builder
	if err := listingHTMLTemplate().Execute(&out, l); err != nil {
		return "", fmt.Errorf("render listing of %s: %w", cat.ID, err)
	}
	return strings.TrimSpace(out.String()), nil
}

// listingFacts returns the known facts as text. It omits the age, because feed readers
// keep items for a long time.
func listingFacts(cat catalog.Cat) []string {
	var out []string
	add := func(words ...string) {
		if text := strings.Join(words, " "); strings.TrimSpace(text) != "" {
			out = append(out, text)
		}
	}
	if cat.Status != catalog.Available {
		add(humanize(string(cat.Status)))
	}
	if sex := string(cat.Sex); sex != "" && sex != "unknown" {
		add(humanize(sex))
	}
	if born := wire.NewBirth(cat.Birth); born != nil {
		add("Born", birthText(*born))
	}
	add(cat.Breed.Primary)
	add(cat.Colors.Primary)
	if cat.Size != "" {
		add(humanize(string(cat.Size)), "size")
	}
	return out
}

// birthText returns a date of birth in its precision: 2023, 2023-04 or 2023-04-01.
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
