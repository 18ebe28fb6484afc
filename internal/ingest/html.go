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

// PlainText is what a browser would show of a text that may be HTML, with its
// lines and paragraphs. Scripts and styles are gone. Text that went through
// two systems and was coded twice is decoded twice.
func PlainText(said string) string {
	said = strings.ReplaceAll(said, "\r\n", "\n")
	if numericEntity.MatchString(said) && !tag.MatchString(said) {
		said = html.UnescapeString(said)
	}
	if tag.MatchString(said) {
		if blockTags.MatchString(said) { // then line breaks of the source mean nothing
			said = strings.ReplaceAll(said, "\n", " ")
		}
		said = withoutTags(said)
	} else {
		said = html.UnescapeString(said)
	}
	if entity.MatchString(said) {
		said = html.UnescapeString(said)
	}
	return tidyLines(said)
}

func withoutTags(said string) string {
	var b strings.Builder
	tokens := htmltext.NewTokenizer(strings.NewReader(said))
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

// lineTags are those that begin a line and end one.
var lineTags = []atom.Atom{atom.P, atom.Br, atom.Div, atom.Ul, atom.Ol, atom.Tr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}

// lineFor is how a tag parts lines.
func lineFor(at atom.Atom) string {
	if slices.Contains(lineTags, at) {
		return "\n"
	}
	if at == atom.Li {
		return "\n- "
	}
	return ""
}

// tidyLines lets go of blanks around lines and of more than one empty line.
func tidyLines(said string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.ReplaceAll(said, "\u00A0", " "), "\n") {
		b.WriteString(strings.TrimSpace(line))
		b.WriteByte('\n')
	}
	return strings.TrimSpace(blankLine.ReplaceAllString(b.String(), "\n\n"))
}
