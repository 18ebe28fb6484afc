package api

import (
	"encoding/xml"
	"fmt"
	"time"
)

// atomFeed is a page of cats as RFC 4287 has it.
type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Updated   string      `xml:"updated"`
	Generator string      `xml:"generator"`
	Links     []atomLink  `xml:"link"`
	Entries   []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Author     atomPerson     `xml:"author"`
	Rights     string         `xml:"rights"` // the attribution
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary,omitempty"`
	Content    atomText       `xml:"content"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func newAtomFeed(feed feedPage) atomFeed {
	out := atomFeed{
		Lang: "en", ID: feed.First, Title: feedTitle, Updated: stamp(feed.Updated), Generator: "Trailcat",
		Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: feed.Self}, {Rel: "first", Type: "application/atom+xml", Href: feed.First}},
	}
	if feed.Next != "" {
		out.Links = append(out.Links, atomLink{Rel: "next", Type: "application/atom+xml", Href: feed.Next})
	}
	for _, cat := range feed.Cats {
		out.Entries = append(out.Entries, newAtomEntry(cat))
	}
	return out
}

func newAtomEntry(cat syndicatedCat) atomEntry {
	out := atomEntry{
		ID:        cat.URN,
		Title:     cat.Title,
		Published: stamp(cat.ListedAt),
		Updated:   stamp(cat.UpdatedAt),
		Author:    atomPerson{Name: cat.Attribution.ShelterName, URI: cat.Attribution.URL},
		Rights:    cat.Attribution.Text,
		Links:     []atomLink{{Rel: "alternate", Type: "", Href: cat.Attribution.URL}},
		Summary:   cat.Excerpt(),
		Content:   atomText{Type: "html", Text: cat.HTML},
	}
	if len(cat.Photos) > 0 {
		out.Links = append(out.Links, atomLink{Rel: "enclosure", Type: "", Href: cat.Photos[0].URL})
	}
	for _, tag := range cat.Traits.Tags {
		out.Categories = append(out.Categories, atomCategory{Term: tag})
	}
	return out
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// encodeXML is a whole document.
func encodeXML(v any) ([]byte, error) {
	body, err := xml.MarshalIndent(v, "", "  ") // people read feeds too, when something is wrong
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return append([]byte(xml.Header), body...), nil
}
