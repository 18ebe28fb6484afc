// Package docsite renders the guides of package docs as web pages, which need no access to the
// internet and no scripts. It knows neither HTTP nor the API.
package docsite

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"path"
	"strings"
	"sync"

	"trailcat/docs"
)

// Reference is the address of the reference of the API, relative to that of a guide.
const Reference = "../docs"

// Stylesheet is the name of the stylesheet of the guides.
const Stylesheet = "guides.css"

// File is a page, or a file that pages show or link to.
type File struct {
	Type string // media type
	Body []byte
}

// Section is a group of guides with a heading.
type Section struct {
	Title  string
	Guides []Guide
}

// Guide is a guide: the name of its page, which is also its address relative to other
// guides, and its short title.
type Guide struct{ Name, Title string }

// Sections returns the guides in the order in which pages list them.
func Sections() []Section {
	return []Section{
		{"For shelters", []Guide{
			{"partners", "Share your cats"},
			{"import", "Import files"},
			{"photos", "Photos"},
			{"assessing", "Assess cats on a phone"},
			{"adventure-rating", "Adventure rating"},
			{"temperament", "Temperament"},
			{"matching-and-outcomes", "Matching and outcomes"},
		}},
		{"For apps and aggregators", []Guide{
			{"clients", "Generated clients"}, {"aggregators", "Copy all data"}, {"webhooks", "Webhooks"}, {"petfinder", "Petfinder clients"}, {"errors", "Errors"},
		}},
		{"For operators", []Guide{{"operations", "Operations"}, {"privacy", "Privacy"}}},
	}
}

// Files returns the pages, images and other files by name, such as partners and
// images/adventure-badge-ready.png. Pages are rendered once.
func Files() (map[string]File, error) { return files() }

var files = sync.OnceValues(render)

//go:embed guides.css
var stylesheet []byte

//go:embed page.html.tmpl
var pageTemplate string

func render() (map[string]File, error) {
	page, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("parse the template of guides: %w", err)
	}
	all, err := otherFiles()
	if err != nil {
		return nil, err
	}
	all[Stylesheet] = File{"text/css; charset=utf-8", stylesheet}
	for _, section := range Sections() {
		for _, guide := range section.Guides {
			text, err := docs.Files.ReadFile(guide.Name + ".md")
			if err != nil {
				return nil, fmt.Errorf("read guide: %w", err)
			}
			content, err := convert(text)
			if err != nil {
				return nil, fmt.Errorf("render guide %s: %w", guide.Name, err)
			}
			var body bytes.Buffer
			err = page.Execute(&body, pageData{Guide: guide, Content: content, Sections: Sections(), Reference: Reference, Stylesheet: Stylesheet})
			if err != nil {
				return nil, fmt.Errorf("render guide %s: %w", guide.Name, err)
			}
			all[guide.Name] = File{"text/html; charset=utf-8", body.Bytes()}
		}
	}
	return all, nil
}

// pageData is what the template shows.
type pageData struct {
	Guide
	Content
	Sections              []Section
	Reference, Stylesheet string
}

// otherFiles returns the files that are not guides.
func otherFiles() (map[string]File, error) {
	all := map[string]File{}
	err := fs.WalkDir(docs.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".md") {
			return err
		}
		body, err := docs.Files.ReadFile(name)
		mediaType := "text/plain; charset=utf-8"
		if strings.HasPrefix(name, "images/") {
			mediaType = mime.TypeByExtension(path.Ext(name))
		}
		all[name] = File{mediaType, body}
		return err
	})
	return all, err
}
