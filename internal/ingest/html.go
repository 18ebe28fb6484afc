package ingest

import (
	"html"
	"regexp"
	"slices"
	"strings"

	htmltext "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	blockTags     = regexp.MustCompile(`(?i)<(p|br|div|li|ul|ol|tr|h[1-6])\b`)
	tag           = regexp.MustCompile(`(?i)<(/?[a-z][a-z0-9]*\b[^<>]*|!--.*?--)>`)
	numericEntity = regexp.MustCompile(`(?i)&lt;/?(p|br|div|b|i|strong|em|span|a|ul|ol|li|font|h[1-6]|script|style)\b`)
	entity        = regexp.MustCompile(`&(#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});`)
	blankLine     = regexp.MustCompile(`\n{3,}`)
)

// PlainText returns what a browser would show of a text that may be HTML, with
// its lines and paragraphs but without scripts and styles. Text that is
// HTML-encoded twice is decoded twice.
func PlainText(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if numericEntity.MatchString(text) && !tag.MatchString(text) {
		text = html.UnescapeString(text)
	}
	if tag.MatchString(text) {
		if blockTags.MatchString(text) { // then line breaks of the source do not count
			text = strings.ReplaceAll(text, "\n", " ")
		}
		text = stripTags(text)
	} else {
		text = html.UnescapeString(text)
	}
	if entity.MatchString(text) {
		text = html.UnescapeString(text)
	}
	return tidyLines(text)
}

func stripTags(text string) string {
	var b strings.Builder
	tokens := htmltext.NewTokenizer(strings.NewReader(text))
	hidden := atom.Atom(0)
	for {
		switch tokens.Next() {
		case htmltext.ErrorToken:
			return b.String()
		case htmltext.TextToken:
			if hidden == 0 {
				b.Write(tokens.Text())
			}
		case htmltext.StartTagToken:
			name, _ := tokens.TagName()
			at := atom.Lookup(name)
			if at == atom.Script || at == atom.Style {
				hidden = at
			}
			b.WriteString(lineFor(at))
		case htmltext.SelfClosingTagToken:
			name, _ := tokens.TagName()
			b.WriteString(lineFor(atom.Lookup(name)))
		case htmltext.EndTagToken:
			name, _ := tokens.TagName()
			at := atom.Lookup(name)
			if at == hidden {
				hidden = 0
			}
			if at != atom.Li {
				b.WriteString(lineFor(at))
			}
		case htmltext.CommentToken, htmltext.DoctypeToken:
		}
	}
}

// lineTags are the tags that begin and end a line.
var lineTags = []atom.Atom{atom.P, atom.Br, atom.Div, atom.Ul, atom.Ol, atom.Tr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}

// lineFor returns the line break that a tag stands for.
func lineFor(at atom.Atom) string {
	if slices.Contains(lineTags, at) {
		return "\n"
	}
	if at == atom.Li {
		return "\n- "
	}
	return ""
}

// tidyLines trims the lines and reduces several empty lines to one.
func tidyLines(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\u00A0", " "), "\n") {
		b.WriteString(strings.TrimSpace(line))
		b.WriteByte('\n')
	}
	return strings.TrimSpace(blankLine.ReplaceAllString(b.String(), "\n\n"))
}
