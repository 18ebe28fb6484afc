package docsite

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"trailcat/docs"
)

// Content is a rendered guide.
type Content struct {
	Heading  string // its title
	HTML     template.HTML
	Chapters []Chapter
}

// Chapter is a heading of the second level.
type Chapter struct{ ID, Title string }

// convert renders a guide. The links to other guides lead to their pages; those to files
// that are not served become text.
func convert(source []byte) (Content, error) {
	markdown := goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))), // pages allow no style attributes
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe()), // the guides are ours, and have pictures for dark and light pages
	)
	doc := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(headingIDs{}))))
	var content Content
	for _, link := range find[*ast.Link](doc) {
		if err := resolve(link, source); err != nil {
			return Content{}, err
		}
	}
	for _, heading := range find[*ast.Heading](doc) {
		id, _ := heading.AttributeString("id")
		name, _ := id.([]byte)
		switch title := plainText(heading, source); heading.Level {
		case 1:
			content.Heading = title
		case 2:
			content.Chapters = append(content.Chapters, Chapter{string(name), title})
		}
	}
	var out bytes.Buffer
	if err := markdown.Renderer().Render(&out, source, doc); err != nil {
		return Content{}, err
	}
	page := strings.NewReplacer("<table>", `<div class="table"><table>`, "</table>", "</table></div>").Replace(out.String())
	content.HTML = template.HTML(page) //nolint:gosec // the guides are ours
	return content, nil
}

// find returns the nodes of a type below a node.
func find[T ast.Node](root ast.Node) []T {
	var found []T
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // returns no error
		if node, ok := n.(T); ok && entering {
			found = append(found, node)
		}
		return ast.WalkContinue, nil
	})
	return found
}

// resolve changes the target of a link to the address of its page, and its text to the title
// of the page if it is the name of the file. It replaces a link to a file that is not served
// by its text.
func resolve(link *ast.Link, source []byte) error {
	target, err := url.Parse(string(link.Destination))
	if err != nil {
		return fmt.Errorf("link %q: %w", link.Destination, err)
	}
	if target.Scheme != "" || target.Path == "" {
		return nil
	}
	name := path.Clean(target.Path)
	guide, isMarkdown := strings.CutSuffix(name, ".md")
	switch _, err := docs.Files.Open(name); {
	case err != nil:
		for child := link.FirstChild(); child != nil; child = link.FirstChild() {
			link.Parent().InsertBefore(link.Parent(), link, child)
		}
		link.Parent().RemoveChild(link.Parent(), link)
	case isMarkdown:
		target.Path = guide
		link.Destination = []byte(target.String())
		if plainText(link, source) == name {
			link.RemoveChildren(link)
			link.AppendChild(link, ast.NewString([]byte(titleOf(guide))))
		}
	}
	return nil
}

// titleOf returns the short title of a guide.
func titleOf(name string) string {
	for _, section := range Sections() {
		for _, guide := range section.Guides {
			if guide.Name == name {
				return guide.Title
			}
		}
	}
	return name
}

// plainText returns the text of a node without markup.
func plainText(n ast.Node, source []byte) string {
	var out strings.Builder
	for _, part := range find[*ast.Text](n) {
		out.Write(part.Segment.Value(source))
	}
	return out.String()
}

// headingIDs makes the IDs of headings as GitHub does, so that links to them work there and
// here. Its keys are those that are taken.
type headingIDs map[string]bool

// Generate implements parser.IDs.
func (ids headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, strings.TrimSpace(string(value)))
	unique := id
	for n := 1; ids[unique]; n++ {
		unique = id + "-" + strconv.Itoa(n)
	}
	ids[unique] = true
	return []byte(unique)
}

// Put implements parser.IDs.
func (ids headingIDs) Put(value []byte) { ids[string(value)] = true }
