package docsite_test

import (
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"trailcat/docs"
	"trailcat/internal/docsite"
)

// Every link, image and anchor of every page leads to something that the server has.
func TestPages_HaveNoDeadLinks(t *testing.T) {
	t.Parallel()

	files, err := docsite.Files()
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string][]string{}
	for name, file := range files {
		if isPage(file) {
			anchors[name] = attributes(t, file, "id")
		}
	}
	elsewhere := []string{docsite.Reference, "favicon-32x32.png"} // of the reference
	for name, file := range files {
		if !isPage(file) {
			continue
		}
		targets := slices.Concat(attributes(t, file, "href"), attributes(t, file, "src"), attributes(t, file, "srcset"))
		if len(targets) < 15 {
			t.Errorf("%s: got %d links, want the navigation and more", name, len(targets))
		}
		for _, target := range targets {
			u, err := url.Parse(target)
			if err != nil {
				t.Errorf("%s: link %q: %v", name, target, err)
				continue
			}
			if u.Scheme == "http" || u.Scheme == "https" || slices.Contains(elsewhere, target) {
				continue
			}
			page := name
			if u.Path != "" {
				page = u.Path
			}
			if _, ok := files[page]; !ok {
				t.Errorf("%s: link %q leads nowhere", name, target)
			} else if u.Fragment != "" && !slices.Contains(anchors[page], u.Fragment) {
				t.Errorf("%s: link %q: %s has no heading with this ID", name, target, page)
			}
		}
	}
}

// Every guide in docs is a page, and every page has a heading.
func TestPages_AreAllGuides(t *testing.T) {
	t.Parallel()

	files, err := docsite.Files()
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		if strings.ToUpper(name) == name {
			continue // for contributors
		}
		page, ok := files[name]
		if !ok {
			t.Errorf("docs/%s.md is not served", name)
		} else if !strings.Contains(string(page.Body), "<h1") || strings.Contains(string(page.Body), "<title> ") {
			t.Errorf("%s has no title", name)
		}
	}
}

// Pages need no scripts and no styles in attributes, which their content security policy
// forbids.
func TestPages_ContainNoScriptsAndStyles(t *testing.T) {
	t.Parallel()

	files, err := docsite.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range files {
		if !isPage(file) {
			continue
		}
		if styles := attributes(t, file, "style"); len(styles) > 0 {
			t.Errorf("%s has style attributes: %q", name, styles)
		}
		for _, tag := range []string{"<script", "<style", "<iframe"} {
			if strings.Contains(string(file.Body), tag) {
				t.Errorf("%s contains %s", name, tag)
			}
		}
	}
}

// Images that no guide shows are not served.
func TestFiles_AreUsed(t *testing.T) {
	t.Parallel()

	var guides strings.Builder
	err := fs.WalkDir(docs.Files, ".", func(name string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".md") {
			text, readErr := docs.Files.ReadFile(name)
			guides.Write(text)
			return readErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := docsite.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		if path.Dir(name) != "." && !strings.Contains(guides.String(), name) {
			t.Errorf("no guide shows or links to %s", name)
		}
	}
}

func isPage(file docsite.File) bool { return strings.HasPrefix(file.Type, "text/html") }

// attributes returns the values of an attribute in a page.
func attributes(t *testing.T, page docsite.File, name string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(page.Body)))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for node := range root.Descendants() {
		for _, attribute := range node.Attr {
			if attribute.Key == name {
				found = append(found, attribute.Val)
			}
		}
	}
	return found
}
