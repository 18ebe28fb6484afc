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
	blockTags  = regexp.MustCompile(`(?i)<(p|br|div|li|ul|ol|tr|td|th|table|dl|dt|dd|h[1-6])\b`)
	bracketed  = regexp.MustCompile(`<[/!?a-zA-Z][^<>]*>`)
	tagName    = regexp.MustCompile(`^</?([a-zA-Z][a-zA-Z0-9]*(?::[a-zA-Z][a-zA-Z0-9]*)?)[\s/>]`)
	encodedTag = regexp.MustCompile(`(?i)&lt;/?(p|br|div|b|i|strong|em|span|a|ul|ol|li|table|tr|td|th|font|h[1-6]|script|style)\b`)
	entity     = regexp.MustCompile(`&(#\d{1,6}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});`)
	spaces     = regexp.MustCompile(`[ \t]{2,}`)
	blankLine  = regexp.MustCompile(`\n{3,}`)
)

// PlainText returns what a browser would show of a text that may be HTML, with
// its lines, paragraphs and table cells but without scripts and styles. Text that is
// HTML-encoded twice is decoded twice. Addresses in angle brackets stay.
func PlainText(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if encodedTag.MatchString(text) && !hasTags(text) {
		text = html.UnescapeString(text)
	}
	if hasTags(text) {
		if blockTags.MatchString(text) { // then line breaks of the source do not count
			text = strings.ReplaceAll(text, "\n", " ")
		}
		text = stripTags(bracketed.ReplaceAllStringFunc(text, escapeUnlessTag))
		text = spaces.ReplaceAllString(text, " ")
	}
	return tidyLines(DecodeEntities(text))
}

// DecodeEntities replaces the character entities of HTML in a text (&amp; and &#039;),
// also where they are encoded twice (&amp;amp;).
func DecodeEntities(text string) string {
	for range 2 {
		if !strings.Contains(text, "&") {
			break
		}
		text = entity.ReplaceAllStringFunc(text, html.UnescapeString)
	}
	return text
}

func hasTags(text string) bool {
	return slices.ContainsFunc(bracketed.FindAllString(text, -1), isTag)
}

// isTag reports whether a text in angle brackets is a tag, a comment or a declaration, and
// not an address or other words of the author. Tags of Word have a prefix, as in <o:p>.
func isTag(text string) bool {
	if text[1] == '!' || text[1] == '?' {
		return true
	}
	match := tagName.FindStringSubmatch(text)
	return match != nil && (strings.Contains(match[1], ":") || atom.Lookup([]byte(strings.ToLower(match[1]))) != 0)
}

func escapeUnlessTag(text string) string {
	if isTag(text) {
		return text
	}
	return html.EscapeString(text)
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
			if !slices.Contains(itemTags, at) {
				b.WriteString(lineFor(at))
			}
		case htmltext.CommentToken, htmltext.DoctypeToken:
		}
	}
}

// lineTags are the tags that begin and end a line.
var lineTags = []atom.Atom{
	atom.P, atom.Br, atom.Div, atom.Ul, atom.Ol, atom.Table, atom.Dl, atom.Hr, atom.Pre, atom.Blockquote, atom.Section, atom.Article,
	atom.Header, atom.Footer, atom.Address, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
}

// itemTags are the tags at whose end there is neither a line break nor a space.
var itemTags = []atom.Atom{atom.Li, atom.Tr, atom.Td, atom.Th, atom.Dt, atom.Dd, atom.Option}

// lineFor returns the line break or the space that a tag stands for.
func lineFor(at atom.Atom) string {
	switch {
	case slices.Contains(lineTags, at), at == atom.Tr, at == atom.Dt:
		return "\n"
	case at == atom.Li:
		return "\n- "
	case at == atom.Td, at == atom.Th, at == atom.Dd, at == atom.Option:
		return " "
	default:
		return ""
	}
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
